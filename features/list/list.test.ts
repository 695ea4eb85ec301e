// Proof of lists: filters, orders, pages and counts are compared with an evaluation in TypeScript over what was stored; the seed is printed and can be given (SEED).
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { KINDS } from '../../catalogue/kinds.ts';
import { freshTenant, type Answer, type Client, type FreshTenant } from '../../proofs/start.ts';

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9));
let state = seed;
const random = () => { state = (state + 0x6d2b79f5) | 0; let x = Math.imul(state ^ (state >>> 15), 1 | state); x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x; return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32; };
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)];

let t: FreshTenant;
let [adam, mia, alice, bob]: Client[] = [];
type Account = { id: string; name: string; city: string | null; parent: Account | null; seen: boolean };
type Row = { id: string; name: string; seen: boolean; values: Record<string, any> };
const accounts: Account[] = [];
let rows: Row[] = [];
/** Values that each field may have; `place`, `places`, `about` and `boss` follow when the records that they lead to exist. */
const pools: Record<string, any[]> = {
  name: ['Ada', 'ada', 'Ädä', 'a_b', 'a%b', 'a\\b', 'Zoe', "o'x", '😀', 'a b'], long: ['one\ntwo', 'Two', '100%'], num: [-5, 0, 0.5, 2, 10, '123456789012345678901234567890'], sum: [['1.00', 'EUR'], ['1.00', 'USD'], ['20.00', 'EUR'], ['-3.00', 'USD']],
  day: ['2026-02-28', '2026-03-01', '0099-01-01'], at: ['2026-02-28T10:00:00.000001Z', '2026-02-28T10:00:00.000002Z', '1999-12-31T23:59:59.000000Z'], ok: [true, false], state: ['new', "it's", 'done'], tags: [['x'], ['x', 'Y'], ['y', "it's"]],
  mail: ['a@x.test', 'B@x.test', 'c@y.test'], tel: ['+4930123456', '112', '+12125550100'], web: ['https://a.test', 'https://b.test/x'],
};
const kinds: Record<string, keyof typeof KINDS> = { name: 'text', long: 'long_text', num: 'number', sum: 'money', day: 'date', at: 'moment', ok: 'yes_no', state: 'choice', tags: 'choices', mail: 'email', tel: 'phone', web: 'web_address', place: 'link', places: 'links', about: 'link', boss: 'member' };
const kindAt = (path: string) => (path.endsWith('.parent') ? 'link' : path.includes('.') ? 'text' : kinds[path]);

const made = async (ask: Promise<Answer>): Promise<any> => { const { status, body } = await ask; assert.ok(status < 300, JSON.stringify(body)); return body; };
const ask = (body: object, who = alice) => made(who.post('/records/item/query', body));
const bytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
/** A number that sorts and compares like the decimal. */
const exact = (v: any) => BigInt(Math.round(Number(String(v).slice(0, 15)) * 100)) * (String(v).length > 15 ? 10n ** 15n : 1n);

/** What Alice reads at a path: undefined where a parent on the way is empty or hidden. */
function readAt(row: Row, path: string): any {
  const [first, ...rest] = path.split('.');
  if (rest.length === 0) {
    const v = row.values[first];
    // The link `place` shows the name of a hidden parent, `about` can't.
    if (first === 'about') return v?.seen ? v : null;
    return first === 'places' && v ? (v.some((a: Account) => a.seen) ? v.filter((a: Account) => a.seen) : null) : v;
  }
  let at: any = row.values[first];
  for (const name of rest) { if (!at?.seen) return undefined; at = at[name]; }
  return at && typeof at === 'object' && !at.seen ? null : at;
}
const order = (kind: string, a: any, b: any): number => {
  if (kind === 'number') return exact(a) < exact(b) ? -1 : exact(a) > exact(b) ? 1 : 0;
  if (kind === 'money') return Number(a[0]) - Number(b[0]);
  if (kind === 'yes_no') return Number(a) - Number(b);
  return bytes(kind === 'link' || kind === 'member' ? a.name : a, kind === 'link' || kind === 'member' ? b.name : b);
};
const same = (kind: string, v: any, w: any) => (kind === 'link' || kind === 'member' ? v.id === w.id : kind === 'money' ? Number(v[0]) === Number(w[0]) && (!w[1] || v[1] === w[1]) : order(kind, v, w) === 0);

