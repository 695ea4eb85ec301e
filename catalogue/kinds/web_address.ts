// A web address that is safe to click: http and https only, whatever was typed.
import { z } from 'zod';
import type { Kind } from './kind.ts';

const LIMIT = 2_000;

/** The address with its scheme, or null. `javascript:`, `data:`, blanks and control characters inside, and user names before the host are refused. */
export function webAddress(typed: string): string | null {
  const s = typed.trim();
  if (s === '' || s.length > LIMIT || !s.isWellFormed() || /[\s\u0000-\u001f\u007f\\<>"\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/.test(s)) return null;
  const schemed = /^https?:\/\/[^/]/i.test(s);
  if (!schemed && (/^[a-z][a-z0-9+.-]*:(?!\d)/i.test(s) || /^[/.?#@:]/.test(s))) return null;
  const whole = schemed ? s : `https://${s}`;
  if (!URL.canParse(whole)) return null;
  const url = new URL(whole);
  if (url.username || url.password || !url.hostname || (!schemed && !url.hostname.includes('.'))) return null;
  const href = url.pathname === '/' && !url.search && !url.hash && !s.endsWith('/') ? url.href.replace(/\/$/, '') : url.href;
  return href.length <= LIMIT ? href : null;
}

const REFUSED = 'is not a web address (http or https)';

const shape = z.string(REFUSED).transform((s, context) => {
  if (s.trim() === '') return null;
  const address = webAddress(s);
  if (address === null) context.addIssue(REFUSED);
  return address ?? z.NEVER;
});

export const webAddressKind: Kind = {
  name: 'web_address',
  label: 'Web address',
  columns: [{ suffix: '', type: 'text' }],
  check: ([c]) => `char_length(${c}) <= ${LIMIT} and ${c} ~ '^https?://[^[:space:]]+$'`,
  input: () => shape,
  toColumns: (value: string) => [value],
  fromColumns: ([value]) => value,
  fromText: (cell) => {
    const value = webAddress(cell);
    return value === null ? { problem: REFUSED } : { value };
  },
  toText: (value: string) => value,
  operators: ['eq', 'ne', 'in', 'nin', 'contains', 'starts_with'],
  sortable: true,
  offered: true,
  fixture: {
    good: ['https://example.com', 'http://example.com/', 'https://example.com/a?b=c#d', 'http://intranet/x', 'https://example.com:8080/x'],
    bad: ['javascript:alert(1)', 'JavaScript:1', 'data:text/html,x', 'vbscript:x', 'java\tscript:alert(1)', 'ftp://example.com', 'mailto:a@example.com', 'https://a b.com', 'https://', '//example.com', 'https:\\\\example.com',
      'https://paypal.com@evil.example', 'word', 'a\u0000.com', '\u0001javascript:1', 1, {}, []],
    texts: [['example.com', 'https://example.com'], ['www.example.com/x', 'https://www.example.com/x'], [' HTTPS://Example.com ', 'https://example.com'], ['example.com:8080/x', 'https://example.com:8080/x'], ['müller.de', 'https://xn--mller-kva.de']],
    badTexts: ['javascript:alert(1)', 'n/a', 'two words', 'localhost:80'],
  },
};
