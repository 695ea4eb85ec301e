// Proves the way in: passwords, invitations, sessions, tokens, and that what has ended is out at once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashOf } from '../../kernel/caller.ts';
import { setTimeout as pause } from 'node:timers/promises';
import { asLaw, door, sql } from '../../kernel/database.ts';
import { ask, byCookie, freshTenant, PASSWORD, type Answer, type FreshTenant } from '../../proofs/start.ts';
import { networkOf } from './session.ts';

const signIn = (email: string, password: string, more: object = {}, headers = {}) => ask('POST', '/session', { email, password, ...more }, headers);
const cookieOf = (answer: Answer) => /^steward=([^;]+)/.exec([answer.headers['set-cookie']].flat()[0] ?? '')?.[1] ?? '';
const both = { terms: true, privacy: true };
const newcomer = (t: FreshTenant, name = 'Nora New') => t.as('adam').post('/members', { name, email: `${name.split(' ')[0].toLowerCase()}@${t.key}.test`, profile: 'Member' });
const noId = ({ status, body }: Answer) => ({ status, ...body, request_id: null });

test('an ended session is out at the next request', async (t) => {
  const acme = await freshTenant();
  const berta = await acme.member({ name: 'Berta Below' });

  await t.test('signing in opens one, signing out ends it', async () => {
    const answer = await signIn(berta.email.toUpperCase(), PASSWORD);
    assert.equal(answer.status, 200);
    assert.match(String(answer.headers['set-cookie']), /HttpOnly; SameSite=Lax/);
    const secret = cookieOf(answer);
    assert.equal((await ask('GET', '/me', undefined, byCookie(secret))).body.member.id, berta.id);
    assert.equal((await ask('DELETE', '/session', undefined, byCookie(secret))).status, 204);
    assert.equal((await ask('GET', '/me', undefined, byCookie(secret))).status, 401);
  });
  await t.test('one ended from elsewhere', async () => {
    const other = cookieOf(await signIn(berta.email, PASSWORD, {}, { 'user-agent': 'Phone' }));
    const listed = (await berta.get('/sessions')).body.data;
    assert.deepEqual(listed.map((s: any) => [s.device, s.current]), [['Phone', false], ['proof', true]]);
    assert.equal((await acme.as('adam').delete(`/sessions/${listed[0].id}`)).status, 404, 'nobody ends the session of another');
    assert.equal((await ask('GET', '/me', undefined, byCookie(other))).status, 200);
    assert.equal((await berta.delete(`/sessions/${listed[0].id}`)).status, 204);
    assert.equal((await ask('GET', '/me', undefined, byCookie(other))).status, 401);
    assert.equal((await berta.delete(`/sessions/${listed[0].id}`)).status, 404);
  });
  await t.test('one past its end', async () => {
    const secret = cookieOf(await signIn(berta.email, PASSWORD));
    assert.equal((await ask('GET', '/me', undefined, byCookie(secret))).status, 200);
    await acme.sql('update session set expires_at = now() where hash = $1', [hashOf(secret)]);
    assert.equal((await ask('GET', '/me', undefined, byCookie(secret))).status, 401);
  });
  await t.test('cookie and token of a deactivated member', async () => {
    const cara = await acme.member({ name: 'Cara Gone' });
    const { token } = (await cara.post('/tokens', { name: 'sync' })).body;
    const bearer = { authorization: `Bearer ${token}` };
    assert.equal((await ask('GET', '/me', undefined, bearer)).status, 200);
    assert.equal((await acme.as('adam').patch(`/members/${cara.id}`, { active: false })).status, 200);
    assert.equal((await ask('GET', '/me', undefined, bearer)).status, 401);
    assert.equal((await cara.get('/me')).status, 401);
    assert.deepEqual(noId(await signIn(cara.email, PASSWORD)), noId(await signIn(`nobody@${acme.key}.test`, PASSWORD)));
    assert.equal((await acme.as('adam').patch(`/members/${cara.id}`, { active: true })).status, 200);
    assert.equal((await cara.get('/me')).status, 401, 'what was ended stays ended');
  });
});

