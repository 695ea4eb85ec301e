// Several of the values that an administrator listed, or free words (tags) where none are listed.
import { z } from 'zod';
import type { Field } from '../catalogue.ts';
import { choiceMeant, literal, onceFor, REFUSED } from './choice.ts';
import type { Kind } from './kind.ts';
import { plain, readWith } from './text.ts';

const MANY = 50;
const LONG = 100;

/** Words of a cell, parted by ; , | or line ends; quoted ones may hold those. */
export function words(cell: string): string[] {
  const found: string[] = [];
  for (const m of cell.matchAll(/\s*(?:"((?:[^"]|"")*)"|([^;,|\n]*))\s*(?:[;,|\n]|$)/g)) {
    const word = m[1]?.replaceAll('""', '"') ?? m[2].trim();
    if (word !== '') found.push(word);
  }
  return [...new Set(found)];
}

const quoted = (word: string) => (/[;,|\n"]|^\s|\s$/.test(word) ? `"${word.replaceAll('"', '""')}"` : word);

const tags = z.array(plain(LONG).refine((s) => s.trim() !== '', 'has an empty word'), 'is not a list');

const shapes = new WeakMap<Field, z.ZodType>();

export const choices: Kind = {
  name: 'choices',
  label: 'Choices',
  columns: [{ suffix: '', type: 'text[]' }],
  check: ([c], field) => (field.choices
    ? `${c} <@ array[${field.choices.map((o) => literal(o.value)).join(', ')}]::text[]`
    : `cardinality(${c}) <= ${MANY} and array_position(${c}, null) is null and char_length(array_to_string(${c}, '')) <= ${MANY * LONG}`),
  input: (field) => onceFor(field, shapes, shapeOf),
  toColumns: (value: string[]) => [value],
  fromColumns: ([value]) => value,
  fromText: (cell, field) => {
    if (!field.choices) return readWith(choices.input(field), words(cell));
    const whole = choiceMeant(cell, field);
    const meant = whole === null ? words(cell).map((word) => choiceMeant(word, field)) : [whole];
    return meant.includes(null) ? { problem: REFUSED } : readWith(choices.input(field), meant);
  },
  toText: (value: string[]) => value.map(quoted).join('; '),
  operators: ['contains', 'in', 'nin'],
  sortable: false,
  offered: true,
  fixture: {
    good: [['new'], ['new', "it's"]],
    bad: ['new', [1], [['new']], ['a\u0000'], [''], {}, true],
    texts: [['new', ['new']], ["new; it's", ['new', "it's"]], ["it's,new,new", ["it's", 'new']]],
    badTexts: ['\u0000'],
  },
};

function shapeOf(field: Field): z.ZodType {
  const values = field.choices?.map((c) => c.value);
  const listed = values ? z.array(z.string().refine((s) => values.includes(s), REFUSED), 'is not a list') : tags;
  return listed.transform((list) => (list.length ? [...new Set(list)] : null)).refine((list) => list === null || list.length <= MANY, `has more than ${MANY} entries`);
}
