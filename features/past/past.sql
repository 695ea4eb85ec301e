-- Who could see a record at a moment in the past: the rights of then are put back from the activities, asked, and undone again, inside one statement.
-- Guarantees: the past is answered as it was answered then; asking about the past leaves no trace; what cannot be rebuilt is said
-- Needs: custom_table, profile, member, group, team, sharing_rule, share, criteria, sharing, why, tracking
-- Claim: none of its own. Proof: features/past/past.test.ts

-- Each row of rights that changed since, as it was then (`old`, null where it was not there yet), from the first activity about it.
create function rights_then(moment timestamptz, what text, variadic keys text[]) returns table (key jsonb, old jsonb, about jsonb) language sql stable set search_path from current as $$
  select distinct on (x.key) x.key, x.old, x.about from (
    select (select jsonb_object_agg(k, coalesce(nullif(a.about -> 'new', 'null'), a.about -> 'old') -> k) from unnest(keys) k) as key, nullif(a.about -> 'old', 'null') as old, coalesce(nullif(a.about -> 'new', 'null'), a.about -> 'old') as about, a.at, a.id
      from activity a where a.verb = 'rights' and a.about ->> 'what' = what and a.at > moment) x
    order by x.key, x.at, x.id
$$;

-- Puts the rows of one table back: those that came since go, those that went or changed come again.
create function put_back(moment timestamptz, what text, variadic keys text[]) returns void language plpgsql volatile set search_path from current as $$
declare
  r record;
begin
  for r in select * from rights_then(moment, what, variadic keys) loop
    execute format('delete from %I x where to_jsonb(x) @> $1', what) using r.key;
    if r.old is not null then execute format('insert into %1$I select * from jsonb_populate_record(null::%1$I, $1)', what) using r.old; end if;
  end loop;
end $$;

-- Groups, teams and profiles that went come again, since what is put back later names them. Those that came since stay, empty.
create function revive(moment timestamptz, what text) returns void language plpgsql volatile set search_path from current as $$
declare
  r record;
begin
  for r in select * from rights_then(moment, what, 'no') x where x.old is not null loop
    execute format('insert into %1$I select * from jsonb_populate_record(null::%1$I, $1) on conflict do nothing', what) using r.old || jsonb_build_object('name', 'past ' || (r.key ->> 'no'), 'parent_no', null);
  end loop;
end $$;

-- First everyone who moved stands alone, then goes to his place of then: no step on the way can be a circle.
create function people_then(moment timestamptz) returns void language plpgsql volatile set search_path from current as $$
declare
  r record;
begin
  for r in select x.key ->> 'no' as no from rights_then(moment, 'member', 'no') x loop update member set manager_no = null where no = r.no::int and manager_no is not null; end loop;
  for r in select (x.key ->> 'no')::int as no, (x.old ->> 'manager_no')::int as manager from rights_then(moment, 'member', 'no') x where x.old ->> 'manager_no' is not null loop
    update member set manager_no = r.manager where no = r.no;
  end loop;
  update member m set active = coalesce((x.old ->> 'active')::boolean, false), profile_no = coalesce((x.old ->> 'profile_no')::int, m.profile_no) from rights_then(moment, 'member', 'no') x where m.no = (x.key ->> 'no')::int;
end $$;

create function teams_then(moment timestamptz) returns void language plpgsql volatile set search_path from current as $$
declare
  r record;
begin
  for r in select (x.key ->> 'no')::int as no, x.old ->> 'level' as level from rights_then(moment, 'team', 'no') x loop update team set parent_no = null, level = coalesce(r.level, level) where no = r.no; end loop;
  for r in select (x.key ->> 'no')::int as no, (x.old ->> 'parent_no')::int as parent from rights_then(moment, 'team', 'no') x where x.old ->> 'parent_no' is not null loop
    update team set parent_no = r.parent where no = r.no;
  end loop;
end $$;

