-- Imports of files: one row an import; its progress moves in the same transaction as the records it made.
-- Guarantees: a member sees only his own imports; importing needs the right on the table, from the first batch to the last; undo takes back only what nobody else has changed
-- Needs: tenant, custom_table, profile, member, sign_in, sharing, tracking, record
-- Claim: an import resumes after a crash without doubles. Proof: features/import/import.test.ts

create table import (
  id uuid primary key default uuidv7(),
  member_no int not null references member on delete restrict,
  -- Null while receiving, and once the table is gone: the row has to stay until its file is deleted.
  table_no int references catalogue_table on delete set null,
  -- Receiving comes before uploaded: the file is known here before its first byte is on the disk, so that no crash leaves an orphan.
  state text not null default 'receiving' check (state in ('receiving', 'uploaded', 'mapped', 'checking', 'checked', 'running', 'paused', 'done', 'failed', 'undone')),
  file uuid unique,
  file_name text not null default '' check (length(file_name) <= 200),
  hash bytea,
  reading jsonb,
  columns text[],
  mapping jsonb,
  mode text check (mode in ('create', 'update', 'upsert')),
  match text[],
  origin jsonb,
  rows int,
  created int not null default 0,
  updated int not null default 0,
  skipped int not null default 0,
  errors int not null default 0,
  removed int not null default 0,
  kept int not null default 0,
  failure text,
  holder text,
  lease_until timestamptz,
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  ended_at timestamptz
);
comment on table import is 'personal: user.behavior; the member who imported is the subject';
create index import_member on import (member_no);
create index import_table on import (table_no);
create index import_due on import (changed_at) where state in ('checking', 'running');

-- What was wrong, by line and column; the value itself stays in the sealed file. Column 0 is the row as a whole.
create table import_problem (
  import_id uuid not null references import on delete cascade,
  line int not null,
  column_no int not null,
  reason text not null,
  primary key (import_id, line, column_no)
);
comment on table import_problem is 'personal: no';

-- Records that an import created: for undo, and to tell where a record came from.
create table import_row (
  import_id uuid not null references import on delete cascade,
  record_id uuid not null,
  primary key (import_id, record_id)
);
comment on table import_row is 'personal: no';
create index import_row_record on import_row (record_id);

create function stamp_import() returns trigger language plpgsql volatile set search_path from current as $$
begin
  new.changed_at := clock_timestamp();
  return new;
end $$;
create trigger stamp_import before update on import for each row execute function stamp_import();

create function note_import() returns trigger language plpgsql volatile security definer set search_path from current as $$
begin
  perform note_activity(case new.state when 'undone' then 'undo_import' else 'import' end, new.table_no, null,
    jsonb_build_object('import', new.id, 'created', new.created, 'updated', new.updated, 'errors', new.errors, 'removed', new.removed));
  return null;
end $$;
create trigger note_import after update of state on import for each row when (new.state in ('done', 'undone') and old.state is distinct from new.state) execute function note_import();

-- Takes created records back, the latest first. One that somebody else has changed, or that others are linked to, stays. Answers how many are still to look at.
create function undo_import(which uuid, most int) returns int language plpgsql volatile security definer set search_path from current as $$
declare
  i import;
  physical text;
  record uuid;
  gone int;
  n_removed int := 0;
  n_kept int := 0;
begin
  select * into i from import where id = which and member_no = me() and state in ('done', 'failed', 'paused') for update;
  if i.id is null then raise exception 'Only an import that has ended can be undone.' using errcode = 'SW409'; end if;
  if not table_right(i.table_no, 'may_import') then raise exception 'Your profile does not allow importing into this table.' using errcode = 'SW403'; end if;
  select t.physical into physical from catalogue_table t where t.no = i.table_no;
  for record in delete from import_row where (import_id, record_id) in
    (select r.import_id, r.record_id from import_row r where r.import_id = which order by r.record_id desc limit most) returning record_id loop
    gone := 0;
    if not exists (select 1 from activity a where a.table_no = i.table_no and a.record_id = record and a.member_no is distinct from i.member_no) then
      begin
        execute format('delete from %I where id = $1 and changed_by = $2', physical) using record, i.member_no;
        get diagnostics gone = row_count;
      exception when sqlstate 'SW409' then gone := 0;
      end;
    end if;
    n_removed := n_removed + gone;
    n_kept := n_kept + 1 - gone;
  end loop;
  update import set removed = removed + n_removed, kept = kept + n_kept where id = which;
  return (select count(*) from import_row r where r.import_id = which);
end $$;

