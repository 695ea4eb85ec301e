// Adding, changing and dropping fields: first the catalogue, then columns, then trigger functions and grants, in one transaction.
import type { z } from 'zod';
import type { Choice, Field, KindName, Personal, Table } from '../../catalogue/catalogue.ts';
import { addField, addIndex, brokenRule, changeRules, dropField, dropIndex } from '../../catalogue/ddl.ts';
import { physicalName } from '../../catalogue/physical.ts';
import { functions } from '../../catalogue/triggers.ts';
import { KINDS } from '../../catalogue/kinds.ts';
import { sql, type Db } from '../../kernel/database.ts';
import { invalid, Problem, type FieldFault } from '../../kernel/errors.ts';
import { describeFields, randomName } from '../../kernel/install.ts';
import type { changeField, FieldDraft } from './custom_table.api.ts';
import { changeKind, LOST } from './kind_change.ts';
import { isBuiltIn, isReservedField, look, proposeName, refuseTwin, spoken } from './names.ts';
import { refuseBroken } from './refuse_broken.ts';
import { emptyAtOnce, forgetTaken, hasMoreThan, makeSpare, takeSpares } from './spare.ts';

type Draft = z.output<typeof FieldDraft>;
type Change = z.output<NonNullable<typeof changeField.body>>;

const LATER = new Set(['formula', 'rollup', 'file']);
const UNIQUE = new Set<KindName>(['text', 'number', 'email', 'phone', 'web_address']);
const SEARCHED = new Set<KindName>(['text', 'long_text', 'email', 'phone', 'web_address']);
/** Building an index over more records than this would keep writers waiting for more than a second. */
const MOST_INDEXED = 200_000;

/** Data of Art. 9 GDPR are not found by everybody's search. */
export const isSearched = (kind: KindName, personal: Personal) => SEARCHED.has(kind) && personal !== 'special';

export function offeredKind(kind: string): KindName {
  if (LATER.has(kind)) throw invalid('kind', `"${kind}" is not offered yet.`, 'not_offered');
  if (!Object.hasOwn(KINDS, kind)) throw invalid('kind', 'There is no such kind of field.', 'unknown');
  if (!KINDS[kind as KindName].offered) throw invalid('kind', `Fields of the kind "${kind}" cannot be made.`, 'not_offered');
  return kind as KindName;
}

/** What a personal field must say (SPEC 2.4). @throws Problem 422 with one fault for each thing that is missing. */
function meaning(said: { personal: Personal; category?: string | null; purpose?: string | null; origin?: Field['origin'] }): Pick<Field, 'personal' | 'category' | 'purpose' | 'origin'> {
  const { personal } = said;
  if (personal === 'no') return { personal, category: null, purpose: null, origin: null };
  const [category, purpose, origin] = [said.category ?? null, said.purpose ?? null, said.origin ?? null];
  const faults: FieldFault[] = Object.entries({ category, purpose, origin }).filter(([, value]) => value === null).map(([field]) => ({ field, code: 'required', message: 'A field with personal data must say this.' }));
  if (faults.length) throw new Problem(422, 'A field with personal data must say its category, purpose and origin.', faults);
  return { personal, category, purpose, origin };
}

/** Choices with distinct values and labels, or null where the kind has none. */
export function choicesOf(kind: KindName, given: Choice[] | null | undefined): Choice[] | null {
  if (kind !== 'choice' && kind !== 'choices') {
    if (given) throw invalid('choices', 'Only the kinds choice and choices have these.');
    return null;
  }
  if (!given && kind === 'choice') throw invalid('choices', 'Name at least one choice.', 'required');
  for (const part of ['value', 'label'] as const) {
    if (new Set(given?.map((c) => look(c[part].trim()))).size !== (given?.length ?? 0)) throw invalid('choices', 'Two choices look the same.', 'exists');
  }
  return given?.map((c) => ({ ...c, value: c.value.trim() })) ?? null;
}

function targetOf(kind: KindName, to: string | null | undefined, table: Table, all: Table[]): string | null {
  if (kind !== 'link' && kind !== 'links') {
    if (to) throw invalid('to', 'Only links lead to a table.');
    return null;
  }
  if (to === '*' && kind === 'link') return to;
  if (to !== table.name && !all.some((t) => t.name === to)) throw invalid('to', 'Name the table that the link leads to.', to ? 'unknown' : 'required');
  return to as string;
}

