// The value of a line of a filter: which input an operator asks for, and the value in words.
import type { ReactNode } from 'react';
import { Group, MultiSelect, TagsInput, Text } from '@mantine/core';
import { useQueries, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Operator } from '../catalogue/kinds/kind.ts';
import { useMe, type SeenField } from './me.ts';
import { labelOf, recordQuery, type Ref } from './records.ts';
import { KindInput } from './kinds/input.tsx';
import { membersQuery } from './kinds/member.tsx';
import { plainText } from './kinds/format.ts';

interface Props { field: SeenField; op: Operator; value: unknown; onChange: (value: unknown) => void }

/** The field as one value of it is typed: the amount of money, one of several choices, one address of a list. */
function single(field: SeenField): SeenField {
  switch (field.kind) {
    case 'money': return { ...field, kind: 'number' };
    case 'choices': return { ...field, kind: field.choices ? 'choice' : 'text' };
    case 'links': return { ...field, kind: 'link' };
    case 'long_text': case 'emails': case 'phones': case 'email': case 'phone': case 'web_address': return { ...field, kind: 'text' };
    default: return field;
  }
}

/** Labels of the records or members that filter values name by id. */
function useRefs(field: SeenField, ids: string[]): Ref[] {
  const { tables } = useMe();
  const isMember = field.kind === 'member';
  const members = useQuery({ ...membersQuery, enabled: isMember && ids.length > 0 }).data;
  const table = tables.find((s) => s.name === field.to);
  const found = useQueries({ queries: (isMember || !table ? [] : ids).map((id) => recordQuery(table!.name, id)) });
  return ids.map((id, i) => {
    const row = found[i]?.data;
    const label = isMember ? members?.find((m) => m.id === id)?.name : row && table ? labelOf(table, row) : undefined;
    return { id, label: label ?? '…', ...(field.to === '*' ? { table: undefined } : {}) };
  });
}

const idsOf = (value: unknown): string[] => (Array.isArray(value) ? value : [value]).filter((v): v is string => typeof v === 'string' && v !== '');

function RefInput({ field, op, value, onChange }: Props) {
  const { t } = useTranslation();
  const refs = useRefs(field, idsOf(value));
  const members = useQuery({ ...membersQuery, enabled: field.kind === 'member' }).data ?? [];
  const many = op === 'in' || op === 'nin';
  if (many && field.kind === 'member') return <MultiSelect aria-label={t('Value')} searchable data={members.map((m) => ({ value: m.id, label: m.name }))} value={idsOf(value)} onChange={onChange} />;
  if (many) return <KindInput field={{ ...field, kind: 'links' }} aria-label={t('Value')} value={refs} onChange={(v: Ref[]) => onChange(v.map((r) => r.id))} />;
  return <KindInput field={field} aria-label={t('Value')} value={refs[0] ?? null} onChange={(v: Ref | null) => onChange(v?.id ?? null)} />;
}

function ManyInput({ field, value, onChange }: Props) {
  const { t } = useTranslation();
  const list = Array.isArray(value) ? value.map(String) : [];
  if (field.choices) return <MultiSelect aria-label={t('Value')} data={field.choices.map((c) => ({ value: c.value, label: c.label }))} value={list} onChange={onChange} searchable />;
  return <TagsInput aria-label={t('Value')} placeholder={t('Type and press Enter')} value={list} onChange={(v) => onChange(field.kind === 'number' || field.kind === 'money' ? v.map(Number).filter((n) => !Number.isNaN(n)) : v)} acceptValueOnBlur />;
}

/** The input for a line's value; nothing for operators that need none. */
export function FilterValue(props: Props): ReactNode {
  const { t } = useTranslation();
  const { op, value, onChange } = props;
  const field = single(props.field);
  if (op === 'is_empty' || op === 'not_empty') return null;
  if (field.kind === 'link' || field.kind === 'member') return <RefInput {...props} field={field} />;
  if (op === 'in' || op === 'nin') return <ManyInput {...props} field={props.field.kind === 'choices' ? props.field : field} />;
  if (op !== 'between') return <KindInput field={field} aria-label={t('Value')} value={value ?? null} onChange={onChange} />;
  const [from = null, to = null] = Array.isArray(value) ? value : [];
  return (
    <Group gap={4} wrap="nowrap" align="center">
      <KindInput field={field} aria-label={t('From')} value={from} onChange={(v) => onChange([v, to])} />
      <Text c="dimmed">–</Text>
      <KindInput field={field} aria-label={t('To')} value={to} onChange={(v) => onChange([from, v])} />
    </Group>
  );
}

/** A line's value in words, for the chip above the list. */
export function FilterValueText({ field, value }: { field: SeenField; value: unknown }) {
  const one = single(field);
  const isRef = one.kind === 'link' || one.kind === 'member';
  const refs = useRefs(one, isRef ? idsOf(value) : []);
  if (isRef) return refs.map((r) => r.label).join(', ');
  const list = Array.isArray(value) ? value : [value];
  return list.map((v) => plainText(field.kind === 'choices' ? field : one, v)).join(', ');
}
