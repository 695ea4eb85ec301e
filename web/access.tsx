// What the member may do with one record, and the way to who sees it and why.
import { useState } from 'react';
import { ActionIcon, Button, Popover, Stack, Text } from '@mantine/core';
import { IconCheck, IconEye, IconShieldQuestion, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { SeenTable } from './me.ts';
import { accessQuery, type Access } from './records.ts';
import { WhoSees } from '../features/why/Why.tsx';

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

export function AccessButton({ table, id }: { table: SeenTable; id: string }) {
  const { t } = useTranslation();
  const [asking, ask] = useState(false);
  const [viewers, showViewers] = useState(false);
  return (
    <>
      <Popover opened={asking} onChange={ask} position="bottom-end" shadow="md" width={280} trapFocus>
        <Popover.Target><ActionIcon aria-label={t('What may I do here?')} title={t('What may I do here?')} onClick={() => ask(!asking)}><IconShieldQuestion size={16} stroke={1.6} /></ActionIcon></Popover.Target>
        <Popover.Dropdown>
          <Stack gap={12}>
            <Deeds table={table} id={id} />
            <Button variant="default" leftSection={<IconEye size={15} aria-hidden />} onClick={() => { ask(false); showViewers(true); }}>{t('Who sees this and why')}</Button>
          </Stack>
        </Popover.Dropdown>
      </Popover>
      <WhoSees table={table} id={id} opened={viewers} onClose={() => showViewers(false)} />
    </>
  );
}
