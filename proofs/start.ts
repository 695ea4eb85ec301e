// What proofs stand on: a tenant of their own in the run's PostgreSQL, its members as clients of the real server, and SQL past all rules to compare with.
import { after } from 'node:test';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { CLERKS } from '../features/clerks.ts';
import { hashPassword } from '../features/sign_in/password.ts';
import { addressEntry, invite, newSecret, openTenant } from '../features/tenant/tenant.ts';
import type { SharingDefault } from '../catalogue/catalogue.ts';
import { findCaller, hashOf, type Caller } from '../kernel/caller.ts';
import { as, asInstaller, asLaw, closeDatabase, door, sql, type Db } from '../kernel/database.ts';
import { buildServer, cookieName } from '../kernel/http.ts';
import { prepareInstallation } from '../kernel/install.ts';
import { startPostgres } from '../kernel/postgres.ts';

export interface Answer { status: number; body: any; headers: Record<string, any> }
type Headers = Record<string, string>;

/** A member's way to the API, by session cookie. Paths are below /api/v1. */
export interface Client {
  id: string; no: number; name: string; email: string;
  /** The session's secret, as in the cookie. */
  secret: string;
  get(path: string, headers?: Headers): Promise<Answer>;
  post(path: string, body?: unknown, headers?: Headers): Promise<Answer>;
  put(path: string, body?: unknown, headers?: Headers): Promise<Answer>;
  patch(path: string, body?: unknown, headers?: Headers): Promise<Answer>;
  delete(path: string, headers?: Headers): Promise<Answer>;
}
interface Newcomer { name: string; email?: string; profile?: string; manager?: string }
export interface FreshTenant {
  key: string;
  name: string;
  /** A client by the first name in small letters; `adam` is the administrator. */
  as(firstName: string): Client;
  /** Adds a member who has accepted; profile by name (`Member` unless said), manager by first name. */
  member(newcomer: Newcomer): Promise<Client>;
  /** Any SQL as superuser with the tenant's schema in front; answers its rows. */
  sql<T = any>(text: string, values?: unknown[]): Promise<T[]>;
  /** One transaction in the member's own database role, as the server would run it. */
  role<T>(firstName: string, work: (db: Db) => Promise<T>): Promise<T>;
  caller(firstName: string): Promise<Caller>;
}

/** Every member made here has it; hashed once, since hashing is slow on purpose. */
export const PASSWORD = 'a password for proofs';
let hashed: Promise<string> | undefined;
let server: Promise<FastifyInstance> | undefined;

after(async () => {
  await (await server)?.close();
  await closeDatabase();
  await (await startPostgres()).stop();
});

/** The real server with all clerks; requests reach it by inject(), without a port. */
export function theServer(): Promise<FastifyInstance> {
  return (server ??= startPostgres().then(prepareInstallation).then(() => buildServer(CLERKS)));
}

/** One request below /api/v1 as the headers say. A string or buffer is sent as it is. */
export async function ask(method: InjectOptions['method'], path: string, body?: unknown, headers: Headers = {}): Promise<Answer> {
  const raw = typeof body === 'string' || Buffer.isBuffer(body);
  const sent = body === undefined ? {} : { payload: raw ? body : JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } };
  const response = await (await theServer()).inject({ method, url: `/api/v1${path}`, headers, ...sent });
  const text = response.body;
  return { status: response.statusCode, headers: response.headers, body: /json/.test(String(response.headers['content-type'])) ? JSON.parse(text) : text };
}

/** The headers of whoever holds this session. */
export const byCookie = (secret: string): Headers => ({ cookie: `${cookieName()}=${secret}`, 'x-steward': '1' });

function client(member: { id: string; no: number; name: string; email: string }, secret: string): Client {
  const way = (method: InjectOptions['method']) => (path: string, body?: unknown, headers: Headers = {}) => ask(method, path, body, { ...byCookie(secret), ...headers });
  const without = (method: InjectOptions['method']) => (path: string, headers: Headers = {}) => ask(method, path, undefined, { ...byCookie(secret), ...headers });
  return { ...member, secret, get: without('GET'), delete: without('DELETE'), post: way('POST'), put: way('PUT'), patch: way('PATCH') };
}

const first = (name: string) => name.split(' ')[0].toLowerCase();

async function accept(key: string, token: string): Promise<Client> {
  const secret = newSecret(key);
  const password = await (hashed ??= hashPassword(PASSWORD));
  const documents = JSON.stringify(['terms', 'privacy'].map((document) => ({ document, version: 'proof', wording: 'as in the proof' })));
  const member = await door(key, async (db) => {
    const invited = await db.one(sql`select * from find_invitation(${hashOf(token)})`);
    await db.run(sql`select open_session(accept_invitation(${hashOf(token)}, ${password}, ${documents}::jsonb, '{"agent":"proof"}'), ${hashOf(secret)}, 'proof', now() + interval '1 day')`);
    return invited;
  });
  return client({ id: member.member_id, no: member.member_no, name: member.name, email: member.email }, secret);
}

async function add(key: string, n: Newcomer, manager: number | null): Promise<Client> {
  const email = n.email ?? `${first(n.name)}@${key}.test`;
  const token = await asLaw(key, async (db) => {
    const { no } = await db.one(sql`insert into member (name, email, profile_no, manager_no) select ${n.name}, ${email}, no, ${manager} from profile where name = ${n.profile ?? 'Member'} returning no`);
    return invite(db, key, no);
  });
  await asInstaller((db) => db.run(addressEntry(email, key)));
  return accept(key, token);
}

/** Opens a tenant with Adam Admin as its accepted administrator. */
export async function freshTenant({ name = 'Acme', sharing = 'edit' as SharingDefault } = {}): Promise<FreshTenant> {
  await theServer();
  const address = `adam.${Math.random().toString(36).slice(2)}@acme.test`;
  const { tenant: key, invitation_token } = await openTenant({ name, sharing, email: address, member: 'Adam Admin' });
  const clients = new Map([['adam', await accept(key, invitation_token)]]);
  const find = (firstName: string) => {
    const known = clients.get(firstName);
    if (!known) throw new Error(`the proof has no member ${firstName}`);
    return known;
  };
  const caller = async (firstName: string) => {
    const found = await findCaller(find(firstName).secret, 'api', true);
    if (!found) throw new Error(`${firstName} is not signed in`);
    return found;
  };
  return {
    key, name, as: find, caller,
    member: async (newcomer) => {
      const added = await add(key, newcomer, newcomer.manager ? find(newcomer.manager).no : null);
      clients.set(first(newcomer.name), added);
      return added;
    },
    sql: (text, values = []) => asInstaller(async (db) => {
      await db.script(`set local search_path = s_${key}, steward, pg_temp`);
      return (await db.client.query(text, values)).rows;
    }),
    role: async (firstName, work) => as((await caller(firstName)).identity, work),
  };
}
