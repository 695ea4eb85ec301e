// Proof that the API's description holds every endpoint, and nothing that the asker may not see.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { CLERKS } from '../clerks.ts';
import { freshTenant, type FreshTenant } from '../../proofs/start.ts';

let t: FreshTenant;
before(async () => {
  t = await freshTenant();
  await t.member({ name: 'Alice Rep' });
  await t.as('adam').post('/tables', { name: 'payroll', label: 'Payroll', labels: 'Payrolls', subject: 'none' });
  await t.as('adam').patch('/profiles/Member', { fields: { 'contact.birth_date': 'none' } });
});

test('whoever administers reads every endpoint of the code in it', async () => {
  const { status, body } = await t.as('adam').get('/openapi.json');
  assert.deepEqual([status, body.openapi], [200, '3.1.0']);
  const said = Object.entries(body.paths).flatMap(([path, methods]) => Object.keys(methods as object).map((m) => `${m.toUpperCase()} ${path}`)).sort();
  const known = CLERKS.filter((c) => c.endpoint.who !== 'dpo').map((c) => `${c.endpoint.method} ${c.endpoint.path.replace(/:(\w+)/g, '{$1}')}`).sort();
  assert.deepEqual(said, known);
  assert.ok(body.components.schemas.payroll && body.components.schemas.contact.properties.birth_date);
});

test('hidden tables, hidden fields and other people’s endpoints are not in it', async () => {
  const { body } = await t.as('alice').get('/openapi.json');
  const text = JSON.stringify(body);
  assert.ok(!text.includes('payroll'), 'a hidden table');
  assert.ok(!text.includes('birth_date'), 'a hidden field');
  assert.equal(body.paths['/profiles'], undefined);
  assert.deepEqual(body.paths['/records/{table}'].get.parameters[0].schema.enum, ['account', 'contact', 'deal', 'task', 'note']);
  assert.equal(body.components.schemas.contact.properties.full_name.readOnly, true);
});
