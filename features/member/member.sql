-- Members and the tree of managers above them, with everyone's reach kept by trigger in the same transaction.
-- Guarantees: a cycle of managers is refused; whoever is above a member, at any depth, reaches him at once; a deactivated member is out at the next request; a member who owns records is not removed; one administrator always stays; a number is never given twice, an address is free again
-- Needs: tenant, profile
-- Claim: members higher in the hierarchy have the same access as those below. Proof: features/member/member.test.ts

create table member (
  no int primary key,
  id uuid not null unique default gen_random_uuid(),
  name text not null check (length(name) between 1 and 200),
  -- Null once he was removed.
  email text check (length(email) <= 254),
  profile_no int not null references profile on delete restrict,
  manager_no int references member on delete restrict,
  time_zone text not null default 'Europe/Berlin',
  language text not null default 'en',
  active boolean not null default true,
  created_at timestamptz not null default now(),
  removed_at timestamptz,
  check (email is not null or removed_at is not null)
);
comment on table member is 'personal: user.name, user.contact.email; the member is the subject';
create unique index member_email on member (lower(email));
create index member_profile on member (profile_no);
create index member_manager on member (manager_no);

-- Who a member reaches: himself and everyone below. As a list for the planner's hints, as bits for the row policies.
create table member_reach (
  member_no int primary key references member on delete cascade,
  owners int[] not null,
  bits bit varying not null
);
comment on table member_reach is 'personal: no';

-- Numbers are small and dense, since the row policies count bits by them; the row of the tenant serialises all changes of people and rights.
create function number_member() returns trigger language plpgsql volatile security definer set search_path from current as $$
begin
  perform 1 from tenant for update;
  new.no := (select coalesce(max(no), 0) + 1 from member);
  if new.no >= (select reach_length from tenant) then
    update member_reach set bits = bits || repeat('0', (select reach_length from tenant))::bit varying;
    update tenant set reach_length = reach_length * 2;
  end if;
  return new;
end $$;

-- Member m and everyone above, nearest first. The limit ends the walk even if a cycle got in by other hands.
create function managers_of(m int) returns setof int language sql stable set search_path from current as $$
  with recursive up(no, manager_no, depth) as (
    select no, manager_no, 1 from member where no = m
    union all
    select a.no, a.manager_no, up.depth + 1 from up join member a on a.no = up.manager_no where up.depth < 10000
  ) select no from up order by depth
$$;

create function begin_reach() returns trigger language plpgsql volatile security definer set search_path from current as $$
declare
  own bit varying := set_bit(repeat('0', (select reach_length from tenant))::bit varying, new.no, 1);
begin
  insert into member_reach values (new.no, array[new.no], own);
  update member_reach set owners = owners || new.no, bits = bits | own where member_no in (select managers_of(new.manager_no));
  return null;
end $$;

create function move_reach() returns trigger language plpgsql volatile security definer set search_path from current as $$
declare
  moved member_reach;
begin
  perform 1 from tenant for update;
  select * into moved from member_reach where member_no = new.no;
  if new.manager_no = any (moved.owners) then
    raise exception 'A member cannot be below someone who is below him.' using errcode = 'SW422', column = 'manager';
  end if;
  update member_reach r set owners = array(select unnest(r.owners) except select unnest(moved.owners)), bits = r.bits & ~ moved.bits
    where r.member_no in (select managers_of(old.manager_no));
  update member_reach r set owners = r.owners || moved.owners, bits = r.bits | moved.bits
    where r.member_no in (select managers_of(new.manager_no));
  return null;
end $$;

-- Somebody must be able to change rights: of those who have accepted their invitation, one administrator stays. The row of the tenant is locked
-- first, since two administrators may demote each other at the same moment.
create function keep_an_administrator() returns trigger language plpgsql volatile security definer set search_path from current as $$
begin
  -- Rights of the past, put back only to be asked and undone.
  if current_setting('steward.trying', true) = 'past' then return null; end if;
  if tg_table_name = 'member' and not exists (select 1 from profile where no = (to_jsonb(old) ->> 'profile_no')::int and 'administer' = any (rights)) then return null; end if;
  perform 1 from tenant for update;
  if not exists (select 1 from member m join profile p on p.no = m.profile_no join credential c on c.member_no = m.no where m.active and 'administer' = any (p.rights)) then
    raise exception 'The last active administrator stays one. Make someone else administrator first, who has accepted the invitation.' using errcode = 'SW409';
  end if;
  return null;
