-- Groups: named sets of members, to share with.
-- Guarantees: a group that is shared with is not deleted
-- Needs: member
-- Claim: records are selectively shared with others. Proof: features/group/group.test.ts

create table member_group (
  no int primary key,
  id uuid not null unique default gen_random_uuid(),
  name text not null check (length(name) between 1 and 200)
);
comment on table member_group is 'personal: no';
create unique index member_group_name on member_group (lower(normalize(name, nfkc)));

create table group_member (
  group_no int not null references member_group on delete cascade,
  member_no int not null references member on delete cascade,
  primary key (group_no, member_no)
);
comment on table group_member is 'personal: no';
create index group_member_member on group_member (member_no);

alter table member_group enable row level security;
alter table member_group force row level security;
alter table group_member enable row level security;
alter table group_member force row level security;
create policy "the law itself" on member_group for all to steward_law using (true) with check (true);
create policy "the law itself" on group_member for all to steward_law using (true) with check (true);
create policy "members know the groups" on member_group for select to steward_member using (true);
grant select (no, id, name) on member_group to steward_member;
