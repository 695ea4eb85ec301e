// The documents are true: every endpoint, setting, command and status is in them, and the tour of the API runs as it stands.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { CLERKS } from '../features/clerks.ts';
import { TITLES } from '../kernel/errors.ts';
import { serving } from './serving.ts';

const project = dirname(import.meta.dirname);
const read = (path: string) => readFileSync(join(project, path), 'utf8');
const missing = (names: string[], path: string) => assert.deepEqual(names.filter((name) => !read(path).includes(name)), [], `missing in ${path}`);

test('every endpoint is in docs/api.md', () => {
  const text = read('docs/api.md').replace(/"?\$\w+"?/g, '{id}').replaceAll('"', '');
  const spoken = (path: string) => new RegExp(`${path.replace(/[.]/g, '\\.').replace(/:\w+/g, '[^/\\s`]+')}(?![\\w/])`);
  const lines = text.split('\n');
  const absent = CLERKS.map(({ endpoint }) => `${endpoint.method} ${endpoint.path}`).filter((e) => {
    const [method, path] = e.split(' ');
    const says = (line: string) => line.includes(method) || (method === 'GET' && line.startsWith('curl') && !line.includes('-X'));
    return !lines.some((line) => says(line) && spoken(path).test(line)) && !new RegExp(`${method}[^\`]*${spoken(path).source}`).test(text);
  });
  assert.deepEqual(absent, []);
});

test('every setting is in docs/settings.md', () => {
  const settings = new Set([...globSync('{bin,kernel,world}/**/*.{ts,mjs}', { cwd: project })].filter((p) => !p.includes('.test.')).flatMap((p) => read(p).match(/\b(STEWARD_[A-Z_]+|DATABASE_URL)\b/g) ?? []));
  assert.ok(settings.size >= 6);
  missing([...settings].map((name) => `\`${name}\``), 'docs/settings.md');
});

test('every command is in docs/commands.md', () => {
  const { stdout } = spawnSync(process.execPath, ['bin/steward.ts', 'help'], { cwd: project, encoding: 'utf8' });
  const commands = [...stdout.matchAll(/^ {2}(\w+) {2,}/gm)].map((m) => `\`steward ${m[1]}`);
  assert.ok(commands.length >= 8, stdout);
  missing(commands, 'docs/commands.md');
});

test('every status and every SQLSTATE of our own is in docs/errors.md', () => {
  const raised = new Set(globSync('{features,catalogue,kernel}/**/*.{sql,ts}', { cwd: project }).flatMap((path) => read(path).match(/\bSW\d{3}\b/g) ?? []));
  assert.ok(raised.size >= 4);
  missing([...Object.keys(TITLES).map((status) => `| ${status} |`), ...raised], 'docs/errors.md');
});

test('links between the documents lead somewhere', () => {
  const broken = globSync(['*.md', 'docs/**/*.md'], { cwd: project }).flatMap((path) =>
    [...read(path).matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g)].filter(([, to]) => globSync(join(dirname(path), to), { cwd: project }).length === 0).map(([, to]) => `${path} → ${to}`));
  assert.deepEqual(broken, []);
});

/** The shell blocks of the page, one script. A wrapper writes down each status that comes back. */
function script(log: string): string {
  const blocks = [...read('docs/api.md').matchAll(/```sh\n([^]*?)```/g)].map((m) => m[1]);
  return ['set -u', `curl() { command curl -sS -w '%{stderr}\\nstatus %{http_code}\\n' "$@" 2>>${log}; }`, ...blocks].join('\n');
}

/** What is written beside the lines as one pattern: `200` is one answer, `200 …` one or more. */
const pattern = (said: string[]) => new RegExp(`^${said.map((s) => (s.endsWith('…') ? `(${s.slice(0, 3)} )+` : `${s} `)).join('')}$`);

const shell = ['bash', 'curl'].every((program) => spawnSync(program, ['--version']).status === 0);

test('the tour of docs/api.md runs, with the statuses written beside it', { skip: shell ? false : 'needs bash and curl' }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'steward-tour-'));
  const log = join(folder, 'statuses');
  writeFileSync(join(folder, 'tour.sh'), script(log));
  const { url, stop } = await serving('start');
  const tour = spawnSync('bash', [join(folder, 'tour.sh')], { cwd: project, env: { ...process.env, STEWARD: url, TMPDIR: folder }, encoding: 'utf8', timeout: 300_000, maxBuffer: 64 * 1024 ** 2 });
  await stop();
  const came = [...readFileSync(log, 'utf8').matchAll(/^status (\d{3})$/gm)].map((m) => m[1]);
  rmSync(folder, { recursive: true });
  const said = [...script('').matchAll(/\s# (\d{3}(?: …)?)\s*$/gm)].map((m) => m[1]);
  assert.ok(said.length > 60);
  assert.equal(tour.status, 0, tour.stderr.slice(-2000));
  assert.match(`${came.join(' ')} `, pattern(said), tour.stdout.slice(-1500));
});
