// Single records: get, create, change, delete, hand over. Whether a row may be touched is the database's answer, read off what it did.
import type { SeenTable } from '../../catalogue/catalogue.ts';
import { uuid } from '../../kernel/contract.ts';
import type { Caller } from '../../kernel/caller.ts';
import { sql, type Db } from '../../kernel/database.ts';
import { notFound, Problem } from '../../kernel/errors.ts';
import { answer, serve, type Clerk } from '../../kernel/http.ts';
import { allFields, etag, reading } from '../../kernel/records/reading.ts';
import { changeRecord, createRecord, deleteRecord, getRecord, handOver, recordAccess } from './record.api.ts';
import { columnsFor, insertRows, memberNo, updateRow } from '../../kernel/records/writing.ts';

export type Rec = Record<string, unknown>;

/** @throws Problem 404, the same for a hidden table as for one that never existed. */
export function seenTable(caller: Caller, name: string): SeenTable {
  const table = caller.sight.tables.get(name);
  if (!table) throw notFound();
  return table;
}

/** An id from a path; a malformed one names no record. */
export function recordId(text: string): string {
  const parsed = uuid.safeParse(text);
  if (!parsed.success) throw notFound();
  return parsed.data;
}

const query = (caller: Caller, table: SeenTable, id: string, fields = allFields(table)) => {
  const plan = reading(caller, table, fields);
  return { plan, ask: sql`select ${plan.select} from ${sql.table(table.physical)} as t where t.id = ${id}` };
};

/** One record in a single round trip, or undefined. */
export async function readRecord(caller: Caller, table: SeenTable, id: string, fields?: string[]): Promise<Rec | undefined> {
  const { plan, ask } = query(caller, table, id, fields);
  const [row] = await caller.read<Rec>(ask);
  return row && plan.record(row);
}

/** The record as the caller sees it, or undefined. */
async function findRecord(db: Db, caller: Caller, table: SeenTable, id: string, fields?: string[]): Promise<Rec | undefined> {
  const { plan, ask } = query(caller, table, id, fields);
  const row = await db.maybe<Rec>(ask);
  return row && plan.record(row);
}

/** Creates one record from API values. Answers it, or only its id where the new owner's record is hidden from its maker. */
export async function createOne(db: Db, caller: Caller, table: SeenTable, values: Rec): Promise<Rec> {
  const [id] = await insertRows(db, caller, table, [columnsFor(caller, table, values, true)]);
  return (await findRecord(db, caller, table, id)) ?? { id, visible: false };
}

/** Creates many records in one statement. Answers their ids in order; one fault refuses them all. */
export const createMany = (db: Db, caller: Caller, table: SeenTable, rows: Rec[]) =>
  insertRows(db, caller, table, rows.map((values) => columnsFor(caller, table, values, true)));

/** Locks the record and compares it with the tags of `If-Match`. @throws Problem 412 */
async function mustMatch(db: Db, caller: Caller, table: SeenTable, id: string, expected: string | undefined): Promise<void> {
  if (expected === undefined || expected === '*') return;
  // Locking takes the right to change; who has none is told so afterwards.
  if (table.can.change) await db.run(sql`select 1 from ${sql.table(table.physical)} as t where t.id = ${id} for no key update`);
  const current = await findRecord(db, caller, table, id);
  if (current && !expected.split(',').some((tag) => tag.trim() === etag(current))) throw new Problem(412, 'This record was changed meanwhile. Look at it again first.');
}

/**
 * Changes one record. Answers it as seen afterwards, or `{id, visible: false}` when the change ended the caller's own sight.
 * @throws Problem 404 hidden or missing, 403 seen but not to be changed, 412 when `expected` is not its tag any more.
 */
export async function changeOne(db: Db, caller: Caller, table: SeenTable, id: string, values: Rec, expected?: string): Promise<Rec> {
  if (!table.can.change) throw (await findRecord(db, caller, table, id, ['id'])) ? new Problem(403, 'You may not change records here.') : notFound();
  const columns = columnsFor(caller, table, values, false);
  await mustMatch(db, caller, table, id, expected);
  if (!(await updateRow(db, table, id, columns))) {
    throw (await findRecord(db, caller, table, id, ['id'])) ? new Problem(403, 'You may see this record but not change it.') : notFound();
  }
  return (await findRecord(db, caller, table, id)) ?? { id, visible: false };
}

