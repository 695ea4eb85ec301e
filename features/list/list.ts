// Lists: a page of what the caller may see, found by filter, words and order; counts and groups over the same rows and no others.
import type { SeenTable } from '../../catalogue/catalogue.ts';
import { kindOf } from '../../catalogue/kinds.ts';
import type { Caller } from '../../kernel/caller.ts';
import { sql, type Query, type Reader } from '../../kernel/database.ts';
import { invalid, Problem } from '../../kernel/errors.ts';
import { serve, type Clerk } from '../../kernel/http.ts';
import { anyLinkLabel, expressions, fieldNamed, linkLabel, linksLabels, pathOf, type Path } from '../../kernel/records/expression.ts';
import { filterCondition } from '../../kernel/records/filter.ts';
import { keysOf, openPlace, phases, questionOf, sealPlace, type Key, type Phase } from '../../kernel/records/paging.ts';
import { allFields, personOf, reading } from '../../kernel/records/reading.ts';
import { seenTable } from '../record/record.ts';
import { listRecords, queryRecords } from './list.api.ts';

export interface Question { filter?: unknown; fields?: string[]; sort?: string[]; q?: string; limit?: number; cursor?: string; count?: 'exact' | 'estimate'; group?: string[]; aggregate?: { op: string; field?: string }[] }
export interface Page { data: Record<string, unknown>[]; next: string | null; count?: number; count_more?: boolean }

/** Counting everything a member sees among a million takes long; people only need to know that it is many. */
const COUNT_CAP = 1000;
/** Up to so many rows of a member it pays to fetch them all instead of walking in order until a page is full (measured at a million: 1 ms against 2.6 s; about equal at 5,000). */
const FEW = 5_000;

/** Whether a member sees few rows of a table: only this choice is remembered, never what he sees. */
const few = new Map<string, { few: boolean; until: number }>();

/** All rows that could be his, where these are few. Only a hint beside the policy, worked out within the query itself: one from an earlier moment could lose rows. */
async function hint(db: Reader, caller: Caller, table: SeenTable): Promise<Query> {
  if (table.sharing !== 'private' || table.can.reads_all || table.can.edits_all) return sql`true`;
  const key = `${caller.tenant}.${caller.member.no}.${table.no}.${caller.sight.version}`;
  let known = few.get(key);
  if (!known || known.until < Date.now()) {
    const said = await db.one<{ few: boolean }>(sql`select are_few(${table.no}, seen_keys(${table.no}), ${FEW}) as few`);
    if (few.size > 10_000) few.clear();
    few.set(key, (known = { few: said.few, until: Date.now() + 60_000 }));
  }
  return known.few ? sql`t.id = any((select ${sql.table(`${table.physical}_few`)}())::uuid[])` : sql`true`;
}

/** Words of a search box, at most eight. */
export const wordsOf = (q: string) => [...new Set(q.normalize('NFKC').toLowerCase().split(/[\s\p{Cc}]+/u).filter(Boolean))].slice(0, 8);
/** The same in the spelling of `search`; null where nothing is left of them. */
export const plainWords = (words: string[]) => sql`(select array_agg(p) from (select plain(w) as p from unnest(${words}::text[]) w) x where btrim(p) <> '')`;

async function conditions(db: Reader, caller: Caller, table: SeenTable, question: Question): Promise<Query> {
  const parts = [filterCondition(caller, table, question.filter), await hint(db, caller, table)];
  const words = wordsOf(question.q ?? '');
  if (words.length) parts.push(sql`t.id in (select c.id from search_candidates(${table.no}, ${plainWords(words)}, 10000) c)`);
  return sql.join(parts, sql` and `);
}

const from = (table: SeenTable) => sql`from ${sql.table(table.physical)} as t`;

