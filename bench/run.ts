// `npm run bench`: what the access rules cost, side by side with the same work without them, on a company of a million contacts.
import { fork, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Company } from './company.ts';
import type { Figure, Kind } from './questions.ts';

type Row = { what: string; who: string; atOnce: number; figures: Record<string, Figure>; ratios: Record<string, number> };
interface Http { what: string; steward: number; bare: number }
interface Results { rows: number; seed: number; load: number[]; loading: number; opening: number[]; questions: Row[]; writes: Row[]; http: Http[]; memory: { steward: number; bare: number; bench: number } }
interface Goal { what: string; wanted: string; met: boolean; found: string }

const say = (line: string) => process.stdout.write(`${line}\n`);
const two = (n: number) => n.toFixed(2);

/** Reads the settings of this run only; nothing that the person who starts it has set may reach the bench. */
function freshData(kept: string | undefined): string {
  const data = kept ?? mkdtempSync(join(tmpdir(), 'steward-bench-'));
  mkdirSync(data, { recursive: true });
  // As root, PostgreSQL runs as another user who must pass through.
  chmodSync(data, 0o711);
  for (const name of ['DATABASE_URL', 'STEWARD_URL', 'STEWARD_PROVIDER_HOSTS']) delete process.env[name];
  Object.assign(process.env, { STEWARD_DATA: data, STEWARD_PORT: '0', STEWARD_LOG: join(data, 'steward.log') });
  return data;
}

async function openings(): Promise<number[]> {
  const { openTenant } = await import('../features/tenant/tenant.ts');
  const taken: number[] = [];
  for (let i = 0; i < 5; i++) {
    const from = performance.now();
    await openTenant({ name: `Opened ${i}`, email: `opened${i}@bench.test`, member: 'Adam Admin' });
    taken.push((performance.now() - from) / 1000);
  }
  return taken;
}

async function measureQuestions(company: Company, seconds: number): Promise<Row[]> {
  const { applicationPool, compare, KINDS, questionsOf } = await import('./questions.ts');
  const found: Row[] = [];
  for (const watcher of company.watchers) {
    const pool = await applicationPool(company);
    const questions = await questionsOf(company, watcher, pool);
    for (const kind of KINDS) for (const atOnce of [1, 16]) {
      const { figures, ratio } = await compare({ ...questions[kind] }, pool, atOnce, seconds * 1000);
      found.push({ what: kind, who: watcher.name, atOnce, figures, ratios: { raw: ratio('steward', 'raw'), application: ratio('steward', 'application') } });
      say(line(found.at(-1)!));
    }
  }
  return found;
}

/** Ratio of CPU times: what a busy machine leaves comparable. */
const cpuRatio = (row: Row, to: string) => (row.figures.steward.cpu !== undefined && row.figures[to].cpu ? row.figures.steward.cpu / row.figures[to].cpu : undefined);
const said = (n: number | undefined) => (n === undefined ? '' : two(n));

const line = (row: Row) => {
  const { what, who, atOnce, figures, ratios } = row;
  return `${what.padEnd(24)} ${who.padEnd(7)} ${String(atOnce).padStart(3)}  ${Object.entries(figures).map(([n, f]) => `${n} ${two(f.median)} (${two(f.p99)})`).join('  ').padEnd(78)} ${Object.entries(ratios).map(([n, r]) => `${two(r)}x ${n}`).join('  ')}${Object.keys(ratios).map((to) => cpuRatio(row, to)).some((x) => x !== undefined) ? `  CPU ${Object.keys(ratios).map((to) => `${said(cpuRatio(row, to))}x`).join(' ')}` : ''}`;
};

