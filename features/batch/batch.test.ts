// Proof of batches: all or nothing, or each for itself, with nothing told about records that the asker may not see.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { freshTenant, type Answer, type Client, type FreshTenant } from '../../proofs/start.ts';

let t: FreshTenant;
let [adam, alice, bob]: Client[] = [];
const never = '018f2b1c-7a00-7000-8000-00000000dead';
const made = async (ask: Promise<Answer>): Promise<any> => { const { status, body } = await ask; assert.ok(status < 300, JSON.stringify(body)); return body; };
const batch = (operations: unknown, mode = 'all', who = alice) => who.post('/records/contact/batch', { mode, operations });
const contact = (who: Client, values: object) => made(who.post('/records/contact', values));
/** All records and activities, to show that nothing was stored. */
const everything = async () => (await t.sql(`select md5(concat((select string_agg(c::text, '|' order by id) from contact c), (select count(*) from activity))) as seal`))[0].seal;
const masked = (answer: Answer, ...words: string[]) => JSON.stringify([answer.status, { ...answer.body, request_id: 0 }], (_, v) => (typeof v === 'string' ? words.reduce((s, w) => s.replaceAll(w, '…'), v) : v));

before(async () => {
  t = await freshTenant({ sharing: 'private' });
  adam = t.as('adam');
  const all = { see: true, create: true, change: true, delete: true };
  await made(adam.post('/tables/contact/fields', { name: 'salary', kind: 'number', personal: 'yes', category: 'user.financial', purpose: 'Payroll', origin: 'provided' }));
  await made(adam.post('/profiles', { name: 'Rep', tables: { contact: all, account: all }, fields: { 'contact.salary': 'none' } }));
  alice = await t.member({ name: 'Alice Rep', profile: 'Rep' });
  bob = await t.member({ name: 'Bob Rep', profile: 'Rep' });
});

describe('all or nothing', () => {
  test('creates, changes and deletes are stored together, and answered in order', async () => {
    const [one, two] = [await contact(alice, { last_name: 'One' }), await contact(alice, { last_name: 'Two' })];
    const { results } = await made(batch([{ op: 'change', id: one.id, values: { city: 'Bonn' } }, { op: 'create', values: { last_name: 'Three' } }, { op: 'delete', id: two.id }, { op: 'change', id: one.id, values: { zip: '53111' } }]));
    assert.deepEqual(results.map((r: any) => r.status), [200, 201, 204, 200]);
    assert.deepEqual([results[0].record.city, results[1].record.last_name, results[2], results[3].record.zip], ['Bonn', 'Three', { status: 204 }, '53111']);
    assert.deepEqual((await alice.get(`/records/contact/${one.id}`)).body, results[3].record);
    assert.equal((await alice.get(`/records/contact/${two.id}`)).status, 404);
  });

  test('one fault of any sort and nothing is stored, not even an activity', async () => {
    const own = await contact(alice, { last_name: 'Own' });
    const hidden = await contact(bob, { last_name: 'Hidden' });
    const good = { op: 'change', id: own.id, values: { city: 'Changed' } };
    const faults: unknown[] = [{ op: 'change', id: hidden.id, values: { city: 'x' } }, { op: 'delete', id: never }, { op: 'create', values: { nonsense: 1 } }, { op: 'create', values: { account: never } }, { op: 'create', values: { birth_date: 'soon' } }, { op: 'change', values: {} },
      { op: 'move', id: own.id }, { op: 'change', id: own.id, more: 1 }, { op: 'upsert', values: { email: 'a@x.test' } }, { op: 'upsert', match: 'email', values: { city: 'x' } }, { op: 'change', id: own.id, values: { full_name: 'x' } }, { op: 'change', id: 'x', values: {} }, {}, null, 'x', 1, []];
    const before = await everything();
    for (const [i, fault] of faults.entries()) {
      const answer = await batch([good, { op: 'create', values: { last_name: 'New' } }, fault, good]);
      assert.equal(answer.status, 422, `${i}: ${JSON.stringify(answer.body)}`);
      assert.match(answer.body.errors[0].field, /^operations\.2/);
    }
    assert.equal(await everything(), before);
  });
});

