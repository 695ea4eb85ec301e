-- Why a member sees a record, or what is missing: every path spelled out, apart from the policies, so that the two can be compared.
-- Guarantees: the reasons' highest level is what the policies allow; a missing path says who could grant it
-- Needs: custom_table, profile, member, group, team, sharing_rule, share, sharing
-- Claim: none of its own. Proof: features/why/why.test.ts

create function rank_of(level text) returns int language sql immutable set search_path from current as $$
  select case level when 'full' then 3 when 'edit' then 2 when 'read' then 1 else 0 end
$$;

-- A member, group or team as people read it.
create function party_said(kind text, which int) returns jsonb language sql stable set search_path from current as $$
  select jsonb_build_object(kind, case kind when 'group' then (select jsonb_build_object('id', g.id, 'label', g.name) from member_group g where g.no = which)
    when 'team' then (select jsonb_build_object('id', t.id, 'label', t.name) from team t where t.no = which) else (select jsonb_build_object('id', m.id, 'label', m.name) from member m where m.no = which) end)
$$;

-- All paths by which member m reaches a record of table t, each with its level, before his profile cuts it. `chained` adds those by links (path 7), which do not chain.
create function paths_to(m int, t int, record uuid, chained boolean) returns table (path text, level text, via jsonb) language plpgsql stable security definer set search_path from current as $$
declare
  c catalogue_table;
  r profile_table;
  row_said jsonb;
  owner int;
  class_no int;
  parent_table catalogue_table;
  parent_id uuid;
  l record;
  there boolean;
begin
  select * into c from catalogue_table where no = t;
  execute format('select to_jsonb(x) from %I x where id = $1', c.physical) into row_said using record;
  if row_said is null then return; end if;
  owner := (row_said ->> 'owner_no')::int;
  class_no := (row_said ->> 'share_class')::int;
  select p.* into r from profile_table p join member a on a.profile_no = p.profile_no where a.no = m and p.table_no = t;
  if chained and (r.edits_all or r.reads_all) then
    return query select 'profile', case when r.edits_all then 'edit' else 'read' end, jsonb_build_object('right', case when r.edits_all then 'edits_all' else 'reads_all' end);
  end if;
  if c.sharing = 'parent' then
    select f.column_name into l from catalogue_field f where f.table_no = t and f.name = c.parent_field;
    parent_id := (row_said ->> l.column_name)::uuid;
    if parent_id is not null then
      select p.* into parent_table from catalogue_table p join catalogue_field f on f.table_no = t and f.name = c.parent_field and f.to_table = p.name;
      return query select 'parent', record_level(m, parent_table.no, parent_id), jsonb_build_object('table', parent_table.name, 'id', parent_id) where record_level(m, parent_table.no, parent_id) <> 'none';
      return;
    end if;
  elsif c.sharing in ('read', 'edit') then
    return query select 'default', c.sharing, jsonb_build_object('table', c.name);
  end if;
  if owner = m then
    return query select 'owner', 'full', '{}'::jsonb;
  elsif exists (select 1 from member_reach where member_no = m and owner = any (owners)) then
    return query select 'manager', 'full', jsonb_build_object('owner', (select jsonb_build_object('id', o.id, 'label', o.name) from member o where o.no = owner));
  end if;
  if c.sharing = 'parent' then return; end if;
  return query select 'team', a.level, jsonb_build_object('team', jsonb_build_object('id', g.id, 'label', g.name)) from access_source a join access_source_member x on x.source_no = a.no join team g on g.no = a.team_no
    where x.member_no = m and a.table_no = t and a.no = any (coalesce((select s.sources from share_class s where s.table_no = t and s.no = class_no), '{}'));
  return query select 'rule', a.level, jsonb_build_object('rule', u.id, 'to', party_said(u.to_kind, u.to_no)) from access_source a join access_source_member x on x.source_no = a.no join sharing_rule u on u.no = a.rule_no
    where x.member_no = m and a.table_no = t and (a.no = any (coalesce((select s.sources from share_class s where s.table_no = t and s.no = class_no), '{}')) or (a.owners is not null and get_bit(a.owners, owner) = 1));
  return query select 'share', s.level, jsonb_build_object('share', s.id, 'until', s.until, 'to', party_said(s.to_kind, s.to_no), 'by', (select jsonb_build_object('id', b.id, 'label', b.name) from member b where b.no = s.by_no)) from share s
    where s.table_no = t and s.record_id = record and (s.until is null or s.until > now()) and s.to_code = any (codes_of(m));
  if not chained then return; end if;
  for l in select f.name, f.column_name, ct.no as child_no, ct.name as child_name, ct.physical from link_sharing k join catalogue_field f on f.no = k.field_no join catalogue_table ct on ct.no = f.table_no
    join profile_table p on p.table_no = ct.no join member a on a.profile_no = p.profile_no and a.no = m
    where f.to_table = c.name and f.kind = 'link' and k.parent = 'read' and ct.sharing <> 'parent' and p.may_see loop
    execute format('select exists (select 1 from %I y where y.%I = $1 and exists (select 1 from paths_to($2, $3, y.id, false)))', l.physical, l.column_name) into there using record, m, l.child_no;
    if there then return query select 'child', 'read', jsonb_build_object('table', l.child_name, 'field', l.name); end if;
  end loop;
  for l in select f.name, f.column_name, pt.no as parent_no, pt.name as parent_name, pt.physical from link_sharing k join catalogue_field f on f.no = k.field_no join catalogue_table pt on pt.name = f.to_table
    where f.table_no = t and f.kind = 'link' and k.children = 'read' loop
    execute format('select exists (select 1 from %I p join member_reach g on g.member_no = $2 and p.owner_no = any (g.owners) where p.id = $1)', l.physical) into there using (row_said ->> l.column_name)::uuid, m;
    if there then return query select 'parent_owner', 'read', jsonb_build_object('table', l.parent_name, 'field', l.name); end if;
  end loop;
