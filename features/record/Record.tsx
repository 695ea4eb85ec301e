// The record screens: the list of a table and the page of a record; both the same "nothing here" for what is unknown or hidden.
import { Navigate, useParams } from '@tanstack/react-router';
import { IconTable } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useMe, useTable } from '../../web/me.ts';
import { Empty, NothingHere } from '../../web/nothing_here.tsx';
import { RecordList } from '../../web/list.tsx';
import { RecordPage } from '../../web/page.tsx';

interface Params { table?: string; id?: string }

/** The start: the first table of the menu. */
export function FirstScreen() {
  const { t } = useTranslation();
  const first = useMe().tables[0];
  if (first) return <Navigate to="/t/$table" params={{ table: first.name }} replace />;
  return <Empty icon={<IconTable size={22} stroke={1.5} />} title={t('Nothing to see yet')}>{t('Your profile shows no table. Ask whoever administers Steward.')}</Empty>;
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
