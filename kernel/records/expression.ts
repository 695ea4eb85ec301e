// From a path of field names to SQL over what the caller may see: the one place where names become columns.
import type { KindName, SeenField, SeenTable, Sight } from '../../catalogue/catalogue.ts';
import { kindOf } from '../../catalogue/kinds.ts';
import { sql, type Query } from '../database.ts';
import { unknownField } from '../errors.ts';

/** A field as the engine reads it; system fields look like fields, so that lists may filter and sort by them. */
export type Readable = Pick<SeenField, 'name' | 'kind' | 'column' | 'to' | 'choices' | 'computed' | 'required' | 'label' | 'sight'> & { no?: number; system?: true; level?: 'read' | 'write' };

const system = (name: string, column: string, kind: KindName | 'id'): Readable =>
  ({ name, label: name, column, kind: kind as KindName, to: null, choices: null, computed: null, required: false, system: true });

/** Fields that every record has. The kind of `id` is a uuid without a file of its own. */
export const SYSTEM: readonly Readable[] = [
  system('id', 'id', 'id'), system('owner', 'owner_no', 'member'), system('created_at', 'created_at', 'moment'), system('created_by', 'created_by', 'member'),
  system('changed_at', 'changed_at', 'moment'), system('changed_by', 'changed_by', 'member'),
];

export const isId = (field: Readable) => (field.kind as string) === 'id';
/** Columns of a field; system fields have one. */
export const physical = (field: Readable): string[] => (field.system ? [field.column] : kindOf(field).columns.map((c) => field.column + c.suffix));

export function fieldNamed(table: SeenTable, name: string): Readable | undefined {
  return table.fields.find((f) => f.name === name) ?? SYSTEM.find((f) => f.name === name);
}

/** Path of at most two links before the field itself (SPEC 4.1), each through what the caller may see. */
export interface Path { steps: { link: Readable; table: SeenTable }[]; table: SeenTable; field: Readable; text: string }

/** @throws Problem 422, the same for a hidden field as for one that never existed (SPEC 3.2). */
export function pathOf(sight: Sight, table: SeenTable, text: string): Path {
  const names = text.split('.');
  if (names.length > 3) throw unknownField(text);
  const steps: Path['steps'] = [];
  let at = table;
  for (const name of names.slice(0, -1)) {
    const link = at.fields.find((f) => f.name === name && f.kind === 'link' && f.to !== '*');
    const next = link && sight.tables.get(link.to!);
    if (!link || !next) throw unknownField(text);
    steps.push({ link, table: next });
    at = next;
  }
  const field = fieldNamed(at, names.at(-1)!);
  if (!field) throw unknownField(text);
  return { steps, table: at, field, text };
}

const column = (alias: string, name: string): Query => sql`${sql.ref(`${alias}.${name}`)}`;

/** Wraps an expression over the last step's alias into one over `alias`; hidden parents give null, since row security leaves them out. */
function through(steps: Path['steps'], alias: string, inner: (alias: string) => Query): Query {
  if (steps.length === 0) return inner(alias);
  const [first, ...rest] = steps;
  const next = `${alias}x`;
  return sql`(select ${through(rest, next, inner)} from ${sql.table(first.table.physical)} as ${sql.ref(next)} where ${column(next, 'id')} = ${column(alias, first.link.column)})`;
}

/** SQL of each column of the field at a path. */
export const expressions = (path: Path, alias: string): Query[] => physical(path.field).map((name) => through(path.steps, alias, (last) => column(last, name)));

/** A condition on the field at a path: true only where every parent on the way is visible. */
export function condition(path: Path, alias: string, test: (columns: Query[]) => Query): Query {
  if (path.steps.length === 0) return test(physical(path.field).map((name) => column(alias, name)));
  const [first, ...rest] = path.steps;
  const next = `${alias}x`;
  return sql`exists (select 1 from ${sql.table(first.table.physical)} as ${sql.ref(next)} where ${column(next, 'id')} = ${column(alias, first.link.column)} and ${condition({ ...path, steps: rest }, next, test)})`;
}

/** Label of the record that a link column holds: its title, null when hidden. */
export function linkLabel(sight: Sight, path: Path, alias: string): Query {
  return through(path.steps, alias, (last) => {
    const target = sight.tables.get(path.field.to!);
    const title = target && fieldNamed(target, target.title);
    if (!target) return sql`null`;
    const next = `${last}l`;
    // Two columns in one: whether the parent is visible at all, and how it is called.
    const seen = sql`(select jsonb_build_array(${column(next, 'id')}, ${title ? sql`left(${column(next, title.column)}::text, 200)` : sql`null`}) from ${sql.table(target.physical)} as ${sql.ref(next)} where ${column(next, 'id')} = ${column(last, path.field.column)})`;
    if (path.steps.length > 0 || path.field.sight?.parent === 'none') return seen;
    // Only where the parent is hidden the law is asked for its name.
    return sql`case when ${column(last, path.field.column)} is not null then coalesce(${seen}, (select jsonb_build_array(null, l) from parent_label(${sql.lit(path.field.no!)}, ${column(last, 'id')}) l where l is not null)) end`;
  });
}

/** The same for a link to any table: tries each table that the caller may see. */
export function anyLinkLabel(sight: Sight, path: Path, alias: string): Query {
  return through(path.steps, alias, (last) => {
    const cases = [...sight.tables.values()].map((target) => {
      const title = fieldNamed(target, target.title);
      return sql`when ${column(last, `${path.field.column}_table`)} = ${sql.lit(target.no)} then (select jsonb_build_array(${sql.lit(target.name)}::text, y.id, ${title ? sql`left(${column('y', title.column)}::text, 200)` : sql`null`}) from ${sql.table(target.physical)} as y where y.id = ${column(last, path.field.column)})`;
    });
    return cases.length ? sql`case ${sql.join(cases, sql` `)} end` : sql`null::jsonb`;
  });
}

/** Labels of a list of links, hidden ones left out. */
export function linksLabels(sight: Sight, path: Path, alias: string): Query {
  return through(path.steps, alias, (last) => {
    const target = sight.tables.get(path.field.to!);
    const title = target && fieldNamed(target, target.title);
    if (!target) return sql`null`;
    return sql`(select jsonb_agg(jsonb_build_array(y.id, ${title ? sql`left(${column('y', title.column)}::text, 200)` : sql`null`}) order by y.id) from ${sql.table(target.physical)} as y where y.id = any(${column(last, path.field.column)}))`;
  });
}
