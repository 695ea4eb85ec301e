// Loads the cast: Maple & Fjord through the real API as its own members would, and a second company with the same record ids.
import { randomBytes } from 'node:crypto';
import { addressHash, openTenant } from '../features/tenant/tenant.ts';
import { asInstaller, asLaw, sql } from '../kernel/database.ts';
import { ACCOUNTS, DEALS, DELIVERED, FITTINGS, NOTES, TASKS } from './company.ts';
import { CONTACTS, MEMBERS, type CastMember } from './people.ts';

/** One request below /api/v1; `cookie` is the sign-in of whoever asks. */
export type Ask = (method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown, headers?: Record<string, string>) => Promise<{ status: number; body: any; headers: Record<string, any> }>;
type Who = (method: Parameters<Ask>[0], path: string, body?: unknown) => Promise<any>;

export interface Cast {
  tenant: string; other: string;
  /** The headers of a member's session by first name; the one who left has none that works. */
  session: (firstName: string) => Record<string, string>;
  /** Ids in the order of the lists in company.ts and people.ts. */
  account: string[]; contact: string[]; deal: string[];
}

export const TENANT = 'Maple & Fjord';
const OTHER = { name: 'Birch & Bay', member: 'Bella Bay', email: 'bella@birch-bay.example' };
export const firstName = ({ name }: { name: string }) => name.split(' ')[0];
const DAY = 86_400_000;

