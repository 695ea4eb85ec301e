// Columns of dropped fields: emptied, then used again, since PostgreSQL counts dropped columns towards its limit of 1,600.
import type { Field, Table } from '../../catalogue/catalogue.ts';
import { columnsOf, MOST_COLUMNS } from '../../catalogue/physical.ts';
import { kindOf } from '../../catalogue/kinds.ts';
import { asLaw, sql, type Db } from '../../kernel/database.ts';
import { Problem } from '../../kernel/errors.ts';
import type { Job } from '../../kernel/jobs.ts';
import { codeOf, log } from '../../kernel/log.ts';

/** Up to as many records a column is emptied at once; in larger tables in the background, so that nobody waits. */
const AT_ONCE = 2_000;
const BATCH = 5_000;
/** Leaves the records' changed dates alone. */
const EMPTYING = `set local steward.emptying = 'on'`;

/** True where a table has more records than `most`; never counts further. */
export async function hasMoreThan(db: Db, table: Pick<Table, 'physical'>, most: number): Promise<boolean> {
  return (await db.maybe(sql`select 1 from ${sql.table(table.physical)} offset ${most} limit 1`)) !== undefined;
}

/**
 * Takes empty columns of the right types for a field, in the order of its kind's columns; undefined where a new one must be made. They stay listed until
 * they have their new names (forgetTaken), since the database refuses a column that nothing describes. `coming` columns are about to be made besides. @throws Problem 422 at the limit.
 */
export async function takeSpares(db: Db, table: Table, field: Field, coming = 0): Promise<(string | undefined)[]> {
  const taken: (string | undefined)[] = [];
  for (const { type } of kindOf(field).columns) {
    const spare = await db.maybe<{ column_name: string }>(sql`update spare_column set type = 'taken' where table_no = ${table.no} and column_name =
      (select column_name from spare_column where table_no = ${table.no} and type = ${type} and empty order by column_name limit 1) returning column_name`);
    taken.push(spare?.column_name);
  }
  const { used } = await db.one<{ used: number }>(sql`select max(attnum)::int as used from pg_attribute where attrelid = ${`"${table.physical}"`}::regclass`);
  if (used + coming + taken.filter((c) => c === undefined).length > MOST_COLUMNS) throw new Problem(422, 'This table has as many fields as a table can hold. Delete some that are not needed, then try again.', [{ field: 'kind', code: 'limit', message: 'The table is full.' }]);
  return taken;
}

export const forgetTaken = (db: Db) => db.run(sql`delete from spare_column where type = 'taken'`);

/** Notes a dropped field's columns as spare ones; `empty` where they hold nothing any more. */
export async function makeSpare(db: Db, table: Table, field: Field, empty: boolean): Promise<void> {
  const columns = columnsOf(field);
  for (const [i, { type }] of kindOf(field).columns.entries()) {
    await db.run(sql`insert into spare_column (table_no, column_name, type, field_no, empty) values (${table.no}, ${columns[i]}, ${type}, ${field.no}, ${empty})`);
  }
}

/** Empties a dropped field's columns in a table that is small enough. Answers whether it was. */
export async function emptyAtOnce(db: Db, table: Table, field: Field): Promise<boolean> {
  if (await hasMoreThan(db, table, AT_ONCE)) return false;
  const columns = columnsOf(field).map((c) => sql.ref(c));
  await db.script(EMPTYING);
  await db.run(sql`update ${sql.table(table.physical)} set ${sql.join(columns.map((c) => sql`${c} = null`))} where ${sql.join(columns.map((c) => sql`${c} is not null`), sql` or `)}`);
  return true;
}

interface Spare { table_no: number; column_name: string; physical: string }

/** One batch; false when the column holds nothing any more, which is then noted. */
async function emptyBatch(db: Db, { table_no, column_name, physical }: Spare): Promise<boolean> {
  const column = sql.ref(column_name);
  await db.script(EMPTYING);
  const n = await db.run(sql`update ${sql.table(physical)} set ${column} = null where id in (select id from ${sql.table(physical)} where ${column} is not null order by id limit ${BATCH} for update)`);
  if (n === 0) await db.run(sql`update spare_column set empty = true where table_no = ${table_no} and column_name = ${column_name}`);
  return n > 0;
}

const running = new Map<string, Promise<void>>();

/** Empties the columns of dropped fields, 5,000 records a transaction, until all are done. What is interrupted goes on at the next call. */
export function emptySpareColumns(tenant: string): Promise<void> {
  const known = running.get(tenant);
  if (known) return known;
  const work = (async () => {
    for (;;) {
      const more = await asLaw(tenant, async (db) => {
        const spare = await db.maybe<Spare>(sql`select s.table_no, s.column_name, t.physical from spare_column s join catalogue_table t on t.no = s.table_no where not s.empty order by s.table_no, s.column_name limit 1`);
        if (!spare) return false;
        await emptyBatch(db, spare);
        return true;
      });
      if (!more) return;
    }
  })().finally(() => running.delete(tenant));
  running.set(tenant, work);
  return work;
}

/** The same without waiting for it: what fails is written to the log and tried again within the hour. */
export function emptySoon(tenant: string): void {
  emptySpareColumns(tenant).catch((error) => log.warn('spare_columns.not_emptied', { tenant, code: codeOf(error) }));
}

/** Goes on at start and once an hour with what was interrupted. */
export const emptying: Job = { name: 'spare_columns', claim: async () => undefined, sweep: emptySpareColumns };
