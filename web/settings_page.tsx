// The page that all settings share: heading, a sentence that explains, actions, and room that scrolls by itself.
import type { ReactNode } from 'react';
import { Anchor, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { IconChevronLeft } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import classes from './settings_page.module.css';

export interface SettingsPageProps {
  title: ReactNode;
  about?: ReactNode;
  /** Buttons at the right of the heading. */
  actions?: ReactNode;
  /** Uses the whole width (matrices, previews) instead of a column for reading. */
  wide?: boolean;
  /** Where one came from. */
  back?: { to: string; label: string };
  /** Stays at the lower edge, such as a bar of unsaved changes. */
  foot?: ReactNode;
  children: ReactNode;
}

export function SettingsPage({ title, about, actions, wide, back, foot, children }: SettingsPageProps) {
  return (
    <div className={classes.page}>
      <div className={classes.scroll}>
        <Stack gap="lg" className={classes.column} data-wide={wide || undefined}>
          <div>
            {back && <Anchor component={Link} to={back.to} size="xs" c="dimmed" className={classes.back}><IconChevronLeft size={14} aria-hidden />{back.label}</Anchor>}
            <Group justify="space-between" align="flex-start" gap="sm" wrap="wrap">
              <Title order={1}>{title}</Title>
              {actions && <Group gap="xs">{actions}</Group>}
            </Group>
            {about && <Text c="dimmed" maw={680} mt={4}>{about}</Text>}
          </div>
          {children}
        </Stack>
      </div>
      {foot}
    </div>
  );
}

/** A part of a settings page with its own small heading. */
export function Section({ title, about, actions, children }: { title: ReactNode; about?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  return (
    <section>
      <Group justify="space-between" align="flex-end" mb="xs" gap="xs">
        <div>
          <Title order={2} fz={14}>{title}</Title>
          {about && <Text c="dimmed" maw={680}>{about}</Text>}
        </div>
        {actions}
      </Group>
      {children}
    </section>
  );
}

/** Grey rows in place of a list that is on its way. */
export function RowsComing({ rows = 6 }: { rows?: number }) {
  return <Stack gap={8} aria-busy="true">{Array.from({ length: rows }, (_, i) => <Skeleton key={i} height={36} radius="sm" />)}</Stack>;
}
