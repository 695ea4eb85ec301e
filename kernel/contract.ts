// What an endpoint promises to outside programs: method, path, shapes; pure, so that the browser may import contracts.
import { z } from 'zod';

type Shape = z.ZodType;

export interface Endpoint<P extends Shape = Shape, Q extends Shape = Shape, B extends Shape = Shape, A extends Shape = Shape> {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below /api/v1, with `:name` for parameters. */
  path: string;
  /** One sentence for the API description. */
  summary: string;
  /** Who may call: anyone, a signed-in member, or only a member whose profile has that right (the database refuses too). */
  who: 'public' | 'member' | 'administer' | 'dpo';
  params?: P;
  query?: Q;
  /** Unknown keys are refused: use z.strictObject. */
  body?: B;
  answer?: A;
  /** Status when it works: 200 unless said. */
  status?: number;
  /** The body is multipart/form-data and read by the clerk itself. */
  multipart?: boolean;
}

/** Declares an endpoint and keeps its types. */
export function endpoint<P extends Shape, Q extends Shape, B extends Shape, A extends Shape>(e: Endpoint<P, Q, B, A>): Endpoint<P, Q, B, A> {
  return e;
}

/** Text from outside: no NUL (PostgreSQL has none), no lone surrogate (not UTF-8), limited in length. */
export const text = (max = 200) => z.string().max(max)
  .refine((s) => !s.includes('\u0000') && s.isWellFormed(), 'has characters that cannot be stored');

/** A name that people type: not blank, and no control or direction-changing characters that would fool the eye. */
export const label = (max = 200) => text(max)
  .refine((s) => s.trim() !== '' && /[^\s\u200b-\u200f\u2060\ufeff]/u.test(s), 'is empty')
  .refine((s) => !/[\u0001-\u001f\u007f\u202a-\u202e\u2066-\u2069]/u.test(s), 'has control characters');

/** The name of a table or field in the API. */
export const name = z.string().regex(/^[a-z][a-z0-9_]{0,59}$/, 'starts with a letter; only a-z, 0-9 and _; at most 60');

export const uuid = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i, 'is not an id').transform((s) => s.toLowerCase());

/** `{"data":[…],"next":…}`, the form of every list. */
export const list = <T extends Shape>(item: T) => z.object({ data: z.array(item), next: z.string().nullable() });

/** Query of every list of settings: entries a page, and the `next` of the page before. */
export const pageQuery = z.strictObject({ limit: z.coerce.number().int().min(1).max(500).default(50), cursor: z.string().max(400).optional() });
