// Proof of teams through the API: what people set is what the law does, and bad input changes nothing.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { freshTenant, type Client, type FreshTenant } from '../../proofs/start.ts';

let t: FreshTenant;
let adam: Client;
let alice: Client;
let mona: Client;
const seen = async (who: Client, country: string) => (await who.get(`/records/account?filter[country]=${country}`)).body.data.length;

before(async () => {
  t = await freshTenant({ sharing: 'private' });
  adam = t.as('adam');
  mona = await t.member({ name: 'Mona Manager' });
  alice = await t.member({ name: 'Alice Rep' });
  await t.member({ name: 'Bob Rep' });
  for (const country of ['CA', 'US', 'DE']) await t.as('bob').post('/records/account', { name: country, country });
});

test('a cycle of teams is refused', async () => {
  const top = (await adam.post('/teams', { name: 'North America', level: 'read', members: [mona.email] })).body;
  const low = (await adam.post('/teams', { name: 'Canada', parent: 'north america', level: 'edit', members: [alice.id], criteria: [{ table: 'account', field: 'country', op: 'in', values: [' ca '] }] })).body;
  assert.deepEqual(low.records, [{ table: 'account', count: 1, filling: null }]);
  const cycle = await adam.patch(`/teams/${top.id}`, { parent: 'Canada' });
  assert.deepEqual([cycle.status, cycle.body.errors[0].field], [422, 'parent']);
  assert.equal((await adam.get('/teams')).body.data.find((x: any) => x.id === top.id).parent, null);
  assert.deepEqual([await seen(alice, 'CA'), await seen(alice, 'US'), await seen(mona, 'CA')], [1, 0, 1]);
});

describe('criteria', () => {
  test('empty never matches except is_empty', async () => {
    await t.as('bob').post('/records/account', { name: 'Nowhere' });
    const nowhere = async () => (await alice.get('/records/account?filter[country][is_empty]=true')).body.data.length;
    assert.equal((await adam.patch('/teams/Canada', { criteria: [{ table: 'account', field: 'country', op: 'between', values: ['', 'zz'] }] })).status, 422);
    await adam.patch('/teams/Canada', { criteria: [{ table: 'account', field: 'country', op: 'between', values: ['a', 'zz'] }] });
    assert.deepEqual([await seen(alice, 'DE'), await nowhere()], [1, 0]);
    await adam.patch('/teams/Canada', { criteria: [{ table: 'account', field: 'country', op: 'is_empty' }] });
    assert.deepEqual([await seen(alice, 'DE'), await nowhere()], [0, 1]);
  });

  test('text is compared ignoring case and outer blanks, and changed criteria count from the next request on', async () => {
    const changed = await adam.patch('/teams/Canada', { criteria: [{ table: 'account', field: 'country', op: 'starts_with', values: ['u'] }] });
    assert.equal(changed.status, 200);
    assert.deepEqual([await seen(alice, 'CA'), await seen(alice, 'US')], [0, 1]);
  });

  test('a field used in criteria is not dropped, and is tracked from then on', async () => {
    await adam.post('/tables/account/fields', { name: 'segment', label: 'Segment', kind: 'text', personal: 'no' });
    await adam.patch('/teams/Canada', { criteria: [{ table: 'account', field: 'segment', op: 'is_empty' }] });
    assert.equal((await adam.get('/tables/account')).body.fields.find((f: any) => f.name === 'segment').tracked, true);
    assert.equal((await adam.delete('/tables/account/fields/segment')).status, 409);
    assert.equal(await seen(alice, 'DE'), 1, 'empty matches is_empty');
  });

  for (const [name, criteria, field] of [
    ['an unknown table', [{ table: 'nothing', field: 'country', op: 'in', values: ['x'] }], 'criteria.0.table'],
    ['an unknown field', [{ table: 'account', field: 'nothing', op: 'in', values: ['x'] }], 'criteria.0.field'],
    ['no values', [{ table: 'account', field: 'country', op: 'in', values: [] }], 'country'],
    ['a value of the wrong form', [{ table: 'account', field: 'employees', op: 'between', values: ['a', 'b'] }], undefined],
  ] as const) {
    test(`${name} is refused and nothing changes`, async () => {
      const earlier = (await adam.get('/teams')).body;
      const refused = await adam.patch('/teams/Canada', { criteria });
      assert.equal(refused.status, 422);
      if (field) assert.equal(refused.body.errors[0].field, field);
      assert.deepEqual((await adam.get('/teams')).body, earlier);
    });
  }
});

test('members other than administrators read names only, and change nothing', async () => {
  const list = await alice.get('/teams');
  assert.deepEqual(Object.keys(list.body.data[0]).sort(), ['id', 'name']);
  assert.equal((await alice.post('/teams', { name: 'Mine', level: 'edit', members: [alice.id], criteria: [] })).status, 403);
});

test('sharing by parent and link settings through the API', async () => {
  assert.equal((await adam.patch('/teams/Canada', { criteria: [] })).status, 200);
  assert.equal((await adam.put('/tables/contact/sharing', { default: 'parent' })).status, 422);
  assert.equal((await adam.put('/tables/account/sharing', { default: 'parent', parent: 'parent' })).status, 422, 'not by a link to itself');
  assert.equal((await adam.put('/tables/contact/sharing', { default: 'parent', parent: 'account' })).status, 200);
  const [{ id }] = (await t.as('bob').get('/records/account?filter[country]=CA')).body.data;
  const child = (await t.as('bob').post('/records/contact', { last_name: 'Child', account: id })).body.id;
  assert.equal((await alice.get(`/records/contact/${child}`)).status, 404);
  await t.as('bob').post(`/records/account/${id}/shares`, { to: { member: alice.id }, level: 'read' });
  assert.equal((await alice.get(`/records/contact/${child}`)).status, 200);
  assert.equal((await alice.patch(`/records/contact/${child}`, { title: 'x' })).status, 403);
  assert.equal((await adam.put('/tables/deal/links/account/sharing', { parent: 'read' })).status, 200);
  assert.equal((await adam.put('/tables/deal/links/nothing/sharing', { parent: 'read' })).status, 404);
});
