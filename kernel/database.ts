// The only way to the database: as a member in his own role, through the door before sign-in, or as the law after a proof of being administrator.
import { createHash, createHmac } from 'node:crypto';
import pg from 'pg';
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, sql, type RawBuilder } from 'kysely';
import { derive } from './keys.ts';
import { startPostgres } from './postgres.ts';
import { send, type Part } from './postgres_unit.ts';
import { log } from './log.ts';

export { sql };
export type Query = RawBuilder<any>;

/** Who a transaction acts as. `session` is the nil id for jobs, which run with the member's rights but without a session. */
export interface Identity { tenant: string; member: number; profile: number; session: string; version: number; through: string; viewing?: boolean }

export const NIL = '00000000-0000-0000-0000-000000000000';

const compiler = new Kysely<any>({
  dialect: { createAdapter: () => new PostgresAdapter(), createDriver: () => new DummyDriver(), createIntrospector: (db) => new PostgresIntrospector(db), createQueryCompiler: () => new PostgresQueryCompiler() },
});

/** Moments, dates, big and exact numbers stay text: JavaScript's own types would lose digits. */
const TEXTUAL = new Set([20, 700, 701, 1082, 1083, 1114, 1184, 1266, 1700]);
const types = { getTypeParser: (oid: number, format?: any) => (TEXTUAL.has(oid) ? String : pg.types.getTypeParser(oid, format)) } as pg.CustomTypesConfig;

/** Queries that only look. */
export interface Reader {
  /** All rows of a query. */
  rows<T = any>(query: Query): Promise<T[]>;
  /** The one row there must be. */
  one<T = any>(query: Query): Promise<T>;
  /** The first row, or undefined. */
  maybe<T = any>(query: Query): Promise<T | undefined>;
}

export interface Db extends Reader {
  /** Runs a statement, answers how many rows it touched. */
  run(query: Query): Promise<number>;
  /** Statements as text, several at once, without parameters: for the law and for savepoints. */
  script(text: string): Promise<void>;
  /** The raw connection, for COPY. */
  client: pg.Client;
}

/** A query without parameters as the text it stands for: building it again for each request costs more than running it. */
export function fixed(query: Query): Query {
  const { sql: text, parameters } = query.compile(compiler);
  if (parameters.length > 0) throw new Error('a fixed query has no parameters');
  return sql.raw(text);
}

/** Names by text, for each role: a plan holds for the role it was made for, another one's would be made anew at each change. */
const namesOf = new Map<string, Map<string, string>>();
function nameFor(role: string, text: string): string | undefined {
  if (text.length > 20_000) return undefined;
  let names = namesOf.get(role);
  if (!names || names.size > 5_000) namesOf.set(role, (names = new Map()));
  let name = names.get(text);
  if (!name) names.set(text, (name = createHash('sha256').update(`${role} ${text}`).digest('base64url').slice(0, 24)));
  return name;
}

function partOf(role: string, query: Query): Part {
  const { sql: text, parameters } = query.compile(compiler);
  return { text, values: parameters as unknown[], name: nameFor(role, text), rows: true };
}

function only<T>(rows: T[]): T {
  if (rows.length !== 1) throw new Error(`expected one row, got ${rows.length}`);
  return rows[0];
}

function session(client: pg.Client, role: string): Db {
  const ask = async (query: Query) => (await send(client, [partOf(role, query)]))[0];
  return {
    client,
    rows: async <T>(query: Query) => (await ask(query)).rows as T[],
    one: async <T>(query: Query) => only((await ask(query)).rows as T[]),
    maybe: async <T>(query: Query) => (await ask(query)).rows[0] as T | undefined,
    run: async (query) => (await ask(query)).rowCount ?? 0,
    script: async (text) => { await client.query(text); },
  };
}

const doors = new Map<string, pg.Pool>();
let installers: pg.Pool | undefined;

async function address() {
  const { host, port, database, ssl } = await startPostgres();
  return { host, port, database, ssl };
}

