// Tables and fields: making, describing, arranging, dropping.
import { useState } from 'react';
import { ActionIcon, Alert, Badge, Button, Drawer, Group, Menu, Select, Stack, Switch, Tabs, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronRight, IconDots, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Layout } from '../../catalogue/catalogue.ts';
import { CATEGORIES } from '../../catalogue/categories.ts';
import { call, Refusal } from '../../web/client.ts';
import { Ask, Dialog } from '../../web/dialog.tsx';
import { everyPage } from '../../web/every_page.ts';
import { atFields, sentenceOf } from '../../web/faults.ts';
import { FieldForm, FIELD_INPUTS, type FieldDraft } from '../../web/field_form.tsx';
import { TableIcon } from '../../web/icons.tsx';
import { KindIcon, KIND_WORDS } from '../../web/kind_words.tsx';
import { LayoutEditor } from '../../web/layout_editor.tsx';
import { useMe } from '../../web/me.ts';
import { NothingHere } from '../../web/nothing_here.tsx';
import { RowsComing, Section, SettingsPage } from '../../web/settings_page.tsx';
import { IconPicker, TableForm, TABLE_INPUTS, type TableDraft } from '../../web/table_form.tsx';
import { say, sayFault } from '../../web/toast.ts';
import { UnsavedBar } from '../../web/unsaved_bar.tsx';
import { tablesChanged, tablesQuery, useWholeTables, type WholeField, type WholeTable } from '../../web/whole_tables.ts';
import classes from '../../web/table_rows.module.css';

/** A new table has a name, the link through which it reaches a contact, and the profiles for which it exists (the own one gets every right by itself). */
async function makeTable({ label, labels, name, icon, reach, profiles }: TableDraft, words: { name: string; contact: string; purpose: string }, own: string): Promise<string> {
  const meaning = reach === 'self' ? { personal: 'yes', category: 'user.name', purpose: words.purpose, origin: 'provided' } : { personal: 'no' };
  const fields = [{ name: 'name', label: words.name, kind: 'text', required: true, ...meaning }, ...(reach === 'contact' ? [{ name: 'contact', label: words.contact, kind: 'link', to: 'contact', personal: 'no' }] : [])];
  await call('POST', '/tables', { body: { name, label: label.trim(), labels: labels.trim(), icon, subject: reach, title: 'name', fields } });
  for (const id of profiles.filter((p) => p !== own)) await call('PATCH', `/profiles/${id}`, { body: { tables: { [name]: { see: true, create: true, change: true, delete: true } } } });
  return name;
}

function NewTable({ opened, close }: { opened: boolean; close: () => void }) {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const profiles = useQuery({ queryKey: ['profiles'], queryFn: ({ signal }) => everyPage<{ id: string; name: string }>('/profiles', signal) });
  const make = useMutation({
    mutationFn: ({ draft }: { draft: TableDraft; fail: (errors: Record<string, React.ReactNode>) => void }) => makeTable(draft, { name: t('Name'), contact: t('Contact'), purpose: t('Know who it is') }, me.profile.id),
    onSuccess: (name) => { close(); say(t('The table is there.')); void navigate({ to: '/settings/tables/$table', params: { table: name } }); },
    onError: (fault, { fail }) => atFields(fault, TABLE_INPUTS, fail),
    onSettled: tablesChanged,
  });
  return (
    <Dialog opened={opened} onClose={close} title={t('New table')} size="lg">
      <TableForm profiles={profiles.data ?? []} own={me.profile.id} busy={make.isPending} onCancel={close} onSubmit={(draft, fail) => make.mutate({ draft, fail })} />
    </Dialog>
  );
}

