// One line of text, and the shape of all storable text that the other kinds build upon.
import { z } from 'zod';
import type { Kind } from './kind.ts';

/** Text that PostgreSQL can keep (no NUL, no lone surrogate), at most `max` UTF-16 units; blank text means "empty" (null). */
export const storable = (max: number) => plain(max).transform((s) => (s.trim() === '' ? null : s));

/** The same without turning blank into null, for parts of a value. */
export const plain = (max: number) => z.string('is not a text').max(max, `is longer than ${max} characters`)
  .refine((s) => !s.includes('\u0000') && s.isWellFormed(), 'has characters that cannot be stored');

/** The problem of a text that a shape refuses, or its value. */
export function readWith(shape: z.ZodType, value: unknown): { value: unknown } | { problem: string } {
  const read = shape.safeParse(value);
  return read.success ? { value: read.data } : { problem: read.error.issues[0].message };
}

const LIMIT = 2_000;
// Made once: building a shape costs more than a hundred uses of it.
const shape = storable(LIMIT);
const cellShape = plain(LIMIT);

export const text: Kind = {
  name: 'text',
  label: 'Text',
  columns: [{ suffix: '', type: 'text' }],
  check: ([c]) => `char_length(${c}) between 1 and ${LIMIT}`,
  input: () => shape,
  toColumns: (value: string) => [value],
  fromColumns: ([value]) => value,
  fromText: (cell) => readWith(cellShape, cell),
  toText: (value: string) => value,
  operators: ['eq', 'ne', 'in', 'nin', 'contains', 'starts_with', 'lt', 'lte', 'gt', 'gte', 'between'],
  sortable: true,
  offered: true,
  fixture: {
    good: ['Ada', ' two  blanks ', "O'Hara; DROP", 'Ünïcödé 漢字 😀', '=1+1', 'a\tb\nc', 'x'.repeat(LIMIT)],
    bad: [1, true, {}, [], 'a\u0000b', '\ud800', 'x'.repeat(LIMIT + 1)],
    texts: [['Ada', 'Ada'], [' kept ', ' kept '], ['0049', '0049']],
    badTexts: ['a\u0000b', 'x'.repeat(LIMIT + 1)],
  },
};
