// Search: candidates from the law, then read under the member's own row security, ranked over all tables.
import type { SeenTable } from '../../catalogue/catalogue.ts';
import type { Caller } from '../../kernel/caller.ts';
import { sql, type Reader } from '../../kernel/database.ts';
import { serve, type Clerk } from '../../kernel/http.ts';
import { reading } from '../../kernel/records/reading.ts';
import { plainWords, wordsOf } from '../list/list.ts';
import { seenTable } from '../record/record.ts';
import { search } from './search.api.ts';

export interface Hit { table: string; rank: number; record: Record<string, unknown> }

/** Candidates looked at per table: enough to rank well, few enough to stay quick for words that match everything. */
const CANDIDATES = 200;

/** What a hit shows: title, owner, and the first columns of the list. */
const shown = (table: SeenTable) => [...new Set([...table.fields.filter((f) => f.name === table.title).map((f) => f.name), 'owner', ...table.layout.list.slice(0, 5)])];

async function hits(db: Reader, caller: Caller, table: SeenTable, words: string[], alike: boolean, limit: number): Promise<Hit[]> {
  const plan = reading(caller, table, shown(table));
  const found = alike
    ? sql`search_alike(${table.no}, plain(${words.join(' ')}), ${CANDIDATES})`
    : sql`search_candidates(${table.no}, ${plainWords(words)}, ${CANDIDATES})`;
  // Who is called just so comes first, then who begins so, however much else is written in a record.
  const title = table.fields.find((f) => f.name === table.title);
  const called = sql`plain(left(${title ? sql.ref(`t.${title.column}`) : sql`''`}::text, 200))`;
  const better = sql`case when ${called} = plain(${words.join(' ')}) then 2 when starts_with(${called}, plain(${words.join(' ')})) then 1 else 0 end`;
  const rows = await db.rows<Record<string, unknown> & { rank: number }>(sql`select ${plan.select}, c.rank + ${better} as rank from ${found} c join ${sql.table(table.physical)} as t on t.id = c.id order by rank desc, t.id limit ${limit}`);
  return rows.map(({ rank, ...row }) => {
    const record = plan.record(row);
    const label = record[table.title];
    return { table: table.name, rank: Number(rank), record: { ...record, label: label === undefined || label === null ? null : String(label).slice(0, 200) } };
  });
}

/** Every word must occur, in any spelling of case and accents, whole or in part; where nothing is found, words alike are taken. */
export async function find(db: Reader, caller: Caller, tables: SeenTable[], q: string, limit: number): Promise<Hit[]> {
  const words = wordsOf(q).filter((w) => w.length > 1);
  if (words.length === 0) return [];
  const searchable = tables.filter((t) => t.fields.some((f) => f.searchable));
  const exact = (await Promise.all(searchable.map((t) => hits(db, caller, t, words, false, limit)))).flat();
  const found = exact.length > 0 || words.join('').length < 4 ? exact : (await Promise.all(searchable.map((t) => hits(db, caller, t, words, true, limit)))).flat();
  return found.sort((a, b) => b.rank - a.rank).slice(0, limit);
}

export const clerks: Clerk[] = [
  serve(search, async ({ caller, query: { q, table, limit } }) => {
    const tables = table === undefined ? [...caller.sight.tables.values()] : [seenTable(caller, table)];
    const data = await find(caller.reader(), caller, tables, q, limit);
    return { data: data.map(({ table: name, record }) => ({ table: name, record })) };
  }),
];
