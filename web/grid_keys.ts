// The keyboard in a list: arrows or j/k move, Enter edits, Space opens, s sorts, x selects.
import type { KeyboardEvent, RefObject } from 'react';
import type { Column } from './view.ts';
import type { Row } from './records.ts';
import type { Rows } from './rows.ts';
import { nextSort } from './grid_head.tsx';
import { plainText } from './kinds/format.ts';
import { undo } from './save.ts';

export interface Place { row: number; col: number }
interface Hands {
  rows: Rows; columns: Column[]; place: Place; sort: string | undefined; opened: string | undefined; selected: Set<string>; box: RefObject<HTMLDivElement | null>;
  setPlace: (place: Place) => void;
  begin: (place: Place) => void;
  empty: (place: Place) => Promise<void>;
  open: (index: number, how: 'panel' | 'page') => void;
  toggle: (index: number, range: boolean) => void;
  toggleAll: () => void;
  select: (ids: Set<string>) => void;
  reveal: (index: number) => void;
  onSort: (sort: string | undefined) => void;
  onMove: (name: string, to: number) => void;
  onClose: () => void;
}

/** Scrolls sideways so that the active cell is not under the sticky first column. */
function revealColumn({ box, columns }: Hands, col: number): void {
  const grid = box.current;
  if (!grid) return;
  const sticky = 40 + columns[0].width;
  const left = 40 + columns.slice(0, col).reduce((sum, c) => sum + c.width, 0), right = left + columns[col].width;
  if (col === 0) return;
  if (left - grid.scrollLeft < sticky) grid.scrollLeft = left - sticky;
  else if (right - grid.scrollLeft > grid.clientWidth) grid.scrollLeft = right - grid.clientWidth;
}

function move(hands: Hands, down: number, right: number, range = false): void {
  const { rows, columns, place, setPlace, reveal, opened, open, toggle } = hands;
  const next = { row: Math.max(0, Math.min(rows.length - 1, place.row + down)), col: Math.max(0, Math.min(columns.length - 1, place.col + right)) };
  setPlace(next);
  reveal(next.row);
  revealColumn(hands, next.col);
  if (range) toggle(next.row, true);
  if (opened && down && rows.rowAt(next.row)) open(next.row, 'panel');
}

/** The active column one place to the side; the cell goes with it. */
function moveColumn({ columns, place, setPlace, onMove }: Hands, by: number): void {
  const to = place.col + by;
  if (place.col === 0 || to < 1 || to >= columns.length) return;
  onMove(columns[place.col].field.name, to);
  setPlace({ ...place, col: to });
}

const copy = (row: Row | undefined, column: Column | undefined) => { if (row && column) void navigator.clipboard?.writeText(plainText(column.field, row[column.field.name])); };

/** What a key does; undefined lets the browser have it. */
function deed(e: KeyboardEvent, hands: Hands): (() => void) | undefined {
  const { place, rows, columns, sort, onSort, begin, empty, open, toggle, toggleAll, select, selected, onClose, opened, box } = hands;
  const screenful = Math.max(1, Math.floor((box.current?.clientHeight ?? 600) / 32) - 2);
  if (e.ctrlKey || e.metaKey) {
    if (e.shiftKey && (e.key === 'ArrowLeft' || e.key === 'ArrowRight')) return () => moveColumn(hands, e.key === 'ArrowLeft' ? -1 : 1);
    if (e.key === 'a') return toggleAll;
    if (e.key === 'z') return () => void undo();
    if (e.key === 'c' && !getSelection()?.toString()) return () => copy(rows.rowAt(place.row), columns[place.col]);
    if (e.key === 'Home') return () => move(hands, -Infinity, -Infinity);
    if (e.key === 'End') return () => move(hands, Infinity, Infinity);
    return undefined;
  }
  if (e.altKey) return undefined;
  const deeds: Record<string, () => void> = {
    ArrowDown: () => move(hands, 1, 0, e.shiftKey), j: () => move(hands, 1, 0), ArrowUp: () => move(hands, -1, 0, e.shiftKey), k: () => move(hands, -1, 0),
    ArrowLeft: () => move(hands, 0, -1), h: () => move(hands, 0, -1), ArrowRight: () => move(hands, 0, 1), l: () => move(hands, 0, 1),
    PageDown: () => move(hands, screenful, 0), PageUp: () => move(hands, -screenful, 0), Home: () => move(hands, 0, -Infinity), End: () => move(hands, 0, Infinity),
    Enter: () => (e.shiftKey ? open(place.row, 'page') : begin(place)), F2: () => begin(place), Delete: () => void empty(place), Backspace: () => void empty(place), ' ': () => open(place.row, 'panel'), o: () => open(place.row, 'panel'),
    s: () => onSort(nextSort(columns[place.col].field, sort)), x: () => toggle(place.row, false), X: () => toggle(place.row, true),
  };
  if (e.key === 'Escape') return selected.size ? () => select(new Set()) : opened ? onClose : undefined;
  return deeds[e.key];
}

/** Handler of the list's keys. */
export function useGridKeys(hands: Hands) {
  return (e: KeyboardEvent) => {
    if ((e.target as Element).matches('input:not([type=checkbox]), textarea, [role="combobox"]')) return;
    const todo = deed(e, hands);
    if (!todo) return;
    e.preventDefault();
    e.stopPropagation();
    todo();
  };
}
