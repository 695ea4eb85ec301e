// Sharing one record by hand: with whom it is shared, and sharing it with a member, group or team.
import { useState } from 'react';
import { ActionIcon, Alert, Badge, Button, Group, Stack, Text, TextInput, Tooltip } from '@mantine/core';
import { DateInput } from '@mantine/dates';
import { IconInfoCircle, IconShare, IconTrash } from '@tabler/icons-react';
import { queryOptions, useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { call, queries } from '../../web/client.ts';
import { Dialog } from '../../web/dialog.tsx';
import { sentenceOf } from '../../web/faults.ts';
import { LevelBadge, LevelPicker } from '../../web/level.tsx';
import type { SeenTable } from '../../web/me.ts';
import { day } from '../../web/moments.ts';
import { PartyIcon, partyOf, PartyPicker, partyWords, type Party } from '../../web/party.tsx';
import { List, Row as Line } from '../../web/quiet_list.tsx';
import { accessQuery, labelOf, type Ref, type Row } from '../../web/records.ts';
import { RowsComing } from '../../web/settings_page.tsx';
import { say, sayFault } from '../../web/toast.ts';

interface Share { id: string; to: Party; level: 'read' | 'edit'; reason: string; until: string | null; by: Ref | null; at: string }

const sharesQuery = (table: string, id: string) => queryOptions({
  queryKey: ['records', table, 'shares', id],
  queryFn: ({ signal }) => call<{ data: Share[] }>('GET', `/records/${table}/${id}/shares`, { signal }).then(({ data }) => data),
});
const changed = (table: string, id: string) => Promise.all(['shares', 'viewers', 'activities'].map((what) => queries.invalidateQueries({ queryKey: ['records', table, what, id] })));

const isOver = (share: Share) => !!share.until && new Date(share.until).getTime() <= Date.now();

function useShareWords() {
  const { t } = useTranslation();
  return (share: Share) => [
    share.until && (isOver(share) ? t('ended on {{day}}', { day: day(share.until) }) : t('until {{day}}', { day: day(share.until) })),
    share.by && t('by {{name}}', { name: share.by.label }), share.reason && `“${share.reason}”`,
  ].filter(Boolean).join(' · ');
}

function Shares({ table, id }: { table: string; id: string }) {
  const { t } = useTranslation();
  const words = useShareWords();
  const shares = useQuery(sharesQuery(table, id));
  const end = useMutation({
    mutationFn: (share: Share) => call('DELETE', `/records/${table}/${id}/shares/${share.id}`),
    onSuccess: (_, share) => say(t('No longer shared with {{who}}', { who: partyWords(t, share.to) })),
    onError: sayFault,
    onSettled: () => changed(table, id),
  });
  if (shares.isPending) return <RowsComing rows={1} />;
  if (shares.isError) return <Text c="red">{sentenceOf(shares.error)}</Text>;
  if (shares.data.length === 0) return null;
  return (
    <List label={t('Shared with')}>
      {shares.data.map((share) => (
        <Line key={share.id} icon={<PartyIcon kind={partyOf(share.to)[0]} size={17} />} title={partyOf(share.to)[1].label} badge={isOver(share) ? <Badge color="gray">{t('ended')}</Badge> : <LevelBadge level={share.level} />} about={words(share)}
          action={<ActionIcon aria-label={t('End the share with {{who}}', { who: partyWords(t, share.to) })} disabled={end.isPending} onClick={() => end.mutate(share)}><IconTrash size={16} stroke={1.6} /></ActionIcon>} />
      ))}
    </List>
  );
}

/** The end of a day, where the reader is, as a moment. */
const endOf = (date: string) => new Date(`${date}T23:59:59`).toISOString();
const today = () => new Date(Date.now() - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 10);

interface Draft { to: Party | null; level: 'read' | 'edit'; until: string | null; reason: string }
const NOBODY: Draft = { to: null, level: 'read', until: null, reason: '' };

function NewShare({ table, id, owner }: { table: string; id: string; owner?: string }) {
  const { t, i18n } = useTranslation();
  const [draft, setDraft] = useState<Draft>(NOBODY);
  const put = (part: Partial<Draft>) => setDraft({ ...draft, ...part });
  const share = useMutation({
    mutationFn: ({ to, level, until, reason }: Draft) => {
      const [kind, { id: which }] = partyOf(to!);
      return call<Share>('POST', `/records/${table}/${id}/shares`, { body: { to: { [kind]: which }, level, reason: reason.trim(), until: until && endOf(until) } });
    },
    onSuccess: async (made) => { await changed(table, id); setDraft(NOBODY); say(t('Shared with {{who}}', { who: partyWords(t, made.to) })); },
  });
  const submit = (e: React.FormEvent) => { e.preventDefault(); if (draft.to) share.mutate(draft); };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <PartyPicker label={t('Share with')} kinds={['member', 'group', 'team']} value={draft.to} onChange={(to) => put({ to })} without={owner} />
        <LevelPicker label={t('What they may do')} value={draft.level} onChange={(level) => put({ level })} />
        <Group gap="sm" align="flex-start" grow>
          <DateInput label={t('Ends on')} placeholder={t('no end')} clearable minDate={today()} value={draft.until} onChange={(until) => put({ until })} valueFormat={i18n.language === 'de' ? 'D. MMM YYYY' : 'D MMM YYYY'} locale={i18n.language} />
          <TextInput label={t('Reason')} maxLength={500} value={draft.reason} onChange={(e) => put({ reason: e.currentTarget.value })} />
        </Group>
        {share.isError && <Text c="red" role="alert">{sentenceOf(share.error)}</Text>}
        <Group justify="flex-end"><Button type="submit" disabled={!draft.to} loading={share.isPending}>{t('Share')}</Button></Group>
      </Stack>
    </form>
  );
}

