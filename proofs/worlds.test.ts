/* Proof that what a member may not see does not show in anything he gets: two tenants that differ only in that are asked the same random questions, and
   changed further in what is hidden from him between them. PAIRS says how many (2,000), SEED repeats a run. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { sql } from '../kernel/database.ts';
import { freshTenant, type Answer, type Client, type FreshTenant } from './start.ts';

const pairs = Number(process.env.PAIRS ?? 2000);
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9));
let state = seed;
const random = () => { state = (state + 0x6d2b79f5) | 0; let x = Math.imul(state ^ (state >>> 15), 1 | state); x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x; return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32; };
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)];
const some = (chance: number) => random() < chance;

/** `made` are ids of records that the asker created, `next` the last cursor with its question; both differ in letters only. */
interface World { name: 'A' | 'B'; t: FreshTenant; una: Client; mia: Client; vic: Client; made: string[]; next?: { path: string; body: object; cursor: string }; names: Map<string, string> }
const worlds: World[] = [];
const id = (kind: number, n: number) => `01890000-0000-7000-8${String(kind).padStart(3, '0')}-${String(n).padStart(12, '0')}`;
const [OWN, HIDDEN, NEVER] = [1, 2, 9];
const TABLES: Record<string, number> = { account: 100, contact: 200, deal: 300, task: 400 };
const idOf = (table: string, sort: number, n: number) => id(TABLES[table] + sort, n);
const words = ['Berlin', 'Ulm', 'Anna', 'Otto', 'secret', 'x', 'needle', 'Globex', 'HiddenCo'];

async function made(ask: Promise<Answer>): Promise<any> {
  const { status, body } = await ask;
  assert.ok(status < 300, JSON.stringify(body));
  return body;
}

/** Records with given ids, owned by Una or Vic, made by Mia who sees all. */
const put = (w: World, owner: 'una' | 'vic', table: string, rows: Record<string, unknown>[]) => w.t.role('mia', async (db) => {
  for (const row of rows) await db.run(sql`insert into ${sql.table(table)} (${sql.join([...Object.keys(row), 'owner_no'].map((n) => sql.ref(n)))}) values (${sql.join([...Object.values(row), w[owner].no])})`);
});
const column = async (w: World, name: string) => (await w.t.sql('select column_name from catalogue_field where name = $1', [name]))[0].column_name as string;

/** Everything in which the worlds are equal, then the hidden things, which are different in each. */
async function build(name: 'A' | 'B'): Promise<World> {
  const t = await freshTenant({ sharing: 'private' });
  const adam = t.as('adam');
  const all = { see: true, create: true, change: true, delete: true, hand_over: true, share: true };
  const field = (n: string, kind: string, more = {}) => ({ name: n, label: n, kind, personal: 'no', tracked: true, ...more });
  await made(adam.post('/tables/account/fields', field('vat', 'text', { unique: true })));
  await made(adam.post('/tables/contact/fields', field('companies', 'links', { to: 'account' })));
  await made(adam.post('/tables/contact/fields', field('salary', 'number')));
  if (name === 'A') {
    await made(adam.post('/tables', { name: 'payroll', label: 'Payroll', fields: [field('title', 'text')] }));
    await made(adam.post('/tables/contact/fields', field('payslip', 'link', { to: 'payroll' })));
    await made(adam.post('/tables/deal/fields', field('bonus', 'money')));
  }
  await made(adam.put('/tables/contact/links/account/sharing', { parent: 'none' }));
  const tables = { account: all, contact: all, deal: all, task: { ...all, delete: false } };
  const hidden = { 'contact.salary': 'none', 'contact.phone': 'none', 'contact.phones': 'none', 'contact.title': 'read', 'deal.amount': 'none', ...(name === 'A' ? { 'deal.bonus': 'none' } : {}) };
  await made(adam.post('/profiles', { name: 'Una', tables, fields: hidden }));
  await made(adam.post('/profiles', { name: 'Boss', tables: { ...tables, note: all, ...(name === 'A' ? { payroll: all } : {}) } }));
  const mia = await t.member({ name: 'Mia Manager', profile: 'Boss', email: 'mia@world.test' });
  const una = await t.member({ name: 'Una Undersees', profile: 'Una', manager: 'mia', email: 'una@world.test' });
  const vic = await t.member({ name: 'Vic Invisible', profile: 'Boss', manager: 'mia', email: 'vic@world.test' });
  const w: World = { name, t, una, mia, vic, made: [], names: new Map() };
  await fill(w);
  return w;
}

