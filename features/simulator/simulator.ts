// Tries a change: the very clerk of the request runs in a transaction that is always rolled back, and what it did to everyone's rights is counted afterwards.
import type { z } from 'zod';
import type { Caller } from '../../kernel/caller.ts';
import { asLaw, sql, type Db } from '../../kernel/database.ts';
import { invalid, Problem } from '../../kernel/errors.ts';
import { parse, serve, type Call, type Clerk } from '../../kernel/http.ts';
import { clerks as groups } from '../group/group.ts';
import { clerks as members } from '../member/member.ts';
import { clerks as profiles } from '../profile/profile.ts';
import { clerks as sharing } from '../sharing/sharing.ts';
import { clerks as rules } from '../sharing_rule/sharing_rule.ts';
import { clerks as teams } from '../team/team.ts';
import { simulate } from './simulator.api.ts';

type Change = z.output<NonNullable<typeof simulate.body>>['change'];
type Level = 'none' | 'read' | 'edit' | 'full';
interface State { people: { no: number; id: string; label: string }[] }
interface Tried { before: State; after: State }
interface Row { member_no: number | null; was: number; becomes: number; records: string; ids: string[]; estimated: boolean }
interface Difference { member: { id: string; label: string }; table: string; records: number; level: Level; from: Level; to: Level; ids: string[]; samples: { id: string; label: string | null }[] }

const LEVELS: Level[] = ['none', 'read', 'edit', 'full'];
const SAMPLES = 3;
/** Pairs of member and record that are looked at singly: about three seconds (measured); beyond that a part stands for the whole. */
const MOST_PAIRS = 400_000;

/** What can be tried: all that changes who sees what. */
const TRIED = [...members, ...profiles, ...groups, ...teams, ...rules, ...sharing].filter(({ endpoint }) => endpoint.who === 'administer' && endpoint.method !== 'GET');

/** The clerk of a request and the parameters in its path. */
function clerkFor({ method, path }: Change): { clerk: Clerk; params: Record<string, string> } {
  const parts = path.split('/');
  for (const clerk of TRIED) {
    const places = clerk.endpoint.path.split('/');
    if (clerk.endpoint.method !== method || places.length !== parts.length) continue;
    if (!places.every((place, i) => (place.startsWith(':') ? parts[i] !== '' : place === parts[i]))) continue;
    try {
      return { clerk, params: Object.fromEntries(places.flatMap((place, i) => (place.startsWith(':') ? [[place.slice(1), decodeURIComponent(parts[i])]] : []))) };
    } catch { break; }
  }
  throw invalid('change.path', 'Changes of members, profiles, groups, teams, sharing rules and sharing can be tried.', 'unknown');
}

/** The rights of all before and after the change. Rolled back before anything is counted, so that nobody waits for that. */
async function tryOut(caller: Caller, change: Change, call: Call): Promise<Tried> {
  const { clerk, params } = clerkFor(change);
  const { endpoint, work } = clerk;
  const parsed = { params: parse(endpoint.params, params, 'change.path'), query: {}, body: parse(endpoint.body, change.body, 'change.body') };
  const undo = new Error('undo');
  let tried: Tried | undefined;
  const state = async (db: Db) => (await db.one<{ state: State }>(sql`select access_state() as state`)).state;
  await caller.law(async (db) => {
    await db.script(`set local steward.trying = 'change'`);
    const before = await state(db);
    const refuse = async () => { throw new Problem(422, 'This cannot be tried.'); };
    await work({ ...call, ...parsed, caller: { ...caller, law: (inner) => inner(db), as: refuse, read: refuse } });
    await db.script('set constraints all immediate');
    tried = { before, after: await state(db) };
    throw undo;
  }).catch((error) => { if (error !== undo) throw error; });
  return tried!;
}

/** Counted as the law, which alone may run the tests of criteria in a state. */
async function count(caller: Caller, { before, after }: Tried): Promise<{ found: Difference[]; estimate: boolean }> {
  const people = new Map([...before.people, ...after.people].map((p) => [p.no, { id: p.id, label: p.label }]));
  const [b, a] = [JSON.stringify(before), JSON.stringify(after)];
  const found: Difference[] = [];
  let estimate = false;
  await asLaw(caller.tenant, async (db) => {
    await db.script(`set transaction read only; set local statement_timeout = '60s'`);
    for (const table of caller.catalogue.tables) {
      for (const row of await db.rows<Row>(sql`select * from table_changes(${b}::jsonb, ${a}::jsonb, ${table.no}, ${MOST_PAIRS}) order by member_no, was, becomes`)) {
        estimate ||= row.estimated;
        if (row.member_no === null) continue;
        const [from, to] = [LEVELS[row.was], LEVELS[row.becomes]];
        found.push({ member: people.get(row.member_no)!, table: table.name, records: Number(row.records), level: row.becomes > row.was ? to : from, from, to, ids: row.ids, samples: [] });
      }
    }
  });
  return { found, estimate };
}

/** Some of the records by name, as far as the asker sees them himself. */
async function addSamples(caller: Caller, found: Difference[]): Promise<void> {
  for (const table of caller.sight.tables.values()) {
    const rows = found.filter((d) => d.table === table.name);
    const title = table.fields.find((f) => f.name === table.title);
    if (rows.length === 0) continue;
    const ids = [...new Set(rows.flatMap((d) => d.ids))];
    const seen = new Map((await caller.read<{ id: string; label: string | null }>(sql`select id, ${title ? sql`left(${sql.ref(title.column)}::text, 200)` : sql`null`} as label from ${sql.table(table.physical)} where id = any(${ids}::uuid[])`)).map((r) => [r.id, r]));
    for (const d of rows) d.samples = d.ids.flatMap((id) => seen.get(id) ?? []).slice(0, SAMPLES);
  }
}

export const clerks: Clerk[] = [
  serve(simulate, async (call) => {
    const { caller, body } = call;
    const { found, estimate } = await count(caller, await tryOut(caller, body.change, call));
    await addSamples(caller, found);
    const said = found.map(({ member, table, records, level, from, to, samples }) => ({ member, table, records, level, from, to, samples }));
    const gains = ({ from, to }: { from: Level; to: Level }) => LEVELS.indexOf(to) > LEVELS.indexOf(from);
    return { gains: said.filter(gains), loses: said.filter((d) => !gains(d)), estimate };
  }),
];
