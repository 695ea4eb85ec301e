// Proves members and their tree: who reaches whom, who may change whom, and that nobody is lost or left over.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { as, asLaw, sql } from '../../kernel/database.ts';
import { ask, byCookie, freshTenant, PASSWORD, type FreshTenant } from '../../proofs/start.ts';

/** adam above berta above cara above dora; eve beside them. */
async function family(): Promise<FreshTenant> {
  const acme = await freshTenant({ sharing: 'private' });
  await acme.member({ name: 'Berta Below', manager: 'adam' });
  await acme.member({ name: 'Cara Cellar', manager: 'berta' });
  await acme.member({ name: 'Dora Deep', manager: 'cara' });
  await acme.member({ name: 'Eve Else' });
  return acme;
}

/** Each reach by first names, in the two forms in which it is kept, checked against a walk of the tree. */
async function reaches(acme: FreshTenant): Promise<Record<string, string[]>> {
  const rows = await acme.sql(`
    with recursive below(top, no) as (select no, no from member union select b.top, m.no from below b join member m on m.manager_no = b.no)
    select lower(split_part(m.name, ' ', 1)) as name, array(select unnest(r.owners) order by 1) as owners,
      array(select i from generate_series(1, length(r.bits) - 1) i where get_bit(r.bits, i) = 1 order by 1) as bits, array(select no from below where top = m.no order by 1) as walked
    from member m join member_reach r on r.member_no = m.no`);
  for (const r of rows) {
    assert.deepEqual(r.owners, r.walked, `list of ${r.name}`);
    assert.deepEqual(r.bits, r.walked, `bits of ${r.name}`);
  }
  const names = await acme.sql(`select no, lower(split_part(name, ' ', 1)) as name from member`);
  return Object.fromEntries(rows.map((r) => [r.name, r.owners.map((no: number) => names.find((n) => n.no === no).name)]));
}

test('whoever is above a member, at any depth, reaches him at once', async (t) => {
  const acme = await family();
  const [adam, dora] = [acme.as('adam'), acme.as('dora')];
  await t.test('from the beginning', async () => {
    assert.deepEqual(await reaches(acme), { adam: ['adam', 'berta', 'cara', 'dora'], berta: ['berta', 'cara', 'dora'], cara: ['cara', 'dora'], dora: ['dora'], eve: ['eve'] });
  });
  await t.test('after a branch has moved, and after a manager has gone', async () => {
    assert.equal((await adam.patch(`/members/${acme.as('cara').id}`, { manager: acme.as('eve').email })).status, 200);
    assert.deepEqual(await reaches(acme), { adam: ['adam', 'berta'], berta: ['berta'], cara: ['cara', 'dora'], dora: ['dora'], eve: ['cara', 'dora', 'eve'] });
    assert.equal((await adam.patch(`/members/${acme.as('cara').id}`, { manager: null })).status, 200);
    assert.deepEqual((await reaches(acme)).eve, ['eve']);
  });
  await t.test('a record of someone below, in SQL and in the API', async () => {
    const { id } = (await dora.post('/records/contact', { last_name: 'Deep' })).body;
    assert.equal((await acme.as('cara').get(`/records/contact/${id}`)).status, 200);
    assert.equal((await acme.as('eve').get(`/records/contact/${id}`)).status, 404);
    assert.deepEqual(await acme.role('eve', (db) => db.rows(sql`select id from contact`)), []);
    await adam.patch(`/members/${dora.id}`, { manager: acme.as('eve').id });
    assert.equal((await acme.as('cara').get(`/records/contact/${id}`)).status, 404);
    assert.equal((await acme.as('eve').get(`/records/contact/${id}`)).status, 200);
  });
});

test('a reach grows with the number of members', async () => {
  const acme = await family();
  await acme.sql(`insert into member (name, email, profile_no, manager_no) select 'Many ' || i, i || '@many.test', 2, 1 from generate_series(1, 1200) i`);
  assert.equal((await reaches(acme)).adam.length, 1204);
  assert.equal((await acme.sql('select reach_length from tenant'))[0].reach_length, 2048);
});

/** Two changes as the law of which the second begins before the first has ended; answers what became of the second. */
async function secondOf(acme: FreshTenant, first: string, second: string): Promise<string> {
  let later: Promise<string> | undefined;
  await asLaw(acme.key, async (db) => {
    await db.script(first);
    later = asLaw(acme.key, (other) => other.script(second)).then(() => 'done', (error) => error.code);
    await pause(200);
  });
  return later!;
}

test('a cycle of managers is refused', async () => {
  const acme = await family();
  const adam = acme.as('adam');
  for (const below of ['adam', 'berta', 'dora']) {
    const answer = await adam.patch(`/members/${adam.id}`, { manager: acme.as(below).id });
    assert.deepEqual([answer.status, answer.body.errors[0].field], [422, 'manager'], below);
  }
  await assert.rejects(acme.sql('update member set manager_no = 4 where no = 1'), { code: 'SW422' });
  const under = (below: string, above: string) => `update member set manager_no = ${acme.as(above).no} where no = ${acme.as(below).no}`;
  assert.equal(await secondOf(acme, under('eve', 'dora'), under('cara', 'eve')), 'SW422', 'of two that would make one together, the second is refused');
  await reaches(acme);
});