async function fill(w: World): Promise<void> {
  const a = w.name === 'A';
  const [vat, companies, salary] = await Promise.all([column(w, 'vat'), column(w, 'companies'), column(w, 'salary')]);
  const city = (n: number) => [null, 'Berlin', 'Ulm', 'berlin'][n % 4];
  const range = (n: number) => Array.from({ length: n }, (_, i) => i);
  const [own, hidden] = [(table: string, n: number) => idOf(table, OWN, n), (table: string, n: number) => idOf(table, HIDDEN, n)];
  await put(w, 'una', 'account', range(10).map((n) => ({ id: own('account', n), name: `Globex ${n % 3}`, city: city(n), [vat]: n < 5 ? `V${n}` : null })));
  // The same hidden accounts have other values, and there are more of them in one world.
  await put(w, 'vic', 'account', range(a ? 12 : 5).map((n) => ({ id: hidden('account', n), name: 'HiddenCo', city: a ? 'Berlin' : city(n), [vat]: a ? `H${n}` : null, parent: a && n > 0 ? hidden('account', 0) : null })));
  // What Una sees has hidden values, parents and links, in each world others; `account` of a deal shows the name of a hidden one, which is the same.
  await put(w, 'una', 'contact', range(40).map((n) => ({
    id: own('contact', n), first_name: ['Anna', 'Otto', 'anna', null][n % 4], last_name: n % 7 ? `Name ${n % 5}` : null, city: city(n), email: n % 3 ? `c${n % 6}@x.test` : null, [salary]: a ? n * 10 : n % 2 ? 7 : null, phone: a ? '+49301234567' : null,
    account: n % 2 ? own('account', n % 10) : a ? hidden('account', n % 5) : n % 4 ? hidden('account', 4) : null, [companies]: [...(n % 4 === 1 ? [own('account', 0)] : []), ...(a && n % 5 === 0 ? [hidden('account', 1)] : [])].reduce<string[] | null>((list, x) => [...(list ?? []), x], null),
  })));
  await put(w, 'vic', 'contact', range(a ? 30 : 11).map((n) => ({ id: hidden('contact', n), first_name: a ? 'Anna' : 'Secret', last_name: 'needle', city: 'Berlin', account: hidden('account', n % 5), email: `c${n}@x.test` })));
  await put(w, 'una', 'deal', range(20).map((n) => ({ id: own('deal', n), name: `Deal ${n % 4}`, stage: ['new', 'won', null][n % 3], contact: n % 2 ? own('contact', n) : null, amount: a ? n * 10_000 : null, amount_currency: a ? 'EUR' : null, account: n % 3 === 0 ? hidden('account', a ? 1 : 2) : null })));
  await put(w, 'vic', 'deal', range(a ? 3 : 9).map((n) => ({ id: hidden('deal', n), name: a ? 'Globex' : 'x', stage: 'new' })));
  await put(w, 'una', 'task', range(12).map((n) => { const about = n % 3 ? own('contact', n) : a ? hidden('account', 0) : null; return { id: own('task', n), title: `Task ${n % 3}`, status: ['open', 'done'][n % 2], about, about_table: about ? (n % 3 ? 2 : 1) : null }; }));
}

