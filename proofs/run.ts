// `npm test`: types, lint, then every proof against one real PostgreSQL server made for the run and removed after it.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chmodSync, globSync, lstatSync, mkdtempSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ensureChromium, findChromium } from './chromium.ts';

const project = dirname(import.meta.dirname);
let running: ChildProcess | undefined;
let interrupted = false;

/** Runs a program of this Node; true when it ends well. */
function passes(name: string, args: string[]): Promise<boolean> {
  if (interrupted) return Promise.resolve(false);
  const from = performance.now();
  return new Promise((resolve) => {
    running = spawn(process.execPath, args, { cwd: project, stdio: ['ignore', 'inherit', 'inherit'] });
    running.on('error', () => resolve(false));
    running.on('exit', (code) => {
      const seconds = ((performance.now() - from) / 1000).toFixed(1);
      console.log(`${code === 0 ? '✔' : '✖'} ${name} (${seconds} s)`);
      resolve(code === 0);
    });
  });
}

/** The test files, or those whose path contains one of the words. */
function testFiles(words: string[]): string[] {
  const all = globSync(['catalogue/**/*.test.ts', 'kernel/**/*.test.ts', 'features/**/*.test.ts', 'proofs/**/*.test.ts'], { cwd: project }).toSorted();
  return words.length === 0 ? all : all.filter((path) => words.some((word) => path.includes(word)));
}

/** A data folder for this run only; nothing that the person who starts it has set may reach the proofs. */
function freshData(): string {
  const data = mkdtempSync(join(tmpdir(), 'steward-test-'));
  // mkdtemp closes it for others; as root, PostgreSQL runs as another user who must pass through.
  chmodSync(data, 0o711);
  for (const name of ['DATABASE_URL', 'STEWARD_URL', 'STEWARD_PROVIDER_HOSTS']) delete process.env[name];
  Object.assign(process.env, { STEWARD_DATA: data, STEWARD_PORT: '0', STEWARD_LOG: join(data, 'steward.log') });
  return data;
}

function removeData(data: string): void {
  const database = join(data, 'postgres');
  // Under a temporary folder that only root may enter, the database itself is kept elsewhere.
  if (lstatSync(database, { throwIfNoEntry: false })?.isSymbolicLink()) rmSync(dirname(readlinkSync(database)), { recursive: true, force: true });
  // A proof that was broken off may still be closing its files.
  rmSync(data, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}

async function runProofs(files: string[]): Promise<boolean> {
  const data = freshData();
  try {
    const { startPostgres } = await import('../kernel/postgres.ts');
    const postgres = await startPostgres();
    try {
      // Two files at a time: each installs tenants of its own, and the machine of a clone may have two cores.
      return await passes('proofs', ['--test', '--test-concurrency=2', '--test-force-exit', '--test-timeout=900000', '--test-reporter=spec', ...files]);
    } finally {
      await postgres.stop();
    }
  } finally {
    removeData(data);
  }
}

/**
 * Runs everything, or with words only the proofs in files whose path contains one of them. Sets the exit code; what fails does not keep the rest
 * from running, so that one run tells everything.
 */
export async function run(words: string[]): Promise<void> {
  const files = testFiles(words);
  if (files.length === 0) {
    console.error('No proof has a path with these words.');
    process.exitCode = 2;
    return;
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      interrupted = true;
      running?.kill(signal);
    });
  }
  const whole = words.length === 0;
  const chromium = whole ? ensureChromium() : findChromium();
  if (chromium) process.env.CHROMIUM_PATH = chromium;
  const results = whole
    ? [await passes('types', ['node_modules/typescript/bin/tsc', '--noEmit', '-p', '.']), await passes('lint', ['node_modules/oxlint/bin/oxlint', '--quiet'])]
    : [];
  results.push(await runProofs(files));
  if (whole && !chromium) {
    console.error('The proofs on screen need Chromium. Install it (Debian: apt-get install chromium) or set CHROMIUM_PATH, then run again.');
    results.push(false);
  }
  process.exitCode = results.every(Boolean) && !interrupted ? 0 : 1;
}
