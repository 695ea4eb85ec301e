-- What a profile may do with tables and fields, laid down as PostgreSQL's own grants.
-- Guarantees: a hidden table is refused by SQL itself; a hidden field is refused in every place of a query; a changed right holds at once; the last one who administers keeps that right
-- Needs: tenant, custom_table
-- Claim: table permissions hide whole tables; field permissions hide fields. Proof: features/profile/profile.test.ts

create table profile (
  no int primary key,
  id uuid not null unique default gen_random_uuid(),
  name text not null check (length(name) between 1 and 200),
  rights text[] not null default '{}' check (rights <@ array['administer', 'dpo', 'erase'])
);
comment on table profile is 'personal: no';
create unique index profile_name on profile (lower(normalize(name, nfkc)));

-- A table that is not named here is hidden from the profile.
create table profile_table (
  profile_no int not null references profile on delete cascade,
  table_no int not null references catalogue_table on delete cascade,
  may_see boolean not null default false,
  may_create boolean not null default false,
  may_change boolean not null default false,
  may_delete boolean not null default false,
  may_export boolean not null default false,
  may_import boolean not null default false,
  may_hand_over boolean not null default false,
  may_share boolean not null default false,
  may_mass_message boolean not null default false,
  reads_all boolean not null default false,
  edits_all boolean not null default false,
  primary key (profile_no, table_no)
);
comment on table profile_table is 'personal: no';
create index profile_table_table on profile_table (table_no);

create table profile_field (
  profile_no int not null references profile on delete cascade,
  field_no int not null references catalogue_field on delete cascade,
  level text not null check (level in ('none', 'masked', 'read', 'write', 'owner')),
  primary key (profile_no, field_no)
);
comment on table profile_field is 'personal: no';
create index profile_field_field on profile_field (field_no);

-- The level of one field for a profile. Unnamed fields are open, special ones (Art. 9 GDPR) closed; a link is hidden with the table it leads to;
-- a computed field is never more visible than what it is made from (A-20).
create function field_level(p int, f int) returns text language plpgsql stable security definer set search_path from current as $$
declare
  field catalogue_field;
  said text;
begin
  select * into field from catalogue_field where no = f;
  -- A dropped field is seen by nobody; its old values still stand in the activities.
  if field.no is null then return 'none'; end if;
  said := coalesce((select level from profile_field where profile_no = p and field_no = f), case field.personal when 'special' then 'none' else 'write' end);
  if said in ('none', 'masked') then return 'none'; end if;
  if field.kind in ('link', 'links') and field.to_table <> '*' and not exists (
    select 1 from profile_table r join catalogue_table t on t.no = r.table_no where r.profile_no = p and t.name = field.to_table and r.may_see) then
    return 'none';
  end if;
  if field.computed is not null then
    return case when exists (select 1 from catalogue_field i where i.table_no = field.table_no and field.computed -> 'from' ? i.name and field_level(p, i.no) = 'none') then 'none' else 'read' end;
  end if;
  return said;
end $$;

-- Lays the grants of one profile on one table anew. Columns that carry parts of one field (currency, table) go with it.
create function lay_grants(p int, t int) returns void language plpgsql volatile security definer set search_path from current as $$
declare
  holder text := current_schema() || '_p' || p;
  physical text := (select c.physical from catalogue_table c where c.no = t);
  closed boolean := (select c.append_only from catalogue_table c where c.no = t);
  r profile_table;
  readable text;
  writable text;
begin
  -- What is only tried is rolled back before anybody could ask with these grants.
  if physical is null or to_regclass(quote_ident(physical)) is null or coalesce(current_setting('steward.trying', true), '') <> '' then return; end if;
  execute format('revoke all on table %I from %I', physical, holder);
  select * into r from profile_table where profile_no = p and table_no = t;
  if not found or not r.may_see then return; end if;
  select string_agg(quote_ident(a.attname), ', ') filter (where l.level <> 'none'), string_agg(quote_ident(a.attname), ', ') filter (where l.level in ('write', 'owner'))
    into readable, writable
    from (select field_level(p, f.no) as level, f.column_name from catalogue_field f where f.table_no = t) l
    cross join lateral unnest(array[l.column_name, l.column_name || '_currency', l.column_name || '_table']) c(name)
    -- By equality, so that wide tables are hashed and not compared each with each.
    join pg_attribute a on a.attrelid = quote_ident(physical)::regclass and a.attnum > 0 and not a.attisdropped and a.attname = c.name::name;
  execute format('grant select (%s) on %I to %I', concat_ws(', ', 'id, owner_no, share_class, created_at, created_by, changed_at, changed_by', readable), physical, holder);
  if r.may_create then execute format('grant insert (%s) on %I to %I', concat_ws(', ', 'id, owner_no', writable), physical, holder); end if;
  if r.may_change and not closed and writable is not null then execute format('grant update (%s) on %I to %I', writable, physical, holder); end if;
  if r.may_delete and not closed then execute format('grant delete on %I to %I', physical, holder); end if;
