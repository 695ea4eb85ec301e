// Yes or no.
import { z } from 'zod';
import type { Kind } from './kind.ts';

const YES = new Set(['yes', 'y', 'ja', 'j', 'true', 'wahr', 't', '1', 'x', 'on', '✓', '✔']);
const NO = new Set(['no', 'n', 'nein', 'false', 'falsch', 'f', '0', 'off', '-']);

const shape = z.boolean('is neither true nor false');

export const yesNo: Kind = {
  name: 'yes_no',
  label: 'Yes or no',
  columns: [{ suffix: '', type: 'boolean' }],
  check: () => null,
  input: () => shape,
  toColumns: (value: boolean) => [value],
  fromColumns: ([value]) => value === true || value === 't',
  fromText: (cell) => {
    const word = cell.trim().toLowerCase();
    if (YES.has(word)) return { value: true };
    return NO.has(word) ? { value: false } : { problem: 'is neither yes nor no' };
  },
  toText: (value: boolean) => (value ? 'true' : 'false'),
  operators: ['eq', 'ne'],
  sortable: true,
  offered: true,
  fixture: {
    good: [true, false],
    bad: ['true', 1, 0, '', {}, []],
    texts: [['Yes', true], ['JA', true], ['1', true], ['true', true], ['nein', false], ['0', false], ['No', false]],
    badTexts: ['maybe', '2', 'yesno'],
  },
};
