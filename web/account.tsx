// The signed-in member at the foot of the menu: language, colours, settings, signing out.
import { Menu, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import { IconCheck, IconDeviceDesktop, IconKeyboard, IconLogout, IconMoon, IconSelector, IconSettings, IconSun } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { call, queries } from './client.ts';
import { useMe } from './me.ts';
import { LANGUAGES, speak } from './language.ts';
import { Initials } from './kinds/show.tsx';
import { showShortcuts } from './opening.ts';
import { sayFault } from './toast.ts';

/** Ends the session and forgets everything that was loaded. */
export async function leave(): Promise<void> {
  try {
    await call('DELETE', '/session');
  } catch (fault) {
    return sayFault(fault);
  }
  queries.clear();
  location.assign('/sign-in');
}

export function AccountMenu() {
  const { t, i18n } = useTranslation();
  const { member, profile } = useMe();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const colours = [['light', t('Light'), IconSun], ['dark', t('Dark'), IconMoon], ['auto', t('System'), IconDeviceDesktop]] as const;
  return (
    <Menu position="top-start" width={220}>
      <Menu.Target>
        <UnstyledButton className="account">
          <Initials name={member.name} />
          <span className="account-words"><span className="account-name">{member.name}</span><span className="account-profile">{profile.name}</span></span>
          <IconSelector size={14} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{member.email}</Menu.Label>
        <Menu.Item component={Link} to="/settings/sessions" leftSection={<IconSettings size={15} />}>{t('Settings')}</Menu.Item>
        <Menu.Item leftSection={<IconKeyboard size={15} />} onClick={showShortcuts}>{t('Keyboard shortcuts')}</Menu.Item>
        <Menu.Divider />
        <Menu.Label>{t('Language')}</Menu.Label>
        {LANGUAGES.map((l) => <Menu.Item key={l.value} lang={l.value} onClick={() => speak(l.value)} rightSection={i18n.language === l.value ? <IconCheck size={14} /> : null}>{l.label}</Menu.Item>)}
        <Menu.Label>{t('Colours')}</Menu.Label>
        {colours.map(([value, label, Icon]) => <Menu.Item key={value} leftSection={<Icon size={15} />} onClick={() => setColorScheme(value)} rightSection={colorScheme === value ? <IconCheck size={14} /> : null}>{label}</Menu.Item>)}
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={15} />} onClick={() => void leave()}>{t('Sign out')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
