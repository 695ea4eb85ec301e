// The form that describes a field: what it is called, what it holds, and what it means for a person (SPEC 2.4).
import type { ReactNode } from 'react';
import { Alert, Autocomplete, Button, Checkbox, Group, Input, Paper, SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconShieldHeart } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Choice, KindName, Origin, Personal } from '../catalogue/catalogue.ts';
import { CategoryPicker } from './category_picker.tsx';
import { ChoicesEditor } from './choices_editor.tsx';
import { KindIcon, KIND_WORDS, nameFrom, OFFERED } from './kind_words.tsx';
import { KindInput } from './kinds/input.tsx';
import type { WholeField, WholeTable } from './whole_tables.ts';

export interface FieldDraft {
  kind: KindName; label: string; name: string; required: boolean; unique: boolean; tracked: boolean; to: string | null; choices: Choice[]; free: boolean;
  personal: Personal | null; category: string | null; purpose: string; origin: Origin | null;
}
const EMPTY: FieldDraft = { kind: 'text', label: '', name: '', required: false, unique: false, tracked: false, to: null, choices: [], free: false, personal: null, category: null, purpose: '', origin: null };
export const FIELD_INPUTS = Object.keys(EMPTY);
const LIKELY: Partial<Record<KindName, string>> = { email: 'user.contact.email', phone: 'user.contact.phone_number' };
const UNIQUE: readonly KindName[] = ['text', 'number', 'email', 'phone', 'web_address'];
const ORIGINS: { value: Origin; label: string }[] = [
  { value: 'provided', label: 'The person tells us' },
  { value: 'observed', label: 'We observe it' },
  { value: 'derived', label: 'We conclude it from other data' },
  { value: 'third_party', label: 'Somebody else tells us' },
];
const PURPOSES = ['Serve customers', 'Prepare and keep contracts', 'Answer questions', 'Marketing', 'Bookkeeping'];

const draftOf = (field: WholeField): FieldDraft => ({ ...EMPTY, ...field, choices: field.choices ?? [], free: field.kind === 'choices' && !field.choices, purpose: field.purpose ?? '' });

function useFieldForm(field: WholeField | null) {
  const { t } = useTranslation();
  return useForm<FieldDraft>({
    initialValues: field ? draftOf(field) : EMPTY,
    validate: {
      label: (v) => (v.trim() ? null : t('Please enter what people read.')),
      name: (v) => (/^[a-z][a-z0-9_]{0,59}$/.test(v) ? null : t('Begins with a letter; only a–z, 0–9 and _.')),
      to: (v, { kind }) => ((kind === 'link' || kind === 'links') && !v ? t('Please choose a table.') : null),
      choices: (v, { kind, free }) => ((kind === 'choice' || (kind === 'choices' && !free)) && v.filter((c) => c.label.trim()).length === 0 ? t('At least one choice, please.') : null),
      personal: (v) => (v ? null : t('Please answer: the privacy of the people in your records depends on it.')),
      category: (v, { personal }) => (personal !== 'no' && personal && !v ? t('Please choose the nearest one.') : null),
      origin: (v, { personal }) => (personal !== 'no' && personal && !v ? t('Please choose where it comes from.') : null),
      purpose: (v, { personal }) => (personal !== 'no' && personal && !v.trim() ? t('Please say what it is needed for.') : null),
    },
  });
}
type FieldFormState = ReturnType<typeof useFieldForm>;

function Basics({ form, field, tables }: { form: FieldFormState; field: WholeField | null; tables: WholeTable[] }) {
  const { t } = useTranslation();
  const { kind } = form.values;
  const targets = [...tables.map((table) => ({ value: table.name, label: table.labels })), ...(kind === 'link' ? [{ value: '*', label: t('any table') }] : [])];
  const setKind = (next: string | null) => {
    if (!next) return;
    form.setFieldValue('kind', next as KindName);
    const likely = LIKELY[next as KindName];
    if (likely && !form.values.personal) form.setValues({ personal: 'yes', category: likely });
  };
  return (
    <>
      <Select label={t('Kind')} disabled={!!field} allowDeselect={false} searchable maxDropdownHeight={320} leftSection={<KindIcon kind={kind} />} value={kind} onChange={setKind}
        data={(field ? [kind] : OFFERED).map((k) => ({ value: k, label: t(KIND_WORDS[k].label) }))}
        renderOption={({ option }) => <Group gap={10} wrap="nowrap"><KindIcon kind={option.value as KindName} /><div><Text size="sm">{option.label}</Text><Text size="xs" c="dimmed" fz={11}>{t(KIND_WORDS[option.value as KindName].hint)}</Text></div></Group>} />
      <TextInput label={t('Label')} description={t('What people read.')} maxLength={200} data-autofocus {...form.getInputProps('label')}
        onChange={(e) => { const label = e.currentTarget.value; const follows = !field && form.values.name === nameFrom(form.values.label); form.setValues({ label, ...(follows && { name: nameFrom(label) }) }); }} />
      <TextInput label={t('Name for programs')} description={t('Used by the API and in files; it stays.')} disabled={!!field} maxLength={60} {...form.getInputProps('name')} />
      {(kind === 'link' || kind === 'links') && <Select label={t('Leads to')} disabled={!!field} data={targets} {...form.getInputProps('to')} />}
      {kind === 'choices' && <Checkbox size="xs" label={t('Free words (tags) instead of a fixed list')} {...form.getInputProps('free', { type: 'checkbox' })} />}
      {(kind === 'choice' || (kind === 'choices' && !form.values.free)) && (
        <ChoicesEditor choices={form.values.choices} stored={field?.choices?.map((c) => c.value) ?? []} error={form.errors.choices} onChange={(choices) => form.setFieldValue('choices', choices)} />
      )}
    </>
  );
}

