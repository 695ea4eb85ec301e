-- Which records meet the criteria of which teams and rules, and whom that reaches; kept by trigger in the same transaction.
-- Guarantees: text is compared ignoring case and outer blanks, and changed criteria count from the next request on
-- Needs: tenant, custom_table, member, group, team, sharing_rule, share
-- Claim: a team hierarchy grants access by criteria. Proof: features/team/team.test.ts

/* A source is one thing that opens rows of one table to some members: the criteria of a team on it, a rule by criteria, or a rule by owners.
   Numbers are never used again: when criteria change, the old source is gone at once and opens nothing more, while records come to the new one
   as they are filled in. So access may come late, but never stays too long. */
create table access_source (
  no int primary key,
  table_no int not null references catalogue_table on delete cascade,
  team_no int references team on delete cascade,
  rule_no int references sharing_rule on delete cascade,
  level text not null,
  -- Rules by owners: the owners as bits. Sources by criteria: the test of a row instead.
  owners bit varying,
  test text
);
comment on table access_source is 'personal: no';
create index access_source_table on access_source (table_no);
create index access_source_team on access_source (team_no);
create index access_source_rule on access_source (rule_no);

-- Whom a source reaches: those it names and everyone above them.
create table access_source_member (
  source_no int not null references access_source on delete cascade,
  member_no int not null references member on delete cascade,
  primary key (member_no, source_no)
);
comment on table access_source_member is 'personal: no';
create index access_source_member_source on access_source_member (source_no);

-- Each combination of sources that some record meets has a number, which the record carries.
create table share_class (
  table_no int not null references catalogue_table on delete cascade,
  no int not null,
  sources int[] not null,
  primary key (table_no, no),
  unique (table_no, sources)
);
comment on table share_class is 'personal: no';

-- Records still to be compared with changed criteria; visible as progress, taken up again after a crash.
create table refill (
  table_no int primary key references catalogue_table on delete cascade,
  after_id uuid not null default '00000000-0000-0000-0000-000000000000',
  done bigint not null default 0,
  total bigint not null,
  began_at timestamptz not null default now()
);
comment on table refill is 'personal: no';

create function class_of(t int, met int[]) returns int language plpgsql volatile security definer set search_path from current as $$
declare
  found_no int;
begin
  if cardinality(met) = 0 then return 0; end if;
  select c.no into found_no from share_class c where c.table_no = t and c.sources = met;
  if found_no is null then
    -- One at a time per table, so that numbers stay dense.
    perform 1 from catalogue_table where no = t for no key update;
    insert into share_class (table_no, no, sources) values (t, (select coalesce(max(c.no), 0) + 1 from share_class c where c.table_no = t), met) on conflict do nothing;
    select c.no into found_no from share_class c where c.table_no = t and c.sources = met;
  end if;
  return found_no;
end $$;

-- Members of all sources and owners of rules, anew. Cheap: sources times recipients times depth; nothing at all where there are none.
create function lay_sources() returns void language plpgsql volatile security definer set search_path from current as $$
begin
  if not exists (select 1 from access_source) then return; end if;
  update access_source a set owners = (select bit_or(r.bits_alone) from named_people(u.from_kind, u.from_no) p
      cross join lateral (select set_bit(repeat('0', (select reach_length from tenant))::bit varying, p, 1) as bits_alone) r)
    from sharing_rule u where u.no = a.rule_no and u.from_kind is not null;
  delete from access_source_member x where not exists (
    select 1 from source_people(x.source_no) p where p = x.member_no);
  insert into access_source_member (source_no, member_no) select a.no, p from access_source a cross join lateral source_people(a.no) p on conflict do nothing;
end $$;

create function source_people(s int) returns setof int language sql stable set search_path from current as $$
  select distinct up from access_source a
    cross join lateral (select team_people(a.team_no) as p where a.team_no is not null
      union all select named_people(u.to_kind, u.to_no) from sharing_rule u where u.no = a.rule_no) n
    cross join lateral managers_of(n.p) up
    where a.no = s
$$;

/* Criteria of teams and rules on a table as sources, and the function that tells which of them a row meets. What did not change keeps its number. */
create function lay_criteria(t int) returns void language plpgsql volatile security definer set search_path from current as $$
declare
  physical text := (select c.physical from catalogue_table c where c.no = t);
  w record;
  old_source access_source;
  kept int[] := '{}';
  fresh boolean := false;
  cases text;
begin
  if physical is null or to_regclass(quote_ident(physical)) is null then return; end if;
  for w in
    select k.team_no, null::int as rule_no, g.level, string_agg(criterion_test(f, k.op, k.wanted), ' and ' order by k.no) as test
      from team_criterion k join team g on g.no = k.team_no join catalogue_field f on f.no = k.field_no where k.table_no = t group by k.team_no, g.level
    union all
    select null, r.no, r.level, string_agg(criterion_test(f, k.op, k.wanted), ' and ' order by k.no)
      from rule_criterion k join sharing_rule r on r.no = k.rule_no join catalogue_field f on f.no = k.field_no where r.table_no = t group by r.no, r.level
  loop
    select * into old_source from access_source a where a.table_no = t and a.test is not null and a.team_no is not distinct from w.team_no and a.rule_no is not distinct from w.rule_no;
    if old_source.test = w.test then
      update access_source set level = w.level where no = old_source.no;
    else
      delete from access_source where no = old_source.no;
      insert into access_source (no, table_no, team_no, rule_no, level, test) values (next_number('source', 1), t, w.team_no, w.rule_no, w.level, w.test) returning * into old_source;
      fresh := true;
    end if;
    kept := kept || old_source.no;
  end loop;
  delete from access_source where table_no = t and test is not null and not no = any (kept);
  select string_agg(format('case when %s then %s end', a.test, a.no), ', ' order by a.no) into cases from access_source a where a.table_no = t and a.test is not null;
  execute format('create or replace function %I(r %I) returns int[] language sql stable as $f$ select array_remove(array[%s]::int[], null) $f$', physical || '_sources', physical, coalesce(cases, ''));
  execute format('grant execute on function %I(%I) to %I', physical || '_sources', physical, current_schema() || '_member');
  perform lay_sources();
  if fresh then perform begin_refill(t, physical); end if;
