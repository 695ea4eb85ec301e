// Proves the first minutes with an installation of its own: the process starts and answers, the first run happens once, a tenant opens from the command line, and all ends in order.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';

const project = dirname(import.meta.dirname);
const data = mkdtempSync(join(tmpdir(), 'steward-opening-'));
// Closed for others by mkdtemp; as root, PostgreSQL runs as another user who must pass through.
chmodSync(data, 0o711);
const environment = { ...process.env, STEWARD_DATA: data, STEWARD_PORT: '0', STEWARD_LOG: join(data, 'log'), DATABASE_URL: '', STEWARD_URL: '' };
const running = new Set<ChildProcess>();

after(async () => {
  for (const child of running) {
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'exit');
  }
  rmSync(data, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

interface Command { child: ChildProcess; out: () => string; ended: Promise<number | null> }

function steward(args: string[], env: Record<string, string> = {}): Command {
  const child = spawn(process.execPath, [join(project, 'bin/steward.ts'), ...args], { cwd: project, env: { ...environment, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  running.add(child);
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (chunk) => { text += chunk; });
  return { child, out: () => text, ended: once(child, 'close').then(([code]) => { running.delete(child); return code as number | null; }) };
}

/** Resolves to the address that the server names when it is ready. */
async function serving(env: Record<string, string> = {}): Promise<Command & { url: string }> {
  const command = steward(['start'], env);
  const url = await new Promise<string>((resolve, reject) => {
    command.child.stdout!.on('data', () => { const [, found] = /^Steward is ready at (http:\/\/127\.0\.0\.1:\d+)$/m.exec(command.out()) ?? []; if (found) resolve(found); });
    void command.ended.then(() => reject(new Error(command.out())));
  });
  return { ...command, url };
}

async function stop(command: Command): Promise<void> {
  command.child.kill('SIGTERM');
  assert.equal(await command.ended, 0);
}

const body = { tenant: 'Acme', name: 'Adam Admin', email: 'adam@acme.test', password: 'a fine password', sharing: 'private', accept: { terms: true, privacy: true } };
const post = (url: string, path: string, sent: unknown, headers = {}) => fetch(`${url}/api/v1${path}`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(sent) });
const read = async (url: string, headers: Record<string, string> = {}) => { const answer = await fetch(url, { headers }); return { status: answer.status, type: answer.headers.get('content-type'), cache: answer.headers.get('cache-control'), text: await answer.text() }; };

test('an installation opens', async (t) => {
  let server = await serving();
  let administrator = '';
  const { url } = server;

  await t.test('it says that it lives and is ready, and counts what it does for this machine only', async () => {
    assert.equal((await read(`${url}/health`)).status, 200);
    assert.equal((await read(`${url}/ready`)).status, 200);
    assert.match((await read(`${url}/metrics`)).text, /steward_http_request_seconds_count\{method="GET",route="\/health",status="200"\} 1/);
    assert.equal((await read(`${url}/metrics`, { 'x-forwarded-for': '203.0.113.7' })).status, 404);
  });
  await t.test('every path of the web application is its page, hashed files stay a year, and the API answers as itself', async () => {
    const page = { accept: 'text/html' };
    for (const path of ['/', '/sign-in', '/records/contact', '/invitation/abc.def']) {
      const answer = await read(url + path, page);
      assert.deepEqual([answer.status, answer.type, answer.cache], [200, 'text/html; charset=utf-8', 'no-cache'], path);
    }
    const script = /src="(\/assets\/[^"]+\.js)"/.exec((await read(url, page)).text)![1];
    assert.match((await read(url + script)).cache!, /immutable/);
    for (const path of ['/api/v1/nothing', '/api', '/.well-known/nothing', '/hooks/x']) assert.equal((await read(url + path, page)).type, 'application/problem+json; charset=utf-8', path);
    for (const path of ['/../package.json', '/%2e%2e/package.json', '/..%2fpackage.json']) assert.doesNotMatch((await read(url + path, page)).text, /"steward"/);
    assert.equal((await read(`${url}/assets/none.js`, { accept: 'application/javascript' })).status, 404);
  });
  await t.test('of two first runs at the same moment one happens', async () => {
    assert.deepEqual(JSON.parse((await read(`${url}/api/v1/setup`)).text), { tenants: false });
    assert.equal((await post(url, '/setup', { ...body, accept: { terms: true, privacy: false } })).status, 422);
    const answers = await Promise.all([post(url, '/setup', body), post(url, '/setup', { ...body, tenant: 'Other', email: 'eve@other.test' })]);
    assert.deepEqual(answers.map((a) => a.status).sort(), [201, 404]);
    const cookie = answers.find((a) => a.status === 201)!.headers.getSetCookie()[0].split(';')[0];
    const me = JSON.parse((await read(`${url}/api/v1/me`, { cookie })).text);
    assert.deepEqual(me.profile.rights, ['administer']);
    administrator = me.member.email;
    assert.deepEqual([...new Set(me.tables.map((table: any) => table.sharing))], ['private']);
    assert.equal((await post(url, '/setup', body)).status, 404);
    assert.deepEqual(JSON.parse((await read(`${url}/api/v1/setup`)).text), { tenants: true });
  });

  const open = ['tenant', 'open', '--name', 'Beta', '--email', 'Bea@BETA.test', '--member', 'Bea Boss', '--json'];
  await t.test('a tenant opens from the command line beside the running server', async () => {
    const command = steward(open, { STEWARD_URL: 'https://crm.example.org' });
    assert.equal(await command.ended, 0, command.out());
    const opened = JSON.parse(command.out());
    assert.deepEqual(Object.keys(opened), ['tenant', 'invitation_url', 'invitation_token']);
    assert.equal(opened.invitation_url, `https://crm.example.org/invitation/${opened.invitation_token}`);
    assert.equal((await post(url, `/invitations/${opened.invitation_token}`, { password: 'a fine password', accept: body.accept })).status, 201);
    assert.equal((await post(url, '/session', { email: 'bea@beta.test', password: 'a fine password' })).status, 200, 'in small letters too');
  });
  await t.test('a taken port and wrong options end with a sentence', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const second = steward(['start'], { STEWARD_PORT: String((taken.address() as { port: number }).port) });
    assert.equal(await second.ended, 1);
    assert.match(second.out(), /^Port \d+ is taken/m);
    taken.close();
    const wrong = steward(['tenant', 'open', '--name', 'x', '--email', 'none', '--member', ' ']);
    assert.equal(await wrong.ended, 2);
    assert.match(wrong.out(), /--email, --member/);
    assert.equal((await read(`${url}/ready`)).status, 200, 'the running server goes on');
  });
  await t.test('it ends in order, and a tenant opens while it is stopped', async () => {
    await stop(server);
    assert.equal(readdirSync(join(data, 'postgres')).includes('postmaster.pid'), false);
    const command = steward(open);
    assert.equal(await command.ended, 0, command.out());
    assert.equal(readdirSync(join(data, 'postgres')).includes('postmaster.pid'), false);
    server = await serving();
    assert.equal((await post(server.url, '/session', { email: administrator, password: body.password })).status, 200);
    assert.equal((await read(`${server.url}/api/v1/invitations/${JSON.parse(command.out()).invitation_token}`)).status, 200);
    await stop(server);
  });
});
