// A modal window whose closing cross has a name, and the question before something that can't be taken back.
import type { ReactNode } from 'react';
import { Button, Group, Modal, Stack, type ModalProps } from '@mantine/core';
import { useTranslation } from 'react-i18next';

export function Dialog(props: ModalProps) {
  const { t } = useTranslation();
  return <Modal closeButtonProps={{ 'aria-label': t('Close') }} styles={{ title: { fontWeight: 600, fontSize: 15 } }} {...props} />;
}

export interface AskProps { opened: boolean; title: string; children: ReactNode; yes: string; busy?: boolean; harmless?: boolean; onYes: () => void; onClose: () => void }

/** Asks before something with consequences; `children` say what will happen. */
export function Ask({ opened, title, children, yes, busy, harmless, onYes, onClose }: AskProps) {
  const { t } = useTranslation();
  return (
    <Dialog opened={opened} onClose={onClose} title={title}>
      <Stack gap="md">
        {children}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>{t('Cancel')}</Button>
          <Button color={harmless ? undefined : 'red'} loading={busy} onClick={onYes} data-autofocus>{yes}</Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
