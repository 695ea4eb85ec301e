// Which column goes to which field, and by what links are found.
import { Group, Select, Stack, Text } from '@mantine/core';
import { IconArrowRight } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { KindIcon } from './kind_words.tsx';
import { fieldNameOf, findersOf, type GuessedColumn, type Place, type Target } from './imports.ts';
import type { SeenTable } from './me.ts';
import classes from './import.module.css';

const OUT = '—';
const AUTO = '—';
export interface ImportMappingProps { columns: GuessedColumn[]; places: Place[]; tables: SeenTable[]; mapping: Record<string, Target>; onChange: (mapping: Record<string, Target>) => void }

function Column({ column, places, tables, mapping, onChange }: Omit<ImportMappingProps, 'columns'> & { column: GuessedColumn }) {
  const { t } = useTranslation();
  const target = mapping[column.name] ?? null;
  const name = fieldNameOf(target);
  const place = places.find((p) => p.name === name);
  const taken = new Set(Object.entries(mapping).filter(([c]) => c !== column.name).map(([, x]) => fieldNameOf(x)));
  const finders = place ? findersOf(place, tables) : [];
  const put = (to: Target) => onChange({ ...mapping, [column.name]: to });
  const samples = (column.samples ?? [column.sample]).filter(Boolean).slice(0, 3);
  const data = [{ value: OUT, label: t('Do not import'), disabled: false }, ...places.map((p) => ({ value: p.name, label: p.label + (p.required ? ' *' : ''), disabled: taken.has(p.name) }))];
  return (
    <li className={classes.column} data-out={!place || undefined}>
      <div>
        <Text size="sm" fw={500} truncate>{column.name}</Text>
        <Text size="xs" c="dimmed" lineClamp={1}>{samples.join(' · ') || t('empty')}</Text>
      </div>
      <IconArrowRight size={16} className={classes.arrow} aria-hidden />
      <Select aria-label={t('Field for {{column}}', { column: column.name })} searchable allowDeselect={false} data={data} value={place?.name ?? OUT} onChange={(chosen) => put(chosen === OUT ? null : chosen)} nothingFoundMessage={t('Nothing found')}
        leftSection={place && place.kind !== 'id' ? <KindIcon kind={place.kind} /> : undefined} c={place ? undefined : 'dimmed'} />
      {place && finders.length > 0 && (
        <Select aria-label={t('{{column}}: found by', { column: column.name })} leftSection={<Text size="xs" c="dimmed">{t('by')}</Text>} leftSectionWidth={54} allowDeselect={false}
          data={[{ value: AUTO, label: t('name or e-mail') }, ...finders]} value={(typeof target === 'object' && target?.link_by) || AUTO}
          onChange={(by) => put(by === AUTO || !by ? place.name : { field: place.name, link_by: by })} />
      )}
      {place?.kind === 'member' && <Text size="xs" c="dimmed">{t('by name or e-mail')}</Text>}
    </li>
  );
}

export function ImportMapping({ columns, ...rest }: ImportMappingProps) {
  const { t } = useTranslation();
  const used = new Set(Object.values(rest.mapping).map(fieldNameOf).filter(Boolean));
  const missing = rest.places.filter((p) => p.required && !used.has(p.name));
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Text size="xs" c="dimmed">{t('{{n}} of {{all}} columns will be imported.', { n: columns.filter((c) => rest.mapping[c.name]).length, all: columns.length })}</Text>
        {missing.length > 0 && <Text size="xs" c="orange.9">{t('New records also need: {{fields}}', { fields: missing.map((p) => p.label).join(', ') })}</Text>}
      </Group>
      <ul className={classes.mapping} aria-label={t('Columns')}>{columns.map((c) => <Column key={c.name} column={c} {...rest} />)}</ul>
    </Stack>
  );
}
