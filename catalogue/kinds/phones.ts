// All telephone numbers of a person or company, of which exactly one is the primary one.
import { entries, entriesIn, entriesText, listCheck } from './emails.ts';
import type { Kind } from './kind.ts';
import { phoneNumber, phoneShape } from './phone.ts';

const shape = entries('number', phoneShape);

export const phones: Kind = {
  name: 'phones',
  label: 'Phone numbers',
  columns: [{ suffix: '', type: 'jsonb' }],
  check: ([c]) => listCheck(c),
  input: () => shape,
  toColumns: (value) => [JSON.stringify(value)],
  fromColumns: ([value]) => (typeof value === 'string' ? JSON.parse(value) : value),
  fromText: (cell, _field, locale) => {
    const read = shape.safeParse(entriesIn(cell, 'number', /[,|\n]|;(?!\s*ext=)/, (part) => phoneNumber(part, locale.country)));
    return read.success ? { value: read.data } : { problem: 'has something that is not a telephone number' };
  },
  toText: (value) => entriesText('number', value),
  operators: ['contains'],
  sortable: false,
  offered: false,
  fixture: {
    good: [[{ number: '+493012345678', label: 'work', primary: true }], [{ number: '+12125550100;ext=12', label: '', primary: true }, { number: '112', label: '', primary: false }]],
    bad: ['112', [{ number: 'x' }], [{ number: '112' }, { number: '112' }], {}, 1, [112]],
    texts: [['+49 30 12345678; 112', [{ number: '+493012345678', label: '', primary: true }, { number: '112', label: '', primary: false }]]],
    badTexts: ['none', '112; x'],
  },
};
