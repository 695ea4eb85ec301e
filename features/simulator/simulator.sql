-- What a change of rights would do: the rights of all as one value, and the difference between two such values counted over all records.
-- Guarantees: what the simulator says is what happens; trying a change leaves no trace
-- Needs: custom_table, profile, member, group, team, sharing_rule, share, sharing
-- Claim: none of its own. Proof: features/simulator/simulator.test.ts

-- Everything that decides who sees what, apart from the records themselves. For the law only: the tests of criteria in it are run later.
create function access_state() returns jsonb language sql stable set search_path from current as $$
  select jsonb_build_object(
    'people', (select coalesce(jsonb_agg(jsonb_build_object('no', m.no, 'id', m.id, 'label', m.name, 'reach', r.bits::text, 'codes', to_jsonb(array(select c from unnest(codes_of(m.no)) c order by c)))), '[]')
      from member m join member_reach r on r.member_no = m.no where m.active),
    'rights', (select coalesce(jsonb_agg(jsonb_build_object('t', p.table_no, 'no', m.no, 'everything', case when p.edits_all then 2 when p.reads_all then 1 else 0 end,
        'read_owners', s.read_owners::text, 'edit_owners', s.edit_owners::text, 'read_sources', s.read_sources, 'edit_sources', s.edit_sources)), '[]')
      from member m join profile_table p on p.profile_no = m.profile_no and p.may_see left join (
        select x.member_no, a.table_no, bit_or(a.owners) as read_owners, bit_or(a.owners) filter (where a.level = 'edit') as edit_owners,
          jsonb_agg(a.no order by a.no) filter (where a.test is not null) as read_sources, jsonb_agg(a.no order by a.no) filter (where a.test is not null and a.level = 'edit') as edit_sources
        from access_source a join access_source_member x on x.source_no = a.no group by x.member_no, a.table_no) s on s.member_no = m.no and s.table_no = p.table_no
      where m.active),
    'tables', (select coalesce(jsonb_agg(jsonb_build_object('no', t.no, 'physical', t.physical, 'sharing', t.sharing, 'parent', p.no, 'link', f.column_name)), '[]')
      from catalogue_table t left join catalogue_field f on f.table_no = t.no and f.name = t.parent_field and t.sharing = 'parent' left join catalogue_table p on p.name = f.to_table),
    'links', (select coalesce(jsonb_agg(jsonb_build_object('child', f.table_no, 'parent', p.no, 'link', f.column_name, 'opens_parent', k.parent = 'read', 'opens_children', k.children = 'read')), '[]')
      from link_sharing k join catalogue_field f on f.no = k.field_no and f.kind = 'link' join catalogue_table p on p.name = f.to_table where k.parent = 'read' or k.children = 'read'),
    'sources', (select coalesce(jsonb_agg(jsonb_build_object('no', a.no, 't', a.table_no, 'test', a.test)), '[]') from access_source a where a.test is not null))
$$;

create function state_people(state jsonb) returns table (no int, reach bit varying, codes int[]) language sql stable set search_path from current as $$
  select p.no, p.reach::bit varying, p.codes from jsonb_to_recordset(state -> 'people') as p(no int, reach text, codes int[])
$$;
create function state_rights(state jsonb) returns table (t int, no int, everything int, read_owners bit varying, edit_owners bit varying, read_sources int[], edit_sources int[]) language sql stable set search_path from current as $$
  select r.t, r.no, r.everything, r.read_owners::bit varying, r.edit_owners::bit varying, r.read_sources, r.edit_sources
    from jsonb_to_recordset(state -> 'rights') as r(t int, no int, everything int, read_owners text, edit_owners text, read_sources int[], edit_sources int[])
$$;
create function state_tables(state jsonb) returns table (no int, physical text, sharing text, parent int, link text) language sql stable set search_path from current as $$
  select t.* from jsonb_to_recordset(state -> 'tables') as t(no int, physical text, sharing text, parent int, link text)
$$;
create function state_links(state jsonb) returns table (child int, parent int, link text, opens_parent boolean, opens_children boolean) language sql stable set search_path from current as $$
  select l.* from jsonb_to_recordset(state -> 'links') as l(child int, parent int, link text, opens_parent boolean, opens_children boolean)
$$;

-- Which sources a row of table t meets, as SQL over a row called r. As they are now by its class; where criteria are new, by their tests.
create function met_text(before jsonb, state jsonb, table_no int) returns text language sql stable set search_path from current as $$
  with s as (select x.no, x.test from jsonb_to_recordset(state -> 'sources') as x(no int, t int, test text) where x.t = table_no),
  known as (select x.no from jsonb_to_recordset(before -> 'sources') as x(no int, t int))
  select case when exists (select 1 from s where s.no not in (select k.no from known k))
    then format('array_remove(array[%s]::int[], null)', (select string_agg(format('case when %s then %s end', s.test, s.no), ', ' order by s.no) from s))
    else format('coalesce((select c.sources from share_class c where c.table_no = %s and c.no = r.share_class), ''{}'')', table_no) end