/** Ids, moments and cursors by the order in which they came: two worlds tell the same if they tell it in the same order. */
function plain(w: World, answer: Answer): string {
  const headers: Record<string, unknown> = { ...answer.headers, date: 0, etag: typeof answer.headers.etag };
  // A cursor is as long as the moment in it has digits.
  if (typeof answer.body?.next === 'string') headers['content-length'] = 0;
  const text = JSON.stringify([answer.status, answer.body, headers], (key, v) => (key === 'request_id' ? 0 : key === 'next' && typeof v === 'string' ? 'cursor' : v));
  return text.replaceAll(w.t.key, 'key').replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT[\d:.]+Z/g, (found) => {
    if (found.startsWith('01890000-')) return found;
    if (!w.names.has(found)) w.names.set(found, `${found.length > 30 ? 'id' : 'at'}${w.names.size}`);
    return w.names.get(found)!;
  });
}

type Asked = (w: World) => { method: 'get' | 'post' | 'put' | 'patch' | 'delete'; path: string; body?: any; headers?: Record<string, string> };
const FIELDS: Record<string, string[]> = {
  account: ['name', 'city', 'vat', 'parent', 'owner', 'changed_at', 'parent.name', 'id'], contact: ['first_name', 'last_name', 'full_name', 'city', 'email', 'emails', 'account', 'account.city', 'account.parent.name', 'companies', 'title', 'owner', 'changed_at', 'changed_by', 'id', 'salary', 'phone', 'payslip', 'zebra'],
  deal: ['name', 'stage', 'account', 'contact', 'contact.city', 'contact.account', 'account.city', 'amount', 'bonus', 'changed_at', 'owner'], task: ['title', 'status', 'about', 'changed_at'], payroll: ['title'], note: ['text'], zebra: ['x'],
};
const anyTable = () => (some(0.1) ? pick(['payroll', 'note', 'zebra']) : pick(['contact', 'contact', 'contact', 'deal', 'deal', 'account', 'account', 'task']));
/** An id of some record, chosen once for both worlds. */
function anyId(table: string): (w: World) => string {
  const many = { account: 10, contact: 40, deal: 20, task: 12 }[table] ?? 1;
  const [sort, n] = [pick([OWN, OWN, OWN, OWN, HIDDEN, NEVER]), Math.floor(random() * many)];
  const k = Math.floor(random() * 50);
  return some(0.15) ? (w) => w.made[k % Math.max(1, w.made.length)] ?? id(1, 1) : () => id((TABLES[table] ?? 500) + sort, n);
}
function leaf(table: string, w: World, dice: number[]): object {
  const field = FIELDS[table][Math.floor(dice[0] * FIELDS[table].length)];
  const linked = /account|parent|contact|companies|about|^id$/.test(field.split('.').at(-1)!);
  const op = ['eq', 'in', 'ne', 'nin', 'is_empty', 'not_empty', 'contains', 'starts_with', 'lt', 'gte'][Math.floor(dice[1] * (linked ? 7 : 10))];
  const value = linked ? idOf(/contact/.test(field) ? 'contact' : 'account', dice[2] < 0.5 ? HIDDEN : OWN, Math.floor(dice[3] * 6)) : field === 'owner' || field === 'changed_by' ? w[dice[2] < 0.5 ? 'una' : 'vic'].email : words[Math.floor(dice[2] * words.length)];
  return { [field]: { [op]: op === 'in' || op === 'nin' ? [value] : op.endsWith('empty') ? true : value } };
}
function filter(table: string): (w: World) => object {
  const dice = Array.from({ length: 3 }, () => Array.from({ length: 4 }, random));
  const form = pick(['one', 'and', 'or', 'not']);
  return (w) => { const [a, b] = dice.map((d) => leaf(table, w, d)); return form === 'one' ? a : form === 'not' ? { not: a } : { [form]: [a, b] }; };
}
function values(table: string): (w: World) => object {
  const name = { contact: 'last_name', task: 'title' }[table] ?? 'name';
  const said = { [name]: pick(words), ...(some(0.3) ? { city: pick(words) } : {}), ...(some(0.15) ? { [pick(['salary', 'payslip', 'bonus', 'zebra', 'phone', 'full_name', 'title'])]: pick(['1', 1]) } : {}), ...(some(table === 'account' ? 0.7 : 0.1) ? { vat: pick(['V1', 'V2', 'H1', 'H2', `N${Math.floor(random() * 1e6)}`]) } : {}) };
  const to = some(0.4) ? anyId('account') : undefined;
  const [link, target] = [pick(['account', 'parent', 'companies', 'about']), pick(['account', 'contact', 'payroll', 'zebra'])];
  return (w) => ({ ...said, ...(to ? { [link]: link === 'companies' ? [to(w)] : link === 'about' ? { table: target, id: to(w) } : to(w) } : {}) });
}