-- For the server's job runner: due imports by lease. What the same holder had is due again, since it only asks when it has nothing in hand.
create function claim_import(by_holder text, seconds int) returns table (import_id uuid, importer int) language plpgsql volatile security definer set search_path from current as $$
begin
  return query update import i set holder = by_holder, lease_until = clock_timestamp() + make_interval(secs => seconds)
    where i.id = (select d.id from import d where d.state in ('checking', 'running') and (d.holder is null or d.holder = by_holder or d.lease_until < clock_timestamp())
      order by d.changed_at limit 1 for update skip locked)
    returning i.id, i.member_no;
end $$;

create function renew_import(which uuid, by_holder text, seconds int) returns boolean language plpgsql volatile security definer set search_path from current as $$
begin
  update import set lease_until = clock_timestamp() + make_interval(secs => seconds) where id = which and holder = by_holder and state in ('checking', 'running');
  return found;
end $$;

create function import_holders() returns setof text language sql stable security definer set search_path from current as $$
  select distinct holder from import where holder is not null and state in ('checking', 'running')
$$;

create function free_imports(of_holder text) returns void language sql volatile security definer set search_path from current as $$
  update import set holder = null where holder = of_holder
$$;

-- Ends an import whose member or rights are gone, or whose file can't be read any more.
create function fail_import(which uuid, by_holder text, why text) returns void language sql volatile security definer set search_path from current as $$
  update import set state = 'failed', failure = why, ended_at = coalesce(ended_at, clock_timestamp()), holder = null where id = which and holder = by_holder and state in ('checking', 'running')
$$;

-- Files are kept for a day after the last thing that was done with them.
create function stale_imports(before timestamptz) returns table (import_id uuid, sealed_file uuid) language sql stable security definer set search_path from current as $$
  select id, file from import where file is not null and changed_at < before and state not in ('checking', 'running')
$$;

create function forget_import(which uuid) returns void language plpgsql volatile security definer set search_path from current as $$
begin
  delete from import_problem where import_id = which;
  delete from import where id = which and state = 'receiving';
  update import set file = null, columns = null, reading = null, mapping = null,
    failure = case when ended_at is null then 'The file was deleted after 24 hours.' else failure end,
    state = case when state in ('uploaded', 'mapped', 'checked', 'paused') then 'failed' else state end, ended_at = coalesce(ended_at, clock_timestamp())
    where id = which;
end $$;

alter table import enable row level security;
alter table import force row level security;
alter table import_problem enable row level security;
alter table import_problem force row level security;
alter table import_row enable row level security;
alter table import_row force row level security;
create policy "the law itself" on import for all to steward_law using (true) with check (true);
create policy "the law itself" on import_problem for all to steward_law using (true) with check (true);
create policy "the law itself" on import_row for all to steward_law using (true) with check (true);
create policy "a member sees his own imports" on import for select to steward_member using (member_no = (select me()));
create policy "a member begins imports of his own" on import for insert to steward_member with check (member_no = (select me()) and state = 'receiving');
create policy "a member imports where his profile may" on import for update to steward_member using (member_no = (select me()))
  with check (member_no = (select me()) and (state in ('receiving', 'paused', 'done', 'failed', 'undone') or (table_right(table_no, 'may_see') and table_right(table_no, 'may_import'))));
create policy "a member gives up an upload" on import for delete to steward_member using (member_no = (select me()) and state = 'receiving');
create policy "problems go with the import" on import_problem for all to steward_member using (exists (select 1 from import i where i.id = import_id)) with check (exists (select 1 from import i where i.id = import_id));
create policy "rows go with the import" on import_row for all to steward_member using (exists (select 1 from import i where i.id = import_id)) with check (exists (select 1 from import i where i.id = import_id));

grant select (id, member_no, table_no, state, file, file_name, hash, reading, columns, mapping, mode, match, origin, rows, created, updated, skipped, errors, removed, kept, failure, holder, lease_until, created_at, changed_at, ended_at), delete on import to steward_member;
grant insert (member_no, file, file_name) on import to steward_member;
grant update (table_no, state, hash, reading, columns, mapping, mode, match, origin, rows, created, updated, skipped, errors, failure, holder, lease_until, ended_at) on import to steward_member;
grant select (import_id, line, column_no, reason), insert (import_id, line, column_no, reason), delete on import_problem to steward_member;
grant select (import_id, record_id), insert (import_id, record_id) on import_row to steward_member;
grant execute on function undo_import(uuid, int) to steward_member;
grant execute on function claim_import(text, int), renew_import(uuid, text, int), import_holders(), free_imports(text), fail_import(uuid, text, text), stale_imports(timestamptz), forget_import(uuid) to steward_door;
