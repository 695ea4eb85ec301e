// Turning a field into another kind: every stored value must survive, else nothing changes.
import type { Field, KindName, Table } from '../../catalogue/catalogue.ts';
import { addField, dropField, triggersOff, triggersOn } from '../../catalogue/ddl.ts';
import { columnsOf, ident, physicalName } from '../../catalogue/physical.ts';
import { mark, segment } from '../../catalogue/triggers.ts';
import type { Locale } from '../../catalogue/kinds/kind.ts';
import { kindOf } from '../../catalogue/kinds.ts';
import { sql, type Db } from '../../kernel/database.ts';
import { invalid, Problem } from '../../kernel/errors.ts';
import { randomName } from '../../kernel/install.ts';
import { isBuiltIn } from './names.ts';
import { refuseRecords } from './refuse_broken.ts';
import { forgetTaken, hasMoreThan, makeSpare, takeSpares } from './spare.ts';

const TEXTS: KindName[] = ['text', 'long_text'];
/** Where a kind may go. Everything can be written as text; text becomes what it says. */
const WAYS: Partial<Record<KindName, KindName[]>> = {
  text: ['long_text', 'number', 'money', 'date', 'moment', 'yes_no', 'choice', 'choices', 'email', 'phone', 'web_address'],
  long_text: ['text'], choice: [...TEXTS, 'choices'], choices: TEXTS, number: TEXTS, money: TEXTS, date: TEXTS, moment: TEXTS, yes_no: TEXTS, email: TEXTS, phone: TEXTS, web_address: TEXTS,
};
export const LOST: [string, string] = ['has a value that would not survive', 'have values that would not survive'];
/** More records than this would keep the table locked for longer than a second (measured: docs/decisions.md). */
const MOST = 10_000;
/** Values are written by toText in one spelling, whatever the people's locale. */
const WRITTEN: Locale = { decimal: '.', dayFirst: false, currency: 'EUR', country: 'DE' };

/** Columns of the new kind for one stored value; undefined where it does not survive. */
function convert(from: Field, to: Field, stored: unknown[]): unknown[] | undefined {
  const text = kindOf(from).toText(kindOf(from).fromColumns(stored, from), from);
  const read = kindOf(to).fromText(text, to, WRITTEN);
  return 'value' in read && read.value !== null ? kindOf(to).toColumns(read.value, to) : undefined;
}

async function convertAll(db: Db, table: Table, from: Field, to: Field): Promise<{ id: string; values: unknown[] }[]> {
  const columns = columnsOf(from).map((c) => sql.ref(c));
  const rows = await db.rows<Record<string, unknown>>(sql`select id, ${sql.join(columns)} from ${sql.table(table.physical)} where ${columns[0]} is not null`);
  const done = rows.map((row) => ({ id: row.id as string, values: convert(from, to, columnsOf(from).map((c) => row[c])) }));
  const lost = done.filter((d) => d.values === undefined).map((d) => d.id);
  if (lost.length) await refuseRecords(db, table, sql`id = any(${lost}::uuid[])`, lost.length, 'kind', LOST);
  return done as { id: string; values: unknown[] }[];
}

async function write(db: Db, table: Table, from: Field, to: Field, rows: { id: string; values: unknown[] }[]): Promise<void> {
  const types = kindOf(to).columns.map((c) => c.type);
  const fresh = columnsOf(to).map((c, i) => `${ident(c)} = v.c${i}`);
  const old = columnsOf(from).map((c) => `${ident(c)} = null`);
  // The field's words for search are made here, since the trigger that does it is off.
  const kept = `regexp_replace(coalesce(t.search, ''), E'${mark(to.no)}[^\\x01]*', '', 'g')`;
  const words = to.searchable ? `concat(${kept}, ${segment({ ...to, column: 'c0' }, 'v')})` : `nullif(${kept}, '')`;
  const shape = `(id uuid, ${types.map((type, i) => `c${i} ${type}`).join(', ')})`;
  const body = JSON.stringify(rows.map((r) => ({ id: r.id, ...Object.fromEntries(r.values.map((v, i) => [`c${i}`, v])) })));
  await db.run(sql`update ${sql.table(table.physical)} t set ${sql.raw([...fresh, ...old, `search = ${words}`].join(', '))} from jsonb_to_recordset(${body}::jsonb) as v${sql.raw(shape)} where t.id = v.id`);
}

/**
 * Moves all values of a field into a column of the new kind, and makes the old one a spare. Answers the field with its new column; text and long text
 * are the same column under another rule, which the caller lays.
 * @throws Problem 422 naming up to three records that the asker may see, 409 where this field's kind is fixed.
 */
export async function changeKind(db: Db, table: Table, from: Field, wanted: Field): Promise<Field> {
  if (isBuiltIn(from)) throw new Problem(409, 'The kind of a built-in field is fixed.');
  if (!WAYS[from.kind]?.includes(wanted.kind)) throw invalid('kind', 'A field of this kind cannot become that one. Make a new field instead.', 'no_way');
  if (table.append_only && await hasMoreThan(db, table, 0)) throw new Problem(409, 'Records of this table are never changed, so its fields stay as they are.');
  if (TEXTS.includes(from.kind) && TEXTS.includes(wanted.kind)) return wanted;
  if (await hasMoreThan(db, table, MOST)) throw invalid('kind', `The table has more than ${MOST.toLocaleString('en')} records: converting them would keep everybody waiting. Make a new field and fill it by import instead.`, 'too_many');
  const to = { ...wanted, column: physicalName('f', randomName()) };
  await db.script(`lock table ${ident(table.physical)} in share row exclusive mode;`);
  const rows = await convertAll(db, table, from, to);
  const spares = await takeSpares(db, table, to);
  await db.run(sql`update catalogue_field set column_name = ${to.column}, kind = ${to.kind}, choices = ${to.choices === null ? null : JSON.stringify(to.choices)}::jsonb where no = ${to.no}`);
  await makeSpare(db, table, from, true);
  await db.script(`${dropField(table, from)}\n${addField(table, to, undefined, spares)}\n${triggersOff(table)}`);
  await forgetTaken(db);
  if (rows.length) await write(db, table, from, to, rows);
  await db.script(triggersOn(table));
  return to;
}