test('a deactivated member is out at the next request', async () => {
  const acme = await family();
  const [adam, cara] = [acme.as('adam'), acme.as('cara')];
  const { id } = (await cara.post('/records/contact', { last_name: 'Stays' })).body;
  const { identity } = await acme.caller('cara');
  assert.equal((await adam.patch(`/members/${cara.id}`, { active: false })).body.active, false);
  assert.equal((await cara.get('/members')).status, 401);
  await assert.rejects(as(identity, (db) => db.rows(sql`select 1`)), { code: 'SW401' }, 'also where the server still believes in the session');
  assert.equal((await acme.as('berta').get(`/records/contact/${id}`)).body.owner.id, cara.id);
});

test('one administrator always stays', async (t) => {
  const acme = await family();
  const adam = acme.as('adam');
  const berta = await acme.member({ name: 'Bea Boss', profile: 'Administrator' });
  await t.test('of two who demote each other at once, one is refused', async () => {
    const demote = (no: number) => `update member set profile_no = 2 where no = ${no}`;
    assert.equal(await secondOf(acme, demote(adam.no), demote(berta.no)), 'SW409');
    await acme.sql('update member set profile_no = 1 where no = 1');
    const answers = await Promise.all([adam.patch(`/members/${berta.id}`, { profile: 'Member' }), berta.patch(`/members/${adam.id}`, { profile: 'Member' })]);
    assert.equal(answers.filter((a) => a.status === 200).length, 1);
    const left = answers[0].status === 200 ? adam : berta;
    for (const change of [{ active: false }, { profile: 'Member' }]) assert.equal((await left.patch(`/members/${left.id}`, change)).status, 409);
    assert.equal((await left.delete(`/members/${left.id}`)).status, 409);
    const invited = await left.post('/members', { name: 'Ida Invited', email: `ida@${acme.key}.test`, profile: 'Administrator' });
    assert.equal((await left.patch(`/members/${left.id}`, { active: false })).status, 409, 'one who has not accepted does not count');
    await ask('POST', `/invitations/${invited.body.invitation_token}`, { password: PASSWORD, accept: { terms: true, privacy: true } });
    assert.equal((await left.patch(`/members/${left.id}`, { active: false })).status, 200);
  });
  await t.test('a profile does not lose the right either', async () => {
    await assert.rejects(acme.sql(`update profile set rights = '{}' where no = 1`), { code: 'SW409' });
    await assert.rejects(acme.sql(`update member set active = false`), { code: 'SW409' });
  });
});

test('a member who owns records is not removed', async (t) => {
  const acme = await family();
  const [adam, cara] = [acme.as('adam'), acme.as('cara')];
  const { id } = (await cara.post('/records/contact', { last_name: 'Owned' })).body;
  await cara.post('/records/account', { name: 'Owned Ltd' });
  const { token } = (await cara.post('/tokens', { name: 'sync' })).body;

  await t.test('with how many in which tables', async () => {
    const { status, body } = await adam.delete(`/members/${cara.id}`);
    assert.equal(status, 409);
    assert.deepEqual(body.errors.map((e: any) => [e.field, e.message]).sort(), [['account', '1'], ['contact', '1']]);
    await assert.rejects(acme.sql(`select remove_member(${cara.no})`), { code: 'SW409' });
  });
  await t.test('afterwards name and address are gone, and the number stays for what was done', async () => {
    await acme.sql(`update contact set owner_no = 1`);
    await acme.sql(`update account set owner_no = 1`);
    assert.equal((await adam.delete(`/members/${cara.id}`)).status, 204);
    for (const gone of [byCookie(cara.secret), { authorization: `Bearer ${token}` }]) assert.equal((await ask('GET', '/me', undefined, gone)).status, 401);
    assert.equal((await adam.get(`/members/${cara.id}`)).status, 404);
    assert.ok(!JSON.stringify((await adam.get('/members')).body).includes('Cara'));
    assert.equal((await adam.get(`/records/contact/${id}`)).body.created_by.label, `Former member ${cara.no}`);
    const left = await acme.sql(`select t::text as line from (select m::text as t from member m union all select c::text from credential c union all select s::text from session s where member_no = ${cara.no}) t where t::text ~* 'cara'`);
    assert.deepEqual(left, []);
    assert.deepEqual((await reaches(acme)).berta, ['berta', 'dora'], 'whoever was below is below the next above');
  });
  await t.test('a number is never given twice, an address is free again', async () => {
    const again = await adam.post('/members', { name: 'Cara Cellar', email: cara.email, profile: 'Member' });
    assert.equal(again.status, 201);
    assert.notEqual(again.body.id, cara.id);
    assert.equal((await acme.sql('select max(no) as no from member'))[0].no, 6);
    assert.equal((await ask('POST', '/session', { email: cara.email, password: PASSWORD })).status, 401);
  });
});