test('a cookie is made at sign-in and never taken over', async () => {
  const acme = await freshTenant();
  const berta = await acme.member({ name: 'Berta Below' });
  const planted = `${acme.key}.${'A'.repeat(43)}`;
  const fresh = cookieOf(await signIn(berta.email, PASSWORD, {}, byCookie(planted)));
  assert.notEqual(fresh, planted);
  assert.equal((await ask('GET', '/me', undefined, byCookie(planted))).status, 401);
  const again = cookieOf(await signIn(berta.email, PASSWORD, {}, byCookie(fresh)));
  assert.notEqual(again, fresh);
  assert.equal((await ask('GET', '/me', undefined, byCookie(fresh))).status, 401, 'the older session of the same browser has ended');
});

test('a change by cookie needs the header that other sites cannot send', async () => {
  const acme = await freshTenant();
  const adam = acme.as('adam');
  const bare = { cookie: `steward=${adam.secret}` };
  assert.equal((await ask('POST', '/tokens', { name: 'x' }, bare)).status, 403);
  assert.equal((await ask('DELETE', '/session', undefined, bare)).status, 403);
  assert.equal((await ask('GET', '/me', undefined, bare)).status, 200);
  assert.equal((await ask('POST', '/session', JSON.stringify({ email: adam.email, password: PASSWORD }), { 'content-type': 'text/plain' })).status, 422, 'a form of another site cannot sign anyone in');
});

test('tokens are stored as hashes only', async (t) => {
  const acme = await freshTenant();
  const berta = await acme.member({ name: 'Berta Below' });
  const made = await berta.post('/tokens', { name: 'Newsletter sync' });
  const bearer = { authorization: `Bearer ${made.body.token}` };

  await t.test('shown once, kept as SHA-256', async () => {
    assert.equal(made.status, 201);
    assert.match(made.body.token, new RegExp(`^stw_${acme.key}_[\\w-]{43}$`));
    const [row] = await acme.sql(`select s::text as all_of_it, hash from session s where kind = 'token'`);
    assert.deepEqual(row.hash, hashOf(made.body.token));
    assert.ok(!row.all_of_it.includes(made.body.token.slice(-43)));
    const { data } = (await berta.get('/tokens')).body;
    assert.deepEqual(data.map((k: any) => [k.name, k.used_at, 'token' in k]), [['Newsletter sync', null, false]]);
    const days = (Date.parse(data[0].expires_at) - Date.now()) / 86_400_000;
    assert.ok(days > 89.9 && days <= 90);
  });
  await t.test('acts as its member and not as another', async () => {
    assert.equal((await ask('GET', '/me', undefined, bearer)).body.member.id, berta.id);
    assert.equal((await ask('POST', '/members', { name: 'X', email: 'x@x.test', profile: 'Member' }, bearer)).status, 403);
    assert.equal((await acme.as('adam').delete(`/tokens/${made.body.id}`)).status, 404);
    assert.equal((await ask('GET', '/me', undefined, { authorization: `Bearer ${made.body.token.slice(0, -1)}~` })).status, 401);
    assert.equal((await ask('GET', '/me', undefined, { authorization: 'Bearer ' })).status, 401);
  });
  await t.test('lasts a year at most, and one made by a token not longer than that one', async () => {
    const at = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
    assert.equal((await berta.post('/tokens', { name: 'long', expires_at: at(400) })).body.errors[0].field, 'expires_at');
    assert.equal((await berta.post('/tokens', { name: 'past', expires_at: at(-1) })).status, 422);
    assert.equal((await berta.post('/tokens', { name: 'odd', expires_at: 'tomorrow' })).status, 422);
    const child = await ask('POST', '/tokens', { name: 'child', expires_at: at(365) }, bearer);
    assert.equal(child.status, 201);
    assert.equal(child.body.expires_at, made.body.expires_at);
    await assert.rejects(acme.role('berta', (db) => db.run(sql`select new_token('x', '\\x00', now() + interval '2 years')`)), { code: 'SW422' });
  });
  await t.test('revoked, it is out', async () => {
    assert.equal((await berta.delete(`/tokens/${made.body.id}`)).status, 204);
    assert.equal((await ask('GET', '/me', undefined, bearer)).status, 401);
  });
});

