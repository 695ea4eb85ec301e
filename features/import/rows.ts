// From rows of a file to records: what goes where, which links and existing records are meant, and what is wrong with a row.
import type { SeenTable } from '../../catalogue/catalogue.ts';
import { kindOf } from '../../catalogue/kinds.ts';
import { words } from '../../catalogue/kinds/choices.ts';
import type { Locale } from '../../catalogue/kinds/kind.ts';
import type { Caller } from '../../kernel/caller.ts';
import type { Db } from '../../kernel/database.ts';
import { invalid, notFound, Problem, translate, unknownField } from '../../kernel/errors.ts';
import { halving, updateRows } from '../../kernel/records/bulk.ts';
import type { Readable } from '../../kernel/records/expression.ts';
import { asKept, findableField, findRecords } from '../../kernel/records/finding.ts';
import { columnsFor, insertRows, type Columns } from '../../kernel/records/writing.ts';
import type { Reading, Row } from './csv.ts';

export type FileReading = Reading & { decimal: '.' | ','; day_first: boolean };
export type Mapping = Record<string, string | { field: string; link_by?: string; values?: Record<string, string> } | null>;
/** A row of the table import, as far as running needs it. */
export interface Task {
  id: string; table_no: number; state: string; file: string | null; reading: FileReading; columns: string[]; mapping: Mapping;
  mode: 'create' | 'update' | 'upsert'; match: string[]; created: number; updated: number; skipped: number; errors: number;
}

interface Target {
  column: number; name: string; field: string;
  /** What cells stand for, by their text in lower case. */
  values: Map<string, string>;
  /** How a link's records are found. */
  link?: { table: SeenTable; by?: Readable };
}
export interface Plan { table: SeenTable; task: Task; locale: Locale; targets: Target[]; match: Target[] }

export interface Item { line: number; cells: string[]; values: Record<string, unknown>; faults: Map<number, string>; existing: string | null; key: string; waits: boolean; columns: Columns }

/** Cells that errors.csv guards against being taken for formulas come back as they were; foreign files are taken as they are. */
const unguarded = (cell: string) => (/^'['=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell);
const isOurs = (columns: string[]) => columns.slice(0, 3).join() === 'line,column,reason';

/** @throws Problem 404 for a hidden table, 403 where the profile may not import into it. */
export function importableTable(caller: Caller, find: (table: SeenTable) => boolean): SeenTable {
  const table = [...caller.sight.tables.values()].find(find);
  if (!table) throw notFound();
  if (!table.can.import) throw new Problem(403, 'Your profile does not allow importing into this table.');
  return table;
}

/** Told at once and not once for each row. */
function mayWrite(table: SeenTable, mode: Task['mode']): void {
  if (mode !== 'update' && !table.can.create) throw new Problem(403, 'You may not create records here.');
  if (mode !== 'create' && !table.can.change) throw new Problem(403, 'You may not change records here.');
}

/** Checks a mapping against what the member may write now. @throws Problem 422 naming the column or field; hidden fields read like unknown ones. */
export function planOf(caller: Caller, table: SeenTable, task: Task): Plan {
  mayWrite(table, task.mode);
  const locale: Locale = { decimal: task.reading.decimal, dayFirst: task.reading.day_first, currency: caller.company.currency, country: caller.member.language === 'de' ? 'DE' : '' };
  const targets = Object.entries(task.mapping).flatMap(([name, to]): Target[] => {
    const column = task.columns.indexOf(name);
    if (column < 0) throw invalid('mapping', `The file has no column "${name.slice(0, 100)}".`, 'unknown');
    if (to === null) return [];
    const { field, link_by: by, values = {} } = typeof to === 'string' ? { field: to } : to;
    return [target(caller, table, { column, name, field, values: new Map(Object.entries(values).map(([cell, meant]) => [cell.trim().toLowerCase(), meant])) }, by)];
  });
  for (const { field } of targets) if (targets.filter((t) => t.field === field).length > 1) throw invalid('mapping', `Two columns go to the field "${field}".`);
  const match = task.match.map((name) => {
    const found = targets.find((t) => t.field === name);
    if (!found) throw fieldKnown(table, name) ? invalid('match', `No column goes to the field "${name}".`) : unknownField(name);
    findableField(table, name);
    return found;
  });
  if (task.mode !== 'create' && match.length === 0) throw invalid('match', 'Say by which fields existing records are found.', 'required');
  if (targets.length === 0) throw invalid('mapping', 'No column goes to any field.', 'required');
  if (targets.some((t) => t.field === 'id') && !task.match.includes('id')) throw invalid('mapping', 'Ids can only be used to find existing records.');
  return { table, task, locale, targets, match };
}

const fieldKnown = (table: SeenTable, name: string) => name === 'id' || name === 'owner' || table.fields.some((f) => f.name === name);