function quiet(pool: pg.Pool): pg.Pool {
  // A connection that dies while idle (server restart) is replaced by the pool; unheard, the event would end the process.
  pool.on('error', () => log.info('connection_lost', {}));
  // The same for one that dies at work: its queries reject and tell whoever waits for them.
  pool.on('connect', (client) => client.on('error', () => log.info('connection_lost', {})));
  return pool;
}

/** Password of a tenant's login role: derived, so that it is stored nowhere but in PostgreSQL's own verifier. */
export const doorPassword = (tenant: string) => derive('door', tenant).toString('base64url');

async function doorPool(tenant: string): Promise<pg.Pool> {
  const known = doors.get(tenant);
  if (known) return known;
  const config = { ...(await address()), user: `s_${tenant}_door`, password: doorPassword(tenant), max: 8, idleTimeoutMillis: 60_000, connectionTimeoutMillis: 10_000, types, pipeline: true };
  const pool = doors.get(tenant) ?? quiet(new pg.Pool(config as pg.PoolConfig));
  doors.set(tenant, pool);
  return pool;
}

async function installerPool(): Promise<pg.Pool> {
  const { user, password } = await startPostgres();
  installers ??= quiet(new pg.Pool({ ...(await address()), user, password, max: 6, idleTimeoutMillis: 10_000, connectionTimeoutMillis: 10_000, types }));
  return installers;
}

/** Connections whose transaction may still be open; they never go back to the pool. */
const unclean = new WeakSet<object>();

async function hold<T>(pool: pg.Pool, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    return await work(client as unknown as pg.Client);
  } finally {
    client.release(unclean.has(client));
  }
}

const roleOf = (who: Identity) => `s_${who.tenant}_p${Number(who.profile)}`;

/** The signed identity as a setting; signing costs more than a look-up, and a member asks often. */
const signed = new Map<string, string>();
function identityOf(who: Identity): string {
  const claim = `${who.member}.${who.profile}.${who.session}.${who.version}`;
  if (!/^[a-z_]{1,20}$/.test(who.through) || !/^[0-9a-f-]{36}$/.test(who.session)) throw new Error('identity of the wrong form');
  const key = `${who.tenant} ${claim}`;
  let known = signed.get(key);
  if (known) return known;
  known = `set local steward.identity = '${claim}.${createHmac('sha256', derive('identity', who.tenant)).update(claim).digest('hex')}'`;
  if (signed.size > 10_000) signed.clear();
  signed.set(key, known);
  return known;
}

/** Role, member and way in, then the law's own look at them. */
const steps = (who: Identity) => [`set local role ${roleOf(who)}`, identityOf(who), `set local steward.through = '${who.through}'`];
/** The same as a unit, sent together with what follows, since round trips are the cost (measured: 1.4x against 3 to 4x). */
function entrance(who: Identity): Part[] {
  const [role, identity, through] = steps(who);
  return [{ text: 'begin', name: 'begin' }, { text: role, name: roleOf(who) }, { text: identity }, { text: through, name: `through_${who.through}` }, { text: 'select enter()', name: `enter_${roleOf(who)}` }];
}

async function transaction<T>(client: pg.Client, opening: string | Part[], role: string, work: (db: Db) => Promise<T>): Promise<T> {
  const opened = typeof opening === 'string' ? client.query(opening) : send(client, opening);
  opened.catch(() => {});
  try {
    const result = await work(session(client, role));
    await opened;
    await client.query('commit');
    return result;
  } catch (error) {
    const cause = await opened.then(() => error, (first) => first);
    await client.query('rollback').catch(() => unclean.add(client));
    throw cause;
  }
}

/**
 * One transaction as a member: his profile's database role, his row policies, nothing else.
 * Raises SW401 when his session, profile or the catalogue's version is not current any more.
 */
export async function as<T>(who: Identity, work: (db: Db) => Promise<T>): Promise<T> {
  return hold(await doorPool(who.tenant), (client) => transaction(client, entrance(who), roleOf(who), work));
}

