// One of the values that an administrator listed.
import { z } from 'zod';
import type { Field } from '../catalogue.ts';
import type { Kind } from './kind.ts';

/** A text as an SQL literal; safe whatever it holds, since standard_conforming_strings is on. */
export const literal = (s: string) => `'${s.replaceAll("'", "''")}'`;

/** The value that a person means by its value or label, ignoring case and outer blanks; null if none. */
export function choiceMeant(cell: string, field: Field): string | null {
  const word = cell.trim().toLowerCase();
  const choices = field.choices ?? [];
  const found = choices.find((c) => c.value === cell.trim()) ?? choices.find((c) => c.value.toLowerCase() === word) ?? choices.find((c) => c.label.trim().toLowerCase() === word);
  return found ? found.value : null;
}

export const REFUSED = 'is not one of the choices';

/** A shape that depends on the field's choices is made once for each description of the field. */
export function onceFor(field: Field, made: WeakMap<Field, z.ZodType>, make: (field: Field) => z.ZodType): z.ZodType {
  const known = made.get(field) ?? make(field);
  made.set(field, known);
  return known;
}

const shapes = new WeakMap<Field, z.ZodType>();

function shapeOf(field: Field): z.ZodType {
  const values = (field.choices ?? []).map((c) => c.value);
  return z.string(REFUSED).refine((s) => s.trim() === '' || values.includes(s), REFUSED).meta({ enum: ['', ...values] }).transform((s) => (s.trim() === '' ? null : s));
}

export const choice: Kind = {
  name: 'choice',
  label: 'Choice',
  columns: [{ suffix: '', type: 'text' }],
  check: ([c], field) => (field.choices?.length ? `${c} in (${field.choices.map((o) => literal(o.value)).join(', ')})` : `${c} is null`),
  input: (field) => onceFor(field, shapes, shapeOf),
  toColumns: (value: string) => [value],
  fromColumns: ([value]) => value,
  fromText: (cell, field) => {
    const value = choiceMeant(cell, field);
    return value === null ? { problem: REFUSED } : { value };
  },
  toText: (value: string) => value,
  operators: ['eq', 'ne', 'in', 'nin'],
  sortable: true,
  offered: true,
  fixture: {
    good: ['new', "it's"],
    bad: ['New', 'other', 1, [], {}, true],
    texts: [['new', 'new'], [' NEW ', 'new'], ['Fresh', 'new'], ["it's", "it's"]],
    badTexts: ['other', 'ne'],
  },
};
