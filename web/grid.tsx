// A list like a spreadsheet: virtual rows, sticky head and first column, one active cell that the keyboard moves.
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { MouseEvent } from 'react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useTranslation } from 'react-i18next';
import type { SeenTable } from './me.ts';
import type { Column } from './view.ts';
import type { Row } from './records.ts';
import type { Rows } from './rows.ts';
import { GridHead } from './grid_head.tsx';
import { cellId, GridRow, type Editing } from './grid_row.tsx';
import { useGridKeys, type Place } from './grid_keys.ts';
import { saveField } from './save.ts';

const ROW = 32;
const CHECK = 40;

interface Props {
  table: SeenTable; rows: Rows; columns: Column[]; sort: string | undefined; opened: string | undefined;
  selected: Set<string>;
  select: (ids: Set<string>) => void;
  onSort: (sort: string | undefined) => void;
  onResize: (name: string, width: number) => void;
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

export function Grid(props: Props) {
  const { table, rows, columns, sort, opened, selected, onSort, onResize, onOpen } = props;
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<Place>({ row: 0, col: 0 });
  const [isEditing, edit] = useState(false);
  const selection = useSelection(props);
  const selectable = table.can.delete || (table.can.change && !table.append_only);
  const template = useMemo(() => [CHECK, ...columns.map((c) => c.width)].map((w) => `${w}px`).join(' '), [columns]);
  const width = CHECK + columns.reduce((sum, c) => sum + c.width, 0);
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => box.current, estimateSize: () => ROW, overscan: 8, scrollPaddingStart: ROW, scrollPaddingEnd: 8 });
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0, last = items.at(-1)?.index ?? 0;
  useEffect(() => rows.view(first, last), [first, last, rows.view]);

  const close = useCallback((by: 'key' | 'away') => { edit(false); if (by === 'key') box.current?.focus({ preventScroll: true }); }, []);
  const editing = useMemo((): Editing => ({ close, save: (row, column, value) => saveField(table.name, row, column.field, value) }), [table.name, close]);
  const begin = (at: Place) => { if (editable(table, columns[at.col], rows.rowAt(at.row))) edit(true); else open(at.row, 'panel'); };
  const open = (index: number, how: 'panel' | 'page') => { const row = rows.rowAt(index); if (row) onOpen(row.id, how); };
  const onKeyDown = useGridKeys({ ...props, place, setPlace, begin, open, toggle: selection.toggle, toggleAll: selection.toggleAll, reveal: (i) => virtual.scrollToIndex(i), box });

  const at = (e: MouseEvent): { index: number; col: number } | null => {
    const row = (e.target as Element).closest<HTMLElement>('[data-index]');
    const cell = (e.target as Element).closest<HTMLElement>('[data-col]');
    return row ? { index: Number(row.dataset.index), col: cell ? Number(cell.dataset.col) : -1 } : null;
  };
  const onClick = (e: MouseEvent) => {
    const hit = at(e);
    if (!hit || (e.target as Element).closest('a')) return;
    if (hit.col < 0) return selection.toggle(hit.index, e.shiftKey);
    if (isEditing && (hit.index !== place.row || hit.col !== place.col)) edit(false);
    setPlace({ row: hit.index, col: hit.col });
    if ((e.target as Element).closest('[data-open]')) open(hit.index, e.ctrlKey || e.metaKey ? 'page' : 'panel');
  };
  const onDoubleClick = (e: MouseEvent) => { const hit = at(e); if (hit && hit.col >= 0 && !(e.target as Element).closest('a')) begin({ row: hit.index, col: hit.col }); };

  return (
    <>
    <div className="sr-only" aria-live="polite">{selected.size > 0 ? t('{{count}} selected', { count: selected.size }) : ''}</div>
    <div className="grid" role="grid" ref={box} tabIndex={0} aria-label={table.labels} aria-rowcount={rows.ended ? rows.length + 1 : -1} aria-colcount={columns.length + 1} aria-multiselectable
      aria-activedescendant={items.some((i) => i.index === place.row) && rows.rowAt(place.row) ? cellId(place.row, place.col) : undefined} onKeyDown={isEditing ? undefined : onKeyDown} onClick={onClick} onDoubleClick={onDoubleClick} aria-busy={rows.pending}>
      <div role="rowgroup" className="grid-head" style={{ width }}>
        <GridHead columns={columns} template={template} sort={sort} all={selection.all} selectable={selectable} onSort={onSort} onResize={onResize} onAll={selection.toggleAll} />
      </div>
      <div role="rowgroup" className="grid-body" style={{ height: virtual.getTotalSize(), width }} data-stale={rows.pending || undefined}>
        {items.map(({ index, start }) => {
          const row = rows.rowAt(index);
          const active = index === place.row ? place.col : -1;
          return <GridRow key={index} table={table} row={row} index={index} top={start} columns={columns} template={template} selectable={selectable} selected={!!row && selected.has(row.id)} opened={!!row && row.id === opened} active={active} editing={active >= 0 && isEditing ? editing : null} />;
        })}
      </div>
    </div>
    </>
  );
}
