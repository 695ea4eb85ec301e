// What happens with records that exist already, and where data about persons come from (Art. 6 and 14 GDPR).
import { Autocomplete, MultiSelect, Paper, Radio, Select, Stack, Text, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Basis, Mode, Place, Source } from './imports.ts';

const MODES: { value: Mode; label: string; means: string }[] = [
  { value: 'create', label: 'Create new records', means: 'Every row becomes a record. With fields to match, rows that exist already are skipped.' },
  { value: 'update', label: 'Change existing records', means: 'Rows are matched with records; rows without a match are skipped.' },
  { value: 'upsert', label: 'Both', means: 'Rows with a match change the record, the others become new records.' },
];
const BASES: { value: Basis; label: string }[] = [
  { value: 'contract', label: 'Contract: they are customers, or are about to be' },
  { value: 'consent', label: 'Consent: they have agreed' },
  { value: 'legitimate_interest', label: 'Legitimate interest: ours outweighs theirs' },
  { value: 'legal_obligation', label: 'Legal obligation: a law demands it' },
  { value: 'public_task', label: 'Public task' },
  { value: 'vital', label: 'Vital interests: to protect a life' },
];
const SOURCES = ['Our previous CRM', 'Business cards', 'Trade fair', 'Web form', 'Public register', 'Bought addresses'];

export interface Rules { mode: Mode; match: string[]; origin: Source }
export interface ImportRulesProps { rules: Rules; places: Place[]; persons: boolean; errors: Record<string, string>; onChange: (part: Partial<Rules>) => void }

function Where({ origin, errors, onChange }: { origin: Source; errors: Record<string, string>; onChange: (origin: Source) => void }) {
  const { t } = useTranslation();
  return (
    <Paper withBorder p="md" radius="md">
      <Stack gap="sm">
        <div>
          <Text fw={600} size="sm">{t('These are data about persons')}</Text>
          <Text size="xs" c="dimmed">{t('Whoever asks may learn where we have them from, and why. Steward keeps the answer with each record, so that nobody has to remember it.')}</Text>
        </div>
        <Autocomplete label={t('Where do these data come from?')} data={SOURCES.map((s) => t(s))} maxLength={200} value={origin.source} error={errors.source} onChange={(source) => onChange({ ...origin, source })} />
        <Select label={t('On what basis may you keep them?')} data={BASES.map((b) => ({ value: b.value, label: t(b.label) }))} value={origin.basis} error={errors.basis} onChange={(basis) => onChange({ ...origin, basis: basis as Basis | null })} />
        <TextInput label={t('What are they needed for? (optional)')} maxLength={200} value={origin.purpose ?? ''} onChange={(e) => onChange({ ...origin, purpose: e.currentTarget.value })} />
      </Stack>
    </Paper>
  );
}

export function ImportRules({ rules, places, persons, errors, onChange }: ImportRulesProps) {
  const { t } = useTranslation();
  return (
    <Stack gap="lg" maw={620}>
      <Radio.Group label={t('What should happen?')} value={rules.mode} onChange={(mode) => onChange({ mode: mode as Mode })}>
        <Stack gap={6} mt={6}>
          {MODES.map(({ value, label, means }) => (
            <Radio.Card key={value} value={value} p="xs" radius="sm" style={{ display: 'flex', gap: 10 }}>
              <Radio.Indicator size="xs" mt={2} />
              <div><Text fw={500} size="sm">{t(label)}</Text><Text c="dimmed" size="xs">{t(means)}</Text></div>
            </Radio.Card>
          ))}
        </Stack>
      </Radio.Group>
      <MultiSelect label={rules.mode === 'create' ? t('Recognise existing records by (optional)') : t('Recognise existing records by')} description={t('Two records are the same when all of these are equal.')} error={errors.match}
        data={places.map((p) => ({ value: p.name, label: p.label }))} value={rules.match} onChange={(match) => onChange({ match })} searchable />
      {persons && <Where origin={rules.origin} errors={errors} onChange={(origin) => onChange({ origin })} />}
    </Stack>
  );
}
