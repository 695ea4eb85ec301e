// What the member may do with one record, why he sees it, and who else does.
import { ActionIcon, Popover, ScrollArea, Stack, Text } from '@mantine/core';
import { IconCheck, IconShieldQuestion, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { call } from './client.ts';
import { useMe, type SeenTable } from './me.ts';
import { accessQuery, type Access, type Ref } from './records.ts';
import { Initials } from './kinds/show.tsx';

const DEEDS: [keyof Access, string][] = [['see', 'See'], ['change', 'Change'], ['delete', 'Delete'], ['share', 'Share'], ['hand_over', 'Hand over']];

function Deeds({ table, id }: { table: SeenTable; id: string }) {
  const { t } = useTranslation();
  const { data } = useQuery(accessQuery(table.name, id));
  if (!data) return <Text c="dimmed">{t('Loading')}</Text>;
  const readOnly = table.fields.filter((f) => !f.computed && data.fields?.[f.name] === 'read');
  return (
    <Stack gap={4}>
      <Text fw={600}>{t('What you may do here')}</Text>
      <div className="deeds">
        {DEEDS.filter(([deed]) => data[deed] !== undefined).map(([deed, word]) => (
          <span key={deed} className={data[deed] ? 'yes' : 'no'}>{data[deed] ? <IconCheck size={14} aria-label={t('Yes')} /> : <IconX size={14} aria-label={t('No')} />}{t(word)}</span>
        ))}
      </div>
      {data.change && readOnly.length > 0 && <Text fz={12} c="dimmed">{t('Read only: {{fields}}', { fields: readOnly.map((f) => t(f.label)).join(', ') })}</Text>}
    </Stack>
  );
}

interface Reason { path: string; level: string; via: Record<string, unknown> }
const WHY: Record<string, string> = {
  owner: 'You own it.', manager: 'You are above its owner.', default: 'All members may see the records of this table.', parent: 'You see the record that it belongs to.',
  profile: 'Your profile sees all records of this table.', team: 'You are in a team that sees it.', rule: 'A sharing rule gives it to you.', share: 'It was shared with you.',
  child: 'You see a record that belongs to it.', parent_owner: 'You own the record that it belongs to.',
};

/** Every way by which the member sees the record, in words. */
function Why({ table, id }: { table: SeenTable; id: string }) {
  const { t } = useTranslation();
  const { member } = useMe();
  const { data } = useQuery({
    queryKey: ['records', table.name, 'why', id],
    queryFn: ({ signal }) => call<{ reasons: Reason[] }>('GET', `/access/members/${member.id}/records/${table.name}/${id}`, { signal }), retry: false,
  });
  if (!data?.reasons.length) return null;
  const paths = [...new Set(data.reasons.map((r) => r.path))];
  return <Stack gap={2}><Text fw={600}>{t('Why you see it')}</Text>{paths.map((path) => <Text key={path}>{t(WHY[path] ?? path)}</Text>)}</Stack>;
}

interface Viewer { member: Ref; level: string }
const LEVELS: Record<string, string> = { read: 'reads', edit: 'edits', full: 'full' };

/** The members who see the record, each with a level; at most 100 are named. */
function Viewers({ table, id }: { table: SeenTable; id: string }) {
  const { t } = useTranslation();
  const { data } = useQuery({
    queryKey: ['records', table.name, 'viewers', id],
    queryFn: ({ signal }) => call<{ data: Viewer[]; next: string | null }>('GET', `/records/${table.name}/${id}/viewers`, { query: { limit: 100 }, signal }), retry: false,
  });
  if (!data?.data.length) return null;
  return (
    <Stack gap={4}>
      <Text fw={600}>{t('Who sees it')} <span className="count">{data.data.length}{data.next ? '+' : ''}</span></Text>
      <ScrollArea.Autosize mah={180} type="auto" viewportProps={{ tabIndex: 0 }}>
        <ul className="viewers">{data.data.map((v) => <li key={v.member.id}><span className="member"><Initials name={v.member.label} />{v.member.label}</span><span className="more">{t(LEVELS[v.level] ?? v.level)}</span></li>)}</ul>
      </ScrollArea.Autosize>
    </Stack>
  );
}

export function AccessButton({ table, id }: { table: SeenTable; id: string }) {
  const { t } = useTranslation();
  return (
    <Popover position="bottom-end" shadow="md" width={280} trapFocus>
      <Popover.Target><ActionIcon aria-label={t('What may I do here?')} title={t('What may I do here?')}><IconShieldQuestion size={16} stroke={1.6} /></ActionIcon></Popover.Target>
      <Popover.Dropdown><Stack gap={14}><Deeds table={table} id={id} /><Why table={table} id={id} /><Viewers table={table} id={id} /></Stack></Popover.Dropdown>
    </Popover>
  );
}
