// A list like a spreadsheet: virtual rows, sticky head and first column, one active cell that the keyboard moves.
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { MouseEvent, RefObject } from 'react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useTranslation } from 'react-i18next';
import type { SeenTable } from './me.ts';
import type { Column } from './view.ts';
import type { Row } from './records.ts';
import type { Rows } from './rows.ts';
import { GridHead } from './grid_head.tsx';
import { cellId, GridRow, type Editing } from './grid_row.tsx';
import { useGridKeys, type Place } from './grid_keys.ts';
import { isEmpty } from './kinds/show.tsx';
import { saveField, undo } from './save.ts';
import { say, sayFault } from './toast.ts';

const ROW = 32;
const CHECK = 40;

interface Props {
  table: SeenTable; rows: Rows; columns: Column[]; sort: string | undefined; opened: string | undefined;
  selected: Set<string>;
  select: (ids: Set<string>) => void;
  onSort: (sort: string | undefined) => void;
  onResize: (name: string, width: number) => void;
  onMove: (name: string, to: number) => void;
  /** Opens a record: beside the list, or as a page. */
  onOpen: (id: string, how: 'panel' | 'page') => void;
  onClose: () => void;
}

/** Whether a member may change that cell here. */
const editable = (table: SeenTable, column: Column | undefined, row: Row | undefined): boolean =>
  !!column && !!row && !row.locked && table.can.change && !table.append_only && column.field.level === 'write' && !column.field.computed;

function useSelection({ rows, selected, select }: Pick<Props, 'rows' | 'selected' | 'select'>) {
  const anchor = useRef(-1);
  const toggle = (index: number, range: boolean) => {
    const row = rows.rowAt(index);
    if (!row) return;
    const next = new Set(selected);
    if (range && anchor.current >= 0) {
      const [from, to] = [anchor.current, index].sort((a, b) => a - b);
      for (let i = from; i <= to; i++) { const id = rows.rowAt(i)?.id; if (id) next.add(id); }
    } else if (!next.delete(row.id)) next.add(row.id);
    anchor.current = index;
    select(next);
  };
  const held = () => rows.held().map((r) => r.id);
  const all: 'none' | 'some' | 'all' = selected.size === 0 ? 'none' : held().every((id) => selected.has(id)) ? 'all' : 'some';
  return { toggle, all, toggleAll: () => select(all === 'all' ? new Set() : new Set([...selected, ...held()])) };
}

/** Editing of the active cell, and emptying one at once. */
function useEditing({ table, rows, columns }: Props, box: RefObject<HTMLDivElement | null>) {
  const { t } = useTranslation();
  const [isEditing, edit] = useState(false);
  const close = useCallback((by: 'key' | 'away') => { edit(false); if (by === 'key') box.current?.focus({ preventScroll: true }); }, [box]);
  const editing = useMemo((): Editing => ({ close, save: (row, column, value) => saveField(table.name, row, column.field, value) }), [table.name, close]);
  const may = (at: Place) => editable(table, columns[at.col], rows.rowAt(at.row));
  const empty = async (at: Place) => {
    const row = rows.rowAt(at.row), field = columns[at.col].field;
    if (!row || !may(at) || isEmpty(row[field.name])) return;
    try {
      await saveField(table.name, row, field, null);
      say(t('{{field}} emptied', { field: t(field.label) }), { label: t('Undo'), run: () => void undo() });
    } catch (fault) {
      sayFault(fault);
    }
  };
  return { isEditing, edit, editing, may, empty };
}

/** Which row and column a click met; column -1 is the box for selecting. */
function hitBy(e: MouseEvent): { row: number; col: number } | null {
  const target = e.target as Element;
  const row = target.closest<HTMLElement>('[data-index]'), cell = target.closest<HTMLElement>('[data-col]');
  return row && !target.closest('a') ? { row: Number(row.dataset.index), col: cell ? Number(cell.dataset.col) : -1 } : null;
}

export function Grid(props: Props) {
  const { table, rows, columns, sort, opened, selected, onSort, onResize, onMove, onOpen } = props;
  const box = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<Place>({ row: 0, col: 0 });
  const { isEditing, edit, editing, may, empty } = useEditing(props, box);
  const selection = useSelection(props);
  const selectable = table.can.delete || (table.can.change && !table.append_only);
  const template = useMemo(() => [CHECK, ...columns.map((c) => c.width)].map((w) => `${w}px`).join(' '), [columns]);
  const width = CHECK + columns.reduce((sum, c) => sum + c.width, 0);
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => box.current, estimateSize: () => ROW, overscan: 8, scrollPaddingStart: ROW, scrollPaddingEnd: 8 });
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0, last = items.at(-1)?.index ?? 0;
  useEffect(() => rows.view(first, last), [first, last, rows.view]);

  const open = (index: number, how: 'panel' | 'page') => { const row = rows.rowAt(index); if (row) onOpen(row.id, how); };
  const begin = (at: Place) => { if (may(at)) edit(true); else open(at.row, 'panel'); };
  const onKeyDown = useGridKeys({ ...props, ...selection, place, setPlace, begin, empty, open, reveal: (i) => virtual.scrollToIndex(i), box });
  const onClick = (e: MouseEvent) => {
    const hit = hitBy(e);
    if (!hit) return;
    if (hit.col < 0) return selection.toggle(hit.row, e.shiftKey);
    if (hit.row !== place.row || hit.col !== place.col) edit(false);
    setPlace(hit);
    if ((e.target as Element).closest('[data-open]')) open(hit.row, e.ctrlKey || e.metaKey ? 'page' : 'panel');
  };
  const onDoubleClick = (e: MouseEvent) => { const hit = hitBy(e); if (hit && hit.col >= 0) begin(hit); };
  const activeId = items.some((i) => i.index === place.row) && rows.rowAt(place.row) ? cellId(place.row, place.col) : undefined;
  return (
    <>
      <Selected count={selected.size} />
      <div className="grid" role="grid" ref={box} tabIndex={0} aria-label={table.labels} aria-rowcount={rows.ended ? rows.length + 1 : -1} aria-colcount={columns.length + 1} aria-multiselectable
        aria-activedescendant={activeId} onKeyDown={isEditing ? undefined : onKeyDown} onClick={onClick} onDoubleClick={onDoubleClick} aria-busy={rows.pending}>
        <div role="rowgroup" className="grid-head" style={{ width }}>
          <GridHead columns={columns} template={template} sort={sort} all={selection.all} selectable={selectable} onSort={onSort} onResize={onResize} onMove={onMove} onAll={selection.toggleAll} />
        </div>
        <div role="rowgroup" className="grid-body" style={{ height: virtual.getTotalSize(), width }} data-stale={rows.pending || undefined}>
          {items.map(({ index, start }) => {
            const row = rows.rowAt(index), active = index === place.row ? place.col : -1;
            return <GridRow key={index} table={table} row={row} index={index} top={start} columns={columns} template={template} selectable={selectable} selected={!!row && selected.has(row.id)} opened={!!row && row.id === opened} active={active} editing={active >= 0 && isEditing ? editing : null} />;
          })}
        </div>
      </div>
    </>
  );
}

/** Says to those who can't see it how much is selected. */
function Selected({ count }: { count: number }) {
  const { t } = useTranslation();
  return <div className="sr-only" aria-live="polite">{count > 0 ? t('{{count}} selected', { count }) : ''}</div>;
}
