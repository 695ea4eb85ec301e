// Saving one field of a record at once: shown before the server answers, taken back if it refuses.
import i18next from 'i18next';
import { call, callTagged, queries, Refusal } from './client.ts';
import type { SeenField } from './me.ts';
import { hideRows, showRow, type Row } from './records.ts';
import { sameValue, toWrite } from './kinds/write.ts';
import { say, sayFault } from './toast.ts';

interface Change { table: string; id: string; field: SeenField; old: unknown }
/** Changes of this window that Ctrl+Z takes back, at most 50. */
const changes: Change[] = [];

type Answer = Row & { visible?: boolean };

const path = (table: string, id: string) => `/records/${table}/${id}`;

/** Shows the row as it is now, or takes it away if it is gone or no longer seen. */
async function reload(table: string, id: string): Promise<void> {
  try {
    showRow(table, await call<Row>('GET', path(table, id)));
  } catch {
    hideRows(table, new Set([id]));
  }
}

/** Sends the change, unless the field is no longer what the member saw; other fields may have changed meanwhile. */
async function change(table: string, row: Row, field: SeenField, value: unknown): Promise<Answer> {
  const now = await callTagged<Row>('GET', path(table, row.id));
  if (!sameValue(field, now.body[field.name], row[field.name])) {
    throw new Refusal(412, { detail: i18next.t('Somebody changed {{field}} meanwhile. Look at it again before you change it.', { field: field.label }) });
  }
  return call<Answer>('PATCH', path(table, row.id), { body: { [field.name]: toWrite(field, value) }, headers: { 'if-match': now.tag } });
}

/**
 * Changes one field. Shows the value at once; a refusal takes it back and is thrown. 412 or 404: the row is loaded anew.
 * A change that ends one's own sight takes the row away and says so.
 */
export async function saveField(table: string, row: Row, field: SeenField, value: unknown, undoable = true): Promise<void> {
  const old = row[field.name];
  if (sameValue(field, old, value)) return;
  showRow(table, { ...row, [field.name]: value });
  try {
    const answer = await change(table, row, field, value);
    if (undoable) changes.push({ table, id: row.id, field, old });
    if (changes.length > 50) changes.shift();
    if (answer.visible === false) goneFromSight(table, row.id);
    else showRow(table, answer);
    void queries.invalidateQueries({ queryKey: ['records', table, 'activities', row.id] });
  } catch (fault) {
    showRow(table, { ...row, [field.name]: old });
    if (fault instanceof Refusal && (fault.status === 412 || fault.status === 404)) await reload(table, row.id);
    throw fault;
  }
}

/** Takes a record away that the member has just lost sight of, and says so. */
function goneFromSight(table: string, id: string): void {
  hideRows(table, new Set([id]));
  say(i18next.t('Saved. You no longer see this record.'));
}

/** Takes back the latest change of a field made in this window. */
export async function undo(): Promise<void> {
  const last = changes.pop();
  if (!last) return;
  try {
    const row = await call<Row>('GET', path(last.table, last.id));
    showRow(last.table, row);
    await saveField(last.table, row, last.field, last.old, false);
    say(i18next.t('Undone: {{field}}', { field: last.field.label }));
  } catch (fault) {
    sayFault(fault);
  }
}
