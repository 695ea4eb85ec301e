-- Sharing rules: records of some owners, or records that meet criteria, to some members, read or edit.
-- Guarantees: a rule reaches whom it names and everyone above them, and nobody else
-- Needs: custom_table, member, group, team
-- Claim: records are selectively shared with others. Proof: features/sharing_rule/sharing_rule.test.ts

create table sharing_rule (
  no int primary key,
  id uuid not null unique default gen_random_uuid(),
  table_no int not null references catalogue_table on delete cascade,
  -- Whose records; null means that criteria decide.
  from_kind text check (from_kind in ('member', 'group', 'below')),
  from_no int,
  to_kind text not null check (to_kind in ('member', 'group', 'team', 'below')),
  to_no int not null,
  level text not null check (level in ('read', 'edit')),
  check ((from_kind is null) = (from_no is null))
);
comment on table sharing_rule is 'personal: no';
create index sharing_rule_table on sharing_rule (table_no);

create table rule_criterion (
  no int not null,
  rule_no int not null references sharing_rule on delete cascade,
  field_no int not null references catalogue_field on delete restrict,
  op text not null check (op in ('in', 'starts_with', 'between', 'is_empty')),
  wanted jsonb not null default '[]',
  primary key (rule_no, no)
);
comment on table rule_criterion is 'personal: no';
create index rule_criterion_field on rule_criterion (field_no);

-- The members that a rule or share names, before anyone above them is added.
create function named_people(kind text, which int) returns setof int language sql stable set search_path from current as $$
  select which where kind = 'member'
  union all select g.member_no from group_member g where kind = 'group' and g.group_no = which
  union all select p from team_people(which) p where kind = 'team'
  union all select unnest(r.owners) from member_reach r where kind = 'below' and r.member_no = which
$$;

-- A group, team or member that rules name does not vanish from under them.
create function still_named() returns trigger language plpgsql stable security definer set search_path from current as $$
declare
  kinds text[] := case tg_table_name when 'member_group' then array['group'] when 'team' then array['team'] else array['member', 'below'] end;
begin
  if exists (select 1 from sharing_rule r where (r.to_kind = any (kinds) and r.to_no = old.no) or (r.from_kind = any (kinds) and r.from_no = old.no)) then
    raise exception 'A sharing rule names it. Change or delete the rule first.' using errcode = 'SW409';
  end if;
  return old;
end $$;
create trigger still_named before delete on member_group for each row execute function still_named();
create trigger still_named before delete on team for each row execute function still_named();
create trigger still_named before delete on member for each row execute function still_named();

alter table sharing_rule enable row level security;
alter table sharing_rule force row level security;
alter table rule_criterion enable row level security;
alter table rule_criterion force row level security;
create policy "the law itself" on sharing_rule for all to steward_law using (true) with check (true);
create policy "the law itself" on rule_criterion for all to steward_law using (true) with check (true);
