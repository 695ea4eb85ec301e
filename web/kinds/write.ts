// From what a screen holds (as read) to what the API takes (as written), and the blank value of each kind.
import type { SeenField } from '../me.ts';
import type { Ref } from '../records.ts';
import type { Money, Reach } from './format.ts';

const reference = (field: SeenField, value: Ref) => (field.to === '*' ? { table: value.table, id: value.id } : value.id);

/** More digits than a double holds travel as text, so that none is lost. */
function exactNumber(text: string): number | string {
  const number = Number(text);
  return Number.isFinite(number) && String(number) === text.replace(/^\+/, '').replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '') ? number : text;
}

/** The value of a field in the form that the API takes; null for an empty one. */
export function toWrite(field: SeenField, value: unknown): unknown {
  if (value === undefined || value === null || value === '') return null;
  switch (field.kind) {
    case 'link': return reference(field, value as Ref);
    case 'links': return (value as Ref[]).map((v) => reference(field, v));
    case 'member': return (value as Ref).id;
    case 'number': return typeof value === 'number' ? value : exactNumber(String(value));
    case 'money': return (value as Money).amount === '' ? null : value;
    case 'emails': return (value as Reach[]).filter((v) => v.address?.trim());
    case 'phones': return (value as Reach[]).filter((v) => v.number?.trim());
    case 'text': case 'email': case 'phone': case 'web_address': return String(value).trim() || null;
    default: return value;
  }
}

/** Whether two values are written alike, so that leaving an editor untouched changes nothing. */
export const sameValue = (field: SeenField, a: unknown, b: unknown): boolean => JSON.stringify(toWrite(field, a)) === JSON.stringify(toWrite(field, b));
