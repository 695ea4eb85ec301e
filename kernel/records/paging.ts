// Sorting and paging by key: pages at any depth cost the same, and a cursor works only for the member and the question it was made for.
import { createHash } from 'node:crypto';
import type { SeenTable } from '../../catalogue/catalogue.ts';
import { kindOf } from '../../catalogue/kinds.ts';
import type { Caller } from '../caller.ts';
import { sql, type Query } from '../database.ts';
import { invalid, Problem } from '../errors.ts';
import { derive, sealText, unsealText } from '../keys.ts';
import { expressions, isId, linkLabel, pathOf, type Path } from './expression.ts';

export interface Key { path: Path; expression: Query; descending: boolean; /** Never empty, so that row comparison is exact. */ filled: boolean; type: string }
/** Where the next page begins: values of the keys of the last record, its id, and whether the empty values at the end have been reached. */
export interface Place { values: (string | null)[]; id: string; empty: boolean }

const FILLED = new Set(['id', 'created_at', 'changed_at']);

/** `-changed_at,name` → keys. Only kinds that have an order; at most three. Newest first where nothing is said. */
export function keysOf(caller: Caller, table: SeenTable, sort: string[]): Key[] {
  if (sort.length > 3) throw new Problem(422, 'Sort by at most three fields.', [{ field: 'sort', code: 'too_many', message: 'at most three fields' }]);
  return sort.map((said) => {
    const descending = said.startsWith('-');
    const path = pathOf(caller.sight, table, descending ? said.slice(1) : said);
    const { field } = path;
    const filled = path.steps.length === 0 && FILLED.has(field.name);
    if (isId(field)) return { path, descending, filled, expression: expressions(path, 't')[0], type: 'uuid' };
    if (field.kind === 'link' && field.to !== '*') return { path, descending, filled, expression: sql`(${linkLabel(caller.sight, path, 't')} ->> 1)`, type: 'text' };
    if (field.kind === 'member') return { path, descending, filled, expression: sql`(select m.name from member m where m.no = ${expressions(path, 't')[0]})`, type: 'text' };
    if (!kindOf(field).sortable) throw invalid(path.text, 'can not be sorted by', 'not_sortable');
    return { path, descending, filled, expression: expressions(path, 't')[0], type: kindOf(field).columns[0].type };
  });
}

const direction = (descending: boolean) => (descending ? sql`desc` : sql`asc`);
const typed = (value: string | null, key: Key) => sql`${value}::${sql.raw(key.type)}`;

/**
 * One key (or none): two phases, each of which an index on (key, id) serves: first the filled values, then the empty ones.
 * Several keys: one phase, sorted as a whole.
 */
export interface Phase { where: Query; order: Query }

export function phases(keys: Key[], place: Place | undefined): Phase[] {
  const id = sql.ref('t.id');
  if (keys.length === 0) return [{ where: place ? sql`${id} < ${place.id}` : sql`true`, order: sql`${id} desc` }];
  if (keys.length > 1) return [several(keys, place)];
  const [key] = keys;
  const { expression: e, descending } = key;
  const beyond = sql.raw(descending ? '<' : '>');
  // "desc nulls first" names the order in which the index is walked backwards; empty values are taken out here and come in the second phase.
  const order = sql`${e} ${direction(descending)} ${sql.raw(descending ? 'nulls first' : 'nulls last')}, ${id} ${direction(descending)}`;
  const filled = key.filled ? sql`true` : sql`${e} is not null`;
  const first = { where: place && !place.empty ? sql`${filled} and (${e}, ${id}) ${beyond} (${typed(place.values[0], key)}, ${place.id}::uuid)` : filled, order };
  const second = { where: place?.empty ? sql`${e} is null and ${id} ${beyond} ${place.id}` : sql`${e} is null`, order: sql`${id} ${direction(descending)}` };
  if (key.filled) return [first];
  return place?.empty ? [second] : [first, second];
}

function several(keys: Key[], place: Place | undefined): Phase {
  const id = sql.ref('t.id');
  const last = keys[0].descending;
  const order = sql`${sql.join([...keys.map((k) => sql`${k.expression} ${direction(k.descending)} nulls last`), sql`${id} ${direction(last)}`])}`;
  if (!place) return { where: sql`true`, order };
  const equal = (k: Key, i: number) => (place.values[i] === null ? sql`${k.expression} is null` : sql`${k.expression} = ${typed(place.values[i], k)}`);
  const after = (k: Key, i: number) => (place.values[i] === null ? sql`false` : sql`(${k.expression} ${sql.raw(k.descending ? '<' : '>')} ${typed(place.values[i], k)} or ${k.expression} is null)`);
  const branches = keys.map((k, i) => sql`(${sql.join([...keys.slice(0, i).map(equal), after(k, i)], sql` and `)})`);
  branches.push(sql`(${sql.join([...keys.map(equal), sql`${id} ${sql.raw(last ? '<' : '>')} ${place.id}::uuid`], sql` and `)})`);
  return { where: sql`(${sql.join(branches, sql` or `)})`, order };
}

/** What a cursor is bound to: it opens for nobody else and for no other question (A-33). */
export const questionOf = (caller: Caller, table: SeenTable, question: unknown) =>
  `${caller.tenant} ${caller.member.no} ${table.name} ${createHash('sha256').update(JSON.stringify(question)).digest('base64url')}`;

export const sealPlace = (caller: Caller, question: string, place: Place) => sealText(derive('cursor', caller.tenant), JSON.stringify(place), question);

/** @throws Problem 422 for a cursor of another member, another question, or nobody's. */
export function openPlace(caller: Caller, question: string, cursor: string): Place {
  try {
    return JSON.parse(unsealText(derive('cursor', caller.tenant), cursor, question));
  } catch {
    throw invalid('cursor', 'belongs to another question', 'invalid');
  }
}
