// One team at the side: name, place in the tree, level, members, and criteria for each table, with what they mean.
import { useState } from 'react';
import { ActionIcon, Alert, Button, Group as Line, Select, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconTrash, IconX } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { call, queries } from './client.ts';
import { CriteriaBuilder } from './criteria.tsx';
import { allDone, type Criterion } from './criteria_words.ts';
import { Ask } from './dialog.tsx';
import { atFields, sentenceOf } from './faults.ts';
import { TableIcon } from './icons.tsx';
import { LevelPicker } from './level.tsx';
import { overwrite, PeoplePicker, type Named } from './party.tsx';
import { SideDrawer } from './side_drawer.tsx';
import { say } from './toast.ts';
import { tablesChanged, type WholeTable } from './whole_tables.ts';
import classes from './teams.module.css';

export interface Team {
  id: string; name: string; parent: Named | null; level: 'read' | 'edit'; members: Named[]; criteria: (Criterion & { table: string })[];
  records: { table: string; count: number; filling: { done: number; total: number } | null }[];
}
interface Values { name: string; parent: string | null; level: 'read' | 'edit'; members: Named[]; criteria: Team['criteria'] }

const NONE = 'none';

/** The teams above, nearest first. */
function above(teams: Team[], parent: string | null): Team[] {
  const found: Team[] = [];
  for (let next = teams.find((x) => x.id === parent); next && !found.includes(next); next = teams.find((x) => x.id === next!.parent?.id)) found.push(next);
  return found;
}

function Means({ values, teams, tables }: { values: Values; teams: Team[]; tables: WholeTable[] }) {
  const { t } = useTranslation();
  const chain = above(teams, values.parent).map((x) => x.name).join(', ');
  const used = tables.filter((table) => values.criteria.some((c) => c.table === table.name));
  const name = values.name.trim() || t('this team');
  return (
    <div className={classes.means} role="status">
      <Text fw={600}>{t('What this means')}</Text>
      {used.length === 0 && <Text>{t('Without criteria the team opens nothing by itself; it sees what the teams below it see, and rules and shares can name it.')}</Text>}
      {used.length > 0 && <Text>{values.level === 'edit' ? t('Members of {{name}} read and edit these records, whoever owns them.', { name }) : t('Members of {{name}} read these records, whoever owns them.', { name })}</Text>}
      {used.length > 0 && <Text c="dimmed">{chain ? t('The same for the members of the teams above ({{chain}}), and for the managers above any of these people.', { chain }) : t('The same for the managers above any of these people.')} {t('Teams below or beside get nothing from it.')}</Text>}
    </div>
  );
}

function Criteria({ tables, criteria, onChange, error }: { tables: WholeTable[]; criteria: Values['criteria']; onChange: (criteria: Values['criteria']) => void; error?: React.ReactNode }) {
  const { t } = useTranslation();
  const [begun, setBegun] = useState<string[]>([]);
  const used = tables.filter((table) => begun.includes(table.name) || criteria.some((c) => c.table === table.name));
  const set = (table: string, lines: Criterion[]) => onChange([...criteria.filter((c) => c.table !== table), ...lines.map((line) => ({ ...line, table }))]);
  const drop = (table: string) => { setBegun(begun.filter((b) => b !== table)); set(table, []); };
  return (
    <Stack gap="sm">
      <div>
        <Text fw={500}>{t('Criteria')}</Text>
        <Text size="xs" c="dimmed">{t('Which records, table by table. All conditions on one table must hold.')}</Text>
      </div>
      {used.map((table) => (
        <section key={table.name} aria-label={t('Criteria on {{table}}', { table: table.labels })}>
          <Line gap={6} mb={6}><TableIcon icon={table.icon} /><Text fw={500} flex={1}>{table.labels}</Text><ActionIcon aria-label={t('Remove {{table}}', { table: table.labels })} onClick={() => drop(table.name)}><IconX size={15} /></ActionIcon></Line>
          <CriteriaBuilder table={table} criteria={criteria.filter((c) => c.table === table.name).map(({ field, op, values }) => ({ field, op, values }))} onChange={(lines) => set(table.name, lines)} />
        </section>
      ))}
      {used.length < tables.length && (
        <Select aria-label={t('Add criteria on a table')} placeholder={t('Add criteria on a table')} searchable value={null} data={tables.filter((x) => !used.includes(x)).map((x) => ({ value: x.name, label: x.labels }))} onChange={(name) => name && setBegun([...begun, name])} w={240} />
      )}
      {error && <Text c="red" role="alert">{error}</Text>}
    </Stack>
  );
}

