// For each field of a table: does it exist for these members, may they read or write it.
import { Badge, Group, Radio, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { FieldLevel } from '../catalogue/catalogue.ts';
import classes from './field_levels.module.css';

export interface LeveledField { name: string; label: string; personal: 'no' | 'yes' | 'special'; computed: boolean; level: FieldLevel; changed: boolean }
const LEVELS: { value: FieldLevel; label: string }[] = [{ value: 'none', label: 'hidden' }, { value: 'read', label: 'read' }, { value: 'write', label: 'write' }];

function FieldRow({ field, onLevel }: { field: LeveledField; onLevel: (level: FieldLevel) => void }) {
  const { t } = useTranslation();
  const later = field.level === 'masked' || field.level === 'owner';
  return (
    <div className={classes.row} role="radiogroup" aria-label={field.label} data-changed={field.changed || undefined}>
      <Group gap={6} wrap="nowrap" miw={0}>
        <Text size="sm" truncate td={field.level === 'none' ? 'line-through' : undefined}>{field.label}</Text>
        {field.personal === 'special' && <Badge size="xs" color="red">{t('special category')}</Badge>}
        {field.personal === 'yes' && <Badge size="xs" color="gray">{t('personal')}</Badge>}
        {later && <Badge size="xs">{t(field.level)}</Badge>}
      </Group>
      {LEVELS.map(({ value, label }) => (
        <span key={value} className={classes.cell}>
          {!(value === 'write' && field.computed) && <Radio size="xs" aria-label={t(label)} checked={field.level === value} onChange={() => onLevel(value)} />}
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
        {LEVELS.map(({ value, label }) => (
          <button key={value} type="button" className={classes.all} title={t('Set all fields')} aria-label={t('All fields: {{level}}', { level: t(label) })} onClick={() => onLevel(null, value)}>{t(label)}</button>
        ))}
      </div>
      {fields.map((f) => <FieldRow key={f.name} field={f} onLevel={(level) => onLevel(f, level)} />)}
    </div>
  );
}