function target(caller: Caller, table: SeenTable, to: Target, by?: string): Target {
  if (to.field === 'owner' || to.field === 'id') return to;
  const field = table.fields.find((f) => f.name === to.field);
  if (!field) throw unknownField(to.field);
  if (field.level !== 'write') throw invalid(to.field, 'You may read this field but not change it.', 'read_only');
  if (by !== undefined && !['link', 'links', 'member'].includes(field.kind)) throw invalid(to.field, 'This field is no link, so that link_by has no meaning.');
  if ((field.kind !== 'link' && field.kind !== 'links') || field.to === '*') return to;
  const linked = caller.sight.tables.get(field.to!);
  if (!linked) throw unknownField(to.field);
  return { ...to, link: { table: linked, by: by ? findableField(linked, by) : undefined } };
}

/** Without link_by: an id if it is one, an address if the table has such a field, else the title. */
function linkField(link: NonNullable<Target['link']>, text: string): Readable {
  if (link.by) return link.by;
  if (/^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(text.trim())) return findableField(link.table, 'id');
  const email = text.includes('@') ? link.table.fields.find((f) => f.name === 'email') : undefined;
  return email ?? findableField(link.table, link.table.title);
}

function memberMeant(caller: Caller, text: string): { value: string } | { problem: string } {
  const said = text.trim().toLowerCase();
  const active = [...caller.people.values()].filter((p) => p.active);
  const byAddress = active.find((p) => p.id === said || p.email === said);
  const found = byAddress ? [byAddress] : active.filter((p) => p.label.trim().toLowerCase() === said);
  return found.length === 1 ? { value: found[0].id } : { problem: found.length ? 'Several members have this name; use the e-mail address.' : 'There is no such active member.' };
}

/** Reads a row's cells; links and matches are looked up later, for many rows at once. */
function read(caller: Caller, plan: Plan, row: Row): Item {
  const { columns, reading } = plan.task;
  const cells = isOurs(columns) ? row.cells.map(unguarded) : [...row.cells];
  const item: Item = { line: row.line, cells, values: {}, faults: new Map(), existing: null, key: '', waits: false, columns: {} };
  if (cells.length < columns.length || cells.slice(columns.length).some((c) => c.trim() !== '')) {
    item.faults.set(0, `The row has ${cells.length} cells, the file has ${columns.length} columns.`);
    return item;
  }
  for (const { column, field: name, link, values } of plan.targets) {
    const cell = (cells[column] = values.get(cells[column].trim().toLowerCase()) ?? cells[column]);
    if (cell.trim() === '' || link) continue;
    if (reading.broken && cell.includes('\ufffd')) { item.faults.set(column + 1, `has characters that cannot be read as ${reading.encoding}`); continue; }
    const field = plan.table.fields.find((f) => f.name === name);
    const said = name === 'id' ? { value: cell.trim() } : name === 'owner' || field?.kind === 'member' ? memberMeant(caller, cell) : kindOf(field!).fromText(cell, field!, plan.locale);
    if ('problem' in said) item.faults.set(column + 1, said.problem);
    else item.values[name] = said.value;
  }
  if (item.values.owner && item.values.owner !== caller.member.id && !plan.table.can.hand_over) item.faults.set(plan.targets.find((t) => t.field === 'owner')!.column + 1, 'You may only import records of your own here.');
  return item;
}

/** What a dry run would have stored in earlier batches, which were rolled back: keys that match, and titles that links inside the table lead to. */
export interface Rehearsal { keys: Set<string>; titles: Set<string> }

/** Puts ids where the links' texts stand. A row that links to one further down in the same batch waits for the next wave. */
async function resolveLinks(db: Db, plan: Plan, items: Item[], last: boolean, rehearsal?: Rehearsal): Promise<void> {
  for (const { column, field: name, link } of plan.targets) {
    if (!link) continue;
    const many = plan.table.fields.find((f) => f.name === name)!.kind === 'links';
    const said = items.map((item) => (many ? words(item.cells[column]) : [item.cells[column].trim()].filter(Boolean)));
    const wanted = new Map<Readable, Map<string, string>>();
    for (const text of said.flat()) {
      const by = linkField(link, text);
      const kept = asKept(by, text, plan.locale);
      if (kept !== null) wanted.set(by, (wanted.get(by) ?? new Map()).set(text, kept));
    }
    const found = new Map<string, string[]>();
    for (const [by, texts] of wanted) {
      const ids = await findRecords(db, link.table, by, [...texts.values()], true);
      for (const [text, kept] of texts) found.set(text, ids.get(kept) ?? []);
    }
    items.forEach((item, i) => {
      const ids = said[i].map((text) => found.get(text) ?? []);
      const missing = ids.findIndex((x) => x.length !== 1);
      if (missing < 0) { if (ids.length) item.values[name] = many ? ids.map(([id]) => id) : ids[0][0]; return; }
      const own = link.table.name === plan.table.name && ids[missing].length === 0;
      if (own && !last) { item.waits = true; return; }
      if (own && rehearsal?.titles.has(said[i][missing].toLowerCase())) return;
      item.faults.set(column + 1, ids[missing].length ? 'Several records have this name; use another column to tell them apart.' : `There is no such record in "${link.table.labels}".`);
    });
  }
}

