// Proves that tenants never meet, whatever is equal between them, and that an identity is signed by the server alone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import pg from 'pg';
import { doorPassword, sql } from '../../kernel/database.ts';
import { startPostgres } from '../../kernel/postgres.ts';
import { ask, byCookie, freshTenant, theServer, type FreshTenant } from '../../proofs/start.ts';

const ID = '01990000-0000-7000-8000-000000000001';

/** The connection that a server process has to one tenant, to do by hand what a thief of its password could. */
async function byHand<T>(tenant: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const { host, port, database } = await startPostgres();
  const client = new pg.Client({ host, port, database, user: `s_${tenant}_door`, password: doorPassword(tenant) });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function withContact(name: string): Promise<FreshTenant> {
  const t = await freshTenant({ name });
  await t.sql(`insert into contact (id, owner_no, last_name) values ($1, 1, $2)`, [ID, `Only ${name}`]);
  return t;
}

test('two tenants never meet, even when ids, names and addresses are equal', async (t) => {
  const [one, two] = [await withContact('One'), await withContact('Two')];
  await t.test('each sees its own record of the same id', async () => {
    for (const each of [one, two]) {
      assert.equal((await each.as('adam').get(`/records/contact/${ID}`)).body.last_name, `Only ${each.name}`);
      assert.deepEqual(await each.role('adam', (db) => db.rows(sql`select last_name from contact`)), [{ last_name: `Only ${each.name}` }]);
    }
    assert.equal((await one.as('adam').patch(`/records/contact/${ID}`, { city: 'Berlin' })).status, 200);
    assert.equal((await two.sql('select city from contact'))[0].city, null);
  });
  await t.test('a secret works in the tenant it was made in and nowhere else', async () => {
    const { token } = (await one.as('adam').post('/tokens', { name: 'x' })).body;
    const moved = token.replace(one.key, two.key);
    assert.equal((await ask('GET', '/me', undefined, { authorization: `Bearer ${token}` })).status, 200);
    assert.equal((await ask('GET', '/me', undefined, { authorization: `Bearer ${moved}` })).status, 401);
    assert.equal((await ask('GET', '/me', undefined, byCookie(one.as('adam').secret.replace(one.key, two.key)))).status, 401);
    assert.equal((await ask('GET', '/me', undefined, byCookie(`zzzzzzzzzz.${'A'.repeat(43)}`))).status, 401);
  });
  await t.test('path, header, query and body do not choose the tenant', async () => {
    const headers = { 'x-tenant': two.key, 'x-steward-tenant': two.key, host: `${two.key}.steward.test` };
    assert.equal((await one.as('adam').get(`/records/contact/${ID}`, headers)).body.last_name, 'Only One');
    assert.equal((await one.as('adam').get(`/members?tenant=${two.key}`)).status, 422);
    assert.equal((await one.as('adam').post('/records/contact', { last_name: 'x', tenant: two.key })).status, 422);
    assert.equal((await one.as('adam').get(`/members/${two.as('adam').id}`)).status, 404);
    assert.equal((await one.as('adam').post('/members', { name: 'x', email: 'x@x.test', profile: 'Member', manager: two.as('adam').id })).status, 422);
  });
  await t.test('the roles of one have no way into the schema of the other', async () => {
    const own = `s_${one.key}`;
    const other = `s_${two.key}`;
    await byHand(one.key, async (client) => {
      for (const attack of [`select * from ${other}.contact`, `select ${other}.find_member(1)`, `set role ${other}_p1`, `set role ${other}_law`, `set role ${own}_law`, `set role steward`, `set session authorization ${other}_door`, 'select * from steward.tenant', 'select * from steward.address_book', `select * from ${own}.contact`]) {
        await assert.rejects(client.query(attack), { code: '42501' }, attack);
      }
      await client.query(`set role ${own}_p1`);
      await assert.rejects(client.query(`select id from ${other}.contact`), { code: '42501' });
      for (const attack of [`select id from ${own}.contact`, `select ${own}.me()`]) await assert.rejects(client.query(attack), { code: 'SW401' }, attack);
    });
    const crossing = await one.sql(`select r.rolname as holder, m.rolname as holds from pg_auth_members a join pg_roles r on r.oid = a.member join pg_roles m on m.oid = a.roleid where r.rolname like 's\\_%' and left(r.rolname, 12) <> left(m.rolname, 12) and m.rolname not in ('steward_laws', 'steward_doors')`);
    assert.deepEqual(crossing, []);
  });
  await t.test('an error tells nothing of the other', async () => {
    const answers = [await one.as('adam').post('/members', { name: 'x', email: two.as('adam').email, profile: 'Member' }), await one.as('adam').post('/members', { name: 'x', email: two.as('adam').email, profile: 'Member' })];
    assert.deepEqual(answers.map((a) => a.status), [201, 409], 'an address of the other is free here');
    assert.doesNotMatch(JSON.stringify(answers), new RegExp(`${two.key}|Two`));
  });
});

test('an identity cannot be forged or changed inside a query', async (t) => {
  const acme = await withContact('Acme');
  const berta = await acme.member({ name: 'Berta Below' });
  const claims = async (client: pg.Client, role: string, identity: string) => {
    await client.query(`set role s_${acme.key}_${role}`);
    await client.query(`set steward.identity = '${identity}'`);
    return client.query(`select s_${acme.key}.me()`).then((r) => r.rows[0].me, (error) => error.code);
  };
  const signed = await acme.role('berta', (db) => db.one<{ identity: string }>(sql`select current_setting('steward.identity') as identity`));
  const mac = signed.identity.split('.')[4];
  const nil = '00000000-0000-0000-0000-000000000000';

  await t.test('set by hand as the login role', async () => {
    await byHand(acme.key, async (client) => {
      assert.equal(await claims(client, 'p2', signed.identity), berta.no, 'the true one works in its own role');
      assert.equal(await claims(client, 'p1', signed.identity), 'SW401', 'and in no other');
      for (const forged of ['', '1', '1.1', `1.1.${nil}.1.`, `1.1.${nil}.1.${'0'.repeat(64)}`, `1.1.${nil}.1.${mac}`, `${signed.identity}.x`, signed.identity.replace(/^\d+/, '1')]) {
        assert.equal(await claims(client, 'p1', forged), 'SW401', forged);
        assert.equal(await claims(client, 'p2', forged), 'SW401', forged);
      }
    });
  });
  await t.test('signed by another tenant', async () => {
    const other = await freshTenant();
    const { identity } = await other.role('adam', (db) => db.one<{ identity: string }>(sql`select current_setting('steward.identity') as identity`));
    await byHand(acme.key, async (client) => assert.equal(await claims(client, 'p1', identity), 'SW401'));
  });
  await t.test('changed in mid-query', async () => {
    for (const attack of [`select set_config('steward.identity', '1.1.x.1.x', true)`, `select set_config('role', 's_${acme.key}_law', true)`, `select * from contact where set_config('role', 'steward', true) is not null`, `do $$ begin perform 1; end $$`, 'create temporary table t (x int)', 'create table t (x int)', `select pg_sleep(1)`]) {
      await assert.rejects(acme.role('berta', (db) => db.script(attack)), { code: '42501' }, attack);
    }
    await assert.rejects(acme.role('berta', (db) => db.script('set local row_security = off; select id from contact')), { code: '42501' });
    await assert.rejects(acme.role('berta', async (db) => { await db.script(`set local steward.identity = '${signed.identity.replace(/^\d+/, '1')}'`); return db.rows(sql`select id from contact`); }), { code: 'SW401' });
  });
  await t.test('the key is nowhere to be read', async () => {
    await assert.rejects(acme.role('adam', (db) => db.script('select * from secret')), { code: '42501' });
    await byHand(acme.key, (client) => assert.rejects(client.query(`select * from s_${acme.key}.secret`), { code: '42501' }));
  });
});

test('a right is read from the profile as it is now', async () => {
  const acme = await freshTenant();
  const bea = await acme.member({ name: 'Bea Boss', profile: 'Administrator' });
  const { law } = await acme.caller('bea');
  assert.equal((await bea.patch('/tenant', { name: 'Acme Ltd' })).body.name, 'Acme Ltd');
  const believed = await acme.caller('bea');
  await acme.sql('update member set profile_no = 2 where no = $1', [bea.no]);
  await assert.rejects(law((db) => db.rows(sql`select 1`)), { code: 'SW401' });
  await assert.rejects(believed.law((db) => db.rows(sql`select 1`)), { code: 'SW401' });
  assert.equal((await bea.patch('/tenant', { name: 'Mine now' })).status, 403);
  await acme.sql(`update profile set rights = '{dpo}' where no = 2`);
  assert.deepEqual((await bea.get('/me')).body.profile.rights, ['dpo']);
  assert.equal((await bea.patch('/tenant', { name: 'Mine now' })).status, 403);
});

test('physical names are random and never made from what people type', async () => {
  const name = `${'x'.repeat(70)}"; drop schema steward; --`;
  const [one, two] = [await freshTenant({ name: `${name}1` }), await freshTenant({ name: `${name}2` })];
  assert.match(one.key, /^[a-z][a-z0-9]{9}$/);
  assert.notEqual(one.key, two.key);
  const schemas = await one.sql(`select nspname from pg_namespace where nspname in ($1, $2)`, [`s_${one.key}`, `s_${two.key}`]);
  assert.equal(schemas.length, 2);
  assert.equal((await one.as('adam').get('/tenant')).body.name, `${name}1`);
});

test('many tenants open at the same moment', async () => {
  const opened = await Promise.all(Array.from({ length: 6 }, (_, i) => freshTenant({ name: `Company ${i}` })));
  for (const each of opened) assert.equal((await each.as('adam').get('/tenant')).body.name, each.name);
});

test('the company is changed by administrators', async () => {
  const acme = await freshTenant();
  const berta = await acme.member({ name: 'Berta Below' });
  assert.equal((await berta.patch('/tenant', { currency: 'USD' })).status, 403);
  assert.deepEqual((await acme.as('adam').patch('/tenant', { currency: 'USD' })).body, { name: 'Acme', region: 'eu', currency: 'USD', language: 'en' });
  assert.equal((await berta.get('/me')).body.tenant.currency, 'USD', 'for everyone at once');
  assert.equal((await acme.as('adam').patch('/tenant', { name: 'Acme Two' })).status, 200);
  assert.equal((await acme.sql('select name from steward.tenant where key = $1', [acme.key]))[0].name, 'Acme Two');
  for (const body of [{ currency: 'euro' }, { name: ' ' }, { region: 'us' }, { language: 'xx' }]) assert.equal((await acme.as('adam').patch('/tenant', body)).status, 422);
});

test('every table of a tenant has row security in force, and every function its path', async () => {
  const acme = await freshTenant();
  const loose = await acme.sql(`select c.relname from pg_class c where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'p') and not (c.relrowsecurity and c.relforcerowsecurity)`, [`s_${acme.key}`]);
  assert.deepEqual(loose, []);
  const pathless = await acme.sql(`select p.proname from pg_proc p where p.pronamespace = $1::regnamespace and p.prosecdef and not coalesce(p.proconfig::text like '%search_path=%', false)`, [`s_${acme.key}`]);
  assert.deepEqual(pathless, []);
  const open = await acme.sql(`select p.proname from pg_proc p where p.pronamespace = $1::regnamespace and has_function_privilege('public', p.oid, 'execute')`, [`s_${acme.key}`]);
  assert.deepEqual(open, []);
});

test('a first run is over once there is a tenant', async () => {
  await freshTenant();
  assert.deepEqual((await ask('GET', '/setup')).body, { tenants: true });
  const unknown = await (await theServer()).inject({ method: 'POST', url: '/api/v1/no-such-thing', payload: {} });
  for (const body of [{}, { tenant: 'x', name: 'x', email: 'x@x.test', password: '12345678', accept: { terms: true, privacy: true } }]) {
    const answer = await ask('POST', '/setup', body);
    assert.deepEqual({ ...answer.body, request_id: null }, { ...unknown.json(), request_id: null });
  }
});