/** The oracle: does the row meet `operator arg` at the path, as Alice sees it? */
function meets(row: Row, path: string, operator: string, arg: any): boolean {
  const v = readAt(row, path);
  const kind = kindAt(path);
  if (operator === 'is_empty') return v === null || v === undefined;
  if (operator === 'not_empty') return v !== null && v !== undefined;
  const negative = operator === 'ne' || operator === 'nin';
  if (v === null || v === undefined) return negative;
  const list: any[] = Array.isArray(arg) && (operator === 'in' || operator === 'nin' || operator === 'between') ? arg : [arg];
  if (kind === 'choices' || kind === 'links') return list.some((w) => v.some((x: any) => (kind === 'links' ? x.id === w.id && w.seen : x === w))) !== negative;
  const hit = (w: any) => !(kind === 'link' && 'seen' in w && !w.seen) && same(kind, v, w);
  if (operator === 'eq' || operator === 'ne' || operator === 'in' || operator === 'nin') return list.some(hit) !== negative;
  if (operator === 'contains') return v.toLowerCase().includes(arg.toLowerCase());
  if (operator === 'starts_with') return v.toLowerCase().startsWith(arg.toLowerCase());
  const currency = kind === 'money' && list[0][1] && v[1] !== list[0][1];
  if (operator === 'between') return !currency && order(kind, v, list[0]) >= 0 && order(kind, v, list[1]) <= 0;
  const o = order(kind, v, arg);
  return !currency && ({ lt: o < 0, lte: o <= 0, gt: o > 0, gte: o >= 0 } as Record<string, boolean>)[operator];
}
const written = (kind: string, v: any): any => (kind === 'money' ? (v[1] ? { amount: v[0], currency: v[1] } : v[0]) : kind === 'link' && v.table ? { table: v.table, id: v.id } : v?.id ?? v);
const operatorsOf = (path: string) => [...KINDS[kindAt(path)].operators, 'is_empty', 'not_empty'];
function argument(path: string, operator: string): any {
  const pool = path.endsWith('.parent') ? accounts : path.includes('.') ? ['Bonn', 'Ulm', 'A1', 'H0'] : pools[path];
  const kind = kindAt(path);
  const one = () => { const v = pick(pool); return kind === 'choices' || kind === 'links' ? pick(v as any[]) : v; };
  if (operator === 'contains' || operator === 'starts_with') { const v = one(); return typeof v === 'string' ? [...v].slice(operator === 'contains' ? Math.floor(random() * 2) : 0, 3).join('').toUpperCase() || v : v; }
  if (kind === 'money') { const currency = pick(['', 'EUR', 'USD']); const amount = () => [one()[0], currency]; return operator === 'in' || operator === 'nin' || operator === 'between' ? [amount(), amount()] : amount(); }
  return operator === 'in' || operator === 'nin' || operator === 'between' ? [one(), one()] : one();
}
const paths = [...Object.keys(kinds), 'place.city', 'place.parent', 'place.parent.name'];

/** One condition as sent, and as the oracle judges it. */
function leaf(path: string, operator: string): [sent: object, judge: (row: Row) => boolean] {
  const empty = operator === 'is_empty' || operator === 'not_empty';
  const arg = empty ? true : argument(path, operator);
  const kind = kindAt(path);
  return [{ [path]: { [operator]: empty ? true : Array.isArray(arg) && kind !== 'money' || Array.isArray(arg?.[0]) ? arg.map((w: any) => written(kind, w)) : written(kind, arg) } }, (row) => meets(row, path, operator, arg)];
}
function tree(depth: number): [object, (row: Row) => boolean] {
  const sort = depth > 0 ? pick(['and', 'or', 'not', 'leaf']) : 'leaf';
  if (sort === 'leaf') { const path = pick(paths); return leaf(path, pick(operatorsOf(path))); }
  const parts = Array.from({ length: sort === 'not' ? 1 : 2 }, () => tree(depth - 1));
  if (sort === 'not') return [{ not: parts[0][0] }, (row) => !parts[0][1](row)];
  return [{ [sort]: parts.map(([sent]) => sent) }, (row) => (sort === 'and' ? parts.every(([, judge]) => judge(row)) : parts.some(([, judge]) => judge(row)))];
}
const seenRows = () => rows.filter((r) => r.seen);
async function compare([sent, judge]: [object, (row: Row) => boolean]): Promise<void> {
  const { data, count } = await ask({ filter: sent, fields: ['id'], limit: 500, count: 'exact' });
  const expected = seenRows().filter(judge).map((r) => r.id).sort();
  assert.equal(data.map((r: any) => r.id).sort().join(), expected.join(), `seed ${seed}: ${JSON.stringify(sent)}`);
  assert.equal(count, expected.length);
}

