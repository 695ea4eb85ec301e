// The clerk of teams and of criteria.
import type { z } from 'zod';
import { functions } from '../../catalogue/triggers.ts';
import type { Field, Table } from '../../catalogue/catalogue.ts';
import type { Caller } from '../../kernel/caller.ts';
import { asLaw, sql, type Db } from '../../kernel/database.ts';
import { invalid, Problem } from '../../kernel/errors.ts';
import { answer, serve, type Clerk } from '../../kernel/http.ts';
import { inTenant } from '../../kernel/install.ts';
import type { Job } from '../../kernel/jobs.ts';
import { pageOf } from '../../kernel/page.ts';
import { existing, memberNos, noOf, peopleOf, refuseTakenName } from '../group/group.ts';
import { changeTeam, createTeam, deleteTeam, listTeams, type Criterion } from './team.api.ts';

type Said = z.output<typeof Criterion>;
export interface Resolved { table: Table; field: Field; op: Said['op']; values: string[] }

/** @throws Problem 422 for what the catalogue does not have. */
export function resolveCriteria(caller: Caller, criteria: Said[]): Resolved[] {
  return criteria.map((c, i) => {
    const table = caller.catalogue.tables.find((t) => t.name === c.table);
    const field = table?.fields.find((f) => f.name === c.field);
    if (!table || !field) throw invalid(`criteria.${i}.${table ? 'field' : 'table'}`, table ? 'There is no such field.' : 'There is no such table.', 'unknown');
    return { table, field, op: c.op, values: c.values.map(String) };
  });
}

/** A field that decides about access is tracked from then on (SPEC 3.4). */
export async function trackFields(db: Db, caller: Caller, criteria: Pick<Resolved, 'table' | 'field'>[]): Promise<void> {
  const untracked = criteria.filter((c) => !c.field.tracked);
  if (untracked.length === 0) return;
  await db.run(sql`update catalogue_field set tracked = true where no = any(${untracked.map((c) => c.field.no)}::int[]) and computed is null`);
  const tables = caller.catalogue.tables.map((t) => ({ ...t, fields: t.fields.map((f) => (untracked.some((c) => c.field.no === f.no) ? { ...f, tracked: true } : f)) }));
  const changed = tables.filter((t) => untracked.some((c) => c.table.no === t.no));
  await db.script(inTenant(caller.tenant, changed.map((t) => functions(t, tables)).join('\n')));
}

interface Row { id: string; no: number; name: string; level: 'read' | 'edit'; parent: { id: string; label: string } | null; members: number[]; criteria: { table_no: number; field_no: number; op: Said['op']; wanted: string[] }[] }

const called = (caller: Caller, c: Row['criteria'][number]) => {
  const table = caller.catalogue.tables.find((t) => t.no === c.table_no);
  return { table: table?.name ?? '', field: table?.fields.find((f) => f.no === c.field_no)?.name ?? '', op: c.op, values: c.wanted };
};

async function countsOf(db: Db, caller: Caller, team: number) {
  const sources = await db.rows<{ table_no: number; no: number; done: string | null; total: string | null }>(sql`select a.table_no, a.no, r.done, r.total from access_source a left join refill r on r.table_no = a.table_no where a.team_no = ${team} order by a.table_no`);
  const counts = [];
  for (const s of sources) {
    const table = caller.catalogue.tables.find((t) => t.no === s.table_no);
    if (!table) continue;
    const { n } = await db.one<{ n: string }>(sql`select count(*) as n from ${sql.table(table.physical)} where share_class in (select c.no from share_class c where c.table_no = ${s.table_no} and ${s.no} = any(c.sources))`);
    counts.push({ table: table.name, count: Number(n), filling: s.total === null ? null : { done: Number(s.done), total: Number(s.total) } });
  }
  return counts;
}

async function teams(db: Db, caller: Caller, only?: number) {
  const rows = await db.rows<Row>(sql`select t.id, t.no, t.name, t.level, (select jsonb_build_object('id', p.id, 'label', p.name) from team p where p.no = t.parent_no) as parent,
    array(select m.member_no from team_member m where m.team_no = t.no) as members,
    coalesce((select jsonb_agg(jsonb_build_object('table_no', k.table_no, 'field_no', k.field_no, 'op', k.op, 'wanted', k.wanted) order by k.no) from team_criterion k where k.team_no = t.no), '[]') as criteria
    from team t where ${only === undefined ? sql`true` : sql`t.no = ${only}`} order by lower(t.name), t.no`);
  const said = [];
  for (const { no, criteria, members, ...team } of rows) said.push({ ...team, members: peopleOf(caller, members), criteria: criteria.map((c) => called(caller, c)), records: await countsOf(db, caller, no) });
  return said;
}

