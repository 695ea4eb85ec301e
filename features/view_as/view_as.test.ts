// Proof that a view as another member shows what he sees to the byte, changes nothing, ends with its right, and is told.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { as } from '../../kernel/database.ts';
import { findCaller } from '../../kernel/caller.ts';
import { cookieName } from '../../kernel/http.ts';
import { CLERKS } from '../clerks.ts';
import { ask, byCookie, freshTenant, theServer, type Answer, type FreshTenant } from '../../proofs/start.ts';

let t: FreshTenant;
let ids: Record<string, string>;
const made = async (answer: Promise<Answer>) => { const { status, body } = await answer; assert.ok(status < 300, JSON.stringify(body)); return body; };

before(async () => {
  t = await freshTenant({ sharing: 'private' });
  await t.member({ name: 'Alice Rep' });
  await t.member({ name: 'Bob Rep' });
  await t.member({ name: 'Zoe Second', profile: 'Administrator' });
  const alice = t.as('alice');
  const account = (await made(alice.post('/records/account', { name: 'Of Alice' }))).id;
  await made(t.as('bob').post('/records/account', { name: 'Of Bob' }));
  ids = { account, contact: (await made(alice.post('/records/contact', { last_name: 'Person', account }))).id };
  await made(alice.post(`/records/account/${account}/shares`, { to: { member: t.as('bob').id }, level: 'read' }));
  await made(t.as('adam').post('/teams', { name: 'Team', level: 'read', members: [alice.id] }));
});

/** Cookies that an answer sets, by name. */
const cookiesOf = (answer: Answer) => Object.fromEntries([answer.headers['set-cookie']].flat().map((c: string) => c.split(';')[0].split('=')));

/** The secret of a view of `who` as `whom`, in a browser. */
async function view(who: string, whom: string): Promise<string> {
  const begun = await t.as(who).post('/view-as', { member: t.as(whom).id });
  assert.equal(begun.status, 201, JSON.stringify(begun.body));
  return cookiesOf(begun)[cookieName()];
}

/** Every GET of the API, with records of Alice, a record of nobody, and lists. */
function questions(): string[] {
  const some = CLERKS.filter((c) => c.endpoint.method === 'GET' && c.endpoint.who !== 'public').flatMap(({ endpoint: { path } }) => ['account', 'contact'].map((table) => path.replace(':table', table).replace(':member', t.as('alice').id).replace(':id', ids[table]).replace(/:\w+/g, ids.account)));
  // The view is the one thing that differs: which session of the list is this one, and whether one looks.
  return [...new Set([...some, '/records/account?count=exact&sort=-name', `/members/${t.as('bob').id}`, '/search?q=Alice'])].filter((path) => path !== '/view-as' && path !== '/sessions');
}

test('a view shows what the member himself is shown, to the byte', async () => {
  for (const whom of ['alice', 'zoe']) {
    const secret = await view('adam', whom);
    for (const path of questions()) {
      const own = await (await theServer()).inject({ method: 'GET', url: `/api/v1${path}`, headers: byCookie(t.as(whom).secret) });
      const seen = await (await theServer()).inject({ method: 'GET', url: `/api/v1${path}`, headers: byCookie(secret) });
      const plain = (body: string) => body.replace(/"request_id":"[^"]+"/, '').replace(/"next":"[^"]+"/, '');
      assert.deepEqual([seen.statusCode, plain(seen.body), seen.headers.etag], [own.statusCode, plain(own.body), own.headers.etag], `${path} of ${whom}`);
    }
    assert.equal((await ask('GET', `/records/account/${ids.account}`, undefined, byCookie(secret))).status, whom === 'alice' ? 200 : 404, 'Adam and Zoe own nothing');
    assert.equal((await ask('POST', '/records/account/query', {}, byCookie(secret))).body.data.length, whom === 'alice' ? 1 : 0);
  }
});

test('whoever sees as another changes nothing by any verb', async () => {
  for (const whom of ['alice', 'zoe']) {
    const secret = await view('adam', whom);
    const bodies: Record<string, unknown> = { '/records/:table': { name: 'New' }, '/records/:table/:id': { name: 'Changed' }, '/members/:id': { active: false }, '/tokens': { name: 'mine' }, '/password': { current: 'x', new: 'a new password' } };
    for (const { endpoint: { method, path, who } } of CLERKS.filter((c) => c.endpoint.method !== 'GET' && c.endpoint.who !== 'public')) {
      if (path === '/view-as' && method === 'DELETE' || path === '/records/:table/query') continue;
      const answer = await ask(method, path.replace(':table', 'account').replace(/:\w+/g, ids.account), bodies[path] ?? {}, byCookie(secret));
      assert.equal(answer.status, 403, `${method} ${path} (${who}) as ${whom} answers ${answer.status}`);
    }
  }
  assert.equal((await t.as('alice').get(`/records/account/${ids.account}`)).body.name, 'Of Alice');
  assert.deepEqual((await t.as('alice').get('/tokens')).body.data, []);
});

