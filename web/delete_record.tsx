// Deleting one record: asked first; what belongs to it is said, and may be detached.
import { useState } from 'react';
import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { call, Refusal, sentence } from './client.ts';
import type { SeenTable } from './me.ts';
import { hideRows, labelOf, type Row } from './records.ts';
import { say } from './toast.ts';

export function DeleteRecord({ table, row, onClose, onGone }: { table: SeenTable; row: Row; onClose: () => void; onGone: () => void }) {
  const { t } = useTranslation();
  const [fault, setFault] = useState<Refusal | null>(null);
  const [sending, setSending] = useState(false);
  const remove = async (detach: boolean) => {
    setSending(true);
    try {
      await call('DELETE', `/records/${table.name}/${row.id}`, { query: { children: detach ? 'detach' : undefined } });
      hideRows(table.name, new Set([row.id]));
      say(t('{{what}} deleted', { what: labelOf(table, row) || table.label }));
      onGone();
    } catch (refused) {
      setFault(refused instanceof Refusal ? refused : new Refusal(0, { detail: String(refused) }));
    }
    setSending(false);
  };
  const children = fault?.status === 409;
  return (
    <Modal opened closeButtonProps={{ 'aria-label': t('Close') }} onClose={onClose} title={t('Delete {{what}}?', { what: labelOf(table, row) || table.label })} centered>
      <Stack gap={12}>
        {fault ? <Alert color="red" variant="light" role="alert">{sentence(fault.detail || fault.title)}</Alert> : <Text>{t('Deleting is final: there is no bin to take it out of.')}</Text>}
        {children && <Text c="dimmed">{t('Detaching leaves those records as they are; only their link to this one becomes empty.')}</Text>}
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={onClose}>{t('Cancel')}</Button>
          {children
            ? <Button color="red" loading={sending} onClick={() => remove(true)}>{t('Detach them and delete')}</Button>
            : <Button color="red" loading={sending} onClick={() => remove(false)} data-autofocus>{t('Delete for good')}</Button>}
        </Group>
      </Stack>
    </Modal>
  );
}
