-- Who may see and change which rows: the functions that every record table's policies ask.
-- Guarantees: private rows are seen by owner and managers only; managers inherit at any depth; reads-all is not inherited; a lost right is gone at the next request
-- Needs: tenant, custom_table, profile, member, group, team, sharing_rule, share, criteria
-- Claim: record-level security by sharing settings and hierarchy. Proof: features/sharing/sharing.test.ts

-- Per link: does who sees a child see the parent (not, by name, whole), does who owns the parent see the children (SPEC 3.3, path 7).
create table link_sharing (
  field_no int primary key references catalogue_field on delete cascade,
  parent text not null default 'label' check (parent in ('none', 'label', 'read')),
  children text not null default 'none' check (children in ('none', 'read'))
);
comment on table link_sharing is 'personal: no';

-- Read once per query (the policies wrap these in sub-selects), never per row.
create function sees_all(t int) returns boolean language plpgsql stable parallel safe security definer set search_path from current as $$
declare
  acting int := me();
begin
  -- One statement each: every further one costs as much as fetching a record.
  return (select c.sharing in ('read', 'edit') or coalesce(r.reads_all or r.edits_all, false)
    from catalogue_table c cross join member m left join profile_table r on r.profile_no = m.profile_no and r.table_no = c.no where c.no = t and m.no = acting);
end $$;

create function edits_all(t int) returns boolean language plpgsql stable parallel safe security definer set search_path from current as $$
declare
  acting int := me();
begin
  return (select c.sharing = 'edit' or coalesce(r.edits_all, false)
    from catalogue_table c cross join member m left join profile_table r on r.profile_no = m.profile_no and r.table_no = c.no where c.no = t and m.no = acting);
end $$;

create function reach() returns bit varying language plpgsql stable parallel safe security definer set search_path from current as $$
begin
  return (select bits from member_reach where member_no = me());
end $$;

create function owners_of(m int, t int, editing boolean) returns bit varying language plpgsql stable parallel safe set search_path from current as $$
begin
  return (select r.bits | coalesce((select bit_or(a.owners) from access_source_member x join access_source a on a.no = x.source_no
      where x.member_no = m and a.table_no = t and a.owners is not null and (a.level = 'edit' or not editing)), r.bits)
    from member_reach r where r.member_no = m);
end $$;

create function classes_of(m int, t int, editing boolean) returns bit varying language plpgsql stable parallel safe set search_path from current as $$
declare
  mine int[] := array(select a.no from access_source a join access_source_member x on x.source_no = a.no where x.member_no = m and a.table_no = t and a.test is not null and (a.level = 'edit' or not editing));
  opened bit varying;
  c int;
begin
  if cardinality(mine) = 0 then return null; end if;
  opened := repeat('0', 1 + (select coalesce(max(s.no), 0) from share_class s where s.table_no = t))::bit varying;
  for c in select s.no from share_class s where s.table_no = t and s.sources && mine loop opened := set_bit(opened, c, 1); end loop;
  return opened;
end $$;

create function seen_owners(t int) returns bit varying language plpgsql stable parallel safe security definer set search_path from current as $$
begin
  return owners_of(me(), t, false);
end $$;
create function edited_owners(t int) returns bit varying language plpgsql stable parallel safe security definer set search_path from current as $$
begin
  return owners_of(me(), t, true);
end $$;
create function seen_classes(t int) returns bit varying language plpgsql stable parallel safe security definer set search_path from current as $$
begin
  return classes_of(me(), t, false);
end $$;
create function edited_classes(t int) returns bit varying language plpgsql stable parallel safe security definer set search_path from current as $$
begin
  return classes_of(me(), t, true);
end $$;

-- Whether a field takes part in who sees which records: then it can neither be dropped nor become another kind.
create function decides_access(f int) returns boolean language sql stable security definer set search_path from current as $$
  select exists (select 1 from team_criterion where field_no = f) or exists (select 1 from rule_criterion where field_no = f)
    or exists (select 1 from link_sharing where field_no = f and (parent = 'read' or children = 'read'))
    or exists (select 1 from catalogue_table t join catalogue_field x on x.table_no = t.no where x.no = f and t.parent_field = x.name)
$$;

-- For the query builder's hint: the owners, classes and single records through which a member sees rows; null where he sees all, or where links and parents decide.
create function seen_keys(t int) returns jsonb language plpgsql stable security definer set search_path from current as $$
declare
  mine bit varying;
  opened bit varying;
begin
  if sees_all(t) or (select c.sharing = 'parent' from catalogue_table c where c.no = t)
    or exists (select 1 from link_sharing l join catalogue_field f on f.no = l.field_no join catalogue_table c on c.no = t where (f.to_table = c.name and l.parent = 'read') or (f.table_no = t and l.children = 'read')) then return null; end if;
  mine := seen_owners(t);
  opened := seen_classes(t);
  return jsonb_build_object(
    'owners', array(select g from generate_series(0, length(mine) - 1) g where get_bit(mine, g) = 1),
    'classes', array(select g from generate_series(0, coalesce(length(opened), 0) - 1) g where get_bit(opened, g) = 1),
    'ids', array(select s.record_id from share s where s.table_no = t and s.to_code = any (my_codes())));
end $$;

-- Whether these are so few rows that fetching them all pays: the smaller the table, the sooner a walk in order has filled a page.
create function are_few(t int, keys jsonb, most int) returns boolean language plpgsql stable security definer set search_path from current as $$
declare
  physical text := (select c.physical from catalogue_table c where c.no = t);
  enough int := least(most, sqrt(25.0 * greatest(400, (select k.reltuples from pg_class k where k.oid = quote_ident(physical)::regclass))));
  n bigint;
begin
  if keys is null or jsonb_array_length(keys -> 'ids') > 1000 then return false; end if;
  execute format('select count(*) from ((select 1 from %1$I where owner_no = any ($1) limit $3) union all (select 1 from %1$I where share_class = any ($2) limit $3)) x', physical) into n
    using array(select jsonb_array_elements_text(keys -> 'owners')::int), array(select jsonb_array_elements_text(keys -> 'classes')::int), enough + 1;
  return n <= enough;
end $$;

alter table link_sharing enable row level security;
alter table link_sharing force row level security;
create policy "the law itself" on link_sharing for all to steward_law using (true) with check (true);

create trigger new_version after insert or update or delete on link_sharing for each statement execute function new_version();

grant execute on function reach(), sees_all(int), edits_all(int), seen_owners(int), edited_owners(int), seen_classes(int), edited_classes(int), seen_keys(int), are_few(int, jsonb, int) to steward_member;
