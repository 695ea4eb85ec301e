// The bar at the lower edge while something is changed but not stored, and the question before one leaves.
import { Button, Group, Paper, Text } from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Ask } from './dialog.tsx';
import { TryIt, type Change } from './simulation.tsx';

/** With `tries`, the change can be tried before it is stored. */
export function UnsavedBar({ changes, saving, tries, onSave, onDiscard }: { changes: number; saving: boolean; tries?: Change; onSave: () => void; onDiscard: () => void }) {
  const { t } = useTranslation();
  const blocker = useBlocker({ shouldBlockFn: () => changes > 0, enableBeforeUnload: () => changes > 0, withResolver: true });
  return (
    <>
      {changes > 0 && (
        <Paper withBorder radius={0} px="lg" py="xs" role="region" aria-label={t('Changes')} style={{ borderInline: 0, borderBottom: 0 }}>
          <Group justify="flex-end" gap="xs">
            <Text fw={500} mr="auto" aria-live="polite">{t('Not saved yet: {{n}}', { n: changes })}</Text>
            {tries && <TryIt change={tries} />}
            <Button variant="default" onClick={onDiscard}>{t('Discard')}</Button>
            <Button onClick={onSave} loading={saving}>{t('Save')}</Button>
          </Group>
        </Paper>
      )}
      <Ask opened={blocker.status === 'blocked'} title={t('Leave without saving?')} yes={t('Leave')} onYes={() => blocker.proceed?.()} onClose={() => blocker.reset?.()}>
        <Text>{t('Your changes are not saved yet and will be lost.')}</Text>
      </Ask>
    </>
  );
}
