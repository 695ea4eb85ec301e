// Proof of Idempotency-Key: the first answer is replayed for a day, once and for its own member only, however many ask at once.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { freshTenant, type Answer, type Client, type FreshTenant } from '../proofs/start.ts';

let t: FreshTenant;
let [adam, bob]: Client[] = [];
const count = async (name: string) => Number((await t.sql('select count(*) as n from contact where last_name = $1', [name]))[0].n);
const send = (key: string, values: object = { last_name: key }, who = adam, path = '/records/contact') => who.post(path, values, { 'idempotency-key': key });
const same = (a: Answer, b: Answer) => assert.deepEqual([b.status, b.body, b.headers.location, b.headers.etag], [a.status, a.body, a.headers.location, a.headers.etag]);

before(async () => {
  t = await freshTenant();
  adam = t.as('adam');
  bob = await t.member({ name: 'Bob' });
});

test('a retry gets the first answer, with its headers, and nothing more is stored', async () => {
  const first = await send('retry');
  assert.equal(first.status, 201);
  await adam.patch(`/records/contact/${first.body.id}`, { city: 'changed meanwhile' });
  for (let i = 0; i < 3; i++) same(first, await send('retry'));
  assert.equal(await count('retry'), 1);
  const batch = { mode: 'all', operations: [{ op: 'create', values: { last_name: 'in batch' } }] };
  same(await send('batch', batch, adam, '/records/contact/batch'), await send('batch', batch, adam, '/records/contact/batch'));
  assert.equal(await count('in batch'), 1);
});

test('the same key with another body or for another path is refused', async () => {
  await send('used');
  for (const answer of [await send('used', { last_name: 'other' }), await send('used', { limit: 1 }, adam, '/records/contact/query'), await send('used', { name: 'used' }, adam, '/records/account')]) {
    assert.equal(answer.status, 422);
    assert.equal(answer.body.errors[0].field, 'Idempotency-Key');
  }
  assert.deepEqual([await count('used'), await count('other')], [1, 0]);
});

test('fifty at once make one record and get one answer', async () => {
  const sent = await Promise.all(Array.from({ length: 50 }, () => send('at-once')));
  assert.equal(await count('at-once'), 1);
  for (const answer of sent) same(sent[0], answer);
  assert.equal(sent[0].status, 201);
});

test('keys are not shared between members', async () => {
  const [mine, his] = [await send('shared'), await send('shared', { last_name: 'shared' }, bob)];
  assert.deepEqual([mine.status, his.status], [201, 201]);
  assert.notEqual(mine.body.id, his.body.id);
  assert.deepEqual([mine.body.owner.id, his.body.owner.id], [adam.id, bob.id]);
  same(mine, await send('shared'));
});

test('a refusal is not kept: what is mended may be sent again under the same key', async () => {
  assert.equal((await send('mended', { nonsense: 1 })).status, 422);
  assert.equal((await send('mended', { last_name: 'mended' })).status, 201);
  assert.equal(await count('mended'), 1);
});

test('administrative work is done once too', async () => {
  const answers = await Promise.all([1, 2, 3].map(() => send('profile', { name: 'Once' }, adam, '/profiles')));
  for (const answer of answers) same(answers[0], answer);
  assert.equal(answers[0].status, 201, JSON.stringify(answers[0].body));
  const table = await send('table', { label: 'Once' }, adam, '/tables');
  assert.equal(table.status, 201, JSON.stringify(table.body));
  same(table, await send('table', { label: 'Once' }, adam, '/tables'));
});

test('after a day the key is free again', async () => {
  const first = await send('daily');
  await t.sql(`update first_answer set at = at - interval '23 hours 59 minutes' where key = 'daily'`);
  same(first, await send('daily'));
  await t.sql(`update first_answer set at = at - interval '2 minutes' where key = 'daily'`);
  const next = await send('daily');
  assert.equal(next.status, 201);
  assert.notEqual(next.body.id, first.body.id);
});

test('kept answers are sealed, and read by nobody else', async () => {
  await send('sealed', { last_name: 'Canary-7F3A' });
  const [kept] = await t.sql(`select answer from first_answer where key = 'sealed'`);
  assert.ok(!kept.answer.toString('latin1').includes('Canary'));
  const rows = await t.role('bob', (db) => db.client.query('select key from first_answer'));
  assert.deepEqual(rows.rows.map((r: any) => r.key), ['shared']);
});

test('a key that is none is refused before anything is done', async () => {
  for (const key of ['', ' ', 'a b', 'x'.repeat(201)]) {
    const { status } = await send(key, { last_name: 'no key' });
    assert.equal(status, 422, JSON.stringify(key));
  }
  assert.equal(await count('no key'), 0);
});
