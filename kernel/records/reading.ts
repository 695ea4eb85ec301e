// From chosen fields to a select list, and from rows back to the records that callers read.
import { createHash } from 'node:crypto';
import type { SeenTable, Sight } from '../../catalogue/catalogue.ts';
import { kindOf } from '../../catalogue/kinds.ts';
import type { Caller, Person } from '../caller.ts';
import { fixed, sql, type Query } from '../database.ts';
import { Problem } from '../errors.ts';
import { anyLinkLabel, expressions, isId, linkLabel, linksLabels, pathOf, SYSTEM, type Path } from './expression.ts';

export interface Reading {
  /** Select list; columns are called c0, c1, … */
  select: Query;
  /** A row of those columns → the record as JSON. */
  record(row: Record<string, unknown>): Record<string, unknown>;
}

interface Part { path: Path; columns: Query[]; value(values: unknown[]): unknown }

export const personOf = (people: Map<number, Person>, no: unknown) => {
  const person = people.get(Number(no));
  return no === null || no === undefined ? null : { id: person?.id ?? null, label: person?.label ?? 'former member' };
};

function part(caller: Caller, path: Path): Part {
  const { sight, people } = caller;
  const { field } = path;
  if (isId(field)) return { path, columns: expressions(path, 't'), value: ([v]) => v };
  if (field.kind === 'member') return { path, columns: expressions(path, 't'), value: ([v]) => personOf(people, v) };
  if (field.kind === 'links') return { path, columns: [linksLabels(sight, path, 't')], value: ([v]) => ((v as [string, string][]) ?? []).map(([id, label]) => ({ id, label })) };
  if (field.kind === 'link' && field.to === '*') return { path, columns: [anyLinkLabel(sight, path, 't')], value: ([v]) => (v ? { table: (v as string[])[0], id: (v as string[])[1], label: (v as string[])[2] } : null) };
  if (field.kind === 'link') return { path, columns: [linkLabel(sight, path, 't')], value: ([v]) => (v && ((v as string[])[0] || (v as string[])[1]) ? { id: (v as string[])[0], label: (v as string[])[1] } : null) };
  const kind = kindOf(field);
  return { path, columns: expressions(path, 't'), value: (values) => (values[0] === null || values[0] === undefined ? null : kind.fromColumns(values, field as any)) };
}

/** All fields of a table that the caller may read, system fields first. */
export const allFields = (table: SeenTable): string[] => [...SYSTEM.map((f) => f.name), ...table.fields.map((f) => f.name)];

const readings = new WeakMap<Sight, Map<string, Reading>>();

/** PostgreSQL ends at 1,664 columns of an answer; the widest table that can be made stays below. */
const MOST_COLUMNS = 1_600;

/** What to select for these fields. `id` is always there. Kept as long as the sight it was drawn from. */
export function reading(caller: Caller, table: SeenTable, fields: string[]): Reading {
  const key = JSON.stringify([table.name, fields]);
  let kept = readings.get(caller.sight);
  if (!kept) readings.set(caller.sight, (kept = new Map()));
  let made = kept.get(key);
  if (!made) {
    const names = [...new Set(['id', ...fields])];
    const parts = names.map((name) => part(caller, pathOf(caller.sight, table, name)));
    if (parts.reduce((n, p) => n + p.columns.length, 0) > MOST_COLUMNS) throw new Problem(422, 'Ask for fewer fields at once.', [{ field: 'fields', code: 'too_many', message: `at most ${MOST_COLUMNS}` }]);
    made = assemble(parts);
    if (kept.size < 500) kept.set(key, made);
  }
  return made;
}

function assemble(parts: Part[]): Reading {
  const select = fixed(sql.join(parts.flatMap((p, i) => p.columns.map((c, j) => sql`${c} as ${sql.ref(`c${i}_${j}`)}`))));
  const plan = parts.map((p, i) => ({ name: p.path.text, value: p.value, columns: p.columns.map((_, j) => `c${i}_${j}`) }));
  return {
    select,
    record: (row) => Object.fromEntries(plan.map(({ name, value, columns }) => [name, value(columns.map((c) => row[c]))])),
  };
}

/** Strong tag of a record as this caller sees it: differing only where he can see a difference (A-30). */
export const etag = (record: Record<string, unknown>) => `"${createHash('sha256').update(JSON.stringify(record)).digest('base64url').slice(0, 27)}"`;
