-- Search over names, addresses, numbers: fast by trigrams, and never over what the member may not see.
-- Guarantees: words of hidden fields find nothing; hidden records are not among the candidates; wildcards are taken literally
-- Needs: tenant, profile, sharing, record
-- Claim: none of its own. Proof: features/search/search.test.ts

-- Segments of fields that the profile may not read are cut out before words are compared again; those of dropped fields until their columns are empty.
create function hidden_words(t int) returns text language plpgsql stable security definer set search_path from current as $$
begin
  return (select string_agg(h.no::text, '|') from (
    select f.no from catalogue_field f join member m on m.no = me() where f.table_no = t and field_level(m.profile_no, f.no) = 'none'
    union all
    select s.field_no from spare_column s where s.table_no = t and not s.empty) h);
end $$;

/* Candidates by trigram index. Row security would take that index away from the member's own query, because LIKE is not leakproof (measured: 1.8 s against 54 ms).
   So the law looks, with the very predicate of the row policy, and the member's query then reads the candidates under its own row security once more. */
create function search_candidates(t int, wanted text[], most int) returns table (id uuid, rank real) language plpgsql stable security definer set search_path from current as $$
declare
  physical text := seen_physical(t);
  hidden text := hidden_words(t);
  mine bit varying := reach();
  everything boolean := sees_all(t);
  owners int[] := case when everything then null else (select r.owners from member_reach r where r.member_no = me()) end;
  patterns text[] := (select array_agg('%' || replace(replace(replace(w, '\', '\\'), '%', '\%'), '_', '\_') || '%') from unnest(wanted) w);
begin
  if physical is null or wanted is null then return; end if;
  return query execute format(
    'select c.id, steward.similarity($2, c.shown)::real from (
       select x.id, %s as shown from %I x where %s and x.search like all ($1) limit $3) c
     where c.shown like all ($1)',
    case when hidden is null then 'x.search' else format('regexp_replace(x.search, E''\x01(%s)\x02[^\x01]*'', '''', ''g'')', hidden) end,
    physical,
    case when everything then 'true' when cardinality(owners) <= 50 then 'x.owner_no = any ($4)' else 'get_bit($5, x.owner_no) = 1' end)
    using patterns, array_to_string(wanted, ' '), most, owners, mine;
end $$;

-- The same, tolerant of a typo: words that are alike by trigrams. Asked only when the exact search found little.
create function search_alike(t int, wanted text, most int) returns table (id uuid, rank real) language plpgsql stable security definer set search_path from current as $$
declare
  physical text := seen_physical(t);
  hidden text := hidden_words(t);
  mine bit varying := reach();
  everything boolean := sees_all(t);
begin
  if physical is null then return; end if;
  return query execute format(
    'select c.id, steward.word_similarity($1, c.shown)::real from (
       select x.id, %s as shown from %I x where ($2 or get_bit($3, x.owner_no) = 1) and $1 operator(steward.<%%) x.search limit $4) c
     where $1 operator(steward.<%%) c.shown',
    case when hidden is null then 'x.search' else format('regexp_replace(x.search, E''\x01(%s)\x02[^\x01]*'', '''', ''g'')', hidden) end, physical)
    using wanted, everything, mine, most;
end $$;

grant execute on function search_candidates(int, text[], int), search_alike(int, text, int) to steward_member;
