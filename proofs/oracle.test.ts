// The oracle: an evaluator of access in plain TypeScript, written from the specification and sharing nothing with the law, agrees with it on random organisations.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { policies } from '../catalogue/row_security.ts';
import { as, asLaw, sql } from '../kernel/database.ts';
import { inTenant } from '../kernel/install.ts';
import { freshTenant, type FreshTenant } from './start.ts';

const RANK = { none: 0, read: 1, edit: 2, full: 3 } as const;
type Level = keyof typeof RANK;
type Kind = 'member' | 'group' | 'team' | 'below';
type Name = 'account' | 'contact' | 'deal';
interface Party { kind: Kind; no: number }
interface Criterion { table: Name; field: 'city' | 'zip'; op: 'in' | 'starts_with' | 'is_empty'; values: string[] }
interface Row { id: string; table: Name; owner: number; city: string | null; zip: string | null; account: string | null }
interface World {
  members: { no: number; manager: number | null; profile: number }[];
  groups: Map<number, number[]>;
  teams: Map<number, { parent: number | null; level: 'read' | 'edit'; members: number[]; criteria: Criterion[] }>;
  rules: { table: Name; from: Party | Criterion[]; to: Party; level: 'read' | 'edit' }[];
  shares: { row: Row; to: Party; level: 'read' | 'edit'; over: boolean }[];
  sharing: Record<Name, 'private' | 'read' | 'edit' | 'parent'>;
  link: { parent: 'label' | 'read'; children: 'none' | 'read' };
  profiles: Map<number, Record<Name, { see: boolean; reads: boolean; edits: boolean }>>;
  rows: Row[];
}

/** Small and fast, and the same for the same seed everywhere. */
function random(seed: number) {
  let state = seed >>> 0;
  const next = () => { state = (state + 0x6d2b79f5) >>> 0; let x = Math.imul(state ^ (state >>> 15), 1 | state); x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x; return ((x ^ (x >>> 14)) >>> 0) / 4294967296; };
  const below = (n: number) => Math.floor(next() * n);
  return { below, chance: (p: number) => next() < p, pick: <T>(all: readonly T[]) => all[below(all.length)], some: <T>(all: readonly T[], p: number) => all.filter(() => next() < p) };
}

// The evaluator.
const above = (w: World, m: number): number[] => { const boss = w.members.find((x) => x.no === m)!.manager; return boss === null ? [m] : [m, ...above(w, boss)]; };
const reaches = (w: World, m: number, other: number) => above(w, other).includes(m);
const teamsUp = (w: World, t: number): number[] => { const p = w.teams.get(t)!.parent; return p === null ? [t] : [t, ...teamsUp(w, p)]; };
const named = (w: World, { kind, no }: Party): number[] => kind === 'member' ? [no] : kind === 'group' ? w.groups.get(no)! : kind === 'team' ? teamsUp(w, no).flatMap((t) => w.teams.get(t)!.members) : w.members.filter((m) => reaches(w, no, m.no)).map((m) => m.no);
const gets = (w: World, m: number, to: Party) => named(w, to).some((n) => reaches(w, m, n));
function meets(row: Row, c: Criterion): boolean {
  const value = (row[c.field] ?? '').trim().toLowerCase();
  if (c.op === 'is_empty') return value === '';
  return value !== '' && c.values.some((v) => (c.op === 'in' ? value === v.trim().toLowerCase() : value.startsWith(v.trim().toLowerCase())));
}
const best = (levels: Level[]): Level => levels.reduce((a, b) => (RANK[b] > RANK[a] ? b : a), 'none');

/** Levels by everything but links and "reads all". */
function own(w: World, m: number, row: Row): Level[] {
  const levels: Level[] = [];
  if (reaches(w, m, row.owner)) levels.push('full');
  if (w.sharing[row.table] === 'parent') return levels;
  if (w.sharing[row.table] !== 'private') levels.push(w.sharing[row.table] as Level);
  for (const [no, team] of w.teams) {
    const criteria = team.criteria.filter((c) => c.table === row.table);
    if (criteria.length && criteria.every((c) => meets(row, c)) && gets(w, m, { kind: 'team', no })) levels.push(team.level);
  }
  for (const rule of w.rules) {
    if (rule.table !== row.table || !gets(w, m, rule.to)) continue;
    if (Array.isArray(rule.from) ? rule.from.every((c) => meets(row, c)) : named(w, rule.from).includes(row.owner)) levels.push(rule.level);
  }
  for (const share of w.shares) if (share.row === row && !share.over && gets(w, m, share.to)) levels.push(share.level);
  return levels;
}

