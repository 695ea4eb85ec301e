// The only way to the database: as a member in his own role, through the door before sign-in, or as the law after a proof of being administrator.
import { createHash, createHmac } from 'node:crypto';
import pg from 'pg';
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, sql, type RawBuilder } from 'kysely';
import { derive } from './keys.ts';
import { startPostgres } from './postgres.ts';
import { log } from './log.ts';

export { sql };
export type Query = RawBuilder<any>;

/** Who a transaction acts as. `session` is the nil id for jobs, which run with the member's rights but without a session. */
export interface Identity { tenant: string; member: number; profile: number; session: string; version: number; through: string }

export const NIL = '00000000-0000-0000-0000-000000000000';

const compiler = new Kysely<any>({
  dialect: { createAdapter: () => new PostgresAdapter(), createDriver: () => new DummyDriver(), createIntrospector: (db) => new PostgresIntrospector(db), createQueryCompiler: () => new PostgresQueryCompiler() },
});

/** Moments, dates, big and exact numbers stay text: JavaScript's own types would lose digits. */
const TEXTUAL = new Set([20, 700, 701, 1082, 1083, 1114, 1184, 1266, 1700]);
const types = { getTypeParser: (oid: number, format?: any) => (TEXTUAL.has(oid) ? String : pg.types.getTypeParser(oid, format)) } as pg.CustomTypesConfig;

export interface Db {
  /** All rows of a query. */
  rows<T = any>(query: Query): Promise<T[]>;
  /** The one row there must be. */
  one<T = any>(query: Query): Promise<T>;
  /** The first row, or undefined. */
  maybe<T = any>(query: Query): Promise<T | undefined>;
  /** Runs a statement, answers how many rows it touched. */
  run(query: Query): Promise<number>;
  /** Statements as text, several at once, without parameters: for the law and for savepoints. */
  script(text: string): Promise<void>;
  /** The raw connection, for COPY. */
  client: pg.Client;
}

interface Statements { names: Map<string, string> }
const statements = new WeakMap<object, Statements>();
/** More prepared statements than this on one connection cost memory for little (about 20 kB each). */
const MOST_PREPARED = 300;

function prepared(client: object, text: string): string | undefined {
  let known = statements.get(client);
  if (!known) statements.set(client, (known = { names: new Map() }));
  const name = known.names.get(text);
  if (name) return name;
  if (known.names.size >= MOST_PREPARED || text.length > 20_000) return undefined;
  const fresh = createHash('sha256').update(text).digest('base64url').slice(0, 24);
  known.names.set(text, fresh);
  return fresh;
}

function session(client: pg.Client): Db {
  const send = async (query: Query) => {
    const { sql: text, parameters } = query.compile(compiler);
    return client.query({ text, values: parameters as unknown[], name: prepared(client, text) });
  };
  return {
    client,
    rows: async <T>(query: Query) => (await send(query)).rows as T[],
    one: async <T>(query: Query) => {
      const { rows } = await send(query);
      if (rows.length !== 1) throw new Error(`expected one row, got ${rows.length}`);
      return rows[0] as T;
    },
    maybe: async <T>(query: Query) => (await send(query)).rows[0] as T | undefined,
    run: async (query) => (await send(query)).rowCount ?? 0,
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
  const config = { ...(await address()), user: `s_${tenant}_door`, password: doorPassword(tenant), max: 8, idleTimeoutMillis: 10_000, connectionTimeoutMillis: 10_000, types, pipeline: true };
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

/** `begin`, role and member in one message; without waiting for the answer, since round trips are the cost (measured: 1.4x against 3 to 4x). */
function entrance(who: Identity): string {
  const claim = `${who.member}.${who.profile}.${who.session}.${who.version}`;
  const mac = createHmac('sha256', derive('identity', who.tenant)).update(claim).digest('hex');
  if (!/^[a-z_]{1,20}$/.test(who.through) || !/^[0-9a-f-]{36}$/.test(who.session)) throw new Error('identity of the wrong form');
  return `begin; set local role s_${who.tenant}_p${Number(who.profile)}; set local steward.identity = '${claim}.${mac}'; set local steward.through = '${who.through}'; select enter()`;
}

async function transaction<T>(client: pg.Client, opening: string, work: (db: Db) => Promise<T>): Promise<T> {
  const opened = client.query(opening);
  opened.catch(() => {});
  try {
    const result = await work(session(client));
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
  return hold(await doorPool(who.tenant), (client) => transaction(client, entrance(who), work));
}

/** One read as a member, in a single round trip: begin, query and commit leave together. */
export async function read<T = any>(who: Identity, query: Query): Promise<T[]> {
  return hold(await doorPool(who.tenant), async (client) => {
    const opened = client.query(entrance(who));
    const answer = session(client).rows<T>(query);
    const closed = client.query('commit');
    const [first, second, third] = await Promise.allSettled([opened, answer, closed]);
    if (third.status === 'rejected') unclean.add(client);
    if (first.status === 'rejected') throw first.reason;
    if (second.status === 'rejected') throw second.reason;
    return second.value;
  });
}

/** Before anyone is known: only the functions that the law opens to the tenant's login role. */
export async function door<T>(tenant: string, work: (db: Db) => Promise<T>): Promise<T> {
  return hold(await doorPool(tenant), (client) => work(session(client)));
}

/**
 * Administrative work that needs DDL: proves the right as the member first, then goes on as the tenant's law in the same transaction.
 * Such work goes one at a time per tenant (PostgreSQL refuses two grants on one table at once), and each finds the catalogue as its caller knows it:
 * whoever waited while another changed it gets SW409 and is looked up again. No lock on a table is waited for longer than a second, since all who come later would wait too.
 */
export async function law<T>(who: Identity, work: (db: Db) => Promise<T>): Promise<T> {
  const proof = `set local search_path = s_${who.tenant}, pg_temp; set local lock_timeout = '5s'; select enter(), must('administer')`;
  const opening = `${entrance(who).replace('select enter()', proof)}; set local role s_${who.tenant}_law; select from tenant for update; select enter(); set local lock_timeout = '900ms'`;
  return hold(await installerPool(), (client) => transaction(client, opening, work));
}

/** Within law(): makes or drops database roles, for which the law has no right, and is the law again. Nothing in any other transaction: only the installer's connection can step back to him. */
export const withRoles = (db: Db, tenant: string, text: string): Promise<void> => db.script(`set local role none; ${text} set local role s_${tenant}_law`);

/** As the law of one tenant, for the installer and for jobs that belong to nobody (sealing the chain). */
export async function asLaw<T>(tenant: string, work: (db: Db) => Promise<T>): Promise<T> {
  return hold(await installerPool(), (client) => transaction(client, `begin; set local role s_${tenant}_law; set local search_path = s_${tenant}, pg_temp`, work));
}

/** One statement of the installation's own (address book, list of tenants) inside a transaction of the law, so that both happen or neither. */
export async function alsoInstalled(db: Db, tenant: string, query: Query): Promise<void> {
  await db.script('set local role none');
  await db.run(query);
  await db.script(`set local role s_${tenant}_law`);
}

/** As the role that owns the installation: roles, schemas, the list of tenants. */
export async function asInstaller<T>(work: (db: Db) => Promise<T>): Promise<T> {
  return hold(await installerPool(), (client) => transaction(client, 'begin', work));
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
