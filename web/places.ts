// The screens of the settings, for the menu and for the command menu.
import { IconDeviceLaptop, IconHierarchy2, IconKey, IconShare, IconShieldLock, IconTable, IconUsers, type Icon } from '@tabler/icons-react';

export interface Place { to: string; label: string; icon: Icon }
/** Settings for those who administer. Labels are keys for translation. */
export const ADMINISTRATION: Place[] = [
  { to: '/settings/members', label: 'Members', icon: IconUsers },
  { to: '/settings/profiles', label: 'Profiles', icon: IconShieldLock },
  { to: '/settings/tables', label: 'Tables and fields', icon: IconTable },
  { to: '/settings/teams', label: 'Teams and groups', icon: IconHierarchy2 },
  { to: '/settings/sharing', label: 'Sharing', icon: IconShare },
];
/** Settings that everyone has. */
export const OWN: Place[] = [
  { to: '/settings/sessions', label: 'Sessions', icon: IconDeviceLaptop },
  { to: '/settings/tokens', label: 'API tokens', icon: IconKey },
];