test('tries are counted also when they come at once', async () => {
  const acme = await freshTenant();
  const berta = await acme.member({ name: 'Berta Below' });
  const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => signIn(berta.email, `wrong ${i}`)));
  assert.equal(answers.filter((a) => a.status === 401).length, 5);
  const refused = answers.filter((a) => a.status === 429);
  assert.equal(refused.length, 45);
  assert.ok(refused.every((a) => Number(a.headers['retry-after']) > 800 && Number(a.headers['retry-after']) <= 900));
  assert.equal((await signIn(berta.email, PASSWORD)).status, 429, 'the right password neither');
  await acme.sql(`update sign_in_try set at = at - interval '16 minutes'`);
  assert.equal((await signIn(berta.email, PASSWORD)).status, 200);
  assert.equal((await acme.sql('select count(*)::int as n from sign_in_try'))[0].n, 0, 'the right password clears the count');
  assert.equal((await signIn(acme.as('adam').email, PASSWORD)).status, 200, 'the others were never slowed');

  const another = () => sql`select try_sign_in('\\x01', false) as seconds`;
  let sixth: Promise<{ seconds: number }> | undefined;
  await asLaw(acme.key, async (db) => {
    for (let i = 0; i < 5; i++) assert.equal((await db.one(another())).seconds, 0);
    sixth = door(acme.key, (other) => other.one(another()));
    await pause(200);
  });
  assert.ok((await sixth!).seconds > 0, 'also while the five before it are not yet committed');
});

test('a flood of tries does not lock the owner out of a known device', async () => {
  const acme = await freshTenant();
  const berta = await acme.member({ name: 'Berta Below' });
  const deviceOf = (answer: Answer) => [answer.headers['set-cookie']].flat().map((c) => /^(steward-device=[^;]+)/.exec(c)?.[1]).find(Boolean) ?? '';
  const device = deviceOf(await signIn(berta.email, PASSWORD));
  const others = deviceOf(await signIn(acme.as('adam').email, PASSWORD));
  await Promise.all(Array.from({ length: 10 }, (_, i) => signIn(berta.email, `wrong ${i}`)));
  await acme.sql(`insert into sign_in_try (address) select sha256(i::text::bytea) from generate_series(1, 400) i`);
  assert.equal((await signIn(acme.as('adam').email, PASSWORD)).status, 429, 'slowed for all');
  for (const cookie of [others, `${device.slice(0, -1)}_`, 'steward-device=x', '']) assert.equal((await signIn(berta.email, PASSWORD, {}, { cookie })).status, 429, cookie);
  assert.equal((await signIn(berta.email, PASSWORD, {}, { cookie: device })).status, 200);
  const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => signIn(berta.email, `wrong ${i}`, {}, { cookie: device })));
  assert.equal(answers.filter((a) => a.status === 401).length, 5, 'its own tries are counted too');
  assert.equal((await ask('GET', '/me', undefined, { cookie: device })).status, 401, 'it opens nothing');
});

test('an unknown address is answered and slowed like a known one', async () => {
  const acme = await freshTenant();
  const berta = await acme.member({ name: 'Berta Below' });
  const unknown = `nobody@${acme.key}.test`;
  for (let i = 0; i < 6; i++) assert.deepEqual(noId(await signIn(unknown, 'wrong wrong')), noId(await signIn(berta.email, 'wrong wrong')));
  assert.equal((await signIn(unknown, 'wrong wrong')).status, 429);
  for (const odd of ['', 'x'.repeat(1024), 'nul\u0000', '\ud800']) assert.equal((await signIn(`odd.${odd.length}@${acme.key}.test`, odd)).status, 401, 'a password of no possible form is just wrong');
  assert.equal((await signIn(unknown, 'x'.repeat(1_000_000))).status, 422, 'a megabyte is refused before it is hashed');
  assert.equal((await signIn('nul\u0000@x.test', 'wrong wrong')).status, 422);
});

