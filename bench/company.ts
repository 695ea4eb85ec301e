// The company that is measured: 200 members in six levels and a contact table of 40 columns, filled fast but exactly as the triggers would.
import { createHash } from 'node:crypto';
import type { Field, Table } from '../catalogue/catalogue.ts';
import { addField } from '../catalogue/ddl.ts';
import { ident, literal, physicalName } from '../catalogue/physical.ts';
import { functions } from '../catalogue/triggers.ts';
import { findCaller, hashOf, type Caller } from '../kernel/caller.ts';
import { asInstaller, asLaw, door, sql, type Db } from '../kernel/database.ts';
import { newSecret, openTenant } from '../features/tenant/tenant.ts';

/** The same seed makes the same company. */
export const SEED = 20;
const LEVELS = [1, 3, 8, 24, 64, 100];
const ACCOUNTS_EVERY = 50;
/** The members who are measured, by the share of the contacts that each sees. */
export const SIGHTS = ['all', '11 %', '0.1 %', '6 rows'] as const;
export type SightName = (typeof SIGHTS)[number];
export interface Watcher { name: SightName; no: number; secret: string; caller: Caller; owners: number[]; rows: number; /** A contact that he sees, and part of its name. */ example: string; known: string }
export interface Company { tenant: string; rows: number; watchers: Watcher[]; seconds: number }

/** [number, manager's number or null] of each member, from the top down; numbers are given in this order. */
function tree(): { no: number; manager: number | null; level: number }[] {
  const members: { no: number; manager: number | null; level: number }[] = [];
  LEVELS.forEach((size, level) => {
    const above = members.filter((m) => m.level === level - 1);
    for (let i = 0; i < size; i++) members.push({ no: members.length + 1, manager: above.length ? above[Math.floor((i * above.length) / size)].no : null, level });
  });
  return members;
}

export function below(no: number): number[] {
  const all = tree();
  const reached = new Set([no]);
  for (const m of all) if (m.manager !== null && reached.has(m.manager)) reached.add(m.no);
  return [...reached];
}

const nth = (level: number, i: number) => LEVELS.slice(0, level).reduce((a, b) => a + b, 0) + i + 1;
/** Who sees how much: a head of department, a team leader, two people at the bottom of whom one reads all by profile. */
const WHO: Record<SightName, number> = { all: nth(5, 99), '11 %': nth(2, 0), '0.1 %': nth(4, 40), '6 rows': nth(5, 80) };

/** How many contacts each member owns; index 0 is member 1. */
function quotas(rows: number): number[] {
  const fixed = new Map<number, number>([[WHO['6 rows'], 6]]);
  const share = (no: number, total: number) => {
    const group = below(no);
    group.forEach((m, i) => fixed.set(m, Math.floor(total / group.length) + (i < total % group.length ? 1 : 0)));
  };
  share(WHO['11 %'], Math.round(rows * 0.11));
  share(WHO['0.1 %'], Math.round(rows / 1000));
  const left = rows - [...fixed.values()].reduce((a, b) => a + b, 0);
  const others = tree().map((m) => m.no).filter((no) => !fixed.has(no));
  others.forEach((no, i) => fixed.set(no, Math.floor(left / others.length) + (i < left % others.length ? 1 : 0)));
  return tree().map((m) => fixed.get(m.no)!);
}

async function addMembers(tenant: string): Promise<void> {
  await asLaw(tenant, async (db) => {
    for (const { no, manager } of tree().slice(1)) {
      const made = await db.one<{ no: number }>(sql`insert into member (name, email, profile_no, manager_no) values (${`Member ${no}`}, ${`m${no}@bench.test`}, ${no === WHO.all ? 3 : 2}, ${manager}) returning no`);
      if (made.no !== no) throw new Error('members are numbered otherwise than the bench expects');
    }
    await db.run(sql`update catalogue_table set sharing = case name when 'contact' then 'private' else 'read' end`);
  });
}

/** Eleven custom fields, twelve columns: with the standard ones forty. */
const CUSTOM: [name: string, kind: Field['kind']][] = [
  ['nickname', 'text'], ['salutation', 'text'], ['assistant', 'text'], ['profile_page', 'web_address'], ['score', 'number'], ['budget', 'money'],
  ['last_met', 'date'], ['next_call', 'moment'], ['newsletter', 'yes_no'], ['territory', 'text'], ['cost_center', 'text'],
];

