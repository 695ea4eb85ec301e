// How the file is read: what was detected, changed with a look at the first rows.
import { Checkbox, Group, NumberInput, Select, SimpleGrid, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Reading } from './imports.ts';
import classes from './import.module.css';

const ENCODINGS = ['utf-8', 'windows-1252', 'iso-8859-1', 'iso-8859-15', 'utf-16le', 'utf-16be', 'windows-1250', 'windows-1251', 'macintosh'];
const DELIMITERS = [[',', 'comma ,'], [';', 'semicolon ;'], ['\t', 'tab'], ['|', 'bar |']] as const;

export interface Preview { columns: string[]; rows: (string | null)[][] }

/** The first rows as they will be understood. */
function PreviewTable({ preview }: { preview: Preview }) {
  const { t } = useTranslation();
  return (
    <div className={classes.preview} tabIndex={0} role="region" aria-label={t('The first rows')}>
      <table>
        <thead><tr>{preview.columns.map((c) => <th key={c} scope="col">{c}</th>)}</tr></thead>
        <tbody>{preview.rows.map((row, i) => <tr key={i}>{preview.columns.map((c, k) => <td key={c}>{row[k]}</td>)}</tr>)}</tbody>
      </table>
    </div>
  );
}

export function ImportReading({ reading, preview, busy, onChange }: { reading: Reading; preview: Preview | undefined; busy: boolean; onChange: (part: Partial<Reading>) => void }) {
  const { t } = useTranslation();
  const known = (list: readonly string[], value: string) => (list.some((v) => v.toLowerCase() === value.toLowerCase()) ? list : [value, ...list]);
  const delimiters = DELIMITERS.some(([v]) => v === reading.delimiter) ? DELIMITERS : [...DELIMITERS, [reading.delimiter, reading.delimiter] as const];
  return (
    <Stack gap="md" aria-busy={busy}>
      <SimpleGrid cols={{ base: 2, sm: 3, lg: 5 }} spacing="sm" verticalSpacing="sm">
        <Select label={t('Encoding')} allowDeselect={false} data={known(ENCODINGS, reading.encoding).map((e) => ({ value: e, label: e }))} value={reading.encoding} onChange={(encoding) => encoding && onChange({ encoding })} />
        <Select label={t('Separated by')} allowDeselect={false} data={delimiters.map(([value, label]) => ({ value, label: t(label) }))} value={reading.delimiter} onChange={(delimiter) => delimiter && onChange({ delimiter })} />
        <Select label={t('Numbers look like')} allowDeselect={false} data={[{ value: ',', label: '1.234,50' }, { value: '.', label: '1,234.50' }]} value={reading.decimal} onChange={(decimal) => decimal && onChange({ decimal: decimal as ',' | '.' })} />
        <Select label={t('Dates with slashes')} allowDeselect={false} data={[{ value: 'day', label: '31/12/2026' }, { value: 'month', label: '12/31/2026' }]} value={reading.day_first ? 'day' : 'month'} onChange={(first) => onChange({ day_first: first === 'day' })} />
        <NumberInput label={t('Lines to skip')} min={0} max={1000} clampBehavior="strict" allowDecimal={false} value={reading.skip} onChange={(skip) => typeof skip === 'number' && skip !== reading.skip && onChange({ skip })} />
      </SimpleGrid>
      <Checkbox size="xs" label={t('The first line names the columns')} checked={reading.header} onChange={(e) => onChange({ header: e.currentTarget.checked })} />
      {preview && preview.columns.length > 0 ? <PreviewTable preview={preview} /> : <Group mih={120}><Text c="dimmed">{t('Loading')}</Text></Group>}
      <Text size="xs" c="dimmed">{t('Do umlauts and accents look right, and is each value in its own column? Then go on.')}</Text>
    </Stack>
  );
}