before(async () => {
  process.stdout.write(`seed ${seed}\n`);
  t = await freshTenant({ sharing: 'private' });
  adam = t.as('adam');
  const all = { see: true, create: true, change: true, delete: true, hand_over: true };
  const field = (name: string, kind: string, more = {}) => ({ name, kind, personal: 'no', ...more });
  const links: Record<string, object> = { place: { to: 'account' }, places: { to: 'account' }, about: { to: '*' }, state: { choices: pools.state } };
  await made(adam.post('/tables', { name: 'item', label: 'Item', sharing: 'private', fields: [...Object.entries(kinds).map(([name, kind]) => field(name, kind, links[name])), field('secret', 'number')] }));
  await made(adam.post('/tables', { name: 'payroll', label: 'Payroll', fields: [field('name', 'text')] }));
  await made(adam.post('/tables/item/fields', field('payday', 'link', { to: 'payroll' })));
  await made(adam.post('/profiles', { name: 'Boss', tables: { account: all, item: all, contact: all } }));
  await made(adam.post('/profiles', { name: 'Rep', tables: { account: all, item: all, contact: all }, fields: { 'item.secret': 'none' } }));
  mia = await t.member({ name: 'Mia Manager', profile: 'Boss' });
  alice = await t.member({ name: 'Alice Rep', profile: 'Rep', manager: 'mia' });
  bob = await t.member({ name: 'Bob Rep', profile: 'Rep', manager: 'mia' });
  for (const [name, city, parent, seen] of [['A0', 'Bonn', null, true], ['H0', 'Ulm', null, false], ['A1', 'Ulm', 0, true], ['A2', null, 1, true], ['H1', 'Bonn', 0, false]] as const) {
    const above = parent === null ? null : accounts[parent];
    const { id } = await made(mia.post('/records/account', { name, city, parent: above?.id ?? null, owner: seen ? alice.id : bob.id }));
    accounts.push({ id, name, city, parent: above, seen });
  }
  Object.assign(pools, { place: accounts, places: [[accounts[0]], [accounts[1]], [accounts[1], accounts[2]], [accounts[0], accounts[2]]], about: accounts.map((a) => ({ ...a, table: 'account' })), boss: [alice, bob, mia] });
  rows = Array.from({ length: 90 }, (_, i) => ({ id: '', name: '', seen: i % 5 > 0, values: Object.fromEntries(Object.keys(kinds).map((f) => [f, random() < 0.25 ? null : pick(pools[f])])) }));
  const operations = rows.map(({ seen, values }) => ({ op: 'create', values: { owner: seen ? alice.id : bob.id, secret: Math.floor(random() * 9), ...Object.fromEntries(Object.entries(values).map(([f, v]) => [f, v === null ? null : kinds[f] === 'links' ? v.map((a: Account) => a.id) : written(kinds[f], v)])) } }));
  const { results } = await made(mia.post('/records/item/batch', { mode: 'all', operations }));
  results.forEach((r: any, i: number) => { rows[i].id = r.record.id; });
  await t.sql(`analyze`);
});

describe('filters', () => {
  test('every operator of every kind finds what an evaluation by hand finds', async () => {
    for (const path of paths) for (const operator of operatorsOf(path)) for (let i = 0; i < 2; i++) await compare(leaf(path, operator));
  });

  test('two hundred random nestings of and, or and not do too', async () => {
    for (let i = 0; i < 200; i++) await compare(tree(3));
  });

  test('lists of addresses are found by any of them, wildcards are taken literally', async () => {
    await made(alice.post('/records/contact', { last_name: '100%_\\', emails: [{ address: 'one@x.test', primary: true }, { address: 'Two@x.test' }] }));
    await made(alice.post('/records/contact', { last_name: '100 abc' }));
    const names = async (query: string) => (await made(alice.get(`/records/contact?fields=last_name&${query}`))).data.map((r: any) => r.last_name);
    assert.deepEqual(await names('filter[emails][contains]=two@'), ['100%_\\']);
    for (const [wild, n] of [['%25', 1], ['_', 1], ['%5C', 1], ['100%25', 1], ['1_0', 0], ['100', 2], ['%25'.repeat(300), 0]] as const) assert.equal((await names(`filter[last_name][contains]=${wild}`)).length, n, wild);
  });

  test('of a member who has left the records are still found', async () => {
    const gone = await t.member({ name: 'Gone Rep', profile: 'Rep', manager: 'alice' });
    await made(gone.post('/records/contact', { last_name: 'Left behind' }));
    await made(adam.patch(`/members/${gone.id}`, { active: false }));
    assert.equal((await made(alice.get(`/records/contact?filter[owner]=${gone.id}`))).data.length, 1);
  });

  test('at most two steps over links', async () => {
    assert.equal((await alice.post('/records/item/query', { filter: { 'place.parent.parent.name': { eq: 'A0' } } })).status, 422);
    assert.equal((await alice.get('/records/item?fields=place.parent.name')).status, 200);
    assert.equal((await alice.get('/records/item?sort=place.parent.parent.name')).status, 422);
    for (const path of ['owner.name', 'created_by.password', 'boss.email', 'about.name', 'payday.name', 'places.name', 'place.owner.name']) assert.equal((await alice.get(`/records/item?filter[${path}]=x`)).status, 422, path);
  });
});

