-- Activities: what was done, by whom, when and through what; nobody can change or remove one.
-- Guarantees: every change of a tracked field leaves an activity in the same transaction; nobody can change or remove an activity; values of hidden fields and of hidden records do not show
-- Needs: tenant, custom_table, profile, member, sign_in, sharing
-- Claim: editing a tracked field adds a non-deletable activity. Proof: features/tracking/tracking.test.ts

create table activity (
  id uuid primary key default uuidv7(),
  at timestamptz not null default clock_timestamp(),
  member_no int,
  through text not null,
  verb text not null,
  table_no int,
  record_id uuid,
  -- Ids and names of rights, never personal data.
  about jsonb,
  -- SHA-256 over salt and values: the chain holds this, so that values can later be destroyed and the chain still verifies.
  salt bytea,
  commitment bytea,
  transaction xid8 not null default pg_current_xact_id()
);
comment on table activity is 'personal: user.behavior; reaches its subject through the record and through member';
create index activity_record on activity (record_id, id);
create index activity_transaction on activity (transaction);

create table activity_value (
  activity_id uuid not null references activity on delete restrict,
  table_no int not null,
  field_no int not null,
  old jsonb,
  new jsonb,
  primary key (activity_id, field_no)
);
comment on table activity_value is 'personal: yes, as the field says; reaches its subject through the record';

create trigger never_changed before update or delete on activity for each row execute function never_changed();
create trigger never_changed before update or delete on activity_value for each row execute function never_changed();
create trigger never_emptied before truncate on activity for each statement execute function never_changed();
create trigger never_emptied before truncate on activity_value for each statement execute function never_changed();

create function through() returns text language sql stable set search_path from current as $$
  select coalesce(nullif(current_setting('steward.through', true), ''), 'server')
$$;

create function acting() returns int language plpgsql stable security definer set search_path from current as $$
begin
  return case when coalesce(current_setting('steward.identity', true), '') = '' then null else me() end;
end $$;

create function note_activity(what text, t int, record uuid, detail jsonb) returns void language sql volatile security definer set search_path from current as $$
  insert into activity (member_no, through, verb, table_no, record_id, about) values (acting(), through(), what, t, record, detail)
$$;

-- What one activity commits to; the verifier computes the same outside.
create function commitment(salt bytea, entries text) returns bytea language sql immutable set search_path from current as $$
  select sha256(salt || convert_to(entries, 'UTF8'))
$$;

-- Changes of people, rights and catalogue are activities too (SPEC 5.1): what changed, without names and addresses.
create function note_right() returns trigger language plpgsql volatile security definer set search_path from current as $$
declare
  personal text[] := array['name', 'email', 'password', 'hash', 'seen_at', 'version', 'layout', 'reason'];
  before jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) - personal end;
  after jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) - personal end;
begin
  if before is distinct from after then
    perform note_activity('rights', null, null, jsonb_build_object('what', tg_table_name, 'old', before, 'new', after));
  end if;
  return null;
end $$;
create trigger note_right after insert or update or delete on profile for each row execute function note_right();
create trigger note_right after insert or update or delete on profile_table for each row execute function note_right();
create trigger note_right after insert or update or delete on profile_field for each row execute function note_right();
create trigger note_right after insert or update or delete on member for each row execute function note_right();
create trigger note_right after insert or update or delete on catalogue_table for each row execute function note_right();
create trigger note_right after insert or update or delete on member_group for each row execute function note_right();
create trigger note_right after insert or update or delete on group_member for each row execute function note_right();
create trigger note_right after insert or update or delete on team for each row execute function note_right();
create trigger note_right after insert or update or delete on team_member for each row execute function note_right();
create trigger note_right after insert or update or delete on team_criterion for each row execute function note_right();
create trigger note_right after insert or update or delete on sharing_rule for each row execute function note_right();
create trigger note_right after insert or update or delete on rule_criterion for each row execute function note_right();
create trigger note_right after insert or update or delete on share for each row execute function note_right();
create trigger note_right after insert or update or delete on link_sharing for each row execute function note_right();
create trigger note_right after insert or update or delete on catalogue_field for each row execute function note_right();

create function note_sign_in() returns trigger language plpgsql volatile security definer set search_path from current as $$
begin
  insert into activity (member_no, through, verb, about) values (coalesce(new.viewer_no, new.member_no), through(), case new.kind when 'token' then 'token' when 'view' then 'view_as' else 'sign_in' end,
    jsonb_build_object('session', new.id) || case when new.kind = 'view' then jsonb_build_object('member', (select m.id from member m where m.no = new.member_no)) else '{}' end);
  return null;
end $$;
create trigger note_sign_in after insert on session for each row execute function note_sign_in();

-- Seen only with the record and only where at least one of its values may be seen now (SPEC 5.3, A-22); the sort of act "rights" is for those who answer for it.
create function record_seen(t int, record uuid) returns boolean language plpgsql stable set search_path from current as $$
declare
  physical text := seen_physical(t);
  seen boolean;
begin
  if physical is null then return false; end if;
  execute format('select exists (select 1 from %I where id = $1)', physical) into seen using record;
  return seen;
end $$;

-- The policies of activities and of their values must not ask each other in a circle.
create function record_of(entry uuid) returns uuid language plpgsql stable security definer set search_path from current as $$
begin
  return (select a.record_id from activity a where a.id = entry);
end $$;

create function seen_physical(t int) returns text language plpgsql stable security definer set search_path from current as $$
begin
  return (select c.physical from catalogue_table c where c.no = t and table_right(t, 'may_see'));
end $$;

alter table activity enable row level security;
alter table activity force row level security;
alter table activity_value enable row level security;
alter table activity_value force row level security;
create policy "the law itself" on activity for all to steward_law using (true) with check (true);
create policy "the law itself" on activity_value for all to steward_law using (true) with check (true);
create policy "a value is read with its field and its record" on activity_value for select to steward_member using (field_seen(field_no) and record_seen(table_no, record_of(activity_id)));
create policy "an activity is read with its record" on activity for select to steward_member using (
  (record_id is not null and record_seen(table_no, record_id) and (verb <> 'change' or exists (select 1 from activity_value v where v.activity_id = activity.id)))
  or (record_id is null and ((select may('administer')) or (select may('dpo')))));

grant select (id, at, member_no, through, verb, table_no, record_id, about) on activity to steward_member;
grant select (activity_id, table_no, field_no, old, new) on activity_value to steward_member;
grant execute on function record_of(uuid), record_seen(int, uuid), seen_physical(int), through() to steward_member;
