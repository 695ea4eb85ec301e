// What one kind of field must say of itself; each kind is one file beside this one.
import type { z } from 'zod';
import type { Field } from '../catalogue.ts';

export type Operator = 'eq' | 'ne' | 'in' | 'nin' | 'lt' | 'lte' | 'gt' | 'gte' | 'between' | 'contains' | 'starts_with' | 'is_empty' | 'not_empty';

/** Physical columns of a field: the first is the field's own column, others carry a suffix (`_currency`, `_table`). */
export interface Column { suffix: '' | '_currency' | '_table'; type: string }

export type FromText = { value: unknown } | { problem: string };

export interface Kind {
  name: Field['kind'];
  /** How the screens call it. */
  label: string;
  columns: Column[];
  /** SQL condition that every stored value meets, over quoted column expressions; null for none. Never mentions other fields. */
  check(columns: string[], field: Field): string | null;
  /** JSON as callers write it (a null is handled outside). */
  input(field: Field): z.ZodType;
  /** From validated JSON to one parameter per column, in the order of `columns`. */
  toColumns(value: any, field: Field): unknown[];
  /** From column values to JSON as callers read it. Links and members arrive as ids here; their labels are joined by the record engine. */
  fromColumns(values: any[], field: Field): unknown;
  /** From a cell of a file; `locale` decides 1.234,5 and 31.12.2026. Blank text never reaches it. */
  fromText(text: string, field: Field, locale: Locale): FromText;
  /** To a cell of a file; lossless with fromText. */
  toText(value: any, field: Field): string;
  /** Operators offered by filters, besides is_empty and not_empty which all have. */
  operators: Operator[];
  /** Whether a value can be compared with < and >; if so lists may be sorted by it. */
  sortable: boolean;
  /** Whether administrators may make fields of this kind. */
  offered: boolean;
  /** Values for the proofs: each good one survives a round trip; each bad one is refused; texts pair a cell with its value. */
  fixture: { good: unknown[]; bad: unknown[]; texts: [cell: string, value: unknown][]; badTexts: string[] };
}

export interface Locale { decimal: '.' | ','; dayFirst: boolean; currency: string; country: string }