async function rowsOf(db: Reader, table: SeenTable, select: Query, where: Query, steps: Phase[], limit: number) {
  const rows: Record<string, unknown>[] = [];
  for (const [i, step] of steps.entries()) {
    if (rows.length >= limit) break;
    const found = await db.rows<Record<string, unknown>>(sql`select ${select} ${from(table)} where ${step.where} and ${where} order by ${step.order} limit ${sql.lit(limit - rows.length)}`);
    rows.push(...found.map((row) => ({ ...row, phase: i })));
  }
  return rows;
}

async function countOf(db: Reader, table: SeenTable, where: Query, how: 'exact' | 'estimate') {
  const capped = how === 'estimate' ? sql`limit ${sql.lit(COUNT_CAP + 1)}` : sql``;
  const { n } = await db.one<{ n: string }>(sql`select count(*) as n from (select 1 ${from(table)} where ${where} ${capped}) x`);
  const count = Number(n);
  return how === 'estimate' && count > COUNT_CAP ? { count: COUNT_CAP, count_more: true } : { count };
}

function keyColumns(keys: Key[]): Query {
  return keys.length ? sql`, ${sql.join(keys.map((k, i) => sql`${k.expression}::text as ${sql.ref(`k${i}`)}`))}` : sql``;
}

/** One page. The cursor of the next is sealed and works only for this member and question. */
export async function page(db: Reader, caller: Caller, table: SeenTable, question: Question): Promise<Page> {
  const limit = question.limit ?? 50;
  const keys = keysOf(caller, table, question.sort ?? []);
  const plan = reading(caller, table, question.fields ?? allFields(table));
  const where = await conditions(db, caller, table, question);
  const asked = questionOf(caller, table, [question.filter ?? null, question.sort ?? null, question.q ?? null]);
  const place = question.cursor === undefined ? undefined : openPlace(caller, asked, question.cursor);
  const steps = phases(keys, place);
  const [rows, count] = await Promise.all([rowsOf(db, table, sql`${plan.select}, t.id as row_id${keyColumns(keys)}`, where, steps, limit + 1), question.count ? countOf(db, table, where, question.count) : {}]);
  const more = rows.length > limit;
  const last = rows[limit - 1];
  return {
    data: rows.slice(0, limit).map(plan.record),
    next: more ? sealPlace(caller, asked, { values: keys.map((_, i) => last[`k${i}`] as string | null), id: last.row_id as string, empty: place?.empty === true || last.phase === 1 }) : null,
    ...count,
  };
}

/** A link as it reads: null where what it leads to is hidden. */
function shownLink({ sight }: Caller, path: Path): Query | undefined {
  if (path.field.kind === 'links') return linksLabels(sight, path, 't');
  if (path.field.kind !== 'link') return undefined;
  return path.field.to === '*' ? anyLinkLabel(sight, path, 't') : linkLabel(sight, path, 't');
}

function aggregateOf(caller: Caller, table: SeenTable, { op, field }: { op: string; field?: string }, i: number) {
  const as = sql.ref(`a${i}`);
  if (op === 'count' && field === undefined) return { select: sql`count(*) as ${as}`, value: Number, name: 'count' };
  if (field === undefined) throw invalid('aggregate', `"${op}" needs a field`);
  const path = pathOf(caller.sight, table, field);
  const [e] = expressions(path, 't');
  const kind = path.field.kind;
  const name = `${op}_${field}`;
  if (op === 'count') return { select: sql`count(${shownLink(caller, path) ?? e}) as ${as}`, value: Number, name };
  if (kind !== 'number' && kind !== 'money' && !((op === 'min' || op === 'max') && (kind === 'date' || kind === 'moment'))) throw invalid(field, `has no ${op}`);
  if (kind === 'money') {
    // Sums of different currencies mean nothing: more than one currency gives null.
    const currency = expressions(path, 't')[1];
    const select = sql`case when min(${currency}) = max(${currency}) then jsonb_build_array(round(${sql.raw(op)}(${e}))::bigint::text, min(${currency})) end as ${as}`;
    return { select, value: (v: unknown) => (v ? kindOf(path.field).fromColumns(v as unknown[], path.field as any) : null), name };
  }
  return { select: sql`${sql.raw(op)}(${e}) as ${as}`, value: (v: unknown) => (v === null ? null : kind === 'number' ? Number(v) : kindOf(path.field).fromColumns([v], path.field as any)), name };
}

