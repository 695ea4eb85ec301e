// Proof of sharing rules: by owners and by criteria, to each sort of recipient.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { freshTenant, type Client, type FreshTenant } from '../../proofs/start.ts';

let t: FreshTenant;
let [adam, mona, alice, bob, carl]: Client[] = [];
let id = '';
const sees = async (who: Client) => (await who.get(`/records/account/${id}`)).status === 200;

before(async () => {
  t = await freshTenant({ sharing: 'private' });
  adam = t.as('adam');
  mona = await t.member({ name: 'Mona Manager' });
  alice = await t.member({ name: 'Alice Rep', manager: 'mona' });
  bob = await t.member({ name: 'Bob Rep' });
  carl = await t.member({ name: 'Carl Peer' });
  id = (await bob.post('/records/account', { name: 'Acme', country: 'US' })).body.id;
});

const rule = async (to: object, from: object = { member: bob.id }) => (await adam.post('/sharing-rules', { table: 'account', from, to, level: 'edit' })).body.id;
const end = (which: string) => adam.delete(`/sharing-rules/${which}`);

test('a rule reaches whom it names and everyone above them, and nobody else', async () => {
  const made = await rule({ member: alice.id });
  assert.deepEqual([await sees(alice), await sees(mona), await sees(carl), await sees(adam)], [true, true, false, false]);
  assert.equal((await alice.patch(`/records/account/${id}`, { city: 'Ulm' })).status, 200);
  assert.equal((await alice.delete(`/records/account/${id}`)).status, 403, 'edit is not full');
  assert.equal((await end(made)).status, 204);
  assert.deepEqual([await sees(alice), await sees(mona)], [false, false]);
});

test('below reaches that member and all below him', async () => {
  const made = await rule({ below: mona.id });
  assert.deepEqual([await sees(mona), await sees(alice), await sees(carl)], [true, true, false]);
  await end(made);
});

test('a rule by criteria follows the values of the record', async () => {
  const made = await rule({ member: carl.id }, { criteria: [{ field: 'country', op: 'in', values: ['us'] }] });
  assert.equal(await sees(carl), true);
  await bob.patch(`/records/account/${id}`, { country: 'DE' });
  assert.equal(await sees(carl), false);
  await end(made);
});

test('rules to nobody, from nobody or on nothing are refused', async () => {
  for (const body of [{ table: 'zebra', from: { member: bob.id }, to: { member: carl.id } }, { table: 'account', from: { member: 'nobody' }, to: { member: carl.id } }, { table: 'account', from: { member: bob.id }, to: { team: 'none' } },
    { table: 'account', from: {}, to: { member: carl.id } }, { table: 'account', from: { criteria: [] }, to: { member: carl.id } }, { table: 'account', from: { member: bob.id }, to: { member: carl.id, group: 'x' } }]) {
    assert.equal((await adam.post('/sharing-rules', { level: 'read', ...body })).status, 422, JSON.stringify(body));
  }
  assert.deepEqual((await adam.get('/sharing-rules')).body.data, []);
  assert.equal((await bob.post('/sharing-rules', { table: 'account', from: { member: bob.id }, to: { member: carl.id }, level: 'read' })).status, 403);
});
