// The timeline of a record: what was changed by whom, with the notes and tasks about it, newest first.
import { useState } from 'react';
import type { ReactNode } from 'react';
import { Button, Group, Skeleton, Stack, Text, Textarea, Tooltip } from '@mantine/core';
import { IconArrowsExchange, IconCircleCheck, IconCircleDashed, IconFileImport, IconNote, IconPencil, IconPlus, IconShare, IconShareOff, IconTrash } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { call } from '../../web/client.ts';
import { useMe, type SeenField, type SeenTable } from '../../web/me.ts';
import { allFields, askPage, labelOf, refreshTable, type Ref, type Row } from '../../web/records.ts';
import { agoText, momentText, plainText } from '../../web/kinds/format.ts';
import { isEmpty, Show } from '../../web/kinds/show.tsx';
import { openCreate } from '../../web/create.tsx';
import { sayFault } from '../../web/toast.ts';

interface Change { field: string; old: unknown; new: unknown }
interface Activity { id: string; at: string; by: Ref | null; verb: string; through: string; changes: Change[] }
interface Entry { key: string; at: string; icon: ReactNode; body: ReactNode }

const VERBS: Record<string, { sentence: string; icon: ReactNode }> = {
  create: { sentence: 'created this record', icon: <IconPlus size={14} /> }, change: { sentence: 'changed', icon: <IconPencil size={14} /> }, delete: { sentence: 'deleted this record', icon: <IconTrash size={14} /> },
  hand_over: { sentence: 'handed this record over', icon: <IconArrowsExchange size={14} /> }, import: { sentence: 'imported this record', icon: <IconFileImport size={14} /> },
  share: { sentence: 'shared this record', icon: <IconShare size={14} /> }, unshare: { sentence: 'ended a share of this record', icon: <IconShareOff size={14} /> },
};

/** A value in one line; long ones are cut, for the field itself shows them whole. */
const short = (field: SeenField | undefined, value: unknown) => {
  const text = plainText(field, value);
  return text.length > 140 ? `${text.slice(0, 140)}…` : text;
};

function ChangeLine({ table, change }: { table: SeenTable; change: Change }) {
  const { t } = useTranslation();
  const field = allFields(table).find((f) => f.name === change.field);
  return (
    <div className="change">
      <span className="change-field">{t(field?.label ?? change.field)}</span>
      {!isEmpty(change.old) && <><del>{short(field, change.old)}</del><span className="more" aria-label={t('became')}>→</span></>}
      {isEmpty(change.new) ? <span className="none">{t('Empty')}</span> : <ins>{short(field, change.new)}</ins>}
    </div>
  );
}

function When({ at }: { at: string }) {
  return <Tooltip label={momentText(at)}><time dateTime={at} className="more">{agoText(at)}</time></Tooltip>;
}

function ActivityBody({ table, activity }: { table: SeenTable; activity: Activity }) {
  const { t } = useTranslation();
  const sentence = VERBS[activity.verb]?.sentence ?? activity.verb;
  return (
    <>
      <div><strong>{activity.by?.label ?? t('Somebody')}</strong> {t(sentence)} {activity.through !== 'screen' && <span className="more">{t('through {{what}}', { what: t(activity.through) })} </span>}<When at={activity.at} /></div>
      {activity.verb !== 'create' && activity.changes.map((c) => <ChangeLine key={c.field} table={table} change={c} />)}
    </>
  );
}

function AboutBody({ table, row }: { table: SeenTable; row: Row }) {
  const { t } = useTranslation();
  const text = table.fields.find((f) => f.kind === 'long_text');
  const extra = table.fields.filter((f) => ['choice', 'moment', 'date'].includes(f.kind) && !isEmpty(row[f.name]));
  const isTitle = text?.name === table.title;
  return (
    <div className="about">
      <div><strong>{(row.created_by as Ref | null)?.label ?? row.owner?.label ?? ''}</strong> <Link className="more" to="/t/$table/$id" params={{ table: table.name, id: row.id }}>{table.label}</Link> <When at={row.created_at} /></div>
      {!isTitle && <Link className="title related-link" to="/t/$table/$id" params={{ table: table.name, id: row.id }}>{labelOf(table, row) || t('Untitled')}</Link>}
      {text && !isEmpty(row[text.name]) && <div className="prose">{String(row[text.name])}</div>}
      {extra.length > 0 && <Group gap={10} mt={4}>{extra.map((f) => <span key={f.name}><Show field={f} value={row[f.name]} /></span>)}</Group>}
    </div>
  );
}