describe('order and pages', () => {
  const expected = (sort: string[]) => {
    const keys = sort.map((s) => ({ path: s.replace('-', ''), by: s.startsWith('-') ? -1 : 1 }));
    return seenRows().toSorted((a, b) => {
      for (const { path, by } of keys) {
        const [v, w] = [readAt(a, path) ?? null, readAt(b, path) ?? null];
        if (v === null || w === null) { if (v !== w) return v === null ? 1 : -1; continue; }
        const o = order(kindAt(path), v, w);
        if (o !== 0) return o * by;
      }
      return bytes(a.id, b.id) * (keys.length ? keys[0].by : -1);
    }).map((r) => r.id);
  };
  const walk = async (sort: string[], limit: number) => {
    const ids: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const { data, next }: any = await ask({ sort, fields: ['id'], limit, ...(cursor ? { cursor } : {}) });
      assert.ok(data.length === limit || next === null);
      ids.push(...data.map((r: any) => r.id));
      cursor = next;
    }
    return ids;
  };

  test('paging yields each record once and in order, for every field both ways, with ties and empty values', async () => {
    const sortable = paths.filter((p) => p !== 'about' && (KINDS[kindAt(p)].sortable || kindAt(p) === 'link' || kindAt(p) === 'member'));
    const sorts = [[], ...sortable.flatMap((p) => [[p], [`-${p}`]]), ...Array.from({ length: 8 }, () => [1, 2, 3].map(() => pick(['', '-']) + pick(sortable)).slice(0, pick([2, 3])))];
    for (const sort of sorts) assert.deepEqual(await walk(sort, pick([7, 13, 18])), expected(sort), `seed ${seed}: sort ${sort}`);
    assert.deepEqual(await walk(['name'], 1), expected(['name']));
  });

  test('a cursor works only for its member and its question', async () => {
    const { next } = await ask({ sort: ['name'], limit: 5 });
    const again = (body: object, who = alice) => who.post('/records/item/query', { sort: ['name'], limit: 5, cursor: next, ...body });
    assert.equal((await again({})).status, 200);
    for (const answer of [await again({}, mia), await again({ sort: ['-name'] }), await again({ filter: { num: { gt: 1 } } }), await again({ q: 'x' }), await again({ cursor: `${next.slice(0, -2)}AA` }), await again({ cursor: 'x' }), await alice.get(`/records/account?sort=name&cursor=${next}`)]) {
      assert.equal(answer.status, 422);
      assert.equal(answer.body.errors[0].field, 'cursor');
    }
    assert.doesNotMatch(Buffer.from(next, 'base64').toString('latin1'), /Ada|[0-9a-f]{8}-[0-9a-f]{4}/);
  });
});

