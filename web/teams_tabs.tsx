// Teams and groups are two pages under one entry of the menu.
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import classes from './teams.module.css';

export function TeamsTabs({ here }: { here: 'teams' | 'groups' }) {
  const { t } = useTranslation();
  return (
    <nav className={classes.tabs} aria-label={t('Teams and groups')}>
      <Link to="/settings/teams" className={classes.tab} aria-current={here === 'teams' ? 'page' : undefined}>{t('Teams')}</Link>
      <Link to={'/settings/teams/groups' as string} className={classes.tab} aria-current={here === 'groups' ? 'page' : undefined}>{t('Groups')}</Link>
    </nav>
  );
}