/** `/settings/tables` */
export function TablesScreen() {
  const { t } = useTranslation();
  const [opened, adding] = useDisclosure();
  const tables = useWholeTables();
  return (
    <SettingsPage title={t('Tables and fields')} about={t('Every screen, form, file and right follows from what is described here. Changes count at once, without a restart.')}
      actions={<Button leftSection={<IconPlus size={15} aria-hidden />} onClick={adding.open}>{t('New table')}</Button>}>
      {tables.isPending && <RowsComing />}
      {tables.isError && <Text c="red">{sentenceOf(tables.error)}</Text>}
      <ul className={classes.rows} aria-label={t('Tables')}>
        {tables.data?.map((table) => (
          <li key={table.name}>
            <Link to="/settings/tables/$table" params={{ table: table.name }} className={classes.table}>
              <TableIcon icon={table.icon} size={18} />
              <span className={classes.words}><Text fw={500} size="sm">{table.labels}</Text><Text c="dimmed" size="xs">{table.name}</Text></span>
              {!table.standard && <Badge>{t('own')}</Badge>}
              {table.subject === 'self' && <Badge color="gray">{t('people')}</Badge>}
              <Text c="dimmed" size="xs" className={classes.wide}>{t('Fields: {{n}}', { n: table.fields.length })}</Text>
              <IconChevronRight size={16} className={classes.quiet} aria-hidden />
            </Link>
          </li>
        ))}
      </ul>
      <NewTable opened={opened} close={adding.close} />
    </SettingsPage>
  );
}

function bodyOf(draft: FieldDraft, stored: WholeField | null) {
  const { kind, free, choices, personal, category, purpose, origin, to, name } = draft;
  const fixed = kind === 'choice' || (kind === 'choices' && !free);
  return {
    label: draft.label.trim(), required: draft.required, unique: draft.unique, tracked: draft.tracked, personal,
    ...(personal !== 'no' ? { category, purpose: purpose.trim(), origin } : stored?.personal === 'no' || !stored ? {} : { category: null, purpose: null, origin: null }),
    ...(fixed && { choices: choices.filter((c) => c.label.trim()).map((c) => ({ ...c, label: c.label.trim() })) }),
    ...(!stored && { name, kind, ...(to && { to }) }),
  };
}

function FieldDrawer({ table, tables, field, onClose }: { table: WholeTable; tables: WholeTable[]; field: WholeField | 'new' | null; onClose: () => void }) {
  const { t } = useTranslation();
  const stored = field === 'new' ? null : field;
  const save = useMutation({
    mutationFn: ({ draft }: { draft: FieldDraft; fail: (errors: Record<string, React.ReactNode>) => void }) =>
      call(stored ? 'PATCH' : 'POST', `/tables/${table.name}/fields${stored ? `/${stored.name}` : ''}`, { body: bodyOf(draft, stored) }),
    onSuccess: async () => { await tablesChanged(); say(stored ? t('The field is changed.') : t('The field is there, in every form and list.')); onClose(); },
    onError: (fault, { fail }) => atFields(fault, FIELD_INPUTS, fail),
  });
  return (
    <Drawer opened={!!field} onClose={onClose} position="right" size={480} title={stored ? stored.label : t('New field of {{table}}', { table: table.labels })} styles={{ title: { fontWeight: 600, fontSize: 15 } }} closeButtonProps={{ 'aria-label': t('Close') }}>
      {field && <FieldForm key={stored?.name ?? 'new'} field={stored} tables={tables} busy={save.isPending} onCancel={onClose} onSubmit={(draft, fail) => save.mutate({ draft, fail })} />}
    </Drawer>
  );
}

const categoryOf = (key: string | null) => CATEGORIES.find((c) => c.key === key)?.label ?? key ?? '';

function FieldRow({ field, onEdit, onTrack, onDrop }: { field: WholeField; onEdit: () => void; onTrack: (tracked: boolean) => void; onDrop: () => void }) {
  const { t } = useTranslation();
  return (
    <li className={classes.field}>
      <KindIcon kind={field.kind} />
      <button type="button" className={classes.name} onClick={onEdit}>
        <Text fw={500} size="sm" truncate>{field.label}{field.required && <Text span c="red" aria-label={t('Required')}> *</Text>}</Text>
        <Text c="dimmed" size="xs" truncate>{t(KIND_WORDS[field.kind].label)} · {field.name}</Text>
      </button>
      <span className={classes.personal}>
        {field.personal === 'special' && <Badge color="red">{t('special category')}</Badge>}
        {field.personal === 'yes' && <Badge color="gray" title={field.purpose ?? undefined}>{t(categoryOf(field.category))}</Badge>}
        {field.computed && <Badge color="gray">{t('computed')}</Badge>}
      </span>
      <Switch size="xs" checked={field.tracked} disabled={field.computed} aria-label={t('Track changes of {{field}}', { field: field.label })} onChange={(e) => onTrack(e.currentTarget.checked)} />
      <Menu position="bottom-end">
        <Menu.Target><ActionIcon aria-label={t('More for {{name}}', { name: field.label })}><IconDots size={16} /></ActionIcon></Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil size={15} />} onClick={onEdit}>{t('Edit')}</Menu.Item>
          <Menu.Item color="red" leftSection={<IconTrash size={15} />} onClick={onDrop}>{t('Delete …')}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </li>
  );
}

