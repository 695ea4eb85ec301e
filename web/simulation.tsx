// Tries a change before it is made: who would gain and lose sight of how many records.
import { useState, type ReactNode } from 'react';
import { Alert, Button, Loader, Group, Stack, Table, Text } from '@mantine/core';
import { IconArrowDownRight, IconArrowRight, IconArrowUpRight, IconFlask } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { call } from './client.ts';
import { Dialog } from './dialog.tsx';
import { sentenceOf } from './faults.ts';
import { count } from './moments.ts';
import { useWholeTables } from './whole_tables.ts';

/** The request as it would be sent. */
export interface Change { method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'; path: string; body?: unknown }
interface Named { id: string; label: string | null }
interface Difference { member: Named; table: string; records: number; from: string; to: string; samples: Named[] }
interface Outcome { gains: Difference[]; loses: Difference[]; estimate: boolean }

/** More rows than this nobody reads. */
const ROWS = 60;
const LEVEL_WORDS: Record<string, string> = { none: 'nothing', read: 'read', edit: 'edit', full: 'everything' };

function Rows({ title, icon, rows }: { title: string; icon: ReactNode; rows: Difference[] }) {
  const { t } = useTranslation();
  const tables = useWholeTables();
  if (rows.length === 0) return null;
  const labelOf = (name: string) => tables.data?.find((x) => x.name === name)?.labels ?? name;
  return (
    <section aria-label={title}>
      <Group gap={6} mb={4}>{icon}<Text fw={600} size="sm">{title}</Text></Group>
      <Table verticalSpacing={5} horizontalSpacing="xs" fz="sm">
        <Table.Thead><Table.Tr><Table.Th>{t('Member')}</Table.Th><Table.Th>{t('Table')}</Table.Th><Table.Th ta="right">{t('Records')}</Table.Th><Table.Th>{t('Access')}</Table.Th></Table.Tr></Table.Thead>
        <Table.Tbody>
          {rows.slice(0, ROWS).map((d) => (
            <Table.Tr key={`${d.member.id} ${d.table} ${d.from} ${d.to}`}>
              <Table.Td fw={500}>{d.member.label}</Table.Td>
              <Table.Td>{labelOf(d.table)}{d.samples.length > 0 && <Text size="xs" c="dimmed" lineClamp={1}>{d.samples.map((s) => s.label ?? t('without a name')).join(', ')}{d.records > d.samples.length && ' …'}</Text>}</Table.Td>
              <Table.Td ta="right" style={{ fontVariantNumeric: 'tabular-nums' }}>{count(d.records)}</Table.Td>
              <Table.Td><Group gap={4} wrap="nowrap"><Text size="sm" c="dimmed">{t(LEVEL_WORDS[d.from])}</Text><IconArrowRight size={13} aria-label={t('becomes')} /><Text size="sm">{t(LEVEL_WORDS[d.to])}</Text></Group></Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {rows.length > ROWS && <Text size="xs" c="dimmed" mt={4}>{t('and {{n}} more rows', { n: rows.length - ROWS })}</Text>}
    </section>
  );
}

/** What a change would do, asked anew for each change. */
export function Simulation({ change }: { change: Change }) {
  const { t } = useTranslation();
  const asked = useQuery({ queryKey: ['simulation', change], queryFn: ({ signal }) => call<Outcome>('POST', '/access/simulate', { body: { change }, signal }), staleTime: 0, gcTime: 0 });
  if (asked.isPending) return <Group gap="xs" role="status"><Loader size="xs" /><Text size="sm" c="dimmed">{t('Trying it on all records …')}</Text></Group>;
  if (asked.isError) return <Alert color="red" variant="light">{sentenceOf(asked.error)}</Alert>;
  const { gains, loses, estimate } = asked.data;
  return (
    <Stack gap="md" role="status">
      {gains.length + loses.length === 0 && <Text size="sm">{t('Nobody would see or do more or less than now.')}</Text>}
      <Rows title={t('Would gain')} icon={<IconArrowUpRight size={16} aria-hidden />} rows={gains} />
      <Rows title={t('Would lose')} icon={<IconArrowDownRight size={16} aria-hidden />} rows={loses} />
      {estimate && <Text size="xs" c="dimmed">{t('So many records take part that these numbers are estimated from a part of them.')}</Text>}
    </Stack>
  );
}

/** A button that shows in a window of its own what the change would do; nothing is changed. */
export function TryIt({ change }: { change: Change }) {
  const { t } = useTranslation();
  const [opened, open] = useState(false);
  return (
    <>
      <Button variant="default" leftSection={<IconFlask size={15} aria-hidden />} onClick={() => open(true)}>{t('Try it')}</Button>
      <Dialog opened={opened} onClose={() => open(false)} title={t('What would change')} size="lg">{opened && <Simulation change={change} />}</Dialog>
    </>
  );
}