test('members are added', async (t) => {
  const acme = await family();
  const adam = acme.as('adam');
  const body = { name: ' Nora New ', email: `Nora@${acme.key.toUpperCase()}.test `, profile: 'member', manager: acme.as('berta').email };
  await t.test('profile by name, manager by address, the address in one spelling', async () => {
    const { status, body: added, headers } = await adam.post('/members', body);
    assert.equal(status, 201);
    assert.equal(headers.location, `/api/v1/members/${added.id}`);
    assert.deepEqual([added.name, added.email, added.profile.label, added.manager.label, added.active, added.invited], ['Nora New', `Nora@${acme.key}.test`, 'Member', 'Berta Below', true, true]);
    assert.match(added.invitation_url, new RegExp(`/invitation/${added.invitation_token}$`));
    assert.ok(!('invitation_token' in (await adam.get(`/members/${added.id}`)).body));
  });
  await t.test('an address belongs to one member', async () => {
    const answer = await adam.post('/members', { ...body, email: body.email.toLowerCase() });
    assert.deepEqual([answer.status, answer.body.errors[0].field], [409, 'email']);
  });
  await t.test('what is unknown is named', async () => {
    for (const [field, value] of [['profile', 'Nobody'], ['manager', 'nobody@nowhere.test'], ['email', 'no address'], ['name', ' \u200b '], ['name', 'a\u202eb'], ['name', 'n\u0000'], ['rights', ['administer']]]) {
      const answer = await adam.post('/members', { ...body, email: `x@${acme.key}.test`, [field as string]: value });
      assert.deepEqual([answer.status, answer.body.errors[0].field], [422, field]);
    }
    assert.equal((await acme.sql(`select count(*)::int as n from member where email like 'x@%'`))[0].n, 0);
  });
  await t.test('a retry with the same key adds one', async () => {
    const once = { 'idempotency-key': 'k1' };
    const other = { ...body, email: `once@${acme.key}.test` };
    const [first, second] = [await adam.post('/members', other, once), await adam.post('/members', other, once)];
    assert.deepEqual(first.body, second.body);
  });
  await t.test('can sign in after accepting', async () => {
    const { body: added } = await adam.post('/members', { ...body, email: `late@${acme.key}.test` });
    await ask('POST', `/invitations/${added.invitation_token}`, { password: 'a fine password', accept: { terms: true, privacy: true } });
    assert.equal((await ask('POST', '/session', { email: `late@${acme.key}.test`, password: 'a fine password' })).body.member.id, added.id);
  });
});

test('only administrators change members, and only they see more than names', async () => {
  const acme = await family();
  const [eve, adam] = [acme.as('eve'), acme.as('adam')];
  const seen = (await eve.get('/members')).body.data;
  assert.equal(seen.length, 5);
  for (const m of seen) assert.deepEqual(Object.keys(m), ['id', 'name', 'active']);
  assert.equal((await eve.get(`/members/${adam.email}`)).status, 404, 'an address cannot be guessed');
  assert.deepEqual(Object.keys((await adam.get('/members')).body.data[0]), ['id', 'name', 'email', 'profile', 'manager', 'active', 'invited']);
  for (const answer of [await eve.patch(`/members/${eve.id}`, { profile: 'Administrator' }), await eve.patch(`/members/${eve.id}`, { manager: null }), await eve.delete(`/members/${adam.id}`), await eve.post(`/members/${adam.id}/invitation`), await eve.post('/members', { name: 'X', email: 'x@x.test', profile: 'Administrator' })]) {
    assert.equal(answer.status, 403);
  }
  const { law } = await acme.caller('eve');
  await assert.rejects(law((db) => db.run(sql`update member set profile_no = 1`)), { code: 'SW403' }, 'refused by the database too');
  for (const attack of ['update member set profile_no = 1', 'delete from member', 'select email from member', `insert into member (name, email, profile_no) values ('x', 'x', 1)`]) {
    await assert.rejects(acme.role('eve', (db) => db.script(attack)), { code: '42501' }, attack);
  }
});

test('a long list comes in pages', async () => {
  const acme = await family();
  const adam = acme.as('adam');
  const names: string[] = [];
  for (let next: string | null = ''; next !== null;) {
    const { body } = await adam.get(`/members?limit=2${next && `&cursor=${next}`}`);
    names.push(...body.data.map((m: any) => m.name));
    next = body.next;
  }
  assert.deepEqual(names, ['Adam Admin', 'Berta Below', 'Cara Cellar', 'Dora Deep', 'Eve Else']);
  for (const bad of ['limit=0', 'limit=501', 'cursor=x', 'colour=red']) assert.equal((await adam.get(`/members?${bad}`)).status, 422);
});
