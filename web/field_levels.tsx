// For each field of a table: does it exist for these members, may they read or write it.
import { Badge, Group, Radio, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { FieldLevel } from '../catalogue/catalogue.ts';
import classes from './field_levels.module.css';

export interface LeveledField { name: string; label: string; personal: 'no' | 'yes' | 'special'; computed: boolean; level: FieldLevel; changed: boolean }
const LEVELS: { value: FieldLevel; label: string; hint: string }[] = [
  { value: 'none', label: 'hidden', hint: 'The field does not exist for them.' },
  { value: 'read', label: 'read', hint: 'They read it.' },
  { value: 'owner', label: 'owner writes', hint: 'They read it; in records of their own they write it.' },
  { value: 'write', label: 'write', hint: 'They write it wherever they may change the record.' },
];

function FieldRow({ field, onLevel }: { field: LeveledField; onLevel: (level: FieldLevel) => void }) {
  const { t } = useTranslation();
  return (
    <div className={classes.row} role="radiogroup" aria-label={field.label} data-changed={field.changed || undefined}>
      <Group gap={6} wrap="nowrap" miw={0}>
        <Text size="sm" truncate td={field.level === 'none' ? 'line-through' : undefined}>{field.label}</Text>
        {field.personal === 'special' && <Badge size="xs" color="red">{t('special category')}</Badge>}
        {field.personal === 'yes' && <Badge size="xs" color="gray">{t('personal')}</Badge>}
        {field.level === 'masked' && <Badge size="xs">{t(field.level)}</Badge>}
      </Group>
      {LEVELS.map(({ value, label }) => (
        <span key={value} className={classes.cell}>
          {!(field.computed && (value === 'write' || value === 'owner')) && <Radio size="xs" aria-label={t(label)} checked={field.level === value} onChange={() => onLevel(value)} />}
        </span>
      ))}
    </div>
  );
}

/** `onLevel` with null means every field that can have that level. */
export function FieldLevels({ fields, onLevel }: { fields: LeveledField[]; onLevel: (field: LeveledField | null, level: FieldLevel) => void }) {
  const { t } = useTranslation();
  return (
    <div>
      <div className={classes.row}>
        <Text size="xs" c="dimmed">{t('A hidden field does not exist for these members: not in lists, search, filters, exports or activities.')}</Text>
        {LEVELS.map(({ value, label, hint }) => (
          <button key={value} type="button" className={classes.all} title={t(hint)} aria-label={t('All fields: {{level}}', { level: t(label) })} onClick={() => onLevel(null, value)}>{t(label)}</button>
        ))}
      </div>
      {fields.map((f) => <FieldRow key={f.name} field={f} onLevel={(level) => onLevel(f, level)} />)}
    </div>
  );
}
