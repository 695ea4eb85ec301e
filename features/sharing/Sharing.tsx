// Sharing: for each table, who sees and edits the records of others.
import { useState } from 'react';
import { Badge, Button, Group, Radio, Stack, Text } from '@mantine/core';
import { IconEye, IconLock, IconPencil } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { SharingDefault } from '../../catalogue/catalogue.ts';
import { call } from '../../web/client.ts';
import { sentenceOf } from '../../web/faults.ts';
import { TableIcon } from '../../web/icons.tsx';
import { RowsComing, SettingsPage } from '../../web/settings_page.tsx';
import { say, sayFault } from '../../web/toast.ts';
import { tablesChanged, useWholeTables, type WholeTable } from '../../web/whole_tables.ts';
import classes from '../../web/sharing_rows.module.css';

const WAYS: { value: SharingDefault; label: string; icon: typeof IconLock; means: string; then: string }[] = [
  { value: 'private', label: 'Private', icon: IconLock, means: 'Only the owner and the managers above.', then: 'From the next request on, members no longer find the records of colleagues: they vanish from lists, search, links and files.' },
  { value: 'read', label: 'Everyone reads', icon: IconEye, means: 'All see them; the owner and the managers above edit.', then: 'Every member whose profile knows this table sees all its records, and changes only their own and those of members below.' },
  { value: 'edit', label: 'Everyone edits', icon: IconPencil, means: 'All see and edit them; deleting and handing over stay with owner and managers.', then: 'Every member whose profile knows this table sees all its records, and changes them as far as the profile allows.' },
];
const wayOf = (value: SharingDefault) => WAYS.find((w) => w.value === value)!;

function useSharing(table: WholeTable) {
  const { t } = useTranslation();
  const [wanted, want] = useState<SharingDefault | null>(null);
  const save = useMutation({
    mutationFn: (value: SharingDefault) => call('PUT', `/tables/${table.name}/sharing`, { body: { default: value } }),
    onSuccess: async () => { await tablesChanged(); want(null); say(t('{{table}}: saved. It counts from the next request on.', { table: table.labels })); },
    onError: sayFault,
  });
  return { wanted, want, save };
}

function TableSharing({ table }: { table: WholeTable }) {
  const { t } = useTranslation();
  const { wanted, want, save } = useSharing(table);
  const stored = table.sharing.default;
  const choose = (value: string) => want(value === stored ? null : value as SharingDefault);
  return (
    <li className={classes.row}>
      <Group gap={8} className={classes.head}><TableIcon icon={table.icon} /><Text fw={500} size="sm">{table.labels}</Text></Group>
      <Radio.Group value={wanted ?? stored} onChange={choose} aria-label={t('Who sees {{table}}', { table: table.labels })} className={classes.ways}>
        <div className={classes.cards}>
          {WAYS.map(({ value, label, means, icon: Icon }) => (
            <Radio.Card key={value} value={value} className={classes.card} data-now={value === stored || undefined}>
              <Group gap={6} wrap="nowrap">
                <Icon size={15} stroke={1.6} aria-hidden />
                <Text size="sm" fw={500}>{t(label)}</Text>
                {value === stored && wanted && <Badge size="xs" color="gray">{t('now')}</Badge>}
                <Radio.Indicator size="xs" ml="auto" />
              </Group>
              <Text size="xs" c="dimmed" mt={3}>{t(means)}</Text>
            </Radio.Card>
          ))}
        </div>
        {wanted && (
          <Group className={classes.then} gap="sm" align="center" role="status">
            <Text size="sm" flex={1} miw={220}>{t(wayOf(wanted).then)}</Text>
            <Button variant="default" onClick={() => want(null)}>{t('Cancel')}</Button>
            <Button loading={save.isPending} onClick={() => save.mutate(wanted)}>{t('Apply')}</Button>
          </Group>
        )}
      </Radio.Group>
    </li>
  );
}

/** `/settings/sharing` */
export function SharingScreen() {
  const { t } = useTranslation();
  const tables = useWholeTables();
  return (
    <SettingsPage title={t('Sharing')} wide about={t('How far members see the records of others, before anything else widens it. Owners always have their records, and managers above have whatever those below them have.')}>
      {tables.isPending && <RowsComing />}
      {tables.isError && <Text c="red">{sentenceOf(tables.error)}</Text>}
      <Stack gap="xs">
        <ul className={classes.rows}>{tables.data?.map((table) => <TableSharing key={table.name} table={table} />)}</ul>
        <Text size="xs" c="dimmed">{t('Profiles come first: a table that a profile hides stays hidden, however it is shared.')}</Text>
      </Stack>
    </SettingsPage>
  );
}