end $$;

create trigger keep_an_administrator after update of active, profile_no on member for each row
  when (old.active and (not new.active or new.profile_no <> old.profile_no)) execute function keep_an_administrator();
create trigger keep_an_administrator_on_delete after delete on member for each row execute function keep_an_administrator();
create trigger keep_an_administrator after update of rights on profile for each row
  when ('administer' = any (old.rights) and not ('administer' = any (new.rights))) execute function keep_an_administrator();

-- What a member owns, by table; locks him, so that no record can come to him meanwhile.
create function owned_records(m int) returns table (name text, labels text, records bigint) language plpgsql volatile security definer set search_path from current as $$
declare
  t catalogue_table;
begin
  perform 1 from member where no = m for update;
  for t in select * from catalogue_table order by no loop
    return query execute format('select $1, $2, count(*) from %I where owner_no = $3 having count(*) > 0', t.physical) using t.name, t.labels, m;
  end loop;
end $$;

-- A member is a person too: his name and address go, his number stays for what he did, and what he accepted stays as proof (SPEC 1.2).
create function remove_member(m int) returns void language plpgsql volatile security definer set search_path from current as $$
begin
  if exists (select 1 from owned_records(m)) then
    raise exception 'This member still owns records.' using errcode = 'SW409';
  end if;
  update member set manager_no = (select b.manager_no from member b where b.no = m) where manager_no = m;
  update member set name = 'Former member ' || no, email = null, manager_no = null, active = false, removed_at = now() where no = m;
  delete from credential where member_no = m;
  delete from session where member_no = m;
  delete from invitation where member_no = m;
  delete from first_answer where member_no = m;
end $$;

create trigger number_member before insert on member for each row execute function number_member();
create trigger begin_reach after insert on member for each row execute function begin_reach();
create trigger move_reach after update of manager_no on member for each row when (new.manager_no is distinct from old.manager_no) execute function move_reach();
create trigger new_version after insert or update or delete on member for each statement execute function new_version();

-- Everyone may know the names of colleagues (owner of a record, picker); addresses, profiles and managers are for administrators and for oneself.
create function members() returns table (id uuid, no int, name text, email text, profile_id uuid, profile text, manager_id uuid, manager text, active boolean, invited boolean)
language plpgsql stable security definer set search_path from current as $$
declare
  whole boolean := may('administer') or may('dpo');
  self int := me();
begin
  return query select m.id, m.no, m.name,
    case when whole or m.no = self then m.email end, case when whole or m.no = self then p.id end, case when whole or m.no = self then p.name end,
    case when whole or m.no = self then b.id end, case when whole or m.no = self then b.name end, m.active,
    whole and not exists (select 1 from credential c where c.member_no = m.no)
    from member m join profile p on p.no = m.profile_no left join member b on b.no = m.manager_no where m.removed_at is null order by lower(m.name), m.no;
end $$;

-- All members, for the server to put names to numbers. For the login role only.
create function read_people() returns jsonb language plpgsql stable security definer set search_path from current as $$
begin
  return (select coalesce(jsonb_agg(jsonb_build_object('no', m.no, 'id', m.id, 'label', m.name, 'email', lower(m.email), 'active', m.active)), '[]') from member m);
end $$;

alter table member enable row level security;
alter table member force row level security;
alter table member_reach enable row level security;
alter table member_reach force row level security;
create policy "the law itself" on member for all to steward_law using (true) with check (true);
create policy "the law itself" on member_reach for all to steward_law using (true) with check (true);
create policy "members know each other's names" on member for select to steward_member using (true);

grant select (no, id, name, active) on member to steward_member;
grant execute on function members() to steward_member;
grant execute on function read_people() to steward_door;
