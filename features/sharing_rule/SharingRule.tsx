// Sharing rules of one table: whose records, or which, are opened to whom.
import { useState } from 'react';
import { ActionIcon, Button, Group as Line, Input, SegmentedControl, Stack, Text } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { call, queries } from '../../web/client.ts';
import { CriteriaBuilder } from '../../web/criteria.tsx';
import { allDone, criteriaWords, type Criterion } from '../../web/criteria_words.ts';
import { Ask } from '../../web/dialog.tsx';
import { everyPage } from '../../web/every_page.ts';
import { sentenceOf } from '../../web/faults.ts';
import { LevelBadge, LevelPicker } from '../../web/level.tsx';
import { PartyIcon, partyOf, PartyPicker, partyWords, usePeople, type Named, type Party } from '../../web/party.tsx';
import { List, Row } from '../../web/quiet_list.tsx';
import { RowsComing, Section } from '../../web/settings_page.tsx';
import { SideDrawer } from '../../web/side_drawer.tsx';
import { say, sayFault } from '../../web/toast.ts';
import { tablesChanged, type WholeTable } from '../../web/whole_tables.ts';
import classes from '../../web/teams.module.css';

type From = Party | { criteria: Criterion[] };
interface Rule { id: string; table: string; from: From; to: Party; level: 'read' | 'edit' }

const changed = () => Promise.all([queries.invalidateQueries({ queryKey: ['sharing-rules'] }), tablesChanged()]);

/** "Deals owned by Lena Brandt", "Tasks whose priority is High". */
function fromWords(t: TFunction, table: WholeTable, from: From, people: Named[]): string {
  if ('criteria' in from) return criteriaWords(t, table, from.criteria, people);
  return t('{{table}} owned by {{who}}', { table: table.labels, who: partyWords(t, from) });
}

const reachWords = (t: TFunction, to: Party) => t('for {{who}}, and for the managers above', { who: partyWords(t, to) });

function RuleRow({ rule, table, onDelete }: { rule: Rule; table: WholeTable; onDelete: () => void }) {
  const { t } = useTranslation();
  const people = usePeople();
  const words = fromWords(t, table, rule.from, people);
  return (
    <Row icon={<PartyIcon kind={partyOf(rule.to)[0]} size={17} />} title={words} badge={<LevelBadge level={rule.level} />} about={reachWords(t, rule.to)}
      action={<ActionIcon aria-label={t('Delete the rule: {{rule}}', { rule: words })} onClick={onDelete}><IconTrash size={16} stroke={1.6} /></ActionIcon>} />
  );
}

interface Draft { by: 'owners' | 'criteria'; from: Party | null; criteria: Criterion[]; to: Party | null; level: 'read' | 'edit' }

const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);

const isWhole = ({ by, from, criteria, to }: Draft) => !!to && (by === 'owners' ? !!from : criteria.length > 0 && allDone(criteria));

function Means({ table, draft }: { table: WholeTable; draft: Draft }) {
  const { t } = useTranslation();
  const people = usePeople();
  if (!isWhole(draft)) return null;
  const from: From = draft.by === 'owners' ? draft.from! : { criteria: draft.criteria };
  const said = { who: capital(partyWords(t, draft.to!)), what: fromWords(t, table, from, people) };
  return (
    <div className={classes.means} role="status">
      <Text fw={600}>{t('What this means')}</Text>
      <Text>{draft.level === 'edit' ? t('{{who}} reads and edits: {{what}}.', said) : t('{{who}} reads: {{what}}.', said)}</Text>
      <Text c="dimmed">{t('So do the managers above. Nobody loses anything through a rule: it only opens more, as far as each profile allows.')}</Text>
    </div>
  );
}