/**
 * Deletes for good.
 * @throws Problem 404, 403, 412 when `expected` is not its tag any more, or 409 while visible records are linked to it and `detach` was not chosen.
 */
export async function deleteOne(db: Db, caller: Caller, table: SeenTable, id: string, detach = false, expected?: string): Promise<void> {
  const there = () => findRecord(db, caller, table, id, ['id']);
  if (!table.can.delete) throw (await there()) ? new Problem(403, 'You may not delete records here.') : notFound();
  await mustMatch(db, caller, table, id, expected);
  await db.script(`set local steward.children = '${detach ? 'detach' : 'ask'}'`);
  const gone = await db.run(sql`delete from ${sql.table(table.physical)} where id = ${id}`);
  if (gone === 0) throw (await there()) ? new Problem(403, 'Only its owner or a manager above may delete this record.') : notFound();
}

async function access(db: Db, caller: Caller, table: SeenTable, id: string) {
  const record = await findRecord(db, caller, table, id, ['owner']);
  if (!record) throw notFound();
  const own = (record.owner as { id: string } | null)?.id === caller.member.id;
  const { level } = await db.one<{ level: string }>(sql`select my_level(${table.no}, ${id}) as level`);
  const change = table.can.change && level !== 'read';
  const full = level === 'full';
  return { see: true, change, delete: full && table.can.delete, share: full && table.can.share, hand_over: full && table.can.hand_over,
    fields: Object.fromEntries(table.fields.map((f) => [f.name, change && (own || !f.owner) ? f.level : 'read'])) };
}

const withTag = (status: number, record: Rec, headers: Record<string, string> = {}) => answer(status, record, record.visible === false ? headers : { ...headers, etag: etag(record) });

export const clerks: Clerk[] = [
  serve(getRecord, async ({ caller, params, query: { fields } }) => {
    const table = seenTable(caller, params.table);
    const record = await readRecord(caller, table, recordId(params.id), fields?.split(','));
    if (!record) throw notFound();
    // The tag is of the whole record: that of a part would never meet If-Match.
    return fields === undefined ? withTag(200, record) : answer(200, record);
  }),
  serve(createRecord, async ({ caller, params, body }) => {
    const table = seenTable(caller, params.table);
    if (!table.can.create) throw new Problem(403, 'You may not create records here.');
    const record = await caller.as((db) => createOne(db, caller, table, body));
    return withTag(201, record, { location: `/api/v1/records/${table.name}/${record.id}` });
  }),
  serve(changeRecord, async ({ caller, params, body, request }) => {
    const table = seenTable(caller, params.table);
    return withTag(200, await caller.as((db) => changeOne(db, caller, table, recordId(params.id), body, request.headers['if-match'])));
  }),
  serve(deleteRecord, async ({ caller, params, query: { children }, request }) => {
    const table = seenTable(caller, params.table);
    await caller.as((db) => deleteOne(db, caller, table, recordId(params.id), children === 'detach', request.headers['if-match']));
    return answer(204, undefined);
  }),
  serve(handOver, async ({ caller, params, body }) => {
    const table = seenTable(caller, params.table);
    const id = recordId(params.id);
    return caller.as(async (db) => {
      const owner = memberNo(caller, body.owner);
      if (owner === undefined && !(await findRecord(db, caller, table, id, ['id']))) throw notFound();
      if (owner === undefined) throw new Problem(422, 'owner: There is no such active member.', [{ field: 'owner', code: 'unknown', message: 'There is no such active member.' }]);
      await db.run(sql`select hand_over(${table.no}, ${id}, ${owner})`);
      return (await findRecord(db, caller, table, id)) ?? { id, visible: false };
    });
  }),
  serve(recordAccess, async ({ caller, params }) => {
    const table = seenTable(caller, params.table);
    return caller.as((db) => access(db, caller, table, recordId(params.id)));
  }),
];