/** A field of the catalogue from what an administrator wrote. @throws Problem 422 */
export function newField(draft: Draft, no: number, table: Table, all: Table[]): Field {
  const kind = offeredKind(draft.kind);
  if (draft.name === undefined && draft.label === undefined) throw invalid('label', 'is missing', 'required');
  const taken = (name: string) => isReservedField(name) || table.fields.some((f) => f.name === name);
  if (draft.name !== undefined && isReservedField(draft.name)) throw invalid('name', 'This name belongs to the system. Choose another one.', 'reserved');
  if (draft.name !== undefined && taken(draft.name)) throw invalid('name', 'The table has a field with this name.', 'exists');
  const label = draft.label ?? spoken(draft.name!);
  refuseTwin(label, table.fields);
  if (draft.unique && !UNIQUE.has(kind)) throw invalid('unique', 'Values of this kind cannot be unique.');
  return {
    no, label, kind, name: draft.name ?? proposeName(label, 'field', taken), column: physicalName('f', randomName()), computed: null, erasure: draft.erasure ?? 'clear',
    required: draft.required ?? false, unique: draft.unique ?? false, tracked: draft.tracked ?? false, searchable: isSearched(kind, draft.personal), ...meaning(draft), to: targetOf(kind, draft.to, table, all), choices: choicesOf(kind, draft.choices),
  };
}

/** Trigger functions and grants of a table as its fields are now, and what the targets of its links ask before a record is deleted. */
export async function layAnew(db: Db, table: Table, all: Table[], targets: (string | null)[] = []): Promise<void> {
  const others = all.filter((t) => t.no !== table.no && targets.includes(t.name));
  await db.script([table, ...others].map((t) => functions(t, all)).join('\n'));
  await db.run(sql`select lay_grants(p.no, ${table.no}) from profile p`);
}

/** The table once its fields are these; layout and title keep up. */
export function withFields(table: Table, fields: Field[]): Table {
  const names = new Set(fields.map((f) => f.name));
  const known = new Set(table.fields.map((f) => f.name));
  const fresh = fields.filter((f) => !known.has(f.name)).map((f) => f.name);
  const list = table.layout.list.filter((f) => names.has(f) || !known.has(f));
  const page = table.layout.page.map((s) => ({ ...s, fields: s.fields.filter((f) => names.has(f) || !known.has(f)) }));
  if (fresh.length && page.length === 0) page.push({ label: table.label, fields: [] });
  page.at(-1)?.fields.push(...fresh);
  const title = names.has(table.title) ? table.title : fields.find((f) => f.kind === 'text' || f.kind === 'email')?.name ?? 'id';
  return { ...table, fields, title, layout: { list: [...list, ...fresh.slice(0, Math.max(0, 9 - list.length))], page } };
}

const keepTable = (db: Db, t: Table) => db.run(sql`update catalogue_table set title = ${t.title}, layout = ${JSON.stringify(t.layout)} where no = ${t.no} and (title, layout) is distinct from (${t.title}, ${JSON.stringify(t.layout)}::jsonb)`);
export const replaced = (all: Table[], table: Table) => [...all.filter((t) => t.no !== table.no), table];

/** Adds fields to a table that the catalogue describes. Answers the table as it is then. */
export async function addFields(db: Db, table: Table, all: Table[], drafts: Draft[]): Promise<Table> {
  const { no } = await db.one<{ no: number }>(sql`select next_number('field', ${drafts.length}) as no`);
  let after = table;
  for (const [i, draft] of drafts.entries()) after = withFields(after, [...after.fields, newField(draft, no + i, after, all)]);
  const fresh = after.fields.slice(table.fields.length);
  for (const field of fresh.filter((f) => f.required)) {
    if (await hasMoreThan(db, table, 0)) throw invalid('required', `The records that are there have no value yet. Add "${field.name}" first, fill it, then require it.`, 'empty');
  }
  await describeFields(db, table.no, fresh, table.fields.length + 1);
  await keepTable(db, after);
  const tables = replaced(all, after);
  const columns: string[] = [];
  let coming = 0;
  for (const field of fresh) {
    const spares = await takeSpares(db, after, field, coming);
    coming += spares.filter((s) => s === undefined).length;
    columns.push(addField(after, field, tables.find((t) => t.name === field.to), spares));
  }
  await db.script(columns.join('\n'));
  await forgetTaken(db);
  await layAnew(db, after, tables, fresh.map((f) => f.to));
  return after;
}

async function refuseDeciding(db: Db, field: Field): Promise<void> {
  const { decides } = await db.one<{ decides: boolean }>(sql`select decides_access(${field.no}) as decides`);
  if (decides) throw new Problem(409, 'This field decides who sees records: by a team, a sharing rule or the sharing of a link. Change those first.');
}

