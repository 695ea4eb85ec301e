// Reads short lists (members, profiles, tokens) to their end, for screens that need them whole.
import { call } from './client.ts';

const PAGES = 20;

/** All entries of a list under `path`, at most 20 pages of 500. */
export async function everyPage<T>(path: string, signal?: AbortSignal): Promise<T[]> {
  const found: T[] = [];
  let cursor: string | undefined;
  for (let i = 0; i < PAGES; i++) {
    const { data, next } = await call<{ data: T[]; next: string | null }>('GET', path, { query: { limit: 500, cursor }, signal });
    found.push(...data);
    if (!next) break;
    cursor = next;
  }
  return found;
}