end $$;

-- What is left of a level after the member's profile: none without sight of the table, read without the right to change.
create function cut_level(m int, t int, level text) returns text language plpgsql stable security definer set search_path from current as $$
declare
  r profile_table;
begin
  select p.* into r from profile_table p join member a on a.profile_no = p.profile_no where a.no = m and a.active and p.table_no = t;
  return case when r.may_see is not true then 'none' else level end;
end $$;

create function record_level(m int, t int, record uuid) returns text language plpgsql stable security definer set search_path from current as $$
begin
  return cut_level(m, t, coalesce((select p.level from paths_to(m, t, record, true) p order by rank_of(p.level) desc limit 1), 'none'));
end $$;

create function my_level(t int, record uuid) returns text language plpgsql stable security definer set search_path from current as $$
begin
  return record_level(me(), t, record);
end $$;

-- Who sees a record, each with his level.
create function viewers(t int, record uuid) returns table (id uuid, name text, level text) language plpgsql stable security definer set search_path from current as $$
begin
  return query select m.id, m.name, l.level from member m cross join lateral (select record_level(m.no, t, record) as level) l where m.active and l.level <> 'none' order by lower(m.name), m.no;
end $$;

-- Who may ask about a record: who sees it, and administrators, who answer for the settings. For others it does not exist.
create function must_be_asked(t int, record uuid) returns void language plpgsql stable security definer set search_path from current as $$
declare
  physical text := (select c.physical from catalogue_table c where c.no = t);
  there boolean;
begin
  if physical is not null then execute format('select exists (select 1 from %I where id = $1)', physical) into there using record; end if;
  if there is not true or not (may('administer') or record_level(me(), t, record) <> 'none') then
    raise exception 'There is nothing here that you may see.' using errcode = 'SW404';
  end if;
end $$;

create function record_viewers(t int, record uuid) returns table (id uuid, name text, level text) language plpgsql stable security definer set search_path from current as $$
begin
  perform must_be_asked(t, record);
  return query select v.id, v.name, v.level from viewers(t, record) v;
end $$;

-- Each way by which a member has a level on a record, or what is missing. Asked by administrators, by himself and by managers above him.
create function access_of(who text, t int, record uuid) returns jsonb language plpgsql stable security definer set search_path from current as $$
declare
  m member;
  r profile_table;
  reasons jsonb;
