// The clerk of the catalogue: tables as administrators shape them and as everyone else sees them.
import type { z } from 'zod';
import type { Field, SeenField, SeenTable, Table } from '../../catalogue/catalogue.ts';
import { VERBS } from '../../catalogue/catalogue.ts';
import { addIndex, createTable as createText, dropTable } from '../../catalogue/ddl.ts';
import { physicalName } from '../../catalogue/physical.ts';
import { functions } from '../../catalogue/triggers.ts';
import type { Caller } from '../../kernel/caller.ts';
import { sql, type Db } from '../../kernel/database.ts';
import { invalid, notFound, Problem, unknownField } from '../../kernel/errors.ts';
import { answer, serve, type Clerk } from '../../kernel/http.ts';
import { describe, inTenant, randomName } from '../../kernel/install.ts';
import { pageOf } from '../../kernel/page.ts';
import { changeField, changeTable, createField, createTable, deleteField, deleteTable, getTable, listTables } from './custom_table.api.ts';
import { addFields, alterField, removeField, replaced } from './field.ts';
import { nameTable, refuseTwin } from './names.ts';
import { emptySoon, hasMoreThan } from './spare.ts';

/** Deleting more records than this in one go would hold locks for long. */
const MOST_DELETED = 50_000;
const MOST_INDEXED = 200_000;
const SYSTEM = ['owner', 'created_at', 'created_by', 'changed_at', 'changed_by'];

const fieldOut = (f: Field | SeenField) => ({
  name: f.name, label: f.label, kind: f.kind, required: f.required, unique: f.unique, tracked: f.tracked, personal: f.personal, category: f.category, purpose: f.purpose, origin: f.origin, to: f.to, choices: f.choices, computed: f.computed !== null,
  ...(!('level' in f) && f.kind === 'link' && f.to !== '*' && { sharing: f.sight ?? { parent: 'label', children: 'none' } }),
});
const tableOut = (t: Table | SeenTable) => ({
  name: t.name, label: t.label, labels: t.labels, icon: t.icon, append_only: t.append_only, subject: t.subject, sharing: { default: t.sharing, ...(!('can' in t) && t.parent && { parent: t.parent }) }, standard: t.standard, title: t.title, layout: t.layout, fields: t.fields.map(fieldOut),
});

/** Every table for whoever administers, else those seen. Asked of the database, so that a right taken away counts at once. */
async function tablesFor(caller: Caller): Promise<(Table | SeenTable)[]> {
  const [{ whole }] = await caller.read<{ whole: boolean }>(sql`select may('administer') as whole`);
  return whole ? caller.catalogue.tables : [...caller.sight.tables.values()];
}

export function tableNamed(caller: Caller, name: string): Table {
  const table = caller.catalogue.tables.find((t) => t.name === name);
  if (!table) throw notFound();
  return table;
}

function fieldNamed(table: Table, name: string): Field {
  const field = table.fields.find((f) => f.name === name);
  if (!field) throw notFound();
  return field;
}

/** As the catalogue says it now, within the work that changed it. */
async function readTable(db: Db, no: number): Promise<Table> {
  const { tables } = await db.one<{ tables: Table[] }>(sql`select read_catalogue() -> 'tables' as tables`);
  return tables.find((t) => t.no === no)!;
}

type TableDraft = z.output<NonNullable<typeof createTable.body>>;

/** The maker's profile may do everything with his table, so that he can begin; who else sees it is decided in the profiles. */
async function makeTable(db: Db, caller: Caller, body: TableDraft): Promise<Table> {
  const { tables } = caller.catalogue;
  const names = nameTable(body, caller.catalogue);
  if (body.title !== undefined && !body.fields.some((f) => f.name === body.title)) throw invalid('title', 'Name one of the fields given.', 'unknown');
  const { no } = await db.one<{ no: number }>(sql`select next_number('table', 1) as no`);
  const { sharing } = await db.one<{ sharing: Table['sharing'] }>(sql`select coalesce((select sharing from catalogue_table where standard order by no limit 1), 'private') as sharing`);
  const table: Table = { ...names, no, physical: physicalName('t', randomName()), icon: body.icon, standard: false, append_only: body.append_only, subject: body.subject, sharing: body.sharing ?? sharing, title: body.title ?? 'id', fields: [], layout: { list: [], page: [] } };
  await describe(db, table);
  await db.script(inTenant(caller.tenant, `${functions(table, replaced(tables, table))}\n${createText(table, tables)}`));
  const given = VERBS.filter((verb) => !verb.includes('s_all')).map((verb) => sql.ref(`may_${verb}`));
  await db.run(sql`insert into profile_table (profile_no, table_no, ${sql.join(given)}) values (${caller.profile.no}, ${no}, ${sql.join(given.map(() => sql`true`))})`);
  if (body.fields.length) await addFields(db, table, replaced(tables, table), body.fields);
  return readTable(db, no);
}