test('the database itself refuses a view to write, and to begin writing', async () => {
  const { identity } = (await findCaller(await view('adam', 'alice'), 'screen', true))!;
  const writes = [`update account set name = 'x'`, `insert into account (name) values ('x')`, `delete from account`, `select end_session('${identity.session}')`, `select change_me('de', null)`, `select share_record(1, '${ids.account}', 'member', 1, 'read', '', null)`, `select new_token('x', '\\x01', now() + interval '1 day')`, 'select * from account for update'];
  for (const statement of writes) {
    await assert.rejects(as(identity, (db) => db.script(statement)), { code: '25006' }, statement);
    for (const way of ['set transaction read write', 'set local transaction_read_only = off', 'reset transaction_read_only']) await assert.rejects(as(identity, async (db) => { await db.script(way); await db.script(statement); }), /read-only|before any query|cannot be reset/, `${way}; ${statement}`);
  }
});

test("a view ends with the administrator's right and session", async () => {
  const of = (secret: string) => ask('GET', '/me', undefined, byCookie(secret));
  const zoes = await view('zoe', 'alice');
  assert.equal((await of(zoes)).body.member.name, 'Alice Rep');
  await made(t.as('adam').patch(`/members/${t.as('zoe').id}`, { profile: 'Member' }));
  assert.equal((await of(zoes)).status, 401, 'the right is gone');
  await made(t.as('adam').patch(`/members/${t.as('zoe').id}`, { profile: 'Administrator' }));
  const again = await view('zoe', 'alice');
  assert.equal((await of(zoes)).status, 401, 'a new view ends the one before');
  await t.sql(`update session set ended_at = now() where member_no = $1 and kind = 'cookie'`, [t.as('zoe').no]);
  assert.equal((await of(again)).status, 401, 'the session that it came from is gone');
  const left = await view('adam', 'bob');
  await made(t.as('adam').patch(`/members/${t.as('bob').id}`, { active: false }));
  assert.equal((await of(left)).status, 401, 'the member is gone');
  await made(t.as('adam').patch(`/members/${t.as('bob').id}`, { active: true }));
});

test('only who administers begins a view, as somebody else who is active, and not out of a view', async () => {
  assert.equal((await t.as('alice').post('/view-as', { member: t.as('adam').id })).status, 403);
  await assert.rejects(t.role('alice', (db) => db.script(`select view_as('${t.as('adam').email}', '\\x02')`)), { code: 'SW403' });
  for (const member of [t.as('adam').id, 'nobody@x.test']) assert.equal((await t.as('adam').post('/view-as', { member })).status, 422);
  const { token } = await made(t.as('adam').post('/tokens', { name: 'mine' }));
  assert.equal((await ask('POST', '/view-as', { member: t.as('alice').id }, { authorization: `Bearer ${token}` })).status, 409, 'no way back from a token');
  assert.equal((await t.as('adam').delete('/view-as')).status, 409);
});

test('a member is told who saw Steward as he does, and it is an activity', async () => {
  const secret = await view('adam', 'alice');
  const told = (await t.as('alice').get('/me')).body.viewed_by;
  assert.equal(told[0].by.id, t.as('adam').id);
  assert.match(told[0].at, /^\d{4}-\d\d-\d\dT.*Z$/);
  await t.sql(`update session set created_at = now() - interval '31 days' where kind = 'view' and member_no = $1`, [t.as('alice').no]);
  assert.deepEqual((await t.as('alice').get('/me')).body.viewed_by, [], 'for thirty days');
  const { data } = (await t.as('adam').get('/activities?verb=view_as')).body;
  assert.deepEqual([data[0].by.id, data[0].about.member], [t.as('adam').id, t.as('alice').id]);
  assert.equal((await t.as('alice').get('/sessions')).body.data.length, 1, 'a view is none of her sessions');
  const shown = (await ask('GET', '/view-as', undefined, byCookie(secret))).body;
  assert.deepEqual([shown.member.id, shown.by.id], [t.as('alice').id, t.as('adam').id]);
  assert.deepEqual((await t.as('alice').get('/view-as')).body, { member: null, by: null });
});

test("ending a view gives one's own session back", async () => {
  const begun = await t.as('adam').post('/view-as', { member: t.as('alice').id });
  const cookies = cookiesOf(begun);
  const both = { cookie: Object.entries(cookies).map(([name, value]) => `${name}=${value}`).join('; '), 'x-steward': '1' };
  const ended = await ask('DELETE', '/view-as', undefined, both);
  assert.equal(ended.status, 204);
  assert.equal(cookiesOf(ended)[cookieName()], t.as('adam').secret);
  assert.equal((await ask('GET', '/me', undefined, byCookie(cookies[cookieName()]))).status, 401, 'the view is over');
  assert.equal((await t.as('adam').get('/me')).body.member.name, 'Adam Admin');
});