/** Only for whoever may share this record. */
export function ShareButton({ table, row }: { table: SeenTable; row: Row }) {
  const { t } = useTranslation();
  const [opened, open] = useState(false);
  const { data } = useQuery(accessQuery(table.name, row.id));
  if (!data?.share) return null;
  return (
    <>
      <Tooltip label={t('Share')}><ActionIcon aria-label={t('Share')} onClick={() => open(true)}><IconShare size={16} stroke={1.6} /></ActionIcon></Tooltip>
      <Dialog opened={opened} onClose={() => open(false)} title={t('Share {{what}}', { what: labelOf(table, row) || table.label })} size={520} onKeyDown={(e) => e.stopPropagation()}>
        <Stack gap="md">
          <Shares table={table.name} id={row.id} />
          <NewShare table={table.name} id={row.id} owner={row.owner?.id ?? undefined} />
          <Alert variant="light" color="gray" icon={<IconInfoCircle size={16} aria-hidden />}>{t('Whoever gets it, and the managers above, see this one record, as far as their profiles allow. They cannot pass it on. When the record is handed over to another owner, all its shares end.')}</Alert>
        </Stack>
      </Dialog>
    </>
  );
}

/** In the hand-over dialog: what will end with it. Asked only of those who may know. */
export function SharesThatEnd({ table, id }: { table: string; id: string }) {
  const { t } = useTranslation();
  const may = useQuery(accessQuery(table, id)).data?.share;
  const words = useShareWords();
  const live = useQuery({ ...sharesQuery(table, id), enabled: !!may }).data?.filter((s) => !isOver(s)) ?? [];
  if (!may) return <Text c="dimmed" fz={12}>{t('If the record is shared by hand, those shares end.')}</Text>;
  if (live.length === 0) return null;
  return (
    <div role="status">
      <Text fz={12} fw={600}>{t('These shares end with it:')}</Text>
      <ul className="ending">{live.map((s) => <li key={s.id}><PartyIcon kind={partyOf(s.to)[0]} size={14} /> {partyWords(t, s.to)}{words(s) && <span className="more"> · {words(s)}</span>}</li>)}</ul>
    </div>
  );
}
