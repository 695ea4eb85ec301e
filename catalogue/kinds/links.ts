// Links to many records of one table.
import { z } from 'zod';
import { words } from './choices.ts';
import type { Kind } from './kind.ts';
import { recordId } from './link.ts';
import { readWith } from './text.ts';

const MANY = 500;
const A = '018f2b1c-7a00-7000-8000-00000000000a';
const B = '018f2b1c-7a00-7000-8000-00000000000b';

const shape = z.array(recordId, 'is not a list of ids').max(MANY, `has more than ${MANY} entries`).transform((list) => (list.length ? [...new Set(list)] : null));

export const links: Kind = {
  name: 'links',
  label: 'Links to records',
  columns: [{ suffix: '', type: 'uuid[]' }],
  check: ([c]) => `cardinality(${c}) <= ${MANY} and array_position(${c}, null) is null`,
  input: () => shape,
  toColumns: (value: string[]) => [value],
  // uuid[] arrives as an array, or as text where the driver has no parser for it.
  fromColumns: ([value]) => (typeof value === 'string' ? value.slice(1, -1).split(',') : value),
  fromText: (cell) => readWith(shape, words(cell)),
  toText: (value: (string | { id: string })[]) => value.map((v) => (typeof v === 'string' ? v : v.id)).join('; '),
  operators: ['contains', 'in', 'nin'],
  sortable: false,
  offered: true,
  fixture: { good: [[A], [B, A]], bad: [A, ['x'], [1], {}, true], texts: [[`${A}; ${B}`, [A, B]], [`${A},${A}`, [A]]], badTexts: ['Acme'] },
};
