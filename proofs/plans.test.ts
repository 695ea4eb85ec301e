// Questions of every kind of member go by the index meant for them and touch few pages: a careless change of a policy is found here before anyone waits.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { foundCompany, type Company, type Watcher } from '../bench/company.ts';
import { askList, type Question } from '../features/list/list.ts';
import { readRecord } from '../features/record/record.ts';
import { find } from '../features/search/search.ts';
import type { Caller } from '../kernel/caller.ts';
import { sql, type Query, type Reader } from '../kernel/database.ts';
import { theServer } from './start.ts';

interface Node { 'Node Type': string; 'Index Name'?: string; 'Relation Name'?: string; 'Shared Hit Blocks': number; 'Shared Read Blocks': number; Plans?: Node[] }

let company: Company;
before(async () => {
  await theServer();
  company = await foundCompany(20_000);
});

/** The queries that a question really makes, in order. */
async function queriesOf(watcher: Watcher, ask: (caller: Caller) => Promise<unknown>): Promise<Query[]> {
  const made: Query[] = [];
  const noting = (reader: Reader): Reader => ({ rows: (q) => (made.push(q), reader.rows(q)), one: (q) => (made.push(q), reader.one(q)), maybe: (q) => (made.push(q), reader.maybe(q)) });
  const { caller } = watcher;
  const run = () => ask({ ...caller, reader: () => noting(caller.reader()), read: (q) => (made.push(q), caller.read(q)) });
  // The first time it is also asked whether he sees few rows; that is remembered.
  await run();
  made.length = 0;
  await run();
  return made;
}

/** The plan of a query, run in the member's own role; the second run, since the first also reads what plans are made from. */
async function planOf(watcher: Watcher, query: Query): Promise<Node> {
  return watcher.caller.as(async (db) => {
    const explain = () => db.one<{ 'QUERY PLAN': { Plan: Node }[] }>(sql`explain (analyze, buffers, timing off, format json) ${query}`);
    await explain();
    return (await explain())['QUERY PLAN'][0].Plan;
  });
}

const nodes = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(nodes)];
const pages = (node: Node) => node['Shared Hit Blocks'] + node['Shared Read Blocks'];
const watcher = (name: string) => company.watchers.find((w) => w.name === name)!;
const fields = ['full_name', 'stage', 'account', 'email', 'owner'];

/** Of 20,000 contacts two members see much (all and 2,200) and two see few (20 and 6): what each question goes by, and how many pages it may touch. */
const KINDS: [what: string, question: Question, index: string, most: Record<string, number>][] = [
  ['the list in its own order', { fields }, 'contact_pkey', { all: 450, '11 %': 800, '0.1 %': 300, '6 rows': 200 }],
  ['the list by the latest change', { fields, sort: ['-changed_at'] }, 'contact_changed', { all: 450, '11 %': 1_200, '0.1 %': 300, '6 rows': 200 }],
  ['the list by name', { fields, sort: ['full_name'] }, 'contact_full_name', { all: 450, '11 %': 1_200, '0.1 %': 300, '6 rows': 200 }],
];

for (const [what, question, index, most] of KINDS) {
  test(`${what} goes by its index`, async (t) => {
    for (const [name, limit] of Object.entries(most)) {
      await t.test(`for who sees ${name}`, async () => {
        const w = watcher(name);
        const table = w.caller.sight.tables.get('contact')!;
        const [query] = await queriesOf(w, (caller) => askList(caller, table, question));
        const plan = await planOf(w, query);
        const scans = nodes(plan).filter((n) => n['Relation Name'] === 'contact');
        assert.deepEqual(scans.map((n) => n['Node Type']).filter((type) => type === 'Seq Scan'), [], 'reads the whole table');
        // Who sees few rows fetches them by id and sorts them.
        assert.ok(scans.some((n) => n['Index Name'] === (w.rows < 100 ? 'contact_pkey' : index)), `goes by ${scans.map((n) => n['Index Name']).join()}`);
        assert.ok(pages(plan) <= limit, `touches ${pages(plan)} pages`);
      });
    }
  });
}

test('one record, a count and a search touch few pages', async (t) => {
  const limits: [what: string, most: Record<string, number>, ask: (w: Watcher) => (caller: Caller) => Promise<unknown>][] = [
    ['get', { all: 120, '11 %': 120, '0.1 %': 120, '6 rows': 120 }, (w) => (caller) => readRecord(caller, caller.sight.tables.get('contact')!, w.example)],
    ['count', { all: 400, '11 %': 2_000, '0.1 %': 250, '6 rows': 150 }, () => (caller) => askList(caller, caller.sight.tables.get('contact')!, { fields: ['id'], limit: 1, count: 'estimate' })],
    ['search', { all: 3_000, '11 %': 3_000, '0.1 %': 600, '6 rows': 500 }, (w) => (caller) => find(caller.reader(), caller, [caller.sight.tables.get('contact')!], w.known, 20)],
  ];
  for (const [what, most, ask] of limits) for (const [name, limit] of Object.entries(most)) {
    await t.test(`${what}, for who sees ${name}`, async () => {
      const w = watcher(name);
      let touched = 0;
      for (const query of await queriesOf(w, ask(w))) touched += pages(await planOf(w, query));
      assert.ok(touched <= limit, `touches ${touched} pages`);
    });
  }
});
