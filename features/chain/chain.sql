-- The chain of activities: each entry sealed onto the one before, so that a change by whoever holds the database is found.
-- Guarantees: a changed, removed, moved or cut-off entry is found with its position; fifty writers at once leave no gap and no fork
-- Needs: sign_in, tracking
-- Claim: editing a tracked field adds a non-deletable activity. Proof: features/chain/chain.test.ts

-- One link an activity, in the order of commits, made shortly after. Position and hash of the head are published outside the database.
create table activity_link (
  position bigint primary key,
  activity_id uuid not null unique references activity on delete restrict,
  hash bytea not null
);
comment on table activity_link is 'personal: no';
create table chain_head (no smallint primary key default 1 check (no = 1), position bigint not null default 0, hash bytea not null default '\x00', sealed_before xid8 not null default '0');
comment on table chain_head is 'personal: no';

create trigger never_changed before update or delete on activity_link for each row execute function never_changed();
create trigger never_emptied before truncate on activity_link for each statement execute function never_changed();

create function link_hash(before bytea, a activity) returns bytea language sql stable set search_path from current as $$
  select sha256(before || convert_to(concat_ws('|', a.id, to_char(a.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), coalesce(a.member_no::text, ''), a.through, a.verb,
    coalesce(a.table_no::text, ''), coalesce(a.record_id::text, ''), coalesce(a.about::text, ''), coalesce(encode(a.commitment, 'hex'), '')), 'UTF8'))
$$;

-- Takes every activity of transactions that are surely over, in a fixed order. Answers how many it linked.
create function seal_activities(most int) returns int language plpgsql volatile security definer set search_path from current as $$
declare
  head chain_head;
  horizon xid8 := pg_snapshot_xmin(pg_current_snapshot());
  a activity;
  n int := 0;
begin
  select * into head from chain_head for update;
  for a in select * from activity x where x.transaction >= head.sealed_before and x.transaction < horizon and not exists (select 1 from activity_link l where l.activity_id = x.id)
    order by x.transaction, x.id limit most loop
    n := n + 1;
    head.position := head.position + 1;
    head.hash := link_hash(head.hash, a);
    insert into activity_link values (head.position, a.id, head.hash);
    head.sealed_before := a.transaction;
  end loop;
  if n < most then head.sealed_before := horizon; end if;
  update chain_head set position = head.position, hash = head.hash, sealed_before = head.sealed_before;
  return n;
end $$;

alter table activity_link enable row level security;
alter table activity_link force row level security;
alter table chain_head enable row level security;
alter table chain_head force row level security;
create policy "the law itself" on activity_link for all to steward_law using (true) with check (true);
create policy "the law itself" on chain_head for all to steward_law using (true) with check (true);
insert into chain_head default values on conflict do nothing;