end $$;

create function lay_all_grants() returns void language plpgsql volatile security definer set search_path from current as $$
begin
  perform lay_grants(p.no, t.no) from profile p cross join catalogue_table t;
end $$;

-- A right on one table also decides about links that lead to it from others.
create function table_right_changed() returns trigger language plpgsql volatile security definer set search_path from current as $$
declare
  p int := case tg_op when 'DELETE' then old.profile_no else new.profile_no end;
  t int := case tg_op when 'DELETE' then old.table_no else new.table_no end;
  target text := (select name from catalogue_table where no = t);
begin
  perform lay_grants(p, t);
  perform lay_grants(p, l.table_no) from (select distinct f.table_no from catalogue_field f where f.to_table = target and f.table_no <> t) l;
  return null;
end $$;

create function field_right_changed() returns trigger language plpgsql volatile security definer set search_path from current as $$
begin
  perform lay_grants(case tg_op when 'DELETE' then old.profile_no else new.profile_no end,
    (select table_no from catalogue_field where no = case tg_op when 'DELETE' then old.field_no else new.field_no end));
  return null;
end $$;

create trigger table_right_changed after insert or update or delete on profile_table for each row execute function table_right_changed();
create trigger field_right_changed after insert or update or delete on profile_field for each row execute function field_right_changed();
create trigger new_version after insert or update or delete on profile for each statement execute function new_version();
create trigger new_version after insert or update or delete on profile_table for each statement execute function new_version();
create trigger new_version after insert or update or delete on profile_field for each statement execute function new_version();

-- Fields that one's profile lets only the record's owner write (SPEC 3.2): grants can't tell rows apart, the trigger of each table asks here.
create function only_the_owner_writes(t int, fresh jsonb, stale jsonb) returns void language plpgsql stable security definer set search_path from current as $$
declare
  c text;
begin
  for c in select f.column_name from profile_field p join member m on m.profile_no = p.profile_no join catalogue_field f on f.no = p.field_no where m.no = me() and p.level = 'owner' and f.table_no = t loop
    if (fresh -> c) is distinct from coalesce(stale -> c, 'null') or (fresh -> (c || '_currency')) is distinct from coalesce(stale -> (c || '_currency'), fresh -> (c || '_currency')) then
      raise exception 'Only the owner of the record may change this field.' using errcode = 'SW403', column = c;
    end if;
  end loop;
end $$;

create function table_right(t int, wanted text) returns boolean language plpgsql stable security definer set search_path from current as $$
begin
  return coalesce((select (to_jsonb(r) ->> wanted)::boolean from profile_table r join member m on m.profile_no = r.profile_no where m.no = me() and r.table_no = t), false);
end $$;

-- All profiles by name; for the law's own work, which may just have taken the asker's right away.
create function read_profiles() returns jsonb language plpgsql stable security definer set search_path from current as $$
begin
  return (select coalesce(jsonb_agg(jsonb_build_object('id', p.id, 'name', p.name, 'rights', p.rights, 'members', (select count(*) from member m where m.profile_no = p.no),
    'tables', (select coalesce(jsonb_object_agg(t.name, to_jsonb(r) - '{profile_no,table_no}'::text[]), '{}') from profile_table r join catalogue_table t on t.no = r.table_no where r.profile_no = p.no),
    'fields', (select coalesce(jsonb_object_agg(t.name || '.' || f.name, r.level), '{}') from profile_field r join catalogue_field f on f.no = r.field_no join catalogue_table t on t.no = f.table_no where r.profile_no = p.no))
    order by lower(p.name), p.no), '[]') from profile p);
end $$;

create function profiles() returns jsonb language plpgsql stable security definer set search_path from current as $$
begin
  perform must('administer');
  return read_profiles();
end $$;

-- The rights of one profile, for the server to draw its sight from.
create function read_rights(p int) returns jsonb language plpgsql stable security definer set search_path from current as $$
begin
  return jsonb_build_object(
    'tables', coalesce((select jsonb_object_agg(r.table_no, to_jsonb(r)) from profile_table r where r.profile_no = p), '{}'),
    'fields', coalesce((select jsonb_object_agg(f.no, field_level(p, f.no)) from catalogue_field f), '{}'));
end $$;

alter table profile enable row level security;
alter table profile force row level security;
alter table profile_table enable row level security;
alter table profile_table force row level security;
alter table profile_field enable row level security;
alter table profile_field force row level security;
create policy "the law itself" on profile for all to steward_law using (true) with check (true);
create policy "the law itself" on profile_table for all to steward_law using (true) with check (true);
create policy "the law itself" on profile_field for all to steward_law using (true) with check (true);

grant execute on function table_right(int, text), profiles(), only_the_owner_writes(int, jsonb, jsonb) to steward_member;
grant execute on function read_rights(int) to steward_door;
