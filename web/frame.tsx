// The frame around every screen of a signed-in member: menu of tables, search, settings, account.
import { Suspense, useEffect } from 'react';
import { ActionIcon, Burger } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { Outlet, useLocation } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMe } from './me.ts';
import { speakAs } from './language.ts';
import { Loading, NothingHere } from './nothing_here.tsx';
import { SettingsMenu, TablesMenu } from './menu.tsx';
import { openCommandMenu } from './opening.ts';
import { ADMINISTRATION } from './places.ts';
import { CreateHost } from './create.tsx';
import { DemoBar } from './demo_bar.tsx';
import { ViewBanner } from './view_banner.tsx';
import { CommandMenu } from './command_menu.tsx';
import { Shortcuts } from './shortcuts.tsx';

/** Shell of all screens inside; settings bring their own menu. */
export function Frame() {
  return <><DemoBar /><ViewBanner /><Suspense fallback={<Loading />}><Shell /></Suspense></>;
}

function Shell() {
  const { t } = useTranslation();
  const me = useMe();
  const [opened, drawer] = useDisclosure();
  const path = useLocation().pathname;
  useEffect(() => speakAs(me.member.language), [me.member.language]);
  useEffect(() => drawer.close(), [path]);
  const closed = !me.profile.rights.includes('administer') && ADMINISTRATION.some((place) => path.startsWith(place.to));
  const settings = path.startsWith('/settings') || path.startsWith('/import');
  return (
    <div className="shell" data-drawer={opened || undefined}>
      <a className="skip" href="#main">{t('Skip to the content')}</a>
      <nav className="phone-bar" aria-label={t('Steward')}>
        <Burger opened={opened} onClick={drawer.toggle} size="xs" aria-label={t('Menu')} />
        <span className="tenant-name">{me.tenant.name}</span>
        <ActionIcon aria-label={t('Search')} onClick={() => openCommandMenu('search')}><IconSearch size={17} /></ActionIcon>
      </nav>
      <aside className="side" aria-label={t('Menu')}>{settings ? <SettingsMenu /> : <TablesMenu />}</aside>
      <div className="scrim" onClick={drawer.close} aria-hidden />
      <main id="main" className={settings ? 'main main-settings' : 'main'} tabIndex={-1}>
        <Suspense fallback={<Loading />}>{closed ? <NothingHere /> : <Outlet />}</Suspense>
      </main>
      <CreateHost />
      <CommandMenu />
      <Shortcuts />
    </div>
  );
}
