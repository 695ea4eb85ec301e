// Saving one field of a record at once: shown before the server answers, taken back if it refuses.
import i18next from 'i18next';
import { call, queries, Refusal } from './client.ts';
import type { SeenField } from './me.ts';
import { hideRows, showRow, versionOf, type Row } from './records.ts';
import { sameValue, toWrite } from './kinds/write.ts';
import { say, sayFault } from './toast.ts';

interface Change { table: string; id: string; field: SeenField; old: unknown }
/** Changes of this window that Ctrl+Z takes back, at most 50. */
const changes: Change[] = [];

type Answer = Row & { visible?: boolean };

/** The row as it is now, or undefined if it is gone or no longer seen. */
async function reload(table: string, id: string): Promise<void> {
  try {
    showRow(table, await call<Row>('GET', `/records/${table}/${id}`));
  } catch {
    hideRows(table, new Set([id]));
  }
}

/**
 * Changes one field. Shows the value at once; a refusal takes it back, says why and is thrown. 412: the row is loaded anew.
 * A change that ends one's own sight takes the row away and says so.
 */
export async function saveField(table: string, row: Row, field: SeenField, value: unknown, undoable = true): Promise<void> {
  const old = row[field.name];
  if (sameValue(field, old, value)) return;
  showRow(table, { ...row, [field.name]: value });
  try {
    const answer = await call<Answer>('PATCH', `/records/${table}/${row.id}`, { body: { [field.name]: toWrite(field, value) }, headers: { 'if-match': versionOf(row) } });
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
export function goneFromSight(table: string, id: string): void {
  hideRows(table, new Set([id]));
  say(i18next.t('Saved. You no longer see this record.'));
}

/** Like saveField, but a refusal is said in a toast. */
export async function trySave(table: string, row: Row, field: SeenField, value: unknown): Promise<boolean> {
  try {
    await saveField(table, row, field, value);
    return true;
  } catch (fault) {
    sayFault(fault);
    return false;
  }
}

/** Takes back the latest change of a field made in this window. */
export async function undo(): Promise<void> {
  const change = changes.pop();
  if (!change) return;
  try {
    const row = await call<Row>('GET', `/records/${change.table}/${change.id}`);
    showRow(change.table, row);
    await saveField(change.table, row, change.field, change.old, false);
    say(i18next.t('Undone: {{field}}', { field: change.field.label }));
  } catch (fault) {
    sayFault(fault);
  }
}
