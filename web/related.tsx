// Records of other tables that link here.
import { Anchor, Button, Group, Skeleton } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMe, type SeenField, type SeenTable } from './me.ts';
import { askPage, labelOf, type Row } from './records.ts';
import type { FilterNode } from './filter.ts';
import { Show } from './kinds/show.tsx';
import { TableIcon } from './icons.tsx';
import { openCreate } from './create.tsx';

export interface Relation { table: SeenTable; field: SeenField }

/** Every link of a visible table that leads to `name` (or to any table). */
export function relationsTo(tables: SeenTable[], name: string): Relation[] {
  return tables.flatMap((table) => table.fields.filter((f) => (f.kind === 'link' || f.kind === 'links') && (f.to === name || f.to === '*')).map((field) => ({ table, field })));
}

const filterBy = (field: SeenField, id: string): FilterNode => ({ [field.name]: { [field.kind === 'links' ? 'contains' : 'eq']: id } });

const SHOWN = 10;

function RelatedList({ relation: { table, field }, of, row, alone }: { relation: Relation; of: SeenTable; row: Row; alone: boolean }) {
  const { t } = useTranslation();
  const columns = table.layout.list.map((n) => table.fields.find((f) => f.name === n)).filter((f) => f !== undefined).filter((f) => f.name !== table.title && f.name !== field.name).slice(0, 3);
  const filter = filterBy(field, row.id);
  const asked = { filter, fields: [table.title, ...columns.map((c) => c.name)] };
  const { data, isPending } = useQuery({ queryKey: ['records', table.name, 'related', field.name, row.id], queryFn: ({ signal }) => askPage(table.name, asked, { limit: SHOWN }, signal) });
  const here = { id: row.id, label: labelOf(of, row), ...(field.to === '*' ? { table: of.name } : {}) };
  const add = () => openCreate(table.name, { [field.name]: field.kind === 'links' ? [here] : here });
  return (
    <section className="related">
      <Group justify="space-between" wrap="nowrap" h={32}>
        <h3 className="section-title related-title"><TableIcon icon={table.icon} size={15} />{table.labels}{!alone && <span className="more"> {t('by {{field}}', { field: field.label })}</span>}{data && <span className="count">{data.data.length}{data.next ? '+' : ''}</span>}</h3>
        {table.can.create && field.level === 'write' && <Button variant="subtle" color="gray" size="compact-sm" leftSection={<IconPlus size={14} />} onClick={add} aria-label={t('New {{what}}', { what: table.label })}>{t('Add')}</Button>}
      </Group>
      {isPending && <Skeleton h={33} />}
      {data?.data.length === 0 && <p className="related-none">{t('None yet')}</p>}
      {!!data?.data.length && (
        <div className="related-rows">
          {data.data.map((r) => (
            <div key={r.id} className="related-row">
              <Link className="title related-link" to="/t/$table/$id" params={{ table: table.name, id: r.id }}>{labelOf(table, r) || t('Untitled')}</Link>
              {columns.map((c) => <span key={c.name} className="related-cell"><Show field={c} value={r[c.name]} /></span>)}
            </div>
          ))}
          {data.next && <Anchor component={Link} to={`/t/${table.name}`} search={{ filter } as never} fz={12} className="related-all">{t('Show all')}</Anchor>}
        </div>
      )}
    </section>
  );
}

/** Lists of what belongs to a record. Those in `without` are shown elsewhere (the timeline). */
export function Related({ table, row, without = [] }: { table: SeenTable; row: Row; without?: string[] }) {
  const { t } = useTranslation();
  const relations = relationsTo(useMe().tables, table.name).filter((r) => !without.includes(r.table.name));
  if (relations.length === 0) return <p className="related-none">{t('No table links to {{what}}.', { what: table.labels })}</p>;
  return relations.map((r) => <RelatedList key={`${r.table.name}.${r.field.name}`} relation={r} of={table} row={row} alone={relations.filter((x) => x.table === r.table).length === 1} />);
}
