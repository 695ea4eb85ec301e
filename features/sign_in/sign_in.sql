-- Signing in: passwords, invitations, sessions, tokens, and the entrance that every transaction passes.
-- Guarantees: an ended session is out at the next request; tokens are stored as hashes only; tries are counted also when they come at once; a flood of tries does not lock the owner out of a known device; what was accepted at sign-up can never be changed
-- Needs: tenant, profile, member
-- Claim: we ask for consent before sign-ups. Proof: features/sign_in/sign_in.test.ts

create table credential (
  member_no int primary key references member on delete cascade,
  password text not null,
  changed_at timestamptz not null default now()
);
comment on table credential is 'personal: user.authorization.credentials; reaches its subject through member';

-- A session by cookie, a token of the API, or an administrator's view as another member; all are opaque, only their SHA-256 is kept.
create table session (
  id uuid primary key default gen_random_uuid(),
  member_no int not null references member on delete cascade,
  kind text not null check (kind in ('cookie', 'token', 'view')),
  name text not null default '',
  hash bytea not null unique,
  created_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  expires_at timestamptz not null,
  ended_at timestamptz,
  -- Who looks, and out of which session of his; a view ends with that one.
  viewer_no int references member on delete cascade,
  viewer_session uuid references session on delete cascade,
  check ((kind = 'view') = (viewer_no is not null and viewer_session is not null))
);
comment on table session is 'personal: user.device; reaches its subject through member';
create index session_member on session (member_no);
create index session_viewer on session (viewer_no);
create index session_viewer_session on session (viewer_session);

create table invitation (
  hash bytea primary key,
  member_no int not null references member on delete cascade,
  expires_at timestamptz not null,
  used_at timestamptz
);
comment on table invitation is 'personal: user.authorization; reaches its subject through member';
create index invitation_member on invitation (member_no);

-- Terms and notices as accepted: exact wording, time, context (SPEC 1.5). Append only.
create table acceptance (
  id uuid primary key default uuidv7(),
  member_no int not null references member on delete restrict,
  document text not null check (document in ('terms', 'privacy')),
  version text not null,
  wording text not null,
  at timestamptz not null default now(),
  context jsonb not null check (context <> '{}')
);
comment on table acceptance is 'personal: user.behavior; reaches its subject through member';
create index acceptance_member on acceptance (member_no);

-- Failed tries by hashed address: an unknown address is slowed like a known one, so that the answer tells nothing (A-74, A-76).
create table sign_in_try (address bytea not null, at timestamptz not null default clock_timestamp());
comment on table sign_in_try is 'personal: no';
create index sign_in_try_address on sign_in_try (address, at);

-- First answers by Idempotency-Key, kept for a day, sealed by the server; a member finds only his own.
create table first_answer (
  member_no int not null references member on delete cascade,
  key text not null,
  asked bytea not null,
  answer bytea,
  at timestamptz not null default now(),
  primary key (member_no, key)
);
comment on table first_answer is 'personal: yes, sealed; reaches its subject through member and record';

create function never_changed() returns trigger language plpgsql volatile set search_path from current as $$
begin
  raise exception 'This can only be added to, never changed or removed.' using errcode = 'SW403';
end $$;
create trigger never_changed before update or delete on acceptance for each row execute function never_changed();
create trigger never_emptied before truncate on acceptance for each statement execute function never_changed();

-- The entrance: session alive, member active, profile and catalogue as the server believes. Otherwise it must look again.
create function enter() returns void language plpgsql volatile security definer set search_path from current as $$
declare
  claim text[] := string_to_array(current_setting('steward.identity', true), '.');
  acting int := me();
  held session;
begin
  select * into held from session s where s.id = claim[3]::uuid and s.member_no = acting and s.ended_at is null and s.expires_at > now();
  if not exists (select 1 from member m where m.no = acting and m.active and m.profile_no = claim[2]::int)
    or (held.id is null and claim[3] <> '00000000-0000-0000-0000-000000000000') then
    raise exception 'You are not signed in.' using errcode = 'SW401';
  end if;
  if held.kind = 'view' then
    if not exists (select 1 from session o join member v on v.no = o.member_no join profile p on p.no = v.profile_no
      where o.id = held.viewer_session and v.no = held.viewer_no and o.ended_at is null and o.expires_at > now() and v.active and 'administer' = any (p.rights)) then
      raise exception 'You are not signed in.' using errcode = 'SW401';
    end if;
    -- PostgreSQL itself refuses every write from here on, and does not let a transaction that has read become one that writes.
    set transaction read only;
  end if;
  if (select version from tenant) <> claim[4]::bigint then
    raise exception 'The catalogue or the rights have changed.' using errcode = 'SW409', hint = 'version';
  end if;
end $$;

