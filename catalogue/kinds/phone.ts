// A telephone number: E.164 where it can be known for certain, otherwise kept as typed, since a CRM must lose none.
import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/min';
import { z } from 'zod';
import type { Kind } from './kind.ts';

const LONG = 60;
const TYPED = /^\+?[\d\s()+\-./#*\u2010-\u2015]*(?:(?:;\s*ext=|x|ext\.?|extn\.?|extension|durchwahl|dw\.?|app\.?)[\s.:]*[\d\s*#-]+)?$/i;

/** `+493012345` or `+12125550100;ext=12`; else the text as typed; null if it has under 3 digits or other characters. */
export function phoneNumber(typed: string, country?: string): string | null {
  const s = typed.trim().replace(/^tel:/i, '');
  if (s.length > LONG || !TYPED.test(s) || s.replace(/\D/g, '').length < 3) return null;
  // A national number shows itself by its leading 0 (North America has none); anything else might be of another country and is left as it is.
  const national = s.startsWith('0') || country === 'US' || country === 'CA';
  const parsed = parsePhoneNumberFromString(s, national ? (country as CountryCode | undefined) : undefined);
  if (!parsed?.isValid()) return s;
  return parsed.number + (parsed.ext ? `;ext=${parsed.ext}` : '');
}

const REFUSED = 'is not a telephone number';

/** Shape of one number; gives its one spelling. */
export const phoneShape = z.string(REFUSED).max(LONG, REFUSED).transform((s, context) => {
  const number = phoneNumber(s);
  if (number === null) context.addIssue(REFUSED);
  return number ?? z.NEVER;
});

const shape = z.union([z.string().regex(/^\s*$/).transform(() => null), phoneShape], REFUSED);

export const phone: Kind = {
  name: 'phone',
  label: 'Phone',
  columns: [{ suffix: '', type: 'text' }],
  check: ([c]) => `char_length(${c}) between 3 and ${LONG}`,
  input: () => shape,
  toColumns: (value: string) => [value],
  fromColumns: ([value]) => value,
  fromText: (cell, _field, locale) => {
    const value = phoneNumber(cell, locale.country);
    return value === null ? { problem: REFUSED } : { value };
  },
  toText: (value: string) => value,
  operators: ['eq', 'ne', 'in', 'nin', 'contains', 'starts_with'],
  sortable: true,
  offered: true,
  fixture: {
    good: ['+493012345678', '+12125550100;ext=1234', '112', '555-01x234'],
    bad: ['12', 'call me', '+49 30 <script>', '112; x', 1, {}, [], '1'.repeat(61)],
    texts: [['+49 (30) 1234 5678', '+493012345678'], ['tel:+49-30-12345678', '+493012345678'], ['+1 212 555 0100 x1234', '+12125550100;ext=1234'], ['123x456', '123x456']],
    badTexts: ['none', '1', 'a123'],
  },
};
