// Building criteria on one table: lines of field, operator and values that must all hold, with the sentence of what they mean.
import { ActionIcon, Button, Group, Select, Stack, Text } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { asSeen, criteriaFields, criteriaOps, criteriaWords, type Criterion, type CriterionOp } from './criteria_words.ts';
import { FilterValue } from './filter_value.tsx';
import { overwrite, usePeople } from './party.tsx';
import type { WholeField, WholeTable } from './whole_tables.ts';
import classes from './criteria.module.css';

const OP_WORDS: Record<CriterionOp, string> = { in: 'is one of', starts_with: 'starts with', between: 'between', is_empty: 'is empty' };

/** The API wants lists of values; the input of a beginning or a span holds another form. */
const listOf = (value: unknown): Criterion['values'] => (value === null || value === undefined ? [] : Array.isArray(value) ? value.map((v) => (v ?? '') as string) : [value as string]);

function Line({ fields, line, change, remove }: { fields: WholeField[]; line: Criterion; change: (line: Criterion) => void; remove: () => void }) {
  const { t } = useTranslation();
  const field = fields.find((f) => f.name === line.field);
  const choose = (name: string | null) => {
    const chosen = fields.find((f) => f.name === name);
    if (chosen) change({ field: chosen.name, op: criteriaOps(chosen.kind)[0], values: [] });
  };
  // Beginnings are as many as one likes, so that they are typed like the values of "is one of".
  const input = line.op === 'starts_with' ? 'in' : line.op;
  return (
    <div className={classes.line} role="group" aria-label={field?.label ?? t('Condition')}>
      <Select {...overwrite} aria-label={t('Field')} searchable data={fields.map((f) => ({ value: f.name, label: f.label }))} value={line.field} onChange={choose} className={classes.field} />
      {field && <Select aria-label={t('Condition')} data={criteriaOps(field.kind).map((op) => ({ value: op, label: t(OP_WORDS[op]) }))} value={line.op} onChange={(op) => op && change({ ...line, op: op as CriterionOp, values: [] })} className={classes.op} />}
      <ActionIcon aria-label={t('Remove condition')} onClick={remove} className={classes.remove}><IconTrash size={15} stroke={1.6} /></ActionIcon>
      {field && line.op !== 'is_empty' && <div className={classes.value}><FilterValue field={asSeen(t, field)} op={input} value={line.values} onChange={(value) => change({ ...line, values: listOf(value) })} /></div>}
    </div>
  );
}

/** `table` in the words of the window. All lines must hold; a change is handed over at once, also one half made. */
export function CriteriaBuilder({ table, criteria, onChange }: { table: WholeTable; criteria: Criterion[]; onChange: (criteria: Criterion[]) => void }) {
  const { t } = useTranslation();
  const people = usePeople();
  const fields = criteriaFields(table);
  const untracked = criteria.map((c) => table.fields.find((f) => f.name === c.field)).filter((f) => f && !f.tracked).map((f) => f!.label);
  const add = () => {
    const free = fields.find((f) => !criteria.some((c) => c.field === f.name)) ?? fields[0];
    onChange([...criteria, { field: free.name, op: criteriaOps(free.kind)[0], values: [] }]);
  };
  return (
    <Stack gap={8}>
      {criteria.map((line, i) => <Line key={i} fields={fields} line={line} change={(l) => onChange(criteria.map((c, k) => (k === i ? l : c)))} remove={() => onChange(criteria.filter((_, k) => k !== i))} />)}
      <Group gap={4}><Button variant="subtle" color="gray" size="compact-sm" leftSection={<IconPlus size={14} aria-hidden />} onClick={add}>{t('Condition')}</Button></Group>
      {criteria.length > 0 && <Text className={classes.sentence}>{criteriaWords(t, table, criteria, people)}</Text>}
      {criteria.length > 0 && <Text size="xs" c="dimmed">{t('Capital letters and blanks at the ends do not matter; an empty field meets nothing but “is empty”.')}{untracked.length > 0 && ` ${t('{{fields}}: changes are tracked from now on, since they decide who sees what.', { fields: untracked.join(', ') })}`}</Text>}
    </Stack>
  );
}
