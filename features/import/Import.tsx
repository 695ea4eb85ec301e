// The import wizard: file, reading, columns, rules, check, import; goes on where it was after a reload.
import { useState } from 'react';
import { Alert, Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconArrowBackUp, IconCircleCheck, IconDownload, IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { call, queries, upload } from '../../web/client.ts';
import { Ask } from '../../web/dialog.tsx';
import { sentenceOf } from '../../web/faults.ts';
import { ImportFile } from '../../web/import_file.tsx';
import { ImportMapping } from '../../web/import_mapping.tsx';
import { ImportReading, type Preview } from '../../web/import_reading.tsx';
import { ImportCounts, ImportProgress, Problems, StateBadge, useProblems } from '../../web/import_result.tsx';
import { ImportRules, type Rules } from '../../web/import_rules.tsx';
import { Steps } from '../../web/import_steps.tsx';
import { ImportWords, unknownWords, withWords } from '../../web/import_words.tsx';
import { fieldNameOf, placesOf, working, type Imported, type Reading, type Target } from '../../web/imports.ts';
import { useMe, useTable, type SeenTable } from '../../web/me.ts';
import { count, dayAndTime } from '../../web/moments.ts';
import { Broken } from '../../web/nothing_here.tsx';
import { List, Row } from '../../web/quiet_list.tsx';
import { RowsComing, Section, SettingsPage } from '../../web/settings_page.tsx';
import { sayFault } from '../../web/toast.ts';

const EVERY_MS = 700;
const keyOf = (id: string) => ['imports', id] as const;
const put = (answer: Imported) => { queries.setQueryData(keyOf(answer.id), answer); void queries.invalidateQueries({ queryKey: ['imports', 'list'] }); };

function Earlier({ tables }: { tables: SeenTable[] }) {
  const { t } = useTranslation();
  const imports = useQuery({ queryKey: ['imports', 'list'], queryFn: ({ signal }) => call<{ data: Imported[] }>('GET', '/imports', { signal }) });
  if (!imports.data?.data.length) return null;
  const nameOf = (table: string | null) => tables.find((x) => x.name === table)?.labels ?? t('a table');
  return (
    <Section title={t('Earlier imports')}>
      <List label={t('Earlier imports')}>
        {imports.data.data.map((i) => (
          <Row key={i.id} title={<Anchor component={Link} to="/import" search={{ id: i.id } as never} c="inherit" fw={500}>{i.file}</Anchor>} badge={<StateBadge state={i.state} />}
            about={`${nameOf(i.table)} · ${dayAndTime(i.created_at)} · ${t('Rows: {{n}}', { n: count(i.rows) })}${i.errors ? ` · ${t('Problems: {{n}}', { n: count(i.errors) })}` : ''}`} />
        ))}
      </List>
    </Section>
  );
}

function Begin({ asked }: { asked: string | undefined }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const tables = useMe().tables.filter((x) => x.can.import && x.can.create);
  const [chosen, choose] = useState(asked && tables.some((x) => x.name === asked) ? asked : tables.find((x) => x.name === 'contact')?.name ?? tables[0]?.name ?? null);
  const [share, setShare] = useState<number | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const send = async (file: File) => {
    setFault(null);
    setShare(0);
    const form = new FormData();
    form.set('table', chosen!);
    form.set('file', file);
    try {
      const made = await upload<Imported>('/imports', form, setShare);
      void queries.invalidateQueries({ queryKey: ['imports', 'list'] });
      await navigate({ to: '/import', search: { id: made.id } as never });
    } catch (problem) {
      setFault(sentenceOf(problem));
      setShare(null);
    }
  };
  return (
    <SettingsPage title={t('Import')}>
      <Steps at={0} open={[]} onOpen={() => {}} />
      {tables.length === 0 ? <Text c="dimmed">{t('Your profile may not import into any table.')}</Text> : <ImportFile tables={tables} table={chosen} share={share} fault={fault} onTable={choose} onFile={(file) => void send(file)} />}
      <Earlier tables={tables} />
    </SettingsPage>
  );
}

/** What one has chosen so far; begins with what is stored or guessed. */
function useChoices(of: Imported, table: SeenTable) {
  const { t } = useTranslation();
  const me = useMe();
  const places = placesOf(table, { owner: t('Owner'), id: t('Record id') });
  const guessed = () => Object.fromEntries((of.guess?.columns ?? []).map((c): [string, Target] => {
    const place = places.find((p) => p.name === c.field && p.kind !== 'id');
    return [c.name, place?.name ?? null];
  }));
  const [mapping, setMapping] = useState<Record<string, Target>>(() => of.mapping ?? guessed());
  const [rules, setRules] = useState<Rules>({ mode: of.mode as Rules['mode'] ?? 'create', match: of.match ?? [], origin: of.origin ?? { source: '', basis: null } });
  return { places, mapping, setMapping, rules, setRules: (part: Partial<Rules>) => setRules({ ...rules, ...part }), tables: me.tables };
}
type Choices = ReturnType<typeof useChoices>;

function bodyOf({ mapping, rules }: Choices, persons: boolean) {
  const { source, basis, purpose } = rules.origin;
  return { mapping: Object.fromEntries(Object.entries(mapping).filter(([, to]) => to)), mode: rules.mode, match: rules.match, ...(persons && { origin: { source: source.trim(), basis, ...(purpose?.trim() && { purpose: purpose.trim() }) } }) };
}

function ReadingStep({ of, next }: { of: Imported; next: () => void }) {
  const { t } = useTranslation();
  const preview = useQuery({ queryKey: [...keyOf(of.id), 'preview', of.guess], queryFn: ({ signal }) => call<Preview>('GET', `/imports/${of.id}/preview`, { signal }), placeholderData: (held) => held });
  const change = useMutation({ mutationFn: (part: Partial<Reading>) => call<Imported>('PUT', `/imports/${of.id}`, { body: part }), onSuccess: put, onError: sayFault });
  return (
    <Stack gap="md">
      {of.repeated && <Alert color="gray" variant="light" icon={<IconAlertTriangle size={16} aria-hidden />}>{t('The same file was imported into this table before.')}</Alert>}
      {of.guess && <ImportReading reading={of.guess} preview={preview.data} busy={change.isPending} onChange={(part) => change.mutate(part)} />}
      <Group><Button onClick={next} disabled={change.isPending}>{t('Next')}</Button></Group>
    </Stack>
  );
}

/** Stores the choices and starts the dry run. */
function useCheck(of: Imported, persons: boolean, then: () => void) {
  return useMutation({
    mutationFn: async (choices: Choices) => { put(await call<Imported>('PUT', `/imports/${of.id}`, { body: bodyOf(choices, persons) })); return call<Imported>('POST', `/imports/${of.id}/dry-run`, { body: {} }); },
    onSuccess: (answer) => { queries.removeQueries({ queryKey: [...keyOf(of.id), 'problems'] }); put(answer); then(); },
    onError: sayFault,
  });
}

function RulesStep({ of, persons, choices, next, back }: { of: Imported; persons: boolean; choices: Choices; next: () => void; back: () => void }) {
  const { t } = useTranslation();
  const [errors, setErrors] = useState<Record<string, string>>({});
  const { rules, mapping, places } = choices;
  const used = new Set(Object.values(mapping).map(fieldNameOf));
  const check = useCheck(of, persons, next);
  const go = () => {
    const wrong = {
      ...(rules.mode !== 'create' && rules.match.length === 0 && { match: t('Please choose at least one field.') }),
      ...(persons && !rules.origin.source.trim() && { source: t('Please say where they come from.') }),
      ...(persons && !rules.origin.basis && { basis: t('Please choose a basis.') }),
    };
    setErrors(wrong);
    if (Object.keys(wrong).length === 0) check.mutate(choices);
  };
  return (
    <Stack gap="lg">
      <ImportRules rules={rules} places={places.filter((p) => used.has(p.name))} persons={persons} errors={errors} onChange={choices.setRules} />
      <Group gap="xs"><Button variant="default" onClick={back}>{t('Back')}</Button><Button loading={check.isPending} onClick={go}>{t('Check without storing')}</Button></Group>
    </Stack>
  );
}

function useAct(of: Imported) {
  return useMutation({ mutationFn: (what: string) => call<Imported>('POST', `/imports/${of.id}/${what}`, { body: {} }), onSuccess: (answer) => { put(answer); void queries.invalidateQueries({ queryKey: ['records'] }); }, onError: sayFault });
}

function Checked({ of, table, choices, back }: { of: Imported; table: SeenTable; choices: Choices; back: () => void }) {
  const { t } = useTranslation();
  const act = useAct(of);
  const again = useCheck(of, table.subject !== 'none', () => {});
  const problems = useProblems(of.id, `check ${of.done} ${of.errors}`);
  const good = of.created + of.updated;
  const say = (said: Parameters<typeof withWords>[1]) => {
    const mapping = withWords(choices.mapping, said);
    choices.setMapping(mapping);
    again.mutate({ ...choices, mapping });
  };
  return (
    <Stack gap="md">
      <ImportCounts of={of} would />
      <Text>{of.errors > 0 ? t('Rows with problems are left out and come back to you as a file; all others are imported.') : t('No problems found. Nothing has been stored yet.')}</Text>
      <ImportWords words={unknownWords(problems.found, choices.mapping, table)} busy={again.isPending} onSay={say} />
      <Problems {...problems} />
      <Group gap="xs">
        <Button variant="default" onClick={back}>{t('Back to the columns')}</Button>
        <Button loading={act.isPending} disabled={good === 0} onClick={() => act.mutate('run')}>{t('Import {{n}} rows', { n: count(good) })}</Button>
      </Group>
    </Stack>
  );
}

function CheckStep(props: { of: Imported; table: SeenTable; choices: Choices; back: () => void }) {
  const { t } = useTranslation();
  const act = useAct(props.of);
  if (props.of.state === 'checking') return <ImportProgress of={props.of} />;
  if (props.of.state === 'checked') return <Checked {...props} />;
  return <Group gap="xs"><Button variant="default" onClick={props.back}>{t('Back')}</Button><Button loading={act.isPending} onClick={() => act.mutate('dry-run')}>{t('Check without storing')}</Button></Group>;
}

function Outcome({ of }: { of: Imported }) {
  const { t } = useTranslation();
  if (of.state === 'undone') return <Alert variant="light" color="gray">{t('Undone: {{removed}} records were taken back, {{kept}} kept because others have changed or use them.', { removed: count(of.removed), kept: count(of.kept) })}</Alert>;
  if (of.state === 'failed') return <Alert variant="light" color="red" icon={<IconAlertTriangle size={16} aria-hidden />}>{of.failure ?? t('The import stopped. What is stored so far stays; you can go on.')}</Alert>;
  if (of.state === 'done') return <Alert variant="light" icon={<IconCircleCheck size={16} aria-hidden />}>{t('The import is done.')}</Alert>;
  return <Text size="sm" c="dimmed">{t('It runs on the server: you may leave this page and come back.')}</Text>;
}

function Failed({ of }: { of: Imported }) {
  return <Problems {...useProblems(of.id, `run ${of.done} ${of.errors}`)} />;
}

function RunStep({ of, table }: { of: Imported; table: SeenTable }) {
  const { t } = useTranslation();
  const act = useAct(of);
  const [asking, ask] = useState(false);
  const doing = (what: string) => act.isPending && act.variables === what;
  return (
    <Stack gap="md">
      <Outcome of={of} />
      {of.state !== 'undone' && <ImportProgress of={of} />}
      <ImportCounts of={of} />
      <Group gap="xs">
        {of.state === 'running' && <Button variant="default" loading={doing('pause')} leftSection={<IconPlayerPause size={15} aria-hidden />} onClick={() => act.mutate('pause')}>{t('Pause')}</Button>}
        {(of.state === 'paused' || of.state === 'failed') && <Button loading={doing('resume')} leftSection={<IconPlayerPlay size={15} aria-hidden />} onClick={() => act.mutate('resume')}>{t('Go on')}</Button>}
        {of.state === 'done' && <Button component={Link} to={`/t/${table.name}`}>{t('Open {{table}}', { table: table.labels })}</Button>}
        {of.errors > 0 && <Button component="a" href={`/api/v1/imports/${of.id}/errors.csv`} download variant="default" leftSection={<IconDownload size={15} aria-hidden />}>{t('Rows with problems')}</Button>}
        {(of.state === 'done' || of.state === 'paused' || of.state === 'failed') && of.created > 0 && <Button variant="subtle" color="gray" leftSection={<IconArrowBackUp size={15} aria-hidden />} onClick={() => ask(true)}>{t('Undo …')}</Button>}
      </Group>
      {!working(of.state) && of.errors > 0 && <Failed of={of} />}
      <Ask opened={asking} title={t('Undo this import?')} yes={t('Undo')} busy={doing('undo')} onClose={() => ask(false)} onYes={() => act.mutate('undo', { onSettled: () => ask(false) })}>
        <Text size="sm">{t('Records that it created and that nobody else has changed are deleted. Changes to existing records stay.')}</Text>
      </Ask>
    </Stack>
  );
}

const RUN = ['running', 'paused', 'done', 'failed', 'undone'];
const stepOf = (of: Imported) => (RUN.includes(of.state) ? 5 : of.state === 'uploaded' ? 1 : 4);

function Wizard({ of, table, asked, go }: { of: Imported; table: SeenTable; asked: number | null; go: (step: number) => void }) {
  const { t } = useTranslation();
  const choices = useChoices(of, table);
  const run = RUN.includes(of.state);
  const at = run || working(of.state) ? stepOf(of) : asked ?? stepOf(of);
  const open = run || working(of.state) ? [] : [1, 2, 3, ...(of.state === 'checked' ? [4] : [])].filter((s) => s !== at && (s < at || s === 4));
  const columns = of.guess?.columns ?? [];
  return (
    <SettingsPage title={t('Import into {{table}}', { table: table.labels })} about={of.file} back={{ to: '/import', label: t('All imports') }}>
      <Steps at={of.state === 'done' ? 6 : at} open={open} onOpen={go} />
      {at === 1 && <ReadingStep of={of} next={() => go(2)} />}
      {at === 2 && (
        <Stack gap="md">
          <ImportMapping columns={columns} places={choices.places} tables={choices.tables} mapping={choices.mapping} onChange={choices.setMapping} />
          <Group gap="xs"><Button variant="default" onClick={() => go(1)}>{t('Back')}</Button><Button disabled={!Object.values(choices.mapping).some(Boolean)} onClick={() => go(3)}>{t('Next')}</Button></Group>
        </Stack>
      )}
      {at === 3 && <RulesStep of={of} persons={table.subject !== 'none'} choices={choices} next={() => go(4)} back={() => go(2)} />}
      {at === 4 && <CheckStep of={of} table={table} choices={choices} back={() => go(2)} />}
      {at === 5 && <RunStep of={of} table={table} />}
    </SettingsPage>
  );
}

function Going({ id }: { id: string }) {
  const { t } = useTranslation();
  const found = useQuery({ queryKey: keyOf(id), queryFn: ({ signal }) => call<Imported>('GET', `/imports/${id}`, { signal }), refetchInterval: (q) => (q.state.data && working(q.state.data.state) ? EVERY_MS : false) });
  const table = useTable(found.data?.table ?? '');
  const [asked, go] = useState<number | null>(null);
  if (found.isError) return <Broken error={found.error} />;
  if (!found.data) return <SettingsPage title={t('Import')}><RowsComing /></SettingsPage>;
  if (!table) return <SettingsPage title={t('Import')} back={{ to: '/import', label: t('All imports') }}><Text>{t('The table of this import no longer exists for you.')}</Text></SettingsPage>;
  return <Wizard key={JSON.stringify([id, found.data.guess?.columns.map((c) => c.name)])} of={found.data} table={table} asked={asked} go={go} />;
}

/** `/import?table=…` begins, `/import?id=…` goes on. */
export function ImportScreen() {
  const { id, table } = useSearch({ strict: false }) as { id?: string; table?: string };
  return id ? <Going key={id} id={id} /> : <Begin key={table} asked={table} />;
}
