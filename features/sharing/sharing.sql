-- Who may see and change which rows: the functions that every record table's policies ask.
-- Guarantees: private rows are seen by owner and managers only; managers inherit at any depth; reads-all is not inherited; an administrator without the data right sees no record; a lost right is gone at the next request
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

-- The owner of a record, for those who may ask about it: who sees it, and administrators, who answer for the settings. For others it does not exist.
create function owner_asked(t int, record uuid) returns int language plpgsql stable security definer set search_path from current as $$
declare
  physical text := (select c.physical from catalogue_table c where c.no = t);
  owner int;
begin
  if physical is not null then execute format('select owner_no from %I where id = $1', physical) into owner using record; end if;
  if owner is null or not (may('administer') or level_of(me(), t, owner) <> 'none') then
    raise exception 'There is nothing here that you may see.' using errcode = 'SW404';
  end if;
  return owner;
end $$;

create function record_viewers(t int, record uuid) returns table (id uuid, name text, level text) language plpgsql stable security definer set search_path from current as $$
begin
  return query select v.id, v.name, v.level from viewers(t, owner_asked(t, record)) v;
end $$;

-- Each way by which a member has a level on a record, or what is missing. Asked by administrators, by himself and by managers above him.
create function access_of(who text, t int, record uuid) returns jsonb language plpgsql stable security definer set search_path from current as $$
declare
  owner int := owner_asked(t, record);
  m member;
  r profile_table;
  shared text := (select c.sharing from catalogue_table c where c.no = t);
  reasons jsonb;
begin
  select * into m from member x where (x.id::text = lower(who) or lower(x.email) = lower(who))
    and (may('administer') or exists (select 1 from member_reach a where a.member_no = me() and x.no = any (a.owners)));
  if m.no is null then raise exception 'There is nothing here that you may see.' using errcode = 'SW404'; end if;
  select * into r from profile_table p where p.profile_no = m.profile_no and p.table_no = t;
  select coalesce(jsonb_agg(jsonb_build_object('path', w.path, 'level', w.level, 'via', w.via)), '[]') into reasons from (
    select 'owner' as path, 'full' as level, null::jsonb as via where owner = m.no
    union all select 'manager', 'full', (select jsonb_build_object('id', o.id, 'label', o.name) from member o where o.no = owner) where owner <> m.no and exists (select 1 from member_reach a where a.member_no = m.no and owner = any (a.owners))
    union all select 'default', shared, null where shared in ('read', 'edit')
    union all select 'profile', case when r.edits_all then 'edit' else 'read' end, (select jsonb_build_object('id', p.id, 'label', p.name) from profile p where p.no = m.profile_no) where r.reads_all or r.edits_all) w
    where m.active and r.may_see;
  return jsonb_build_object('level', level_of(m.no, t, owner), 'reasons', reasons, 'missing', to_jsonb(array_remove(array[
    case when not m.active then 'The member is not active.' end,
    case when r.may_see is not true then 'The profile does not see this table. An administrator can change that.' end,
    case when m.active and r.may_see and reasons = '[]' then 'The record is private. Its owner or a manager above can hand it over; an administrator can change the sharing of the table.' end], null)));
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

grant execute on function record_viewers(int, uuid), access_of(text, int, uuid), my_level(int, int), reach(), sees_all(int), edits_all(int), few_owners(int, int) to steward_member;