$$;

-- The rank (0 none to 3 full) of member m on row x by its own paths: default, owner and managers, rules, teams, shares. `side` is b (before) or a (after).
create function own_text(state jsonb, side text, t int, x text, met text) returns text language sql stable set search_path from current as $$
  select format('greatest(%1$s, case when get_bit(m.%2$s_reach, %3$s.owner_no) = 1 then 3 else 0 end, case when get_bit(m.%2$s%4$s_edit_owners, %3$s.owner_no) = 1 then 2 when get_bit(m.%2$s%4$s_read_owners, %3$s.owner_no) = 1 then 1 else 0 end, '
    'case when m.%2$s%4$s_read_sources is null then 0 else (select case when k.met && m.%2$s%4$s_edit_sources then 2 when k.met && m.%2$s%4$s_read_sources then 1 else 0 end from (select %5$s as met) k) end, '
    'case when %3$s.shared then coalesce((select max(case s.level when ''edit'' then 2 else 1 end) from share s where s.table_no = %4$s and s.record_id = %3$s.id and (s.until is null or s.until > now()) and s.to_code = any (m.%2$s_codes)), 0) else 0 end)',
    case (select c.sharing from state_tables(state) c where c.no = t) when 'edit' then 2 when 'read' then 1 else 0 end, side, x, t, met)
$$;

-- The whole rank of member m on row x, links and parents included; written apart from the policies and from paths_to.
create function rank_text(before jsonb, state jsonb, side text, t int, x text, met text, depth int) returns text language plpgsql stable set search_path from current as $$
declare
  c record;
  l record;
  q text := 'q' || depth;
  rank text;
begin
  select s.*, p.physical as parent_physical into c from state_tables(state) s left join state_tables(state) p on p.no = s.parent where s.no = t;
  if c.sharing = 'parent' then
    rank := format('case when %1$s.%2$I is null then case when get_bit(m.%3$s_reach, %1$s.owner_no) = 1 then 3 else 0 end else coalesce((select %4$s from %5$I %6$s where %6$s.id = %1$s.%2$I), 0) end',
      x, c.link, side, rank_text(before, state, side, c.parent, q, met_of(before, state, c.parent, q), depth + 1), c.parent_physical, q);
  else
    rank := own_text(state, side, t, x, met);
    for l in select k.*, p.physical from state_links(state) k join state_tables(state) p on p.no = k.child where k.parent = t and k.opens_parent and p.sharing <> 'parent' loop
      rank := format('greatest(%1$s, case when m.%2$s%3$s_sees and exists (select 1 from %4$I %5$s where %5$s.%6$I = %7$s.id and %8$s > 0) then 1 else 0 end)', rank, side, l.child, l.physical, q, l.link, x,
        own_text(state, side, l.child, q, met_of(before, state, l.child, q)));
    end loop;
    for l in select k.*, p.physical from state_links(state) k join state_tables(state) p on p.no = k.parent where k.child = t and k.opens_children loop
      rank := format('greatest(%1$s, case when exists (select 1 from %2$I %3$s where %3$s.id = %4$s.%5$I and get_bit(m.%6$s_reach, %3$s.owner_no) = 1) then 1 else 0 end)', rank, l.physical, q, x, l.link, side);
    end loop;
  end if;
  return format('case when m.%1$s%2$s_sees then greatest(m.%1$s%2$s_everything, %3$s) else 0 end', side, t, rank);
end $$;

create function met_of(before jsonb, state jsonb, t int, q text) returns text language sql stable set search_path from current as $$
  select format('(select %s from (select %s.*) r)', met_text(before, state, t), q)
$$;

-- Tables whose rights take part in those of table t: itself, the parents it is shared by, children that open it.
create function tables_of(state jsonb, t int) returns setof int language sql stable set search_path from current as $$
  with recursive up(no, depth) as (select t, 1 union select c.parent, u.depth + 1 from up u join state_tables(state) c on c.no = u.no and c.sharing = 'parent' where u.depth < 20)
  select no from up union select l.child from state_links(state) l where l.opens_parent and l.parent in (select no from up) union select l.parent from state_links(state) l where l.opens_children and l.child in (select no from up)
$$;

