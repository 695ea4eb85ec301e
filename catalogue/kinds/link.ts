// A link to one record: of one table (a foreign key), or of any table (id beside the table's number).
import { z } from 'zod';
import type { Kind } from './kind.ts';

const REFUSED = 'is not the id of a record';

/** The id of a record, in lower case. */
export const recordId = z.string(REFUSED).regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i, REFUSED).transform((s) => s.toLowerCase());

const ID = '018f2b1c-7a00-7000-8000-00000000000a';

const shape = z.union([z.literal('').transform(() => null), recordId], REFUSED);

export const link: Kind = {
  name: 'link',
  label: 'Link to a record',
  columns: [{ suffix: '', type: 'uuid' }],
  check: () => null,
  input: () => shape,
  toColumns: (value: string) => [value],
  fromColumns: ([value]) => value,
  fromText: (cell) => {
    const read = recordId.safeParse(cell.trim());
    return read.success ? { value: read.data } : { problem: REFUSED };
  },
  toText: (value: string | { id: string }) => (typeof value === 'string' ? value : value.id),
  operators: ['eq', 'ne', 'in', 'nin'],
  sortable: false,
  offered: true,
  fixture: { good: [ID], bad: ['x', ID + '0', 1, {}, [], true], texts: [[` ${ID.toUpperCase()} `, ID]], badTexts: ['Acme', '42'] },
};

const anyShape = z.strictObject({ table: z.string().regex(/^[a-z][a-z0-9_]{0,59}$/, 'is not a table'), id: recordId }, 'is not a link of the form {"table","id"}');

/**
 * Link to any table (`to` is `*`). JSON is `{"table","id"}` by the table's name; the record engine turns that into
 * `{table_no,id}` for toColumns, and fromColumns gives `{table_no,id}` back to it. A cell is `table/id`.
 */
export const linkToAny: Kind = {
  ...link,
  columns: [{ suffix: '', type: 'uuid' }, { suffix: '_table', type: 'integer' }],
  check: ([c, table]) => `(${c} is null) = (${table} is null)`,
  input: () => anyShape,
  toColumns: (value: { table_no: number; id: string }) => [value.id, value.table_no],
  fromColumns: ([id, tableNo]) => ({ table_no: Number(tableNo), id }),
  fromText: (cell) => {
    const m = /^([a-z][a-z0-9_]{0,59})\/(\S+)$/.exec(cell.trim());
    const id = recordId.safeParse(m?.[2]);
    return m && id.success ? { value: { table: m[1], id: id.data } } : { problem: 'is not a link of the form table/id' };
  },
  toText: (value: { table: string; id: string }) => `${value.table}/${value.id}`,
  fixture: { good: [{ table: 'contact', id: ID }], bad: [ID, { id: ID }, { table: 'Contact!', id: ID }, { table: 'contact', id: 'x' }, { table: 'contact', id: ID, more: 1 }, 1], texts: [[`contact/${ID}`, { table: 'contact', id: ID }]], badTexts: [ID, 'contact/1'] },
};