function groupOf(caller: Caller, table: SeenTable, name: string, i: number) {
  const path = pathOf(caller.sight, table, name);
  const { field } = path;
  const [e] = expressions(path, 't');
  const as = sql.ref(`g${i}`);
  if (field.kind === 'link' && field.to !== '*') return { key: linkLabel(caller.sight, path, 't'), as, name, value: (v: any) => (v ? { id: v[0], label: v[1] } : null) };
  if (field.kind === 'member') return { key: e, as, name, value: (v: unknown) => personOf(caller.people, v) };
  if (['text', 'choice', 'yes_no', 'date', 'number', 'email', 'phone'].includes(field.kind)) return { key: e, as, name, value: (v: unknown) => (v === null ? null : kindOf(field).fromColumns([v], field as any)) };
  throw invalid(name, 'can not be grouped by');
}

/** Groups and aggregates over visible rows only; at most 1,000 groups. */
async function groups(db: Reader, caller: Caller, table: SeenTable, question: Question): Promise<Page> {
  const by = (question.group ?? []).map((name, i) => groupOf(caller, table, name, i));
  const sums = (question.aggregate?.length ? question.aggregate : [{ op: 'count' }]).map((a, i) => aggregateOf(caller, table, a, i));
  const where = await conditions(db, caller, table, question);
  const selected = [...by.map((g) => sql`${g.key} as ${g.as}`), ...sums.map((s) => s.select)];
  const grouped = by.length ? sql`group by ${sql.join(by.map((_, i) => sql.lit(i + 1)))} order by ${sql.join(by.map((_, i) => sql.lit(i + 1)))} limit 1000` : sql``;
  const rows = await db.rows<Record<string, unknown>>(sql`select ${sql.join(selected)} ${from(table)} where ${where} ${grouped}`);
  return { data: rows.map((row) => Object.fromEntries([...by.map((g, i) => [g.name, g.value(row[`g${i}`])]), ...sums.map((s, i) => [s.name, s.value(row[`a${i}`])])])), next: null };
}

/** Answers a question; a page with its count mostly takes one round trip. */
export function askList(caller: Caller, table: SeenTable, question: Question): Promise<Page> {
  return (question.group || question.aggregate ? groups : page)(caller.reader(), caller, table, question);
}

/** `filter[a]=1` and `filter[a][gte]=1` of a query string as one filter. */
function filterOf(rest: Record<string, unknown>, table: SeenTable): unknown {
  const and = Object.entries(rest).map(([key, value]) => {
    const m = /^filter\[([^\][]{1,200})\](?:\[([a-z_]{1,20})\])?$/.exec(key);
    if (!m) throw new Problem(422, `There is no parameter "${key.slice(0, 100)}".`, [{ field: key.slice(0, 100), code: 'unknown', message: 'There is no such parameter.' }]);
    const field = fieldNamed(table, m[1]);
    const list = field?.kind === 'choices' && !m[2] ? 'in' : (m[2] ?? 'eq');
    return { [m[1]]: { [list]: value } };
  });
  return { and };
}

export const clerks: Clerk[] = [
  serve(listRecords, async ({ caller, params, query: { fields, sort, q, limit, cursor, count, ...rest } }) => {
    const table = seenTable(caller, params.table);
    return askList(caller, table, { filter: filterOf(rest, table), fields: fields?.split(',').filter(Boolean), sort, q, limit, cursor, count });
  }),
  serve(queryRecords, async ({ caller, params, body }) => {
    if (body.aggregate && !body.group && (body.cursor || body.fields)) throw invalid('aggregate', 'does not go with fields or cursor');
    return askList(caller, seenTable(caller, params.table), body);
  }),
];
