-- The catalogue: the one description of the tenant's tables and fields.
-- Guarantees: a field that does not say whether it is personal is refused; two names that look alike are refused; a dropped field is gone for everyone at once, and its column is used again; a change that stored values would not survive is refused; columns without an entry of the catalogue are refused
-- Needs: tenant
-- Claim: custom tables and fields are equal to built-in ones. Proof: features/custom_table/custom_table.test.ts

create table catalogue_table (
  no int primary key,
  name text not null unique check (name ~ '^[a-z][a-z0-9_]{0,59}$'),
  label text not null check (length(label) between 1 and 200),
  labels text not null check (length(labels) between 1 and 200),
  physical text not null unique,
  icon text not null default 'table',
  standard boolean not null default false,
  append_only boolean not null default false,
  -- How its personal data reach their subject (SPEC 2.4): the table is the person, a link field leads there, or it holds none.
  subject text not null,
  sharing text not null default 'edit' check (sharing in ('private', 'read', 'edit', 'parent')),
  -- With sharing by parent: the link field that leads to it.
  parent_field text,
  check ((sharing = 'parent') = (parent_field is not null)),
  title text not null,
  layout jsonb not null default '{"list":[],"page":[]}'
);
comment on table catalogue_table is 'personal: no';
-- Compatibility forms and case are the same name to the eye (A-53).
create unique index catalogue_table_label on catalogue_table (lower(normalize(label, nfkc)));

create table catalogue_field (
  no int primary key,
  table_no int not null references catalogue_table on delete cascade,
  name text not null check (name ~ '^[a-z][a-z0-9_]{0,59}$'),
  label text not null check (length(label) between 1 and 200),
  kind text not null,
  column_name text not null,
  required boolean not null default false,
  is_unique boolean not null default false,
  tracked boolean not null default false,
  searchable boolean not null default false,
  personal text not null check (personal in ('no', 'yes', 'special')),
  category text,
  purpose text,
  origin text check (origin in ('provided', 'observed', 'derived', 'third_party')),
  erasure text not null default 'clear' check (erasure in ('clear', 'keep')),
  to_table text,
  choices jsonb,
  computed jsonb,
  position int not null,
  unique (table_no, name),
  unique (table_no, column_name),
  -- Art. 30(1) GDPR: the record of processing needs category, purpose and source of each personal field.
  constraint personal_data_says_what_it_is check (personal = 'no' or (category is not null and purpose is not null and origin is not null))
);
comment on table catalogue_field is 'personal: no';
create unique index catalogue_field_label on catalogue_field (table_no, lower(normalize(label, nfkc)));

-- Columns of dropped fields wait here to be used again: PostgreSQL counts dropped columns towards its limit of 1,600.
create table spare_column (
  table_no int not null references catalogue_table on delete cascade,
  column_name text not null,
  type text not null,
  -- The field it held; until it is empty, search must not find that field's words.
  field_no int not null,
  empty boolean not null default false,
  primary key (table_no, column_name)
);
comment on table spare_column is 'personal: no';

-- No number is given twice: the activities of a dropped field would be read by the rights of the new one.
create table last_number (what text primary key check (what in ('table', 'field', 'profile', 'group', 'team', 'rule', 'source')), no int not null);
comment on table last_number is 'personal: no';

-- The first of as many fresh numbers as wanted.
create function next_number(wanted text, many int) returns int language plpgsql volatile security definer set search_path from current as $$
declare
  highest int := case wanted when 'table' then (select max(no) from catalogue_table) when 'field' then (select max(no) from catalogue_field) else (select max(no) from profile) end;
  given int;
begin
  insert into last_number values (wanted, coalesce(highest, 0) + many)
    on conflict (what) do update set no = greatest(last_number.no, coalesce(highest, 0)) + many returning no into given;
  return given - many + 1;
end $$;

-- A table with personal data that no path from a subject reaches is refused when the transaction ends.
create function subject_is_reached() returns trigger language plpgsql volatile security definer set search_path from current as $$
declare
  t catalogue_table;