interface Change { name?: string; parent?: string | null; level?: 'read' | 'edit'; members?: string[]; criteria?: Said[] }

async function apply(db: Db, caller: Caller, no: number, change: Change): Promise<void> {
  if (change.name !== undefined) await db.run(sql`update team set name = ${change.name} where no = ${no}`);
  if (change.level) await db.run(sql`update team set level = ${change.level} where no = ${no}`);
  if (change.parent !== undefined) {
    const parent = change.parent === null ? null : await noOf(db, 'team', change.parent);
    if (parent === undefined) throw invalid('parent', 'There is no such team.', 'unknown');
    await db.run(sql`update team set parent_no = ${parent} where no = ${no}`);
  }
  if (change.members) {
    const members = memberNos(caller, change.members);
    await db.run(sql`delete from team_member where team_no = ${no} and member_no <> all(${members}::int[])`);
    await db.run(sql`insert into team_member (team_no, member_no) select ${no}, unnest(${members}::int[]) on conflict do nothing`);
  }
  if (change.criteria) await setCriteria(db, caller, no, resolveCriteria(caller, change.criteria));
}

/** What stays the same keeps its rows: the law would otherwise compare all records anew. */
async function setCriteria(db: Db, caller: Caller, no: number, criteria: Resolved[]): Promise<void> {
  const rows = JSON.stringify(criteria.map((c, i) => ({ no: i + 1, team_no: no, table_no: c.table.no, field_no: c.field.no, op: c.op, wanted: c.values })));
  const kept = await db.one<{ same: boolean }>(sql`select ${rows}::jsonb = coalesce((select jsonb_agg(to_jsonb(k) order by k.no) from team_criterion k where k.team_no = ${no}), '[]') as same`);
  if (kept.same) return;
  await trackFields(db, caller, criteria);
  // In one statement, so that the law never sees a team with fewer criteria than before or after.
  await db.run(sql`with gone as (delete from team_criterion where team_no = ${no} and no > ${criteria.length})
    insert into team_criterion select * from jsonb_populate_recordset(null::team_criterion, ${rows}::jsonb)
    on conflict (team_no, no) do update set table_no = excluded.table_no, field_no = excluded.field_no, op = excluded.op, wanted = excluded.wanted`);
}

export const clerks: Clerk[] = [
  serve(listTeams, async ({ caller, query }) => {
    if (caller.profile.rights.includes('administer')) return pageOf(await caller.law((db) => teams(db, caller)), query, (t) => t.id);
    return pageOf(await caller.read<{ id: string; name: string }>(sql`select id, name from team order by lower(name), no`), query, (t) => t.id);
  }),
  serve(createTeam, async ({ caller, body }) => caller.law(async (db) => {
    await refuseTakenName(db, 'team', body.name, 0);
    const { no } = await db.one<{ no: number }>(sql`insert into team (no, name, level) values (next_number('team', 1), ${body.name}, ${body.level}) returning no`);
    await apply(db, caller, no, { ...body, name: undefined, level: undefined });
    return (await teams(db, caller, no))[0];
  })),
  serve(changeTeam, async ({ caller, params, body }) => caller.law(async (db) => {
    const no = await existing(db, 'team', params.id);
    await refuseTakenName(db, 'team', body.name, no);
    await apply(db, caller, no, body);
    return (await teams(db, caller, no))[0];
  })),
  serve(deleteTeam, async ({ caller, params }) => caller.law(async (db) => {
    const no = await existing(db, 'team', params.id);
    if (await db.maybe(sql`select 1 from team where parent_no = ${no}`)) throw new Problem(409, 'There are teams below this one. Move or delete them first.');
    await db.run(sql`delete from team where no = ${no}`);
    return answer(204, undefined);
  })),
];

/** Compares records with changed criteria, five thousand a step, until none is left; several processes take turns by the row's lock. */
export const filling: Job = {
  name: 'filling',
  claim: async (tenant) => {
    const { due } = await asLaw(tenant, (db) => db.one<{ due: number[] }>(sql`select array(select table_no from refill order by began_at) as due`));
    for (const table of due) {
      const until = Date.now() + 1_500;
      while (Date.now() < until && (await asLaw(tenant, (db) => db.one<{ more: boolean }>(sql`select refill_step(${table}, 5000) as more`))).more);
    }
    return undefined;
  },
};
