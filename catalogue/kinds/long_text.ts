// Text of many lines: descriptions, notes.
import type { Kind } from './kind.ts';
import { plain, readWith, storable } from './text.ts';

const LIMIT = 100_000;
const shape = storable(LIMIT);
const cellShape = plain(LIMIT);

export const longText: Kind = {
  name: 'long_text',
  label: 'Long text',
  columns: [{ suffix: '', type: 'text' }],
  check: ([c]) => `char_length(${c}) between 1 and ${LIMIT}`,
  input: () => shape,
  toColumns: (value: string) => [value],
  fromColumns: ([value]) => value,
  fromText: (cell) => readWith(cellShape, cell),
  toText: (value: string) => value,
  operators: ['eq', 'ne', 'contains', 'starts_with'],
  sortable: false,
  offered: true,
  fixture: {
    good: ['one\ntwo\r\nthree', 'y'.repeat(LIMIT)],
    bad: [0, 'a\u0000', '\udfff', 'y'.repeat(LIMIT + 1)],
    texts: [['a\nb', 'a\nb']],
    badTexts: ['\ud83d', 'y'.repeat(LIMIT + 1)],
  },
};
