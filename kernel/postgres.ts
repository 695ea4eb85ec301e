// The PostgreSQL server behind Steward: the embedded one (started, re-attached to, restarted, stopped) or the one DATABASE_URL names.
import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { masterKey, secret } from './keys.ts';
import { codeOf, log } from './log.ts';
import { createFolder, findPlace, isAlive, lastLine, ownerOptions } from './postgres_place.ts';
import type { Place } from './postgres_place.ts';
import { checkGiven, parseDatabaseUrl } from './postgres_given.ts';
import type { Tls } from './postgres_given.ts';
import { settings } from './settings.ts';

/** How to reach it as superuser (embedded) or as the role of DATABASE_URL. host may be the folder of a socket. */
export type Access = { host: string; port: number; user: string; password: string; database: string; ssl?: Tls };

/** stop() ends the server unless another living Steward process uses it; it does nothing to a given one. */
export type Postgres = Access & { embedded: boolean; stop(): Promise<void> };

const run = promisify(execFile);
const host = '127.0.0.1';
const user = 'steward';
const database = 'steward';
const wrongPassword = 'The database does not accept the password in the keys folder. Put the keys folder back from its recovery kit.';
/** Crash recovery of a big database may take minutes; a server that is still at it must not be given up. */
const patience = 300_000;