-- All rights of the tenant as they were, in the order in which they name each other.
create function rights_back(moment timestamptz) returns void language plpgsql volatile set search_path from current as $$
begin
  update catalogue_table t set sharing = x.old ->> 'sharing', parent_field = x.old ->> 'parent_field' from rights_then(moment, 'catalogue_table', 'no') x where t.no = (x.key ->> 'no')::int and x.old is not null;
  perform revive(moment, 'profile');
  perform people_then(moment);
  perform put_back(moment, 'profile_table', 'profile_no', 'table_no');
  perform revive(moment, 'member_group');
  perform put_back(moment, 'group_member', 'group_no', 'member_no');
  perform revive(moment, 'team');
  perform teams_then(moment);
  perform put_back(moment, 'team_member', 'team_no', 'member_no');
  perform put_back(moment, 'sharing_rule', 'no');
  perform put_back(moment, 'team_criterion', 'team_no', 'no');
  perform put_back(moment, 'rule_criterion', 'rule_no', 'no');
  perform put_back(moment, 'link_sharing', 'field_no');
end $$;

-- Fields of a table whose values decide who sees its records.
create function deciding_fields(t int) returns setof catalogue_field language sql stable set search_path from current as $$
  select f.* from catalogue_field f join catalogue_table c on c.no = f.table_no where f.table_no = t and (f.name = c.parent_field
    or exists (select 1 from team_criterion k where k.field_no = f.no) or exists (select 1 from rule_criterion k where k.field_no = f.no)
    or exists (select 1 from link_sharing k where k.field_no = f.no and (k.parent = 'read' or k.children = 'read')))
$$;

