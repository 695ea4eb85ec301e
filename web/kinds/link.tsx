// Links to records: searched in the target table as one types.
import { useState } from 'react';
import { Group, Input, MultiSelect, Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useMe, useTable } from '../me.ts';
import { askPage, labelOf, type Ref } from '../records.ts';
import { common, type InputProps } from './props.ts';

/** Up to 20 records of a table whose words begin as typed. */
function useFound(tableName: string | null, typed: string) {
  const table = useTable(tableName ?? '');
  const [q] = useDebouncedValue(typed.trim(), 150);
  const { data, isFetching } = useQuery({
    queryKey: ['records', tableName, 'pick', q],
    queryFn: ({ signal }) => askPage(tableName!, { q, fields: [table!.title] }, { limit: 20 }, signal),
    enabled: !!table, placeholderData: keepPreviousData,
  });
  return { found: (data?.data ?? []).map((row): Ref => ({ id: row.id, label: labelOf(table!, row) || '…' })), isFetching, visible: !!table };
}

interface PickProps extends InputProps { table: string | null; value: Ref | null }

function RecordPicker({ table, ...props }: PickProps) {
  const { t } = useTranslation();
  const [typed, type] = useState(props.value?.label ?? '');
  const { found, isFetching, visible } = useFound(table, typed === props.value?.label ? '' : typed);
  // The chosen one stays among the options (the library shows it from there), but behind what was just found.
  const options = [...found, ...(props.value?.id && !found.some((f) => f.id === props.value!.id) ? [props.value] : [])];
  const choose = (id: string | null) => {
    const chosen = id ? options.find((o) => o.id === id) ?? null : null;
    props.onChange(chosen);
    props.onDone?.(chosen);
  };
  return (
    <Select {...common(props)} searchable clearable={!props.required} disabled={!visible} flex={1} data={options.map((o) => ({ value: o.id!, label: o.label }))} filter={({ options: all }) => all}
      value={props.value?.id ?? null} onOptionSubmit={(id) => { if (id === props.value?.id) props.onDone?.(props.value); }} searchValue={typed} onSearchChange={type} onChange={choose} nothingFoundMessage={isFetching ? t('Searching …') : t('Nothing found')}
      placeholder={t('Type to search')} defaultDropdownOpened={!!props.onDone} />
  );
}

/** Link to one table, or to any (`*`): then the table is chosen first. */
export function LinkInput(props: InputProps) {
  if (props.field.to === '*') return <AnyLinkInput {...props} />;
  return <RecordPicker {...props} table={props.field.to} />;
}

function AnyLinkInput(props: InputProps) {
  const { t } = useTranslation();
  const { tables } = useMe();
  const value = (props.value ?? null) as Ref | null;
  const [table, setTable] = useState<string | null>(value?.table ?? tables.find((s) => s.name === 'contact')?.name ?? tables[0]?.name ?? null);
  const withTable = (ref: Ref | null) => (ref ? { ...ref, table: table! } : null);
  const { label, error } = common(props);
  return (
    <Input.Wrapper label={label} error={error} withAsterisk={props.required}>
      <Group gap={4} wrap="nowrap">
        <Select aria-label={t('Table')} w={110} data={tables.map((s) => ({ value: s.name, label: s.label }))} value={table} comboboxProps={{ width: 160 }}
          onChange={(chosen) => { setTable(chosen); props.onChange(null); }} />
        <RecordPicker {...props} key={table} label={undefined} error={undefined} aria-label={props['aria-label'] ?? props.field.label} table={table} value={value}
          onChange={(v) => props.onChange(withTable(v))} onDone={props.onDone && ((v) => props.onDone!(withTable(v)))} />
      </Group>
    </Input.Wrapper>
  );
}

export function LinksInput(props: InputProps) {
  const { t } = useTranslation();
  const [typed, type] = useState('');
  const value = (props.value ?? []) as Ref[];
  const { found } = useFound(props.field.to, typed);
  const options = [...value, ...found.filter((f) => !value.some((v) => v.id === f.id))];
  return (
    <MultiSelect {...common(props)} searchable clearable data={options.map((o) => ({ value: o.id!, label: o.label }))} filter={({ options: all }) => all} hidePickedOptions
      value={value.map((v) => v.id!)} searchValue={typed} onSearchChange={type} nothingFoundMessage={t('Nothing found')}
      onChange={(ids) => props.onChange(ids.map((id) => options.find((o) => o.id === id)!))} />
  );
}
