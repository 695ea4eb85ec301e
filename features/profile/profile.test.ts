// Proof of profiles: what is hidden is refused by PostgreSQL itself, in every place of a statement, from the next transaction on.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { as, sql } from '../../kernel/database.ts';
import { freshTenant, type FreshTenant } from '../../proofs/start.ts';

let t: FreshTenant;
let contact: string;

/** All records and all rights, to show that a refusal changed nothing. */
async function everything(): Promise<string> {
  const [{ seal }] = await t.sql(`select md5(concat((select string_agg(c::text, '|' order by id) from contact c), (select string_agg(d::text, '|' order by id) from deal d), (select string_agg(p::text, '|' order by no) from profile p),
    (select string_agg(r::text, '|' order by profile_no, table_no) from profile_table r), (select string_agg(f::text, '|' order by profile_no, field_no) from profile_field f))) as seal`);
  return seal;
}

/** What PostgreSQL says to a statement in the member's own role: 'can' or its SQLSTATE. What could be done is undone. */
async function tried(who: string, statement: string): Promise<string> {
  const undo = new Error('undo');
  return t.role(who, async (db) => { await db.client.query(statement.replaceAll('$contact', `'${contact}'`)); throw undo; }).then(() => 'never', (error) => (error === undo ? 'can' : error.code));
}

/** Each line: what is done, and what it says to Rita (whose profile hides it) and to Adam (whose profile does not). */
async function facts(lines: [what: string, statement: string][]): Promise<void> {
  for (const [what, statement] of lines) {
    const seal = await everything();
    assert.equal(await tried('rita', statement), '42501', `Rita must be refused: ${what}`);
    assert.equal(await everything(), seal, `a refusal changed something: ${what}`);
    assert.equal(await tried('adam', statement), 'can', `Adam must not be refused: ${what}`);
  }
}

before(async () => {
  t = await freshTenant();
  const adam = t.as('adam');
  const all = { see: true, create: true, change: true, delete: true };
  assert.equal((await adam.post('/profiles', { name: 'Rep', tables: { contact: all, task: all, note: { see: true } }, fields: { 'contact.phone': 'none', 'contact.city': 'read' } })).status, 201);
  await t.member({ name: 'Rita Rep', profile: 'Rep' });
  const account = await adam.post('/records/account', { name: 'Globex' });
  const made = await adam.post('/records/contact', { first_name: 'Ada', last_name: 'Love', phone: '+4930123456', city: 'Berlin', account: account.body.id });
  contact = made.body.id;
  await adam.post('/records/deal', { name: 'Big one', account: account.body.id });
});

describe('a hidden table is refused by SQL itself', () => {
  test('in each kind of statement', () => facts([
    ['select', 'select id from deal'], ['count', 'select count(*) from deal'], ['insert', `insert into deal (owner_no, name) select no, 'x' from member where id::text <> '' and no = me()`],
    ['update', `update deal set name = 'x'`], ['delete', 'delete from deal'], ['join', 'select c.id from contact c join deal d on d.contact = c.id'], ['exists', 'select 1 from contact where exists (select id from deal)'],
    ['merge', 'merge into deal using contact c on false when not matched then do nothing'], ['select for update', 'select id from deal for update'],
  ]));

  test('by the API it looks like one that never existed', async () => {
    const rita = t.as('rita');
    for (const path of ['/records/TABLE', '/tables/TABLE', `/records/TABLE/${contact}`]) {
      const [hidden, never] = [await rita.get(path.replace('TABLE', 'deal')), await rita.get(path.replace('TABLE', 'zebra'))];
      assert.equal(hidden.status, 404);
      assert.deepEqual({ ...hidden.body, request_id: 0 }, { ...never.body, request_id: 0 });
    }
    assert.deepEqual((await rita.get('/tables')).body.data.map((x: any) => x.name), ['contact', 'task', 'note']);
    assert.ok((await t.as('adam').get('/tables')).body.data.some((x: any) => x.name === 'deal'));
  });

  test('a link is hidden with the table it leads to', async () => {
    assert.equal(await tried('rita', 'select account from contact'), '42501');
    assert.equal(await tried('adam', 'select account from contact'), 'can');
    assert.ok(!('account' in (await t.as('rita').get(`/records/contact/${contact}`)).body));
    assert.ok('account' in (await t.as('adam').get(`/records/contact/${contact}`)).body);
  });

  test('what one may see without the right to change stays as it is', async () => {
    for (const statement of [`insert into note (owner_no, text) values ((select me()), 'x')`, `update note set text = 'x'`, 'delete from note']) assert.equal(await tried('rita', statement), '42501');
    assert.equal(await tried('rita', 'select text from note'), 'can');
  });
});