async function addFields(tenant: string): Promise<Table> {
  const { catalogue } = await door(tenant, (db) => db.one<{ catalogue: { tables: Table[] } }>(sql`select read_catalogue() as catalogue`));
  const tables = catalogue.tables;
  const contact = tables.find((t) => t.name === 'contact')!;
  const no = Math.max(...tables.flatMap((t) => t.fields.map((f) => f.no)));
  const fields = CUSTOM.map(([name, kind], i): Field => ({ ...contact.fields[0], no: no + i + 1, name, label: name, kind, column: physicalName('f', createHash('sha256').update(name).digest('hex').slice(0, 12)),
    tracked: false, searchable: false, computed: null, personal: 'no', category: null, purpose: null, origin: null }));
  contact.fields.push(...fields);
  await asLaw(tenant, async (db) => {
    for (const [i, f] of fields.entries()) {
      await db.run(sql`insert into catalogue_field (no, table_no, name, label, kind, column_name, personal, position) values (${f.no}, ${contact.no}, ${f.name}, ${f.label}, ${f.kind}, ${f.column}, 'no', ${100 + i})`);
      await db.script(addField(contact, f, undefined));
    }
    await db.script(functions(contact, tables));
    await db.script('select lay_all_grants()');
  });
  return contact;
}

/** Beginnings, vowels and endings of syllables: as many different groups of letters as in real names, or the search index would be measured at its worst. */
const FIRST = [['b', 'br', 'd', 'f', 'g', 'h', 'j', 'k', 'kl', 'l', 'm', 'n', 'p', 'r', 's', 'st', 't', 'th', 'v', 'z', 'ch', 'y'], ['a', 'e', 'i', 'o', 'u', 'é', 'ö', 'ia', 'ie'], ['', '', 'n', 'r', 'l', 's', 'm', 'nd', 'tt']];
const LAST = [['b', 'br', 'd', 'dr', 'f', 'fl', 'g', 'gr', 'h', 'j', 'k', 'kl', 'kr', 'l', 'm', 'n', 'p', 'pf', 'r', 's', 'sch', 'schw', 'st', 'str', 't', 'tr', 'v', 'w', 'z'], ['a', 'e', 'i', 'o', 'u', 'ä', 'ö', 'ü', 'au', 'ei', 'ie'], ['', 'n', 'r', 'l', 'ck', 'ff', 'tt', 'st', 'ng', 'rm', 'mann', 'ld', 'rt', 'cht', 'tz', 'hn']];
const WORDS = [['b', 'c', 'd', 'f', 'g', 'l', 'm', 'n', 'p', 'r', 's', 't', 'v', 'pr', 'tr'], ['a', 'e', 'i', 'o', 'u', 'io'], ['', 'n', 'r', 'l', 'ct', 'nt', 's', 'ng']];

/** A word of two or three syllables for row i: parts of it are found in others too, as with real names. */
function word(parts: string[][], salt: number): string {
  const letters = (list: string[], n: number) => `(array[${list.map(literal).join(', ')}])[1 + bench_roll(i, ${salt * 100 + n}, ${list.length})]`;
  const syllable = (n: number) => parts.map((list, k) => letters(list, n * 10 + k)).join(' || ');
  return `initcap(${syllable(1)} || ${syllable(2)} || case bench_roll(i, ${salt * 100}, 3) when 0 then ${syllable(3)} else '' end)`;
}

/** SQL for the value of each column of contact number i; `o` is its owner. Functions as the triggers use them where they compute. */
function values(contact: Table): Record<string, string> {
  const column = (name: string) => contact.fields.find((f) => f.name === name)!.column;
  const custom: Record<string, string> = {
    nickname: `case when i % 3 = 0 then ${word(FIRST, 21)} end`, salutation: `(array['Ms', 'Mr', 'Dr'])[1 + bench_roll(i, 22, 3)]`, assistant: `${word(FIRST, 23)} || ' ' || ${word(LAST, 24)}`,
    profile_page: `'https://people.bench.test/' || i`, score: `bench_roll(i, 25, 1000)::numeric / 10`, budget: `bench_roll(i, 26, 100000)::bigint * 10000`, last_met: `date '2024-01-01' + bench_roll(i, 27, 700)`,
    next_call: `timestamptz '2026-01-01' + bench_roll(i, 28, 500000) * interval '1 minute'`, newsletter: `bench_roll(i, 29, 2) = 1`, territory: word(WORDS, 30), cost_center: `'CC' || bench_roll(i, 31, 5000)`,
  };
  return {
    id: 'uuidv7(at - now())', owner_no: 'o', created_at: 'at', created_by: 'o', changed_at: `least(now(), at + bench_roll(i, 1, 40000000) * interval '1 second')`, changed_by: 'o',
    first_name: 'f', last_name: 'l', title: `${word(WORDS, 4)} || ' ' || ${word(WORDS, 5)}`, department: word(WORDS, 6),
    account: 'account_id', stage: `(array['lead', 'qualified', 'customer', 'former'])[1 + bench_roll(i, 8, 4)]`, source: word(WORDS, 9),
    birth_date: `date '1950-01-01' + bench_roll(i, 10, 20000)`, language: `(array['en', 'de', 'fr', 'nl'])[1 + bench_roll(i, 11, 4)]`, email: 'mail', emails: `jsonb_build_array(jsonb_build_object('address', mail, 'label', 'work', 'primary', true))`,
    phone: 'tel', phones: `jsonb_build_array(jsonb_build_object('number', tel, 'label', 'work', 'primary', true))`, street: `${word(LAST, 12)} || 'weg ' || (1 + bench_roll(i, 13, 200))`,
    city: word(LAST, 14), zip: `lpad(bench_roll(i, 15, 100000)::text, 5, '0')`, region: word(WORDS, 16), country: `(array['DE', 'AT', 'CH', 'FR', 'NL'])[1 + bench_roll(i, 17, 5)]`,
    tags: `array[${word(WORDS, 18)}]`, description: `case when i % 2 = 0 then ${word(WORDS, 19)} || ' ' || ${word(WORDS, 20)} || ' ' || ${word(LAST, 32)} || ' ' || ${word(WORDS, 33)} end`,
    ...Object.fromEntries(Object.entries(custom).map(([name, value]) => [column(name), value])), [`${column('budget')}_currency`]: `'EUR'`,
  };
}

