// What is measured: each question as Steward asks it, the same without row security, and the same with an application's own WHERE; taken in turns.
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import { readFileSync } from 'node:fs';
import pg from 'pg';
import type { Query } from '../kernel/database.ts';
import { questionOf, sealPlace } from '../kernel/records/paging.ts';
import { allFields, reading } from '../kernel/records/reading.ts';
import { startPostgres } from '../kernel/postgres.ts';
import { askList, type Question } from '../features/list/list.ts';
import { createMany, createOne, readRecord } from '../features/record/record.ts';
import { find } from '../features/search/search.ts';
import type { Company, Watcher } from './company.ts';

export const KINDS = ['get by id', 'list, default order', 'list by changed_at', 'list by name', 'page at depth', 'capped count', 'search, part of a name'] as const;
export type Kind = (typeof KINDS)[number];
type Work = (turn: number) => Promise<unknown>;
/** The three ways of one question. */
export interface Ways { steward: Work; raw: Work; application: Work }
/** Milliseconds. */
export interface Figure { median: number; p99: number; /** Of one call, PostgreSQL and this process together; only where the system tells, and only one at a time. */ cpu?: number }

/** What the screen asks for in a list. */
const FIELDS = ['full_name', 'stage', 'account', 'title', 'email', 'phone', 'city', 'country', 'tags', 'owner'];
const QUESTIONS: Partial<Record<Kind, Question>> = { 'list, default order': {}, 'list by changed_at': { sort: ['-changed_at'] }, 'list by name': { sort: ['full_name'] }, 'page at depth': {} };

const compiler = new Kysely<any>({ dialect: { createAdapter: () => new PostgresAdapter(), createDriver: () => new DummyDriver(), createIntrospector: (db) => new PostgresIntrospector(db), createQueryCompiler: () => new PostgresQueryCompiler() } });
export const textOf = (query: Query) => query.compile(compiler).sql;

const pools: pg.Pool[] = [];
/** An application's pool: a role that row security does not concern, one prepared statement a request, no transaction around it. */
export async function applicationPool(company: Pick<Company, 'tenant'>, more = ''): Promise<pg.Pool> {
  const { host, port, user, password, database } = await startPostgres();
  const pool = new pg.Pool({ host, port, user, password, database, max: 8, options: `-c search_path=s_${company.tenant},steward -c random_page_cost=1.1 ${more}`, types: { getTypeParser: (oid: number, format?: never) => ([20, 1114, 1184, 1082, 1700].includes(oid) ? String : pg.types.getTypeParser(oid, format)) } as never });
  pools.push(pool);
  return pool;
}
export const closePools = () => Promise.all(pools.splice(0).map((pool) => pool.end()));

/** The condition that an application writes by hand; nothing for who sees all. */
const mine = (watcher: Watcher, alias: string) => (watcher.name === 'all' ? 'true' : `${alias}.owner_no = any ('{${watcher.owners.join(',')}}'::int[])`);

const ORDERS: Partial<Record<Kind, string>> = { 'list, default order': 't.id desc', 'list by changed_at': 't.changed_at desc, t.id desc', 'list by name': 't.full_name, t.id', 'page at depth': 't.id desc' };

function listWays(watcher: Watcher, pool: pg.Pool, kind: Kind, places: { seen: string; all: string }): Ways {
  const { caller } = watcher;
  const table = caller.sight.tables.get('contact')!;
  const plan = reading(caller, table, FIELDS);
  const select = textOf(plan.select);
  const begin = kind === 'page at depth' ? 't.id < $1' : kind === 'list by name' ? 't.full_name is not null' : 'true';
  const cursor = kind === 'page at depth' ? sealPlace(caller, questionOf(caller, table, [null, null, null]), { values: [], id: places.seen, empty: false }) : undefined;
  const plain = (where: string, name: string, values: string[]) => async () => {
    const text = `select ${select}, t.id as row_id from contact t where ${begin} and ${where} order by ${ORDERS[kind]} limit 51`;
    return (await pool.query({ name: `${kind} ${name}`, text, values })).rows.slice(0, 50).map(plan.record);
  };
  const at = (place: string) => (kind === 'page at depth' ? [place] : []);
  return {
    steward: () => askList(caller, table, { ...QUESTIONS[kind], fields: FIELDS, cursor }),
    raw: plain('true', 'raw', at(places.all)),
    application: plain(mine(watcher, 't'), watcher.name, at(places.seen)),
  };
}

function countWays(watcher: Watcher, pool: pg.Pool): Ways {
  const { caller } = watcher;
  const table = caller.sight.tables.get('contact')!;
  const plain = (where: string, name: string) => async () => (await pool.query({ name: `count ${name}`, text: `select count(*) as n from (select 1 from contact t where ${where} limit 1001) x` })).rows;
  // As the screen asks: the smallest page there is, and the count.
  return { steward: () => askList(caller, table, { fields: ['id'], limit: 1, count: 'estimate' }), raw: plain('true', 'raw'), application: plain(mine(watcher, 't'), watcher.name) };
}

