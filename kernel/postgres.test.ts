// Proof: PostgreSQL starts, survives every kill, is re-attached to, and lets nobody in from elsewhere or without a password.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';

type Access = { host: string; port: number; user: string; password: string; database: string };
type Steward = { child: ChildProcess; access: Access; milliseconds: number; words: () => string };

const folders: string[] = [];
const living = new Set<ChildProcess>();

// A process of its own each time, since being killed is what this is about. It ends properly when its input ends.
const program = `
  const from = performance.now();
  const { startPostgres } = await import(${JSON.stringify(join(import.meta.dirname, 'postgres.ts'))});
  const { stop, ...access } = await startPostgres();
  console.log(JSON.stringify({ access, milliseconds: performance.now() - from }));
  process.stdin.on('end', async () => { await stop(); process.exit(0); }).resume();
`;

function freshData(mode = 0o711): string {
  // Within the folder of the whole run, which removes it even when the run is broken off.
  const data = mkdtempSync(join(process.env.STEWARD_DATA ?? tmpdir(), 'steward-postgres-'));
  chmodSync(data, mode);
  folders.push(data);
  return data;
}

function start(data: string): Promise<Steward> {
  const options = { env: { ...process.env, DATABASE_URL: '', STEWARD_LOG: '', STEWARD_DATA: data } };
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], options);
  living.add(child);
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => (words += chunk.toString()));
  return new Promise((resolve, reject) => {
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      if (out.endsWith('\n')) resolve({ child, ...(JSON.parse(out) as { access: Access; milliseconds: number }), words: () => words });
    });
    child.on('close', () => {
      living.delete(child);
      reject(new Error(words));
    });
  });
}

async function stop({ child }: Steward): Promise<void> {
  const ended = new Promise((resolve) => child.once('close', resolve));
  child.stdin?.end();
  await ended;
}

async function kill({ child }: Steward): Promise<void> {
  const ended = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGKILL');
  await ended;
}

async function ask<T extends object>(access: Access, question: string): Promise<T> {
  const client = new Client(access);
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<T>(question)).rows[0];
  } finally {
    await client.end();
  }
}