function configuration(port: number): string[] {
  const buffers = Math.max(32, Math.min(256, Math.floor(totalmem() / 8 / 1048576)));
  const values: Record<string, string | number> = {
    port,
    listen_addresses: host,
    unix_socket_directories: '',
    password_encryption: 'scram-sha-256',
    max_connections: 200,
    shared_buffers: `${buffers}MB`,
    wal_compression: 'on',
    jit: 'off',
    max_locks_per_transaction: 256,
    timezone: 'UTC',
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    // A recycled WAL file would keep erased values for weeks.
    wal_recycle: 'off',
    // A log outlives erasure. Messages of level ERROR quote values ("invalid input syntax … "), so that only LOG, FATAL and PANIC are kept.
    log_min_messages: 'log',
    log_error_verbosity: 'terse',
    log_min_error_statement: 'panic',
    log_statement: 'none',
    log_parameter_max_length: 0,
    log_parameter_max_length_on_error: 0,
    log_min_duration_statement: -1,
    log_lock_waits: 'off',
    logging_collector: 'on',
    log_directory: 'log',
    log_filename: 'postgres-%Y%m%d-%H%M%S.log',
    log_rotation_size: '10MB',
    log_rotation_age: '1d',
    log_file_mode: '0600',
    log_timezone: 'UTC',
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

type Lock = { pid: number; port: number; starting: boolean };

function lockFile(place: Place): Lock | undefined {
  const path = join(place.folder, 'postmaster.pid');
  if (!existsSync(path)) return undefined;
  const lines = readFileSync(path, 'utf8').split('\n');
  return { pid: Number(lines[0]), port: Number(lines[3]), starting: lines[7]?.trim() === 'starting' };
}

/** Whether this very database answers on the port; another one there, or none yet, is no answer. */
async function ask(place: Place, password: string, port: number): Promise<'ours' | 'refused' | 'none'> {
  const client = new Client({ host, port, user, password, database: 'postgres', connectionTimeoutMillis: 5000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ folder: string }>(`select current_setting('data_directory') as folder`);
    return realpathSync(rows[0].folder) === realpathSync(place.folder) ? 'ours' : 'none';
  } catch (error) {
    return codeOf(error) === '28P01' ? 'refused' : 'none';
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Every process of PostgreSQL works in its data folder; one that lives on there, even an orphan, forbids a second server. */
function worksIn(pid: string, folder: string): boolean {
  try {
    const [, name, state] = /\((.*)\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    if (name !== 'postgres' || state === 'Z') return false;
    return readlinkSync(`/proc/${pid}/cwd`) === folder;
  } catch (error) {
    // Root in a container may not look into a process of another user: then one that runs as the folder's owner counts as ours.
    return codeOf(error) === 'EACCES' && statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid === statSync(folder).uid;
  }
}

/** The lock of a living server, once it is through with crash recovery; undefined when there is none. */
async function settledLock(place: Place): Promise<Lock | undefined> {
  for (let waited = 0; ; waited += 50) {
    const lock = lockFile(place);
    if (!lock || !isAlive(lock.pid)) return undefined;
    if (process.platform === 'linux' && !worksIn(String(lock.pid), realpathSync(place.folder))) return undefined;
    if (!lock.starting || waited > patience) return lock;
    await pause(50);
  }
}

/** After a restart of the machine or container another program may bear the recorded number, and PostgreSQL would refuse to start. */
function dropForeignLock(place: Place): void {
  const lock = lockFile(place);
  if (!lock || process.platform !== 'linux' || !isAlive(lock.pid)) return;
  const folder = realpathSync(place.folder);
  const used = readdirSync('/proc').some((name) => /^\d+$/.test(name) && worksIn(name, folder));
  if (!used) rmSync(join(place.folder, 'postmaster.pid'), { force: true });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, host, resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : freePort();
}

function keepLogsShort(place: Place): void {
  const folder = join(place.folder, 'log');
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder).toSorted().slice(0, -5)) rmSync(join(folder, name), { force: true });
}

/** One try to start: resolves to the process once it answers, or to PostgreSQL's last words when it has ended before. */
async function launch(place: Place, password: string, port: number): Promise<ChildProcess | string> {
  dropForeignLock(place);
  keepLogsShort(place);
  const wordsFile = join(place.base, 'postgres-start.log');
  const words = openSync(wordsFile, 'w', 0o600);
  // Its own process group, so that the Ctrl-C of a terminal reaches Steward first and requests can end.
  const child = spawn(join(place.native, 'bin/postgres'), ['-D', place.folder, ...configuration(port)], {
    ...ownerOptions(place),
    detached: true,
    stdio: ['ignore', words, words],
  });
  closeSync(words);
  const ended = new AbortController();
  child.on('error', () => ended.abort());
  child.on('exit', () => ended.abort());
  child.unref();
  for (const from = performance.now(); !ended.signal.aborted && performance.now() - from < patience; await pause(20)) {
    const answer = await ask(place, password, port);
    if (answer === 'ours') return child;
    if (answer === 'refused' && lockFile(place)?.pid === child.pid) {
      child.kill('SIGINT');
      throw new Error(wrongPassword);
    }
  }
  return lastLine(readFileSync(wordsFile, 'utf8'));
}

type Running = { port: number; pid: number };

/**
 * Attaches to the server on this folder, or starts one. Orphans of a killed server hold its memory for a moment (measured: 4 to 7 tries), and
 * two Steward processes may start at once: both end in a new try.
 */
async function attachOrStart(place: Place, password: string, wantedPort?: number): Promise<Running> {
  let words = '';
  for (let attempt = 0; attempt < 80; attempt++) {
    const lock = await settledLock(place);
    const answer = lock && (await ask(place, password, lock.port));
    if (lock && answer === 'ours') return lock;
    if (answer === 'refused') throw new Error(wrongPassword);
    const port = attempt < 40 && wantedPort ? wantedPort : await freePort();
    const started = await launch(place, password, port);
    if (typeof started !== 'string') {
      log.info('postgres.started', { port, pid: started.pid, attempt });
      return { port, pid: started.pid ?? 0 };
    }
    words = started;
    await pause(Math.min(250, 25 * 2 ** attempt));
  }
  throw new Error(`PostgreSQL does not start: ${words}`);
}

async function createDatabase(password: string, port: number): Promise<void> {
  const client = new Client({ host, port, user, password, database: 'postgres' });
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [database]);
    if (rowCount === 0) await client.query(`create database ${database}`);
  } catch (error) {
    // Another process made it in between.
    if (!['42P04', '23505'].includes(codeOf(error))) throw error;
  } finally {
    await client.end();
  }
}

/** Notes that this process uses the server; returns a function that takes the note back and tells whether it was the last. */
function noteUse(place: Place): () => boolean {
  const folder = join(place.base, 'postgres-used-by');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const note = join(folder, String(process.pid));
  writeFileSync(note, '');
  return () => {
    rmSync(note, { force: true });
    const living = readdirSync(folder).filter((name) => isAlive(Number(name)) || rmSync(join(folder, name), { force: true }));
    return living.length === 0;
  };
}

/** Watches the server and brings it back on the same port, so that the pools reconnect by themselves. */
function keepAlive(place: Place, password: string, running: Running): () => void {
  let { pid } = running;
  let busy = false;
  const timer = setInterval(async () => {
    if (busy || isAlive(pid)) return;
    busy = true;
    log.error('postgres.died', { pid, port: running.port });
    try {
      pid = (await attachOrStart(place, password, running.port)).pid;
    } catch (error) {
      log.error('postgres.down', { code: codeOf(error) });
    }
    busy = false;
  }, 250);
  timer.unref();
  return () => clearInterval(timer);
}

async function startEmbedded(): Promise<Postgres> {
  masterKey();
  const password = secret('postgres', () => randomBytes(24).toString('base64url')).toString();
  const place = findPlace();
  if (!existsSync(place.folder)) await createFolder(place, user, password);
  const isLast = noteUse(place);
  const running = await attachOrStart(place, password);
  await createDatabase(password, running.port);
  const stopWatching = keepAlive(place, password, running);
  const stop = async (): Promise<void> => {
    stopWatching();
    started = undefined;
    if (!isLast() || !lockFile(place)) return;
    const args = ['stop', '-D', place.folder, '-m', 'fast', '-w', '-t', '60'];
    await run(join(place.native, 'bin/pg_ctl'), args, ownerOptions(place)).catch((error: unknown) => {
      if (lockFile(place)) throw error;
    });
    log.info('postgres.stopped', { port: running.port });
  };
  return { host, port: running.port, user, password, database, embedded: true, stop };
}

let started: Promise<Postgres> | undefined;

/**
 * The PostgreSQL server of this installation, ready to answer; called twice, the same.
 * @throws Error with a sentence on what to do: keys missing, no fitting binaries, DATABASE_URL without TLS or older than PostgreSQL 18.
 */
export function startPostgres(): Promise<Postgres> {
  started ??= settings.databaseUrl
    ? checkGiven(parseDatabaseUrl(settings.databaseUrl)).then((access) => ({ ...access, embedded: false, stop: async () => undefined }))
    : startEmbedded();
  started.catch(() => {
    started = undefined;
  });
  return started;
}