async function measureWrites(company: Company, seconds: number): Promise<Row[]> {
  const { applicationPool, compare, writesOf } = await import('./questions.ts');
  const watcher = company.watchers.find((w) => w.name === '11 %')!;
  const pool = await applicationPool(company);
  const found: Row[] = [];
  for (const [what, ways] of Object.entries(await writesOf(watcher, pool))) {
    const { figures, ratio } = await compare(ways, pool, 1, seconds * 2000, 3);
    found.push({ what, who: watcher.name, atOnce: 1, figures, ratios: { raw: ratio('steward', 'raw') } });
    say(line(found.at(-1)!));
  }
  return found;
}

/** A server process of its own, so that its memory and its share of the machine are a server's. */
async function serveApart(asked: object): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, 'server.ts'), [JSON.stringify(asked)]);
  await new Promise((resolve, reject) => { child.once('message', resolve); child.once('exit', () => reject(new Error('a server of the bench ended early'))); });
  return child;
}

const memoryOf = (child: ChildProcess) => new Promise<number>((resolve) => { child.once('message', (said: { rss: number }) => resolve(said.rss)); child.send('memory'); });

async function measureHttp(company: Company, seconds: number): Promise<{ http: Http[]; memory: Results['memory'] }> {
  // @ts-expect-error: autocannon brings no types.
  const { default: autocannon } = await import('autocannon');
  const { applicationPool, bareTexts, idsOf, median } = await import('./questions.ts');
  const watcher = company.watchers.find((w) => w.name === '11 %')!;
  const texts = bareTexts(watcher);
  const ports = { steward: 4480, bare: 4481 };
  const servers = { steward: await serveApart({ kind: 'steward', port: ports.steward, tenant: company.tenant }), bare: await serveApart({ kind: 'bare', port: ports.bare, tenant: company.tenant, ...texts }) };
  const ids = await idsOf(watcher, await applicationPool(company));
  const paths: Record<string, string[]> = { 'API get': ids.map((id) => `/api/v1/records/contact/${id}`), 'API list': [`/api/v1/records/contact?fields=${texts.fields}`] };
  const http: Http[] = [];
  for (const [what, list] of Object.entries(paths)) {
    const taken: Record<'steward' | 'bare', number[]> = { steward: [], bare: [] };
    for (let round = 0; round < 4; round++) for (const who of ['steward', 'bare'] as const) {
      const result = await autocannon({ url: `http://127.0.0.1:${ports[who]}`, connections: 16, duration: seconds, headers: { authorization: `Bearer ${watcher.secret}` }, requests: list.map((path) => ({ path })) });
      if (result.non2xx > 0 || result.errors > 0) throw new Error(`${who} answered ${result.non2xx} of ${result.requests.total} requests otherwise than 200`);
      // The first round warms both up.
      if (round > 0) taken[who].push(result.requests.average);
    }
    http.push({ what, steward: median(taken.steward), bare: median(taken.bare) });
    say(`${what.padEnd(24)} steward ${http.at(-1)!.steward.toFixed(0)}/s  bare ${http.at(-1)!.bare.toFixed(0)}/s  ${two(http.at(-1)!.steward / http.at(-1)!.bare)} of bare`);
  }
  const memory = { steward: await memoryOf(servers.steward), bare: await memoryOf(servers.bare), bench: process.memoryUsage().rss };
  for (const server of Object.values(servers)) server.disconnect();
  return { http, memory };
}

