// The tree keeps its own rules: arrows between rooms, single gates, sizes, names, headers, words, and nothing that nobody uses.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, posix } from 'node:path';
import { test } from 'node:test';
import { ORDER } from '../features/order.ts';
import { proofTitles } from './titles.ts';

const project = dirname(import.meta.dirname);
const ROOMS = ['bin', 'catalogue', 'kernel', 'features', 'web', 'world', 'proofs', 'bench', 'docs'];
const files = globSync([`{${ROOMS.join()}}/**/*`, '*.md'], { cwd: project })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => statSync(join(project, path)).isFile() && !path.startsWith('web/public/'))
  .sort();
const texts = new Map(files.map((path) => [path, readFileSync(join(project, path), 'utf8')]));
const code = files.filter((path) => /\.(ts|tsx|mjs|sql|css)$/.test(path));
const textOf = (path: string) => texts.get(path)!;

/** Fails with one offender a line. */
const none = (offenders: string[], rule: string) => assert.equal(offenders.join('\n'), '', rule);

/** [importing file, imported file] of every relative import, also of types and at run time. */
const arrows: [from: string, to: string][] = code.filter((path) => /\.(ts|tsx)$/.test(path)).flatMap((path) =>
  [...textOf(path).matchAll(/(?:\bfrom\s+|\bimport\s*\(\s*|^import\s+)'(\.[^']+)'/gm)].map(([, to]): [string, string] => [path, posix.join(posix.dirname(path), to)]));

const room = (path: string) => path.split('/')[0];
const isContract = (path: string) => /^features\/\w+\/\w+\.api\.ts$/.test(path) || path === 'kernel/contract.ts';
const isScreen = (path: string) => /^features\/\w+\/[A-Z]\w*\.tsx$/.test(path);
const feature = (path: string) => path.split('/')[1];
const place = (name: string) => (ORDER as readonly string[]).indexOf(name);

function allowed(from: string, to: string): boolean {
  if (from.endsWith('.test.ts') || ['world', 'proofs', 'bench', 'bin', 'docs'].includes(room(from))) return true;
  if (room(from) === 'catalogue') return room(to) === 'catalogue';
  if (room(from) === 'kernel') return ['kernel', 'catalogue'].includes(room(to));
  if (isScreen(from)) return room(to) === 'web' || room(to) === 'catalogue' || isContract(to);
  if (room(from) === 'web') return room(to) === 'web' || room(to) === 'catalogue' || isContract(to) || isScreen(to);
  // The line-up itself knows all clerks; a feature knows what stands above it.
  if (['features/clerks.ts', 'features/order.ts'].includes(from)) return true;
  if (to === 'features/order.ts') return from === 'features/tenant/tenant.ts';
  return ['kernel', 'catalogue'].includes(room(to)) || isContract(to) || (room(to) === 'features' && !isScreen(to) && place(feature(to)) <= place(feature(from)));
}

test('imports follow the arrows between the rooms', () => {
  none(arrows.filter(([from, to]) => !allowed(from, to)).map(([from, to]) => `${from} may not import ${to}`), 'arrows: ARCHITECTURE.md');
});

test('a contract is pure: it imports shapes and nothing that reads or writes', () => {
  none(arrows.filter(([from, to]) => isContract(from) && room(to) !== 'catalogue' && !isContract(to)).map(([from, to]) => `${from} imports ${to}`), 'a contract may be read in a browser');
  none(code.filter((path) => isContract(path) && /from '(node:|pg|fastify)/.test(textOf(path))), 'a contract may be read in a browser');
});

test('only the database room speaks to PostgreSQL, and only the law and the catalogue write DDL', () => {
  const gates = /^kernel\/(database|check|postgres\w*)\.ts$/;
  none(code.filter((path) => /from '(pg|pg-[\w-]+)'/.test(textOf(path)) && !gates.test(path) && !path.endsWith('.test.ts') && room(path) !== 'bench'), 'imports pg');
  // "Create table" in a sentence for people is no DDL: statements are written in small letters.
  const ddl = /\b(create|alter|drop) (table|index|policy|trigger|function|role|schema|event trigger|unique index)\b/;
  const writers = /^catalogue\/(ddl|row_security|triggers)\.ts$|^kernel\/(install|upgrade|postgres\w*)\.ts$|\.sql$|\.test\.ts$|^(proofs|bench)\//;
  // A profile is a role: it goes where its entry goes.
  const roles = ['features/profile/profile.ts'];
  none(code.filter((path) => path.endsWith('.ts') && !writers.test(path) && !roles.includes(path) && ddl.test(withoutComments(textOf(path)))), 'DDL outside of the law');
});

const withoutComments = (text: string) => text.replace(/\/\*[^]*?\*\/|^\s*\/\/.*$|\s\/\/ .*$/gm, '');

/** Parts of a clerk that outgrew one file: each named after the thing it is about. */
const PARTS: Record<string, string[]> = {
  custom_table: ['field.ts', 'kind_change.ts', 'names.ts', 'refuse_broken.ts', 'spare.ts'],
  import: ['csv.ts', 'problems.ts', 'rows.ts', 'run.ts'],
  sign_in: ['password.ts', 'session.ts', 'sign_up.ts'],
};

test('a feature is its law, contract, clerk, window and proof, and nothing else', () => {
  const pascal = (name: string) => name.split('_').map((word) => word[0].toUpperCase() + word.slice(1)).join('');
  const folders = readdirSync(join(project, 'features'), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  assert.deepEqual(folders.sort(), [...ORDER].sort(), 'every folder stands in features/order.ts, and the other way round');
  none(folders.flatMap((name) => {
    const ours = [`${name}.sql`, `${name}.api.ts`, `${name}.ts`, `${pascal(name)}.tsx`, `${name}.test.ts`, `${name}.steps`, ...(PARTS[name] ?? [])];
    return readdirSync(join(project, 'features', name)).filter((file) => !ours.includes(file)).map((file) => `features/${name}/${file}`);
  }), 'files that a feature does not have');
  none(Object.entries(PARTS).flatMap(([name, parts]) => parts.filter((part) => !texts.has(`features/${name}/${part}`)).map((part) => `features/${name}/${part}`)), 'parts that are not there any more');
});

/** Cutting these would hurt reading more than their length does. */
const LONG: Record<string, string> = {
  'features/import/csv.ts': 'one state machine for quoted cells: its states share their variables',
};

test('no file is longer than 300 lines and no function longer than 50', () => {
  const folder = mkdtempSync(join(tmpdir(), 'steward-tidy-'));
  const config = join(folder, 'sizes.json');
  writeFileSync(config, JSON.stringify({ categories: {}, rules: { 'max-lines': ['error', { max: 300 }], 'max-lines-per-function': ['error', { max: 50 }] } }));
  const { stdout } = spawnSync(process.execPath, ['node_modules/oxlint/bin/oxlint', '-c', config, '-f', 'unix', '--ignore-pattern', '**/*.test.ts', ...ROOMS], { cwd: project, encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  const found = stdout.split('\n').filter((line) => line.includes('too many lines'));
  none(found.filter((line) => !Object.keys(LONG).some((path) => line.startsWith(path))), 'too long');
  none(Object.keys(LONG).filter((path) => !found.some((line) => line.startsWith(path))), 'no longer too long: take it off the list');
  // A proof is a list of sentences, read one at a time; it may be longer, not endless.
  none(files.filter((path) => path.endsWith('.test.ts') && textOf(path).split('\n').length > 400), 'proofs of more than 400 lines');
  none(files.filter((path) => path.endsWith('.sql') && textOf(path).split('\n').length > 300), 'law of more than 300 lines');
});

test('the first line of each file says what it is for', () => {
  none(code.filter((path) => !/^(\/\/ \S|-- \S|\/\* \S|#!)/.test(textOf(path))), 'no comment in the first line');
});

test('the header of each law names its guarantees, needs, claim and proof, and they are true', () => {
  const titles = new Set([...proofTitles().values()].flatMap((own) => [...own]));
  none(code.filter((path) => path.endsWith('.sql')).flatMap((path) => {
    const [first, guarantees, needs, claim] = textOf(path).split('\n');
    const wrong: string[] = [];
    if (!/^-- \S/.test(first) || !guarantees.startsWith('-- Guarantees: ') || !needs.startsWith('-- Needs: ') || !/^-- Claim: .+ Proof: \S+\.test\.ts$/.test(claim)) return [`${path}: the header has not its four lines`];
    for (const said of guarantees.slice(15).split(/;\s*/)) if (!titles.has(said.trim()) && ![...titles].some((title) => title.startsWith(`${said.trim()}, `))) wrong.push(`${path}: no proof is called "${said.trim()}"`);
    const needed = needs.slice(10).split(/,\s*/).filter((name) => name !== 'nothing');
    for (const name of needed) if (place(name) < 0 || place(name) >= place(basename(path, '.sql'))) wrong.push(`${path}: ${name} does not stand above it in features/order.ts`);
    const proof = /Proof: (\S+)$/.exec(claim)![1];
    if (!texts.has(proof)) wrong.push(`${path}: ${proof} does not exist`);
    return wrong;
  }), 'headers');
});

/** Words for people: sentences of screens, summaries, refusals and documents. */
function spoken(path: string): string {
  const text = textOf(path);
  if (path.endsWith('.md')) return text.replace(/```[^]*?```|`[^`]*`/g, '');
  if (path.endsWith('de.json')) return Object.keys(JSON.parse(text)).join('\n');
  if (path.endsWith('.sql')) return [...text.matchAll(/raise exception '((?:[^']|'')*)'/g)].map((m) => m[1]).join('\n');
  return [...text.matchAll(/\bt\('((?:[^'\\]|\\.)*)'|summary: '((?:[^'\\]|\\.)*)'|new Problem\(\d+, '((?:[^'\\]|\\.)*)'/g)].map((m) => m[1] ?? m[2] ?? m[3]).join('\n');
}

test('one word per concept, in everything that people read', () => {
  const banned: [RegExp, string][] = [[/\busers?\b/i, 'member'], [/\baudit (log|trail)\b/i, 'activity'], [/\bPII\b/, 'personal'], [/\b(DSAR|data subject request)\b/i, 'subject request'], [/\b(workspace|organi[sz]ation id)\b/i, 'tenant'],
    [/\b(suppression|unsubscribe) list\b/i, 'opt-out'], [/\bpurg(e|ed|ing)\b/i, 'erase'], [/\bterritor(y|ies)\b/i, 'team'], [/\blookup field\b/i, 'link'], [/\bcustom (object|module|entity)\b/i, 'custom table'], [/\bmetadata\b/i, 'catalogue']];
  // The glossary names the words that are not used; the licence texts of others are theirs.
  const read = files.filter((path) => !['GLOSSARY.md', 'STYLE.md'].includes(path) && !path.startsWith('docs/made/') && /\.(md|sql|tsx?|json)$/.test(path) && !path.endsWith('.test.ts'));
  none(read.flatMap((path) => banned.filter(([word]) => word.test(spoken(path))).map(([word, better]) => `${path}: ${word.exec(spoken(path))![0]} (say ${better})`)), 'words');
  none(code.filter((path) => /(^|[^\w])(TO[D]O|FIX[M]E|HA[C]K)\b/.test(textOf(path))), 'unfinished business');
  none(files.filter((path) => /(^|\/)(utils?|helpers?|common|services?|managers?|factory|types|lib|misc)(\.\w+|\/)/.test(path)), 'names that say nothing');
});

test('nothing tells where it was made: no registry, no path of a machine', () => {
  const traces = /registry\.np[m]js|pypi\.o[r]g|\/ro[o]t\/|\/ho[m]e\/|\/wor[k]\/|localhost:\d{4}\/np[m]/;
  none([...files, 'package.json', 'package-lock.json', '.oxlintrc.json', 'knip.json'].filter((path) => traces.test(texts.get(path) ?? readFileSync(join(project, path), 'utf8'))), 'traces');
});

test('no file and no library is there for nobody', () => {
  const { stdout, status } = spawnSync(process.execPath, ['node_modules/knip/bin/knip.js', '--include', 'files,dependencies,unlisted,unresolved'], { cwd: project, encoding: 'utf8' });
  assert.equal(status, 0, stdout);
});