function NewRule({ table, onClose }: { table: WholeTable; onClose: () => void }) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState<Draft>({ by: 'owners', from: null, criteria: [], to: null, level: 'read' });
  const put = (part: Partial<Draft>) => setDraft({ ...draft, ...part });
  const said = (party: Party) => { const [kind, { id }] = partyOf(party); return { [kind]: id }; };
  const make = useMutation({
    mutationFn: () => call('POST', '/sharing-rules', { body: { table: table.name, from: draft.by === 'owners' ? said(draft.from!) : { criteria: draft.criteria }, to: said(draft.to!), level: draft.level } }),
    onSuccess: async () => { await changed(); say(t('Saved. It counts from the next request on.')); onClose(); },
  });
  const foot = <Line justify="flex-end" gap="xs"><Button variant="default" onClick={onClose}>{t('Cancel')}</Button><Button disabled={!isWhole(draft)} loading={make.isPending} onClick={() => make.mutate()}>{t('Make the rule')}</Button></Line>;
  return (
    <SideDrawer opened onClose={onClose} title={t('New rule for {{table}}', { table: table.labels })} foot={foot}>
      <Stack gap="md">
        <Input.Wrapper label={t('Which records')} labelElement="div">
          <div><SegmentedControl size="xs" aria-label={t('Which records')} value={draft.by} onChange={(by) => put({ by: by as Draft['by'] })} data={[{ value: 'owners', label: t('of some owners') }, { value: 'criteria', label: t('that meet criteria') }]} /></div>
        </Input.Wrapper>
        {draft.by === 'owners'
          ? <PartyPicker label={t('Owned by')} kinds={['member', 'group', 'below']} value={draft.from} onChange={(from) => put({ from })} />
          : <CriteriaBuilder table={table} criteria={draft.criteria} onChange={(criteria) => put({ criteria })} />}
        <PartyPicker label={t('Opened to')} kinds={['member', 'group', 'team', 'below']} value={draft.to} onChange={(to) => put({ to })} />
        <LevelPicker label={t('What they may do')} value={draft.level} onChange={(level) => put({ level })} />
        <Means table={table} draft={draft} />
        {make.isError && <Text c="red" role="alert">{sentenceOf(make.error)}</Text>}
      </Stack>
    </SideDrawer>
  );
}

/** The part of the sharing settings that lists the rules of a table. */
export function RulesOf({ table }: { table: WholeTable }) {
  const { t } = useTranslation();
  const rules = useQuery({ queryKey: ['sharing-rules'], queryFn: ({ signal }) => everyPage<Rule>('/sharing-rules', signal) });
  const [adding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState<Rule | null>(null);
  const remove = useMutation({
    mutationFn: (rule: Rule) => call('DELETE', `/sharing-rules/${rule.id}`),
    onSuccess: async () => { await changed(); say(t('Rule deleted. What it opened is closed from the next request on.')); },
    onError: sayFault,
    onSettled: () => setLeaving(null),
  });
  const own = rules.data?.filter((r) => r.table === table.name);
  return (
    <Section title={t('Rules that open more')} about={t('Records of some owners, or that meet criteria, are opened to others.')} actions={<Button variant="default" leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setAdding(true)}>{t('New rule')}</Button>}>
      {rules.isPending && <RowsComing rows={2} />}
      {rules.isError && <Text c="red">{sentenceOf(rules.error)}</Text>}
      {own?.length === 0 && <Text c="dimmed">{t('No rule yet.')}</Text>}
      {!!own?.length && <List label={t('Rules for {{table}}', { table: table.labels })}>{own.map((rule) => <RuleRow key={rule.id} rule={rule} table={table} onDelete={() => setLeaving(rule)} />)}</List>}
      {adding && <NewRule table={table} onClose={() => setAdding(false)} />}
      <Ask opened={!!leaving} title={t('Delete this rule?')} yes={t('Delete')} busy={remove.isPending} onClose={() => setLeaving(null)} onYes={() => leaving && remove.mutate(leaving)}>
        <Text>{t('What only this rule opened is closed at once, also in lists that are open now.')}</Text>
      </Ask>
    </Section>
  );
}