/** Drops a field: gone for everyone at once; its values, where they are many, follow in the background. Answers whether some are left to empty. */
export async function removeField(db: Db, table: Table, all: Table[], field: Field): Promise<boolean> {
  if (isBuiltIn(field)) throw new Problem(409, 'A built-in field stays. Hide it in the profiles instead.');
  if (table.subject === field.name) throw new Problem(409, 'Through this field the table reaches the person it is about. Change that first.');
  if (table.append_only && await hasMoreThan(db, table, 0)) throw new Problem(409, 'Records of this table are never changed, so its fields stay.');
  await refuseDeciding(db, field);
  const after = withFields(table, table.fields.filter((f) => f.no !== field.no));
  const tables = replaced(all, after);
  await db.run(sql`delete from catalogue_field where no = ${field.no}`);
  await db.run(sql`delete from duplicate where field_no = ${field.no}`);
  await makeSpare(db, table, field, false);
  await keepTable(db, after);
  await layAnew(db, after, tables, [field.to]);
  // Before the rules go, since that locks the table; after it once more, for a writer who was quicker than the lock.
  const small = await emptyAtOnce(db, table, field);
  await db.script(dropField(after, field));
  if (!small) return true;
  await emptyAtOnce(db, table, field);
  await db.run(sql`update spare_column set empty = true where table_no = ${table.no} and field_no = ${field.no}`);
  return false;
}

/** The field with a change laid over it. @throws Problem 422 */
function changed(table: Table, field: Field, change: Change): Field {
  const kind = change.kind === undefined ? field.kind : offeredKind(change.kind);
  if (change.label !== undefined) refuseTwin(change.label, table.fields.filter((f) => f.no !== field.no));
  if (field.computed && (kind !== field.kind || change.choices || change.required || change.unique)) throw new Problem(409, 'A computed field follows the fields it is made from.');
  if (change.unique && !UNIQUE.has(kind)) throw invalid('unique', 'Values of this kind cannot be unique.');
  const said = meaning({ personal: field.personal, category: field.category, purpose: field.purpose, origin: field.origin, ...change });
  const kept = kind === field.kind || ['choice', 'choices'].includes(kind) && field.choices ? field.choices : null;
  return {
    ...field, ...said, kind, label: change.label ?? field.label, erasure: change.erasure ?? field.erasure, choices: choicesOf(kind, change.choices === undefined ? kept : change.choices),
    required: change.required ?? field.required, unique: change.unique ?? (field.unique && UNIQUE.has(kind)), tracked: change.tracked ?? field.tracked, searchable: isBuiltIn(field) ? field.searchable && said.personal !== 'special' : isSearched(kind, said.personal),
  };
}

/** Changes a field, or refuses with the records that would not survive it. */
export async function alterField(db: Db, table: Table, all: Table[], field: Field, change: Change): Promise<void> {
  let next = changed(table, field, change);
  if (next.unique && !field.unique && await hasMoreThan(db, table, MOST_INDEXED)) throw invalid('unique', 'The table has too many records to begin with this now.', 'too_many');
  if (next.kind !== field.kind) await refuseDeciding(db, field);
  if (next.kind !== field.kind) next = await changeKind(db, table, field, next);
  await db.run(sql`update catalogue_field set label = ${next.label}, kind = ${next.kind}, column_name = ${next.column}, required = ${next.required}, is_unique = ${next.unique}, tracked = ${next.tracked}, searchable = ${next.searchable},
    personal = ${next.personal}, category = ${next.category}, purpose = ${next.purpose}, origin = ${next.origin}, erasure = ${next.erasure}, choices = ${next.choices === null ? null : JSON.stringify(next.choices)}::jsonb where no = ${field.no}`);
  const after = { ...table, fields: table.fields.map((f) => (f.no === field.no ? next : f)) };
  const rules = next.column === field.column && (next.kind !== field.kind || JSON.stringify(next.choices) !== JSON.stringify(field.choices) || next.required !== field.required);
  if (rules) await db.script(`${changeRules(after, next)}\n${next.kind === 'long_text' ? dropIndex(after, next) : ''}`);
  if (rules || next.required) {
    const broken = brokenRule(next);
    if (next.required && (!field.required || next.kind !== field.kind)) await refuseBroken(db, table, broken.required, 'required', ['has no value', 'have no value']);
    if (rules && next.kind !== field.kind) await refuseBroken(db, table, broken.form, 'kind', LOST);
    else if (rules) await refuseBroken(db, table, broken.form, 'choices', ['uses a choice that would go', 'use a choice that would go']);
  }
  if (next.unique && !field.unique) await db.script(addIndex(after, next));
  await layAnew(db, after, replaced(all, after));
}
