// Finds records by what people write for them: a name, an address, an id.
import type { SeenTable } from '../../catalogue/catalogue.ts';
import { kindOf } from '../../catalogue/kinds.ts';
import type { Locale } from '../../catalogue/kinds/kind.ts';
import { sql, type Db } from '../database.ts';
import { invalid, unknownField } from '../errors.ts';
import { fieldNamed, isId, type Readable } from './expression.ts';

const KINDS = new Set(['text', 'email', 'phone', 'web_address', 'choice', 'number', 'date']);

/** A field by whose text records can be found. @throws Problem 422; for a hidden field the same as for one that never existed. */
export function findableField(table: SeenTable, name: string): Readable {
  const field = fieldNamed(table, name);
  if (!field) throw unknownField(name);
  if (!isId(field) && !KINDS.has(field.kind)) throw invalid(name, 'records cannot be found by this field');
  return field;
}

/** A written text in the form in which the field keeps it; null where it can't be one of its values. */
export function asKept(field: Readable, text: string, locale: Locale): string | null {
  const said = text.trim();
  if (isId(field)) return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(said) ? said.toLowerCase() : null;
  const kind = kindOf(field);
  const read = kind.fromText(said, field as any, locale);
  return 'value' in read ? String(kind.toColumns(read.value, field as any)[0]) : null;
}

const loose = (text: string) => text.toLowerCase().trim();
const looser = (text: string) => text.toLowerCase().replace(/\s/g, '');

/**
 * Ids of the visible records with each of these texts (as kept) in a field. An exact text goes before one that differs in case or
 * outer blanks; `blanks` also takes one that differs in blanks inside only ("GTXPro" for "GTX Pro").
 */
export async function findRecords(db: Db, table: SeenTable, field: Readable, texts: string[], blanks = false): Promise<Map<string, string[]>> {
  const wanted = [...new Set(texts)];
  const found = new Map<string, string[]>();
  if (wanted.length === 0) return found;
  const column = sql.ref(`t.${field.column}`);
  const add = (text: string, id: string) => { const ids = found.get(text); if (!ids) found.set(text, [id]); else if (!ids.includes(id)) ids.push(id); };
  const type = sql.raw(isId(field) ? 'uuid' : kindOf(field).columns[0].type);
  // Equality is leakproof, so that row security leaves the index usable; what follows reads the whole table, hence only for what is left.
  const exact = await db.rows<{ id: string; value: string }>(sql`select t.id, ${column}::text as value from ${sql.table(table.physical)} as t where ${column} = any(${wanted}::${type}[])`);
  if (isId(field) || field.kind === 'number' || field.kind === 'date') {
    for (const { id, value } of exact) add(wanted.find((w) => w === value || Number(w) === Number(value)) ?? value, id);
    return found;
  }
  for (const { id, value } of exact) add(value, id);
  const left = wanted.filter((w) => !found.has(w));
  if (left.length === 0) return found;
  const form = blanks ? looser : loose;
  const sqlForm = blanks ? sql`regexp_replace(lower(${column}), '\\s', '', 'g')` : sql`lower(btrim(${column}))`;
  const near = await db.rows<{ id: string; value: string }>(sql`select t.id, ${column} as value from ${sql.table(table.physical)} as t where ${sqlForm} = any(${[...new Set(left.map(form))]}::text[])`);
  for (const text of left) {
    const same = near.filter((n) => form(n.value) === form(text));
    const closer = same.filter((n) => loose(n.value) === loose(text));
    for (const { id } of closer.length ? closer : same) add(text, id);
  }
  return found;
}
