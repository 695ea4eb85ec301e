// The frame around every screen of a signed-in member: menu of tables, search, settings, account.
import { Suspense, useEffect } from 'react';
import { AppShell, Burger, Group, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Outlet, useLocation } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMe } from './me.ts';
import { speakAs } from './language.ts';
import { Loading } from './nothing_here.tsx';
import { SettingsMenu, TablesMenu } from './menu.tsx';

/** Shell of all screens inside; settings bring their own menu. */
export function Frame() {
  return <Suspense fallback={<Loading />}><Shell /></Suspense>;
}

function Shell() {
  const { t } = useTranslation();
  const me = useMe();
  const [opened, drawer] = useDisclosure();
  const path = useLocation().pathname;
  useEffect(() => speakAs(me.member.language), [me.member.language]);
  useEffect(() => drawer.close(), [path]);
  return (
    <AppShell layout="alt" header={{ height: 48, collapsed: false }} navbar={{ width: 228, breakpoint: 'sm', collapsed: { mobile: !opened } }} className="shell">
      <a className="skip" href="#main">{t('Skip to the content')}</a>
      <AppShell.Header hiddenFrom="sm">
        <Group h="100%" px="sm" gap="xs">
          <Burger opened={opened} onClick={drawer.toggle} size="xs" aria-label={t('Menu')} />
          <Text fw={600} truncate>{me.tenant.name}</Text>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar aria-label={t('Menu')}>
        {path.startsWith('/settings') || path.startsWith('/import') ? <SettingsMenu /> : <TablesMenu />}
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1}>
        <Suspense fallback={<Loading />}><Outlet /></Suspense>
      </AppShell.Main>
    </AppShell>
  );
}
