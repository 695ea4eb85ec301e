-- Who may see and change which rows: the functions that every record table's policies ask.
-- Guarantees: private rows are seen by owner and managers only; managers inherit at any depth; reads-all is not inherited; a lost right is gone at the next request
-- Needs: tenant, custom_table, profile, member
-- Claim: record-level security by sharing settings and hierarchy. Proof: features/sharing/sharing.test.ts

-- Read once per query (the policies wrap these in sub-selects), never per row.
create function reach() returns bit varying language plpgsql stable parallel safe security definer set search_path from current as $$
begin
  return (select bits from member_reach where member_no = me());
end $$;

create function sees_all(t int) returns boolean language plpgsql stable parallel safe security definer set search_path from current as $$
declare
  acting int := me();
begin
  return (select c.sharing in ('read', 'edit') from catalogue_table c where c.no = t)
    or coalesce((select r.reads_all or r.edits_all from profile_table r join member m on m.profile_no = r.profile_no where m.no = acting and r.table_no = t), false);
end $$;

create function edits_all(t int) returns boolean language plpgsql stable parallel safe security definer set search_path from current as $$
declare
  acting int := me();
begin
  return (select c.sharing = 'edit' from catalogue_table c where c.no = t)
    or coalesce((select r.edits_all from profile_table r join member m on m.profile_no = r.profile_no where m.no = acting and r.table_no = t), false);
end $$;

-- The level of any member on a record with this owner, for the questions "may she?" and "who may see it?".
create function level_of(m int, t int, owner int) returns text language plpgsql stable security definer set search_path from current as $$
declare
  c catalogue_table;
  r profile_table;
begin
  select * into c from catalogue_table where no = t;
  select p.* into r from profile_table p join member a on a.profile_no = p.profile_no where a.no = m and a.active and p.table_no = t;
  if r.may_see is not true then return 'none'; end if;
  if exists (select 1 from member_reach where member_no = m and owner = any (owners)) then return 'full'; end if;
  if c.sharing = 'edit' or r.edits_all then return 'edit'; end if;
  if c.sharing = 'read' or r.reads_all then return 'read'; end if;
  return 'none';
end $$;

create function my_level(t int, owner int) returns text language plpgsql stable security definer set search_path from current as $$
begin
  return level_of(me(), t, owner);
end $$;

create function viewers(t int, owner int) returns table (id uuid, name text, level text) language plpgsql stable security definer set search_path from current as $$
begin
  return query select m.id, m.name, l.level from member m cross join lateral (select level_of(m.no, t, owner) as level) l where m.active and l.level <> 'none' order by lower(m.name), m.no;
end $$;

-- For the query builder's hint: the owners a member reaches, where that is few enough rows for going by owner to pay; null where he sees all or many.
create function few_owners(t int, most int) returns int[] language plpgsql stable security definer set search_path from current as $$
declare
  physical text := (select c.physical from catalogue_table c where c.no = t);
  mine int[];
  n bigint;
begin
  if sees_all(t) then return null; end if;
  select owners into mine from member_reach where member_no = me();
  execute format('select count(*) from (select 1 from %I where owner_no = any ($1) limit $2) x', physical) into n using mine, most + 1;
  return case when n <= most then mine end;
end $$;

grant execute on function my_level(int, int), reach(), sees_all(int), edits_all(int), few_owners(int, int) to steward_member;
