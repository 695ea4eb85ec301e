// Proof of shares: who may share, what a share gives, and when it ends.
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

const share = (who: Client, to: object, more: object = {}) => who.post(`/records/account/${id}/shares`, { to, level: 'read', ...more });

test('only who has full shares', async () => {
  assert.equal((await share(alice, { member: alice.id })).status, 404, 'what one does not see does not exist');
  await share(bob, { member: alice.id }, { level: 'edit' });
  assert.equal((await share(alice, { member: carl.id })).status, 403);
  await adam.patch('/profiles/Member', { tables: { account: { share: false } } });
  assert.equal((await share(bob, { member: carl.id })).status, 403, 'the table right is needed too');
  await adam.patch('/profiles/Member', { tables: { account: { share: true } } });
  assert.equal(await sees(carl), false);
});

test("a share never gives full and can't be passed on", async () => {
  assert.deepEqual([await sees(alice), await sees(mona)], [true, true], 'managers inherit it');
  assert.equal((await alice.patch(`/records/account/${id}`, { city: 'Ulm' })).status, 200);
  assert.equal((await alice.delete(`/records/account/${id}`)).status, 403);
  assert.equal((await alice.put(`/records/account/${id}/owner`, { owner: alice.id })).status, 403);
  assert.equal((await alice.get(`/records/account/${id}/shares`)).status, 403);
  assert.equal((await share(bob, { member: alice.id }, { level: 'full' })).status, 422);
});

test('a share that has ended is gone at once', async () => {
  assert.equal((await share(bob, { member: carl.id }, { until: '2020-01-01T00:00:00Z' })).status, 422, 'an end in the past');
  const { body } = await share(bob, { member: carl.id }, { until: '2999-01-01T00:00:00Z', reason: 'holiday' });
  assert.deepEqual([body.reason, body.until, await sees(carl)], ['holiday', '2999-01-01T00:00:00.000000Z', true]);
  await t.sql(`update share set until = now() - interval '1 second' where id = $1`, [body.id]);
  assert.equal(await sees(carl), false);
  assert.equal((await bob.delete(`/records/account/${id}/shares/${body.id}`)).status, 204);
});

test('handing a record over drops its shares', async () => {
  assert.equal(await sees(alice), true);
  await bob.put(`/records/account/${id}/owner`, { owner: carl.id });
  assert.deepEqual([await sees(alice), await sees(bob), await sees(carl)], [false, false, true]);
  assert.deepEqual((await carl.get(`/records/account/${id}/shares`)).body.data, []);
});