function goals({ questions, http, opening }: Results): Goal[] {
  const worst = (rows: Row[], against: string) => rows.toSorted((a, b) => b.ratios[against] - a.ratios[against])[0];
  const goal = (what: string, kinds: (kind: Kind) => boolean, against: string, most: number): Goal => {
    const w = worst(questions.filter((r) => kinds(r.what as Kind)), against);
    return { what, wanted: `≤ ${most}x of ${against === 'raw' ? 'the same query without security' : 'an application WHERE'}`, met: w.ratios[against] <= most, found: `worst ${two(w.ratios[against])}x (${w.what}, ${w.who}, ${w.atOnce} at once)` };
  };
  const slowest = questions.filter((r) => r.atOnce === 1).toSorted((a, b) => b.figures.steward.median - a.figures.steward.median)[0];
  const seconds = opening.toSorted((a, b) => a - b)[2];
  const get = http.find((h) => h.what === 'API get')!;
  return [
    goal('get', (k) => k === 'get by id', 'application', 1.3), goal('lists', (k) => k.startsWith('list') || k === 'page at depth' || k === 'capped count', 'application', 1.5),
    { what: 'none above 25 ms', wanted: '≤ 25 ms', met: slowest.figures.steward.median <= 25, found: `slowest ${two(slowest.figures.steward.median)} ms (${slowest.what}, ${slowest.who})` },
    goal('search', (k) => k.startsWith('search'), 'raw', 1.3),
    { what: 'API get', wanted: '≥ 0.6 of a bare handler', met: get.steward / get.bare >= 0.6, found: `${two(get.steward / get.bare)} (${get.steward.toFixed(0)} against ${get.bare.toFixed(0)} requests/s)` },
    { what: 'opening a tenant', wanted: '< 1 s', met: seconds < 1, found: `${two(seconds)} s` },
  ];
}

const cell = (f: Figure) => `${two(f.median)} (${two(f.p99)})`;

/** What is known of the misses, by taking the parts apart (CPU time of a get, in microseconds of PostgreSQL: bare 80, transaction with role and identity 30, entrance of the law 85, each function that a policy asks about 60). */
const WHY = `What a miss is made of, and what would reach the goal:

- *Short questions* (get, count, the first page) cost more by a fixed amount: a transaction in the member's role, the law's look at session and version, and three to four functions that the policies ask once per query
  (does he see all, which owners, which classes), each of which checks the signed identity anew. That is about 0.3 ms of PostgreSQL's time, whatever the size of the table, against 0.1 ms for the bare query. One function
  in place of the three would save about 0.1 ms. The rest would need rights kept from one transaction to the next, which is ruled out (a lost right is gone at the next request), or functions in C, which managed servers do not take.
- *The count* is asked with the smallest page, as the screens do; that is two queries against one.
- *Search* begins with what the law works out anew each time: fields hidden from the profile one by one, the policy's text, whether he sees few rows, and a plan for these words. Not yet taken apart; kept per version of the
  catalogue most of it should go. For who sees few rows, raw is the whole table's word index and application reads just his rows.
- *HTTP*: beside the above a request passes token, validation, headers and the record's tag; the bare handler does none of it. Both servers, PostgreSQL and the client share the machine's cores.`;

