// The form that makes a table: what it is called, how it reaches a person, who may see it.
import type { ReactNode } from 'react';
import { ActionIcon, Button, Checkbox, Group, Menu, Radio, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { ICONS, TableIcon } from './icons.tsx';
import { nameFrom } from './kind_words.tsx';

type Reach = 'none' | 'self' | 'contact';
export interface TableDraft { label: string; labels: string; name: string; icon: string; reach: Reach; profiles: string[] }
export const TABLE_INPUTS = ['label', 'labels', 'name', 'icon', 'subject', 'profiles'];

const REACHES: { value: Reach; label: string; means: string }[] = [
  { value: 'none', label: 'It holds nothing about people', means: 'Products, rooms, machines. Fields with personal data are refused.' },
  { value: 'contact', label: 'It belongs to a contact', means: 'A link to the contact is added. A person’s request and erasure reach these records through it.' },
  { value: 'self', label: 'Each record is a person', means: 'Applicants, patients, guests. Each can be erased and answered on their own.' },
];

/** Choosing an icon. */
export function IconPicker({ icon, onChange }: { icon: string; onChange: (icon: string) => void }) {
  const { t } = useTranslation();
  return (
    <Menu position="bottom-start">
      <Menu.Target><ActionIcon variant="default" size={30} aria-label={t('Icon')}><TableIcon icon={icon} /></ActionIcon></Menu.Target>
      <Menu.Dropdown>
        <SimpleGrid cols={8} spacing={2} p={4}>
          {Object.keys(ICONS).map((name) => <ActionIcon key={name} aria-label={name.replaceAll('_', ' ')} aria-pressed={name === icon} variant={name === icon ? 'light' : 'subtle'} onClick={() => onChange(name)}><TableIcon icon={name} /></ActionIcon>)}
        </SimpleGrid>
      </Menu.Dropdown>
    </Menu>
  );
}

export interface TableFormProps { profiles: { id: string; name: string }[]; own: string; busy: boolean; onCancel: () => void; onSubmit: (draft: TableDraft, fail: (errors: Record<string, ReactNode>) => void) => void }

export function TableForm({ profiles, own, busy, onCancel, onSubmit }: TableFormProps) {
  const { t } = useTranslation();
  const form = useForm<TableDraft>({
    initialValues: { label: '', labels: '', name: '', icon: 'table', reach: 'none', profiles: [own] },
    validate: {
      label: (v) => (v.trim() ? null : t('Please enter a name.')), labels: (v) => (v.trim() ? null : t('Please enter the plural.')),
      name: (v) => (/^[a-z][a-z0-9_]{0,59}$/.test(v) ? null : t('Begins with a letter; only a–z, 0–9 and _.')),
    },
  });
  const setLabel = (label: string) => form.setValues({ label, ...(form.values.name === nameFrom(form.values.label) && { name: nameFrom(label) }) });
  return (
    <form onSubmit={form.onSubmit((values) => onSubmit(values, form.setErrors))} noValidate>
      <Stack gap="md">
        <Group gap="xs" align="flex-start" wrap="nowrap">
          <div style={{ paddingTop: 21 }}><IconPicker icon={form.values.icon} onChange={(icon) => form.setFieldValue('icon', icon)} /></div>
          <TextInput flex={1} label={t('One of them')} placeholder={t('Project')} maxLength={200} data-autofocus {...form.getInputProps('label')} onChange={(e) => setLabel(e.currentTarget.value)} />
          <TextInput flex={1} label={t('Many of them')} placeholder={t('Projects')} maxLength={200} {...form.getInputProps('labels')} />
        </Group>
        <TextInput label={t('Name for programs')} description={t('Used by the API and in files; it stays.')} maxLength={60} {...form.getInputProps('name')} />
        <Radio.Group label={t('How does it reach a person?')} description={t('Steward must find everything about somebody who asks, or who wants to be forgotten.')} {...form.getInputProps('reach')}>
          <Stack gap={6} mt={6}>
            {REACHES.map(({ value, label, means }) => (
              <Radio.Card key={value} value={value} p="xs" radius="sm" style={{ display: 'flex', gap: 10 }}>
                <Radio.Indicator size="xs" mt={2} />
                <div><Text fw={500} size="sm">{t(label)}</Text><Text c="dimmed" size="xs">{t(means)}</Text></div>
              </Radio.Card>
            ))}
          </Stack>
        </Radio.Group>
        <Checkbox.Group label={t('For whom does it exist?')} description={t('They may see, create, change and delete; you may do everything. Finer rights are set under Profiles.')} {...form.getInputProps('profiles')}>
          <SimpleGrid cols={2} spacing={8} mt={8}>{profiles.map((p) => <Checkbox key={p.id} size="xs" value={p.id} label={p.name} disabled={p.id === own} />)}</SimpleGrid>
        </Checkbox.Group>
        <Group justify="flex-end" gap="xs"><Button variant="default" onClick={onCancel}>{t('Cancel')}</Button><Button type="submit" loading={busy}>{t('Make the table')}</Button></Group>
      </Stack>
    </form>
  );
}
