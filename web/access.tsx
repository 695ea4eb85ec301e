// What the member may do with one record, in words.
import { ActionIcon, Popover, Stack, Text } from '@mantine/core';
import { IconCheck, IconShieldQuestion, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { SeenTable } from './me.ts';
import { accessQuery, type Access } from './records.ts';

const DEEDS: [keyof Access, string][] = [['see', 'See'], ['change', 'Change'], ['delete', 'Delete'], ['share', 'Share'], ['hand_over', 'Hand over']];

function Deeds({ table, id }: { table: SeenTable; id: string }) {
  const { t } = useTranslation();
  const { data } = useQuery(accessQuery(table.name, id));
  if (!data) return <Text c="dimmed">{t('Loading')}</Text>;
  const readOnly = table.fields.filter((f) => !f.computed && data.fields?.[f.name] === 'read');
  return (
    <Stack gap={6}>
      <Text fw={600}>{t('What you may do here')}</Text>
      {DEEDS.filter(([deed]) => data[deed] !== undefined).map(([deed, word]) => (
        <span key={deed} className={data[deed] ? 'yes' : 'no'}>{data[deed] ? <IconCheck size={14} aria-label={t('Yes')} /> : <IconX size={14} aria-label={t('No')} />}{t(word)}</span>
      ))}
      {readOnly.length > 0 && <Text fz={12} c="dimmed">{t('Read only: {{fields}}', { fields: readOnly.map((f) => f.label).join(', ') })}</Text>}
    </Stack>
  );
}

export function AccessButton({ table, id }: { table: SeenTable; id: string }) {
  const { t } = useTranslation();
  return (
    <Popover position="bottom-end" shadow="md" width={240}>
      <Popover.Target><ActionIcon aria-label={t('What may I do here?')} title={t('What may I do here?')}><IconShieldQuestion size={16} stroke={1.6} /></ActionIcon></Popover.Target>
      <Popover.Dropdown><Deeds table={table} id={id} /></Popover.Dropdown>
    </Popover>
  );
}