type TableChange = z.output<NonNullable<typeof changeTable.body>>;

function checkLayout(table: Table, layout: Table['layout']): void {
  const known = new Set([...SYSTEM, ...table.fields.map((f) => f.name)]);
  const named = [...layout.list, ...layout.page.flatMap((s) => s.fields)];
  const stranger = named.find((f) => !known.has(f));
  if (stranger !== undefined) throw unknownField(stranger);
  if (new Set(layout.list).size !== layout.list.length) throw invalid('layout', 'A column of the list is named twice.');
}

async function alterTable(db: Db, caller: Caller, table: Table, change: TableChange): Promise<Table> {
  const title = change.title === undefined ? undefined : table.fields.find((f) => f.name === change.title);
  if (change.title !== undefined && !title) throw invalid('title', 'There is no such field.', 'unknown');
  if (change.label !== undefined) refuseTwin(change.label, caller.catalogue.tables.filter((t) => t.no !== table.no));
  if (change.layout) checkLayout(table, change.layout);
  const next = { ...table, ...change };
  await db.run(sql`update catalogue_table set label = ${next.label}, labels = ${next.labels}, icon = ${next.icon}, subject = ${next.subject}, title = ${next.title}, layout = ${JSON.stringify(next.layout)} where no = ${table.no}`);
  // Sorting by a title without an index is slower but right; building one over a big table would lock it.
  if (title && !(await hasMoreThan(db, table, MOST_INDEXED))) await db.script(addIndex(next, title));
  return readTable(db, table.no);
}

async function removeTable(db: Db, caller: Caller, table: Table, withRecords: boolean): Promise<void> {
  if (table.standard) throw new Problem(409, 'A built-in table stays. Hide it in the profiles instead.');
  const linked = caller.catalogue.tables.filter((t) => t.no !== table.no).flatMap((t) => t.fields.filter((f) => f.to === table.name).map((f) => `${t.name}.${f.name}`));
  if (linked.length) throw new Problem(409, `Other tables link to this one: ${linked.slice(0, 10).join(', ')}. Delete those fields first.`);
  if (await hasMoreThan(db, table, 0)) {
    if (!withRecords) throw new Problem(409, 'The table has records. Delete them first, or say that they shall go with it.');
    if (table.append_only) throw new Problem(409, 'The records of this table can only be added to, never removed.');
    if (await hasMoreThan(db, table, MOST_DELETED)) throw new Problem(409, `The table has more than ${MOST_DELETED.toLocaleString('en')} records. Delete records first.`);
    await db.script(`set local steward.children = 'detach'`);
    await db.run(sql`delete from ${sql.table(table.physical)}`);
  }
  await db.run(sql`delete from catalogue_table where no = ${table.no}`);
  await db.script(dropTable(table));
}

export const clerks: Clerk[] = [
  serve(listTables, async ({ caller, query }) => pageOf((await tablesFor(caller)).map(tableOut), query, (t) => t.name)),
  serve(getTable, async ({ caller, params }) => {
    const table = (await tablesFor(caller)).find((t) => t.name === params.table);
    if (!table) throw notFound();
    return tableOut(table);
  }),
  serve(createTable, async ({ caller, body }) => {
    const made = await caller.law((db) => makeTable(db, caller, body));
    return answer(201, tableOut(made), { location: `/api/v1/tables/${made.name}` });
  }),
  serve(changeTable, async ({ caller, params, body }) => tableOut(await caller.law((db) => alterTable(db, caller, tableNamed(caller, params.table), body)))),
  serve(deleteTable, async ({ caller, params, query }) => caller.law((db) => removeTable(db, caller, tableNamed(caller, params.table), query.records === 'delete'))),
  serve(createField, async ({ caller, params, body }) => {
    const made = await caller.law(async (db) => {
      const table = tableNamed(caller, params.table);
      return (await addFields(db, table, caller.catalogue.tables, [body])).fields.at(-1)!;
    });
    return answer(201, fieldOut(made), { location: `/api/v1/tables/${params.table}/fields/${made.name}` });
  }),
  serve(changeField, async ({ caller, params, body }) => caller.law(async (db) => {
    const table = tableNamed(caller, params.table);
    const field = fieldNamed(table, params.field);
    await alterField(db, table, caller.catalogue.tables, field, body);
    return fieldOut((await readTable(db, table.no)).fields.find((f) => f.no === field.no)!);
  })),
  serve(deleteField, async ({ caller, params }) => {
    const left = await caller.law(async (db) => {
      const table = tableNamed(caller, params.table);
      return removeField(db, table, caller.catalogue.tables, fieldNamed(table, params.field));
    });
    if (left) emptySoon(caller.tenant);
  }),
];