describe('what is hidden', () => {
  const said = (answer: Answer, name: string) => JSON.stringify([answer.status, { ...answer.body, request_id: 0 }]).replaceAll(name, '…');

  test('a hidden field is refused in every place like one that never existed', async () => {
    const places: ((f: string) => Promise<Answer>)[] = [
      ...[`fields=id,FIELD`, `sort=FIELD`, `sort=name,-FIELD`, `filter[FIELD]=1`, `filter[FIELD][gt]=1`, `filter[FIELD][is_empty]=true`, `filter[FIELD][in]=1,2`, `filter[place.FIELD]=1`, `fields=place.FIELD`].map((q) => (f: string) => alice.get(`/records/item?${q.replace('FIELD', f)}`)),
      ...[{ filter: { FIELD: { gt: 1 } } }, { filter: { or: [{ not: { FIELD: 1 } }] } }, { fields: ['FIELD'] }, { sort: ['-FIELD'] }, { group: ['FIELD'] }, { group: ['name'], aggregate: [{ op: 'sum', field: 'FIELD' }] }, ...['count', 'avg', 'min', 'max', 'sum'].map((op) => ({ aggregate: [{ op, field: 'FIELD' }] }))]
        .map((body) => (f: string) => alice.post('/records/item/query', JSON.stringify(body).replace('FIELD', f))),
    ];
    for (const way of places) for (const hidden of ['secret', 'payday', 'search', 'owner_no', 'item.secret', 'secret;--', 'id,secret desc', 'physical']) {
      const [a, b] = [await way(hidden), await way('zebra')];
      assert.equal(b.status, 422);
      if (!hidden.includes(',')) assert.equal(said(a, hidden), said(b, 'zebra'));
      else assert.equal(a.status, 422);
    }
    const everything = await ask({ limit: 1 });
    assert.ok(!('secret' in everything.data[0]) && !('payday' in everything.data[0]));
    assert.ok('secret' in (await ask({ limit: 1 }, mia)).data[0]);
  });

  test('only visible rows are counted, grouped and summed', async () => {
    const { count } = await ask({ count: 'exact', limit: 1 });
    assert.equal(count, seenRows().length);
    assert.equal((await ask({ count: 'estimate', limit: 1 })).count, seenRows().length);
    const groups = (await ask({ group: ['state'], aggregate: [{ op: 'count' }, { op: 'count', field: 'place' }, { op: 'count', field: 'places' }, { op: 'count', field: 'about' }] })).data;
    for (const g of groups) {
      const inside = seenRows().filter((r) => r.values.state === g.state);
      const filled = (f: string) => inside.filter((r) => readAt(r, f) !== null).length;
      assert.deepEqual([g.count, g.count_place, g.count_places, g.count_about], [inside.length, filled('place'), filled('places'), filled('about')]);
    }
    assert.equal(groups.reduce((n: number, g: any) => n + g.count, 0), seenRows().length);
    const parents = (await ask({ group: ['place'] })).data;
    assert.deepEqual(parents.map((p: any) => p.place?.label ?? null).sort(), [...new Set(seenRows().map((r) => readAt(r, 'place')?.name ?? null))].sort());
    const small = { filter: { num: { lt: 100 } }, aggregate: [{ op: 'sum', field: 'num' }, { op: 'min', field: 'day' }, { op: 'sum', field: 'sum' }] };
    const [sum] = (await ask(small)).data;
    assert.equal(sum.sum_num, seenRows().map((r) => r.values.num).filter((n) => typeof n === 'number').reduce((a, b) => a + b, 0));
    assert.equal(sum.sum_sum, null, 'euros and dollars have no sum');
  });
});

test('what is too much is refused quickly', async () => {
  const leaves = (n: number) => Array.from({ length: n }, () => ({ name: { eq: 'x' } }));
  const deep = (n: number) => `{"filter":${'{"and":['.repeat(n)}{}${']}'.repeat(n)}}`;
  const bodies: (object | string)[] = [{ limit: 0 }, { limit: 501 }, { limit: 1e9 }, { limit: -1 }, { limit: 1.5 }, { limit: 'x' }, { filter: { and: leaves(10_000) } }, { filter: { and: Array.from({ length: 100_000 }, () => ({})) } }, { filter: { or: leaves(101) } }, deep(11), deep(1_000), deep(1_000_000), { filter: { name: { in: Array(501).fill('x') } } },
    { filter: { name: 'x'.repeat(10_000_000) } }, { fields: Array(501).fill('name') }, { sort: ['name', 'num', 'day', 'at'] }, { sort: Array(1000).fill('name') }, { group: ['name', 'num', 'day'] }, { filter: Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`f${i}`, 1])) }, { filter: [] }, { filter: 'x' }, { filter: { and: {} } }, { nonsense: 1 }, '[[[[', '{"filter":', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'x'.repeat(13 * 1024 * 1024)];
  for (const body of bodies) {
    const from = process.cpuUsage();
    const { status } = await alice.post('/records/item/query', body);
    assert.ok(status >= 400 && status < 500, `${status} for ${JSON.stringify(body).slice(0, 100)}`);
    const { user } = process.cpuUsage(from);
    assert.ok(user < 1_500_000, `${user} µs for ${JSON.stringify(body).slice(0, 100)}`);
  }
  for (const query of ['limit=0', 'limit=501', 'limit=1e9', 'limit=1&limit=2', 'nonsense=1', 'filter[name]', 'filter[name][like]=x', 'filter[]=x', 'filter[name][eq][x]=1', 'offset=1000000000000', 'count=all', 'sort=name,num,day,at', `fields=${'name,'.repeat(3000)}`, 'cursor=x', '__proto__=1', 'filter[__proto__]=1', `q=${'x'.repeat(201)}`]) {
    assert.equal((await alice.get(`/records/item?${query}`)).status, 422, query);
  }
});
