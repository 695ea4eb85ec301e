// The bars above a list: name and count, words and filter, columns, what is selected.
import { useEffect, useState } from 'react';
import { ActionIcon, Button, Checkbox, CloseButton, Group, Popover, ScrollArea, Stack, TextInput, Tooltip, UnstyledButton } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconColumns3, IconFilter, IconPencil, IconPlus, IconSearch, IconTrash, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { SeenTable } from './me.ts';
import type { useColumns, useView } from './view.ts';
import { allFields, askPage, type Asked, type Page } from './records.ts';
import { useCount } from './rows.ts';
import { numberText } from './kinds/format.ts';
import { inWords } from './kinds/offers.ts';
import { countLines, isGroup, toGroup, toNode, WITHOUT_VALUE, type Line } from './filter.ts';
import { FilterBuilder } from './filter_builder.tsx';
import { FilterValueText } from './filter_value.tsx';
import { sayFault } from './toast.ts';
import { Popup } from './popup.tsx';
import { TableIcon } from './icons.tsx';

type View = ReturnType<typeof useView>;

/** "1,000+" with the exact number on a click. */
function Count({ table, asked }: { table: SeenTable; asked: Asked }) {
  const { t } = useTranslation();
  const [exact, setExact] = useState(false);
  const { data } = useCount(table.name, asked, exact);
  useEffect(() => setExact(false), [table.name, asked.filter, asked.q]);
  if (data?.count === undefined) return <span className="count" />;
  if (!data.count_more) return <span className="count">{numberText(data.count)}</span>;
  return <Tooltip label={t('Count exactly')}><UnstyledButton className="count count-more" onClick={() => setExact(true)}>{numberText(data.count)}+</UnstyledButton></Tooltip>;
}

export function TitleBar({ table, asked, onCreate }: { table: SeenTable; asked: Asked; onCreate: () => void }) {
  const { t } = useTranslation();
  return (
    <Group className="title-bar" justify="space-between" wrap="nowrap">
      <Group gap={8} wrap="nowrap" miw={0}>
        <TableIcon icon={table.icon} size={18} />
        <h1 className="page-title">{table.labels}</h1>
        <Count table={table} asked={asked} />
      </Group>
      {table.can.create && <Button leftSection={<IconPlus size={15} />} onClick={onCreate} className="primary">{t('New {{what}}', { what: table.label })}</Button>}
    </Group>
  );
}

function Words({ view, label }: { view: View; label: string }) {
  const { t } = useTranslation();
  const [words, setWords] = useState(view.q ?? '');
  const tell = useDebouncedCallback((q: string) => view.change({ q }), 200);
  useEffect(() => { if (!view.q) setWords(''); }, [view.q]);
  const set = (q: string) => { setWords(q); tell(q); };
  return <TextInput w={220} className="words" aria-label={t('Search in {{what}}', { what: label })} placeholder={t('Search in {{what}}', { what: label })} value={words} onChange={(e) => set(e.currentTarget.value)}
    leftSection={<IconSearch size={14} />} rightSection={words ? <CloseButton size="xs" aria-label={t('Clear')} onClick={() => set('')} /> : undefined} />;
}

function ColumnChooser({ table, columns }: { table: SeenTable; columns: ReturnType<typeof useColumns> }) {
  const { t } = useTranslation();
  const shown = columns.columns.map((c) => c.field.name);
  const toggle = (name: string) => columns.choose(shown.includes(name) ? shown.filter((n) => n !== name) : [...shown, name]);
  return (
    <Popover position="bottom-end" shadow="md" width={250} trapFocus>
      <Popover.Target><Button variant="subtle" color="gray" leftSection={<IconColumns3 size={15} />} aria-label={t('Columns')}><span className="wide-only">{t('Columns')}</span></Button></Popover.Target>
      <Popover.Dropdown p={8}>
        <ScrollArea.Autosize mah={360} type="auto">
          <Stack gap={6} p={4}>
            {allFields(table).filter((f) => f.name !== table.title).map((f) => <Checkbox key={f.name} size="xs" label={t(f.label)} checked={shown.includes(f.name)} onChange={() => toggle(f.name)} />)}
          </Stack>
        </ScrollArea.Autosize>
        <Button variant="subtle" color="gray" size="compact-sm" fullWidth mt={8} onClick={() => columns.choose(null)}>{t('Back to the usual columns')}</Button>
      </Popover.Dropdown>
    </Popover>
  );
}

