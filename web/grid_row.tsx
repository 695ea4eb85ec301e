// One row of a list; drawn anew only if something about that row changes.
import { memo } from 'react';
import { IconLock } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { SeenTable } from './me.ts';
import type { Column } from './view.ts';
import type { Row } from './records.ts';
import { Show } from './kinds/show.tsx';
import { OFFERS } from './kinds/offers.ts';
import { CellEditor } from './cell_editor.tsx';

export interface Editing { save: (row: Row, column: Column, value: unknown) => Promise<void>; close: (by: 'key' | 'away') => void }
interface Props {
  table: SeenTable; row: Row | undefined; index: number; top: number; columns: Column[]; template: string; selectable: boolean;
  selected: boolean; opened: boolean;
  /** Column of the active cell, or -1. */
  active: number;
  editing: Editing | null;
}

export const cellId = (index: number, column: number) => `cell-${index}-${column}`;

function Title({ table, row, column }: { table: SeenTable; row: Row; column: Column }) {
  const { t } = useTranslation();
  const value = row[table.title];
  if (row.locked) return <span className="locked"><IconLock size={13} aria-hidden /> {t('Restricted')}</span>;
  return <span className="title" data-open>{value === null || value === undefined || value === '' ? <span className="more">{t('Untitled')}</span> : <Show field={column.field} value={value} />}</span>;
}

function Cell({ table, row, column, at, index, active, editing }: { table: SeenTable; row: Row; column: Column; at: number; index: number; active: boolean; editing: Editing | null }) {
  const className = ['cell', at === 0 && 'cell-title', active && 'cell-active', OFFERS[column.field.kind].right && 'cell-right'].filter(Boolean).join(' ');
  return (
    <div role="gridcell" id={cellId(index, at)} aria-colindex={at + 2} data-col={at} className={className}>
      {at === 0 ? <Title table={table} row={row} column={column} /> : <Show field={column.field} value={row[column.field.name]} />}
      {active && editing && <CellEditor field={column.field} value={row[column.field.name]} save={(value) => editing.save(row, column, value)} close={editing.close} />}
    </div>
  );
}

export const GridRow = memo(function GridRow({ table, row, index, top, columns, template, selectable, selected, opened, active, editing }: Props) {
  const { t } = useTranslation();
  const className = ['row', selected && 'row-selected', opened && 'row-opened', active >= 0 && 'row-active', editing && 'row-editing'].filter(Boolean).join(' ');
  return (
    <div role="row" className={className} data-index={index} aria-rowindex={index + 2} aria-selected={selected} style={{ transform: `translateY(${top}px)`, gridTemplateColumns: template }}>
      <div role="gridcell" aria-colindex={1} className="cell cell-check">
        {row && selectable && <input type="checkbox" className="check" tabIndex={-1} checked={selected} readOnly aria-label={t('Select row {{n}}', { n: index + 1 })} />}
      </div>
      {columns.map((column, at) => (row
        ? <Cell key={column.field.name} table={table} row={row} column={column} at={at} index={index} active={active === at} editing={active === at ? editing : null} />
        : <div role="gridcell" aria-colindex={at + 2} key={column.field.name} className={at === 0 ? 'cell cell-title' : 'cell'}><span className="bone" style={{ width: `${40 + ((index * 37 + at * 23) % 45)}%` }} /></div>))}
    </div>
  );
});
