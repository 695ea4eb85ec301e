// Building a filter: lines and groups of lines, joined by and/or, as deep as four.
import { useState } from 'react';
import { ActionIcon, Button, Group, Select, Stack, Text } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Operator } from '../catalogue/kinds/kind.ts';
import type { SeenField, SeenTable } from './me.ts';
import { allFields } from './records.ts';
import { inWords, operatorsOf } from './kinds/offers.ts';
import { isGroup, newGroup, newLine, toGroup, toNode, type FilterNode, type Group as Lines, type Line } from './filter.ts';
import { FilterValue } from './filter_value.tsx';

const DEEPEST = 3;

function LineEditor({ fields, line, change, remove }: { fields: SeenField[]; line: Line; change: (line: Line) => void; remove: () => void }) {
  const { t } = useTranslation();
  const field = fields.find((f) => f.name === line.field);
  const choose = (name: string | null) => {
    const chosen = fields.find((f) => f.name === name);
    if (chosen) change({ ...line, field: chosen.name, op: operatorsOf(chosen.kind)[0], value: null });
  };
  const turn = (op: string | null) => {
    const many = (o: string) => o === 'in' || o === 'nin' || o === 'between';
    if (op) change({ ...line, op: op as Operator, value: many(op) === many(line.op) && (op === 'between') === (line.op === 'between') ? line.value : null });
  };
  return (
    <Group gap={6} wrap="nowrap" align="flex-start" className="filter-line">
      <Select aria-label={t('Field')} w={150} searchable openOnFocus={false} data={fields.map((f) => ({ value: f.name, label: f.label }))} value={line.field} onChange={choose} comboboxProps={{ width: 220 }} />
      {field && <Select aria-label={t('Condition')} w={130} data={operatorsOf(field.kind).map((op) => ({ value: op, label: t(inWords(op, field.kind)) }))} value={line.op} onChange={turn} comboboxProps={{ width: 150 }} />}
      <div className="filter-value">{field && <FilterValue field={field} op={line.op} value={line.value} onChange={(value) => change({ ...line, value })} />}</div>
      <ActionIcon aria-label={t('Remove condition')} onClick={remove}><IconTrash size={15} stroke={1.6} /></ActionIcon>
    </Group>
  );
}

function GroupEditor({ fields, group, depth, change, remove }: { fields: SeenField[]; group: Lines; depth: number; change: (group: Lines) => void; remove?: () => void }) {
  const { t } = useTranslation();
  const set = (key: number, part: Line | Lines | null) => change({ ...group, parts: group.parts.flatMap((p) => (p.key !== key ? [p] : part ? [part] : [])) });
  const add = (part: Line | Lines) => change({ ...group, parts: [...group.parts, part] });
  const line = () => newLine(fields[0].name, operatorsOf(fields[0].kind)[0]);
  return (
    <Stack gap={6} className={depth ? 'filter-group' : undefined}>
      {(group.parts.length > 1 || depth > 0) && (
        <Group gap={6} justify="space-between">
          <Group gap={6}>
            <Select aria-label={t('All or any')} w={176} value={group.join} onChange={(join) => change({ ...group, join: join as 'and' | 'or' })}
              data={[{ value: 'and', label: t('All of these hold') }, { value: 'or', label: t('Any of these holds') }]} />
          </Group>
          {remove && <ActionIcon aria-label={t('Remove group')} onClick={remove}><IconTrash size={15} stroke={1.6} /></ActionIcon>}
        </Group>
      )}
      {group.parts.map((part) => (isGroup(part)
        ? <GroupEditor key={part.key} fields={fields} group={part} depth={depth + 1} change={(g) => set(part.key, g)} remove={() => set(part.key, null)} />
        : <LineEditor key={part.key} fields={fields} line={part} change={(l) => set(part.key, l)} remove={() => set(part.key, null)} />))}
      <Group gap={4}>
        <Button variant="subtle" color="gray" size="compact-sm" leftSection={<IconPlus size={14} />} onClick={() => add(line())}>{t('Condition')}</Button>
        {depth < DEEPEST && <Button variant="subtle" color="gray" size="compact-sm" leftSection={<IconPlus size={14} />} onClick={() => add(newGroup(group.join === 'and' ? 'or' : 'and', [line()]))}>{t('Group')}</Button>}
      </Group>
    </Stack>
  );
}

/** Edits a filter; each finished change is handed over at once. Half-made lines stay here. */
export function FilterBuilder({ table, filter, onChange }: { table: SeenTable; filter: FilterNode | undefined; onChange: (filter: FilterNode | undefined) => void }) {
  const { t } = useTranslation();
  const fields = allFields(table).map((f) => ({ ...f, label: t(f.label) }));
  const [group, setGroup] = useState(() => {
    const kept = toGroup(filter);
    return kept.parts.length || !fields.length ? kept : newGroup('and', [newLine(fields[0].name, operatorsOf(fields[0].kind)[0])]);
  });
  const change = (next: Lines) => {
    setGroup(next);
    onChange(toNode(next));
  };
  return (
    <Stack gap={8}>
      <GroupEditor fields={fields} group={group} depth={0} change={change} />
      {group.parts.length === 0 && <Text c="dimmed" fz={12}>{t('No condition yet: the list shows everything that you may see.')}</Text>}
    </Stack>
  );
}
