// The menu at the left: tables, or the settings while one is in them.
import { Kbd, UnstyledButton } from '@mantine/core';
import { IconArrowLeft, IconFileImport, IconPlus, IconSearch, IconSettings } from '@tabler/icons-react';
import { Link, useLocation } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe, useRight } from './me.ts';
import { TableIcon } from './icons.tsx';
import { ADMINISTRATION, OWN, type Place } from './places.ts';
import { AccountMenu } from './account.tsx';
import { openCommandMenu } from './opening.ts';

function Entry({ to, label, icon }: { to: string; label: string; icon: ReactNode }) {
  const path = useLocation().pathname;
  const here = to !== '/' && (path === to || path.startsWith(`${to}/`));
  return <Link to={to} className="menu-entry" data-active={here || undefined} aria-current={here ? 'page' : undefined}><span className="menu-icon" aria-hidden>{icon}</span><span className="menu-label">{label}</span></Link>;
}

const isApple = /Mac|iPhone|iPad/.test(navigator.platform);

function Tenant() {
  const { tenant } = useMe();
  return <div className="tenant"><img src="/steward.svg" alt="" width={22} height={22} /><span className="tenant-name">{tenant.name}</span></div>;
}

/** Menu of the tables that the member sees. */
export function TablesMenu() {
  const me = useMe();
  const { t } = useTranslation();
  const administers = useRight('administer');
  return (
    <>
      <Tenant />
      <UnstyledButton className="menu-search" onClick={() => openCommandMenu('commands')}>
        <IconSearch size={15} stroke={1.7} aria-hidden /><span className="menu-label">{t('Search')}</span><Kbd size="xs">{isApple ? '⌘' : 'Ctrl'} K</Kbd>
      </UnstyledButton>
      <nav className="menu" aria-label={t('Tables')}>
        {me.tables.map((table) => <Entry key={table.name} to={`/t/${table.name}`} label={table.labels} icon={<TableIcon icon={table.icon} />} />)}
        {administers && <Link to="/settings/tables" className="menu-entry menu-quiet"><span className="menu-icon" aria-hidden><IconPlus size={15} /></span><span className="menu-label">{t('New table')}</span></Link>}
      </nav>
      <div className="menu-foot">
        <Entry to={administers ? '/settings/members' : '/settings/sessions'} label={t('Settings')} icon={<IconSettings size={16} stroke={1.6} />} />
        <AccountMenu />
      </div>
    </>
  );
}

function Places({ heading, places }: { heading: string; places: Place[] }) {
  const { t } = useTranslation();
  if (places.length === 0) return null;
  return <><div className="menu-heading">{heading}</div>{places.map(({ to, label, icon: Of }) => <Entry key={to} to={to} label={t(label)} icon={<Of size={16} stroke={1.6} />} />)}</>;
}

/** Menu of the settings: administration only for those who may. */
export function SettingsMenu() {
  const { t } = useTranslation();
  const administers = useRight('administer');
  const imports = useMe().tables.some((table) => table.can.import);
  return (
    <>
      <Link to="/" className="menu-entry menu-back"><span className="menu-icon" aria-hidden><IconArrowLeft size={16} /></span><span className="menu-label">{t('Back to the tables')}</span></Link>
      <nav className="menu" aria-label={t('Settings')}>
        <Places heading={t('Administration')} places={administers ? ADMINISTRATION : []} />
        <Places heading={t('Data')} places={imports ? [{ to: '/import', label: 'Import', icon: IconFileImport }] : []} />
        <Places heading={t('Yours')} places={OWN} />
      </nav>
      <div className="menu-foot"><AccountMenu /></div>
    </>
  );
}
