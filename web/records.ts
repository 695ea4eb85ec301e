// Records as the screens read and write them: asking for rows, saving changes, and keeping all that is shown in step.
import { queryOptions } from '@tanstack/react-query';
import type { SeenField, SeenTable } from './me.ts';
import { call, queries, type Query } from './client.ts';
import type { FilterNode } from './filter.ts';

/** A record, member or nothing that a value points to; `id` is null where only the label may be seen. */
export interface Ref { id: string | null; label: string; table?: string }
export interface Row { id: string; owner: Ref | null; created_at: string; changed_at: string; locked?: boolean; [field: string]: unknown }
export interface Page { data: Row[]; next: string | null; count?: number; count_more?: boolean }
/** What a list asks for. `fields` keeps answers small; the title field is always among them. */
export interface Asked { filter?: FilterNode; sort?: string; q?: string; fields?: string[] }

const system = (name: string, label: string, kind: SeenField['kind']): SeenField => ({
  name, label, kind, required: false, unique: false, tracked: false, personal: 'no', category: null, purpose: null, origin: null,
  to: null, choices: null, computed: true, level: 'read',
});
/** Fields that every record has beside those of its table. */
export const SYSTEM_FIELDS: SeenField[] = [
  system('owner', 'Owner', 'member'), system('created_at', 'Created', 'moment'), system('created_by', 'Created by', 'member'),
  system('changed_at', 'Changed', 'moment'), system('changed_by', 'Changed by', 'member'),
];
/** Fields of the table and the system's, in that order. */
export const allFields = (table: SeenTable): SeenField[] => [...table.fields, ...SYSTEM_FIELDS.filter((s) => !table.fields.some((f) => f.name === s.name))];

/** What stands for a record in headings and links. */
export function labelOf(table: SeenTable, row: Row): string {
  const value = row[table.title] ?? row.label;
  const text = typeof value === 'object' && value !== null ? (value as Ref).label : value;
  return text === null || text === undefined || text === '' ? '' : String(text);
}

/** One page of at most `limit` rows after `cursor`; `count` adds a number of visible rows. */
export function askPage(table: string, asked: Asked, more: { cursor?: string | null; limit: number; count?: 'exact' | 'estimate' }, signal?: AbortSignal): Promise<Page> {
  const { filter, sort, q, fields } = asked;
  const path = `/records/${table}`;
  if (!filter) {
    const query: Query = { sort, q, fields: fields?.join(','), cursor: more.cursor, limit: more.limit, count: more.count };
    return call<Page>('GET', path, { query, signal });
  }
  const body = { filter, sort, q: q || undefined, fields, cursor: more.cursor ?? undefined, limit: more.limit, count: more.count };
  return call<Page>('POST', `${path}/query`, { body, signal });
}

export const recordQuery = (table: string, id: string) => queryOptions({
  queryKey: ['records', table, 'one', id],
  queryFn: ({ signal }) => call<Row>('GET', `/records/${table}/${id}`, { signal }),
});

export interface Access { see: boolean; change: boolean; delete: boolean; share: boolean; hand_over?: boolean; fields: Record<string, string> }
export const accessQuery = (table: string, id: string) => queryOptions({
  queryKey: ['records', table, 'access', id],
  queryFn: ({ signal }) => call<Access>('GET', `/records/${table}/${id}/access`, { signal }),
});

/** Whatever is held under ['records', table]: pages of lists, endless lists, single records. */
type Held = { pages?: Page[]; data?: Row[]; id?: string; changed_at?: string } | undefined;
const inPage = (page: Page, row: Row): Page => (page.data.some((r) => r.id === row.id) ? { ...page, data: page.data.map((r) => (r.id === row.id ? { ...r, ...row } : r)) } : page);

/** Puts a row's values wherever the record is shown: lists, panels, pages. */
export function showRow(table: string, row: Row): void {
  queries.setQueriesData<Held>({ queryKey: ['records', table] }, (held) => {
    if (!held) return held;
    if (Array.isArray(held.pages)) return { ...held, pages: held.pages.map((p) => inPage(p, row)) };
    if (Array.isArray(held.data)) return inPage(held as Page, row);
    return held.id === row.id && held.changed_at ? { ...held, ...row } : held;
  });
}

/** Takes rows that are gone (or no longer seen) out of every list, without asking for the lists anew. */
export function hideRows(table: string, ids: Set<string>): void {
  queries.setQueriesData<Held>({ queryKey: ['records', table] }, (held) => {
    const without = (page: Page): Page => ({ ...page, data: page.data.filter((r) => !ids.has(r.id)) });
    if (held && Array.isArray(held.pages)) return { ...held, pages: held.pages.map(without) };
    return held && Array.isArray(held.data) ? without(held as Page) : held;
  });
  void queries.invalidateQueries({ queryKey: ['records', table, 'count'] });
}

/** Has lists (and related things) of the table asked for anew, after rows came or went. */
export function refreshTable(table: string): Promise<void> {
  return queries.invalidateQueries({ queryKey: ['records', table] });
}