function level(w: World, m: number, row: Row): Level {
  const may = w.profiles.get(w.members.find((x) => x.no === m)!.profile)![row.table];
  if (!may.see) return 'none';
  const levels: Level[] = may.edits ? ['edit'] : may.reads ? ['read'] : [];
  const parent = row.account === null ? undefined : w.rows.find((r) => r.id === row.account)!;
  if (w.sharing[row.table] === 'parent' && parent) return best([...levels, level(w, m, parent)]);
  levels.push(...own(w, m, row));
  // The link of deal to account: children open the parent, the parent's owner sees the children.
  if (row.table === 'deal' && parent && w.link.children === 'read' && reaches(w, m, parent.owner)) levels.push('read');
  if (row.table === 'account' && w.link.parent === 'read' && w.sharing.deal !== 'parent' && w.profiles.get(w.members.find((x) => x.no === m)!.profile)!.deal.see
    && w.rows.some((r) => r.table === 'deal' && r.account === row.id && own(w, m, r).length > 0)) levels.push('read');
  return best(levels);
}

// The same organisation in the database.
const TABLES: readonly Name[] = ['account', 'contact', 'deal'];

function invent(seed: number, size: { members: number; teams: number; rules: number; rows: number }): World {
  const r = random(seed);
  const members = Array.from({ length: size.members }, (_, i) => ({ no: i + 2, manager: i > 0 && r.chance(0.85) ? r.below(Math.min(i, 12)) + Math.max(0, i - 12) + 2 : null, profile: r.pick([2, 2, 2, 4, 5]) }));
  const someone = () => r.pick(members).no;
  const groups = new Map(Array.from({ length: 4 }, (_, i) => [i + 1, [...new Set([someone(), someone(), someone()])]]));
  const criterion = (table: Name): Criterion => r.pick([
    { table, field: 'city', op: 'in', values: r.some(['Bern', ' ULM ', 'Oslo'], 0.6).concat('Graz') }, { table, field: 'zip', op: 'starts_with', values: [r.pick(['9', '94', '1'])] }, { table, field: 'zip', op: 'is_empty', values: [] },
  ] as Criterion[]);
  const teams = new Map(Array.from({ length: size.teams }, (_, i) => [i + 1, { parent: i > 0 && r.chance(0.7) ? r.below(i) + 1 : null, level: r.pick(['read', 'edit'] as const), members: [...new Set([someone(), someone()])], criteria: r.some(['account', 'contact'] as const, 0.5).flatMap((t) => (r.chance(0.3) ? [criterion(t), criterion(t)] : [criterion(t)])) }]));
  const party = (team: boolean): Party => r.pick([{ kind: 'member', no: someone() }, { kind: 'group', no: r.below(4) + 1 }, { kind: 'below', no: someone() }, ...(team ? [{ kind: 'team' as const, no: r.below(size.teams) + 1 }] : [])] as Party[]);
  const rules = Array.from({ length: size.rules }, () => { const table = r.pick(['account', 'contact', 'deal'] as const); return { table, from: table !== 'deal' && r.chance(0.4) ? [criterion(table)] : party(false), to: party(true), level: r.pick(['read', 'edit'] as const) }; });
  const rows: Row[] = [];
  const id = (i: number) => `0190${seed.toString(16).padStart(4, '0')}-0000-7000-8000-${i.toString(16).padStart(12, '0')}`;
  for (let i = 0; i < size.rows; i++) {
    const table = i < size.rows / 3 ? 'account' : r.pick(['contact', 'deal'] as const);
    const deal = table === 'deal';
    rows.push({ id: id(i), table, owner: someone(), city: deal ? null : r.pick(['bern', ' Ulm', 'OSLO ', 'Graz', 'Rome', null]), zip: deal ? null : r.pick(['94103', '1010', '90', null]), account: table !== 'account' && r.chance(0.7) ? id(r.below(Math.floor(size.rows / 3))) : null });
  }
  const shares = Array.from({ length: size.rows / 4 }, () => ({ row: r.pick(rows), to: r.pick([{ kind: 'member', no: someone() }, { kind: 'group', no: r.below(4) + 1 }, { kind: 'team', no: r.below(size.teams) + 1 }] as Party[]), level: r.pick(['read', 'edit'] as const), over: r.chance(0.2) }))
    .filter((s, i, all) => all.findIndex((o) => o.row === s.row && o.to.kind === s.to.kind && o.to.no === s.to.no) === i);
  const rights = () => Object.fromEntries(TABLES.map((t) => [t, { see: true, reads: false, edits: false }])) as Record<Name, { see: boolean; reads: boolean; edits: boolean }>;
  const profiles = new Map([[2, rights()], [4, { ...rights(), contact: { see: true, reads: true, edits: false }, deal: { see: r.chance(0.5), reads: false, edits: false } }], [5, { ...rights(), account: { see: r.chance(0.5), reads: false, edits: true } }]]);
  return { members, groups, teams, rules, shares, rows, profiles, sharing: { account: r.pick(['private', 'private', 'read']), contact: r.pick(['private', 'private', 'parent', 'edit']), deal: r.pick(['private', 'private', 'parent']) }, link: { parent: r.pick(['label', 'read']), children: r.pick(['none', 'read']) } };
}

