-- What every record table shares: words for search, handing over, taking links back, the queue of likely doubles.
-- Guarantees: only who has full and the right hands a record over; a clash with a hidden record does not tell; nothing that a member may not see is attached to
-- Needs: tenant, custom_table, profile, member, sharing, tracking
-- Claim: one engine for every table. Proof: features/record/record.test.ts

-- One spelling for search: no case, no accents, no compatibility forms.
create function plain(words text) returns text language sql stable parallel safe set search_path from current as $$
  select lower(steward.unaccent('steward.unaccent', normalize(translate(words, E'\x01\x02\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17', repeat(' ', 12)), nfkc)))
$$;

-- Likely doubles that a uniqueness check found but may not tell the writer about (A-31); for those who keep the data clean.
create table duplicate (
  table_no int not null references catalogue_table on delete cascade,
  record_id uuid not null,
  other_id uuid not null,
  field_no int not null,
  at timestamptz not null default now(),
  primary key (table_no, record_id, other_id, field_no)
);
comment on table duplicate is 'personal: no';

create function hand_over(t int, record uuid, to_member int) returns boolean language plpgsql volatile security definer set search_path from current as $$
declare
  physical text := seen_physical(t);
  owner int;
begin
  if physical is null then raise exception 'There is nothing here that you may see.' using errcode = 'SW404'; end if;
  execute format('select owner_no from %I where id = $1 for update', physical) into owner using record;
  if owner is null or record_level(me(), t, record) = 'none' then raise exception 'There is nothing here that you may see.' using errcode = 'SW404'; end if;
  if not table_right(t, 'may_hand_over') or record_level(me(), t, record) <> 'full' then
    raise exception 'Only its owner or a manager above, with the right to hand over, can do this.' using errcode = 'SW403';
  end if;
  if not exists (select 1 from member where no = to_member and active) then
    raise exception 'There is no such active member.' using errcode = 'SW422', column = 'owner';
  end if;
  if owner <> to_member then
    -- Whoever it was shared with was chosen by the one who owned it (SPEC 3.3, path 6).
    delete from share where table_no = t and record_id = record;
    execute format('update %I set owner_no = $1 where id = $2', physical) using to_member, record;
    perform note_activity('hand_over', t, record, jsonb_build_object('from', (select id from member where no = owner), 'to', (select id from member where no = to_member)));
  end if;
  return record_level(me(), t, record) <> 'none';
end $$;

-- Links that foreign keys can't take back: to any table, and lists of links.
create function unlink_record() returns trigger language plpgsql volatile security definer set search_path from current as $$
declare
  f record;
begin
  delete from share where record_id = old.id;
  for f in select c.column_name, c.kind, t.physical from catalogue_field c join catalogue_table t on t.no = c.table_no
    where (c.kind = 'link' and c.to_table = '*') or (c.kind = 'links' and c.to_table = tg_argv[0]) loop
    if f.kind = 'link' then
      execute format('update %I set %I = null, %I = null where %I = $1', f.physical, f.column_name, f.column_name || '_table', f.column_name) using old.id;
    else
      execute format('update %I set %I = array_remove(%I, $1) where %I @> array[$1]', f.physical, f.column_name, f.column_name, f.column_name) using old.id;
    end if;
  end loop;
  return null;
end $$;

-- The list of addresses and the primary one are kept in step, whichever was written.
create function primary_address(kept jsonb, key text, chosen text) returns jsonb language sql immutable set search_path from current as $$
  select case
    when chosen is null then (select jsonb_agg(e) from jsonb_array_elements(coalesce(kept, '[]')) e where not (e ->> 'primary')::boolean)
    else (select jsonb_agg(e) from (
      select jsonb_build_object(key, chosen, 'label', coalesce((select e ->> 'label' from jsonb_array_elements(coalesce(kept, '[]')) e where (e ->> 'primary')::boolean), 'work'), 'primary', true) as e
      union all
      select e || '{"primary": false}' from jsonb_array_elements(coalesce(kept, '[]')) e where not (e ->> 'primary')::boolean and e ->> key <> chosen) all_of_them)
  end
$$;

-- Columns that some profile can't read though it sees the table (field_level says the same for one field), and those of dropped fields: a change of these alone
-- leaves no visible trace such as a changed date (A-30).
create function restricted_columns(t int) returns text[] language plpgsql stable security definer set search_path from current as $$
begin
  return (select coalesce(array_agg(f.column_name), '{}') || coalesce(array_agg(f.column_name || '_currency'), '{}') || coalesce(array_agg(f.column_name || '_table'), '{}')
      || (select coalesce(array_agg(s.column_name), '{}') from spare_column s where s.table_no = t) from catalogue_field f
    where f.table_no = t and (f.personal = 'special' or exists (select 1 from profile_field p where p.field_no = f.no and p.level in ('none', 'masked'))
      or (f.kind in ('link', 'links') and f.to_table <> '*' and exists (select 1 from profile_table r where r.table_no = t and r.may_see and not exists (
        select 1 from profile_table o join catalogue_table c on c.no = o.table_no where o.profile_no = r.profile_no and c.name = f.to_table and o.may_see)))));
end $$;

-- Two who store the same value of a unique field at once wait for each other here; nothing is left behind. Advisory locks would do, but nobody has a right to them.
create table held_value (field_no int, hash bytea, primary key (field_no, hash));
comment on table held_value is 'personal: no';
create function hold_value(f int, value text) returns void language plpgsql volatile security definer set search_path from current as $$
begin
  insert into held_value values (f, sha256(convert_to(value, 'UTF8'))) on conflict do nothing;
  delete from held_value where field_no = f and hash = sha256(convert_to(value, 'UTF8'));
end $$;

alter table duplicate enable row level security;
alter table duplicate force row level security;
create policy "the law itself" on duplicate for all to steward_law using (true) with check (true);
alter table held_value enable row level security;
alter table held_value force row level security;
create policy "the law itself" on held_value for all to steward_law using (true) with check (true);

grant execute on function plain(text), hand_over(int, uuid, int), primary_address(jsonb, text, text), restricted_columns(int), hold_value(int, text) to steward_member;