/** A client that holds a member to his word: whatever is refused ends the loading. */
function speaker(ask: Ask, cookie: string): Who {
  return async (method, path, body) => {
    const answer = await ask(method, path, body, { cookie, 'x-steward': '1' });
    if (answer.status >= 400) throw new Error(`The cast could not be loaded: ${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
}

/** Nobody needs these passwords: the demo signs in without, proofs hold the sessions. */
async function accept(ask: Ask, token: string): Promise<string> {
  const { status, headers } = await ask('POST', `/invitations/${token}`, { password: randomBytes(24).toString('base64url'), accept: { terms: true, privacy: true } });
  if (status !== 201) throw new Error(`The cast could not be loaded: an invitation was answered with ${status}.`);
  return String(headers['set-cookie']).split(';')[0];
}

const all = { see: true, create: true, change: true, delete: true, export: true, import: true, hand_over: true, share: true };

/** The table that shows what fields with special data are: sales sees the fitting, never what is known of the back. */
const FITTING = {
  name: 'fitting', label: 'Fitting', labels: 'Fittings', icon: 'tool', subject: 'contact', title: 'name', sharing: 'read',
  fields: [
    { name: 'name', label: 'Name', kind: 'text', personal: 'no', required: true },
    { name: 'contact', label: 'Person', kind: 'link', to: 'contact', personal: 'no', required: true },
    { name: 'visited_on', label: 'Visited on', kind: 'date', personal: 'no', tracked: true },
    { name: 'desk_height', label: 'Desk height (cm)', kind: 'number', personal: 'no', tracked: true },
    { name: 'chair', label: 'Chair', kind: 'choice', personal: 'no', choices: [{ value: 'maple', label: 'Maple', color: 'orange' }, { value: 'fjord', label: 'Fjord', color: 'blue' }, { value: 'bespoke', label: 'Bespoke', color: 'grape' }] },
    { name: 'back', label: 'What is known of the back', kind: 'long_text', personal: 'special', category: 'user.health_and_medical', purpose: 'Furniture that fits the body', origin: 'provided', tracked: true },
  ],
};

async function shape(ada: Who): Promise<void> {
  await ada('POST', '/tables', FITTING);
  await ada('POST', '/tables/deal/fields', { name: 'country', label: 'Country of delivery', kind: 'text', personal: 'no' });
  const hidden = { account: null, contact: null, deal: null, task: null, note: null, fitting: null };
  const profiles: [string, unknown][] = [
    ['Sales', { tables: { account: all, contact: all, deal: all, task: all, note: all, fitting: { see: true } }, fields: { 'contact.birth_date': 'none' } }],
    ['Support', { tables: { account: { see: true }, contact: { ...all, delete: false, export: false }, task: all, note: all, fitting: all }, fields: { 'fitting.back': 'write', 'account.annual_revenue': 'none' } }],
  ];
  for (const [name, rights] of profiles) await ada('POST', '/profiles', { name, ...(rights as object) });
  await ada('PATCH', '/profiles/Data%20protection%20officer', { tables: { fitting: { see: true, export: true, delete: true, reads_all: true } }, fields: { 'fitting.back': 'read' } });
  for (const [table, sharing] of Object.entries({ account: 'read', contact: 'edit', deal: 'private', task: 'private', note: 'edit' })) await ada('PUT', `/tables/${table}/sharing`, { default: sharing });
  // Last, since whoever takes his own rights on data away keeps the settings.
  await ada('PATCH', '/profiles/Administrator', { tables: hidden });
}

async function hire(ask: Ask, ada: Who, people: Map<string, Who>, cookies: Map<string, string>): Promise<void> {
  const newcomers = MEMBERS.filter((m) => m.profile !== 'Administrator');
  const tokens: [CastMember, string][] = [];
  for (const m of newcomers) {
    const manager = m.manager && MEMBERS.find((x) => firstName(x) === m.manager)!.email;
    tokens.push([m, (await ada('POST', '/members', { name: m.name, email: m.email, profile: m.profile, ...(manager ? { manager } : {}) })).invitation_token]);
  }
  await Promise.all(tokens.map(async ([m, token]) => {
    const cookie = await accept(ask, token);
    cookies.set(firstName(m), cookie);
    people.set(firstName(m), speaker(ask, cookie));
  }));
}

/** Each member creates his own in one batch. @returns ids in the order of the rows. */
async function create<R>(people: Map<string, Who>, table: string, rows: R[], ownerOf: (row: R) => string, values: (row: R) => Record<string, unknown>): Promise<string[]> {
  const ids: string[] = [];
  for (const owner of new Set(rows.map(ownerOf))) {
    const own = rows.flatMap((row, i) => (ownerOf(row) === owner ? [i] : []));
    const { results } = await people.get(owner)!('POST', `/records/${table}/batch`, { mode: 'all', operations: own.map((i) => ({ op: 'create', values: values(rows[i]) })) });
    own.forEach((i, n) => { ids[i] = results[n].record.id; });
  }
  return ids;
}

/** A date so many days from today, as the API writes dates and moments. */
const day = (days: number) => new Date(Date.now() + days * DAY).toISOString().slice(0, 10);

async function work(people: Map<string, Who>): Promise<Pick<Cast, 'account' | 'contact' | 'deal'>> {
  const account = await create(people, 'account', ACCOUNTS, (r) => r[7], ([name, industry, type, city, country, employees, website]) => ({ name, industry, type, city, country, employees, website }));
  const contact = await create(people, 'contact', CONTACTS, (r) => r[4], ([first_name, last_name, title, company, , stage, email, phone, city, country]) =>
    ({ first_name, last_name, title, account: company === null ? null : account[company], stage, email, phone, city, country, source: 'Cast' }));
  const deal = await create(people, 'deal', DEALS, (r) => r[7], ([name, company, person, stage, amount, probability, days]) =>
    ({ name, account: account[company], contact: contact[person], stage, amount: { amount, currency: 'EUR' }, probability, closes_on: day(days), country: DELIVERED[name] ?? ACCOUNTS[company][4] }));
  const places = { account, contact, deal };
  await create(people, 'task', TASKS, (r) => r[6], ([title, table, place, status, priority, days]) => ({ title, about: { table, id: places[table][place] }, status, priority, due_at: `${day(days)}T09:00:00Z` }));
  await create(people, 'note', NOTES, (r) => r[3], ([text, table, place]) => ({ text, about: { table, id: places[table][place] } }));
  await create(people, 'fitting', FITTINGS, () => 'Sam', ([person, ago, desk_height, chair, back]) =>
    ({ name: `Fitting of ${day(-ago)}`, contact: contact[person], visited_on: day(-ago), desk_height, chair, back }));
  return places;
}

/** The second company: ids cannot be chosen through the API, so that these few records are written as its law. */
async function openOther(ids: { account: string[]; contact: string[]; deal: string[] }): Promise<string> {
  const { tenant } = await openTenant({ ...OTHER, sharing: 'read' });
  await asLaw(tenant, async (db) => {
    for (const [i, id] of ids.account.entries()) await db.run(sql`insert into account (id, owner_no, name) values (${id}, 1, ${`Birch customer ${i + 1}`})`);
    for (const [i, id] of ids.contact.entries()) await db.run(sql`insert into contact (id, owner_no, last_name, email) values (${id}, 1, ${`Birch person ${i + 1}`}, ${`person${i + 1}@birch-bay.example`})`);
    for (const [i, id] of ids.deal.entries()) await db.run(sql`insert into deal (id, owner_no, name) values (${id}, 1, ${`Birch deal ${i + 1}`})`);
  });
  return tenant;
}

/** Teams by country of delivery, a group with a rule, and one share: whoever signs in as Karim, Tom or Sam sees what they open. */
async function open(ada: Who, people: Map<string, Who>, deal: string[]): Promise<void> {
  const emailOf = (name: string) => MEMBERS.find((m) => firstName(m) === name)!.email;
  const america = await ada('POST', '/teams', { name: 'North America', level: 'read', members: [emailOf('Lena')] });
  for (const [name, code, level, member] of [['Canada', 'CA', 'edit', 'Karim'], ['United States', 'US', 'read', 'Tom']]) {
    await ada('POST', '/teams', { name, parent: america.id, level, members: [emailOf(member)], criteria: [{ table: 'deal', field: 'country', op: 'in', values: [code] }] });
  }
  await ada('POST', '/groups', { name: 'Support', members: [emailOf('Sam')] });
  await ada('POST', '/sharing-rules', { table: 'task', from: { criteria: [{ field: 'priority', op: 'in', values: ['high'] }] }, to: { group: 'Support' }, level: 'read' });
  await people.get('Karim')!('POST', `/records/deal/${deal[3]}/shares`, { to: { member: emailOf('Tom') }, level: 'read', reason: 'Covers for me', until: `${day(21)}T18:00:00Z` });
}

/** Opens both companies; a few seconds. @throws Error naming the request that was refused. */
export async function loadCast(ask: Ask): Promise<Cast> {
  const admin = MEMBERS[0];
  const { tenant, invitation_token } = await openTenant({ name: TENANT, email: admin.email, member: admin.name, sharing: 'edit' });
  const cookies = new Map([[firstName(admin), await accept(ask, invitation_token)]]);
  const ada = speaker(ask, cookies.get(firstName(admin))!);
  const people = new Map<string, Who>([[firstName(admin), ada]]);
  await shape(ada);
  await hire(ask, ada, people, cookies);
  const ids = await work(people);
  await open(ada, people, ids.deal);
  for (const m of MEMBERS.filter((m) => m.leaves)) await ada('PATCH', `/members/${encodeURIComponent(m.email)}`, { active: false });
  // The second company comes last: it says that the first is whole.
  const other = await openOther(ids);
  return { tenant, other, ...ids, session: (name) => ({ cookie: cookies.get(name)!, 'x-steward': '1' }) };
}

/** What an installation holds: nothing, the whole cast, or something else that the demo must leave alone. */
export async function whatIsHere(): Promise<{ state: 'empty' | 'other' } | { state: 'cast'; tenant: string }> {
  return asInstaller(async (db) => {
    const tenants = await db.rows<{ key: string; name: string }>(sql`select key, name from steward.tenant order by opened_at`);
    const booked = async (email: string) => (await db.maybe<{ tenant: string }>(sql`select tenant from steward.address_book where address = ${addressHash(email)}`))?.tenant;
    const [first, second] = [await booked(MEMBERS[0].email), await booked(OTHER.email)];
    if (tenants.length === 0) return { state: 'empty' };
    return first && second && tenants.length === 2 ? { state: 'cast', tenant: first } : { state: 'other' };
  });
}