/** Finds what is there already by the match fields. A key that came before in this wave waits, so that it meets the record just made. */
async function findExisting(db: Db, plan: Plan, items: Item[]): Promise<void> {
  if (plan.match.length === 0) return;
  const seen = new Set<string>();
  const ids: Map<string, string[]>[] = [];
  const texts = plan.match.map((m) => items.map((item) => (item.faults.size ? null : keyPart(plan, m, item))));
  for (const [i, m] of plan.match.entries()) ids.push(await findRecords(db, plan.table, findableField(plan.table, m.field), texts[i].filter((t) => t !== null)));
  items.forEach((item, row) => {
    if (item.faults.size) return;
    const parts = plan.match.map((_, i) => texts[i][row]);
    const blank = parts.findIndex((p) => p === null);
    if (blank >= 0) { item.faults.set(plan.match[blank].column + 1, 'is empty, so that no existing record can be found by it'); return; }
    item.key = JSON.stringify(parts.map((p) => p!.toLowerCase()));
    if (seen.has(item.key)) { item.waits = true; return; }
    seen.add(item.key);
    const same = parts.map((p, i) => ids[i].get(p!) ?? []).reduce((a, b) => a.filter((id) => b.includes(id)));
    if (same.length > 1) item.faults.set(plan.match[0].column + 1, 'Several records match this row.');
    else item.existing = same[0] ?? null;
  });
}

function keyPart(plan: Plan, m: Target, item: Item): string | null {
  const cell = item.cells[m.column];
  return cell.trim() === '' ? null : asKept(findableField(plan.table, m.field), cell, plan.locale);
}

export interface Outcome { created: string[]; updated: number; skipped: number; bad: Item[] }

/** Stores a batch within the caller's transaction; bad rows are set aside and do no harm to the others. */
export async function storeBatch(db: Db, caller: Caller, plan: Plan, rows: Row[], rehearsal?: Rehearsal): Promise<Outcome> {
  const outcome: Outcome = { created: [], updated: 0, skipped: 0, bad: [] };
  const all = rows.map((row) => read(caller, plan, row));
  let open = all.filter((item) => item.faults.size > 0 || plan.targets.some((t) => item.cells[t.column].trim() !== ''));
  outcome.skipped += all.length - open.length;
  outcome.bad.push(...open.filter((i) => i.faults.has(0)));
  open = open.filter((i) => !i.faults.has(0));
  for (let last = false; open.length > 0;) {
    for (const item of open) item.waits = false;
    await resolveLinks(db, plan, open, last, rehearsal);
    await findExisting(db, plan, open.filter((i) => !i.waits));
    const ready = open.filter((i) => !i.waits);
    const before = outcome.created.length;
    await storeWave(db, caller, plan, ready.filter((i) => i.faults.size === 0), outcome, rehearsal);
    outcome.bad.push(...ready.filter((i) => i.faults.size > 0));
    open = open.filter((i) => i.waits);
    last = outcome.created.length === before;
  }
  return outcome;
}

async function storeWave(db: Db, caller: Caller, plan: Plan, items: Item[], outcome: Outcome, rehearsal?: Rehearsal): Promise<void> {
  const { table, task } = plan;
  const blame = (item: Item, problem: Problem) => {
    for (const { field, message } of problem.errors) {
      // The database names columns, the clerks name fields.
      const named = table.fields.find((f) => f.name === field || f.column === field);
      const to = plan.targets.find((t) => t.field === (named?.name ?? field));
      if (to) item.faults.set(to.column + 1, message);
      else item.faults.set(0, `${named?.label ?? field}: ${message}`);
    }
    if (problem.errors.length === 0) item.faults.set(0, problem.message);
  };
  const prepare = (list: Item[], creating: boolean) => list.filter((item) => {
    const { id: _, owner, ...values } = item.values;
    try { item.columns = columnsFor(caller, table, creating && owner ? { ...values, owner } : values, creating); return true; } catch (error) { blame(item, translate(error)); return false; }
  });
  const rehearsed = (item: Item) => Boolean(item.key && rehearsal?.keys.has(item.key));
  const there = (item: Item) => item.existing !== null || rehearsed(item);
  const fresh = prepare(items.filter((i) => !there(i) && task.mode !== 'update' && !i.values.id), true);
  const known = prepare(items.filter((i) => there(i) && task.mode !== 'create'), false);
  outcome.skipped += items.filter((i) => (there(i) ? task.mode === 'create' : task.mode === 'update' || i.values.id)).length;
  await halving(db, fresh, async (some) => { outcome.created.push(...await insertRows(db, caller, table, some.map((i) => i.columns))); }, blame);
  await halving(db, known.filter((i) => i.existing), (some) => updateRows(db, table, some.map((item) => ({ id: item.existing!, columns: item.columns }))), blame);
  outcome.updated += known.filter((i) => i.faults.size === 0).length;
  for (const item of fresh) if (rehearsal && item.faults.size === 0) {
    if (item.key) rehearsal.keys.add(item.key);
    const title = plan.targets.find((t) => t.field === table.title);
    if (title) rehearsal.titles.add(item.cells[title.column].trim().toLowerCase());
  }
}

export const doneOf = (t: Pick<Task, 'created' | 'updated' | 'skipped' | 'errors'>) => t.created + t.updated + t.skipped + t.errors;