/** Rows of a table that are about the record, through its link to any table. */
function useAbout(name: string, row: Row) {
  const table = useMe().tables.find((s) => s.name === name);
  const link = table?.fields.find((f) => f.to === '*');
  const { data } = useQuery({
    queryKey: ['records', name, 'about', row.id],
    queryFn: ({ signal }) => askPage(name, { filter: { [link!.name]: { eq: row.id } }, sort: '-created_at' }, { limit: 100 }, signal),
    enabled: !!link,
  });
  return { table, link, rows: data?.data ?? [] };
}
type About = ReturnType<typeof useAbout>;

/** A note written on the spot. */
function Composer({ about: { table, link }, of, row }: { about: About; of: SeenTable; row: Row }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [sending, setSending] = useState(false);
  const body = table?.fields.find((f) => f.kind === 'long_text' && f.level === 'write');
  if (!table || !link || !body || !table.can.create) return null;
  const send = async () => {
    if (!text.trim()) return;
    setSending(true);
    try {
      await call('POST', `/records/${table.name}`, { body: { [body.name]: text.trim(), [link.name]: { table: of.name, id: row.id } } });
      setText('');
      await refreshTable(table.name);
    } catch (fault) {
      sayFault(fault);
    }
    setSending(false);
  };
  return (
    <div className="composer">
      <Textarea variant="unstyled" autosize minRows={1} maxRows={10} placeholder={t('Write a note …')} aria-label={t('Write a note …')} value={text} onChange={(e) => setText(e.currentTarget.value)}
        onKeyDown={(e) => { if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) void send(); }} />
      {text.trim() && <Group justify="flex-end" gap={8}><Text c="dimmed" fz={12}>{t('Ctrl+Enter')}</Text><Button size="compact-sm" loading={sending} onClick={send}>{t('Add note')}</Button></Group>}
    </div>
  );
}

const aboutEntries = ({ table, rows }: About, icon: (row: Row) => ReactNode): Entry[] =>
  (table ? rows.map((row) => ({ key: row.id, at: row.created_at, icon: icon(row), body: <AboutBody table={table} row={row} /> })) : []);

/** Activities, notes and tasks of one record. */
export function Timeline({ table, row }: { table: SeenTable; row: Row }) {
  const { t } = useTranslation();
  const notes = useAbout('note', row), tasks = useAbout('task', row);
  const activities = useInfiniteQuery({
    queryKey: ['records', table.name, 'activities', row.id],
    queryFn: ({ pageParam, signal }) => call<{ data: Activity[]; next: string | null }>('GET', `/records/${table.name}/${row.id}/activities`, { query: { cursor: pageParam, limit: 50 }, signal }),
    initialPageParam: null as string | null, getNextPageParam: (page) => page.next,
  });
  const happened = activities.data?.pages.flatMap((p) => p.data) ?? [];
  const here = { table: table.name, id: row.id, label: labelOf(table, row) };
  const entries = [
    ...happened.map((a): Entry => ({ key: a.id, at: a.at, icon: VERBS[a.verb]?.icon ?? <IconPencil size={14} />, body: <ActivityBody table={table} activity={a} /> })),
    ...aboutEntries(notes, () => <IconNote size={14} />),
    ...aboutEntries(tasks, (r) => (r.status === 'done' ? <IconCircleCheck size={14} /> : <IconCircleDashed size={14} />)),
  ].sort((a, b) => (a.at < b.at ? 1 : -1));
  return (
    <Stack gap={12}>
      <Composer about={notes} of={table} row={row} />
      {tasks.table?.can.create && tasks.link && <Button variant="default" size="compact-sm" w="fit-content" leftSection={<IconPlus size={14} />} onClick={() => openCreate('task', { [tasks.link!.name]: here })}>{t('New {{what}}', { what: tasks.table.label })}</Button>}
      {activities.isPending && <Skeleton h={40} />}
      <ol className="timeline">{entries.map((e) => <li key={e.key}><span className="timeline-icon" aria-hidden>{e.icon}</span><div className="timeline-body">{e.body}</div></li>)}</ol>
      {activities.hasNextPage && <Button variant="subtle" color="gray" size="compact-sm" w="fit-content" loading={activities.isFetchingNextPage} onClick={() => activities.fetchNextPage()}>{t('Show older')}</Button>}
      {!activities.isPending && entries.length === 0 && <Text c="dimmed">{t('Nothing has happened here yet.')}</Text>}
    </Stack>
  );
}