function Privacy({ form }: { form: FieldFormState }) {
  const { t } = useTranslation();
  const { personal } = form.values;
  return (
    <Paper withBorder p="sm" radius="md">
      <Stack gap="sm">
        <Group gap={8} wrap="nowrap" align="flex-start">
          <IconShieldHeart size={18} stroke={1.5} aria-hidden style={{ flex: 'none' }} />
          <Text size="xs" c="dimmed">{t('Steward asks so that it can keep its promises: answers to a person’s request, erasure and the record of processing find each field by these words.')}</Text>
        </Group>
        <Input.Wrapper label={t('Does it hold personal data?')} error={form.errors.personal}>
          <SegmentedControl fullWidth mt={4} aria-label={t('Does it hold personal data?')} value={personal ?? ''} onChange={(v) => { form.setFieldValue('personal', v as Personal); form.clearFieldError('personal'); }}
            data={[{ value: 'no', label: t('No') }, { value: 'yes', label: t('Yes') }, { value: 'special', label: t('Special (Art. 9)') }]} />
        </Input.Wrapper>
        {personal === 'special' && <Alert color="gray" variant="light" p="xs">{t('Health, belief, origin and the like. Such a field is hidden from every profile until you open it there.')}</Alert>}
        {personal && personal !== 'no' && (
          <>
            <CategoryPicker label={t('Which kind of data?')} special={personal === 'special'} {...form.getInputProps('category')} />
            <Autocomplete label={t('What is it needed for?')} data={PURPOSES.map((p) => t(p))} maxLength={200} {...form.getInputProps('purpose')} />
            <Select label={t('Where does it come from?')} data={ORIGINS.map((o) => ({ value: o.value, label: t(o.label) }))} {...form.getInputProps('origin')} />
          </>
        )}
      </Stack>
    </Paper>
  );
}

function Preview({ draft }: { draft: FieldDraft }) {
  const { t } = useTranslation();
  const form = useForm<{ value: unknown }>({ initialValues: { value: null } });
  const choices = draft.free ? null : draft.choices.filter((c) => c.label.trim());
  const field = { ...draft, label: draft.label || t(KIND_WORDS[draft.kind].label), choices: draft.kind === 'choice' || draft.kind === 'choices' ? choices : null, computed: false, level: 'write' as const, personal: draft.personal ?? 'no' };
  return (
    <div>
      <Text size="xs" c="dimmed" mb={4}>{t('How members will fill it in')}</Text>
      <Paper p="sm" radius="md" bg="var(--ground-side)">
        <KindInput key={`${draft.kind} ${draft.to}`} field={field} label={field.label} required={draft.required} value={form.values.value} onChange={(value) => form.setFieldValue('value', value)} />
      </Paper>
    </div>
  );
}

export interface FieldFormProps { field: WholeField | null; tables: WholeTable[]; busy: boolean; onCancel: () => void; onSubmit: (draft: FieldDraft, fail: (errors: Record<string, ReactNode>) => void) => void }

/** `field` null: a new one. `fail` puts the server's refusals at their inputs. */
export function FieldForm({ field, tables, busy, onCancel, onSubmit }: FieldFormProps) {
  const { t } = useTranslation();
  const form = useFieldForm(field);
  return (
    <form onSubmit={form.onSubmit((values) => onSubmit(values, form.setErrors))} noValidate>
      <Stack gap="sm">
        <Basics form={form} field={field} tables={tables} />
        <Preview draft={form.values} />
        <Privacy form={form} />
        <Checkbox size="xs" label={t('Required')} description={t('No record is stored without it.')} {...form.getInputProps('required', { type: 'checkbox' })} />
        {UNIQUE.includes(form.values.kind) && <Checkbox size="xs" label={t('Unique')} description={t('No two records have the same.')} {...form.getInputProps('unique', { type: 'checkbox' })} />}
        <Checkbox size="xs" label={t('Tracked')} description={t('Each change is kept in the activities of the record: who, when, from what to what.')} {...form.getInputProps('tracked', { type: 'checkbox' })} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onCancel}>{t('Cancel')}</Button>
          <Button type="submit" loading={busy}>{field ? t('Save') : t('Add the field')}</Button>
        </Group>
      </Stack>
    </form>
  );
}