/** `table` as it is stored, `shown` in the words of the window. */
function Fields({ table, shown, tables }: { table: WholeTable; shown: WholeTable; tables: WholeTable[] }) {
  const { t } = useTranslation();
  const [edited, edit] = useState<string | null>(null);
  const [leaving, setLeaving] = useState<WholeField | null>(null);
  const track = useMutation({ mutationFn: ({ field, tracked }: { field: WholeField; tracked: boolean }) => call('PATCH', `/tables/${table.name}/fields/${field.name}`, { body: { tracked } }), onError: sayFault, onSettled: tablesChanged });
  const drop = useMutation({
    mutationFn: (field: WholeField) => call('DELETE', `/tables/${table.name}/fields/${field.name}`),
    onSuccess: () => say(t('The field and its values are gone.')), onError: sayFault, onSettled: async () => { setLeaving(null); await tablesChanged(); },
  });
  return (
    <Section title={t('Fields')} actions={<Button leftSection={<IconPlus size={15} aria-hidden />} onClick={() => edit('')}>{t('Add a field')}</Button>}>
      <div className={classes.heads} aria-hidden><span>{t('Field')}</span><span className={classes.personal}>{t('Personal data')}</span><span>{t('Tracked')}</span></div>
      <ul className={classes.rows} aria-label={t('Fields')}>
        {shown.fields.map((f) => <FieldRow key={f.name} field={f} onEdit={() => edit(f.name)} onTrack={(tracked) => track.mutate({ field: f, tracked })} onDrop={() => setLeaving(f)} />)}
      </ul>
      <FieldDrawer table={shown} tables={tables} field={edited === '' ? 'new' : table.fields.find((f) => f.name === edited) ?? null} onClose={() => edit(null)} />
      <Ask opened={!!leaving} title={t('Delete the field {{field}}?', { field: leaving?.label })} yes={t('Delete')} busy={drop.isPending} onYes={() => leaving && drop.mutate(leaving)} onClose={() => setLeaving(null)}>
        <Text>{t('Its values in all records are deleted with it. This can’t be taken back.')}</Text>
      </Ask>
    </Section>
  );
}

interface Facts { label: string; labels: string; icon: string; subject: string; title: string }
const factsOf = (table: WholeTable): Facts => ({ label: table.label, labels: table.labels, icon: table.icon, subject: table.subject, title: table.title });

/** What is changed but not stored: layout and facts of the table go in one PATCH. */
function useDraft(table: WholeTable) {
  const { t } = useTranslation();
  const [layout, setLayout] = useState<Layout | null>(null);
  const [facts, setFacts] = useState<Partial<Facts>>({});
  const stored = factsOf(table);
  const changed = Object.fromEntries(Object.entries(facts).filter(([k, v]) => v !== stored[k as keyof Facts]));
  const reset = () => { setLayout(null); setFacts({}); };
  const save = useMutation({
    mutationFn: () => call('PATCH', `/tables/${table.name}`, { body: { ...changed, ...(layout && { layout }) } }),
    onSuccess: async () => { await tablesChanged(); reset(); say(t('Saved.')); },
    onError: sayFault,
  });
  return { layout: layout ?? table.layout, setLayout, facts: { ...stored, ...facts }, setFacts: (part: Partial<Facts>) => setFacts({ ...facts, ...part }), changes: Object.keys(changed).length + (layout ? 1 : 0), save, reset };
}

