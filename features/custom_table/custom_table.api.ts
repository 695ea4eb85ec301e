// Contract of the catalogue: tables and fields, made and changed while running.
import { z } from 'zod';
import { endpoint, label, list, name, pageQuery, text } from '../../kernel/contract.ts';

const Personal = z.enum(['no', 'yes', 'special'], 'says whether it holds personal data: no, yes or special');
const Origin = z.enum(['provided', 'observed', 'derived', 'third_party']);
const Category = z.string().regex(/^user(\.[a-z][a-z0-9_]*){0,5}$/, 'is a key of the Fideslang taxonomy, like user.contact.email');
const Purpose = label(200);
const Choice = z.strictObject({ value: label(100), label: label(200).optional(), color: z.string().regex(/^[a-z]{1,20}$/).optional() });
const Choices = z.array(z.union([label(100).transform((value) => ({ value, label: value })), Choice.transform((c) => ({ ...c, label: c.label ?? c.value }))])).min(1, 'has no entry').max(500, 'has more than 500 entries');

const Meaning = { personal: Personal, category: Category.nullable(), purpose: Purpose.nullable(), origin: Origin.nullable(), erasure: z.enum(['clear', 'keep']) };
const Switches = { required: z.boolean(), unique: z.boolean(), tracked: z.boolean() };

export const FieldDraft = z.strictObject({
  name: name.optional(), label: label().optional(), kind: z.string().max(40), to: z.string().max(60).nullish(), choices: Choices.nullish(),
  ...z.strictObject({ ...Switches, category: Meaning.category, purpose: Meaning.purpose, origin: Meaning.origin, erasure: Meaning.erasure }).partial().shape, personal: Personal,
});
const FieldChange = z.strictObject({ label: label(), kind: z.string().max(40), choices: Choices.nullable(), ...Switches, ...Meaning }).partial();

const Names = z.array(z.string().max(60)).max(500);
const Layout = z.strictObject({ list: Names, page: z.array(z.strictObject({ label: text(200), fields: Names })).max(100) });
const Icon = z.string().regex(/^[a-z][a-z0-9_-]{0,59}$/, 'is not the name of an icon');
const Sharing = z.enum(['private', 'read', 'edit']);
const TableDraft = z.strictObject({
  name: name.optional(), label: label().optional(), labels: label().optional(), icon: Icon.default('table'), append_only: z.boolean().default(false),
  subject: z.string().max(60).default('none'), title: z.string().max(60).optional(), sharing: Sharing.optional(), fields: z.array(FieldDraft).max(200).default([]),
});
const TableChange = z.strictObject({ label: label(), labels: label(), icon: Icon, layout: Layout, subject: z.string().max(60), title: z.string().max(60) }).partial();

const Field = z.object({
  name: z.string(), label: z.string(), kind: z.string(), required: z.boolean(), unique: z.boolean(), tracked: z.boolean(), personal: Personal,
  category: z.string().nullable(), purpose: z.string().nullable(), origin: Origin.nullable(), to: z.string().nullable(), choices: z.array(z.object({ value: z.string(), label: z.string(), color: z.string().optional() })).nullable(), computed: z.boolean(),
  /** Of links, for whoever administers: what it opens of the parent and of the children. */
  sharing: z.object({ parent: z.enum(['none', 'label', 'read']), children: z.enum(['none', 'read']) }).optional(),
});
const Table = z.object({
  name: z.string(), label: z.string(), labels: z.string(), icon: z.string(), append_only: z.boolean(), subject: z.string(), sharing: z.object({ default: Sharing.or(z.literal('parent')), parent: z.string().optional() }),
  standard: z.boolean(), title: z.string(), layout: Layout, fields: z.array(Field),
});
const inTable = z.strictObject({ table: text() });
const ofField = z.strictObject({ table: text(), field: text() });

export const listTables = endpoint({ method: 'GET', path: '/tables', summary: 'The tables that you may see; whoever administers gets every one, whole.', who: 'member', query: pageQuery, answer: list(Table) });
export const getTable = endpoint({ method: 'GET', path: '/tables/:table', summary: 'One table with its fields.', who: 'member', params: inTable, answer: Table });
export const createTable = endpoint({ method: 'POST', path: '/tables', summary: 'Makes a table, with fields if given. Your profile gets all rights on it, others none.', who: 'administer', body: TableDraft, answer: Table, status: 201 });
export const changeTable = endpoint({ method: 'PATCH', path: '/tables/:table', summary: 'Changes what a table is called, how it is laid out and how it reaches its person.', who: 'administer', params: inTable, body: TableChange, answer: Table });
export const deleteTable = endpoint({ method: 'DELETE', path: '/tables/:table', summary: 'Deletes a custom table; with records only if `records=delete` says so.', who: 'administer', params: inTable, query: z.strictObject({ records: z.literal('delete').optional() }), status: 204 });
export const createField = endpoint({ method: 'POST', path: '/tables/:table/fields', summary: 'Adds a field, which says whether it holds personal data.', who: 'administer', params: inTable, body: FieldDraft, answer: Field, status: 201 });
export const changeField = endpoint({ method: 'PATCH', path: '/tables/:table/fields/:field', summary: 'Changes a field; refused while stored values would not survive it.', who: 'administer', params: ofField, body: FieldChange, answer: Field });
export const deleteField = endpoint({ method: 'DELETE', path: '/tables/:table/fields/:field', summary: 'Deletes a custom field and its values.', who: 'administer', params: ofField, status: 204 });