describe('a hidden field is refused in every place of a query', () => {
  test('by SQL itself', () => facts([
    ['select', 'select phone from contact'], ['where', 'select id from contact where phone is not null'], ['order by', 'select id from contact order by phone'], ['group by', 'select count(*) from contact group by phone'],
    ['having', 'select 1 from contact having max(phone) > $$a$$'], ['aggregate', 'select count(phone) from contact'], ['window', 'select row_number() over (order by phone) from contact'], ['distinct', 'select distinct phone from contact'],
    ['insert', `insert into contact (owner_no, phone) values ((select me()), '+4930123456')`], ['update', `update contact set phone = '+4930123456' where id = $contact`], ['update from it', 'update contact set title = phone where id = $contact'],
    ['returning', `update contact set title = 'x' where id = $contact returning phone`], ['delete by it', 'delete from contact where phone is null'], ['subquery', 'select 1 where exists (select 1 from contact where phone is null)'],
    ['join', 'select a.id from contact a join contact b on a.phone = b.phone'], ['merge', 'merge into contact c using task k on c.phone = k.title when not matched then do nothing'],
    ['on conflict', `insert into contact (owner_no, title) values ((select me()), 'x') on conflict (id) do update set title = contact.phone`],
  ]));

  test('also with the whole row, which nobody gets because of search', async () => {
    for (const statement of ['select * from contact', 'select c from contact c', 'select to_jsonb(c) from contact c', 'select count(c) from contact c', `update contact set title = 'x' where id = $contact returning *`, 'select search from contact', 'copy contact to stdout']) {
      assert.equal(await tried('rita', statement), '42501', statement);
      assert.equal(await tried('adam', statement), '42501', statement);
    }
  });

  test('a field that may be read but not written', async () => {
    assert.equal(await tried('rita', 'select city from contact where city is not null order by city'), 'can');
    assert.equal(await tried('rita', `update contact set city = 'x' where id = $contact`), '42501');
    assert.equal(await tried('rita', `insert into contact (owner_no, city) values ((select me()), 'x')`), '42501');
    assert.equal(await tried('adam', `update contact set city = 'x' where id = $contact`), 'can');
  });

  test('by the API with the words for a field that never existed', async () => {
    const rita = t.as('rita');
    const seal = await everything();
    const ways: ((field: string) => Promise<any>)[] = [
      (f) => rita.get(`/records/contact?fields=id,${f}`), (f) => rita.get(`/records/contact?sort=${f}`), (f) => rita.get(`/records/contact?filter[${f}]=x`), (f) => rita.patch(`/records/contact/${contact}`, { [f]: 'x' }),
      (f) => rita.post('/records/contact', { last_name: 'X', [f]: 'x' }), (f) => rita.post('/records/contact/query', { filter: { [f]: { eq: 'x' } } }),
    ];
    for (const way of ways) {
      const [hidden, never] = [await way('phone'), await way('zebra')];
      assert.equal(hidden.status, 422);
      assert.deepEqual(JSON.parse(JSON.stringify({ ...hidden.body, request_id: 0 }).replaceAll('phone', 'zebra')), { ...never.body, request_id: 0 });
    }
    assert.equal(await everything(), seal);
    assert.equal((await t.as('adam').get('/records/contact?fields=id,phone&sort=phone')).status, 200);
  });

  test('a computed field is never more visible than what it is made from', async () => {
    const adam = t.as('adam');
    assert.equal(await tried('rita', 'select full_name from contact'), 'can');
    await adam.patch('/profiles/Rep', { fields: { 'contact.first_name': 'none' } });
    assert.equal(await tried('rita', 'select full_name from contact'), '42501');
    assert.equal(await tried('rita', 'select last_name from contact'), 'can');
    await adam.patch('/profiles/Rep', { fields: { 'contact.first_name': null } });
    assert.equal(await tried('rita', 'select full_name from contact'), 'can');
  });

  test('a special field is hidden from profiles that do not name it', async () => {
    const adam = t.as('adam');
    assert.equal((await adam.post('/tables/contact/fields', { name: 'religion', kind: 'text', personal: 'special', category: 'user.demographic.religious_belief', purpose: 'Pastoral care', origin: 'provided' })).status, 201);
    const [{ column_name }] = await t.sql(`select column_name from catalogue_field where name = 'religion'`);
    for (const who of ['rita', 'adam']) assert.equal(await tried(who, `select ${column_name} from contact`), '42501');
    await adam.patch('/profiles/Rep', { fields: { 'contact.religion': 'read' } });
    assert.deepEqual([await tried('rita', `select ${column_name} from contact`), await tried('adam', `select ${column_name} from contact`)], ['can', '42501']);
  });
});

