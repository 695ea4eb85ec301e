// Proof that kill -9 costs nothing that was acknowledged: of the server and of PostgreSQL, twenty times in the middle of imports.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';

const KILLS = 20;
/** About as many as are stored between the first kill and the last. */
const ROWS = 8_000;
const project = dirname(import.meta.dirname);
const data = mkdtempSync(join(tmpdir(), 'steward-crash-'));
// mkdtemp closes it for others; as root, PostgreSQL runs as another user who must pass through.
chmodSync(data, 0o711);

let server: ChildProcess | undefined;
let base = '';
let cookie = '';

async function start(): Promise<void> {
  const { DATABASE_URL: _, STEWARD_URL: __, ...env } = process.env;
  const child = spawn(process.execPath, [join(project, 'bin/steward.ts'), 'start'], { env: { ...env, STEWARD_DATA: data, STEWARD_PORT: '0', STEWARD_LOG: join(data, 'steward.log') }, stdio: ['ignore', 'pipe', 'pipe'] });
  server = child;
  base = await new Promise<string>((resolve, reject) => {
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => {
      said += chunk;
      const ready = /Steward is ready at (\S+)/.exec(said);
      if (ready) resolve(`${ready[1]}/api/v1`);
    });
    child.on('exit', () => reject(new Error(`the server ended: ${said}`)));
  });
}

const gone = (child: ChildProcess) => new Promise((resolve) => (child.exitCode !== null || child.signalCode !== null ? resolve(0) : child.once('exit', resolve)));
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function killServer(): Promise<void> {
  server!.kill('SIGKILL');
  await gone(server!);
  await start();
}

/** The server process lives on and has to find its database again. */
async function killPostgres(): Promise<void> {
  const pid = Number(readFileSync(join(realpathSync(join(data, 'postgres')), 'postmaster.pid'), 'utf8').split('\n')[0]);
  process.kill(pid, 'SIGKILL');
}

interface Said { status: number; body: any }

async function call(method: string, path: string, body?: unknown): Promise<Said> {
  const form = body instanceof FormData;
  const headers: Record<string, string> = { ...(cookie ? { cookie, 'x-steward': '1' } : {}), ...(form || body === undefined ? {} : { 'content-type': 'application/json' }) };
  const response = await fetch(base + path, { method, headers, body: form ? body : body === undefined ? undefined : JSON.stringify(body) });
  cookie = response.headers.getSetCookie().find((c) => /steward=\w/.test(c))?.split(';')[0] ?? cookie;
  const text = await response.text();
  return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : text };
}

/** Asks again while the database is away. Changes are only asked for while it is there, so that none is done twice. */
async function eventually(method: string, path: string, body?: unknown): Promise<Said> {
  for (let attempt = 0; ; attempt++) {
    const said = await call(method, path, body);
    if (said.status !== 503 || attempt > 300) return said;
    await pause(100);
  }
}

async function begin(name: string): Promise<string> {
  const form = new FormData();
  form.append('table', 'account');
  form.append('file', new Blob([`Name\n${Array.from({ length: ROWS }, (_, i) => `${name} ${i}`).join('\n')}\n`]), 'crash.csv');
  const uploaded = await eventually('POST', '/imports', form);
  assert.equal(uploaded.status, 201, JSON.stringify(uploaded.body));
  const { id } = uploaded.body;
  assert.equal((await eventually('PUT', `/imports/${id}`, { mapping: { Name: 'name' } })).status, 200);
  assert.equal((await eventually('POST', `/imports/${id}/run`)).status, 202);
  return id;
}

const stateOf = async (id: string) => (await eventually('GET', `/imports/${id}`)).body;

after(async () => {
  server?.kill('SIGTERM');
  if (server) await gone(server);
  const database = join(data, 'postgres');
  if (lstatSync(database, { throwIfNoEntry: false })?.isSymbolicLink()) rmSync(dirname(readlinkSync(database)), { recursive: true, force: true });
  rmSync(data, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

test('twenty kills of server and PostgreSQL amid imports: nothing acknowledged is lost, nothing is double, counters are true', async () => {
  await start();
  const opened = await call('POST', '/setup', { tenant: 'Crash', name: 'Adam Admin', email: 'adam@crash.test', password: 'a password for proofs', sharing: 'edit', accept: { terms: true, privacy: true } });
  assert.equal(opened.status, 201, JSON.stringify(opened.body));
  const imports: string[] = [];
  const acknowledged: string[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    const last = imports.at(-1) && (await stateOf(imports.at(-1)!));
    if (!last || last.state === 'done') imports.push(await begin(`Crash ${imports.length}`));
    const id = imports.at(-1)!;
    // Until it works again, and then a little into the next batches, differently each time.
    const from = (await stateOf(id)).done;
    for (let i = 0; i < 600; i++) {
      const now = await stateOf(id);
      if (now.done > from || now.state !== 'running') break;
      await pause(20);
    }
    await pause((kill * 37) % 90);
    const made = await eventually('POST', '/records/account', { name: `Acknowledged ${kill}` });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    acknowledged.push(made.body.id);
    const before = (await stateOf(id)).done;
    await (kill % 2 === 0 ? killServer() : killPostgres());
    const behind = await stateOf(id);
    assert.ok(behind.done >= before, `progress fell from ${before} to ${behind.done}`);
  }
  for (const id of imports) {
    let now = await stateOf(id);
    for (let i = 0; now.state === 'running' && i < 1_200; i++) { await pause(50); now = await stateOf(id); }
    assert.deepEqual({ state: now.state, rows: now.rows, done: now.done, created: now.created, errors: now.errors }, { state: 'done', rows: ROWS, done: ROWS, created: ROWS, errors: 0 }, now.failure);
  }
  const names = new Map<string, number>();
  for (let cursor = ''; ;) {
    const { status, body } = await eventually('GET', `/records/account?fields=name&limit=500${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
    assert.equal(status, 200, JSON.stringify(body));
    for (const { name } of body.data) names.set(name, (names.get(name) ?? 0) + 1);
    if (!(cursor = body.next)) break;
  }
  assert.equal([...names.values()].filter((n) => n > 1).length, 0, 'a record is there twice');
  assert.equal(names.size, imports.length * ROWS + acknowledged.length);
  for (const id of acknowledged) assert.equal((await eventually('GET', `/records/account/${id}`)).status, 200);
  const { body: chain } = await eventually('GET', '/activities/verify');
  assert.equal(chain.ok, true, JSON.stringify(chain));
  const [tenant] = readdirSync(join(data, 'files'));
  assert.equal(readdirSync(join(data, 'files', tenant)).length, imports.length, 'a file is left that no import knows');
});
