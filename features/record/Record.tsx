// The record screens: the list of a table and the page of a record; both the same "nothing here" for what is unknown or hidden.
import { Button } from '@mantine/core';
import { Link, Navigate, useParams } from '@tanstack/react-router';
import { IconTable } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useMe, useRight, useTable } from '../../web/me.ts';
import { Empty, NothingHere } from '../../web/nothing_here.tsx';
import { RecordList } from '../../web/list.tsx';
import { RecordPage } from '../../web/page.tsx';

interface Params { table?: string; id?: string }

/** The start: the first table of the menu. */
export function FirstScreen() {
  const { t } = useTranslation();
  const first = useMe().tables[0];
  const administers = useRight('administer');
  if (first) return <Navigate to="/t/$table" params={{ table: first.name }} replace />;
  const icon = <IconTable size={22} stroke={1.5} />;
  if (!administers) return <Empty icon={icon} title={t('Nothing to see yet')}>{t('Your profile shows no table. Ask whoever administers Steward.')}</Empty>;
  return (
    <Empty icon={icon} title={t('Your profile shows no table')} action={<Button component={Link} to="/settings/profiles" variant="default" mt={8}>{t('Profiles')}</Button>}>
      {t('Keeping the settings and reading records are two rights. What each profile sees is set under Profiles.')}
    </Empty>
  );
}

export function ListScreen() {
  const { table = '' } = useParams({ strict: false }) as Params;
  const seen = useTable(table);
  return seen ? <RecordList key={table} table={seen} /> : <NothingHere />;
}

export function PageScreen() {
  const { table = '', id = '' } = useParams({ strict: false }) as Params;
  const seen = useTable(table);
  return seen ? <RecordPage table={seen} id={id} /> : <NothingHere />;
}