const questions: (() => Asked)[] = [
  () => { const [t, f, s, l, c, q] = [anyTable(), some(0.7) ? filter('contact') : undefined, some(0.5), pick([1, 5, 50, 500]), some(0.4), some(0.2) ? pick(words) : undefined]; const g = filter(t); const [sort, fields] = [pick(['', '-']) + pick(FIELDS[t]), some(0.4) ? [pick(FIELDS[t]), pick(FIELDS[t])] : undefined];
    return (w) => ({ method: 'post', path: `/records/${t}/query`, body: { ...(f ? { filter: g(w) } : {}), ...(s ? { sort: [sort] } : {}), ...(fields ? { fields } : {}), ...(c ? { count: 'exact' } : {}), ...(q ? { q } : {}), limit: l } }); },
  () => { const [t, n] = [anyTable(), Math.floor(random() * 3)]; const g = filter(t); const [group, aggregate] = [[some(0.3) ? pick(['account', 'contact', 'parent']) : pick(FIELDS[t])], [{ op: 'count' }, { op: pick(['count', 'count', 'count', 'min', 'max', 'sum']), field: some(0.3) ? pick(['account', 'companies', 'parent']) : pick(FIELDS[t]) }]]; return (w) => ({ method: 'post', path: `/records/${t}/query`, body: { ...(n === 0 ? { filter: g(w) } : {}), ...(n < 2 ? { group } : {}), aggregate } }); },
  () => () => ({ method: 'get', path: '/me' }), () => { const p = pick(['/tables', '/members', '/profiles', '/activities', '/teams', '/groups', '/activities/verify', '/tables/contact', '/tables/payroll', '/tables/zebra', '/tenant']); return () => ({ method: 'get', path: p }); },
  () => (w) => (w.next ? { method: 'post', path: w.next.path, body: { ...w.next.body, cursor: w.next.cursor } } : { method: 'get', path: '/records/contact' }),
  ...['', '/activities', '/access', '/viewers', '/shares', '?fields=id,salary', '?fields=account.name,phone'].map((end) => () => { const t = anyTable(); const i = anyId(t); return (w: World) => ({ method: 'get' as const, path: `/records/${t}/${i(w)}${end}` }); }),
  () => { const q = pick([...words, 'hopper', 'amazing', '4930', '10', 'anna needle', 'globx']); const more = pick(['', '&table=contact', '&table=payroll', '&limit=3']); return () => ({ method: 'get', path: `/search?q=${q}${more}` }); },
  () => { const t = anyTable(); const v = values(t); return (w) => ({ method: 'post', path: `/records/${t}`, body: v(w) }); }, () => { const t = anyTable(); const [v, i] = [values(t), anyId(t)]; return (w) => ({ method: 'patch', path: `/records/${t}/${i(w)}`, body: v(w)}); },
  () => { const t = anyTable(); const i = anyId(t); return (w) => ({ method: 'patch', path: `/records/${t}/${i(w)}`, body: { city: 'Ulm' }, headers: { 'if-match': '"x"' } }); },
  () => { const t = anyTable(); const [i, d] = [some(0.1) ? anyId(t) : (w: World) => w.made.at(-1) ?? idOf(t, NEVER, 1), some(0.5)]; return (w) => ({ method: 'delete', path: `/records/${t}/${i(w)}${d ? '?children=detach' : ''}` }); },
  () => { const t = anyTable(); const i = anyId(t); const who = pick(['vic', 'mia', 'nobody', 'una', 'una', 'una', 'una', 'una'] as const); return (w) => ({ method: 'put', path: `/records/${t}/${i(w)}/owner`, body: { owner: who === 'nobody' ? 'nobody@world.test' : w[who].id } }); },
  () => { const t = pick(['contact', 'account', 'payroll']); const mode = pick(['all', 'each']); const ops = Array.from({ length: 4 }, () => { const [op, i, v] = [pick(['create', 'change', 'change', 'upsert', 'delete']), anyId(t), values(t)]; return (w: World) => ({ op, ...(op === 'upsert' ? { match: 'city' } : op === 'create' ? {} : { id: i(w) }), ...(op === 'delete' ? {} : { values: v(w) }) }); }); return (w) => ({ method: 'post', path: `/records/${t}/batch`, body: { mode, operations: ops.map((o) => o(w)) } }); },
  () => { const t = anyTable(); const i = anyId(t); return (w) => ({ method: 'get', path: `/access/members/${w.una.id}/records/${t}/${i(w)}` }); },
];