describe('a changed right holds at once', () => {
  test('at the next request and the next transaction, given and taken', async () => {
    const [adam, rita] = [t.as('adam'), t.as('rita')];
    assert.equal((await rita.get('/records/deal')).status, 404);
    for (let round = 0; round < 3; round++) {
      await adam.patch('/profiles/Rep', { tables: { deal: { see: true } } });
      assert.equal((await rita.get('/records/deal')).body.data.length, 1);
      assert.equal(await tried('rita', 'select id from deal'), 'can');
      await adam.patch('/profiles/Rep', { tables: { deal: round % 2 ? null : { see: false } } });
      assert.equal((await rita.get('/records/deal')).status, 404);
      assert.equal(await tried('rita', 'select id from deal'), '42501');
    }
  });

  test('a transaction that knows older rights is turned away', async () => {
    const stale = (await t.caller('rita')).identity;
    await t.as('adam').patch('/profiles/Rep', { tables: { task: { export: true } } });
    await assert.rejects(as(stale, (db) => db.rows(sql`select id from contact`)), { code: 'SW409' });
  });

  test('maps are merged key by key', async () => {
    const adam = t.as('adam');
    const earlier = (await adam.get('/profiles')).body.data.find((p: any) => p.name === 'Rep');
    const { status, body } = await adam.patch(`/profiles/${earlier.id}`, { tables: { contact: { delete: false } } });
    assert.equal(status, 200);
    assert.deepEqual(body, { ...earlier, tables: { ...earlier.tables, contact: { ...earlier.tables.contact, delete: false } } });
    assert.deepEqual([await tried('rita', 'delete from contact'), await tried('rita', `update contact set title = 'x' where id = $contact`)], ['42501', 'can']);
    await adam.patch(`/profiles/${earlier.id}`, { tables: { contact: { delete: true } } });
  });

  test('what cannot be granted is refused whole', async () => {
    const adam = t.as('adam');
    const seal = await everything();
    const refused: [object, string][] = [
      [{ tables: { zebra: { see: true }, deal: { see: true } } }, 'tables.zebra'], [{ fields: { 'contact.zebra': 'none', 'contact.email': 'none' } }, 'fields.contact.zebra'], [{ fields: { 'zebra.name': 'none' } }, 'fields.zebra.name'],
      [{ fields: { 'contact.email': 'masked' } }, 'fields.contact.email'], [{ fields: { 'contact.email': 'all' } }, 'fields.contact.email'],
      [{ tables: { deal: { see: 'yes' } } }, 'tables.deal.see'], [{ tables: { deal: { fly: true } } }, 'tables.deal.fly'], [{ rights: ['root'] }, 'rights.0'], [{ name: ' ' }, 'name'], [{ name: 'ｍember' }, 'name'], [{ no: 7 }, 'no'],
    ];
    for (const [body, field] of refused) {
      const answer = await adam.patch('/profiles/Rep', body);
      assert.deepEqual([answer.status, answer.body.errors[0].field], [422, field], JSON.stringify(body));
    }
    assert.equal((await adam.post('/profiles', { name: 'REP' })).status, 422);
    assert.equal((await adam.patch('/profiles/Zebra', { name: 'x' })).status, 404);
    assert.equal(await everything(), seal);
  });

  test('who does not administer reaches no right, neither by API nor by SQL', async () => {
    const rita = t.as('rita');
    const seal = await everything();
    assert.equal((await rita.get('/profiles')).status, 403);
    assert.equal((await rita.post('/profiles', { name: 'Mine', rights: ['administer'] })).status, 403);
    assert.equal((await rita.patch('/profiles/Rep', { rights: ['administer'] })).status, 403);
    assert.equal((await rita.delete('/profiles/Rep')).status, 403);
    const statements = [`update profile set rights = '{administer}'`, 'select rights from profile', 'select * from profile_table', `update profile_table set may_see = true`, 'delete from profile_field', 'select lay_grants(1, 1)', 'select read_rights(1)', 'select read_profiles()',
      `grant s_${t.key}_p1 to s_${t.key}_p4`, 'alter table contact disable row level security', 'drop policy "the law itself" on contact', 'create table mine (x int)'];
    for (const statement of statements) assert.equal(await tried('rita', statement), '42501', statement);
    assert.equal(await tried('rita', 'select profiles()'), 'SW403');
    assert.equal(await tried('rita', `set local role s_${t.key}_p1`), 'can', 'the door may step over; what counts is the next line');
    const claim = await t.role('rita', async (db) => { await db.script(`set local role s_${t.key}_p1`); return db.client.query('select me()').then(() => 'can', (e) => e.code); }).catch((e) => e.code);
    assert.equal(claim, 'SW401');
    assert.equal(await everything(), seal);
  });

  test('a profile is a role of its own and goes when no member has it', async () => {
    const adam = t.as('adam');
    const made = await adam.post('/profiles', { name: 'Visitor', tables: { contact: { see: true } } });
    const [{ no }] = await t.sql(`select no from profile where name = 'Visitor'`);
    const exists = async () => (await t.sql(`select 1 from pg_roles where rolname = $1`, [`s_${t.key}_p${no}`])).length === 1;
    assert.deepEqual([made.status, made.body.members, await exists()], [201, 0, true]);
    assert.equal((await adam.delete('/profiles/Rep')).status, 409);
    assert.equal((await adam.delete(`/profiles/${made.body.id}`)).status, 204);
    assert.deepEqual([await exists(), (await adam.delete(`/profiles/${made.body.id}`)).status], [false, 404]);
    await adam.post('/profiles', { name: 'Visitor' });
    assert.ok((await t.sql(`select no from profile where name = 'Visitor'`))[0].no > no, 'a number is never given twice');
  });
});

