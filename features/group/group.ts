// The clerk of groups.
import type { Caller } from '../../kernel/caller.ts';
import { sql, type Db } from '../../kernel/database.ts';
import { notFound, Problem } from '../../kernel/errors.ts';
import { answer, serve, type Clerk } from '../../kernel/http.ts';
import { pageOf } from '../../kernel/page.ts';
import { memberNo } from '../../kernel/records/writing.ts';
import { changeGroup, createGroup, deleteGroup, listGroups } from './group.api.ts';

/** Numbers of active members by id or e-mail. @throws Problem 422 naming the entry that does not exist. */
export const memberNos = (caller: Caller, named: string[]): number[] => [...new Set(named.map((said, i) => {
  const no = memberNo(caller, said);
  if (no === undefined) throw new Problem(422, 'members: There is no such active member.', [{ field: `members.${i}`, code: 'unknown', message: 'There is no such active member.' }]);
  return no;
}))];

/** Members as callers read them. */
export const peopleOf = (caller: Caller, nos: number[]) => nos.map((no) => ({ id: caller.people.get(no)?.id ?? '', label: caller.people.get(no)?.label ?? 'former member' })).sort((a, b) => a.label.localeCompare(b.label));

/** The number of a group or team by id or unique name; undefined when there is none. */
export async function noOf(db: Db, table: 'member_group' | 'team', named: string): Promise<number | undefined> {
  const found = await db.maybe<{ no: number }>(sql`select no from ${sql.table(table)} where id::text = lower(${named}) or lower(normalize(name, nfkc)) = lower(normalize(${named}, nfkc)) order by id::text = lower(${named}) desc limit 1`);
  return found?.no;
}

export async function existing(db: Db, table: 'member_group' | 'team', named: string): Promise<number> {
  const no = await noOf(db, table, named);
  if (no === undefined) throw notFound();
  return no;
}

/** @throws Problem 409 when another has the name. */
export async function refuseTakenName(db: Db, table: 'member_group' | 'team', name: string | undefined, except: number): Promise<void> {
  const taken = name !== undefined && await db.maybe(sql`select 1 from ${sql.table(table)} where lower(normalize(name, nfkc)) = lower(normalize(${name}, nfkc)) and no <> ${except}`);
  if (taken) throw new Problem(409, 'Another one has this name.', [{ field: 'name', code: 'exists', message: 'Another one has this name.' }]);
}

interface Row { id: string; no: number; name: string; members: number[] }

async function groups(db: Db, caller: Caller, only?: number) {
  const rows = await db.rows<Row>(sql`select g.id, g.no, g.name, array(select m.member_no from group_member m where m.group_no = g.no) as members from member_group g where ${only === undefined ? sql`true` : sql`g.no = ${only}`} order by lower(g.name), g.no`);
  return rows.map(({ id, name, members }) => ({ id, name, members: peopleOf(caller, members) }));
}

async function setMembers(db: Db, group: number, members: number[]): Promise<void> {
  await db.run(sql`delete from group_member where group_no = ${group} and member_no <> all(${members}::int[])`);
  await db.run(sql`insert into group_member (group_no, member_no) select ${group}, unnest(${members}::int[]) on conflict do nothing`);
}

export const clerks: Clerk[] = [
  serve(listGroups, async ({ caller, query }) => {
    // Names are for everyone, to share with; who is in a group is for those who answer for it.
    if (caller.profile.rights.includes('administer')) return pageOf(await caller.law((db) => groups(db, caller)), query, (g) => g.id);
    return pageOf((await caller.read<{ id: string; name: string }>(sql`select id, name from member_group order by lower(name), no`)).map((g) => ({ ...g, members: [] })), query, (g) => g.id);
  }),
  serve(createGroup, async ({ caller, body }) => caller.law(async (db) => {
    await refuseTakenName(db, 'member_group', body.name, 0);
    const { no } = await db.one<{ no: number }>(sql`insert into member_group (no, name) values (next_number('group', 1), ${body.name}) returning no`);
    await setMembers(db, no, memberNos(caller, body.members));
    return (await groups(db, caller, no))[0];
  })),
  serve(changeGroup, async ({ caller, params, body }) => caller.law(async (db) => {
    const no = await existing(db, 'member_group', params.id);
    await refuseTakenName(db, 'member_group', body.name, no);
    if (body.name !== undefined) await db.run(sql`update member_group set name = ${body.name} where no = ${no}`);
    if (body.members) await setMembers(db, no, memberNos(caller, body.members));
    return (await groups(db, caller, no))[0];
  })),
  serve(deleteGroup, async ({ caller, params }) => caller.law(async (db) => {
    await db.run(sql`delete from member_group where no = ${await existing(db, 'member_group', params.id)}`);
    return answer(204, undefined);
  })),
];