describe('each for itself', () => {
  test('what is right is stored, what is wrong is told', async () => {
    const own = await contact(alice, { last_name: 'Own' });
    const { results } = await made(batch([{ op: 'create', values: { last_name: 'A' } }, { op: 'create', values: { nonsense: 1 } }, { op: 'change', id: never, values: { city: 'x' } }, { op: 'change', id: own.id, values: { city: 'Ulm' } }, { op: 'create', values: { account: never } }, null, { op: 'create', values: { last_name: 'B' } }], 'each'));
    assert.deepEqual(results.map((r: any) => r.status), [201, 422, 404, 200, 422, 422, 201]);
    assert.equal(results[1].problem.errors[0].field, 'nonsense');
    assert.equal((await alice.get(`/records/contact/${results[6].record.id}`)).body.last_name, 'B');
    assert.equal((await alice.get(`/records/contact/${own.id}`)).body.city, 'Ulm');
  });

  test('a hidden record is treated as one that never existed, in both ways of running', async () => {
    const own = await Promise.all(Array.from({ length: 9 }, (_, i) => contact(alice, { last_name: `Own ${i}` })));
    const hidden = await contact(bob, { last_name: 'Hidden' });
    const before = await t.sql('select c::text from contact c where id = $1', [hidden.id]);
    for (const mode of ['all', 'each']) {
      for (const op of [(id: string) => ({ op: 'change', id, values: { city: 'x' } }), (id: string) => ({ op: 'delete', id }), (id: string) => ({ op: 'upsert', match: 'id', values: { id, city: 'x' } })]) {
        const ask = (id: string) => batch([...own.map((o) => ({ op: 'change', id: o.id, values: { city: 'same' } })), op(id)], mode);
        await ask(never);
        // Dates of change tell when, not what.
        const plain = (a: Answer) => masked({ ...a, body: JSON.parse(JSON.stringify(a.body).replace(/"changed_at":"[^"]+"/g, '"changed_at":0')) }, hidden.id, never);
        assert.equal(plain(await ask(hidden.id)), plain(await ask(never)));
      }
    }
    assert.deepEqual(await t.sql('select c::text from contact c where id = $1', [hidden.id]), before);
  });
});

describe('upsert', () => {
  test('creates what is not there, changes what is, and refuses where two match', async () => {
    const up = (values: object, match: unknown = 'email') => batch([{ op: 'upsert', match, values }], 'each');
    const first = (await made(up({ email: 'up@x.test', last_name: 'Up' }))).results[0];
    const again = (await made(up({ email: 'up@x.test', last_name: 'Again' }))).results[0];
    assert.deepEqual([first.status, again.status, again.record.id, again.record.last_name], [201, 200, first.record.id, 'Again']);
    const both = (await made(up({ last_name: 'Again', email: 'up@x.test', city: 'Ulm' }, ['email', 'last_name']))).results[0];
    assert.deepEqual([both.status, both.record.city], [200, 'Ulm']);
    assert.equal((await made(up({ last_name: 'Other', email: 'up@x.test' }, ['email', 'last_name']))).results[0].status, 201);
    assert.equal((await made(up({ email: 'up@x.test', city: 'Bonn' }))).results[0].status, 409);
  });

  test('sees only what its maker sees, and matches by no hidden field', async () => {
    await contact(bob, { email: 'theirs@x.test', last_name: 'Bobs' });
    const { results } = await made(batch([{ op: 'upsert', match: 'email', values: { email: 'theirs@x.test', last_name: 'Mine' } }], 'each'));
    assert.equal(results[0].status, 201);
    for (const mode of ['all', 'each']) {
      const by = (match: string) => batch([{ op: 'upsert', match, values: { [match]: 1 } }], mode);
      assert.equal(masked(await by('salary'), 'salary'), masked(await by('zebra'), 'zebra'));
    }
  });
});

test('a thousand operations go, one more is too many', async () => {
  const operations = (n: number) => Array.from({ length: n }, (_, i) => ({ op: 'create', values: { last_name: `Many ${i}` } }));
  const before = await everything();
  assert.equal((await batch(operations(1001))).status, 413);
  assert.equal((await batch(operations(1001), 'each')).status, 413);
  assert.equal(await everything(), before);
  assert.equal((await made(batch(operations(1000)))).results.length, 1000);
  assert.deepEqual((await made(batch([]))).results, []);
  assert.equal((await batch([], 'some')).status, 422);
  assert.equal((await batch({})).status, 422);
});

test('whose table it is not gets the 404 of a table that never existed', async () => {
  const ask = (table: string) => alice.post(`/records/${table}/batch`, { mode: 'each', operations: [{ op: 'create', values: {} }] });
  assert.equal(masked(await ask('deal')), masked(await ask('zebra')));
  assert.equal((await ask('deal')).status, 404);
});