function report(r: Results, reached: Goal[]): string {
  const table = (head: string[], rows: string[][]) => [`| ${head.join(' | ')} |`, `|${head.map(() => '---').join('|')}|`, ...rows.map((row) => `| ${row.join(' | ')} |`)].join('\n');
  const [cpu] = cpus();
  return `# Bench

Made by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}; do not edit. ${cpus().length} cores (${cpu.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}, PostgreSQL 18 with at most 256 MB of its own memory, seed ${r.seed}. Load of the machine before and after: ${r.load.map((l) => l.toFixed(1)).join(' and ')}.${Math.max(...r.load) > cpus().length ? ' Other programs kept the machine busy: all times are several times those of a quiet one, and the CPU columns say more than the clock.' : ''}
${r.rows.toLocaleString('en')} contacts of 40 columns, 200 members in six levels; the table is private, so that each sees only what he and those below him own.

Milliseconds, median and in brackets the 99th percentile. *Steward*: what the server does for the question without HTTP: identity, role, row security, the query builder, records as JSON. *Raw*: the same
SQL by a role that row security does not concern. *Application*: the same with the condition that a careful programmer would write (\`owner_no = any (…)\`). All three in turns, in one run, on the same table; a ratio is the median of the ratios of neighbouring runs.
*CPU*: the same ratio of the CPU time that PostgreSQL and the asking process spend on one call, without what other programs do on the machine.

## Goals

${table(['goal', 'wanted', 'found', ''], reached.map((g) => [g.what, g.wanted, g.found, g.met ? 'met' : '**missed**']))}

${WHY}

## Questions

${table(['question', 'who sees', 'at once', 'Steward', 'raw', 'application', 'to raw', 'to application', 'CPU to raw', 'CPU to application'], r.questions.map((q) => [q.what, q.who, String(q.atOnce), cell(q.figures.steward), cell(q.figures.raw), cell(q.figures.application), two(q.ratios.raw), two(q.ratios.application), said(cpuRatio(q, 'raw')), said(cpuRatio(q, 'application'))]))}

## Storing

Against the same columns put into the same table with its indexes, but without triggers, links, activities and row security. Goals of a later release: one ≤ 2.5x, a thousand ≤ 1.5x.

${table(['what', 'Steward', 'raw', 'to raw'], r.writes.map((w) => [w.what, cell(w.figures.steward), cell(w.figures.raw), two(w.ratios.raw)]))}

## HTTP

Requests a second over loopback with 16 connections, as the member who sees 11 %, against a bare Fastify handler that runs the same SQL without security, session, validation or tag.

${table(['what', 'Steward', 'bare', 'of bare'], r.http.map((h) => [h.what, h.steward.toFixed(0), h.bare.toFixed(0), two(h.steward / h.bare)]))}

## Besides

Opening a tenant: ${r.opening.map((s) => `${two(s)} s`).join(', ')}. Memory of the server process after the HTTP runs: ${Math.round(r.memory.steward / 2 ** 20)} MB (bare handler: ${Math.round(r.memory.bare / 2 ** 20)} MB).
`;
}


async function measure(rows: number | undefined): Promise<Results> {
  const { foundCompany, knownCompany, SEED } = await import('./company.ts');
  const before = loadavg()[0];
  const opening = await openings();
  say(`opening a tenant: ${opening.map((s) => `${two(s)} s`).join(', ')}`);
  const company = rows === undefined ? await knownCompany() : await foundCompany(rows);
  say(rows === undefined ? `${company.rows} contacts, kept from an earlier run` : `${rows} contacts, made and compared with what the triggers make, in ${company.seconds.toFixed(0)} s`);
  const seconds = company.rows >= 1_000_000 ? 1.5 : 1;
  const questions = await measureQuestions(company, seconds);
  const { http, memory } = await measureHttp(company, seconds);
  const writes = await measureWrites(company, seconds);
  return { rows: company.rows, seed: SEED, load: [before, loadavg()[0]], loading: company.seconds, opening, questions, writes, http, memory };
}

/**
 * Measures and prints; with a million rows it also writes docs/made/bench.md. `--rows 100000` for a smaller trial, `--keep` leaves the data folder,
 * `--data <folder>` measures what such a run has left.
 * @throws Error when the data are not as the law would have made them.
 */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { rows: { type: 'string', default: '1000000' }, keep: { type: 'boolean' }, data: { type: 'string' } }, strict: true });
  const data = freshData(values.data);
  const { startPostgres } = await import('../kernel/postgres.ts');
  const postgres = await startPostgres();
  try {
    await (await import('../kernel/install.ts')).prepareInstallation();
    const results = await measure(values.data === undefined ? Number(values.rows) : undefined);
    const reached = goals(results);
    for (const g of reached) say(`${g.met ? 'met   ' : 'missed'} ${g.what}: ${g.wanted}; ${g.found}`);
    if (results.rows >= 1_000_000) writeFileSync(join(dirname(import.meta.dirname), 'docs/made/bench.md'), report(results, reached));
  } finally {
    await (await import('./questions.ts')).closePools();
    await (await import('../kernel/database.ts')).closeDatabase();
    await postgres.stop();
    if (values.keep || values.data) say(`kept in ${data}`);
    else rmSync(data, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}