test('an address of several tenants chooses after the password was right', async () => {
  const [one, two] = [await freshTenant({ name: 'One' }), await freshTenant({ name: 'Two' })];
  const email = `both@${one.key}.test`;
  const [first, second] = [await one.member({ name: 'Bo Both', email }), await two.member({ name: 'Bo Both', email })];
  const asked = await signIn(email, PASSWORD);
  assert.equal(asked.status, 409);
  assert.match(asked.body.detail, /One, Two/);
  assert.doesNotMatch(JSON.stringify((await signIn(email, 'not this one')).body), /One|Two/);
  assert.equal((await ask('GET', '/me', undefined, byCookie(cookieOf(await signIn(email, PASSWORD, { tenant: 'Two' }))))).body.member.id, second.id);
  assert.equal((await first.post('/password', { current: PASSWORD, new: 'another password' })).status, 204);
  assert.equal((await ask('GET', '/me', undefined, byCookie(cookieOf(await signIn(email, 'another password'))))).body.member.id, first.id, 'only one has this password');
});

test('passwords', async (t) => {
  const acme = await freshTenant();
  const berta = await acme.member({ name: 'Berta Below' });
  let current = PASSWORD;
  let secret = berta.secret;
  const set = async (next: string) => {
    const answer = await ask('POST', '/password', { current, new: next }, byCookie(secret));
    if (answer.status === 204) [current, secret] = [next, cookieOf(answer)];
    return answer.status;
  };
  await t.test('from 8 to 128 characters, as people count them, never cut', async () => {
    assert.equal(await set('1234567'), 422);
    assert.equal(await set('1234 678'), 204);
    const long = '🔑'.repeat(127);
    assert.equal(await set(`${long}a`), 204);
    assert.equal((await signIn(berta.email, `${long}b`)).status, 401);
    assert.equal(await set(`${long}ab`), 422);
    assert.equal(await set('nul\u0000nul\u0000'), 422);
    assert.equal(await set('x'.repeat(1_000_000)), 422);
  });
  await t.test('in one spelling, with blanks kept', async () => {
    assert.equal(await set(' crème brûlée'.normalize('NFC')), 204);
    assert.equal((await signIn(berta.email, ' crème brûlée'.normalize('NFD'))).status, 200);
    assert.equal((await signIn(berta.email, 'crème brûlée')).status, 401);
  });
  await t.test('a new one ends every other session and every token', async () => {
    const other = cookieOf(await signIn(berta.email, current));
    const { token } = (await ask('POST', '/tokens', { name: 'sync' }, byCookie(secret))).body;
    const before = secret;
    assert.equal(await set('a new password'), 204);
    for (const gone of [byCookie(other), byCookie(before), { authorization: `Bearer ${token}` }]) assert.equal((await ask('GET', '/me', undefined, gone)).status, 401);
    assert.equal((await ask('GET', '/me', undefined, byCookie(secret))).status, 200);
  });
  await t.test('only with the current one', async () => {
    const answer = await ask('POST', '/password', { current: 'not this', new: 'a new password' }, byCookie(secret));
    assert.deepEqual([answer.status, answer.body.errors[0].field], [422, 'current']);
    await assert.rejects(acme.sql('select 1').then(() => asLaw(acme.key, (db) => db.run(sql`select change_password('x', 'y', null, '', now())`))), { code: 'SW401' });
  });
  await t.test('kept as argon2id with a salt of its own', async () => {
    const rows = await acme.sql('select password from credential');
    assert.ok(rows.every((r) => /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/.test(r.password)));
  });
});