function postmaster(data: string): number {
  return Number(readFileSync(join(data, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]);
}

after(() => {
  for (const child of living) child.kill('SIGKILL');
  for (const data of folders.toReversed()) {
    const database = join(data, 'postgres');
    const link = lstatSync(database, { throwIfNoEntry: false })?.isSymbolicLink() ? readlinkSync(database) : undefined;
    if (existsSync(join(link ?? database, 'postmaster.pid'))) process.kill(postmaster(data), 'SIGQUIT');
    if (link) rmSync(dirname(link), { recursive: true, force: true });
    rmSync(data, { recursive: true, force: true });
  }
});

describe('a server that nobody else can use', () => {
  const data = freshData();

  it('starts on an empty folder, as PostgreSQL 18 with durable settings', async () => {
    const steward = await start(data);
    const facts = await ask(
      steward.access,
      `select current_setting('server_version_num')::int / 10000 as version, current_setting('fsync') as fsync,
      current_setting('synchronous_commit') as commit, current_setting('data_checksums') as checksums, datcollate, datlocale, datlocprovider
      from pg_database where datname = current_database()`,
    );
    assert.deepEqual(facts, { version: 18, fsync: 'on', commit: 'on', checksums: 'on', datcollate: 'C', datlocale: 'C.UTF-8', datlocprovider: 'b' });
    await stop(steward);
    assert.ok(!existsSync(join(data, 'postgres/postmaster.pid')), 'it has ended');
  });

  it('starts a second time within 1.5 seconds', async () => {
    const steward = await start(data);
    assert.ok(steward.milliseconds < 1500, `${steward.milliseconds} ms`);
    await stop(steward);
  });

  it('listens on loopback only', async () => {
    const steward = await start(data);
    const own = Object.values(networkInterfaces())
      .flat()
      .filter((entry) => entry !== undefined && !entry.internal && entry.family === 'IPv4')
      .map((entry) => entry?.address ?? '');
    for (const address of own) await assert.rejects(ask({ ...steward.access, host: address }, 'select 1'), { code: 'ECONNREFUSED' }, address);
    const { listen } = await ask<{ listen: string }>(
      steward.access,
      `select current_setting('listen_addresses') || current_setting('unix_socket_directories') as listen`,
    );
    assert.equal(listen, '127.0.0.1');
    await stop(steward);
  });

  it('has no rule that trusts, and refuses a wrong password', async () => {
    const rules = readFileSync(join(data, 'postgres/pg_hba.conf'), 'utf8')
      .split('\n')
      .filter((line) => /^\s*(local|host)/.test(line));
    assert.ok(rules.length > 0);
    for (const rule of rules) assert.match(rule, /scram-sha-256\s*$/);
    const steward = await start(data);
    await assert.rejects(ask({ ...steward.access, password: 'guess' }, 'select 1'), { code: '28P01' });
    await stop(steward);
  });

  it('writes no value of a failed statement into its log', async () => {
    const steward = await start(data);
    await assert.rejects(ask(steward.access, `select 'canary@example.test'::uuid`), { code: '22P02' });
    await assert.rejects(ask(steward.access, `do $$ begin raise exception 'canary@example.test' using detail = 'canary@example.test'; end $$`));
    await stop(steward);
    const logs = readdirSync(join(data, 'postgres/log')).map((name) => readFileSync(join(data, 'postgres/log', name), 'utf8'));
    assert.match(logs.join(''), /database system is ready/);
    assert.doesNotMatch(logs.join(''), /canary/);
  });

  it('keeps keys and data for their owner alone', () => {
    assert.equal(statSync(join(data, 'keys')).mode & 0o777, 0o700);
    for (const name of readdirSync(join(data, 'keys'))) assert.equal(statSync(join(data, 'keys', name)).mode & 0o777, 0o600, name);
    assert.equal(statSync(join(data, 'postgres')).mode & 0o777, 0o700);
  });

  it('does not start without its keys, and makes no new ones', async () => {
    renameSync(join(data, 'keys'), join(data, 'keys.away'));
    await assert.rejects(start(data), /key file master is missing/);
    assert.deepEqual(readdirSync(join(data, 'keys')), []);
    rmSync(join(data, 'keys'), { recursive: true });
    renameSync(join(data, 'keys.away'), join(data, 'keys'));
    await stop(await start(data));
  });

  it('does not start with the keys of another installation', async () => {
    renameSync(join(data, 'keys'), join(data, 'keys.away'));
    const other = freshData();
    await stop(await start(other));
    renameSync(join(other, 'keys'), join(data, 'keys'));
    await assert.rejects(start(data), /does not accept the password in the keys folder/);
    rmSync(join(data, 'keys'), { recursive: true });
    renameSync(join(data, 'keys.away'), join(data, 'keys'));
    await stop(await start(data));
  });
});

describe('a server that comes back', () => {
  const data = freshData();

  before(async () => {
    const steward = await start(data);
    await ask(steward.access, 'create table kept as select 1 as one');
    await stop(steward);
  });

  it('is re-attached to after Steward was killed, with what was committed', async () => {
    const first = await start(data);
    await ask(first.access, 'create table acknowledged as select 1 as one');
    await kill(first);
    const second = await start(data);
    assert.equal(second.access.port, first.access.port, 'the same server');
    assert.deepEqual(await ask(second.access, 'select one from acknowledged'), { one: 1 });
    await stop(second);
  });

  it('starts again after it was killed while Steward was down, orphans and all', async () => {
    const first = await start(data);
    const client = new Client(first.access);
    client.on('error', () => undefined);
    await client.connect();
    await kill(first);
    process.kill(postmaster(data), 'SIGKILL');
    const second = await start(data);
    assert.deepEqual(await ask(second.access, 'select one from kept'), { one: 1 });
    await stop(second);
    await client.end().catch(() => undefined);
  });

  it('comes back on the same port when it is killed under a running Steward', async () => {
    const steward = await start(data);
    const before = postmaster(data);
    process.kill(before, 'SIGKILL');
    let answer: object | undefined;
    for (let tries = 0; tries < 100 && !answer; tries++) {
      await pause(100);
      answer = await ask(steward.access, 'select one from kept').catch(() => undefined);
    }
    assert.deepEqual(answer, { one: 1 });
    assert.notEqual(postmaster(data), before);
    await stop(steward);
  });

  it('serves two Steward processes and ends with the last of them', async () => {
    const [first, second] = await Promise.all([start(data), start(data)]);
    assert.equal(first.access.port, second.access.port);
    await stop(first);
    assert.deepEqual(await ask(second.access, 'select one from kept'), { one: 1 });
    await stop(second);
    assert.ok(!existsSync(join(data, 'postgres/postmaster.pid')));
  });

  it('is not kept from starting by a lock whose number another program bears by now', async () => {
    const lines = [process.pid, join(data, 'postgres'), 1, 4400, '', '127.0.0.1', '', 'ready'];
    const lock = join(data, 'postgres/postmaster.pid');
    writeFileSync(lock, lines.join('\n'), { mode: 0o600 });
    await stop(await start(data));
  });

  it('is made once when two processes start on an empty folder', async () => {
    const empty = freshData();
    const [first, second] = await Promise.all([start(empty), start(empty)]);
    assert.equal(first.access.port, second.access.port);
    await Promise.all([stop(first), stop(second)]);
    assert.ok(!existsSync(join(empty, 'postgres/postmaster.pid')));
  });
});

describe('a folder that the user of PostgreSQL may not enter', { skip: process.getuid?.() === 0 ? false : 'only root has such folders' }, () => {
  it('keeps the database under /var/lib/steward, says so, and finds it again', async () => {
    const closed = freshData(0o700);
    const data = join(closed, 'data');
    mkdirSync(data);
    folders.push(data);
    const first = await start(data);
    assert.match(first.words(), /The database is kept in \/var\/lib\/steward\/[0-9a-f]{16}\/postgres/);
    assert.match(readlinkSync(join(data, 'postgres')), /^\/var\/lib\/steward\/[0-9a-f]{16}\/postgres$/);
    await ask(first.access, 'create table kept as select 1 as one');
    await stop(first);
    const second = await start(data);
    assert.deepEqual(await ask(second.access, 'select one from kept'), { one: 1 });
    await stop(second);
  });

  it('leaves the database of an earlier data folder of that name alone, and says where it is', async () => {
    const closed = freshData(0o700);
    const data = join(closed, 'data');
    mkdirSync(data);
    const [first, twin] = await Promise.all([start(data), start(data)]);
    assert.equal(first.access.port, twin.access.port);
    await Promise.all([stop(first), stop(twin)]);
    const old = readlinkSync(join(data, 'postgres'));
    rmSync(data, { recursive: true });
    mkdirSync(data);
    const second = await start(data);
    assert.equal(readlinkSync(join(data, 'postgres')), `${dirname(old)}-2/postgres`);
    assert.match(second.words(), /An older one, of a data folder that was here before, is still in/);
    await stop(second);
    assert.ok(existsSync(join(old, 'PG_VERSION')));
    rmSync(dirname(old), { recursive: true });
    rmSync(`${dirname(old)}-2`, { recursive: true });
  });
});
