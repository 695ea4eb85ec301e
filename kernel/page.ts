// Pages of short lists (members, profiles, tables), which are read whole and cut; records have cursors of their own.
import type { z } from 'zod';
import type { pageQuery } from './contract.ts';
import { invalid } from './errors.ts';

/**
 * The page after the entry that `cursor` names, in the order given; `keyOf` must be unique among the entries.
 * @throws Problem 422 when that entry is not there any more.
 */
export function pageOf<T>(all: T[], query: z.output<typeof pageQuery>, keyOf: (entry: T) => string): { data: T[]; next: string | null } {
  const after = query.cursor === undefined ? 0 : all.findIndex((entry) => cursorOf(keyOf(entry)) === query.cursor) + 1;
  if (query.cursor !== undefined && after === 0) throw invalid('cursor', 'The list has changed. Start again without a cursor.');
  const data = all.slice(after, after + query.limit);
  return { data, next: after + query.limit < all.length ? cursorOf(keyOf(data.at(-1) as T)) : null };
}

const cursorOf = (key: string) => Buffer.from(key).toString('base64url');
