// One record: as a page of its own, or beside the list.
import { useState } from 'react';
import type { ReactNode } from 'react';
import { ActionIcon, Anchor, Group, Menu, Skeleton, Stack, Tabs, Tooltip } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconArrowsDiagonal, IconDots, IconLock, IconTrash, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMe, type SeenTable } from './me.ts';
import { accessQuery, labelOf, recordQuery, type Row } from './records.ts';
import { Refusal } from './client.ts';
import { Broken, Empty, NothingHere } from './nothing_here.tsx';
import { Fields } from './fields.tsx';
import { Related, relationsTo } from './related.tsx';
import { AccessButton } from './access.tsx';
import { DeleteRecord } from './delete_record.tsx';
import { TableIcon } from './icons.tsx';
import { ShareButton } from '../features/share/Share.tsx';
import { Timeline } from '../features/tracking/Tracking.tsx';

/** Tables that the timeline shows, so that the related lists need not. */
const IN_TIMELINE = ['note', 'task'];

function Bones() {
  return <Stack gap={14} p={20}><Skeleton h={24} w="50%" />{Array.from({ length: 9 }, (_, i) => <Skeleton key={i} h={16} w={`${55 + ((i * 17) % 40)}%`} />)}</Stack>;
}

function Deeds({ table, row, onGone }: { table: SeenTable; row: Row; onGone: () => void }) {
  const { t } = useTranslation();
  const [deleting, ask] = useState(false);
  const access = useQuery(accessQuery(table.name, row.id)).data;
  return (
    <>
      <ShareButton table={table} row={row} />
      <AccessButton table={table} id={row.id} />
      {table.can.delete && access?.delete !== false && (
        <Menu position="bottom-end" width={180}>
          <Menu.Target><ActionIcon aria-label={t('More')}><IconDots size={16} /></ActionIcon></Menu.Target>
          <Menu.Dropdown><Menu.Item color="red" leftSection={<IconTrash size={15} />} onClick={() => ask(true)}>{t('Delete')}</Menu.Item></Menu.Dropdown>
        </Menu>
      )}
      {deleting && <DeleteRecord table={table} row={row} onClose={() => ask(false)} onGone={() => { ask(false); onGone(); }} />}
    </>
  );
}

/** Loads a record; shows bones, "nothing here" or what `children` draw from it. */
function WithRecord({ table, id, children }: { table: SeenTable; id: string; children: (row: Row) => ReactNode }) {
  const { t } = useTranslation();
  const { data, error } = useQuery(recordQuery(table.name, id));
  if (error instanceof Refusal && (error.status === 404 || error.status === 422)) return <NothingHere />;
  if (error && !data) return <Broken error={error} />;
  if (!data) return <Bones />;
  if (data.locked) return <Empty icon={<IconLock size={22} stroke={1.5} />} title={t('This record is restricted')}>{t('Its processing is restricted (Art. 18 GDPR). Until that ends its values are not shown.')}</Empty>;
  return children(data);
}

/** Fields, timeline and related lists under tabs, where there is no room side by side. */
function RecordTabs({ table, row, onGone, heading }: { table: SeenTable; row: Row; onGone: () => void; heading?: 'h2' | 'h3' }) {
  const { t } = useTranslation();
  return (
    <Tabs defaultValue="fields" keepMounted={false} className="panel-tabs">
      <Tabs.List><Tabs.Tab value="fields">{t('Details')}</Tabs.Tab><Tabs.Tab value="timeline">{t('Timeline')}</Tabs.Tab><Tabs.Tab value="related">{t('Related')}</Tabs.Tab></Tabs.List>
      <Tabs.Panel value="fields"><Fields table={table} row={row} onGone={onGone} heading={heading} /></Tabs.Panel>
      <Tabs.Panel value="timeline" p={16}><Timeline table={table} row={row} /></Tabs.Panel>
      <Tabs.Panel value="related" p={16}><Related table={table} row={row} without={IN_TIMELINE} /></Tabs.Panel>
    </Tabs>
  );
}

/** A record beside the list; Esc or the cross closes it. */
export function SidePanel({ table, id, onClose }: { table: SeenTable; id: string; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <aside className="panel" aria-label={table.label} onKeyDown={(e) => { if (e.key === 'Escape' && !e.defaultPrevented && e.currentTarget.contains(e.target as Node)) onClose(); }}>
      <WithRecord table={table} id={id} key={id}>
        {(row) => (
          <>
            <Group className="panel-head" wrap="nowrap" gap={4}>
              <TableIcon icon={table.icon} size={16} />
              <h2 className="panel-title">{labelOf(table, row) || t('Untitled')}</h2>
              <Deeds table={table} row={row} onGone={onClose} />
              <Tooltip label={t('Open as a page')}><ActionIcon component={Link} to={`/t/${table.name}/${id}`} aria-label={t('Open as a page')}><IconArrowsDiagonal size={16} stroke={1.6} /></ActionIcon></Tooltip>
              <ActionIcon aria-label={t('Close')} onClick={onClose}><IconX size={16} /></ActionIcon>
            </Group>
            <RecordTabs table={table} row={row} onGone={onClose} />
          </>
        )}
      </WithRecord>
    </aside>
  );
}

/** A record on a page of its own: fields at the left, what happened and what belongs to it at the right. */
export function RecordPage({ table, id }: { table: SeenTable; id: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { tables } = useMe();
  const narrow = useMediaQuery('(max-width: 48em)');
  const leave = () => void navigate({ to: '/t/$table', params: { table: table.name } });
  const relations = relationsTo(tables, table.name).filter((r) => !IN_TIMELINE.includes(r.table.name));
  return (
    <WithRecord table={table} id={id} key={id}>
      {(row) => (
        <div className="page">
          <Group className="page-head" wrap="nowrap" gap={8}>
            <Anchor component={Link} to={`/t/${table.name}`} className="crumb"><TableIcon icon={table.icon} size={16} />{table.labels}</Anchor>
            <span className="more" aria-hidden>/</span>
            <h1 className="page-title">{labelOf(table, row) || t('Untitled')}</h1>
            <div className="grow" />
            <Deeds table={table} row={row} onGone={leave} />
          </Group>
          {narrow ? <RecordTabs table={table} row={row} onGone={leave} heading="h2" /> : <div className="page-body">
            <div className="page-fields"><Fields table={table} row={row} onGone={leave} heading="h2" /></div>
            <Tabs defaultValue="timeline" keepMounted={false} className="page-tabs">
              <Tabs.List><Tabs.Tab value="timeline">{t('Timeline')}</Tabs.Tab>{relations.length > 0 && <Tabs.Tab value="related">{t('Related')}</Tabs.Tab>}</Tabs.List>
              <Tabs.Panel value="timeline"><Timeline table={table} row={row} /></Tabs.Panel>
              <Tabs.Panel value="related"><Related table={table} row={row} without={IN_TIMELINE} /></Tabs.Panel>
            </Tabs>
          </div>}
        </div>
      )}
    </WithRecord>
  );
}
