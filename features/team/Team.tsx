// Teams: a tree of members who see what meets their criteria.
import { useState } from 'react';
import { Button, Group as Line, Progress, Text, UnstyledButton } from '@mantine/core';
import { IconCornerDownRight, IconHierarchy2, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { criteriaWords } from '../../web/criteria_words.ts';
import { everyPage } from '../../web/every_page.ts';
import { sentenceOf } from '../../web/faults.ts';
import { LevelBadge } from '../../web/level.tsx';
import { count } from '../../web/moments.ts';
import { Empty } from '../../web/nothing_here.tsx';
import { Faces, usePeople } from '../../web/party.tsx';
import { RowsComing, SettingsPage } from '../../web/settings_page.tsx';
import { TeamPanel, type Team } from '../../web/team_panel.tsx';
import { TeamsTabs } from '../../web/teams_tabs.tsx';
import { useWholeTables, type WholeTable } from '../../web/whole_tables.ts';
import classes from '../../web/teams.module.css';

/** While many records are compared with new criteria, their number is asked for again. */
const ASK_AGAIN = 1_500;
const isFilling = (teams: Team[] | undefined) => !!teams?.some((team) => team.records.some((r) => r.filling));

/** What the team opens in one table: the sentence and how many records that is now. */
function Opens({ team, table }: { team: Team; table: WholeTable }) {
  const { t } = useTranslation();
  const people = usePeople();
  const found = team.records.find((r) => r.table === table.name);
  const criteria = team.criteria.filter((c) => c.table === table.name);
  return (
    <>
      <span className={classes.opens}>
        <span>{criteriaWords(t, table, criteria, people)}</span>
        {found && <span className={classes.count}>{t('Records: {{n}}', { n: count(found.count) })}</span>}
      </span>
      {found?.filling && (
        <span className={classes.filling}>
          <Text component="span" size="xs" c="dimmed">{t('Comparing records: {{done}} of {{total}}', { done: count(found.filling.done), total: count(found.filling.total) })}</Text>
          <Progress component="span" display="flex" size="xs" aria-label={t('Comparing records')} value={(100 * found.filling.done) / Math.max(1, found.filling.total)} />
        </span>
      )}
    </>
  );
}

interface BranchProps { teams: Team[]; parent: string | null; depth: number; tables: WholeTable[]; onOpen: (team: Team) => void }

function Branch({ teams, parent, depth, tables, onOpen }: BranchProps) {
  const { t } = useTranslation();
  const here = teams.filter((team) => (team.parent?.id ?? null) === parent);
  if (here.length === 0) return null;
  return (
    <ul className={depth ? classes.branch : classes.tree} aria-label={depth ? undefined : t('Teams')}>
      {here.map((team) => (
        <li key={team.id}>
          <UnstyledButton className={classes.team} style={{ '--depth': depth } as React.CSSProperties} onClick={() => onOpen(team)}>
            <span className={classes.head}>
              {depth > 0 && <span className={classes.elbow}><IconCornerDownRight size={14} stroke={1.6} aria-hidden /></span>}
              <span className={classes.name}>{team.name}</span>
              {team.criteria.length > 0 && <LevelBadge level={team.level} />}
              <span className={classes.people}><Faces people={team.members} /></span>
            </span>
            {tables.filter((table) => team.criteria.some((c) => c.table === table.name)).map((table) => <Opens key={table.name} team={team} table={table} />)}
            {team.criteria.length === 0 && <span className={classes.opens}><span>{teams.some((b) => b.parent?.id === team.id) ? t('No criteria of its own: sees what the teams below it see.') : t('No criteria yet: opens nothing by itself.')}</span></span>}
          </UnstyledButton>
          <Branch teams={teams} parent={team.id} depth={depth + 1} tables={tables} onOpen={onOpen} />
        </li>
      ))}
    </ul>
  );
}

/** `/settings/teams` */
export function TeamsScreen() {
  const { t } = useTranslation();
  const tables = useWholeTables();
  const teams = useQuery({ queryKey: ['teams'], queryFn: ({ signal }) => everyPage<Team>('/teams', signal), refetchInterval: ({ state }) => (isFilling(state.data) ? ASK_AGAIN : false) });
  const [open, setOpen] = useState<Team | 'new' | null>(null);
  const add = <Button leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setOpen('new')}>{t('New team')}</Button>;
  const fault = teams.error ?? tables.error;
  return (
    <SettingsPage title={t('Teams and groups')} about={t('A team sees the records that meet its criteria, whoever owns them, and every team above it sees them too. A changed value counts at once.')} actions={<Line>{add}</Line>}>
      <TeamsTabs here="teams" />
      {fault && <Text c="red">{sentenceOf(fault)}</Text>}
      {!fault && (!teams.data || !tables.data) && <RowsComing rows={4} />}
      {teams.data?.length === 0 && (
        <Empty icon={<IconHierarchy2 size={22} stroke={1.5} />} title={t('No team yet')}>{t('For example “Canada”, which edits companies whose country is CA, below “North America”, which then sees them as well.')}</Empty>
      )}
      {teams.data && tables.data && <Branch teams={teams.data} parent={null} depth={0} tables={tables.data} onOpen={setOpen} />}
      {open && teams.data && tables.data && <TeamPanel team={open === 'new' ? null : open} teams={teams.data} tables={tables.data} onClose={() => setOpen(null)} />}
    </SettingsPage>
  );
}