function searchWays(watcher: Watcher, indexed: pg.Pool, names: string[]): Ways {
  const { caller } = watcher;
  const table = caller.sight.tables.get('contact')!;
  const plan = reading(caller, table, ['full_name', 'owner', ...table.layout.list.slice(0, 5)]);
  const plain = (where: string) => async (turn: number) => {
    const word = names[turn % names.length].normalize('NFD').replace(/\p{M}/gu, '');
    const text = `select ${textOf(plan.select)}, c.rank from (select x.id, similarity(x.search, $1) as rank from contact x where x.search like $2 and ${where} limit 200) c join contact t on t.id = c.id order by c.rank desc, t.id limit 20`;
    // Planned for each word: a plan for any word reads the whole table.
    return (await indexed.query({ text, values: [word, `%${word}%`] })).rows.map(plan.record);
  };
  return { steward: (turn) => find(caller.reader(), caller, [table], names[turn % names.length], 20), raw: plain('true'), application: plain(mine(watcher, 'x')) };
}

function getWays(watcher: Watcher, pool: pg.Pool, ids: string[]): Ways {
  const { caller } = watcher;
  const table = caller.sight.tables.get('contact')!;
  const plan = reading(caller, table, allFields(table));
  const plain = (where: string, name: string) => async (turn: number) =>
    (await pool.query({ name: `get ${name}`, text: `select ${textOf(plan.select)} from contact t where t.id = $1 and ${where}`, values: [ids[turn % ids.length]] })).rows.map(plan.record);
  return { steward: (turn) => readRecord(caller, table, ids[turn % ids.length]), raw: plain('true', 'raw'), application: plain(mine(watcher, 't'), watcher.name) };
}

/** All questions of one watcher. */
export async function questionsOf(company: Company, watcher: Watcher, pool: pg.Pool): Promise<Record<Kind, Ways>> {
  const depth = (rows: number) => Math.min(10_000, Math.floor(rows / 2));
  const at = async (where: string, n: number) => (await pool.query(`select id from contact t where ${where} order by id desc limit 1 offset ${n}`)).rows[0].id as string;
  const places = { seen: await at(mine(watcher, 't'), depth(watcher.rows)), all: await at('true', depth(company.rows)) };
  const ids = await idsOf(watcher, pool);
  // With a limit the planner takes reading the table in order for cheap, which it is not for a rare name: the index, as in Steward's own search.
  const indexed = await applicationPool(company, '-c enable_seqscan=off');
  // People search for whom they know: the beginning, the middle or the end of a last name.
  const known = await pool.query(`select distinct lower(last_name) as name from (select last_name from contact t where ${mine(watcher, 't')} and length(last_name) > 6 order by hashtext(id::text) limit 30) x`);
  const names = known.rows.map((r: { name: string }, i) => r.name.slice(i % 3 === 0 ? 0 : i % 3, i % 3 === 0 ? 5 : i % 3 === 1 ? 6 : undefined));
  return Object.fromEntries(KINDS.map((kind) => [kind, kind === 'get by id' ? getWays(watcher, pool, ids) : kind === 'capped count' ? countWays(watcher, pool)
    : kind === 'search, part of a name' ? searchWays(watcher, indexed, names) : listWays(watcher, pool, kind, places)])) as Record<Kind, Ways>;
}

/** Storing: one contact, and a thousand at once, against the same columns put into the same table without triggers, checks of links and row security. */
export async function writesOf(watcher: Watcher, pool: pg.Pool): Promise<Record<string, { steward: Work; raw: Work }>> {
  const { caller } = watcher;
  const table = caller.sight.tables.get('contact')!;
  const value = (n: number) => ({ first_name: 'Hanka', last_name: `Kirbach${n}`, email: `bench${n}@kirbach.test`, phone: '+49301234567', city: 'Berlin', stage: 'lead', title: 'Sales lead' });
  const bare = async (n: number, many: number) => {
    const client = await pool.connect();
    try {
      // One message, one transaction; the words of search come ready made.
      await client.query(`begin; set local session_replication_role = replica`);
      await client.query({ name: `insert ${many}`, text: `insert into contact (owner_no, created_by, changed_by, first_name, last_name, email, emails, phone, phones, city, stage, title, search)
        select $1, $1, $1, r.first_name, r.last_name, r.email, jsonb_build_array(jsonb_build_object('address', r.email, 'label', 'work', 'primary', true)), r.phone, jsonb_build_array(jsonb_build_object('number', r.phone, 'label', 'work', 'primary', true)), r.city, r.stage, r.title,
          E'\\x01' || r.first_name || E'\\x01' || r.last_name || E'\\x01' || r.email || E'\\x01' || r.email || E'\\x01' || r.phone || E'\\x01' || r.phone
        from jsonb_to_recordset($2::jsonb) as r(first_name text, last_name text, email text, phone text, city text, stage text, title text)`, values: [watcher.no, JSON.stringify(Array.from({ length: many }, (_, i) => value(n * many + i)))] });
      await client.query('commit');
    } finally { client.release(); }
  };
  return {
    'insert': { steward: (n) => caller.as((db) => createOne(db, caller, table, value(n))), raw: (n) => bare(n, 1) },
    'insert of 1,000': { steward: (n) => caller.as((db) => createMany(db, caller, table, Array.from({ length: 1000 }, (_, i) => value(n * 1000 + i)))), raw: (n) => bare(n, 1000) },
  };
}

