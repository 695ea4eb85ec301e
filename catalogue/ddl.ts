// DDL of record tables and their fields, from entries of the catalogue; row security and triggers stand beside. Pure: it answers text, the kernel runs it as the tenant's law.
import type { Field, Table } from './catalogue.ts';
import { kindOf } from './kinds.ts';
import { columnsOf, ident } from './physical.ts';
import { policies, sightFunctions } from './row_security.ts';
import { triggers } from './triggers.ts';

function columnDefinition(field: Field): string[] {
  if (field.computed) return [`${ident(field.column)} ${kindOf(field).columns[0].type} generated always as (${field.computed.sql}) stored`];
  return kindOf(field).columns.map((c) => `${ident(field.column + c.suffix)} ${c.type}`);
}

/** `fresh` columns hold nothing yet: not to look through a million rows keeps the lock short, and new values are checked all the same. */
function constraints(table: Table, field: Field, fresh = false): string[] {
  const names = columnsOf(field).map(ident);
  const check = kindOf(field).check(names, field);
  const made: string[] = [];
  const add = (name: string, rule: string) => made.push(`alter table ${ident(table.physical)} add constraint ${ident(`${field.column}_${name}`)} ${rule};`);
  if (check && !field.computed) add('form', `check (${check})${fresh ? ' not valid' : ''}`);
  if (field.required && !field.computed) add('required', `check (${names[0]} is not null) not valid`);
  return made;
}

/** A link to one table is a foreign key; deleting the target empties it (visible children are asked about first). */
function foreignKey(table: Table, field: Field, target: Table | undefined, fresh = false): string[] {
  const key = (name: string, to: string) => [`alter table ${ident(table.physical)} add constraint ${ident(`${field.column}_${name}`)} foreign key (${ident(field.column)}) references ${to} on delete set null${fresh ? ' not valid' : ''};`];
  if (field.kind === 'member') return key('member', 'member (no)');
  return field.kind === 'link' && target ? key('link', `${ident(target.physical)} (id)`) : [];
}

/** Index names are cut short by PostgreSQL at 63 bytes; physical names are at most 40. */
function indexes(table: Table, field: Field, fresh = false): string[] {
  const column = ident(field.column);
  const index = (what: string) => [`create index if not exists ${ident(`${table.physical}_${field.column}`)} on ${ident(table.physical)} ${what};`];
  // Without the empty ones, so that a link added to a million records is there at once.
  const filled = `(${column}, id) where ${column} is not null`;
  if (field.kind === 'link' || field.kind === 'member') return index(filled);
  if (table.title === field.name && field.kind !== 'long_text') return index(`(${column}, id)`);
  // Equality on text is leakproof, so that row security leaves this index usable; doubles and upserts look here.
  if (field.unique || field.kind === 'email') return index(fresh ? filled : `(${column}, id)`);
  return field.kind === 'links' ? index(`using gin (${column})`) : [];
}

export function createTable(table: Table, all: Table[]): string {
  const t = ident(table.physical);
  const find = (name: string | null) => all.find((x) => x.name === name);
  return [
    `create table ${t} (id uuid primary key default uuidv7(), owner_no int not null references member (no) on delete restrict,`,
    `  created_at timestamptz not null default now(), created_by int, changed_at timestamptz not null default now(), changed_by int, share_class int not null default 0, shared boolean not null default false, search text${table.fields.flatMap(columnDefinition).map((c) => `, ${c}`).join('')});`,
    `create index ${ident(`${table.physical}_owner`)} on ${t} (owner_no, id);`,
    // What was changed last is what people look at first.
    `create index ${ident(`${table.physical}_changed`)} on ${t} (changed_at, id);`,
    `create index ${ident(`${table.physical}_class`)} on ${t} (share_class, id);`,
    `create index ${ident(`${table.physical}_words`)} on ${t} using gin (search steward.gin_trgm_ops);`,
    // The planner has to know how many rows each owner has, or it walks the wrong index (measured: 2.6 s against 0.9 ms); search words stay out of the statistics.
    `alter table ${t} alter owner_no set statistics 1000, alter share_class set statistics 1000, alter search set statistics 0;`,
    ...table.fields.flatMap((f) => [...constraints(table, f), ...foreignKey(table, f, find(f.to)), ...indexes(table, f)]),
    `select lay_criteria(${table.no});`,
    sightFunctions(table),
    policies(table, all),
    triggers(table),
  ].join('\n');
}

/** Makes a field's columns; the caller lays law and grants anew afterwards. `spares` are empty columns of the right types, in the order of the kind's columns, to be taken again. */
export function addField(table: Table, field: Field, target: Table | undefined, spares: (string | undefined)[] = []): string {
  const t = ident(table.physical);
  const columns = kindOf(field).columns.map((c, i) => (spares[i] === undefined ? `alter table ${t} add column ${ident(field.column + c.suffix)} ${c.type};` : `alter table ${t} rename column ${ident(spares[i])} to ${ident(field.column + c.suffix)};`));
  return [...columns, ...constraints(table, field, true), ...foreignKey(table, field, target, true), ...indexes(table, field, true)].join('\n');
}

/** Index for a field that has become the title or unique. */
export const addIndex = (table: Table, field: Field): string => indexes(table, field).join('\n');

/** Long text has none: its values are longer than an index can hold. */
export const dropIndex = (table: Table, field: Field): string => `drop index if exists ${ident(`${table.physical}_${field.column}`)};`;

/** Takes a field's rules away; its columns stay as spare ones, to be emptied and used again. */
export function dropField(table: Table, field: Field): string {
  const t = ident(table.physical);
  const rules = ['form', 'required', 'member', 'link'].map((rule) => `alter table ${t} drop constraint if exists ${ident(`${field.column}_${rule}`)};`);
  return [...rules, dropIndex(table, field)].join('\n');
}

/** Lays a field's checks anew after its choices or its being required changed. Whether stored values meet them is the caller's question (brokenRule), asked under the lock that this takes. */
export function changeRules(table: Table, field: Field): string {
  const t = ident(table.physical);
  return [...['form', 'required'].map((rule) => `alter table ${t} drop constraint if exists ${ident(`${field.column}_${rule}`)};`), ...constraints(table, field, true)].join('\n');
}

/** Condition of the records whose stored value breaks a field's check, or is missing where one is required. */
export function brokenRule(field: Field): { form: string; required: string } {
  const columns = columnsOf(field).map(ident);
  const check = field.computed ? null : kindOf(field).check(columns, field);
  return { form: check ? `not (${check})` : 'false', required: field.required && !field.computed ? `${columns[0]} is null` : 'false' };
}

/** Around a move of values from one column to another, which is nobody's change: no dates, no activities. */
export const triggersOff = (table: Table): string => `alter table ${ident(table.physical)} disable trigger user;`;
export const triggersOn = (table: Table): string => `alter table ${ident(table.physical)} enable trigger user;`;

export function dropTable(table: Table): string {
  const drop = (names: string[]) => names.map((f) => `drop routine if exists ${ident(`${table.physical}_${f}`)};`);
  // Functions over the table's row type go before it, those of its triggers after it.
  return [...drop(['sources', 'seen', 'owned', 'few']), `drop table ${ident(table.physical)};`, ...drop(['stamp', 'links', 'children', 'created', 'changed', 'deleted'])].join('\n');
}
