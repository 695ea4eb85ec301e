// The clerk of profiles: writes down what an administrator grants; the law turns it into PostgreSQL's grants.
import type { z } from 'zod';
import { VERBS, type Catalogue, type Verb } from '../../catalogue/catalogue.ts';
import type { Caller } from '../../kernel/caller.ts';
import { sql, withRoles, type Db } from '../../kernel/database.ts';
import { invalid, notFound, Problem, unknownField, type FieldFault } from '../../kernel/errors.ts';
import { answer, serve, type Clerk } from '../../kernel/http.ts';
import { profileRoleText } from '../../kernel/install.ts';
import { pageOf } from '../../kernel/page.ts';
import { changeProfile, createProfile, deleteProfile, listProfiles, type Profile } from './profile.api.ts';

type ProfileOut = z.output<typeof Profile>;
type Change = z.output<NonNullable<typeof changeProfile.body>>;

const columnOf = (verb: Verb) => (verb === 'reads_all' || verb === 'edits_all' ? verb : `may_${verb}`);

/** As the API says it: verbs instead of columns. */
function said(profiles: ProfileOut[]): ProfileOut[] {
  return profiles.map((p) => ({ ...p, tables: Object.fromEntries(Object.entries(p.tables).map(([table, may]) => [table, Object.fromEntries(VERBS.map((verb) => [verb, may[columnOf(verb)]]))])) }));
}

/** The number of a profile by id or unique name. */
async function find(db: Db, named: string): Promise<{ no: number; id: string }> {
  const found = await db.maybe<{ no: number; id: string }>(sql`select no, id from profile where id::text = lower(${named}) or lower(normalize(name, nfkc)) = lower(normalize(${named}, nfkc)) order by id::text = lower(${named}) desc limit 1`);
  if (!found) throw notFound();
  return found;
}

async function refuseTakenName(db: Db, name: string | undefined, except: number): Promise<void> {
  if (name !== undefined && await db.maybe(sql`select 1 from profile where lower(normalize(name, nfkc)) = lower(normalize(${name}, nfkc)) and no <> ${except}`)) throw invalid('name', 'Another profile has this name.', 'exists');
}

/** Numbers of the tables and fields that a change names. @throws Problem 422 with everything that does not exist or is not offered. */
function resolve(change: Change, catalogue: Catalogue) {
  const faults: FieldFault[] = [];
  const tables = Object.entries(change.tables ?? {}).map(([name, verbs]) => {
    const table = catalogue.tables.find((t) => t.name === name);
    if (!table) faults.push({ field: `tables.${name}`, code: 'unknown', message: 'There is no such table.' });
    return { no: table?.no ?? 0, verbs };
  });
  const fields = Object.entries(change.fields ?? {}).map(([name, level]) => {
    const [table, field, ...rest] = name.split('.');
    const found = rest.length ? undefined : catalogue.tables.find((t) => t.name === table)?.fields.find((f) => f.name === field);
    if (!found) faults.push({ field: `fields.${name}`, code: 'unknown', message: 'There is no such field.' });
    if (level === 'masked') faults.push({ field: `fields.${name}`, code: 'not_offered', message: '"masked" is not offered yet: choose none, read, write or owner.' });
    return { no: found?.no ?? 0, level };
  });
  if (faults.length) throw faults.length === 1 && faults[0].code === 'unknown' ? unknownField(faults[0].field) : new Problem(422, `${faults[0].field}: ${faults[0].message}`, faults);
  return { tables, fields };
}

async function apply(db: Db, profile: number, change: Change, catalogue: Catalogue): Promise<void> {
  const { tables, fields } = resolve(change, catalogue);
  for (const { no, verbs } of tables) {
    if (verbs === null) await db.run(sql`delete from profile_table where profile_no = ${profile} and table_no = ${no}`);
    const given = VERBS.filter((verb) => verbs?.[verb] !== undefined);
    if (given.length === 0) continue;
    const columns = given.map((verb) => sql.ref(columnOf(verb)));
    await db.run(sql`insert into profile_table (profile_no, table_no, ${sql.join(columns)}) values (${profile}, ${no}, ${sql.join(given.map((verb) => sql`${verbs![verb]}`))})
      on conflict (profile_no, table_no) do update set ${sql.join(columns.map((c) => sql`${c} = excluded.${c}`))}`);
  }
  for (const { no, level } of fields) {
    if (level === null) await db.run(sql`delete from profile_field where profile_no = ${profile} and field_no = ${no}`);
    else await db.run(sql`insert into profile_field (profile_no, field_no, level) values (${profile}, ${no}, ${level}) on conflict (profile_no, field_no) do update set level = excluded.level`);
  }
  if (change.name !== undefined) await db.run(sql`update profile set name = ${change.name} where no = ${profile}`);
  if (change.rights) await db.run(sql`update profile set rights = ${[...new Set(change.rights)]}::text[] where no = ${profile}`);
}

async function whole(db: Db, id: string): Promise<ProfileOut | undefined> {
  const { all } = await db.one<{ all: ProfileOut[] }>(sql`select read_profiles() as all`);
  return said(all).find((p) => p.id === id);
}

/** A profile is a role of PostgreSQL: it is made in the same transaction as its entry. */
async function create(caller: Caller, body: Change & { name: string }): Promise<ProfileOut | undefined> {
  return caller.law(async (db) => {
    await refuseTakenName(db, body.name, 0);
    const { no } = await db.one<{ no: number }>(sql`select next_number('profile', 1) as no`);
    await withRoles(db, caller.tenant, profileRoleText(caller.tenant, no));
    const { id } = await db.one<{ id: string }>(sql`insert into profile (no, name) values (${no}, ${body.name}) returning id`);
    await apply(db, no, { ...body, name: undefined }, caller.catalogue);
    return whole(db, id);
  });
}

async function remove(caller: Caller, named: string): Promise<void> {
  await caller.law(async (db) => {
    const { no } = await find(db, named);
    if (await db.maybe(sql`select 1 from member where profile_no = ${no}`)) throw new Problem(409, 'Members have this profile. Give them another one first.');
    await db.run(sql`delete from profile where no = ${no}`);
    await withRoles(db, caller.tenant, `drop role s_${caller.tenant}_p${no};`);
  });
}

export const clerks: Clerk[] = [
  serve(listProfiles, async ({ caller, query }) => {
    const [{ all }] = await caller.read<{ all: ProfileOut[] }>(sql`select profiles() as all`);
    return pageOf(said(all), query, (p) => p.id);
  }),
  serve(createProfile, async ({ caller, body }) => {
    const made = await create(caller, body);
    return answer(201, made, { location: `/api/v1/profiles/${made?.id}` });
  }),
  serve(changeProfile, async ({ caller, params, body }) => caller.law(async (db) => {
    const { no, id } = await find(db, params.id);
    await refuseTakenName(db, body.name, no);
    await apply(db, no, body, caller.catalogue);
    return whole(db, id);
  })),
  serve(deleteProfile, async ({ caller, params }) => remove(caller, params.id)),
];
