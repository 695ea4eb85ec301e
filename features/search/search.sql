-- Search over names, addresses, numbers: fast by trigrams, and never over what the member may not see.
-- Guarantees: words of hidden fields find nothing; hidden records are not among the candidates; wildcards are taken literally, and marks of the index are no words
-- Needs: tenant, profile, sharing, record
-- Claim: none of its own. Proof: features/search/search.test.ts

-- Segments of fields that the profile may not read are cut out before words are compared again; those of dropped fields until their columns are empty.
create function hidden_words(t int) returns text language plpgsql stable security definer set search_path from current as $$
begin
  -- In the signs that marks are written in (catalogue/ddl.ts).
  return (select string_agg(translate(h.no::text, '0123456789', E'\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17'), '|') from (
    select f.no from catalogue_field f join member m on m.no = me() where f.table_no = t and field_level(m.profile_no, f.no) = 'none'
    union all
    select s.field_no from spare_column s where s.table_no = t and not s.empty) h);
end $$;

-- The condition of the row policy itself, so that there is one evaluation of access and not two.
create function row_policy(physical text) returns text language sql stable set search_path from current as $$
  select pg_get_expr(p.polqual, p.polrelid) from pg_policy p where p.polrelid = quote_ident(physical)::regclass and p.polname = 'owner, managers and sharing see'
$$;

create function shown_words(physical text, hidden text) returns text language sql immutable set search_path from current as $$
  select case when hidden is null then format('%I.search', physical) else format('regexp_replace(%I.search, E''\\x01(%s)\\x02[^\\x01]*'', '''', ''g'')', physical, hidden) end
$$;

-- Matches in hidden fields must not push visible ones out, so more rows are looked at than are wanted; without end, a common word of a hidden field would cost seconds.
create function most_looked_at(hidden text) returns text language sql immutable set search_path from current as $$
  select case when hidden is null then 'all' else '20000' end
$$;

-- Who sees few rows looks at these: reading them all is quicker than the index of everyone's words (measured at a million: 3 ms against 60).
create function by_few(t int, physical text) returns text language plpgsql stable set search_path from current as $$
begin
  return case when are_few(t, seen_keys(t), 5000) then format('%I.id = any ((select %I())::uuid[])', physical, physical || '_few') else 'true' end;
end $$;

/* One LIKE for each word, since "like all" goes by no index. With a limit the planner takes reading the whole table in order for cheap, because nothing
   tells it how rare a word is (measured: a second against 50 ms); hence no sequential scan. */
/* Candidates by trigram index. Row security would take that index away from the member's own query, because LIKE is not leakproof (measured: 1.8 s against 54 ms).
   So the law looks, with the very predicate of the row policy, and the member's query then reads the candidates under its own row security once more. */
create function search_candidates(t int, wanted text[], most int) returns table (id uuid, rank real) language plpgsql stable security definer set search_path from current set enable_seqscan = off as $$
declare
  physical text := seen_physical(t);
  hidden text := hidden_words(t);
  patterns text[] := (select array_agg('%' || replace(replace(replace(w, '\', '\\'), '%', '\%'), '_', '\_') || '%') from unnest(wanted) w);
begin
  if physical is null or wanted is null then return; end if;
  return query execute format(
    'select c.id, steward.similarity($2, c.shown)::real from (
       select %2$I.id, %1$s as shown from %2$I where (%3$s) and (%4$s) and (%6$s) limit %5$s) c
     where c.shown like all ($1) limit $3', shown_words(physical, hidden), physical, row_policy(physical), by_few(t, physical), most_looked_at(hidden),
      (select string_agg(format('%I.search like %L', physical, p), ' and ') from unnest(patterns) p))
    using patterns, array_to_string(wanted, ' '), most;
end $$;

-- The same, tolerant of a typo: each word is like one in the record by trigrams. Asked only when the exact search found little.
create function search_alike(t int, wanted text, most int) returns table (id uuid, rank real) language plpgsql stable security definer set search_path from current set enable_seqscan = off as $$
declare
  physical text := seen_physical(t);
  hidden text := hidden_words(t);
begin
  if physical is null then return; end if;
  return query execute format(
    'select c.id, steward.word_similarity($1, c.shown)::real from (
       select %2$I.id, %1$s as shown from %2$I where (%3$s) and (%5$s) and $1 operator(steward.<%%) %2$I.search limit %4$s) c
     where $1 operator(steward.<%%) c.shown and (select bool_and(w operator(steward.<%%) c.shown) from unnest($3) w) limit $2', shown_words(physical, hidden), physical, row_policy(physical), most_looked_at(hidden), by_few(t, physical))
    using wanted, most, string_to_array(wanted, ' ');
end $$;

grant execute on function search_candidates(int, text[], int), search_alike(int, text, int) to steward_member;
