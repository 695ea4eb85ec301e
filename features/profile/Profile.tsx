// Profiles: which tables and fields exist for their members, and what may be done there.
import { useState } from 'react';
import { Badge, Button, Checkbox, Group, NavLink, Select, Stack, Text, TextInput, UnstyledButton } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown, IconChevronRight, IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { VERBS, type FieldLevel, type Right, type Verb } from '../../catalogue/catalogue.ts';
import { call, queries } from '../../web/client.ts';
import { Ask, Dialog } from '../../web/dialog.tsx';
import { everyPage } from '../../web/every_page.ts';
import { atFields } from '../../web/faults.ts';
import { FieldLevels, type LeveledField } from '../../web/field_levels.tsx';
import { TableIcon } from '../../web/icons.tsx';
import { Matrix } from '../../web/matrix.tsx';
import { RowsComing, Section, SettingsPage } from '../../web/settings_page.tsx';
import { say, sayFault } from '../../web/toast.ts';
import { UnsavedBar } from '../../web/unsaved_bar.tsx';
import { useWholeTables, type WholeTable } from '../../web/whole_tables.ts';
import classes from '../../web/profile_page.module.css';

type Verbs = Partial<Record<Verb, boolean>>;
interface Rights { name: string; tables: Record<string, Verbs>; fields: Record<string, FieldLevel>; rights: Right[] }
interface Profile extends Rights { id: string; members: number }
type Patch = Partial<Rights>;

const VERB_WORDS: Record<Verb, { label: string; hint: string }> = {
  see: { label: 'See', hint: 'Without it the table does not exist for these members.' },
  create: { label: 'Create', hint: 'Make new records.' },
  change: { label: 'Change', hint: 'Change records to which they have at least edit.' },
  delete: { label: 'Delete', hint: 'Delete records of their own and of those below them.' },
  export: { label: 'Export', hint: 'Take records out as a file.' },
  import: { label: 'Import', hint: 'Bring records in from a file.' },
  hand_over: { label: 'Hand over', hint: 'Give a record to another owner.' },
  share: { label: 'Share', hint: 'Share single records by hand.' },
  mass_message: { label: 'Mass message', hint: 'Write to many people at once.' },
  reads_all: { label: 'Reads all', hint: 'Reads every record, whoever owns it.' },
  edits_all: { label: 'Edits all', hint: 'Edits every record, whoever owns it.' },
};
const RIGHT_WORDS: { right: Right; label: string; means: string }[] = [
  { right: 'administer', label: 'Administer', means: 'Invites members and shapes profiles, tables and sharing. Gives the settings, not the data.' },
  { right: 'dpo', label: 'Data protection officer', means: 'Answers the people whose data it is, and checks opt-outs.' },
  { right: 'erase', label: 'Erase', means: 'Carries out the erasure of a person, for good.' },
];

/** Only what differs, in the form PATCH takes, and how many single changes that is. */
export function differences(before: Rights, after: Rights): { patch: Patch; count: number } {
  const patch: Patch = {};
  let count = 0;
  for (const [table, verbs] of Object.entries(after.tables)) {
    for (const verb of VERBS) {
      if (!!verbs[verb] === !!before.tables[table]?.[verb]) continue;
      ((patch.tables ??= {})[table] ??= {})[verb] = !!verbs[verb];
      count++;
    }
  }
  for (const [field, level] of Object.entries(after.fields)) {
    if (level === before.fields[field]) continue;
    (patch.fields ??= {})[field] = level;
    count++;
  }
  const moved = RIGHT_WORDS.filter(({ right }) => after.rights.includes(right) !== before.rights.includes(right)).length;
  if (moved > 0) patch.rights = after.rights;
  if (after.name !== before.name) patch.name = after.name;
  return { patch, count: count + moved + (after.name === before.name ? 0 : 1) };
}

/** A field that was never named is write, a special one hidden (API.md); a computed one can only be read. */
function levelOf(rights: Rights, table: string, field: { name: string; personal: string; computed: boolean }): FieldLevel {
  const level = rights.fields[`${table}.${field.name}`] ?? (field.personal === 'special' ? 'none' : 'write');
  return field.computed && (level === 'write' || level === 'owner') ? 'read' : level;
}

interface Editing { stored: Rights; draft: Rights; set: (draft: Rights) => void }

function TableHead({ table, sees, open, toggle }: { table: WholeTable; sees: boolean; open: boolean; toggle: () => void }) {
  const { t } = useTranslation();
  const Chevron = open ? IconChevronDown : IconChevronRight;
  return (
    <UnstyledButton className={classes.head} onClick={toggle} aria-expanded={open}>
      <Chevron size={14} aria-hidden />
      <TableIcon icon={table.icon} />
      <span className={classes.words}>
        <span>{table.labels}</span>
        {!sees && <span className={classes.hidden}>{t('does not exist for them')}</span>}
      </span>
    </UnstyledButton>
  );
}