describe('the last one who administers keeps that right', () => {
  test('whichever way it would be taken, and not when there is another', async () => {
    const adam = t.as('adam');
    const seal = await everything();
    assert.equal((await adam.patch('/profiles/Administrator', { rights: [] })).status, 409);
    for (const statement of [`update member set active = false where no = 1`, `update member set profile_no = 2 where no = 1`, `update profile set rights = '{dpo}' where no = 1`]) {
      await assert.rejects(t.sql(statement), { code: 'SW409' }, statement);
    }
    assert.equal(await everything(), seal);
    await t.member({ name: 'Eve Else', profile: 'Administrator' });
    assert.equal((await t.sql(`update member set profile_no = 2 where no = 1 returning no`)).length, 1);
    assert.equal((await adam.get('/profiles')).status, 403);
    await assert.rejects(t.sql(`update profile set rights = '{}' where no = 1`), { code: 'SW409' });
  });
});

describe('a field that only the owner writes', () => {
  test('is read by others and written by the owner alone', async () => {
    const own = await freshTenant();
    const [olga, peter] = [await own.member({ name: 'Olga Owner' }), await own.member({ name: 'Peter Peer' })];
    assert.equal((await own.as('adam').patch('/profiles/Member', { fields: { 'deal.amount': 'owner' } })).status, 200);
    const { id } = (await olga.post('/records/deal', { name: 'Big', amount: '10' })).body;
    const refused = await peter.patch(`/records/deal/${id}`, { amount: '11' });
    assert.deepEqual([refused.status, refused.body.errors[0].field], [403, 'amount']);
    assert.equal((await peter.patch(`/records/deal/${id}`, { name: 'Bigger' })).body.amount.amount, '10.00');
    assert.equal((await olga.patch(`/records/deal/${id}`, { amount: '12' })).status, 200);
    const [hers, his] = [await olga.get(`/records/deal/${id}/access`), await peter.get(`/records/deal/${id}/access`)];
    assert.deepEqual([hers.body.fields.amount, his.body.fields.amount, his.body.fields.name], ['write', 'read', 'write']);
    await assert.rejects(own.role('peter', (db) => db.run(sql`update deal set amount = 1 where id = ${id}`)), { code: 'SW403' });
  });
});
