// All e-mail addresses of a person or company, of which exactly one is the primary one; phones are built the same way.
import { z } from 'zod';
import { emailInCell, emailShape } from './email.ts';
import type { Kind } from './kind.ts';
import { plain } from './text.ts';

const MANY = 20;

type Entry<K extends string> = Record<K, string> & { label: string; primary: boolean };

/** Shape of a list of entries under `key`: none twice, at most 20, one primary (the first if none is said); an empty list means null. */
export function entries<K extends string>(key: K, one: z.ZodType<string>) {
  const entry = z.strictObject({ [key]: one, label: plain(50).nullish(), primary: z.boolean().nullish() } as Record<K, typeof one> & Record<'label' | 'primary', z.ZodType>);
  return z.array(entry, 'is not a list').max(MANY, `has more than ${MANY} entries`).transform((list, context) => {
    const given = list as (Record<string, string> & { label?: string | null; primary?: boolean | null })[];
    if (given.filter((e) => e.primary).length > 1) context.addIssue('has more than one primary entry');
    if (new Set(given.map((e) => e[key].toLowerCase())).size < given.length) context.addIssue('has an entry twice');
    const primary = Math.max(0, given.findIndex((e) => e.primary));
    return given.length ? given.map((e, i) => ({ [key]: e[key], label: e.label ?? '', primary: i === primary }) as Entry<K>) : null;
  });
}

/** What a cell of plain values or of JSON holds, as input for `entries`; null if a value is not readable. */
export function entriesIn(cell: string, key: string, split: RegExp, one: (part: string) => string | null): unknown {
  if (cell.trim().startsWith('[')) {
    try { return JSON.parse(cell); } catch { return null; }
  }
  const read = cell.split(split).filter((part) => part.trim() !== '').map(one);
  return read.includes(null) ? null : [...new Set(read)].map((value) => ({ [key]: value }));
}

/** Plain values where nothing is lost by that, else JSON. */
export function entriesText<K extends string>(key: K, list: Entry<K>[]): string {
  return list[0].primary && list.every((e) => e.label === '') ? list.map((e) => e[key]).join('; ') : JSON.stringify(list);
}

export const listCheck = (c: string) => `${c} is null or case jsonb_typeof(${c}) when 'array' then jsonb_array_length(${c}) between 1 and ${MANY} else false end`;

const shape = entries('address', emailShape);
const REFUSED = 'has something that is not an e-mail address';

export const emails: Kind = {
  name: 'emails',
  label: 'E-mail addresses',
  columns: [{ suffix: '', type: 'jsonb' }],
  check: ([c]) => listCheck(c),
  input: () => shape,
  toColumns: (value) => [JSON.stringify(value)],
  fromColumns: ([value]) => (typeof value === 'string' ? JSON.parse(value) : value),
  fromText: (cell) => {
    const read = shape.safeParse(entriesIn(cell, 'address', /[;,|\n]/, emailInCell));
    return read.success ? { value: read.data } : { problem: REFUSED };
  },
  toText: (value) => entriesText('address', value),
  operators: ['contains'],
  sortable: false,
  offered: false,
  fixture: {
    good: [[{ address: 'ada@example.com', label: 'work', primary: true }], [{ address: 'a@example.com', label: '', primary: false }, { address: 'b@example.com', label: 'home; "x"', primary: true }]],
    bad: ['ada@example.com', ['ada@example.com'], [{ address: 'x' }], [{ address: 'a@example.com' }, { address: 'A@example.com' }], [{ address: 'a@example.com', primary: true }, { address: 'b@example.com', primary: true }], [{ address: 'a@example.com', more: 1 }], {}, 1],
    texts: [['ada@example.com', [{ address: 'ada@example.com', label: '', primary: true }]], ['a@example.com; b@example.com', [{ address: 'a@example.com', label: '', primary: true }, { address: 'b@example.com', label: '', primary: false }]]],
    badTexts: ['ada', 'a@example.com; x', '[1'],
  },
};
