// How names of the catalogue are written in SQL, and which columns a field has.
import type { Field } from './catalogue.ts';
import { kindOf } from './kinds.ts';

export const ident = (name: string) => `"${name.replaceAll('"', '""')}"`;
export const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** Physical columns of a field, in the order of its kind's `columns`. */
export const columnsOf = (field: Field) => kindOf(field).columns.map((c) => field.column + c.suffix);

/** More columns than this are refused: PostgreSQL ends at 1,600, the law and later releases need some. */
export const MOST_COLUMNS = 1500;

/** A readable id from the creation time on would tell counts in no form: physical names are random (SPEC 1.1). */
export const physicalName = (prefix: 't' | 'f', random: string) => `${prefix}_${random}`;
