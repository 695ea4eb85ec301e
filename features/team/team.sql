-- Teams: a tree; each team sees the records that meet its criteria, and every team above sees them too.
-- Guarantees: a cycle of teams is refused; text is compared ignoring case and outer blanks; empty never matches except is_empty; a field used in criteria is not dropped
-- Needs: custom_table, member
-- Claim: a team hierarchy grants access by criteria. Proof: features/team/team.test.ts

create table team (
  no int primary key,
  id uuid not null unique default gen_random_uuid(),
  name text not null check (length(name) between 1 and 200),
  parent_no int references team on delete restrict,
  level text not null check (level in ('read', 'edit'))
);
comment on table team is 'personal: no';
create unique index team_name on team (lower(normalize(name, nfkc)));
create index team_parent on team (parent_no);

create table team_member (
  team_no int not null references team on delete cascade,
  member_no int not null references member on delete cascade,
  primary key (team_no, member_no)
);
comment on table team_member is 'personal: no';
create index team_member_member on team_member (member_no);

-- All criteria of a team on one table must hold. Restrict, not cascade: without one of them the team would see more.
create table team_criterion (
  no int not null,
  team_no int not null references team on delete cascade,
  table_no int not null references catalogue_table on delete restrict,
  field_no int not null references catalogue_field on delete restrict,
  op text not null check (op in ('in', 'starts_with', 'between', 'is_empty')),
  wanted jsonb not null default '[]',
  primary key (team_no, no)
);
comment on table team_criterion is 'personal: no';
create index team_criterion_table on team_criterion (table_no);
create index team_criterion_field on team_criterion (field_no);

create function teams_above(t int) returns setof int language sql stable set search_path from current as $$
  with recursive up(no, parent_no, depth) as (
    select no, parent_no, 1 from team where no = t
    union all
    select a.no, a.parent_no, up.depth + 1 from up join team a on a.no = up.parent_no where up.depth < 1000
  ) select no from up
$$;

-- Whom a team's records, rules and shares reach: its members and those of every team above it.
create function team_people(t int) returns setof int language sql stable set search_path from current as $$
  select distinct m.member_no from teams_above(t) a join team_member m on m.team_no = a
$$;

create function no_team_cycle() returns trigger language plpgsql stable set search_path from current as $$
begin
  if new.parent_no in (with recursive down(no) as (select new.no union select c.no from down d join team c on c.parent_no = d.no) select no from down) then
    raise exception 'A team cannot be below a team that is below it.' using errcode = 'SW422', column = 'parent';
  end if;
  return new;
end $$;
create trigger no_team_cycle before insert or update of parent_no on team for each row when (new.parent_no is not null) execute function no_team_cycle();

-- The test of one criterion as SQL over a row called r. Values become literals, names come from the catalogue.
create function criterion_test(f catalogue_field, op text, wanted jsonb) returns text language plpgsql stable set search_path from current as $$
declare
  c text := format('r.%I', f.column_name);
  plain_text boolean := f.kind in ('text', 'long_text', 'choice', 'email', 'phone', 'web_address');
  cast_to text := case f.kind when 'number' then 'numeric' when 'money' then 'numeric' when 'date' then 'date' when 'moment' then 'timestamptz' when 'yes_no' then 'boolean' when 'link' then 'uuid' when 'member' then 'int' else 'text' end;
  given text[] := (select coalesce(array_agg(btrim(v)), '{}') from jsonb_array_elements_text(wanted) v where btrim(v) <> '');
begin
  if f.computed is not null or f.kind in ('emails', 'phones', 'links') then
    raise exception 'This kind of field cannot be used in criteria.' using errcode = 'SW422', column = f.column_name;
  end if;
  if op = 'is_empty' then
    return case when f.kind = 'choices' then format('coalesce(cardinality(%s), 0) = 0', c) else format('coalesce(btrim(%s::text), '''') = ''''', c) end;
  end if;
  if cardinality(given) = 0 or (op = 'between' and cardinality(given) <> 2) then
    raise exception 'The criterion needs its values.' using errcode = 'SW422', column = f.column_name;
  end if;
  if f.kind = 'member' then given := (select coalesce(array_agg(m.no::text), '{}') from member m where m.id::text = any (given) or lower(m.email) = any (select lower(g) from unnest(given) g)); end if;
  if f.kind = 'money' then given := (select array_agg((g::numeric * 10000)::text) from unnest(given) g); end if;
  if f.kind = 'choices' then
    return format('exists (select 1 from unnest(%s) e where lower(btrim(e)) = any (%L::text[]))', c, (select array_agg(lower(g)) from unnest(given) g)::text);
  end if;
  if op = 'starts_with' then
    if not plain_text then raise exception 'Only text can start with something.' using errcode = 'SW422', column = f.column_name; end if;
    return '(' || (select string_agg(format('starts_with(lower(btrim(%s)), lower(%L))', c, g), ' or ') from unnest(given) g) || ')';
  end if;
  if op = 'between' then
    return case when plain_text then format('lower(btrim(%s)) between lower(%L) and lower(%L)', c, given[1], given[2]) else format('%s between %L::%s and %L::%s', c, given[1], cast_to, given[2], cast_to) end;
  end if;
  return case when plain_text then format('lower(btrim(%s)) = any (%L::text[])', c, (select array_agg(lower(g)) from unnest(given) g)::text) else format('%s = any (%L::%s[])', c, given::text, cast_to) end;
exception when invalid_text_representation or datetime_field_overflow or invalid_datetime_format or numeric_value_out_of_range then
  raise exception 'A value of the criterion has the wrong form.' using errcode = 'SW422', column = f.column_name;
end $$;

alter table team enable row level security;
alter table team force row level security;
alter table team_member enable row level security;
alter table team_member force row level security;
alter table team_criterion enable row level security;
alter table team_criterion force row level security;
create policy "the law itself" on team for all to steward_law using (true) with check (true);
create policy "the law itself" on team_member for all to steward_law using (true) with check (true);
create policy "the law itself" on team_criterion for all to steward_law using (true) with check (true);
create policy "members know the teams" on team for select to steward_member using (true);
grant select (no, id, name) on team to steward_member;