const inTurn = async <T>(all: readonly T[], work: (one: T) => Promise<unknown>) => { for (const one of all) await work(one); };

async function build(w: World): Promise<FreshTenant> {
  const t = await freshTenant({ sharing: 'private' });
  const { catalogue } = await t.caller('adam');
  const no = (table: Name) => catalogue.tables.find((x) => x.name === table)!.no;
  const fieldNo = (table: Name, field: string) => catalogue.tables.find((x) => x.name === table)!.fields.find((f) => f.name === field)!.no;
  await asLaw(t.key, async (db) => {
    await db.script(`reset role; create role s_${t.key}_p4 nologin; create role s_${t.key}_p5 nologin; grant s_${t.key}_member to s_${t.key}_p4, s_${t.key}_p5; grant s_${t.key}_p4, s_${t.key}_p5 to s_${t.key}_door with inherit false, set true; set local role s_${t.key}_law`);
    await db.script(`insert into profile (no, name) values (4, 'Four'), (5, 'Five')`);
    for (const [p, rights] of w.profiles) for (const table of TABLES) await db.run(sql`insert into profile_table (profile_no, table_no, may_see, may_create, may_change, may_delete, reads_all, edits_all) values (${p}, ${no(table)}, ${rights[table].see}, true, true, true, ${rights[table].reads}, ${rights[table].edits})
      on conflict (profile_no, table_no) do update set may_see = excluded.may_see, reads_all = excluded.reads_all, edits_all = excluded.edits_all`);
    for (const m of w.members) await db.run(sql`insert into member (name, email, profile_no, manager_no) values (${`M${m.no}`}, ${`m${m.no}@x.test`}, ${m.profile}, ${m.manager})`);
    for (const [g, people] of w.groups) { await db.run(sql`insert into member_group (no, name) values (${g}, ${`G${g}`})`); for (const p of people) await db.run(sql`insert into group_member values (${g}, ${p})`); }
    for (const [g, team] of w.teams) { await db.run(sql`insert into team (no, name, level, parent_no) values (${g}, ${`T${g}`}, ${team.level}, ${team.parent})`); for (const p of team.members) await db.run(sql`insert into team_member values (${g}, ${p})`); }
    // Half of the records are there before the criteria, half come after: both ways to a share class are tried.
    const put = (rows: Row[]) => inTurn(TABLES, (table) => db.run(sql`insert into ${sql.table(table)} (id, owner_no, ${sql.raw(table === 'account' ? 'name, city, zip' : table === 'contact' ? 'last_name, city, zip, account' : 'name, account')})
      select id, owner, 'x'${sql.raw(table === 'deal' ? ', account' : table === 'account' ? ', city, zip' : ', city, zip, account')} from jsonb_to_recordset(${JSON.stringify(rows.filter((r) => r.table === table))}::jsonb) as r(id uuid, owner int, city text, zip text, account uuid)`));
    const accounts = w.rows.filter((r) => r.table === 'account');
    await put(accounts.slice(0, accounts.length / 2));
    for (const [g, team] of w.teams) for (const [i, c] of team.criteria.entries()) await db.run(sql`insert into team_criterion values (${i + 1}, ${g}, ${no(c.table)}, ${fieldNo(c.table, c.field)}, ${c.op}, ${JSON.stringify(c.values)})`);
    for (const [i, rule] of w.rules.entries()) {
      const from = Array.isArray(rule.from) ? null : rule.from;
      await db.run(sql`insert into sharing_rule (no, table_no, from_kind, from_no, to_kind, to_no, level) values (${i + 1}, ${no(rule.table)}, ${from?.kind ?? null}, ${from?.no ?? null}, ${rule.to.kind}, ${rule.to.no}, ${rule.level})`);
      if (Array.isArray(rule.from)) for (const [j, c] of rule.from.entries()) await db.run(sql`insert into rule_criterion values (${j + 1}, ${i + 1}, ${fieldNo(rule.table, c.field)}, ${c.op}, ${JSON.stringify(c.values)})`);
    }
    await put(accounts.slice(accounts.length / 2));
    await put(w.rows.filter((r) => r.table !== 'account'));
    for (const s of w.shares) await db.run(sql`insert into share (table_no, record_id, to_kind, to_no, level, until, by_no) values (${no(s.row.table)}, ${s.row.id}, ${s.to.kind}, ${s.to.no}, ${s.level}, ${s.over ? '2020-01-01' : null}, 1)`);
    for (const table of TABLES) await db.run(sql`update catalogue_table set sharing = ${w.sharing[table]}, parent_field = ${w.sharing[table] === 'parent' ? 'account' : null} where name = ${table}`);
    await db.run(sql`insert into link_sharing values (${fieldNo('deal', 'account')}, ${w.link.parent}, ${w.link.children})`);
    const { now } = await db.one<{ now: Catalogue }>(sql`select read_catalogue() as now`);
    await db.script(inTenant(t.key, now.tables.map((x) => policies(x, now.tables)).join('\n')));
    await db.script('select lay_all_grants()');
  });
  return t;
}

