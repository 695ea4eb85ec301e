// Proof of activities: each tracked change leaves exactly one that nobody can take away, and none tells of what its reader may not see.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { asLaw, door, sql } from '../../kernel/database.ts';
import { ask, freshTenant, PASSWORD, type Answer, type Client, type FreshTenant } from '../../proofs/start.ts';

let t: FreshTenant;
let [adam, mia, alice, bob]: Client[] = [];
const made = async (ask: Promise<Answer>): Promise<any> => { const { status, body } = await ask; assert.ok(status < 300, JSON.stringify(body)); return body; };
const contact = (who: Client, values: object) => made(who.post('/records/contact', values));
const story = async (who: Client, id: string, table = 'contact') => (await made(who.get(`/records/${table}/${id}/activities`))).data as any[];
const count = async (where = 'true') => Number((await t.sql(`select count(*) as n from activity where ${where}`))[0].n);
/** How many activities an act leaves. */
async function left(act: () => Promise<unknown>, where = 'true'): Promise<number> {
  const before = await count(where);
  await act();
  return (await count(where)) - before;
}

before(async () => {
  t = await freshTenant({ sharing: 'private' });
  adam = t.as('adam');
  const all = { see: true, create: true, change: true, delete: true, hand_over: true };
  const field = (name: string, kind: string, more = {}) => ({ name, kind, personal: 'no', tracked: true, ...more });
  await made(adam.post('/tables/contact/fields', { ...field('salary', 'number'), personal: 'yes', category: 'user.financial', purpose: 'Payroll', origin: 'provided' }));
  for (const [name, kind, more] of [['about', 'link', { to: '*' }], ['companies', 'links', { to: 'account' }], ['boss', 'member', {}], ['worth', 'money', {}]] as const) await made(adam.post('/tables/contact/fields', field(name, kind, more)));
  await made(adam.post('/profiles', { name: 'Boss', tables: { contact: all, account: all, deal: all } }));
  await made(adam.post('/profiles', { name: 'Rep', tables: { contact: all, account: all }, fields: { 'contact.salary': 'none' } }));
  mia = await t.member({ name: 'Mia Manager', profile: 'Boss' });
  alice = await t.member({ name: 'Alice Rep', profile: 'Rep', manager: 'mia' });
  bob = await t.member({ name: 'Bob Rep', profile: 'Rep', manager: 'mia' });
});

