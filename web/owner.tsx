// The owner of a record, and handing it over.
import { useState } from 'react';
import { Button, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { call, queries } from './client.ts';
import type { SeenTable } from './me.ts';
import { accessQuery, hideRows, showRow, SYSTEM_FIELDS, type Ref, type Row } from './records.ts';
import { Show } from './kinds/show.tsx';
import { KindInput } from './kinds/input.tsx';
import { Popup } from './popup.tsx';
import { SharesThatEnd } from '../features/share/Share.tsx';
import { say, sayFault } from './toast.ts';

const OWNER = SYSTEM_FIELDS[0];

/** `onGone` is called when the member no longer sees the record after handing it over. */
export function Owner({ table, row, onGone }: { table: SeenTable; row: Row; onGone: () => void }) {
  const { t } = useTranslation();
  const [opened, open] = useState(false);
  const access = useQuery(accessQuery(table.name, row.id)).data;
  const [to, choose] = useState<Ref | null>(null);
  const [sending, setSending] = useState(false);
  const handOver = async () => {
    if (!to?.id) return;
    setSending(true);
    try {
      const answer = await call<Row & { visible?: boolean }>('PUT', `/records/${table.name}/${row.id}/owner`, { body: { owner: to.id } });
      open(false);
      if (answer.visible === false) {
        say(t('Handed over to {{name}}. You no longer see this record.', { name: to.label }));
        hideRows(table.name, new Set([row.id]));
        onGone();
      } else {
        showRow(table.name, { ...answer, id: row.id });
        say(t('Handed over to {{name}}', { name: to.label }));
        void queries.invalidateQueries({ queryKey: ['records', table.name, 'activities', row.id] });
        void queries.invalidateQueries({ queryKey: ['records', table.name, 'access', row.id] });
      }
    } catch (fault) {
      sayFault(fault);
    }
    setSending(false);
  };
  return (
    <div className="field-line">
      <dt>{t('Owner')}</dt>
      <dd>
        <span className="field-value">{row.owner ? <Show field={OWNER} value={row.owner} whole /> : <span className="none">–</span>}</span>
        {table.can.hand_over && access?.hand_over !== false && (
          <Popup opened={opened} onChange={open} label={t('Hand over')} position="bottom-end" width={280} target={<Button variant="subtle" color="gray" size="compact-xs" aria-expanded={opened} onClick={() => open(!opened)}>{t('Hand over')}</Button>}>
            <Stack gap={10}>
              <KindInput field={OWNER} label={t('New owner')} value={to} onChange={choose} />
              <SharesThatEnd table={table.name} id={row.id} />
              <Text c="dimmed" fz={12}>{t('You may lose sight of this record if it is not shared with you.')}</Text>
              <Group justify="flex-end"><Button disabled={!to} loading={sending} onClick={handOver}>{t('Hand over')}</Button></Group>
            </Stack>
          </Popup>
        )}
      </dd>
    </div>
  );
}
