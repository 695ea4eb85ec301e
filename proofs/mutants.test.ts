// Breaking any piece of the law turns a fact red: each policy, trigger, check and missing grant is broken in turn, in one transaction that is thrown away.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type pg from 'pg';
import { asInstaller } from '../kernel/database.ts';
import { factsOf, openWorld, statementOf, type Fact, type World } from './facts.ts';

interface Mutant { name: string; table: string; kind: Fact['kind']; breaks: string }

let world: World;
let facts: Fact[];

before(async () => {
  world = await openWorld();
  facts = await factsOf(world);
});

/** Mutants that change nothing anyone could see, and why. */
const HARMLESS: Record<string, string> = {
  'trigger never_emptied on activity off': 'values and chain refer to activities and refuse to be emptied with them',
};

/** What the last step of a fact came to. */
async function outcomeOf(client: pg.Client, fact: Fact): Promise<Fact['outcome'] | false> {
  const results = await client.query(`savepoint fact; ${world.roles[fact.who]}; ${statementOf(fact, world)}`).then((r) => r as unknown as pg.QueryResult[], (error) => String(error.code));
  await client.query('rollback to savepoint fact; release savepoint fact');
  if (typeof results === 'string') return results;
  const last = results.at(-1)!;
  return fact.outcome === true ? Object.values(last.rows[0] ?? {})[0] === true : last.rowCount ?? 0;
}

/** Runs everything in one transaction of the installer, which never commits. */
async function inVain(work: (client: pg.Client) => Promise<void>): Promise<void> {
  const undo = new Error('undo');
  await asInstaller(async (db) => {
    await db.script(`set local search_path = s_${world.t.key}, pg_temp; set local steward.installing = 'on'; set local statement_timeout = '30s'`);
    await work(db.client);
    throw undo;
  }).catch((error) => { if (error !== undo) throw error; });
}

const MUTANTS = `
select format('policy "%s" on %s dropped', p.polname, c.relname) as name, c.relname as table, 'row' as kind, format('drop policy %I on %I', p.polname, c.relname) as breaks
  from pg_policy p join pg_class c on c.oid = p.polrelid where c.relnamespace = current_schema()::regnamespace
union all
select format('policy "%s" on %s widened', p.polname, c.relname), c.relname, 'row', format('alter policy %I on %I %s %s', p.polname, c.relname, case when p.polqual is not null then 'using (true)' end, case when p.polwithcheck is not null then 'with check (true)' end)
  from pg_policy p join pg_class c on c.oid = p.polrelid where c.relnamespace = current_schema()::regnamespace and (coalesce(pg_get_expr(p.polqual, c.oid), 'true') <> 'true' or coalesce(pg_get_expr(p.polwithcheck, c.oid), 'true') <> 'true')
union all
select format('trigger %s on %s off', g.tgname, c.relname), c.relname, 'effect', format('alter table %I disable trigger %I', c.relname, g.tgname)
  from pg_trigger g join pg_class c on c.oid = g.tgrelid where c.relnamespace = current_schema()::regnamespace and not g.tgisinternal
union all
select format('check %s on %s dropped', k.conname, c.relname), c.relname, 'check', format('alter table %I drop constraint %I', c.relname, k.conname)
  from pg_constraint k join pg_class c on c.oid = k.conrelid where k.connamespace = current_schema()::regnamespace and k.contype = 'c'
union all
select format('%s on %s granted to %s', v, c.relname, r), c.relname, 'grant', format('grant %s on %I to %I', v, c.relname, current_schema() || r)
  from pg_class c cross join unnest(array['select', 'insert', 'update', 'delete']) v cross join unnest(array['_member', '_door']) r where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r'
  and case v when 'delete' then not has_table_privilege(current_schema() || r, c.oid, v) else exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and not has_column_privilege(current_schema() || r, c.oid, a.attnum, v)) end`;

/** On append-only tables these never come to run, since nothing is changed or deleted there. */
const idle = (mutant: Mutant, closed: Set<string>) => closed.has(mutant.table) && /^trigger (c_children|d_unlink|f_changed|g_deleted)|^policy "owner(, managers and sharing change|  ?and managers delete)"/.test(mutant.name);

test('all facts are so', async () => {
  await inVain(async (client) => {
    const wrong: string[] = [];
    for (const fact of facts) {
      const outcome = await outcomeOf(client, fact);
      if (outcome !== fact.outcome) wrong.push(`${fact.who}: ${fact.does} → ${outcome} instead of ${fact.outcome}`);
    }
    assert.deepEqual(wrong, []);
  });
});

test('no piece of the law can be broken unnoticed', async (t) => {
  const closed = new Set(world.tables.filter((x) => x.append_only).map((x) => x.physical));
  const survivors: string[] = [];
  let killed = 0;
  await inVain(async (client) => {
    const mutants = (await client.query<Mutant>(MUTANTS)).rows.filter((m) => !idle(m, closed));
    for (const mutant of mutants) {
      await client.query(`savepoint mutant; ${mutant.breaks}`);
      // Facts about the same thing first, so that most mutants fall at once.
      const near = (fact: Fact) => (fact.about === mutant.table ? 2 : 0) + (fact.kind === mutant.kind ? 1 : 0);
      let red = false;
      for (const fact of facts.toSorted((a, b) => near(b) - near(a))) if ((red = (await outcomeOf(client, fact)) !== fact.outcome)) break;
      if (red) killed++;
      else survivors.push(mutant.name);
      await client.query('rollback to savepoint mutant; release savepoint mutant');
    }
  });
  t.diagnostic(`${killed} mutants found by ${facts.length} facts`);
  assert.deepEqual(survivors.filter((name) => !(name in HARMLESS)), []);
  assert.deepEqual(Object.keys(HARMLESS).filter((name) => !survivors.includes(name)), [], 'not harmless any more');
});
