// What is shown where nothing is (or may be seen), while something loads, and after a fault.
import type { ReactNode } from 'react';
import { Button, Center, Loader, Stack, Text, Title } from '@mantine/core';
import { IconCompass, IconPlugConnectedX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Refusal, sentence } from './client.ts';

/** A quiet page or panel that teaches: icon, heading, a sentence or two, and what to do next. */
export function Empty({ icon, title, children, action }: { icon: ReactNode; title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <Center className="empty">
      <Stack align="center" gap={8} maw={380} ta="center">
        <div className="empty-icon" aria-hidden>{icon}</div>
        <Title order={2} fz={15}>{title}</Title>
        {children && <Text c="dimmed">{children}</Text>}
        {action}
      </Stack>
    </Center>
  );
}

/** The very same page for what is unknown and for what is hidden. */
export function NothingHere() {
  const { t } = useTranslation();
  return (
    <Empty icon={<IconCompass size={22} stroke={1.5} />} title={t('There is nothing here')}
      action={<Button component="a" href="/" variant="default" mt={8}>{t('Go to the start')}</Button>}>
      {t('It does not exist, or you may not see it.')}
    </Empty>
  );
}

/** A centred loader for whole screens. */
export function Loading() {
  const { t } = useTranslation();
  return <Center h="100%" mih={200}><Loader size="sm" aria-label={t('Loading')} /></Center>;
}

/** A fault of a whole screen: what happened and how to go on. */
export function Broken({ error }: { error: unknown }) {
  const { t } = useTranslation();
  if (error instanceof Refusal && error.status === 404) return <NothingHere />;
  return (
    <Empty icon={<IconPlugConnectedX size={22} stroke={1.5} />} title={t('This did not work')}
      action={<Button variant="default" mt={8} onClick={() => location.reload()}>{t('Try again')}</Button>}>
      {error instanceof Refusal ? sentence(error.detail || error.title) : t('The window had a fault. Loading it again usually helps.')}
      {error instanceof Refusal && error.request_id && <Text component="span" display="block" fz={12} mt={4}>{t('Request {{id}}', { id: error.request_id })}</Text>}
    </Empty>
  );
}