/** The trigger's own expression for the words of search, over a row called r. */
function searchWords(contact: Table): string {
  const found = /new\.search := (.*);/.exec(functions(contact, [contact]))?.[1];
  if (!found) throw new Error('the stamp of contacts has no search words');
  return found.replaceAll('new.', 'r.');
}

const HELPERS = `create function bench_roll(i bigint, salt int, n int) returns int language sql immutable parallel safe as 'select ((hashint8extended(i, salt * 1000 + ${SEED}) & 9223372036854775807) % n)::int';
  create table bench_account (n int primary key, account_id uuid not null); create table bench_owner (i bigint primary key, o int not null);`;

async function prepare(tenant: string, rows: number): Promise<void> {
  await asInstaller(async (db) => {
    await db.script(`set local search_path = s_${tenant}, pg_temp; set local session_replication_role = replica; ${HELPERS}`);
    await db.script(`insert into account (owner_no, created_by, changed_by, name, search) select 1 + bench_roll(i, 40, 200), 1, 1, ${word(LAST, 41)} || ' GmbH', 'x' from generate_series(1, ${Math.ceil(rows / ACCOUNTS_EVERY)}::bigint) i;
      insert into bench_account select row_number() over (order by id), id from account`);
    // Owners are dealt out by quota, in an order that has nothing to do with the order of the rows.
    await db.run(sql`insert into bench_owner select i, 1 + width_bucket(row_number() over (order by hashint8extended(i, ${SEED}), i) - 1, ${quotas(rows).reduce<number[]>((sums, n) => [...sums, (sums.at(-1) ?? 0) + n], [])}::bigint[]) from generate_series(1, ${rows}::bigint) i`);
  });
}

function chunk(contact: Table, from: number, to: number, rows: number): string {
  const made = values(contact);
  const list = Object.entries(made).map(([name, value]) => `${value} as ${ident(name)}`).join(', ');
  const columns = Object.keys(made).map(ident).join(', ');
  return `insert into contact (${columns}, search) select ${columns}, ${searchWords(contact)} from (select ${list}
    from (select g.i, b.o, timestamptz '2023-01-01' + (i * 94000000 / ${rows}) * interval '1 second' as at, ${word(FIRST, 2)} as f, ${word(LAST, 3)} as l, '+49' || (1000000000 + bench_roll(i, 34, 1000000000)) as tel,
      1 + bench_roll(i, 7, ${Math.ceil(rows / ACCOUNTS_EVERY)}) as n from generate_series(${from}::bigint, ${to}) g(i) join bench_owner b using (i)) x join bench_account using (n)
    cross join lateral (select lower(steward.unaccent('steward.unaccent', f || '.' || l)) || i % 100 || '@' || lower(steward.unaccent('steward.unaccent', l)) || '.test' as mail) m order by i) r`;
}

async function fill(tenant: string, contact: Table, rows: number): Promise<void> {
  // With an empty search path the definitions name every schema.
  const indexes = await asInstaller(async (db) => (await db.script(`set local search_path = ''`), db.rows<{ name: string; made: string }>(sql`select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as made from pg_index where indrelid = ${`s_${tenant}.contact`}::regclass and not indisprimary`)));
  const settings = `set local search_path = s_${tenant}, pg_temp; set local session_replication_role = replica; set local synchronous_commit = off; set local maintenance_work_mem = '512MB'; set local max_parallel_maintenance_workers = 2;`;
  await asInstaller((db) => db.script(indexes.map((i) => `drop index ${i.name}`).join('; ')));
  const size = 50_000;
  const starts = Array.from({ length: Math.ceil(rows / size) }, (_, i) => i * size + 1);
  const worker = async () => {
    for (let from = starts.shift(); from !== undefined; from = starts.shift()) await asInstaller((db) => db.script(`${settings} ${chunk(contact, from!, Math.min(rows, from! + size - 1), rows)}`));
  };
  await Promise.all([worker(), worker()]);
  for (const { made } of indexes) await asInstaller((db) => db.script(`${settings} ${made}`));
}

