// From the JSON that callers send to columns, and the statements that store them.
import { randomUUIDv7 } from 'node:crypto';
import type { SeenField, SeenTable } from '../../catalogue/catalogue.ts';
import { kindOf } from '../../catalogue/kinds.ts';
import type { Caller } from '../caller.ts';
import { sql, type Db } from '../database.ts';
import { Problem, type FieldFault } from '../errors.ts';

/** Physical columns with their values. */
export type Columns = Record<string, unknown>;

const fault = (field: string, code: string, message: string): FieldFault => ({ field, code, message });

/** Number of an active member by id or e-mail; `former` also takes one who has left, whose records stay his. */
export function memberNo(caller: Caller, said: unknown, former = false): number | undefined {
  if (typeof said !== 'string') return undefined;
  const wanted = said.trim().toLowerCase();
  for (const [no, person] of caller.people) if ((person.active || former) && (person.id === wanted || person.email === wanted)) return no;
  return undefined;
}

function oneField(caller: Caller, field: SeenField, value: unknown): Columns | FieldFault {
  const kind = kindOf(field);
  const empty = () => Object.fromEntries(kind.columns.map((c) => [field.column + c.suffix, null]));
  if (value === null) return field.required ? fault(field.name, 'required', 'must not be empty') : empty();
  const read = kind.input(field).safeParse(value);
  if (!read.success) return fault(field.name, 'invalid', read.error.issues[0].message);
  let said: unknown = read.data;
  if (said === null) return field.required ? fault(field.name, 'required', 'must not be empty') : empty();
  if (field.kind === 'member') {
    said = memberNo(caller, said);
    if (said === undefined) return fault(field.name, 'unknown', 'There is no such active member.');
  }
  if (field.kind === 'link' && field.to === '*') {
    const target = caller.sight.tables.get((said as { table: string }).table);
    if (!target) return fault(field.name, 'unknown', 'There is no such record to link to.');
    said = { table_no: target.no, id: (said as { id: string }).id };
  }
  const values = kind.toColumns(said, field);
  return Object.fromEntries(kind.columns.map((c, i) => [field.column + c.suffix, values[i]]));
}

/**
 * Checks values against what the caller may write; hidden and unknown fields get the same text.
 * @throws Problem 422 with one entry a field, or 403 for a field that may be read only.
 */
export function columnsFor(caller: Caller, table: SeenTable, values: Record<string, unknown>, creating: boolean): Columns {
  const columns: Columns = {};
  const faults: FieldFault[] = [];
  for (const [name, value] of Object.entries(values)) {
    if (name === 'owner' && creating) {
      const no = value === null ? caller.member.no : memberNo(caller, value);
      if (no === undefined) faults.push(fault('owner', 'unknown', 'There is no such active member.'));
      else columns.owner_no = no;
      continue;
    }
    const field = table.fields.find((f) => f.name === name);
    if (!field) { faults.push(fault(name.slice(0, 200), 'unknown', 'There is no such field.')); continue; }
    if (field.level !== 'write') throw new Problem(403, `You may read "${field.name}" but not change it.`, [fault(field.name, 'read_only', 'You may not change this field.')]);
    const made = oneField(caller, field, value);
    if ('code' in made && 'message' in made && 'field' in made) faults.push(made as FieldFault);
    else Object.assign(columns, made);
  }
  if (creating) {
    for (const field of table.fields) if (field.required && field.level === 'write' && !Object.hasOwn(values, field.name)) faults.push(fault(field.name, 'required', 'must not be empty'));
  }
  if (faults.length) throw new Problem(422, `${faults[0].field}: ${faults[0].message}`, faults);
  return columns;
}

/** PostgreSQL's types of a table's columns, as jsonb_to_recordset needs them. */
export function typeOf(table: SeenTable, column: string): string {
  if (column === 'id') return 'uuid';
  if (column === 'owner_no') return 'int';
  for (const field of table.fields) for (const c of kindOf(field).columns) if (field.column + c.suffix === column) return c.type;
  throw new Error('a column without a field');
}

export const inJson = (value: unknown, type: string) => (type === 'jsonb' && typeof value === 'string' ? JSON.parse(value) : value);

/** Stores rows in one statement, whatever their number. Answers their ids in order. Links, rights and owners are judged by the database. */
export async function insertRows(db: Db, caller: Caller, table: SeenTable, rows: Columns[]): Promise<string[]> {
  if (rows.length === 0) return [];
  if (!table.can.create) throw new Problem(403, 'You may not create records here.');
  const names = [...new Set(['id', 'owner_no', ...rows.flatMap((r) => Object.keys(r))])];
  const ids = rows.map(() => randomUUIDv7());
  const json = rows.map((row, i) => Object.fromEntries(names.map((n) => [n, n === 'id' ? ids[i] : n === 'owner_no' ? (row.owner_no ?? caller.member.no) : inJson(row[n] ?? null, typeOf(table, n))])));
  const columns = sql.join(names.map((n) => sql.ref(n)));
  const shape = sql.join(names.map((n) => sql`${sql.ref(n)} ${sql.raw(typeOf(table, n))}`));
  await db.run(sql`insert into ${sql.table(table.physical)} (${columns}) select ${columns} from jsonb_to_recordset(${JSON.stringify(json)}::jsonb) as r(${shape})`);
  return ids;
}

/** Changes one record; answers whether a row was touched (none: hidden, or no right on this row). */
export async function updateRow(db: Db, table: SeenTable, id: string, columns: Columns): Promise<boolean> {
  const sets = Object.entries(columns).map(([name, value]) => sql`${sql.ref(name)} = ${value}`);
  if (sets.length === 0) return true;
  return (await db.run(sql`update ${sql.table(table.physical)} set ${sql.join(sets)} where id = ${id}`)) === 1;
}