/** The conditions at the top, each with its way out; nested groups as one chip. */
function Chips({ table, view, edit }: { table: SeenTable; view: View; edit: () => void }) {
  const { t } = useTranslation();
  const group = toGroup(view.filter);
  const without = (key: number) => view.change({ filter: toNode({ ...group, parts: group.parts.filter((p) => p.key !== key) }) });
  if (group.parts.length === 0) return null;
  const words = (line: Line) => {
    const field = allFields(table).find((f) => f.name === line.field);
    if (!field) return line.field;
    return <>{t(field.label)} <span className="more">{t(inWords(line.op, field.kind))}</span> {!WITHOUT_VALUE.includes(line.op) && <FilterValueText field={field} value={line.value} />}</>;
  };
  return (
    <Group gap={6} className="chips">
      {group.parts.map((part, i) => (
        <span key={part.key} className="filter-chip">
          {i > 0 && <span className="more join">{t(group.join)}</span>}
          <UnstyledButton className="filter-chip-text" onClick={edit}>{isGroup(part) ? t('Group of {{count}}', { count: countLines(toNode(part)) }) : words(part)}</UnstyledButton>
          <CloseButton size={18} iconSize={12} aria-label={t('Remove condition')} onClick={() => without(part.key)} />
        </span>
      ))}
      <Button variant="subtle" color="gray" size="compact-sm" onClick={() => view.change({ filter: undefined })}>{t('Clear')}</Button>
    </Group>
  );
}

export function ToolBar({ table, view, columns }: { table: SeenTable; view: View; columns: ReturnType<typeof useColumns> }) {
  const { t } = useTranslation();
  const [opened, open] = useState(false);
  const lines = countLines(view.filter);
  return (
    <>
      <Group className="tool-bar" gap={4} wrap="nowrap">
        <Words key={table.name} view={view} label={table.labels} />
        <Popup opened={opened} onChange={open} position="bottom-start" width="min(600px, calc(100vw - 24px))" className="filter-box"
          target={<Button variant={lines ? 'light' : 'subtle'} color={lines ? 'accent' : 'gray'} leftSection={<IconFilter size={15} />} aria-expanded={opened} onClick={() => open(!opened)} data-filter>{lines ? t('Filter ({{count}})', { count: lines }) : t('Filter')}</Button>}>
          <FilterBuilder key={String(opened)} table={table} filter={view.filter} onChange={(filter) => view.change({ filter })} />
        </Popup>
        <div className="grow" />
        <ColumnChooser table={table} columns={columns} />
      </Group>
      <Chips table={table} view={view} edit={() => open(true)} />
    </>
  );
}

/** More than this is better deleted by a filter in parts: each of them is checked and tracked. */
const MOST_SELECTED = 10_000;

/** Ids of all that match, as far as a selection goes. */
async function allIds(table: string, asked: Asked): Promise<Set<string>> {
  const ids = new Set<string>();
  let cursor: string | null = null;
  do {
    const page: Page = await askPage(table, { ...asked, fields: ['id'] }, { limit: 500, cursor });
    page.data.forEach((row) => ids.add(row.id));
    cursor = page.next;
  } while (cursor && ids.size < MOST_SELECTED);
  return ids;
}

interface SelectionProps { table: SeenTable; asked: Asked; count: number; select: (ids: Set<string>) => void; onDelete: () => void; onChange: () => void }

export function SelectionBar({ table, asked, count, select, onDelete, onChange }: SelectionProps) {
  const { t } = useTranslation();
  const [collecting, collect] = useState(false);
  const [collected, haveAll] = useState(false);
  const total = useCount(table.name, asked, false).data;
  const more = total?.count !== undefined && (total.count_more || total.count > count) && !collected;
  const selectAll = async () => {
    collect(true);
    try { select(await allIds(table.name, asked)); haveAll(true); } catch (fault) { sayFault(fault); }
    collect(false);
  };
  return (
    <Group className="tool-bar selection-bar" gap={6} wrap="nowrap">
      <strong>{t('{{count}} selected', { count })}</strong>
      {table.can.change && !table.append_only && <Button variant="subtle" color="gray" leftSection={<IconPencil size={15} />} onClick={onChange}>{t('Change')}</Button>}
      {table.can.delete && <Button variant="subtle" color="red" leftSection={<IconTrash size={15} />} onClick={onDelete}>{t('Delete')}</Button>}
      {more && <Button variant="subtle" color="gray" loading={collecting} onClick={selectAll}>{t('Select all that match')}</Button>}
      <div className="grow" />
      <ActionIcon aria-label={t('Clear the selection')} onClick={() => select(new Set())}><IconX size={15} /></ActionIcon>
    </Group>
  );
}