end $$;

-- Few rows are compared at once, in this transaction; many in the background.
create function begin_refill(t int, physical text) returns void language plpgsql volatile security definer set search_path from current as $$
declare
  many bigint;
begin
  -- A change that is only tried compares nothing: it is rolled back, and counted by other means.
  if coalesce(current_setting('steward.trying', true), '') <> '' then return; end if;
  execute format('select count(*) from (select 1 from %I limit 20001) x', physical) into many;
  if many > 20000 then execute format('select count(*) from %I', physical) into many; end if;
  insert into refill (table_no, total) values (t, many) on conflict (table_no) do update set after_id = '00000000-0000-0000-0000-000000000000', done = 0, total = excluded.total, began_at = now();
  if many <= 20000 then
    while refill_step(t, 5000) loop null; end loop;
  end if;
end $$;

-- One step of comparing records with changed criteria. False when the table is done.
create function refill_step(t int, most int) returns boolean language plpgsql volatile security definer set search_path from current as $$
declare
  r refill;
  physical text := (select c.physical from catalogue_table c where c.no = t);
  ids uuid[];
begin
  select * into r from refill where table_no = t for update skip locked;
  if r.table_no is null then return false; end if;
  execute format('select array(select id from %I where id > $1 order by id limit $2)', physical) into ids using r.after_id, most;
  if cardinality(ids) = 0 then
    delete from refill where table_no = t;
    return false;
  end if;
  perform set_class(t, physical, ids);
  update refill set after_id = ids[cardinality(ids)], done = done + cardinality(ids) where table_no = t;
  return true;
end $$;

-- Brings the class of these records up to what they meet now. Runs after the change itself was judged, so that an edit may end its maker's own sight (SPEC 3.5).
create function set_class(t int, physical text, ids uuid[]) returns void language plpgsql volatile security definer set search_path from current as $$
begin
  execute format('update %1$I x set share_class = c.class from (select y.id, class_of(%2$s, %3$I(y)) as class from %1$I y where y.id = any ($1)) c where x.id = c.id and x.share_class <> c.class', physical, t, physical || '_sources') using ids;
end $$;

create function has_criteria(t int) returns boolean language sql stable security definer set search_path from current as $$
  select exists (select 1 from access_source where table_no = t and test is not null)
$$;

-- Any change of teams, groups, rules or of the tree of managers takes effect in the same transaction.
create function people_moved() returns trigger language plpgsql volatile security definer set search_path from current as $$
begin
  perform lay_sources();
  return null;
end $$;
create trigger people_moved after insert or delete on group_member for each statement execute function people_moved();
create trigger people_moved after insert or delete on team_member for each statement execute function people_moved();
create trigger people_moved after update of parent_no on team for each statement execute function people_moved();
-- After the reach was moved: the name decides the order of triggers.
create trigger z_people_moved after insert or update of manager_no on member for each statement execute function people_moved();

create function criteria_changed() returns trigger language plpgsql volatile security definer set search_path from current as $$
begin
  perform lay_criteria(t.no) from catalogue_table t where exists (select 1 from access_source a where a.table_no = t.no and a.test is not null)
    or exists (select 1 from team_criterion k where k.table_no = t.no) or exists (select 1 from rule_criterion k join sharing_rule r on r.no = k.rule_no where r.table_no = t.no);
  return null;
end $$;
create trigger criteria_changed after insert or update or delete on team_criterion for each statement execute function criteria_changed();
create trigger criteria_changed after insert or update or delete on rule_criterion for each statement execute function criteria_changed();
create trigger criteria_changed after update of level on team for each statement execute function criteria_changed();

-- A rule by owners is a source of its own; one by criteria becomes one with its criteria.
create function rule_changed() returns trigger language plpgsql volatile security definer set search_path from current as $$
begin
  delete from access_source where rule_no = new.no and test is null;
  if new.from_kind is not null then
    insert into access_source (no, table_no, rule_no, level, owners) values (next_number('source', 1), new.table_no, new.no, new.level, repeat('0', (select reach_length from tenant))::bit varying);
  end if;
  perform lay_sources();
  return null;
end $$;
create trigger rule_changed after insert or update on sharing_rule for each row execute function rule_changed();

alter table access_source enable row level security;
alter table access_source force row level security;
create policy "the law itself" on access_source for all to steward_law using (true) with check (true);
alter table access_source_member enable row level security;
alter table access_source_member force row level security;
create policy "the law itself" on access_source_member for all to steward_law using (true) with check (true);
alter table share_class enable row level security;
alter table share_class force row level security;
create policy "the law itself" on share_class for all to steward_law using (true) with check (true);
alter table refill enable row level security;
alter table refill force row level security;
create policy "the law itself" on refill for all to steward_law using (true) with check (true);

grant execute on function class_of(int, int[]) to steward_member;
