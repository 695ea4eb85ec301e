// Settings of sharing, table by table: the default, the rules that open more, and what links open.
import { useState } from 'react';
import { NavLink, Select, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { DefaultSharing, defaultWords, LinkSharing } from '../features/sharing/Sharing.tsx';
import { RulesOf } from '../features/sharing_rule/SharingRule.tsx';
import { sentenceOf } from './faults.ts';
import { TableIcon } from './icons.tsx';
import { RowsComing, SettingsPage } from './settings_page.tsx';
import { useWholeTables, type WholeTable } from './whole_tables.ts';
import classes from './profile_page.module.css';

function Choice({ tables, chosen, choose }: { tables: WholeTable[]; chosen: string; choose: (name: string) => void }) {
  const { t } = useTranslation();
  return (
    <>
      <nav className={classes.list} aria-label={t('Tables')}>
        {tables.map((x) => <NavLink key={x.name} component="button" type="button" label={x.labels} description={t(defaultWords(x.sharing.default))} leftSection={<TableIcon icon={x.icon} />} active={x.name === chosen} aria-current={x.name === chosen || undefined} onClick={() => choose(x.name)} />)}
      </nav>
      <Select className={classes.select} label={t('Table')} data={tables.map((x) => ({ value: x.name, label: `${x.labels} · ${t(defaultWords(x.sharing.default))}` }))} value={chosen} onChange={(name) => name && choose(name)} />
    </>
  );
}

/** `/settings/sharing` */
export function SharingScreen() {
  const { t } = useTranslation();
  const tables = useWholeTables();
  const [name, choose] = useState<string | null>(null);
  const table = tables.data?.find((x) => x.name === name) ?? tables.data?.[0];
  return (
    <SettingsPage title={t('Sharing')} wide about={t('How far members see the records of others. Owners always have their records, and managers above have whatever those below them have; everything here only adds to that, as far as each profile allows.')}>
      {tables.isPending && <RowsComing />}
      {tables.isError && <Text c="red">{sentenceOf(tables.error)}</Text>}
      {table && (
        <div className={classes.columns}>
          <Choice tables={tables.data!} chosen={table.name} choose={choose} />
          <Stack gap="xl" miw={0} maw={860} key={table.name}>
            <DefaultSharing table={table} />
            {table.sharing.default === 'parent' ? <Text c="dimmed">{t('While these records follow their parent, rules and teams on this table count for nothing.')}</Text> : <RulesOf table={table} />}
            <LinkSharing table={table} tables={tables.data!} />
          </Stack>
        </div>
      )}
    </SettingsPage>
  );
}
