// Names of tables and fields: which are taken by the system, and what to propose for a label.
import type { Catalogue, Field } from '../../catalogue/catalogue.ts';
import { invalid } from '../../kernel/errors.ts';

/** Every record has these; `and`, `or`, `not` are words of filters, `visible` and `locked` of answers; the rest would confuse programs. */
const FIELDS = new Set(['id', 'owner', 'owner_no', 'created_at', 'created_by', 'changed_at', 'changed_by', 'search', 'table', 'visible', 'locked', 'and', 'or', 'not', 'constructor', 'ctid', 'xmin', 'xmax', 'cmin', 'cmax', 'tableoid']);
const TABLES = new Set(['id', 'user', 'users', 'table', 'tables', 'field', 'fields', 'record', 'records', 'member', 'members', 'profile', 'profiles', 'team', 'teams', 'group', 'groups', 'tenant', 'session', 'secret', 'activity', 'activities', 'search', 'me', 'all', 'constructor', 'information_schema', 'public']);

/** Built-in fields have their own names as columns; columns of custom ones are random. */
export const isBuiltIn = (field: Field) => !/^f_[0-9a-f]{12}$/.test(field.column);
export const isReservedField = (name: string) => FIELDS.has(name);
const SYSTEM = /^(pg|steward|s)_/;
export const isReservedTable = (name: string) => TABLES.has(name) || SYSTEM.test(name);

/** What two labels that look alike have in common: compatibility form and no case. The law's unique indexes say the same. */
export const look = (label: string) => label.normalize('NFKC').toLowerCase();

/** A free name made of a label: "Größe in m²" becomes "grosse_in_m2". */
export function proposeName(label: string, prefix: 'table' | 'field', taken: (name: string) => boolean): string {
  const plain = label.normalize('NFKD').toLowerCase().replaceAll('ß', 'ss').replace(/\p{M}/gu, '').replace(/[^a-z0-9]+/g, '_').replace(/^_+|_+$/g, '').slice(0, 50);
  const base = /^[a-z]/.test(plain) && !SYSTEM.test(plain) ? plain : plain ? `${prefix}_${plain}`.slice(0, 50) : prefix;
  for (let i = 1; ; i++) {
    const name = i === 1 ? base : `${base}_${i}`;
    if (!taken(name)) return name;
  }
}

/** Name, label and plural of a new table. @throws Problem 422 when one is reserved or exists. */
export function nameTable(given: { name?: string; label?: string; labels?: string }, { tables }: Catalogue): { name: string; label: string; labels: string } {
  if (given.name === undefined && given.label === undefined) throw invalid('label', 'is missing');
  const taken = (name: string) => isReservedTable(name) || tables.some((t) => t.name === name);
  const label = given.label ?? spoken(given.name!);
  if (given.name !== undefined && isReservedTable(given.name)) throw invalid('name', 'This name belongs to the system. Choose another one.', 'reserved');
  if (given.name !== undefined && taken(given.name)) throw invalid('name', 'There is a table with this name.', 'exists');
  refuseTwin(label, tables);
  return { name: given.name ?? proposeName(label, 'table', taken), label, labels: given.labels ?? label };
}

/** @throws Problem 422 when another entry has a label that looks the same. */
export function refuseTwin(label: string, others: { label: string }[]): void {
  if (others.some((o) => look(o.label) === look(label))) throw invalid('label', 'Another one is called like this.', 'exists');
}

/** "due_date" as people would write it. */
export const spoken = (name: string) => `${name[0].toUpperCase()}${name.slice(1).replaceAll('_', ' ')}`;
