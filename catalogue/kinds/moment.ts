// A point in time, kept to the microsecond and always spoken of in UTC.
import { z } from 'zod';
import { day, dayFrom } from './date.ts';
import type { Kind } from './kind.ts';

const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([AaPp][Mm])?\s*(Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2}(?::\d{2})?)?)?$/;

/** Day 'YYYY-MM-DD' and a clock text → 'YYYY-MM-DDTHH:MM:SS.ffffffZ', or null. Without a zone UTC is meant; digits beyond microseconds are cut. */
function instant(date: string, clock: string): string | null {
  const m = CLOCK.exec(clock);
  if (!m) return null;
  const [, h, minute, second = '0', fraction = '', half, zone = 'Z'] = m;
  let hour = Number(h);
  if (half) {
    if (hour < 1 || hour > 12) return null;
    hour = (hour % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
  }
  if (hour > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  // Local time before time zones has offsets with seconds, which PostgreSQL writes (+00:53:28).
  const [zh, zm = 0, zs = 0] = /^[+-]/.test(zone) ? (zone.slice(1).match(/\d{2}/g) ?? []).map(Number) : [0];
  const sign = zone[0] === '-' ? -1 : 1;
  if (zh > 15 || zm > 59 || zs > 59) return null;
  const [y, mo, d] = date.split('-').map(Number);
  const at = new Date(0);
  at.setUTCFullYear(y, mo - 1, d);
  at.setUTCHours(hour, Number(minute) - sign * (zh * 60 + zm), Number(second) - sign * zs);
  const utc = day(at.getUTCFullYear(), at.getUTCMonth() + 1, at.getUTCDate());
  return utc && `${utc}T${at.toISOString().slice(-13, -5)}.${fraction.slice(0, 6).padEnd(6, '0')}Z`;
}

/** ISO 8601, or PostgreSQL's form of it ('2026-11-24 14:31:00.123456+00'). A bare day is its first moment in UTC. */
export function isoMoment(s: string): string | null {
  const m = /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](.+))?$/.exec(s.trim());
  const date = m && day(Number(m[1]), Number(m[2]), Number(m[3]));
  return date ? instant(date, m[4] ?? '00:00') : null;
}

const REFUSED = 'is not a moment written as YYYY-MM-DDTHH:MM:SSZ (years 1 to 9999)';

const shape = z.string(REFUSED).max(50, REFUSED).transform((s, context) => {
  if (s.trim() === '') return null;
  const read = isoMoment(s);
  if (!read) context.addIssue(REFUSED);
  return read || z.NEVER;
});

export const moment: Kind = {
  name: 'moment',
  label: 'Date and time',
  columns: [{ suffix: '', type: 'timestamptz' }],
  check: ([c]) => `${c} >= '0001-01-01 00:00:00+00' and ${c} < '10000-01-01 00:00:00+00'`,
  input: () => shape,
  toColumns: (value: string) => [value],
  fromColumns: ([value]) => isoMoment(value instanceof Date ? value.toISOString() : String(value)),
  fromText: (cell, _field, locale) => {
    const s = cell.trim();
    const m = /^(.+?)(?:\s*,?\s+|(?<=\d)T)(\d{1,2}:\d{2}.*)$/.exec(s);
    const date = dayFrom(m ? m[1] : s, locale);
    const read = isoMoment(s) ?? (date && instant(date, m ? m[2] : '00:00'));
    return read ? { value: read } : { problem: 'is not a date with time' };
  },
  toText: (value: string) => value,
  operators: ['eq', 'ne', 'in', 'nin', 'lt', 'lte', 'gt', 'gte', 'between'],
  sortable: true,
  offered: true,
  fixture: {
    good: ['2026-11-24T14:31:00.123456Z', '0001-01-01T00:00:00.000000Z', '9999-12-31T23:59:59.999999Z'],
    bad: ['2026-11-24T25:00:00Z', '2026-02-30T00:00:00Z', '2026-11-24T10:00:00+99:00', '9999-12-31T23:59:59-05:00', 'infinity', 'now', 0, true, {}],
    texts: [['2026-11-24T14:31:00Z', '2026-11-24T14:31:00.000000Z'], ['2026-11-24 14:31:00.123456+00', '2026-11-24T14:31:00.123456Z'], ['24.11.2026 14:31', '2026-11-24T14:31:00.000000Z'], ['11/24/2026 2:31 PM', '2026-11-24T14:31:00.000000Z'],
      ['2026-11-24T01:00:00+02:00', '2026-11-23T23:00:00.000000Z'], ['Oct 20, 2016, 12:00 AM', '2016-10-20T00:00:00.000000Z'], ['2026-11-24', '2026-11-24T00:00:00.000000Z'], ['2026-11-24T01:00:00-0330', '2026-11-24T04:30:00.000000Z'],
      ['1890-01-01 00:53:28.5+00:53:28', '1890-01-01T00:00:00.500000Z']],
    badTexts: ['14:31', 'noon', '24.11.2026 25:00', '2026-11-24T14:61'],
  },
};
