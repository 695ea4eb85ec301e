// The page for those who are not signed in: a card in the middle, the language below it.
import type { ReactNode } from 'react';
import { Anchor, Box, Group, Paper, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { LANGUAGES, speak } from './language.ts';
import classes from './outside.module.css';

export function Outside({ title, about, width = 400, above, children }: { title: ReactNode; about?: ReactNode; width?: number; above?: ReactNode; children: ReactNode }) {
  const { t, i18n } = useTranslation();
  return (
    <div className={classes.page}>
      {above}
      <main className={classes.middle}>
        <Box w="100%" maw={width}>
          <Group gap={8} mb="lg" justify="center">
            <img src="/steward.svg" width={24} height={24} alt="" />
            <Text fw={600} fz={16}>Steward</Text>
          </Group>
          <Paper withBorder radius="lg" className={classes.card}>
            <Title order={1} fz={18}>{title}</Title>
            {about && <Text c="dimmed" mt={4}>{about}</Text>}
            <Box mt="lg">{children}</Box>
          </Paper>
          <Group justify="center" gap="md" mt="md" component="nav" aria-label={t('Language')}>
            {LANGUAGES.map((l) => (
              <Anchor key={l.value} component="button" type="button" size="xs" c="var(--mantine-color-text)" lang={l.value} fw={i18n.language === l.value ? 600 : 400}
                aria-current={i18n.language === l.value || undefined} onClick={() => speak(l.value)}>{l.label}</Anchor>
            ))}
          </Group>
        </Box>
      </main>
    </div>
  );
}