/** Something that Una must not notice, in one world only. */
async function behindHerBack(w: World): Promise<void> {
  const n = Math.floor(random() * 40);
  const acts: (() => Promise<Answer>)[] = [
    () => w.mia.patch(`/records/contact/${idOf('contact', OWN, n)}`, { salary: n + Math.floor(random() * 1000), phone: `+4930${1000000 + n}` }), () => w.mia.patch(`/records/deal/${idOf('deal', OWN, n % 20)}`, { amount: n + 0.5 }),
    () => w.vic.post('/records/contact', { last_name: pick(words), city: pick(words), email: 'c1@x.test' }), () => w.vic.post('/records/account', { name: pick(words), vat: 'V2' }), () => w.vic.patch(`/records/account/${idOf('account', HIDDEN, n % 5)}`, { city: pick(words) }),
    () => w.vic.delete(`/records/contact/${idOf('contact', HIDDEN, n % 30)}`), () => w.vic.post('/records/note', { text: 'secret needle', about: { table: 'contact', id: idOf('contact', HIDDEN, n % 30) } }),
  ];
  await pick(acts)();
}

before(async () => {
  process.stdout.write(`seed ${seed}, ${pairs} pairs\n`);
  worlds.push(await build('A'), await build('B'));
});

test('the same questions get the same answers, whatever is hidden', async () => {
  const seen = new Map<number, number>();
  for (let n = 0; n < pairs; n++) {
    if (some(0.06)) await behindHerBack(pick(worlds));
    // Lists are where most can be asked.
    const asked = (some(0.4) ? questions[Math.floor(random() * 1.3)] : pick(questions))();
    const sent = worlds.map(asked);
    const answers = await Promise.all(worlds.map((w, i) => { const { method, path, body, headers } = sent[i]; return method === 'get' || method === 'delete' ? w.una[method](path) : w.una[method](path, body, headers); }));
    const [a, b] = worlds.map((w, i) => plain(w, answers[i]));
    assert.equal(b, a, `seed ${seed}, pair ${n}: ${JSON.stringify(sent[0])}`);
    assert.ok(answers[0].status < 500, `seed ${seed}, pair ${n}: ${answers[0].status} for ${JSON.stringify(sent[0])}`);
    seen.set(answers[0].status, (seen.get(answers[0].status) ?? 0) + 1);
    worlds.forEach((w, i) => {
      const { path, body } = sent[i];
      if (answers[i].status === 201 && answers[i].body.id) w.made.push(answers[i].body.id);
      if (typeof answers[i].body?.next === 'string' && path.endsWith('/query')) { const { cursor: _, ...question } = body; w.next = { path, body: question, cursor: answers[i].body.next }; }
    });
  }
  process.stdout.write(`${[...seen].sort().map(([status, times]) => `${status}: ${times}`).join(', ')}\n`);
  if (pairs >= 500) for (const status of [200, 201, 204, 403, 404, 409, 422]) assert.ok(seen.has(status), `no answer was ${status}: the questions are too tame`);
});