function FieldsOf({ table, editing: { stored, draft, set } }: { table: WholeTable; editing: Editing }) {
  const fields: LeveledField[] = table.fields.map((f) => {
    const level = levelOf(draft, table.name, f);
    return { name: f.name, label: f.label, personal: f.personal, computed: !!f.computed, level, changed: level !== levelOf(stored, table.name, f) };
  });
  const onLevel = (field: LeveledField | null, level: FieldLevel) => {
    const those = field ? [field] : fields;
    set({ ...draft, fields: { ...draft.fields, ...Object.fromEntries(those.map((f) => [`${table.name}.${f.name}`, f.computed && level !== 'none' ? 'read' : level])) } });
  };
  return <FieldLevels fields={fields} onLevel={onLevel} />;
}

function Tables({ tables, editing }: { tables: WholeTable[]; editing: Editing }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<string[]>([]);
  const { draft, set } = editing;
  const may = (table: string, verb: Verb) => !!draft.tables[table]?.[verb];
  const tick = (table: string, verb: Verb, on: boolean) => set({ ...draft, tables: { ...draft.tables, [table]: { ...draft.tables[table], [verb]: on } } });
  const rows = tables.map((table) => ({
    key: table.name, idle: !may(table.name, 'see'),
    head: <TableHead table={table} sees={may(table.name, 'see')} open={open.includes(table.name)} toggle={() => setOpen(open.includes(table.name) ? open.filter((o) => o !== table.name) : [...open, table.name])} />,
    below: open.includes(table.name) && <FieldsOf table={table} editing={editing} />,
  }));
  return (
    <Section title={t('Tables and fields')} about={t('Open a table to decide about its fields. What is hidden looks as if it had never existed.')}>
      <Matrix label={t('Rights on tables')} corner={t('Table')} rows={rows} columns={VERBS.map((v) => ({ key: v, label: t(VERB_WORDS[v].label), hint: t(VERB_WORDS[v].hint) }))}
        renderCell={(table, verb) => (
          <Checkbox size="xs" className={classes.tick} aria-label={`${tables.find((x) => x.name === table)!.labels}: ${t(VERB_WORDS[verb as Verb].label)}`} checked={may(table, verb as Verb)}
            disabled={verb !== 'see' && !may(table, 'see')} onChange={(e) => tick(table, verb as Verb, e.currentTarget.checked)} />
        )} />
    </Section>
  );
}

function GeneralRights({ draft, set }: Editing) {
  const { t } = useTranslation();
  return (
    <Section title={t('Rights over the whole company')}>
      <Stack gap="xs">
        {RIGHT_WORDS.map(({ right, label, means }) => (
          <Checkbox key={right} size="xs" label={t(label)} description={t(means)} checked={draft.rights.includes(right)}
            onChange={(e) => set({ ...draft, rights: e.currentTarget.checked ? [...draft.rights, right] : draft.rights.filter((r) => r !== right) })} />
        ))}
      </Stack>
    </Section>
  );
}

function NewProfile({ opened, close, profiles, onMade }: { opened: boolean; close: () => void; profiles: Profile[]; onMade: (id: string) => void }) {
  const { t } = useTranslation();
  const form = useForm<{ name: string; like: string }>({ initialValues: { name: '', like: 'nothing' }, validate: { name: (v) => (v.trim() ? null : t('Please enter a name.')) } });
  const make = useMutation({
    mutationFn: ({ name, like }: { name: string; like: string }) => {
      const model = profiles.find((p) => p.id === like);
      return call<Profile>('POST', '/profiles', { body: { name: name.trim(), tables: model?.tables ?? {}, fields: model?.fields ?? {}, rights: model?.rights ?? [] } });
    },
    onSuccess: async ({ id }) => { await queries.invalidateQueries({ queryKey: ['profiles'] }); form.reset(); close(); onMade(id); },
    onError: (fault) => atFields(fault, ['name'], form.setErrors),
  });
  return (
    <Dialog opened={opened} onClose={close} title={t('New profile')}>
      <form onSubmit={form.onSubmit((values) => make.mutate(values))} noValidate>
        <Stack gap="sm">
          <TextInput label={t('Name')} maxLength={200} data-autofocus {...form.getInputProps('name')} />
          <Select label={t('Begin with')} allowDeselect={false} {...form.getInputProps('like')}
            data={[{ value: 'nothing', label: t('nothing: all tables hidden') }, ...profiles.map((p) => ({ value: p.id, label: t('a copy of {{name}}', { name: p.name }) }))]} />
          <Group justify="flex-end" gap="xs"><Button variant="default" onClick={close}>{t('Cancel')}</Button><Button type="submit" loading={make.isPending}>{t('Make the profile')}</Button></Group>
        </Stack>
      </form>
    </Dialog>
  );
}