/** Reads as a member, in a single round trip: begin, queries and commit leave together. Answers the rows of each. */
export async function read(who: Identity, queries: Query[]): Promise<unknown[][]> {
  const opening = entrance(who);
  const parts = [...opening, ...queries.map((query) => partOf(roleOf(who), query)), { text: 'commit', name: 'commit' }];
  return hold(await doorPool(who.tenant), async (client) => {
    try {
      return (await send(client, parts)).slice(opening.length, -1).map((result) => result.rows);
    } catch (error) {
      await client.query('rollback').catch(() => unclean.add(client));
      throw error;
    }
  });
}

/** A member's reads that need no common transaction; those asked for at the same moment travel together. */
export function reader(who: Identity): Reader {
  let waiting: { query: Query; resolve: (rows: any[]) => void; reject: (error: unknown) => void }[] = [];
  const leave = () => {
    const group = waiting;
    waiting = [];
    read(who, group.map((w) => w.query)).then((all) => group.forEach((w, i) => w.resolve(all[i])), (error) => group.forEach((w) => w.reject(error)));
  };
  const rows = <T>(query: Query) => new Promise<T[]>((resolve, reject) => {
    if (waiting.push({ query, resolve, reject }) === 1) queueMicrotask(leave);
  });
  return { rows, one: async <T>(query: Query) => only(await rows<T>(query)), maybe: async <T>(query: Query) => (await rows<T>(query))[0] };
}

/** Before anyone is known: only the functions that the law opens to the tenant's login role. */
export async function door<T>(tenant: string, work: (db: Db) => Promise<T>): Promise<T> {
  return hold(await doorPool(tenant), (client) => work(session(client, `s_${tenant}_door`)));
}

/**
 * Administrative work that needs DDL: proves the right as the member first, then goes on as the tenant's law in the same transaction.
 * Such work goes one at a time per tenant (PostgreSQL refuses two grants on one table at once), and each finds the catalogue as its caller knows it:
 * whoever waited while another changed it gets SW409 and is looked up again. Who only looks as another locks nothing, and can't. No lock on a table is waited for much longer than a second, since all who come later would wait too.
 */
export async function law<T>(who: Identity, work: (db: Db) => Promise<T>): Promise<T> {
  const proof = `set local search_path = s_${who.tenant}, pg_temp; set local lock_timeout = '5s'; select enter(), must('administer')`;
  const opening = `begin; ${steps(who).join('; ')}; ${proof}; set local role s_${who.tenant}_law; ${who.viewing ? '' : 'select from tenant for update; '}select enter(); set local lock_timeout = '1200ms'`;
  return hold(await installerPool(), (client) => transaction(client, opening, `s_${who.tenant}_law`, work));
}

/** Within law(): makes or drops database roles, for which the law has no right, and is the law again. Nothing in any other transaction: only the installer's connection can step back to him. */
export const withRoles = (db: Db, tenant: string, text: string): Promise<void> => db.script(`set local role none; ${text} set local role s_${tenant}_law`);

/** As the law of one tenant, for the installer and for jobs that belong to nobody (sealing the chain). */
export async function asLaw<T>(tenant: string, work: (db: Db) => Promise<T>): Promise<T> {
  return hold(await installerPool(), (client) => transaction(client, `begin; set local role s_${tenant}_law; set local search_path = s_${tenant}, pg_temp`, `s_${tenant}_law`, work));
}

/** One statement of the installation's own (address book, list of tenants) inside a transaction of the law, so that both happen or neither. */
export async function alsoInstalled(db: Db, tenant: string, query: Query): Promise<void> {
  await db.script('set local role none');
  await db.run(query);
  await db.script(`set local role s_${tenant}_law`);
}

/** As the role that owns the installation: roles, schemas, the list of tenants. */
export async function asInstaller<T>(work: (db: Db) => Promise<T>): Promise<T> {
  return hold(await installerPool(), (client) => transaction(client, 'begin', 'installer', work));
}

export async function closeDatabase(): Promise<void> {
  const pools = [...doors.values(), ...(installers ? [installers] : [])];
  doors.clear();
  installers = undefined;
  await Promise.all(pools.map((pool) => pool.end()));
}

/** Forgets the pool of a tenant (after its roles were dropped). */
export async function closeDoor(tenant: string): Promise<void> {
  const pool = doors.get(tenant);
  doors.delete(tenant);
  await pool?.end();
}