/** Check, list, change and why of every member over every record against the evaluator. Answers how many triples were compared. */
async function compare(w: World, t: FreshTenant, seed: number): Promise<number> {
  const said = await t.sql<{ m: number; id: string; level: Level; why: Level | null }>(`select m.no as m, r.id, record_level(m.no, r.t, r.id) as level, (select p.level from paths_to(m.no, r.t, r.id, true) p order by rank_of(p.level) desc limit 1) as why
    from member m cross join (select id, 1 as t from account union all select id, 2 from contact union all select id, 3 from deal) r where m.no > 1`);
  const check = new Map(said.map((s) => [`${s.m} ${s.id}`, s]));
  const [{ version }] = await t.sql(`select version from tenant`);
  let triples = 0;
  for (const m of w.members) {
    const identity = { tenant: t.key, member: m.no, profile: m.profile, session: '00000000-0000-0000-0000-000000000000', version: Number(version), through: 'api' };
    for (const table of TABLES) {
      const sees = w.profiles.get(m.profile)![table].see;
      const ids = async (lock: string) => new Set(sees ? await as(identity, async (db) => (await db.rows<{ id: string }>(sql`select id from ${sql.table(table)} ${sql.raw(lock)}`)).map((r) => r.id)) : []);
      const [listed, changed] = [await ids(''), await ids('for no key update')];
      for (const row of w.rows.filter((r) => r.table === table)) {
        const expected = level(w, m.no, row);
        const about = `seed ${seed}, member ${m.no}, ${table} ${row.id}: the oracle says ${expected}`;
        const law = check.get(`${m.no} ${row.id}`)!;
        assert.equal(law.level, expected, `check: ${about}`);
        if (sees) assert.equal(law.why ?? 'none', expected, `why: ${about}`);
        assert.equal(listed.has(row.id), expected !== 'none', `list: ${about}`);
        assert.equal(changed.has(row.id), RANK[expected] >= 2, `change: ${about}`);
        triples += 3;
      }
    }
  }
  return triples;
}

test('the oracle and the law agree on random organisations', async (context) => {
  const first = Number(process.env.STEWARD_SEED ?? 1);
  const worlds = Number(process.env.STEWARD_WORLDS ?? 2);
  let triples = 0;
  for (let seed = first; seed < first + worlds; seed++) {
    const w = invent(seed, { members: 20 + (seed * 7) % 31, teams: 8 + (seed * 5) % 13, rules: 12 + (seed * 3) % 19, rows: 90 + (seed * 11) % 111 });
    triples += await compare(w, await build(w), seed);
  }
  context.diagnostic(`seeds ${first} to ${first + worlds - 1}: ${triples} triples agree`);
});
