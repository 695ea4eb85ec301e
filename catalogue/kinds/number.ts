// Decimal numbers of up to 30 digits, kept exactly; also how people write decimals, which money shares.
import { z } from 'zod';
import type { Kind, Locale } from './kind.ts';

const DIGITS = 30;

/** A decimal in one spelling: no exponent, no idle zeros, no -0; null if it is not a finite decimal of at most 30 digits. */
export function canonical(decimal: string): string | null {
  const parts = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/.exec(decimal);
  if (!parts || !(parts[2] || parts[3])) return null;
  const [, sign, whole = '', part = '', exponent = '0'] = parts;
  const shift = Number(exponent);
  const digits = whole + part;
  const point = whole.length + shift;
  const padded = point <= 0 ? '0'.repeat(1 - point) + digits : digits.padEnd(point, '0');
  const at = Math.max(point, 1);
  const integer = padded.slice(0, at).replace(/^0+(?=\d)/, '');
  const fraction = padded.slice(at).replace(/0+$/, '');
  if (integer.replace(/^0$/, '').length + fraction.length > DIGITS) return null;
  const size = fraction ? `${integer}.${fraction}` : integer;
  return sign === '-' && size !== '0' ? `-${size}` : size;
}

/** Reads 1.234,50 · 1,234.50 · 1 234,50 · 1'234.5 · (5) · 5- · 1e3; null if it is no number. Where "1.234" could mean two things the locale decides. */
export function decimalFrom(cell: string, locale: Pick<Locale, 'decimal'>): string | null {
  let s = cell.trim().replace(/[\u2212\u2013]/g, '-');
  let negative = false;
  const wrapped = /^\((.+)\)$|^([^-]+)-$|^-\s*(.+)$/.exec(s);
  if (wrapped) { negative = true; s = wrapped[1] ?? wrapped[2] ?? wrapped[3]; }
  s = s.trim().replace(/^\+/, '');
  if (/^\d+([.,]\d+)?[eE][+-]?\d{1,3}$/.test(s)) return canonical((negative ? '-' : '') + s.replace(',', '.'));
  if (/\d[\s'’]/.test(s)) {
    if (!/^\d{1,3}([\s'’]\d{3})+([.,]\d*)?$/.test(s)) return null;
    return canonical((negative ? '-' : '') + s.replace(/[\s'’]/g, '').replace(',', '.'));
  }
  const plain = ungrouped(s, locale.decimal);
  return plain === null ? null : canonical((negative ? '-' : '') + plain);
}

function ungrouped(s: string, decimal: '.' | ','): string | null {
  if (!/^[\d.,]*\d[\d.,]*$/.test(s)) return null;
  const marks = s.replace(/\d/g, '');
  if (marks === '') return s;
  const last = marks.at(-1) as '.' | ',';
  const group = last === '.' ? ',' : '.';
  const isDecimal = marks.length === 1
    ? last === decimal || !/^[1-9]\d{0,2}[.,]\d{3}$/.test(s)
    : marks.indexOf(last) === marks.length - 1;
  const whole = isDecimal ? s.slice(0, s.lastIndexOf(last)) : s;
  const mark = isDecimal ? group : last;
  if (whole.includes(mark) && !new RegExp(`^\\d{1,3}(\\${mark}\\d{2,3})*\\${mark}\\d{3}$`).test(whole)) return null;
  const integer = whole.replaceAll(mark, '');
  if (!/^\d*$/.test(integer)) return null;
  return isDecimal ? `${integer || '0'}.${s.slice(s.lastIndexOf(last) + 1)}` : integer;
}

/** Writes a canonical decimal so that every locale reads the same: three decimals get a fourth, since 1.234 may mean 1234. */
export const unmistakable = (decimal: string) => (/\.\d{3}$/.test(decimal) ? `${decimal}0` : decimal);

const REFUSED = `is not a number of at most ${DIGITS} digits`;

const shape = z.union([z.number(), z.string().max(100)], REFUSED).transform((value, context) => {
  if (typeof value === 'string' && value.trim() === '') return null;
  const decimal = canonical(String(value).trim());
  if (decimal === null) context.addIssue(REFUSED);
  return decimal === null ? z.NEVER : json(decimal);
});

export const number: Kind = {
  name: 'number',
  label: 'Number',
  columns: [{ suffix: '', type: 'numeric' }],
  // NaN sorts above Infinity in PostgreSQL, so that the upper bound refuses both.
  check: ([c]) => `${c} > -1e${DIGITS} and ${c} < 1e${DIGITS} and scale(${c}) <= ${DIGITS}`,
  input: () => shape,
  toColumns: (value: number | string) => [canonical(String(value))],
  fromColumns: ([value]) => json(canonical(String(value)) ?? String(value)),
  fromText: (cell, _field, locale) => {
    const decimal = decimalFrom(cell.trim().replace(/\s*%$/, ''), locale);
    return decimal === null ? { problem: REFUSED } : { value: json(decimal) };
  },
  toText: (value: number | string) => unmistakable(canonical(String(value)) ?? ''),
  operators: ['eq', 'ne', 'in', 'nin', 'lt', 'lte', 'gt', 'gte', 'between'],
  sortable: true,
  offered: true,
  fixture: {
    good: [0, -5, 1.5, 0.1, 1e15, 1.234, '123456789012345678901234567890', '0.100000000000000000000000000001'],
    bad: [NaN, Infinity, -Infinity, 'NaN', 'Infinity', '1,5', '0x10', 'abc', true, {}, [], '1234567890123456789012345678901', 5e-324],
    texts: [['1,234.50', 1234.5], ['1234', 1234], ['1 234,50', 1234.5], ["1'234.5", 1234.5], ['(5)', -5], ['-5', -5], ['5-', -5], ['−7', -7], ['1.234.567,89', 1234567.89],
      ['1.234.567', 1234567], ['12,5', 12.5], ['.5', 0.5], ['50 %', 50], ['1.5E+3', 1500], ['12,34,567.5', 1234567.5], ['007', 7], ['0.250', 0.25]],
    badTexts: ['abc', '1.2.3,4,5', '1,2,3', '--5', '12 34', 'NaN', '1e999', '.', '1..2'],
  },
};

/** A JSON number where a double gives the digits back, else the digits. */
function json(decimal: string): number | string {
  const double = Number(decimal);
  return canonical(String(double)) === decimal ? double : decimal;
}