-- Members whose level on records of these tables can differ: all, where a setting of the tables did.
create function moved_members(before jsonb, after jsonb, tables int[]) returns int[] language plpgsql stable set search_path from current as $$
begin
  if exists ((select * from state_tables(before) b where b.no = any (tables)) except (select * from state_tables(after)))
    or exists ((select * from state_links(before) b where b.child = any (tables) or b.parent = any (tables)) except (select * from state_links(after)))
    or exists ((select * from state_links(after) a where a.child = any (tables) or a.parent = any (tables)) except (select * from state_links(before))) then
    return array(select no from state_people(before) union select no from state_people(after));
  end if;
  return array(select no from ((select * from state_people(before) except select * from state_people(after)) union all (select * from state_people(after) except select * from state_people(before))) p
    union select no from ((select * from state_rights(before) except select * from state_rights(after)) union all (select * from state_rights(after) except select * from state_rights(before))) r where r.t = any (tables));
end $$;

/* Differences between two states over the records of one table: member, rank before and after, how many records, some of their ids. Where only owners, classes and shares
   decide, records are counted by groups of these; shared ones, and all where links decide, singly, up to `most` pairs of member and record: beyond that a part stands for the whole. */
create function table_changes(before jsonb, after jsonb, t int, most int) returns table (member_no int, was int, becomes int, records bigint, ids uuid[], estimated boolean) language plpgsql stable set search_path from current as $$
declare
  physical text := (select c.physical from state_tables(before) c where c.no = t);
  tables int[] := array(select tables_of(before, t) union select tables_of(after, t));
  moved int[] := moved_members(before, after, tables);
  linked boolean := cardinality(tables) > 1;
  met_before text := met_text(before, before, t);
  met_after text := met_text(before, after, t);
  rows bigint;
  part int := 1024;
  sample text := '';
  source text;
begin
  if cardinality(moved) = 0 then return; end if;
  execute format('select count(*) from %I r %s', physical, case when linked then '' else 'where r.shared' end) into rows;
  if rows * cardinality(moved) > most then
    part := greatest(1, (1024.0 * most / (rows * cardinality(moved)))::int);
    sample := format(' and uuid_hash(r.id) & 1023 < %s', part);
  end if;
  source := format('select r.*, %1$s as met_b, %2$s as met_a, %3$s as n from %4$I r where %5$s', met_before, met_after, 1024.0 / part, physical, case when linked then 'true' else 'r.shared' end) || sample;
  if not linked then
    -- Grouped before the sources of a class are looked up: a million rows have few classes.
    source := format('select r.id, r.owner_no, false as shared, %1$s as met_b, %2$s as met_a, r.n from (select r.owner_no, r.share_class, %3$s as fresh, any_value(r.id) as id, count(*)::numeric as n from %4$I r where not r.shared group by 1, 2, 3) r
      union all select s.id, s.owner_no, true, s.met_b, s.met_a, s.n from (%5$s) s', met_before, case when met_after = met_before then met_before else 'r.fresh' end, case when met_after = met_before then 'null::int[]' else met_after end, physical, source);
  end if;
  return query execute format('with m as materialized (select n.no, bp.reach as b_reach, bp.codes as b_codes, ap.reach as a_reach, ap.codes as a_codes%s from unnest($3) n(no) left join state_people($1) bp on bp.no = n.no left join state_people($2) ap on ap.no = n.no%s),
      x as (%s), z as (select m.no, x.id, x.n, %s as b, %s as a from x cross join m)
      select z.no, z.b, z.a, round(sum(z.n))::bigint, (array_agg(z.id))[1:12], %L::boolean from z where z.b <> z.a group by z.no, z.b, z.a',
    (select string_agg(format(', %1$s.no is not null as %1$s_sees, %1$s.everything as %1$s_everything, %1$s.read_owners as %1$s_read_owners, %1$s.edit_owners as %1$s_edit_owners, %1$s.read_sources as %1$s_read_sources, %1$s.edit_sources as %1$s_edit_sources', side || no), '') from unnest(tables) no cross join unnest(array['b', 'a']) side),
    (select string_agg(format(' left join state_rights(%s) %2$s on %2$s.no = n.no and %2$s.t = %3$s', case side when 'b' then '$1' else '$2' end, side || no, no), '') from unnest(tables) no cross join unnest(array['b', 'a']) side),
    source, rank_text(before, before, 'b', t, 'x', 'x.met_b', 1), rank_text(before, after, 'a', t, 'x', 'x.met_a', 1), part < 1024) using before, after, moved;
  -- Also where nothing differs in the part that was looked at.
  if part < 1024 then return query select null::int, 0, 0, 0::bigint, '{}'::uuid[], true; end if;
end $$;
