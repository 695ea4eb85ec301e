-- Shares: one record, by hand, with a member, group or team, with a reason and often an end.
-- Guarantees: only who has full shares; a share never gives full and can't be passed on; a share that has ended is gone at once; handing a record over drops its shares
-- Needs: custom_table, profile, member, group, team, sharing_rule
-- Claim: records are selectively shared with others. Proof: features/share/share.test.ts

create table share (
  id uuid primary key default gen_random_uuid(),
  table_no int not null references catalogue_table on delete cascade,
  record_id uuid not null,
  to_kind text not null check (to_kind in ('member', 'group', 'team')),
  to_no int not null,
  -- Kind and number in one, so that one array per query tells all that reach a member.
  to_code int not null generated always as (to_no * 4 + case to_kind when 'member' then 0 when 'group' then 1 else 2 end) stored,
  level text not null check (level in ('read', 'edit')),
  reason text not null default '' check (length(reason) <= 500),
  until timestamptz,
  by_no int not null references member on delete restrict,
  at timestamptz not null default now(),
  unique (record_id, to_code)
);
comment on table share is 'personal: user.behavior; reaches its subject through the record';
create index share_to on share (to_code, table_no);
create index share_table on share (table_no);
create index share_by on share (by_no);

-- Everything through which a share reaches the member or anyone below: people, their groups, their teams and the teams below those.
create function codes_of(m int) returns int[] language sql stable set search_path from current as $$
  with recursive mine(no) as (select unnest(owners) from member_reach where member_no = m),
  teams(no) as (select t.team_no from team_member t where t.member_no in (select no from mine) union select c.no from teams p join team c on c.parent_no = p.no)
  select array(select no * 4 from mine union all select distinct g.group_no * 4 + 1 from group_member g where g.member_no in (select no from mine) union all select no * 4 + 2 from teams)
$$;

create function my_codes() returns int[] language plpgsql stable parallel safe security definer set search_path from current as $$
begin
  return codes_of(me());
end $$;

-- The record carries whether it has shares at all, so that the row policy looks further only for those.
create function mark_shared() returns trigger language plpgsql volatile security definer set search_path from current as $$
declare
  s share;
begin
  s := case tg_op when 'DELETE' then old else new end;
  execute format('update %I set shared = $1 where id = $2 and shared <> $1', (select physical from catalogue_table where no = s.table_no))
    using exists (select 1 from share where record_id = s.record_id and table_no = s.table_no), s.record_id;
  return null;
end $$;
create trigger mark_shared after insert or delete on share for each row execute function mark_shared();

create function unshare_named() returns trigger language plpgsql volatile security definer set search_path from current as $$
begin
  delete from share where to_no = old.no and to_kind = tg_argv[0];
  return null;
end $$;
create trigger unshare_named after delete on member for each row execute function unshare_named('member');
create trigger unshare_named after delete on member_group for each row execute function unshare_named('group');
create trigger unshare_named after delete on team for each row execute function unshare_named('team');

alter table share enable row level security;
alter table share force row level security;
create policy "the law itself" on share for all to steward_law using (true) with check (true);
-- The row policies of records read this table in the member's own rights.
create policy "a share is known to whom it reaches" on share for select to steward_member using (to_code = any ((select my_codes())::int[]));
grant select (table_no, record_id, to_code, level, until) on share to steward_member;
grant execute on function my_codes() to steward_member;
