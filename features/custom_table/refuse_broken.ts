// Refuses a change of the catalogue because of records in its way, and names those that the asker may see.
import type { Table } from '../../catalogue/catalogue.ts';
import { sql, type Db, type Query } from '../../kernel/database.ts';
import { Problem } from '../../kernel/errors.ts';

/** Up to three of the records that meet a condition and that the asker sees: the predicate of the row policy, since the law itself sees all. */
function seenOf(db: Db, table: Table, rule: Query): Promise<{ id: string }[]> {
  return db.rows<{ id: string }>(sql`select id from ${sql.table(table.physical)} where ${rule} and (select table_right(${table.no}, 'may_see'))
    and ((select sees_all(${table.no})) or get_bit((select reach()), owner_no) = 1) order by id limit 3`);
}

/** @throws Problem 422 for `count` records that meet `rule`; `what` says it of one and of several: "1 record has …", "3 records have …". */
export async function refuseRecords(db: Db, table: Table, rule: Query, count: number, field: string, what: [one: string, many: string]): Promise<never> {
  const seen = await seenOf(db, table, rule);
  const named = seen.length ? `${seen.length < count ? ', among them ' : ': '}${seen.map((r) => r.id).join(', ')}` : '';
  const message = `${count} ${count === 1 ? `record ${what[0]}` : `records ${what[1]}`}${named}.`;
  throw new Problem(422, message, [{ field, code: 'in_use', message }, ...seen.map((r) => ({ field, code: 'record', message: r.id }))]);
}

/** @throws Problem 422 when records meet the condition, given as SQL over the table's columns. */
export async function refuseBroken(db: Db, table: Table, rule: string, field: string, what: [one: string, many: string]): Promise<void> {
  const { count } = await db.one<{ count: number }>(sql`select count(*)::int as count from ${sql.table(table.physical)} where ${sql.raw(rule)}`);
  if (count > 0) await refuseRecords(db, table, sql.raw(rule), count, field, what);
}
