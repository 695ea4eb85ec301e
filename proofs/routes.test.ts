// Proves every route of the API at once: a new one is in these proofs without anybody thinking of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLERKS } from '../features/clerks.ts';
import type { Clerk } from '../kernel/http.ts';
import { ask, byCookie, freshTenant, theServer, type Client, type FreshTenant } from './start.ts';

/** Routes for which nobody needs to sign in. Whoever adds one adds it here, on purpose. */
const PUBLIC = ['GET /setup', 'POST /setup', 'GET /notices/sign-up', 'GET /invitations/:token', 'POST /invitations/:token', 'POST /session'];

const nameOf = ({ endpoint }: Clerk) => `${endpoint.method} ${endpoint.path}`;
const closed = CLERKS.filter((clerk) => clerk.endpoint.who !== 'public');
/** A path with something in each place: a table that there is, otherwise an id that there is not. */
const pathOf = ({ endpoint }: Clerk) => endpoint.path.replace(/:(\w+)/g, (_, name) => (name === 'table' ? 'contact' : '01990000-0000-7000-8000-00000000dead'));
const bodyOf = ({ endpoint }: Clerk) => (endpoint.method === 'GET' || endpoint.method === 'DELETE' ? undefined : {});

/** Asks each route and gathers those that answer otherwise. */
async function otherThan(status: number, clerks: Clerk[], headers: (clerk: Clerk) => Promise<Record<string, string>>): Promise<string[]> {
  const wrong: string[] = [];
  for (const clerk of clerks) {
    const answer = await ask(clerk.endpoint.method, pathOf(clerk), bodyOf(clerk), await headers(clerk));
    if (answer.status !== status) wrong.push(`${nameOf(clerk)} answers ${answer.status}`);
  }
  return wrong;
}

test('routes are what they are meant to be', async (t) => {
  await t.test('public ones are listed here', () => {
    assert.deepEqual(CLERKS.filter((clerk) => clerk.endpoint.who === 'public').map(nameOf).sort(), PUBLIC.toSorted());
  });
  await t.test('each method and path has one clerk, and one sentence that says what it does', () => {
    const names = CLERKS.map((clerk) => nameOf(clerk).replace(/:\w+/g, ':'));
    assert.deepEqual(names.filter((name, i) => names.indexOf(name) !== i), []);
    for (const clerk of CLERKS) assert.match(clerk.endpoint.summary, /^[A-Z].+[.?]$/, nameOf(clerk));
  });
});

test('who may ask', async (t) => {
  const acme = await freshTenant();
  const berta = await acme.member({ name: 'Berta Below' });
  await t.test('nobody without a session or token', async () => {
    assert.deepEqual(await otherThan(401, closed, async () => ({})), []);
    assert.deepEqual(await otherThan(401, closed, async () => ({ authorization: 'Bearer none' })), []);
  });
  await t.test('no change by cookie without the header', async () => {
    assert.deepEqual(await otherThan(403, closed.filter((clerk) => clerk.endpoint.method !== 'GET'), async () => ({ cookie: byCookie(acme.as('adam').secret).cookie })), []);
  });
  await t.test('what needs a right, nobody without it', async () => {
    const ofRight = closed.filter((clerk) => clerk.endpoint.who !== 'member');
    assert.ok(ofRight.length > 5);
    assert.deepEqual(await otherThan(403, ofRight, async () => byCookie(berta.secret)), []);
  });
});

/** A member whose session the server has just believed in, and which has ended since by other hands. */
async function endedSince(acme: FreshTenant, member: Client): Promise<Record<string, string>> {
  await acme.sql('update session set ended_at = null where member_no = $1', [member.no]);
  assert.equal((await member.get('/me')).status, 200);
  await acme.sql('update session set ended_at = now() where member_no = $1', [member.no]);
  return byCookie(member.secret);
}

test('no route answers a session that has ended', async () => {
  const acme = await freshTenant();
  assert.deepEqual(await otherThan(401, closed, () => endedSince(acme, acme.as('adam'))), []);
});

test('there is no second way to a route', async (t) => {
  const acme = await freshTenant();
  const headers = byCookie((await acme.member({ name: 'Berta Below' })).secret);
  const server = await theServer();
  await t.test('by other spellings of its path', async () => {
    for (const url of ['/api/v1/members/', '/api/v1/Members', '/API/v1/members', '/api/v0/members', '/api/v1//members', '/api/v1/x/%2e%2e%2fmembers', '/api/v1/%6dembers/', '/api/v1/members;x', '/api/v1/admin/members', '/members', '/api/v1/graphql', '/api/v1/rpc/members']) {
      assert.equal((await server.inject({ method: 'GET', url, headers })).statusCode, 404, url);
    }
  });
  await t.test('by a method in a header, field or query', async () => {
    const given = { ...headers, 'x-http-method-override': 'DELETE', 'x-http-method': 'DELETE', 'x-method-override': 'DELETE' };
    assert.equal((await ask('GET', '/session', undefined, given)).status, 404);
    assert.equal((await ask('GET', '/me?_method=DELETE', undefined, given)).status, 422);
    assert.equal((await ask('GET', '/me', undefined, given)).status, 200);
    for (const method of ['OPTIONS', 'HEAD', 'PUT'] as const) assert.equal((await server.inject({ method, url: '/api/v1/me', headers })).statusCode, 404, method);
  });
  await t.test('from another site', async () => {
    for (const origin of ['https://evil.example', 'null']) {
      const answer = await ask('GET', '/me', undefined, { ...headers, origin });
      assert.deepEqual(Object.keys(answer.headers).filter((name) => name.startsWith('access-control-')), []);
    }
    assert.match(String((await ask('GET', '/me', undefined, headers)).headers['content-security-policy']), /frame-ancestors 'none'/);
  });
});