-- Counts this try before the password is looked at, so that fifty at once count fifty; answers the seconds to wait, 0 to go on. A device that
-- was signed in before is counted by itself and is free of the limit for all, so that whoever floods an address does not lock its owner out (A-76).
create function try_sign_in(tried bytea, known_device boolean) returns int language plpgsql volatile security definer set search_path from current as $$
declare
  mine int;
  oldest timestamptz;
begin
  perform 1 from secret for update;
  delete from sign_in_try where at < clock_timestamp() - interval '1 hour';
  select count(*), min(at) into mine, oldest from (select at from sign_in_try where address = tried and at > clock_timestamp() - interval '15 minutes' order by at desc limit 5) t;
  if mine >= 5 then
    return greatest(1, ceil(extract(epoch from oldest + interval '15 minutes' - clock_timestamp())))::int;
  end if;
  if not known_device and (select count(*) from sign_in_try where at > clock_timestamp() - interval '1 minute') >= 300 then return 60; end if;
  insert into sign_in_try (address) values (tried);
  return 0;
end $$;

create function forgive_tries(tried bytea) returns void language sql volatile security definer set search_path from current as $$
  delete from sign_in_try where address = tried
$$;

create function password_of(address text) returns table (member_no int, password text) language plpgsql stable security definer set search_path from current as $$
begin
  return query select m.no, c.password from member m join credential c on c.member_no = m.no where lower(m.email) = lower(address) and m.active;
end $$;

create function open_session(m int, secret_hash bytea, called text, until timestamptz) returns uuid language plpgsql volatile security definer set search_path from current as $$
declare
  opened uuid;
begin
  -- What ended a month ago serves nobody any more.
  delete from session where member_no = m and coalesce(ended_at, expires_at) < now() - interval '30 days';
  insert into session (member_no, kind, name, hash, expires_at) select no, 'cookie', left(called, 200), secret_hash, until from member where no = m and active returning id into opened;
  return opened;
end $$;

-- Looks a cookie or token up. One row, or none.
create function find_session(secret_hash bytea) returns table (session uuid, member_no int, member_id uuid, name text, email text, language text, time_zone text,
  profile_no int, profile_id uuid, profile text, rights text[], version bigint, kind text, tenant_name text, currency text)
language plpgsql volatile security definer set search_path from current as $$
begin
  -- Not more than once a minute, or reading would mean writing.
  update session s set seen_at = now() where s.hash = secret_hash and s.ended_at is null and s.seen_at < now() - interval '1 minute';
  return query select s.id, m.no, m.id, m.name, m.email, m.language, m.time_zone, p.no, p.id, p.name, p.rights, t.version, s.kind, t.name, t.currency
    from session s join member m on m.no = s.member_no join profile p on p.no = m.profile_no cross join tenant t
    where s.hash = secret_hash and s.ended_at is null and s.expires_at > now() and m.active;
end $$;

-- The same for a job that runs as a member without a session.
create function find_member(m int) returns table (session uuid, member_no int, member_id uuid, name text, email text, language text, time_zone text,
  profile_no int, profile_id uuid, profile text, rights text[], version bigint, kind text, tenant_name text, currency text)
language plpgsql stable security definer set search_path from current as $$
begin
  return query select '00000000-0000-0000-0000-000000000000'::uuid, m2.no, m2.id, m2.name, m2.email, m2.language, m2.time_zone, p.no, p.id, p.name, p.rights, t.version, 'job', t.name, t.currency
    from member m2 join profile p on p.no = m2.profile_no cross join tenant t where m2.no = m and m2.active;
end $$;

create function find_invitation(secret_hash bytea) returns table (member_no int, member_id uuid, name text, email text, tenant_name text) language plpgsql stable security definer set search_path from current as $$
begin
  return query select m.no, m.id, m.name, m.email, t.name from invitation i join member m on m.no = i.member_no cross join tenant t
    where i.hash = secret_hash and i.used_at is null and i.expires_at > now() and m.active;
end $$;

-- Takes an invitation up exactly once: of fifty at the same moment one succeeds (A-86, A-110).
create function accept_invitation(secret_hash bytea, new_password text, documents jsonb, seen_in jsonb) returns int language plpgsql volatile security definer set search_path from current as $$
declare
  invited int;
begin
  update invitation i set used_at = now() from member m
    where i.hash = secret_hash and i.used_at is null and i.expires_at > now() and m.no = i.member_no and m.active returning i.member_no into invited;
  if invited is null then
    raise exception 'This invitation has been used or has expired.' using errcode = 'SW404';
  end if;
  insert into credential (member_no, password) values (invited, new_password)
    on conflict (member_no) do update set password = excluded.password, changed_at = now();
  insert into acceptance (member_no, document, version, wording, context)
    select invited, d ->> 'document', d ->> 'version', d ->> 'wording', seen_in from jsonb_array_elements(documents) d;
  return invited;
