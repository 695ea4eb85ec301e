// An e-mail address in one spelling: domain in lower case and ASCII (punycode), local part as written.
import { z } from 'zod';
import type { Kind } from './kind.ts';

const LOCAL = /^[^\s@"(),:;<>\\[\]\u0000-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]{1,64}$/u;
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** The address in its one spelling, or null where it is none. Quoted local parts and bare host names are refused. */
export function emailAddress(typed: string): string | null {
  const s = typed.trim();
  const at = s.lastIndexOf('@');
  const local = s.slice(0, at);
  if (at < 1 || !s.isWellFormed() || !LOCAL.test(local) || /^\.|\.$|\.\./.test(local)) return null;
  const domain = asciiDomain(s.slice(at + 1));
  return domain && local.length + 1 + domain.length <= 254 ? `${local}@${domain}` : null;
}

function asciiDomain(domain: string): string | null {
  const lower = domain.toLowerCase();
  if (DOMAIN.test(lower)) return lower;
  // The URL parser would cut or decode these instead of refusing them.
  if (/[\s/\\?#:@%[\]<>"]/.test(lower) || !/[^\u0000-\u007f]/.test(lower) || !URL.canParse(`http://${lower}`)) return null;
  const ascii = new URL(`http://${lower}`).hostname;
  return DOMAIN.test(ascii) ? ascii : null;
}

const REFUSED = 'is not an e-mail address';

/** Shape of one address; gives its one spelling. */
export const emailShape = z.string(REFUSED).max(320, REFUSED).transform((s, context) => {
  const address = emailAddress(s);
  if (address === null) context.addIssue(REFUSED);
  return address ?? z.NEVER;
});

/** An address out of a cell such as `Ada Lovelace <ada@example.com>` or `mailto:ada@example.com`. */
export const emailInCell = (cell: string) => emailAddress(/^[^<>]*<([^<>]+)>$/.exec(cell.trim())?.[1] ?? cell.trim().replace(/^mailto:/i, ''));

const shape = z.union([z.string().regex(/^\s*$/).transform(() => null), emailShape], REFUSED);

export const email: Kind = {
  name: 'email',
  label: 'E-mail',
  columns: [{ suffix: '', type: 'text' }],
  check: ([c]) => `char_length(${c}) <= 254 and ${c} ~ '^[^@[:space:]]+@[^@[:space:]]+$'`,
  input: () => shape,
  toColumns: (value: string) => [value],
  fromColumns: ([value]) => value,
  fromText: (cell) => {
    const value = emailInCell(cell);
    return value === null ? { problem: REFUSED } : { value };
  },
  toText: (value: string) => value,
  operators: ['eq', 'ne', 'in', 'nin', 'contains', 'starts_with', 'lt', 'lte', 'gt', 'gte', 'between'],
  sortable: true,
  offered: true,
  fixture: {
    good: ['ada@example.com', "o'Hara+news@sub.example.co.uk", 'Ada.L@xn--mller-kva.de', 'jörg@example.de'],
    bad: ['ada', '@example.com', 'ada@', 'a b@example.com', 'ada@localhost', 'ada@example..com', '.ada@example.com', 'a..b@example.com', 'ada@1.2.3.4', 'ada@-x.com', 'a\u0000@example.com', 'a\u200bb@example.com',
      'a@b@example.com', 'x@example.com\r\nBcc: y@example.com', 'x'.repeat(65) + '@example.com', 1, {}, []],
    texts: [[' Ada@EXAMPLE.com ', 'Ada@example.com'], ['Ada Lovelace <ada@example.com>', 'ada@example.com'], ['mailto:ada@example.com', 'ada@example.com'], ['ada@Müller.de', 'ada@xn--mller-kva.de']],
    badTexts: ['none', 'ada@example', 'ada at example.com'],
  },
};
