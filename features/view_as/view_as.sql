-- Seeing Steward as another member does: a session in his profile's role that only reads, begun by an administrator, recorded and told to him.
-- Guarantees: whoever sees as another changes nothing by any verb; a view ends with the administrator's right and session; a member is told who saw Steward as he does
-- Needs: tenant, profile, member, sign_in, tracking
-- Claim: none of its own. Proof: features/view_as/view_as.test.ts

create function acting_session() returns session language sql stable security definer set search_path from current as $$
  select s from session s where s.id = split_part(current_setting('steward.identity', true), '.', 3)::uuid
$$;

-- Opens a view out of the session that asks; enter() lets it read only, and ends it with that session and with its holder's right.
create function view_as(whom text, secret_hash bytea) returns uuid language plpgsql volatile security definer set search_path from current as $$
declare
  viewer int := me();
  own session := acting_session();
  seen int;
  opened uuid;
begin
  perform must('administer');
  if own.kind is distinct from 'cookie' then
    raise exception 'A view begins in a browser that is signed in.' using errcode = 'SW409';
  end if;
  select m.no into seen from member m where m.active and (m.id::text = lower(whom) or lower(m.email) = lower(whom));
  if seen is null then
    raise exception 'There is no such active member.' using errcode = 'SW422', column = 'member';
  end if;
  if seen = viewer then
    raise exception 'You see Steward as yourself already.' using errcode = 'SW422', column = 'member';
  end if;
  update session set ended_at = now() where kind = 'view' and viewer_session = own.id and ended_at is null;
  insert into session (member_no, kind, hash, expires_at, viewer_no, viewer_session)
    values (seen, 'view', secret_hash, least(own.expires_at, now() + interval '8 hours'), viewer, own.id) returning id into opened;
  return opened;
end $$;

-- By the secret, since a transaction of the view itself cannot write.
create function end_view(secret_hash bytea) returns boolean language plpgsql volatile security definer set search_path from current as $$
begin
  update session set ended_at = now() where hash = secret_hash and kind = 'view' and ended_at is null;
  return found;
end $$;

-- Who looks through the session that asks; null where it is the member's own.
create function viewer() returns int language plpgsql stable security definer set search_path from current as $$
begin
  return (acting_session()).viewer_no;
end $$;

create function viewed_by() returns table (by_no int, at timestamptz) language plpgsql stable security definer set search_path from current as $$
begin
  return query select s.viewer_no, s.created_at from session s where s.member_no = me() and s.kind = 'view' and s.created_at > now() - interval '30 days';
end $$;

grant execute on function view_as(text, bytea), viewer(), viewed_by() to steward_member;
grant execute on function end_view(bytea) to steward_door;
