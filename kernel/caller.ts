// Who is asking: from cookie or token to a caller with his sight; nothing about his rights is believed without the transaction checking it again.
import { createHash } from 'node:crypto';
import type { Catalogue, FieldLevel, Right, SeenTable, Sight, Table, Verb } from '../catalogue/catalogue.ts';
import { VERBS } from '../catalogue/catalogue.ts';
import { as, closeDoor, door, law, read, reader, sql, type Db, type Identity, type Query, type Reader } from './database.ts';

export interface Caller {
  tenant: string;
  member: { no: number; id: string; name: string; email: string; language: string; time_zone: string };
  profile: { no: number; id: string; name: string; rights: Right[] };
  company: { name: string; currency: string };
  session: string;
  /** Somebody else looks as this member, and can only read. */
  viewing: boolean;
  through: string;
  catalogue: Catalogue;
  sight: Sight;
  /** Names of all members by number, as of this version (each change of a member makes a new one). */
  people: Map<number, Person>;
  identity: Identity;
  /** One transaction as this member. */
  as<T>(work: (db: Db) => Promise<T>): Promise<T>;
  /** One query as this member, in one round trip. */
  read<T = any>(query: Query): Promise<T[]>;
  /** Queries as this member that need no common transaction. */
  reader(): Reader;
  /** One transaction that may change people, rights and catalogue; refused by the database unless he administers. */
  law<T>(work: (db: Db) => Promise<T>): Promise<T>;
}

export interface Person { id: string; label: string; email: string; active: boolean }

interface Found {
  session: string; member_no: number; member_id: string; name: string; email: string; language: string; time_zone: string;
  profile_no: number; profile_id: string; profile: string; rights: Right[]; version: string; kind: string; tenant_name: string; currency: string;
}
interface Rights { tables: Record<string, Record<string, boolean>>; fields: Record<string, FieldLevel> }

/** What was looked up, by hash of the secret. Only a shortcut: enter() and the policies judge each transaction. */
const found = new Map<string, Found>();
interface Drawn { catalogue: Catalogue; sight: Sight; people: Map<number, Person> }
const sights = new Map<string, Drawn>();
const MOST_KEPT = 5_000;

function keep<K, V>(map: Map<K, V>, key: K, value: V): V {
  if (map.size >= MOST_KEPT) map.delete(map.keys().next().value as K);
  map.set(key, value);
  return value;
}

export const hashOf = (secret: string) => createHash('sha256').update(secret).digest();
/** A secret names its tenant, so that it can be looked up in that tenant's schema and nowhere else. */
export const tenantOf = (secret: string) => /^(?:stw_)?([a-z][a-z0-9]{9})[_.][\w-]{43}$/.exec(secret)?.[1];

/** Lays a profile's rights over the catalogue; what is hidden is absent. */
export function drawSight(catalogue: Catalogue, rights: Rights): Sight {
  const tables = new Map<string, SeenTable>();
  for (const table of catalogue.tables) {
    const may = rights.tables[table.no];
    if (!may?.may_see) continue;
    const can = Object.fromEntries(VERBS.map((verb) => [verb, may[verb.includes('s_all') ? verb : `may_${verb}`] === true])) as Record<Verb, boolean>;
    if (table.append_only) can.change = can.delete = false;
    const fields = table.fields.flatMap((f) => {
      const level = rights.fields[f.no];
      if (level === 'owner') return [{ ...f, level: 'write' as const, owner: true as const }];
      return level === 'read' || level === 'write' ? [{ ...f, level }] : [];
    });
    tables.set(table.name, { ...table, can, fields, layout: seenLayout(table, new Set(fields.map((f) => f.name))) });
  }
  return { version: catalogue.version, tables };
}

function seenLayout(table: Table, seen: Set<string>): Table['layout'] {
  return {
    list: table.layout.list.filter((f) => seen.has(f)),
    page: table.layout.page.map((s) => ({ label: s.label, fields: s.fields.filter((f) => seen.has(f)) })).filter((s) => s.fields.length > 0),
  };
}

async function sightOf(tenant: string, version: string, profile: number): Promise<Drawn> {
  const key = `${tenant}.${version}.${profile}`;
  const known = sights.get(key);
  if (known) return known;
  const { catalogue, rights, people } = await door(tenant, (db) =>
    db.one<{ catalogue: Catalogue; rights: Rights; people: (Person & { no: number })[] }>(sql`select read_catalogue() as catalogue, read_rights(${profile}) as rights, read_people() as people`));
  catalogue.version = Number(catalogue.version);
  const drawn = { catalogue, sight: drawSight(catalogue, rights), people: new Map(people.map(({ no, ...person }) => [no, person])) };
  return String(catalogue.version) === version ? keep(sights, key, drawn) : drawn;
}

async function callerFrom(tenant: string, f: Found, through: string): Promise<Caller> {
  const { catalogue, sight, people } = await sightOf(tenant, f.version, f.profile_no);
  const viewing = f.kind === 'view';
  const identity: Identity = { tenant, member: f.member_no, profile: f.profile_no, session: f.session, version: catalogue.version, through, viewing };
  return {
    tenant, through, catalogue, sight, people, identity, viewing, session: f.session,
    member: { no: f.member_no, id: f.member_id, name: f.name, email: f.email, language: f.language, time_zone: f.time_zone },
    profile: { no: f.profile_no, id: f.profile_id, name: f.profile, rights: f.rights },
    company: { name: f.tenant_name, currency: f.currency },
    as: (work) => as(identity, work),
    read: async <T>(query: Query) => (await read(identity, [query]))[0] as T[],
    reader: () => reader(identity),
    law: (work) => law(identity, work),
  };
}

/** Looks up who holds this cookie or token; undefined when nobody does. `fresh` goes past the shortcut. */
export async function findCaller(secret: string, through: string, fresh = false): Promise<Caller | undefined> {
  const tenant = tenantOf(secret);
  if (!tenant) return undefined;
  const hash = hashOf(secret);
  const key = hash.toString('base64');
  let known = fresh ? undefined : found.get(key);
  if (!known) {
    // An unknown tenant has no login role: that error is the same "nobody".
    known = await door(tenant, (db) => db.maybe<Found>(sql`select * from find_session(${hash})`)).catch((error) => {
      if (error.code !== '28P01' && error.code !== '28000') throw error;
      // Made-up tenants must not leave a pool each behind.
      return closeDoor(tenant).then(() => undefined);
    });
    if (!known) { found.delete(key); return undefined; }
    keep(found, key, known);
  }
  return callerFrom(tenant, known, through);
}

/** A member for whom a job works, with his rights as they are now; undefined when he is not active any more. */
export async function findMember(tenant: string, member: number, through: string): Promise<Caller | undefined> {
  const f = await door(tenant, (db) => db.maybe<Found>(sql`select * from find_member(${member})`));
  return f && callerFrom(tenant, f, through);
}
