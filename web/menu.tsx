// The menu at the left: tables, or the settings while one is in them.
import { NavLink, Stack, Text } from '@mantine/core';
import { IconArrowLeft, IconDeviceLaptop, IconFileImport, IconKey, IconSettings, IconShare, IconShieldLock, IconTable, IconUsers } from '@tabler/icons-react';
import { Link, useLocation } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMe, useRight } from './me.ts';
import { TableIcon } from './icons.tsx';

/** Menu of the tables that the member sees. */
export function TablesMenu() {
  const me = useMe();
  const path = useLocation().pathname;
  const { t } = useTranslation();
  return (
    <Stack gap={1} p={8} h="100%">
      {me.tables.map((table) => (
        <NavLink key={table.name} component={Link} to={`/t/${table.name}`} label={table.labels} leftSection={<TableIcon icon={table.icon} />}
          active={path === `/t/${table.name}` || path.startsWith(`/t/${table.name}/`)} />
      ))}
      <NavLink mt="auto" component={Link} to="/settings/sessions" label={t('Settings')} leftSection={<IconSettings size={16} stroke={1.6} />} />
    </Stack>
  );
}

const ADMINISTRATION = [
  { to: '/settings/members', label: 'Members', icon: IconUsers },
  { to: '/settings/profiles', label: 'Profiles', icon: IconShieldLock },
  { to: '/settings/tables', label: 'Tables and fields', icon: IconTable },
  { to: '/settings/sharing', label: 'Sharing', icon: IconShare },
];
const OWN = [
  { to: '/settings/sessions', label: 'Sessions', icon: IconDeviceLaptop },
  { to: '/settings/tokens', label: 'API tokens', icon: IconKey },
];

function Entries({ of }: { of: typeof OWN }) {
  const { t } = useTranslation();
  const path = useLocation().pathname;
  return of.map(({ to, label, icon: Icon }) => (
    <NavLink key={to} component={Link} to={to} label={t(label)} active={path.startsWith(to)} leftSection={<Icon size={16} stroke={1.6} />} />
  ));
}

/** Menu of the settings: administration only for those who may. */
export function SettingsMenu() {
  const { t } = useTranslation();
  const administers = useRight('administer');
  const me = useMe();
  const imports = me.tables.some((table) => table.can.import);
  return (
    <Stack gap={1} p={8}>
      <NavLink component={Link} to="/" label={t('Back to the tables')} leftSection={<IconArrowLeft size={16} stroke={1.6} />} />
      {administers && <Text className="menu-heading">{t('Administration')}</Text>}
      {administers && <Entries of={ADMINISTRATION} />}
      {imports && <Text className="menu-heading">{t('Data')}</Text>}
      {imports && <Entries of={[{ to: '/import', label: 'Import', icon: IconFileImport }]} />}
      <Text className="menu-heading">{t('Yours')}</Text>
      <Entries of={OWN} />
    </Stack>
  );
}