const sorted = (values: number[]) => values.toSorted((a, b) => a - b);
export const median = (values: number[]) => sorted(values)[Math.floor(values.length / 2)];
const figure = (values: number[]): Figure => ({ median: median(values), p99: sorted(values)[Math.min(values.length - 1, Math.floor(values.length * 0.99))] });

/** Milliseconds of each call of a burst: `at once` callers that each ask `each` times. */
async function burst(work: Work, atOnce: number, each: number, from: number): Promise<number[]> {
  const taken: number[] = [];
  await Promise.all(Array.from({ length: atOnce }, async (_, c) => {
    for (let i = 0; i < each; i++) {
      const start = performance.now();
      await work(from + c * each + i);
      taken.push(performance.now() - start);
    }
  }));
  return taken;
}

/** Milliseconds of CPU used so far by PostgreSQL's connections and this process: other programs of the machine do not count in it. */
async function cpuClock(pool: pg.Pool): Promise<(() => number) | undefined> {
  if (process.platform !== 'linux') return undefined;
  const { rows } = await pool.query(`select pid from pg_stat_activity where backend_type = 'client backend'`);
  const used = (pid: number) => { try { return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6; } catch { return 0; } };
  return () => { const own = process.cpuUsage(); return rows.reduce((sum, { pid }) => sum + used(Number(pid)), 0) + (own.user + own.system) / 1000; };
}

/** Takes all ways in turns for about so many milliseconds, at least `least` rounds. */
export async function compare<W extends string>(ways: Record<W, Work>, pool: pg.Pool, atOnce: number, budget: number, least = 3): Promise<{ figures: Record<W, Figure>; ratio: (a: W, b: W) => number }> {
  const names = Object.keys(ways) as W[];
  const taken = Object.fromEntries(names.map((n) => [n, [] as number[]])) as Record<W, number[]>;
  const rounds = Object.fromEntries(names.map((n) => [n, [] as number[]])) as Record<W, number[]>;
  // PostgreSQL settles on a plan after five runs of a prepared statement on each connection.
  for (const name of names) await burst(ways[name], atOnce, atOnce === 1 ? 7 : 2, 0);
  const cpu = atOnce === 1 ? await cpuClock(pool) : undefined;
  const burned = Object.fromEntries(names.map((n) => [n, [] as number[]])) as Record<W, number[]>;
  const end = performance.now() + budget;
  for (let round = 0; round < least || (performance.now() < end && round < 400); round++) {
    for (const name of round % 2 ? names.toReversed() : names) {
      const before = cpu?.();
      const some = await burst(ways[name], atOnce, atOnce === 1 ? 4 : 2, round * 17);
      if (cpu && before !== undefined) burned[name].push((cpu() - before) / some.length);
      taken[name].push(...some);
      rounds[name].push(median(some));
    }
  }
  return { figures: Object.fromEntries(names.map((n) => [n, { ...figure(taken[n]), ...(cpu && { cpu: median(burned[n]) }) }])) as Record<W, Figure>, ratio: (a, b) => median(rounds[a].map((ms, i) => ms / rounds[b][i])) };
}

/** The queries of the bare HTTP handler: those that Steward runs for a list and a get, without security. */
export function bareTexts({ caller }: Watcher): { get: string; list: string; fields: string } {
  const table = caller.sight.tables.get('contact')!;
  const select = (fields: string[]) => textOf(reading(caller, table, fields).select);
  return { get: `select ${select(allFields(table))} from contact t where t.id = $1`, list: `select ${select(FIELDS)} from contact t order by t.id desc limit 50`, fields: FIELDS.join(',') };
}

/** Ids of contacts that a watcher sees, from all over the table. */
export const idsOf = async (watcher: Watcher, pool: pg.Pool): Promise<string[]> =>
  (await pool.query(`select id from contact t where ${mine(watcher, 't')} order by hashtext(id::text) limit 500`)).rows.map((r) => r.id as string);
