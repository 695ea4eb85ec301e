// A day of the calendar without time or zone, years 1 to 9999; also how people write days, which moment shares.
import { z } from 'zod';
import type { Kind, Locale } from './kind.ts';

const MONTHS = ['jan', 'feb', 'mar|mär|mrz|maer', 'apr', 'may|mai', 'jun', 'jul', 'aug', 'sep', 'oct|okt', 'nov', 'dec|dez'].map((m) => new RegExp(`^(?:${m})\\p{L}*\\.?$`, 'iu'));

/** 'YYYY-MM-DD' of a day that exists, else null. */
export function day(year: number, month: number, date: number): string | null {
  if (!(year >= 1 && year <= 9999 && month >= 1 && month <= 12 && date >= 1)) return null;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  if (date > [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]) return null;
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}`;
}

/** Two digits mean 1970–2069; others are taken as they are. */
const century = (year: string) => (year.length > 2 ? Number(year) : Number(year) + (Number(year) < 70 ? 2000 : 1900));

/** Reads 31.12.2026 · 12/31/2026 · 2026-12-31 · 20261231 · Oct 20, 2016 · 20. Oktober 2016; null if it is no day. */
export function dayFrom(cell: string, locale: Pick<Locale, 'dayFirst'>): string | null {
  const s = cell.trim();
  let m = /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})$/.exec(s);
  if (m) return day(Number(m[1]), Number(m[3]), Number(m[4]));
  m = /^(\d{4})(\d{2})(\d{2})$/.exec(s);
  if (m) return day(Number(m[1]), Number(m[2]), Number(m[3]));
  m = /^(\d{1,2})([-/.])\s?(\d{1,2})\2\s?(\d{4}|\d{2})$/.exec(s);
  if (m) {
    const [a, b] = [Number(m[1]), Number(m[3])];
    // Dots are only used day first; otherwise a part above 12 settles it, and the locale where none is.
    const dayFirst = m[2] === '.' || a > 12 || (b <= 12 && locale.dayFirst);
    return dayFirst ? day(century(m[4]), b, a) : day(century(m[4]), a, b);
  }
  m = /^(?:\p{L}+\.?,?\s+)?(\d{1,2})(?:st|nd|rd|th)?\.?[\s-]*(\p{L}+\.?),?[\s-]*(\d{4}|\d{2})$/u.exec(s);
  if (m) return day(century(m[3]), monthOf(m[2]), Number(m[1]));
  m = /^(?:\p{L}+,\s+)?(\p{L}+\.?)\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})$/u.exec(s);
  return m ? day(Number(m[3]), monthOf(m[1]), Number(m[2])) : null;
}

const monthOf = (name: string) => MONTHS.findIndex((m) => m.test(name)) + 1;

const REFUSED = 'is not a day written as YYYY-MM-DD (years 1 to 9999)';

const shape = z.string(REFUSED).max(20, REFUSED).transform((s, context) => {
  if (s.trim() === '') return null;
  const m = /^(\d{4})-(\d\d)-(\d\d)$/.exec(s.trim());
  const read = m && day(Number(m[1]), Number(m[2]), Number(m[3]));
  if (!read) context.addIssue(REFUSED);
  return read || z.NEVER;
});

export const date: Kind = {
  name: 'date',
  label: 'Date',
  columns: [{ suffix: '', type: 'date' }],
  check: ([c]) => `${c} between '0001-01-01' and '9999-12-31'`,
  input: () => shape,
  toColumns: (value: string) => [value],
  fromColumns: ([value]) => String(value).slice(0, 10),
  fromText: (cell, _field, locale) => {
    // A midnight that spreadsheets append says nothing; any other time is lost knowingly, since the field is a day.
    const read = dayFrom(cell.trim().replace(/[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2}|[AP]M)?$/i, ''), locale);
    return read ? { value: read } : { problem: 'is not a date' };
  },
  toText: (value: string) => value,
  operators: ['eq', 'ne', 'in', 'nin', 'lt', 'lte', 'gt', 'gte', 'between'],
  sortable: true,
  offered: true,
  fixture: {
    good: ['2026-11-24', '0001-01-01', '9999-12-31', '2024-02-29'],
    bad: ['2026-02-29', '2026-13-01', '0000-01-01', '10000-01-01', '24.11.2026', '2026-11-24T00:00:00Z', 'infinity', 'today', 20261124, true, {}],
    texts: [['31.12.2026', '2026-12-31'], ['1.2.26', '2026-02-01'], ['12/31/2026', '2026-12-31'], ['31/12/2026', '2026-12-31'], ['2026-12-31', '2026-12-31'], ['2026/1/5', '2026-01-05'], ['20161020', '2016-10-20'],
      ['Oct 20, 2016', '2016-10-20'], ['20 October 2016', '2016-10-20'], ['20. Oktober 2016', '2016-10-20'], ['3. März 1999', '1999-03-03'], ['20-Oct-16', '2016-10-20'], ['2026-12-31 00:00:00', '2026-12-31'], ['2026-12-31T10:00:00Z', '2026-12-31']],
    badTexts: ['31.02.2026', '2026', 'soon', '13/13/2026', '99.99.9999', 'Foo 20, 2016'],
  },
};