function FactsForm({ table, facts, onChange }: { table: WholeTable; facts: Facts; onChange: (part: Partial<Facts>) => void }) {
  const { t } = useTranslation();
  const links = table.fields.filter((f) => f.kind === 'link').map((f) => ({ value: f.name, label: t('through its link “{{field}}”', { field: f.label }) }));
  const subjects = [{ value: 'none', label: t('not at all: it holds nothing about people') }, { value: 'self', label: t('each record is a person') }, ...links];
  return (
    <Stack gap="sm" maw={460}>
      <Group gap="xs" align="flex-end" wrap="nowrap">
        <IconPicker icon={facts.icon} onChange={(icon) => onChange({ icon })} />
        <TextInput flex={1} label={t('One of them')} maxLength={200} value={facts.label} onChange={(e) => onChange({ label: e.currentTarget.value })} />
        <TextInput flex={1} label={t('Many of them')} maxLength={200} value={facts.labels} onChange={(e) => onChange({ labels: e.currentTarget.value })} />
      </Group>
      <Select label={t('Stands for a record')} description={t('Shown in links and headings.')} allowDeselect={false} value={facts.title} onChange={(title) => title && onChange({ title })}
        data={table.fields.map((f) => ({ value: f.name, label: f.label }))} searchable />
      <Select label={t('How does it reach a person?')} description={t('Requests and erasure of a person find these records by it.')} allowDeselect={false} data={subjects} value={facts.subject} onChange={(subject) => subject && onChange({ subject })} />
    </Stack>
  );
}

function DropTable({ table }: { table: WholeTable }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [opened, ask] = useDisclosure();
  const drop = useMutation({
    mutationFn: (records: boolean) => call('DELETE', `/tables/${table.name}`, { query: { records: records ? 'delete' : undefined } }),
    onSuccess: async () => { await tablesChanged(); say(t('The table is gone.')); void navigate({ to: '/settings/tables' }); },
  });
  const full = drop.error instanceof Refusal && drop.error.status === 409;
  if (table.standard) return null;
  return (
    <Section title={t('Delete this table')} about={t('With all its fields, for all members. This can’t be taken back.')}>
      <Button color="red" variant="default" leftSection={<IconTrash size={15} aria-hidden />} onClick={ask.open}>{t('Delete the table …')}</Button>
      <Ask opened={opened} title={t('Delete {{table}}?', { table: table.labels })} yes={full ? t('Delete with all records') : t('Delete')} busy={drop.isPending} onYes={() => drop.mutate(full)} onClose={() => { ask.close(); drop.reset(); }}>
        {drop.error ? <Alert color="red" variant="light">{sentenceOf(drop.error)}</Alert> : <Text>{t('Steward first looks whether it still has records.')}</Text>}
      </Ask>
    </Section>
  );
}

function TableEditor({ table, shown, tables }: { table: WholeTable; shown: WholeTable; tables: WholeTable[] }) {
  const { t } = useTranslation();
  const { layout, setLayout, facts, setFacts, changes, save, reset } = useDraft(table);
  return (
    <SettingsPage back={{ to: '/settings/tables', label: t('Tables and fields') }} title={<Group gap={8}><TableIcon icon={facts.icon} size={20} />{shown.labels}</Group>}
      actions={<Button component={Link} to={`/t/${table.name}`} variant="default">{t('Open the list')}</Button>}
      foot={<UnsavedBar changes={changes} saving={save.isPending} onSave={() => save.mutate()} onDiscard={reset} />}>
      <Tabs defaultValue="fields" keepMounted={false}>
        <Tabs.List mb="lg">
          <Tabs.Tab value="fields">{t('Fields')}</Tabs.Tab>
          <Tabs.Tab value="layout">{t('Layout')}</Tabs.Tab>
          <Tabs.Tab value="table">{t('Table')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="fields"><Fields table={table} shown={shown} tables={tables} /></Tabs.Panel>
        <Tabs.Panel value="layout"><LayoutEditor fields={shown.fields} layout={layout} onChange={setLayout} /></Tabs.Panel>
        <Tabs.Panel value="table"><Stack gap="xl"><FactsForm table={table} facts={facts} onChange={setFacts} /><DropTable table={table} /></Stack></Tabs.Panel>
      </Tabs>
    </SettingsPage>
  );
}

/** `/settings/tables/{table}` */
export function TableScreen() {
  const { table: name } = useParams({ strict: false }) as { table: string };
  const tables = useQuery(tablesQuery);
  const shown = useWholeTables().data;
  if (tables.isPending) return <SettingsPage title=""><RowsComing /></SettingsPage>;
  const table = tables.data?.find((x) => x.name === name);
  return table ? <TableEditor key={name} table={table} shown={shown!.find((x) => x.name === name)!} tables={shown!} /> : <NothingHere />;
}