function DeleteTeam({ team, onClose, onGone }: { team: Team; onClose: () => void; onGone: () => void }) {
  const { t } = useTranslation();
  const remove = useMutation({
    mutationFn: () => call('DELETE', `/teams/${team.id}`),
    onSuccess: async () => { await queries.invalidateQueries({ queryKey: ['teams'] }); say(t('{{what}} deleted', { what: team.name })); onGone(); },
  });
  return (
    <Ask opened title={t('Delete the team {{name}}?', { name: team.name })} yes={t('Delete')} busy={remove.isPending} onYes={() => remove.mutate()} onClose={onClose}>
      {remove.isError ? <Alert color="red" variant="light" role="alert">{sentenceOf(remove.error)}</Alert> : <Text>{t('What only this team opened is closed at once, to its members, the teams above and their managers. No record is deleted.')}</Text>}
    </Ask>
  );
}

function useTeam(team: Team | null, onClose: () => void) {
  const { t } = useTranslation();
  const form = useForm<Values>({
    initialValues: { name: team?.name ?? '', parent: team?.parent?.id ?? null, level: team?.level ?? 'read', members: team?.members ?? [], criteria: team?.criteria ?? [] },
    validate: { name: (v) => (v.trim() ? null : t('Please enter a name.')), criteria: (v) => (allDone(v) ? null : t('A condition has no value yet. Fill it in or remove it.')) },
  });
  const save = useMutation({
    mutationFn: ({ members, ...values }: Values) => call<Team>(team ? 'PATCH' : 'POST', team ? `/teams/${team.id}` : '/teams', { body: { ...values, name: values.name.trim(), members: members.map((m) => m.id) } }),
    onSuccess: async () => {
      await Promise.all([queries.invalidateQueries({ queryKey: ['teams'] }), tablesChanged()]);
      say(t('Saved. It counts from the next request on.'));
      onClose();
    },
    onError: (fault) => atFields(fault, ['name', 'parent', 'members', 'criteria'], form.setErrors),
  });
  return { form, save };
}

/** `team` null: a new one. `tables` in the words of the window. */
export function TeamPanel({ team, teams, tables, onClose }: { team: Team | null; teams: Team[]; tables: WholeTable[]; onClose: () => void }) {
  const { t } = useTranslation();
  const [deleting, setDeleting] = useState(false);
  const { form, save } = useTeam(team, onClose);
  const places = teams.filter((x) => x.id !== team?.id && !above(teams, x.id).some((y) => y.id === team?.id));
  const foot = (
    <Line justify="space-between">
      {team ? <Button variant="subtle" color="red" leftSection={<IconTrash size={15} aria-hidden />} onClick={() => setDeleting(true)}>{t('Delete')}</Button> : <span />}
      <Line gap="xs"><Button variant="default" onClick={onClose}>{t('Cancel')}</Button><Button type="submit" form="team" loading={save.isPending}>{team ? t('Save') : t('Make the team')}</Button></Line>
    </Line>
  );
  return (
    <SideDrawer opened onClose={onClose} title={team ? team.name : t('New team')} foot={foot}>
      <form id="team" onSubmit={form.onSubmit((values) => save.mutate(values))} noValidate>
        <Stack gap="md">
          <TextInput label={t('Name')} maxLength={200} data-autofocus {...form.getInputProps('name')} />
          <Select {...overwrite} label={t('Below')} description={t('Every team above sees what this one sees.')} searchable data={[{ value: NONE, label: t('no team: at the top') }, ...places.map((x) => ({ value: x.id, label: x.name }))]}
            value={form.values.parent ?? NONE} onChange={(v) => form.setFieldValue('parent', v === NONE ? null : v)} error={form.errors.parent} />
          <PeoplePicker label={t('Members')} value={form.values.members} onChange={(members) => form.setFieldValue('members', members)} error={form.errors.members} />
          <LevelPicker label={t('What the team may do')} value={form.values.level} onChange={(level) => form.setFieldValue('level', level)} />
          <Criteria tables={tables} criteria={form.values.criteria} onChange={(criteria) => { form.setFieldValue('criteria', criteria); form.clearFieldError('criteria'); }} error={form.errors.criteria} />
          <Means values={form.values} teams={teams} tables={tables} />
        </Stack>
      </form>
      {deleting && team && <DeleteTeam team={team} onClose={() => setDeleting(false)} onGone={onClose} />}
    </SideDrawer>
  );
}