test('an invitation works once', async (t) => {
  const acme = await freshTenant();
  const adam = acme.as('adam');
  const token = async (name: string) => (await newcomer(acme, name)).body.invitation_token as string;
  const take = (secret: string, body: object = {}) => ask('POST', `/invitations/${secret}`, { password: 'a fine password', accept: both, ...body });

  await t.test('of fifty at the same moment one succeeds', async () => {
    const secret = await token('Nora New');
    assert.deepEqual((await ask('GET', `/invitations/${secret}`)).body, { tenant: 'Acme', email: `nora@${acme.key}.test`, name: 'Nora New' });
    const answers = await Promise.all(Array.from({ length: 50 }, () => take(secret)));
    assert.deepEqual(answers.map((a) => a.status).sort(), [201, ...Array.from({ length: 49 }, () => 404)]);
    const winner = answers.find((a) => a.status === 201)!;
    assert.equal((await ask('GET', '/me', undefined, byCookie(cookieOf(winner)))).body.member.name, 'Nora New');
    assert.equal((await acme.sql(`select count(*)::int as n from acceptance a join member m on m.no = a.member_no where m.name = 'Nora New'`))[0].n, 2);
    assert.equal((await ask('GET', `/invitations/${secret}`)).status, 404);
  });
  await t.test('not without both boxes', async () => {
    const secret = await token('Olga Open');
    for (const accept of [undefined, {}, { terms: true }, { terms: true, privacy: false }, { terms: 'true', privacy: true }]) assert.equal((await take(secret, { accept })).status, 422);
    assert.equal((await acme.sql(`select count(*)::int as n from credential c join member m on m.no = c.member_no where m.name = 'Olga Open'`))[0].n, 0);
    assert.equal((await take(secret)).status, 201);
  });
  await t.test('not after a newer one, after its end, or for a deactivated member; all answered alike', async () => {
    const [older, late, off] = [await token('Pia Past'), await token('Quin Late'), await token('Rob Off')];
    const newer = (await adam.post(`/members/pia@${acme.key}.test/invitation`)).body.invitation_token;
    await acme.sql('update invitation set expires_at = now() where hash = $1', [hashOf(late)]);
    assert.equal((await adam.patch(`/members/rob@${acme.key}.test`, { active: false })).status, 200);
    const foreign = `zzzzzzzzzz.${older.split('.')[1]}`;
    const gone = noId(await take(`${acme.key}.${'A'.repeat(43)}`));
    assert.equal(gone.status, 404);
    for (const secret of [older, late, off, foreign, 'x', 'a'.repeat(150)]) assert.deepEqual(noId(await take(secret)), gone);
    assert.equal((await take(newer)).status, 201);
  });
  await t.test('links lead to the configured address, whatever the Host header says', async () => {
    const { body } = await adam.post('/members', { name: 'Sam Safe', email: `sam@${acme.key}.test`, profile: 'Member' }, { host: 'evil.example' });
    assert.match(body.invitation_url, /^http:\/\/127\.0\.0\.1:\d+\/invitation\//);
  });
});

test('what was accepted at sign-up can never be changed', async (t) => {
  const acme = await freshTenant();
  const { invitation_token } = (await newcomer(acme)).body;
  assert.equal((await ask('POST', `/invitations/${invitation_token}`, { password: 'a fine password', accept: both }, { 'user-agent': 'Browser 1' })).status, 201);

  await t.test('exact wording, time and context are kept', async () => {
    const notices = (await ask('GET', '/notices/sign-up')).body;
    const rows = await acme.sql(`select document, version, wording, context, at > now() - interval '1 minute' as just_now from acceptance where context ? 'url' order by document desc`);
    assert.deepEqual(rows.map((r) => [r.document, r.version, r.wording, r.just_now]), ['terms', 'privacy'].map((d) => [d, notices[d].version, notices[d].text, true]));
    assert.equal(rows[0].context.ip, '127.0.0.0/24');
    assert.equal(rows[0].context.agent, 'Browser 1');
    assert.ok(!JSON.stringify(rows).includes(invitation_token.split('.')[1]));
  });
  await t.test('not even by the law', async () => {
    for (const attack of ['update acceptance set at = now()', 'delete from acceptance', 'truncate acceptance']) {
      await assert.rejects(asLaw(acme.key, (db) => db.script(attack)), { code: 'SW403' }, attack);
      await assert.rejects(acme.role('adam', (db) => db.script(attack)), { code: '42501' }, attack);
    }
  });
  await t.test('addresses are cut to their network', () => {
    assert.equal(networkOf('203.0.113.77'), '203.0.113.0/24');
    assert.equal(networkOf('::ffff:203.0.113.77'), '203.0.113.0/24');
    assert.equal(networkOf('2001:db8:85a3:8d3:1319:8a2e:370:7348'), '2001:db8:85a3::/48');
    assert.equal(networkOf('2001:db8::1'), '2001:db8:0::/48');
    assert.equal(networkOf('::1'), '0:0:0::/48');
    assert.equal(networkOf('evil'), 'unknown');
  });
});

test('who one is', async () => {
  const acme = await freshTenant();
  const { body } = await acme.as('adam').get('/me');
  assert.deepEqual(body.profile.rights, ['administer']);
  assert.deepEqual(body.tenant, { name: 'Acme', currency: 'EUR' });
  const contact = body.tables.find((table: any) => table.name === 'contact');
  assert.equal(contact.can.see, true);
  assert.equal(contact.fields.find((f: any) => f.name === 'full_name').computed, true);
  assert.doesNotMatch(JSON.stringify(body), /"(column|physical|no)":/, 'nothing of how it is stored');
  assert.equal((await ask('GET', '/me')).status, 401);
});

test('credentials, sessions and invitations are hidden from members in SQL itself', async () => {
  const acme = await freshTenant();
  await acme.member({ name: 'Berta Below' });
  for (const table of ['credential', 'session', 'invitation', 'acceptance', 'sign_in_try', 'secret', 'member_reach', 'profile']) {
    await assert.rejects(acme.role('berta', (db) => db.script(`select * from ${table}`)), { code: '42501' }, table);
  }
  for (const call of ['try_sign_in(null, true)', 'password_of(null)', `find_session('')`, 'find_member(1)', `open_session(1, '', '', now())`, `accept_invitation('', '', '[]', '{}')`, 'remove_member(1)']) {
    await assert.rejects(acme.role('berta', (db) => db.script(`select ${call}`)), { code: '42501' }, call);
  }
});

test('the address book holds no addresses, and changes with the member in one transaction', async () => {
  const acme = await freshTenant();
  const adam = acme.as('adam');
  const entries = async () => (await acme.sql('select address from steward.address_book where tenant = $1', [acme.key])).map((r) => r.address.toString('latin1'));
  const email = `nora@${acme.key}.test`;
  const { body } = await newcomer(acme);
  assert.equal((await newcomer(acme)).status, 409);
  assert.equal((await adam.post('/members', { name: 'X', email: `x@${acme.key}.test`, profile: 'Nobody' })).status, 422);
  const kept = await entries();
  assert.equal(kept.length, 2, 'what was refused left nothing');
  assert.ok(!kept.join().includes('nora'));
  assert.equal((await adam.delete(`/members/${email}`)).status, 204);
  assert.equal((await entries()).length, 1);
  assert.equal((await ask('GET', `/invitations/${body.invitation_token}`)).status, 404);
});

test('language and time zone are one\'s own', async () => {
  const acme = await freshTenant();
  const berta = await acme.member({ name: 'Berta Below' });
  assert.equal((await berta.patch('/me', { language: 'de', time_zone: 'America/New_York' })).status, 200);
  const { member } = (await berta.get('/me')).body;
  assert.deepEqual([member.language, member.time_zone], ['de', 'America/New_York']);
  assert.equal((await acme.as('adam').get('/me')).body.member.language, 'en');
  for (const [field, value] of [['language', 'xx'], ['time_zone', 'Mars/Base'], ['name', 'Boss'], ['profile', 'Administrator']]) {
    const answer = await berta.patch('/me', { [field]: value });
    assert.deepEqual([answer.status, answer.body.errors[0].field], [422, field]);
  }
});
