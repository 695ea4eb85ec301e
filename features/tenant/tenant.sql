-- The tenant's own row, and who is acting: an identity that only the server can sign.
-- Guarantees: an identity cannot be forged or changed inside a query; a right is read from the profile as it is now
-- Needs: nothing
-- Claim: each customer has a schema of his own. Proof: features/tenant/tenant.test.ts

create table tenant (
  no smallint primary key default 1 check (no = 1),
  name text not null check (length(name) between 1 and 200),
  region text not null default 'eu',
  currency text not null default 'EUR' check (currency ~ '^[A-Z]{3}$'),
  language text not null default 'en',
  version bigint not null default 1,
  -- Length in bits of every member's reach, so that two reaches can be combined bit by bit.
  reach_length int not null default 1024,
  opened_at timestamptz not null default now()
);
comment on table tenant is 'personal: no';

-- The two padded keys of HMAC-SHA256 (RFC 2104): pgcrypto is not at hand on every managed server, sha256() is.
create table secret (no smallint primary key default 1 check (no = 1), inner_pad bytea not null, outer_pad bytea not null);
comment on table secret is 'personal: no';

create function me() returns int language plpgsql stable parallel safe security definer set search_path from current as $$
declare
  claim text[] := string_to_array(current_setting('steward.identity', true), '.');
  acting text := current_setting('role');
  keys secret;
begin
  select * into keys from secret;
  if coalesce(array_length(claim, 1), 0) <> 5
    or acting not in (current_schema() || '_p' || claim[2], current_schema() || '_law')
    or encode(sha256(keys.outer_pad || sha256(keys.inner_pad || convert_to(array_to_string(claim[1:4], '.'), 'UTF8'))), 'hex') <> claim[5]
  then
    raise exception 'You are not signed in.' using errcode = 'SW401';
  end if;
  return claim[1]::int;
end $$;

create function may(wanted text) returns boolean language plpgsql stable security definer set search_path from current as $$
begin
  return coalesce((select wanted = any (p.rights) from member m join profile p on p.no = m.profile_no where m.no = me()), false);
end $$;

create function must(wanted text) returns boolean language plpgsql stable security definer set search_path from current as $$
begin
  if not may(wanted) then
    raise exception 'Your profile does not allow this.' using errcode = 'SW403';
  end if;
  return true;
end $$;

-- Whatever decides what members see in the catalogue raises the version; a transaction begun under an older one is refused by enter().
create function new_version() returns trigger language plpgsql volatile security definer set search_path from current as $$
begin
  update tenant set version = version + 1;
  return null;
end $$;

create trigger new_version after update of name, currency, language on tenant for each statement execute function new_version();

alter table tenant enable row level security;
alter table tenant force row level security;
alter table secret enable row level security;
alter table secret force row level security;
create policy "the law itself" on tenant for all to steward_law using (true) with check (true);
create policy "the law itself" on secret for all to steward_law using (true) with check (true);
create policy "members read the name of their tenant" on tenant for select to steward_member using (true);

grant select (name, region, currency, language, opened_at) on tenant to steward_member;
grant execute on function me(), may(text), must(text) to steward_member;