begin
  select * into t from catalogue_table where no = (coalesce(to_jsonb(new), to_jsonb(old)) ->> case tg_table_name when 'catalogue_table' then 'no' else 'table_no' end)::int;
  if t.no is null then return null; end if;
  if t.subject not in ('none', 'self') and not exists (select 1 from catalogue_field f where f.table_no = t.no and f.name = t.subject and f.kind = 'link') then
    raise exception 'The table names a link to the person it is about, but has no such link field.' using errcode = 'SW422', column = 'subject';
  end if;
  if t.subject = 'none' and exists (select 1 from catalogue_field f where f.table_no = t.no and f.personal <> 'no') then
    raise exception 'A table with personal data must say how it reaches the person: it is one, or a link leads there.' using errcode = 'SW422', column = 'subject';
  end if;
  if t.sharing = 'parent' and not exists (select 1 from catalogue_field f where f.table_no = t.no and f.name = t.parent_field and f.kind = 'link' and f.to_table not in ('*', t.name)) then
    raise exception 'Sharing by parent needs a link to another table.' using errcode = 'SW422', column = 'parent';
  end if;
  if t.sharing = 'parent' and t.name in (with recursive up(name, depth) as (
      select f.to_table, 1 from catalogue_field f where f.table_no = t.no and f.name = t.parent_field
      union all
      select f.to_table, u.depth + 1 from up u join catalogue_table p on p.name = u.name and p.sharing = 'parent' join catalogue_field f on f.table_no = p.no and f.name = p.parent_field where u.depth < 20
    ) select name from up) then
    raise exception 'Tables cannot be shared by each other in a circle.' using errcode = 'SW422', column = 'parent';
  end if;
  return null;
end $$;
create constraint trigger subject_is_reached after insert or update on catalogue_table deferrable initially deferred for each row execute function subject_is_reached();
create constraint trigger subject_is_reached after insert or update or delete on catalogue_field deferrable initially deferred for each row execute function subject_is_reached();

create trigger new_version after insert or update or delete on catalogue_table for each statement execute function new_version();
create trigger new_version after insert or update or delete on catalogue_field for each statement execute function new_version();

-- What the server needs to serve a profile: catalogue, version, and the profile's rights. For the login role only, never for members.
create function read_catalogue() returns jsonb language plpgsql stable security definer set search_path from current as $$
begin
  return jsonb_build_object(
    'version', (select version from tenant),
    'tables', coalesce((select jsonb_agg(jsonb_build_object('no', t.no, 'name', t.name, 'label', t.label, 'labels', t.labels, 'physical', t.physical, 'icon', t.icon,
      'standard', t.standard, 'append_only', t.append_only, 'subject', t.subject, 'sharing', t.sharing, 'parent', t.parent_field, 'title', t.title, 'layout', t.layout,
      'fields', coalesce((select jsonb_agg(jsonb_build_object('no', f.no, 'name', f.name, 'label', f.label, 'kind', f.kind, 'column', f.column_name, 'required', f.required,
        'unique', f.is_unique, 'tracked', f.tracked, 'searchable', f.searchable, 'personal', f.personal, 'category', f.category, 'purpose', f.purpose, 'origin', f.origin,
        'erasure', f.erasure, 'to', f.to_table, 'choices', f.choices, 'computed', f.computed, 'sight', (select jsonb_build_object('parent', k.parent, 'children', k.children) from link_sharing k where k.field_no = f.no)) order by f.position, f.no)
        from catalogue_field f where f.table_no = t.no), '[]')) order by t.no) from catalogue_table t), '[]'));
end $$;

alter table catalogue_table enable row level security;
alter table catalogue_table force row level security;
alter table catalogue_field enable row level security;
alter table catalogue_field force row level security;
alter table spare_column enable row level security;
alter table spare_column force row level security;
alter table last_number enable row level security;
alter table last_number force row level security;
create policy "the law itself" on catalogue_table for all to steward_law using (true) with check (true);
create policy "the law itself" on catalogue_field for all to steward_law using (true) with check (true);
create policy "the law itself" on spare_column for all to steward_law using (true) with check (true);
create policy "the law itself" on last_number for all to steward_law using (true) with check (true);

grant execute on function read_catalogue() to steward_door;