describe('every change of a tracked field leaves an activity in the same transaction', () => {
  test('one for each change, with who, when, through what, before and after', async () => {
    const { id } = await contact(alice, { first_name: 'Ada' });
    assert.equal(await left(() => made(alice.patch(`/records/contact/${id}`, { first_name: 'Eve', last_name: 'Love', city: 'Bonn' }))), 1);
    assert.equal(await left(() => made(mia.patch(`/records/contact/${id}`, { worth: { amount: '5', currency: 'USD' }, boss: bob.id }))), 1);
    const [second, first, creation] = await story(alice, id);
    assert.deepEqual([first.verb, first.by, first.through, first.table, first.record], ['change', { id: alice.id, label: 'Alice Rep' }, 'screen', 'contact', id]);
    assert.deepEqual(first.changes, [{ field: 'first_name', old: 'Ada', new: 'Eve' }, { field: 'last_name', old: null, new: 'Love' }]);
    assert.deepEqual(second.changes, [{ field: 'boss', old: null, new: { id: bob.id, label: 'Bob Rep' } }, { field: 'worth', old: null, new: { amount: '5.00', currency: 'USD' } }]);
    assert.deepEqual([creation.verb, creation.changes], ['create', []]);
    assert.match(first.at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    assert.ok(second.at > first.at && first.at > creation.at);
  });

  test('none for fields that are not tracked, for the same value again, and for what was refused', async () => {
    const { id } = await contact(alice, { first_name: 'Ada' });
    assert.equal(await left(async () => {
      await made(alice.patch(`/records/contact/${id}`, { city: 'Bonn', tags: ['x'] }));
      await made(alice.patch(`/records/contact/${id}`, { first_name: 'Ada' }));
      assert.equal((await alice.patch(`/records/contact/${id}`, { first_name: 'Eve', birth_date: 'soon' })).status, 422);
      assert.equal((await bob.patch(`/records/contact/${id}`, { first_name: 'Eve' })).status, 404);
    }), 0);
  });

  test('rolled back with its change', async () => {
    const { id } = await contact(alice, { first_name: 'Ada' });
    const undo = new Error('undo');
    assert.equal(await left(() => t.role('alice', async (db) => {
      await db.run(sql`update contact set first_name = 'Eve' where id = ${id}`);
      assert.equal((await db.rows(sql`select 1 from activity where record_id = ${id}`)).length, 2, 'seen within the transaction');
      throw undo;
    }).catch((error) => assert.equal(error, undo))), 0);
  });

  test('a change of many records leaves one for each', async () => {
    const ids = await Promise.all([1, 2, 3].map(async () => (await contact(alice, { first_name: 'Many' })).id));
    assert.equal(await left(() => t.role('alice', (db) => db.run(sql`update contact set first_name = 'Changed' where id = any(${ids}::uuid[])`))), 3);
    assert.equal(Number((await t.sql('select count(*) as n from activity_value v join activity a on a.id = v.activity_id where a.record_id = any($1)', [ids]))[0].n), 3);
  });

  test('creation, deletion, handing over, rights and signing in leave one', async () => {
    const { id } = await contact(alice, { first_name: 'Ada' });
    assert.equal(await left(() => contact(alice, { first_name: 'New' }), `verb = 'create'`), 1);
    assert.equal(await left(() => made(alice.put(`/records/contact/${id}/owner`, { owner: bob.id })), `verb = 'hand_over'`), 1);
    assert.deepEqual((await story(bob, id))[0].about, { from: alice.id, to: bob.id });
    assert.equal(await left(() => bob.delete(`/records/contact/${id}`), `verb = 'delete' and record_id = '${id}' and member_no = ${bob.no}`), 1);
    assert.equal(await left(() => made(adam.patch('/profiles/Boss', { tables: { deal: { export: true } } })), `verb = 'rights'`), 1);
    assert.equal(await left(() => made(ask('POST', '/session', { email: alice.email, password: PASSWORD })), `verb = 'sign_in' and member_no = ${alice.no}`), 1);
    const shared = await contact(adam, { first_name: 'Shared' });
    assert.equal(await left(() => made(adam.post(`/records/contact/${shared.id}/shares`, { to: { member: bob.id }, level: 'read', reason: 'her Canary told me' })), `verb = 'share'`), 1);
    const rights = await t.sql(`select string_agg(about::text, ' ') as told from activity where verb in ('rights', 'sign_in', 'share')`);
    assert.doesNotMatch(rights[0].told, /@|Alice|Mia|proofs|Canary/, 'no names, addresses or secrets');
  });
});

describe('nobody can change or remove an activity', () => {
  const statements = [`update activity set verb = 'x'`, `update activity set at = now()`, 'delete from activity', 'truncate activity cascade', `update activity_value set new = '"x"'`, 'delete from activity_value', 'truncate activity_value'];
  for (const [who, run] of [['a member', (s: string) => t.role('alice', (db) => db.script(s))], ['an administrator', (s: string) => t.role('adam', (db) => db.script(s))], ['the login role', (s: string) => door(t.key, (db) => db.script(s))], ['the law itself', (s: string) => asLaw(t.key, (db) => db.script(s))]] as const) {
    test(`not ${who}`, async () => {
      const seal = () => t.sql(`select md5(concat((select string_agg(a::text, '|' order by id) from activity a), (select string_agg(v::text, '|' order by activity_id, field_no) from activity_value v))) as seal`);
      const [before] = await seal();
      for (const statement of statements) await assert.rejects(async () => { await run(statement); }, (error: any) => ['42501', 'SW403'].includes(error.code), statement);
      assert.deepEqual(await seal(), [before]);
    });
  }

  test('and there is no way to write one by hand', async () => {
    for (const who of ['alice', 'adam']) for (const statement of [`insert into activity (through, verb) values ('api', 'create')`, `insert into activity_value (activity_id, table_no, field_no) select id, 1, 1 from activity limit 1`, `select note_activity('create', 1, null, null)`]) await assert.rejects(t.role(who, (db) => db.script(statement)), { code: '42501' }, statement);
  });
});

describe('values of hidden fields and of hidden records do not show', () => {
  test('the number of entries does not depend on hidden changes', async () => {
    const { id } = await contact(alice, { first_name: 'Ada' });
    const before = await story(alice, id);
    for (const salary of [1, 2, 3]) await made(mia.patch(`/records/contact/${id}`, { salary }));
    assert.deepEqual(await story(alice, id), before);
    await made(mia.patch(`/records/contact/${id}`, { salary: 4, first_name: 'Eve' }));
    const [both] = await story(alice, id);
    assert.deepEqual(both.changes, [{ field: 'first_name', old: 'Ada', new: 'Eve' }]);
    assert.equal((await story(mia, id))[0].changes.length, 2);
    const all = JSON.stringify((await made(alice.get('/activities?limit=500'))).data);
    assert.ok(!all.includes('salary') && !(await t.role('alice', (db) => db.rows(sql`select 1 from activity_value v join activity a on a.id = v.activity_id where a.record_id = ${id}`))).some((_, i) => i > 0));
  });

  test('activities end with the sight of their record and come with it', async () => {
    const { id } = await contact(alice, { first_name: 'Ada' });
    assert.equal((await bob.get(`/records/contact/${id}/activities`)).status, 404);
    assert.equal((await bob.get(`/records/contact/${'-'.repeat(36)}/activities`)).status, 404);
    assert.ok(!(await made(bob.get('/activities?limit=500'))).data.some((a: any) => a.record === id));
    await made(alice.put(`/records/contact/${id}/owner`, { owner: bob.id }));
    assert.equal((await alice.get(`/records/contact/${id}/activities`)).status, 404);
    assert.equal((await story(bob, id)).length, 2);
    assert.ok(!(await made(alice.get('/activities?limit=500'))).data.some((a: any) => a.record === id));
  });

  test('links tell only of records that the reader sees, a change between hidden ones does not show', async () => {
    const [one, two] = [await made(bob.post('/records/account', { name: 'Hidden One' })), await made(bob.post('/records/account', { name: 'Hidden Two' }))];
    const own = await made(alice.post('/records/account', { name: 'Own' }));
    const { id } = await contact(alice, { first_name: 'Ada', companies: [own.id], about: { table: 'account', id: own.id } });
    for (const values of [{ account: one.id }, { account: two.id }, { companies: [own.id, one.id] }, { companies: [own.id, two.id] }, { about: { table: 'account', id: one.id } }, { account: own.id }]) await made(mia.patch(`/records/contact/${id}`, values));
    const seen = (await story(alice, id)).flatMap((a) => a.changes);
    const company = { id: own.id, label: 'Own' };
    assert.deepEqual(seen, [{ field: 'account', old: null, new: company }, { field: 'about', old: { table: 'account', ...company }, new: null }]);
    assert.deepEqual((await story(mia, id)).length, 7);
    assert.deepEqual((await story(mia, id))[2].changes, [{ field: 'companies', old: [company, { id: one.id, label: 'Hidden One' }], new: [company, { id: two.id, label: 'Hidden Two' }] }]);
  });

  test('changes of rights are told to those who answer for them', async () => {
    assert.ok((await made(adam.get('/activities?verb=rights'))).data.length > 0);
    assert.deepEqual((await made(alice.get('/activities?verb=rights'))).data, []);
    assert.deepEqual((await made(alice.get('/activities?verb=sign_in'))).data, []);
  });

  test('pages hold each activity once', async () => {
    const { id } = await contact(alice, { first_name: 'N0' });
    for (let i = 1; i < 12; i++) await made(alice.patch(`/records/contact/${id}`, { first_name: `N${i}` }));
    const ids: string[] = [];
    for (let cursor = ''; ;) {
      const { data, next } = await made(alice.get(`/records/contact/${id}/activities?limit=5${cursor}`));
      ids.push(...data.map((a: any) => a.id));
      if (!next) break;
      assert.equal((await bob.get(`/activities?limit=5&cursor=${next}`)).status, 422, 'of another member and question');
      cursor = `&cursor=${encodeURIComponent(next)}`;
    }
    assert.deepEqual(ids, (await story(alice, id)).map((a) => a.id));
    assert.equal(new Set(ids).size, 12);
  });
});
