// The form for a new record, drawn from the table: its sections, its fields by kind, the server's faults at their fields.
import { useState } from 'react';
import type { FormEvent } from 'react';
import { Alert, Button, Group, SimpleGrid, Stack } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { call, Refusal, sentence } from './client.ts';
import type { SeenField, SeenTable } from './me.ts';
import { labelOf, refreshTable, type Row } from './records.ts';
import { KindInput } from './kinds/input.tsx';
import { toWrite } from './kinds/write.ts';
import { FieldLabel } from './field_label.tsx';
import { say, sayFault } from './toast.ts';

export interface Section { label: string; fields: SeenField[] }

/** The layout's sections with the fields that are seen; fields in no section come last. */
export function sectionsOf(table: SeenTable): Section[] {
  const placed = new Set<string>();
  const sections = table.layout.page.map(({ label, fields }) => ({
    label,
    fields: fields.map((n) => table.fields.find((f) => f.name === n)).filter((f) => f !== undefined).filter((f) => !placed.has(f.name) && placed.add(f.name)),
  }));
  // The primary address or number is chosen in the list of all, so that its own field would only say it twice.
  const inList = (f: SeenField) => (f.kind === 'email' || f.kind === 'phone') && table.fields.some((g) => g.name === `${f.name}s` && g.kind === `${f.kind}s`);
  const rest = table.fields.filter((f) => !placed.has(f.name) && !inList(f) && !(f.computed && f.name === table.title));
  const last = sections.at(-1);
  if (last?.label === 'More') last.fields.push(...rest); else sections.push({ label: sections.length ? 'More' : '', fields: rest });
  return sections.filter((s) => s.fields.length > 0);
}

/** A key for `Idempotency-Key`: a form sent twice creates one record. (randomUUID exists only over TLS.) */
const onceKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, '0')).join('');

const WIDE = new Set(['long_text', 'emails', 'phones', 'links', 'choices']);

interface Props { table: SeenTable; preset: Record<string, unknown>; onType: (values: Record<string, unknown>) => void; onDone: (row: Row) => void; onCancel: () => void }

function useCreate({ table, preset, onType, onDone }: Props) {
  const { t } = useTranslation();
  const [values, setValues] = useState(preset);
  const [fault, setFault] = useState<Refusal | null>(null);
  const [sending, setSending] = useState(false);
  const [key, setKey] = useState(onceKey);
  const set = (name: string, value: unknown) => {
    const next = { ...values, [name]: value };
    setValues(next);
    onType(next);
    setKey(onceKey());
    setFault((f) => f && new Refusal(f.status, { title: f.title, detail: f.detail, errors: f.errors.filter((e) => e.field !== name) }));
  };
  const send = async () => {
    setSending(true);
    const body = Object.fromEntries(table.fields.filter((f) => values[f.name] !== undefined && f.level === 'write').map((f) => [f.name, toWrite(f, values[f.name])]).filter(([, v]) => v !== null));
    try {
      const row = await call<Row>('POST', `/records/${table.name}`, { body, headers: { 'idempotency-key': key } });
      await refreshTable(table.name);
      say(t('{{what}} created', { what: labelOf(table, row) || table.label }));
      onDone(row);
    } catch (refused) {
      if (refused instanceof Refusal) setFault(refused); else sayFault(refused);
      requestAnimationFrame(() => document.querySelector<HTMLElement>('.form [aria-invalid="true"]')?.focus());
      setKey(onceKey());
    }
    setSending(false);
  };
  return { values, set, fault, sending, send };
}

export function CreateForm(props: Props) {
  const { t } = useTranslation();
  const { table, onCancel } = props;
  const { values, set, fault, sending, send } = useCreate(props);
  const sections = sectionsOf(table).map((s) => ({ ...s, fields: s.fields.filter((f) => f.level === 'write' && !f.computed) })).filter((s) => s.fields.length);
  const names = new Set(sections.flatMap((s) => s.fields.map((f) => f.name)));
  const loose = fault && (fault.errors.length === 0 || fault.errors.some((e) => !names.has(e.field)));
  const submit = (e: FormEvent) => { e.preventDefault(); void send(); };
  const faultAt = (name: string) => { const found = fault?.errors.find((e) => e.field === name); return found && sentence(found.message); };
  let first = true;
  return (
    <form onSubmit={submit} noValidate className="form" onKeyDown={(e) => { if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) void send(); }}>
      <Stack gap={20} className="form-sections">
        {loose && <Alert color="red" variant="light" icon={<IconAlertCircle size={16} />} role="alert">{sentence(fault.detail || fault.title)}</Alert>}
        {sections.map((section) => (
          <fieldset key={section.label} className="form-section">
            {section.label && <legend>{t(section.label)}</legend>}
            <SimpleGrid cols={{ base: 1, xs: 2 }} spacing={12} verticalSpacing={12}>
              {section.fields.map((field) => {
                const autoFocus = first;
                first = false;
                return (
                  <div key={field.name} className={WIDE.has(field.kind) || field.to === '*' ? 'form-wide' : undefined}>
                    <KindInput field={field} value={values[field.name]} onChange={(v) => set(field.name, v)} required={field.required} autoFocus={autoFocus}
                      label={<FieldLabel field={field} />} error={faultAt(field.name)} />
                  </div>
                );
              })}
            </SimpleGrid>
          </fieldset>
        ))}
      </Stack>
      <Group justify="flex-end" gap={8} className="form-foot">
        <Button variant="default" onClick={onCancel}>{t('Cancel')}</Button>
        <Button type="submit" loading={sending}>{t('Create {{what}}', { what: table.label })}</Button>
      </Group>
    </form>
  );
}
