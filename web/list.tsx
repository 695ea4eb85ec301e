// The list of a table: bars, grid, and the opened record beside it.
import { useEffect, useMemo, useState } from 'react';
import { Button, Group } from '@mantine/core';
import { useDidUpdate, useWindowEvent } from '@mantine/hooks';
import { IconFileImport, IconFilterOff, IconPlus } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { queries, Refusal, sentence } from './client.ts';
import { meQuery, type SeenTable } from './me.ts';
import type { Asked } from './records.ts';
import { useColumns, useView } from './view.ts';
import { useRows } from './rows.ts';
import { Grid } from './grid.tsx';
import { SelectionBar, TitleBar, ToolBar } from './list_bar.tsx';
import { MassChange, MassDelete } from './mass.tsx';
import { SidePanel } from './page.tsx';
import { Broken, Empty } from './nothing_here.tsx';
import { TableIcon } from './icons.tsx';
import { openCreate } from './create.tsx';
import { useCommands } from './commands.ts';

/** What an empty list says: how to begin, or how to see more. */
function EmptyList({ table, filtered, clear, create }: { table: SeenTable; filtered: boolean; clear: () => void; create: () => void }) {
  const { t } = useTranslation();
  if (filtered) return <Empty icon={<IconFilterOff size={22} stroke={1.5} />} title={t('Nothing matches')} action={<Button variant="default" mt={8} onClick={clear}>{t('Clear filter and search')}</Button>}>{t('Try fewer conditions, or another spelling.')}</Empty>;
  return (
    <Empty icon={<TableIcon icon={table.icon} size={22} />} title={t('No {{what}} yet', { what: table.labels })}
      action={table.can.create ? (
        <Group gap="xs" mt={8}>
          <Button leftSection={<IconPlus size={15} />} onClick={create}>{t('New {{what}}', { what: table.label })}</Button>
          {table.can.import && <Button variant="default" leftSection={<IconFileImport size={15} />} component={Link} to="/import" search={{ table: table.name } as never}>{t('Import a file')}</Button>}
        </Group>
      ) : undefined}>
      {table.can.create ? t('Create the first one, or bring them in from Excel or another CRM.') : t('There is nothing that you may see. Records that others share with you will appear here.')}
    </Empty>
  );
}

/** A filter or sort that the server refuses, say because its field is gone. */
function Refused({ fault, clear }: { fault: Refusal; clear: () => void }) {
  const { t } = useTranslation();
  return <Empty icon={<IconFilterOff size={22} stroke={1.5} />} title={t('This did not work')} action={<Button variant="default" mt={8} onClick={clear}>{t('Clear filter and search')}</Button>}>{sentence(fault.detail)}</Empty>;
}

/** Below the list, when a later page could not be loaded. */
function Gap({ retry }: { retry: () => void }) {
  const { t } = useTranslation();
  return <div className="gap" role="alert">{t('Some rows could not be loaded.')}<Button variant="default" size="compact-sm" onClick={retry}>{t('Try again')}</Button></div>;
}

/** A reload after the window was away for a while, so that nobody works on yesterday's list. */
function useFreshness(reload: () => void) {
  const [left, setLeft] = useState(0);
  useWindowEvent('blur', () => setLeft(Date.now()));
  useWindowEvent('focus', () => { if (left && Date.now() - left > 60_000) reload(); });
}

type Task = 'delete' | 'change';

/** Offers to the command menu what can be done with the selection. */
function useSelectionCommands(table: SeenTable, count: number, begin: (task: Task) => void): void {
  const { t } = useTranslation();
  const change = count > 0 && table.can.change && !table.append_only, remove = count > 0 && table.can.delete;
  useCommands([
    ...(change ? [{ label: t('Change {{count}} selected', { count }), run: () => begin('change') }] : []),
    ...(remove ? [{ label: t('Delete {{count}} selected', { count }), run: () => begin('delete') }] : []),
  ]);
}

export function RecordList({ table }: { table: SeenTable }) {
  const navigate = useNavigate();
  const view = useView();
  const columns = useColumns(table);
  const asked = useMemo((): Asked => ({
    filter: view.filter, sort: view.sort, q: view.q, fields: [...new Set([table.title, ...columns.columns.map((c) => c.field.name)])],
  }), [view.filter, view.sort, view.q, table.title, columns.columns]);
  const rows = useRows(table.name, asked);
  const [selected, select] = useState(new Set<string>());
  const [task, begin] = useState<Task | null>(null);
  const create = () => openCreate(table.name, {}, (row) => { rows.reload(); view.change({ open: row.id }, false); });
  const open = (id: string, how: 'panel' | 'page') => {
    if (how === 'page') void navigate({ to: '/t/$table/$id', params: { table: table.name, id } });
    else view.change({ open: id }, !!view.open);
  };
  useFreshness(rows.reload);
  useDidUpdate(() => select(new Set()), [view.filter, view.q]);
  useEffect(() => { document.title = `${table.labels} · Steward`; }, [table.labels]);
  useSelectionCommands(table, selected.size, begin);
  const end = (gone: Set<string>) => {
    begin(null);
    select(new Set([...selected].filter((id) => !gone.has(id))));
    if (gone.has(view.open ?? '')) view.change({ open: undefined });
  };
  const clear = () => view.change({ filter: undefined, q: undefined, sort: undefined });
  const refused = rows.fault instanceof Refusal && rows.fault.status === 422;
  // A field of this list may have vanished or been hidden meanwhile: what one may see is asked anew.
  useEffect(() => { if (refused) void queries.invalidateQueries({ queryKey: meQuery.queryKey }); }, [refused]);
  const empty = rows.ended && rows.length === 0 && !rows.pending;
  return (
    <div className="list">
      <div className="list-main">
        <TitleBar table={table} asked={asked} onCreate={create} />
        {selected.size > 0 ? <SelectionBar table={table} asked={asked} count={selected.size} select={select} onDelete={() => begin('delete')} onChange={() => begin('change')} /> : <ToolBar table={table} view={view} columns={columns} />}
        {refused && (view.filter || view.sort) ? <Refused fault={rows.fault as Refusal} clear={clear} />
          : rows.fault && rows.pending ? <Broken error={rows.fault} />
          : empty ? <EmptyList table={table} filtered={!!(view.filter || view.q)} clear={clear} create={create} />
            : <Grid table={table} rows={rows} columns={columns.columns} sort={view.sort} opened={view.open} selected={selected} select={select}
              onSort={(sort) => view.change({ sort })} onResize={columns.resize} onMove={columns.move} onOpen={open} onClose={() => view.change({ open: undefined })} />}
        {rows.fault !== undefined && !rows.pending && <Gap retry={rows.retry} />}
      </div>
      {view.open && <SidePanel table={table} id={view.open} onClose={() => view.change({ open: undefined })} />}
      {task === 'delete' && <MassDelete table={table} ids={[...selected]} onClose={end} />}
      {task === 'change' && <MassChange table={table} ids={[...selected]} onClose={end} />}
    </div>
  );
}