end $$;

-- Deactivating and a new password end everything that was open (SPEC 1.2, A-48, A-71).
create function end_sessions() returns trigger language plpgsql volatile security definer set search_path from current as $$
begin
  update session set ended_at = now() where member_no = (to_jsonb(new) ->> case tg_table_name when 'member' then 'no' else 'member_no' end)::int and ended_at is null;
  update invitation set used_at = now() where member_no = (to_jsonb(new) ->> case tg_table_name when 'member' then 'no' else 'member_no' end)::int and used_at is null;
  return null;
end $$;
create trigger end_sessions after update of active on member for each row when (old.active and not new.active) execute function end_sessions();
create trigger end_sessions after update of password on credential for each row execute function end_sessions();

create function my_sessions() returns table (id uuid, kind text, name text, created_at timestamptz, seen_at timestamptz, expires_at timestamptz) language plpgsql stable security definer set search_path from current as $$
begin
  return query select s.id, s.kind, s.name, s.created_at, s.seen_at, s.expires_at from session s where s.member_no = me() and s.ended_at is null and s.expires_at > now() order by s.seen_at desc;
end $$;

create function end_session(which uuid) returns boolean language plpgsql volatile security definer set search_path from current as $$
begin
  update session set ended_at = now() where id = which and member_no = me() and ended_at is null;
  return found;
end $$;

-- A token lasts a year at most, and one made by a token not longer than that one: a stolen token cannot renew itself.
create function new_token(called text, secret_hash bytea, until timestamptz) returns uuid language plpgsql volatile security definer set search_path from current as $$
declare
  acting session;
  made uuid;
begin
  if until <= now() or until > now() + interval '366 days' then
    raise exception 'A token ends within a year from now.' using errcode = 'SW422', column = 'expires_at';
  end if;
  select * into acting from session where id = split_part(current_setting('steward.identity', true), '.', 3)::uuid;
  insert into session (member_no, kind, name, hash, expires_at)
    values (me(), 'token', called, secret_hash, case when acting.kind = 'token' then least(until, acting.expires_at) else until end) returning id into made;
  return made;
end $$;

create function change_me(spoken text, zone text) returns void language plpgsql volatile security definer set search_path from current as $$
begin
  if zone is not null and not exists (select 1 from pg_timezone_names where name = zone) then
    raise exception 'There is no such time zone.' using errcode = 'SW422', column = 'time_zone';
  end if;
  update member set language = coalesce(spoken, language), time_zone = coalesce(zone, time_zone) where no = me();
end $$;

-- Needs the hash that was checked against, so that of two changes at once one is refused. Everything open ends; a cookie goes on under a new secret.
create function change_password(checked text, new_password text, secret_hash bytea, called text, until timestamptz) returns void language plpgsql volatile security definer set search_path from current as $$
begin
  update credential set password = new_password, changed_at = now() where member_no = me() and password = checked;
  if not found then
    raise exception 'The password was changed at the same moment.' using errcode = 'SW409';
  end if;
  if secret_hash is not null then perform open_session(me(), secret_hash, called, until); end if;
end $$;

alter table credential enable row level security;
alter table credential force row level security;
alter table session enable row level security;
alter table session force row level security;
alter table invitation enable row level security;
alter table invitation force row level security;
alter table acceptance enable row level security;
alter table acceptance force row level security;
alter table sign_in_try enable row level security;
alter table sign_in_try force row level security;
create policy "the law itself" on credential for all to steward_law using (true) with check (true);
create policy "the law itself" on session for all to steward_law using (true) with check (true);
create policy "the law itself" on invitation for all to steward_law using (true) with check (true);
create policy "the law itself" on acceptance for all to steward_law using (true) with check (true);
create policy "the law itself" on sign_in_try for all to steward_law using (true) with check (true);

alter table first_answer enable row level security;
alter table first_answer force row level security;
create policy "the law itself" on first_answer for all to steward_law using (true) with check (true);
create policy "one finds one's own answers" on first_answer for all to steward_member using (member_no = (select me())) with check (member_no = (select me()));
grant select (member_no, key, asked, answer, at), insert (member_no, key, asked), update (answer), delete on first_answer to steward_member;

grant execute on function enter(), my_sessions(), end_session(uuid), new_token(text, bytea, timestamptz), change_password(text, text, bytea, text, timestamptz), change_me(text, text) to steward_member;
grant execute on function try_sign_in(bytea, boolean), forgive_tries(bytea), password_of(text), open_session(int, bytea, text, timestamptz), find_session(bytea), find_member(int),
  find_invitation(bytea), accept_invitation(bytea, text, jsonb, jsonb) to steward_door;
