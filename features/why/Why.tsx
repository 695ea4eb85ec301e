// Who sees a record and why: every viewer with his level, each with the ways by which he has it.
import { useState } from 'react';
import { Skeleton, Stack, Text, UnstyledButton } from '@mantine/core';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { call, Refusal, sentence } from '../../web/client.ts';
import { everyPage } from '../../web/every_page.ts';
import { sentenceOf } from '../../web/faults.ts';
import { LevelBadge, type Level } from '../../web/level.tsx';
import { useMe, type SeenTable } from '../../web/me.ts';
import { day } from '../../web/moments.ts';
import { partyWords, type Named, type Party } from '../../web/party.tsx';
import { RowsComing } from '../../web/settings_page.tsx';
import { SideDrawer } from '../../web/side_drawer.tsx';
import { Initials } from '../../web/kinds/show.tsx';
import classes from '../../web/viewers.module.css';

interface Viewer { member: Named; level: Level }
interface Via { owner?: Named; team?: Named; to?: Party; by?: Named | null; until?: string | null; table?: string; field?: string; right?: string }
interface Reason { path: string; level: Level; via: Via }
interface Access { level: Level | 'none'; reasons: Reason[]; missing: string[] }

const SAID: Record<string, (t: TFunction, via: Via, tables: SeenTable[], member: string) => string> = {
  owner: (t) => t('owns the record'),
  manager: (t, { owner }) => t('manager above {{name}}, the owner', { name: owner?.label }),
  default: (t, { table }, tables) => t('by default of {{table}}, for everyone', { table: called(tables, table) }),
  parent: (t, { table }, tables) => t('has the same level on the record above it ({{table}})', { table: called(tables, table) }),
  profile: (t, { right }) => (right === 'edits_all' ? t('the profile edits all records of this table') : t('the profile reads all records of this table')),
  team: (t, { team }) => t('through the team {{name}}: as one of it, of a team above it, or above such a member', { name: team?.label }),
  rule: (t, { to }) => (to ? t('through a sharing rule for {{who}}', { who: partyWords(t, to) }) : t('through a sharing rule')),
  share: (t, via, _, member) => shareWords(t, via, member),
  child: (t, { table }, tables) => t('sees one of {{table}} that links here', { table: called(tables, table) }),
  parent_owner: (t, { table }, tables) => t('owns, or is above the owner of, the linked record ({{table}})', { table: called(tables, table) }),
};
const called = (tables: SeenTable[], name?: string) => tables.find((x) => x.name === name)?.labels ?? name ?? '';

/** Through a share with somebody else one sees it as a manager above him. */
function shareWords(t: TFunction, { to, by, until }: Via, member: string): string {
  const said = { who: to ? partyWords(t, to) : '', name: by?.label ?? t('Somebody') };
  const shared = t('shared with {{who}} by {{name}}', said);
  const words = to?.member && to.member.id !== member ? `${t('manager above {{name}}', { name: to.member.label })}: ${shared}` : shared;
  return until ? `${words}, ${t('until {{day}}', { day: day(until) })}` : words;
}

function Reasons({ table, id, member }: { table: SeenTable; id: string; member: string }) {
  const { t } = useTranslation();
  const { tables } = useMe();
  const { data, error } = useQuery({ queryKey: ['records', table.name, 'viewers', id, member], queryFn: ({ signal }) => call<Access>('GET', `/access/members/${member}/records/${table.name}/${id}`, { signal }), retry: false });
  if (error instanceof Refusal && error.status === 404) return <Text size="xs" c="dimmed">{t('Why somebody sees it is told to himself, to the managers above and to administrators.')}</Text>;
  if (error) return <Text size="xs" c="red">{sentenceOf(error)}</Text>;
  if (!data) return <Skeleton h={16} w="70%" />;
  return (
    <ul className={classes.reasons}>
      {data.reasons.map((r, i) => <li key={i}><span>{SAID[r.path]?.(t, r.via, tables, member) ?? r.path}</span><LevelBadge level={r.level} /></li>)}
      {data.missing.map((m) => <li key={m}>{sentence(m)}</li>)}
    </ul>
  );
}

function ViewerRow({ table, id, viewer, own }: { table: SeenTable; id: string; viewer: Viewer; own: boolean }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(own);
  const Chevron = open ? IconChevronDown : IconChevronRight;
  return (
    <li className={classes.viewer}>
      <UnstyledButton className={classes.head} aria-expanded={open} onClick={() => setOpen(!open)}>
        <Chevron size={14} aria-hidden /><Initials name={viewer.member.label} /><span className={classes.name}>{viewer.member.label}</span>
        {own && <span className="more">{t('you')}</span>}
        <LevelBadge level={viewer.level} />
      </UnstyledButton>
      {open && <div className={classes.why}><Reasons table={table} id={id} member={viewer.member.id} /></div>}
    </li>
  );
}

function Viewers({ table, id }: { table: SeenTable; id: string }) {
  const { t } = useTranslation();
  const { member } = useMe();
  const viewers = useQuery({ queryKey: ['records', table.name, 'viewers', id], queryFn: ({ signal }) => everyPage<Viewer>(`/records/${table.name}/${id}/viewers`, signal) });
  if (viewers.isPending) return <RowsComing rows={3} />;
  if (viewers.isError) return <Text c="red">{sentenceOf(viewers.error)}</Text>;
  const own = viewers.data.filter((v) => v.member.id === member.id);
  return (
    <Stack gap="md">
      <Text c="dimmed">{t('Everyone listed sees this record now, with the highest level of all his ways. What of it, his profile decides.')}</Text>
      <ul className={classes.viewers} aria-label={t('Who sees this record')}>
        {[...own, ...viewers.data.filter((v) => v.member.id !== member.id)].map((v) => <ViewerRow key={v.member.id} table={table} id={id} viewer={v} own={v.member.id === member.id} />)}
      </ul>
    </Stack>
  );
}

/** The list of viewers, at the side. */
export function WhoSees({ table, id, opened, onClose }: { table: SeenTable; id: string; opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return <SideDrawer opened={opened} onClose={onClose} title={t('Who sees this record')}><Viewers table={table} id={id} /></SideDrawer>;
}