/** Stores some of the rows once more the way members do, and compares every column: the figures must be about real records. */
async function sameAsTriggers(tenant: string): Promise<number> {
  return asInstaller(async (db) => {
    await db.script(`set local search_path = s_${tenant}, pg_temp`);
    const { columns } = await db.one<{ columns: string }>(sql`select string_agg(quote_ident(attname), ', ') as columns from pg_attribute where attrelid = 'contact'::regclass and attnum > 0 and not attisdropped and attgenerated = '' and attname not in ('id', 'search', 'created_by', 'changed_by', 'created_at', 'changed_at')`);
    await db.script(`create temp table sample on commit drop as select *, uuidv7() as other from contact order by hashint8extended(('x' || right(id::text, 8))::bit(32)::int, ${SEED}) limit 500`);
    await db.script(`insert into contact (id, ${columns}) select other, ${columns} from sample`);
    const { different } = await db.one<{ different: string }>(sql`select count(*) as different from sample s join contact c on c.id = s.other where to_jsonb(c) - '{id,created_at,changed_at,created_by,changed_by}'::text[] <> to_jsonb(s) - '{id,other,created_at,changed_at,created_by,changed_by}'::text[]`);
    await db.script('rollback; begin');
    return Number(different);
  });
}

async function watchers(tenant: string, rows: number): Promise<Watcher[]> {
  return Promise.all(SIGHTS.map(async (name) => {
    const secret = newSecret(tenant);
    const no = WHO[name];
    await asLaw(tenant, (db: Db) => db.run(sql`insert into session (member_no, kind, name, hash, expires_at) values (${no}, 'token', 'bench', ${hashOf(secret)}, now() + interval '1 day')`));
    const caller = await findCaller(secret, 'api', true);
    if (!caller) throw new Error('a member of the bench is not signed in');
    const { n } = (await caller.read<{ n: string }>(sql`select count(*) as n from contact`))[0];
    const { id, last_name } = (await caller.read<{ id: string; last_name: string }>(sql`select id, last_name from contact where length(last_name) > 5 order by id limit 1`))[0];
    const owners = below(no);
    const wanted = name === 'all' ? rows : quotas(rows).reduce((sum, q, i) => sum + (owners.includes(i + 1) ? q : 0), 0);
    if (Number(n) !== wanted) throw new Error(`the member who sees ${name} sees ${n} contacts instead of ${wanted}`);
    return { name, no, secret, caller, owners, rows: wanted, example: id, known: last_name.slice(1, 6) };
  }));
}

async function asFound(tenant: string, rows: number, from: number): Promise<Company> {
  return { tenant, rows, watchers: await watchers(tenant, rows), seconds: (performance.now() - from) / 1000 };
}

/** The company that an earlier run left in this data folder. @throws Error when there is none. */
export async function knownCompany(): Promise<Company> {
  const [known] = await asInstaller((db) => db.rows<{ key: string }>(sql`select key from steward.tenant where name = 'Bench' order by opened_at desc limit 1`));
  if (!known) throw new Error('This data folder holds no company of the bench.');
  // What that run stored to measure storing goes first, or who sees how much would not be as planned.
  const { n } = await asInstaller(async (db) => {
    await db.script(`set local search_path = s_${known.key}; set local session_replication_role = replica; delete from contact where email like '%@kirbach.test'`);
    return db.one<{ n: string }>(sql`select count(*) as n from contact`);
  });
  return asFound(known.key, Number(n), performance.now());
}

/** Opens the tenant, fills it and signs the four watchers in. @throws Error when the data are not as the law would have made them. */
export async function foundCompany(rows: number): Promise<Company> {
  const from = performance.now();
  const { tenant } = await openTenant({ name: 'Bench', email: `bench${from}@bench.test`, member: 'Member 1', sharing: 'private' });
  await addMembers(tenant);
  const table = await addFields(tenant);
  await prepare(tenant, rows);
  await fill(tenant, table, rows);
  for (const name of ['contact', 'account', 'member', 'session']) await asInstaller(async (db) => { for (const text of ['commit', `vacuum analyze s_${tenant}.${name}`, 'begin']) await db.script(text); });
  const different = await sameAsTriggers(tenant);
  if (different > 0) throw new Error(`${different} of 500 contacts differ from what the triggers make`);
  return asFound(tenant, rows, from);
}
