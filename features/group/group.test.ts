// Proof of groups: sharing with one reaches its members, and it does not vanish from under a rule.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { freshTenant, type Client, type FreshTenant } from '../../proofs/start.ts';

let t: FreshTenant;
let [adam, alice, bob]: Client[] = [];
let id = '';
const sees = async (who: Client) => (await who.get(`/records/account/${id}`)).status === 200;

before(async () => {
  t = await freshTenant({ sharing: 'private' });
  adam = t.as('adam');
  alice = await t.member({ name: 'Alice Rep' });
  bob = await t.member({ name: 'Bob Rep' });
  id = (await bob.post('/records/account', { name: 'Acme', country: 'US' })).body.id;
});

test('a group that is shared with is not deleted', async () => {
  assert.equal((await adam.post('/groups', { name: 'Support', members: [alice.email] })).status, 201);
  const rule = (await adam.post('/sharing-rules', { table: 'account', from: { member: bob.id }, to: { group: 'support' }, level: 'read' })).body;
  assert.equal(await sees(alice), true);
  assert.equal((await adam.delete('/groups/Support')).status, 409);
  assert.equal(await sees(alice), true, 'a refusal changes nothing');
  assert.equal((await adam.delete(`/sharing-rules/${rule.id}`)).status, 204);
  assert.equal((await adam.delete('/groups/Support')).status, 204);
});

test('who is in a group counts from the next request on', async () => {
  await adam.post('/groups', { name: 'Sales', members: [] });
  await bob.post(`/records/account/${id}/shares`, { to: { group: 'Sales' }, level: 'read' });
  assert.equal(await sees(alice), false);
  assert.equal((await adam.patch('/groups/Sales', { members: [alice.id] })).body.members[0].label, 'Alice Rep');
  assert.equal(await sees(alice), true);
  await adam.patch('/groups/Sales', { members: [] });
  assert.equal(await sees(alice), false);
});

test('unknown members and taken names are refused, and members change no group', async () => {
  const refused = await adam.patch('/groups/Sales', { members: ['nobody@acme.test'] });
  assert.deepEqual([refused.status, refused.body.errors[0].field], [422, 'members.0']);
  assert.equal((await adam.post('/groups', { name: 'sales' })).status, 409);
  assert.equal((await alice.patch('/groups/Sales', { members: [alice.id] })).status, 403);
  assert.equal(await sees(alice), false);
});