function Choice({ profiles, chosen, choose }: { profiles: Profile[]; chosen: string; choose: (id: string) => void }) {
  const { t } = useTranslation();
  return (
    <>
      <nav className={classes.list} aria-label={t('Profiles')}>
        {profiles.map((p) => (
          <NavLink key={p.id} component="button" type="button" label={p.name} active={p.id === chosen} onClick={() => choose(p.id)}
            rightSection={<Text size="xs" c="dimmed" aria-label={t('Members: {{n}}', { n: p.members })}>{p.members}</Text>} />
        ))}
      </nav>
      <Select className={classes.select} label={t('Profile')} data={profiles.map((p) => ({ value: p.id, label: p.name }))} value={chosen} allowDeselect={false} onChange={(id) => id && choose(id)} />
    </>
  );
}

function useProfile(profiles: Profile[]) {
  const { t } = useTranslation();
  const [id, setId] = useState<string | null>(null);
  const [changed, set] = useState<Rights | null>(null);
  const stored = profiles.find((p) => p.id === id) ?? profiles[0];
  const draft = changed ?? stored;
  const { patch, count } = changed ? differences(stored, changed) : { patch: {}, count: 0 };
  const save = useMutation({
    mutationFn: () => call('PATCH', `/profiles/${stored.id}`, { body: patch }),
    onSuccess: async () => {
      await Promise.all([['profiles'], ['me'], ['members']].map((queryKey) => queries.invalidateQueries({ queryKey })));
      set(null);
      say(t('Saved. It counts from the next request on.'));
    },
    onError: sayFault,
  });
  return { stored, draft, count, patch, save, set, choose: (next: string) => { set(null); setId(next); } };
}

function Editor({ profiles, tables, adding }: { profiles: Profile[]; tables: WholeTable[]; adding: ReturnType<typeof useDisclosure> }) {
  const { t } = useTranslation();
  const { stored, draft, count, patch, save, set, choose } = useProfile(profiles);
  const [wanted, setWanted] = useState<string | null>(null);
  const editing: Editing = { stored, draft, set };
  return (
    <SettingsPage wide title={t('Profiles')} about={t('A profile is what its members have in common: which tables and fields exist for them, and what they may do there.')}
      actions={<Button leftSection={<IconPlus size={15} aria-hidden />} onClick={adding[1].open}>{t('New profile')}</Button>}
      foot={<UnsavedBar changes={count} saving={save.isPending} tries={{ method: 'PATCH', path: `/profiles/${stored.id}`, body: patch }} onSave={() => save.mutate()} onDiscard={() => set(null)} />}>
      <div className={classes.columns}>
        <Choice profiles={profiles} chosen={stored.id} choose={(id) => (count > 0 ? setWanted(id) : choose(id))} />
        <Stack gap="xl" miw={0}>
          <Group gap="sm" align="flex-end">
            <TextInput label={t('Name')} w={280} maxLength={200} value={draft.name} onChange={(e) => set({ ...draft, name: e.currentTarget.value })} />
            <Badge color="gray" mb={5}>{t('Members: {{n}}', { n: stored.members })}</Badge>
          </Group>
          <Tables key={stored.id} tables={tables} editing={editing} />
          <GeneralRights {...editing} />
        </Stack>
      </div>
      <NewProfile opened={adding[0]} close={adding[1].close} profiles={profiles} onMade={choose} />
      <Ask opened={!!wanted} title={t('Leave without saving?')} yes={t('Leave')} onClose={() => setWanted(null)} onYes={() => { choose(wanted!); setWanted(null); }}>
        <Text>{t('Your changes are not saved yet and will be lost.')}</Text>
      </Ask>
    </SettingsPage>
  );
}

/** `/settings/profiles` */
export function ProfilesScreen() {
  const { t } = useTranslation();
  const adding = useDisclosure();
  const profiles = useQuery({ queryKey: ['profiles'], queryFn: ({ signal }) => everyPage<Profile>('/profiles', signal) });
  const tables = useWholeTables();
  if (profiles.data?.length && tables.data) return <Editor profiles={profiles.data} tables={tables.data} adding={adding} />;
  return <SettingsPage wide title={t('Profiles')}>{profiles.error || tables.error ? <Text c="red">{t('The profiles could not be read.')}</Text> : <RowsComing />}</SettingsPage>;
}