-- Whether each change of a field since then has left its activity.
create function tracked_since(f int, moment timestamptz) returns boolean language sql stable set search_path from current as $$
  select (select k.tracked from catalogue_field k where k.no = f) and not exists (select 1 from rights_then(moment, 'catalogue_field', 'no') x where x.key ->> 'no' = f::text and x.old ->> 'tracked' = 'false')
    and not exists (select 1 from activity a where a.verb = 'rights' and a.at > moment and a.about ->> 'what' = 'catalogue_field' and a.about #>> '{new,no}' = f::text and a.about #>> '{new,tracked}' = 'false')
$$;

-- Shares of one record as they were, those that have ended since included.
create function shares_back(record uuid, moment timestamptz) returns void language plpgsql volatile set search_path from current as $$
declare
  r record;
begin
  for r in select x.key from rights_then(moment, 'share', 'id') x where x.about ->> 'record_id' = record::text loop delete from share where id = (r.key ->> 'id')::uuid; end loop;
  insert into share (id, table_no, record_id, to_kind, to_no, level, until, by_no, at)
    select s.id, s.table_no, s.record_id, s.to_kind, s.to_no, s.level, s.until, s.by_no, s.at from rights_then(moment, 'share', 'id') x cross join lateral jsonb_populate_record(null::share, x.old) s
    where x.about ->> 'record_id' = record::text and x.old is not null;
  delete from share where record_id = record and until <= moment;
  update share set until = null where record_id = record and until > moment;
end $$;

/* One record as it was, as far as it decides who sees it: owner, shares, tracked values. Answers what is not known for certain.
   `whole` goes on to the records that take part by links: its parents, and children that open it. */
create function record_back(t int, record uuid, moment timestamptz, whole boolean) returns text[] language plpgsql volatile set search_path from current as $$
declare
  c catalogue_table;
  f catalogue_field;
  l record;
  gaps text[] := '{}';
  changed timestamptz;
  was jsonb;
  parent uuid;
begin
  select * into c from catalogue_table where no = t;
  perform shares_back(record, moment);
  execute format('select changed_at from %I where id = $1', c.physical) into changed using record;
  select a.about -> 'from' into was from activity a where a.record_id = record and a.verb = 'hand_over' and a.at > moment order by a.id limit 1;
  if was is not null then execute format('update %I set owner_no = (select no from member where id::text = $1) where id = $2', c.physical) using was #>> '{}', record; end if;
  for f in select * from deciding_fields(t) loop
    select v.old into was from activity a join activity_value v on v.activity_id = a.id where a.record_id = record and a.at > moment and v.field_no = f.no order by a.id limit 1;
    if found then
      execute format('update %1$I x set %2$I = (jsonb_populate_record(x, jsonb_build_object(%3$L, $1))).%2$I where id = $2', c.physical, f.column_name, f.column_name) using case when jsonb_typeof(was) = 'array' and f.kind in ('money', 'link') then was -> 0 else was end, record;
    elsif changed > moment and not tracked_since(f.no, moment) then
      gaps := gaps || 'A field that decides about access was not tracked then, and the record has been changed since.'::text;
    end if;
    if whole and f.kind = 'link' then
      execute format('select %I from %I where id = $1', f.column_name, c.physical) into parent using record;
      if parent is not null then gaps := gaps || record_back((select p.no from catalogue_table p where p.name = f.to_table), parent, moment, f.name = c.parent_field); end if;
    end if;
  end loop;
  perform set_class(t, c.physical, array[record]);
  if whole then
    for l in select k.no as field_no, k.column_name, p.no, p.physical from link_sharing s join catalogue_field k on k.no = s.field_no join catalogue_table p on p.no = k.table_no where s.parent = 'read' and k.to_table = c.name and p.sharing <> 'parent' loop
      gaps := gaps || children_back(l.no, l.physical, l.field_no, l.column_name, record, moment);
    end loop;
  end if;
  return gaps;
end $$;

-- Records that are linked to one now, or were then. Those that are gone can't be asked any more.
create function children_back(t int, physical text, f int, link text, parent uuid, moment timestamptz) returns text[] language plpgsql volatile set search_path from current as $$
declare
  gaps text[] := '{}';
  child uuid;
begin
  execute format('update %I set %I = null where %2$I = $1 and created_at > $2', physical, link) using parent, moment;
  for child in execute format('select id from %I where %I = $1 union select a.record_id from activity a join activity_value v on v.activity_id = a.id join %1$I y on y.id = a.record_id where v.field_no = $2 and a.at > $3 and v.old = to_jsonb($1) limit 1001', physical, link) using parent, f, moment loop
    gaps := gaps || record_back(t, child, moment, false);
  end loop;
  if not tracked_since(f, moment) then
    execute format('select id from %I where changed_at > $1 and created_at <= $1 limit 1', physical) into child using moment;
    if child is not null then gaps := gaps || 'A link that decides about access was not tracked then, and records have been changed since.'::text; end if;
  end if;
  if exists (select 1 from activity a where a.table_no = t and a.verb = 'delete' and a.at > moment) then gaps := gaps || 'Records that may have been linked to this one have been deleted since.'::text; end if;
  return gaps;
end $$;

-- For who sees the record, and administrators. `exact` is false where something of then is not known; `reason` says what.
create function viewers_then(t int, record uuid, moment timestamptz) returns jsonb language plpgsql volatile security definer set search_path from current as $$
declare
  born timestamptz;
  gaps text[];
  seen jsonb := '[]';
begin
  perform must_be_asked(t, record);
  if moment > clock_timestamp() then raise exception 'This moment has not come yet.' using errcode = 'SW422', column = 'at'; end if;
  execute format('select created_at from %I where id = $1', (select c.physical from catalogue_table c where c.no = t)) into born using record;
  if born > moment then return jsonb_build_object('exact', true, 'data', seen); end if;
  begin
    set local steward.trying = 'past';
    perform rights_back(moment);
    gaps := record_back(t, record, moment, true);
    select coalesce(jsonb_agg(jsonb_build_object('member', jsonb_build_object('id', v.id, 'label', v.name), 'level', v.level)), '[]') into seen from viewers(t, record) v;
    raise exception 'put back and asked' using errcode = 'SW000';
  exception
    when sqlstate 'SW000' then null;
    when integrity_constraint_violation or raise_exception or data_exception or undefined_column or undefined_table or sqlstate 'SW422' or sqlstate 'SW409' or sqlstate 'SW403' then
      gaps := array['A table, field, record or profile of then is gone, or has become another.'];
      seen := '[]';
  end;
  return jsonb_strip_nulls(jsonb_build_object('exact', cardinality(gaps) = 0, 'reason', gaps[1], 'data', seen));
end $$;

grant execute on function viewers_then(int, uuid, timestamptz) to steward_member;
