// The head of a list: names that sort when clicked, edges that resize when dragged.
import type { PointerEvent } from 'react';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { SeenField } from './me.ts';
import type { Column } from './view.ts';
import { OFFERS } from './kinds/offers.ts';

interface Props {
  columns: Column[]; template: string; sort: string | undefined; all: 'none' | 'some' | 'all'; selectable: boolean;
  onSort: (sort: string | undefined) => void; onResize: (name: string, width: number) => void; onMove: (name: string, to: number) => void; onAll: () => void;
}

const sortable = (field: SeenField): boolean => OFFERS[field.kind].sortable;

/** Ascending, descending, off; unchanged for a field that lists can't sort by. */
export const nextSort = ({ name, kind }: SeenField, sort: string | undefined): string | undefined =>
  (!OFFERS[kind].sortable ? sort : sort === name ? `-${name}` : sort === `-${name}` ? undefined : name);

const DRAGGED = 'application/x-steward-column';

function ColumnHead({ column, at, sort, onSort, onResize, onMove }: { column: Column; at: number } & Pick<Props, 'sort' | 'onSort' | 'onResize' | 'onMove'>) {
  const { t } = useTranslation();
  const { field, width } = column;
  const direction = sort === field.name ? 'ascending' : sort === `-${field.name}` ? 'descending' : undefined;
  const drag = (e: PointerEvent<HTMLSpanElement>) => {
    e.preventDefault();
    const handle = e.currentTarget, from = e.clientX;
    let moved = width;
    handle.setPointerCapture(e.pointerId);
    handle.onpointermove = (m) => { moved = width + m.clientX - from; handle.style.transform = `translateX(${m.clientX - from}px)`; };
    handle.onpointerup = () => { handle.onpointermove = handle.onpointerup = null; handle.style.transform = ''; onResize(field.name, moved); };
  };
  const name = <span className="head-name">{t(field.label)}</span>;
  return (
    <div role="columnheader" aria-colindex={at + 2} aria-sort={direction} draggable={at > 0} onDragStart={(e) => e.dataTransfer.setData(DRAGGED, field.name)}
      onDragOver={(e) => { if (at > 0 && e.dataTransfer.types.includes(DRAGGED)) { e.preventDefault(); e.currentTarget.dataset.over = ''; } }} onDragLeave={(e) => { delete e.currentTarget.dataset.over; }}
      onDrop={(e) => { delete e.currentTarget.dataset.over; onMove(e.dataTransfer.getData(DRAGGED), at); }} className={['cell', at === 0 && 'cell-title', OFFERS[field.kind].right && 'cell-right'].filter(Boolean).join(' ')}>
      {sortable(field)
        ? <button type="button" className="head-button" tabIndex={-1} onClick={() => onSort(nextSort(field, sort))} title={t('Sort')}>{name}{direction && (direction === 'ascending' ? <IconArrowUp size={13} aria-hidden /> : <IconArrowDown size={13} aria-hidden />)}</button>
        : name}
      <span className="resize" draggable onDragStart={(e) => { e.preventDefault(); e.stopPropagation(); }} onPointerDown={drag} aria-hidden />
    </div>
  );
}

export function GridHead({ columns, template, all, selectable, onAll, ...rest }: Props) {
  const { t } = useTranslation();
  return (
    <div role="row" aria-rowindex={1} className="row row-head" style={{ gridTemplateColumns: template }}>
      <div role="columnheader" aria-colindex={1} className="cell cell-check">
        {selectable
          ? <input type="checkbox" className="check" tabIndex={-1} aria-label={t('Select all loaded rows')} checked={all === 'all'} ref={(box) => { if (box) box.indeterminate = all === 'some'; }} onChange={onAll} />
          : <span className="sr-only">{t('Selection')}</span>}
      </div>
      {columns.map((column, at) => <ColumnHead key={column.field.name} column={column} at={at} {...rest} />)}
    </div>
  );
}