begin
  perform must_be_asked(t, record);
  select * into m from member x where (x.id::text = lower(who) or lower(x.email) = lower(who))
    and (may('administer') or exists (select 1 from member_reach a where a.member_no = me() and x.no = any (a.owners)));
  if m.no is null then raise exception 'There is nothing here that you may see.' using errcode = 'SW404'; end if;
  select * into r from profile_table p where p.profile_no = m.profile_no and p.table_no = t;
  select coalesce(jsonb_agg(jsonb_build_object('path', w.path, 'level', w.level, 'via', w.via) order by rank_of(w.level) desc, w.path), '[]') into reasons from paths_to(m.no, t, record, true) w
    where m.active and r.may_see;
  return jsonb_build_object('level', record_level(m.no, t, record), 'reasons', reasons, 'missing', to_jsonb(array_remove(array[
    case when not m.active then 'The member is not active.' end,
    case when r.may_see is not true then 'The profile does not see this table. An administrator can change that.' end,
    case when m.active and r.may_see and reasons = '[]' then 'The record is not open to this member. Its owner or a manager above can share or hand it over; an administrator can change sharing, teams and rules.' end], null)));
end $$;

-- Sharing by hand needs full on the record and the right on the table (SPEC 3.3, path 6).
create function must_share(t int, record uuid) returns void language plpgsql stable security definer set search_path from current as $$
declare
  held text := my_level(t, record);
begin
  if held = 'none' then raise exception 'There is nothing here that you may see.' using errcode = 'SW404'; end if;
  if held <> 'full' or not table_right(t, 'may_share') then
    raise exception 'Only its owner or a manager above, with the right to share, can do this.' using errcode = 'SW403';
  end if;
end $$;

create function shares_of(t int, record uuid) returns table (id uuid, "to" jsonb, level text, reason text, until timestamptz, by_no int, at timestamptz) language plpgsql stable security definer set search_path from current as $$
begin
  perform must_share(t, record);
  return query select s.id, party_said(s.to_kind, s.to_no),
    s.level, s.reason, s.until, s.by_no, s.at from share s where s.table_no = t and s.record_id = record order by s.at, s.id;
end $$;

-- With the same party again, the share is changed.
create function share_record(t int, record uuid, kind text, which int, wanted text, why text, ends timestamptz) returns uuid language plpgsql volatile security definer set search_path from current as $$
declare
  made uuid;
begin
  perform must_share(t, record);
  if ends <= now() then raise exception 'The end lies in the past.' using errcode = 'SW422', column = 'until'; end if;
  insert into share (table_no, record_id, to_kind, to_no, level, reason, until, by_no) values (t, record, kind, which, wanted, why, ends, me())
    on conflict (record_id, to_code) do update set level = excluded.level, reason = excluded.reason, until = excluded.until, by_no = excluded.by_no, at = now() returning share.id into made;
  perform note_activity('share', t, record, jsonb_build_object('share', made, 'to', kind, 'level', wanted, 'until', ends));
  return made;
end $$;

create function unshare_record(t int, record uuid, which uuid) returns void language plpgsql volatile security definer set search_path from current as $$
begin
  perform must_share(t, record);
  delete from share s where s.id = which and s.table_no = t and s.record_id = record;
  if not found then raise exception 'There is nothing here that you may see.' using errcode = 'SW404'; end if;
  perform note_activity('unshare', t, record, jsonb_build_object('share', which));
end $$;

-- How a parent that one may not see is called, for who sees the child that links to it (SPEC 3.3, path 7: by default the name only).
create function parent_label(f int, child uuid) returns text language plpgsql stable security definer set search_path from current as $$
declare
  field catalogue_field;
  child_table catalogue_table;
  parent_table catalogue_table;
  title text;
  said text;
begin
  select * into field from catalogue_field where no = f;
  if coalesce((select k.parent from link_sharing k where k.field_no = f), 'label') = 'none' then return null; end if;
  select * into child_table from catalogue_table where no = field.table_no;
  select * into parent_table from catalogue_table where name = field.to_table;
  if not field_seen(f) or my_level(child_table.no, child) = 'none' then return null; end if;
  select t.column_name into title from catalogue_field t where t.table_no = parent_table.no and t.name = parent_table.title and field_seen(t.no);
  if title is null then return null; end if;
  execute format('select left(p.%I::text, 200) from %I c join %I p on p.id = c.%I where c.id = $1', title, child_table.physical, parent_table.physical, field.column_name) into said using child;
  return said;
end $$;

create function field_seen(f int) returns boolean language plpgsql stable security definer set search_path from current as $$
begin
  return (select field_level(m.profile_no, f) <> 'none' from member m where m.no = me());
end $$;

grant execute on function shares_of(int, uuid), share_record(int, uuid, text, int, text, text, timestamptz), unshare_record(int, uuid, uuid), record_viewers(int, uuid), access_of(text, int, uuid), my_level(int, uuid), parent_label(int, uuid), field_seen(int) to steward_member;
