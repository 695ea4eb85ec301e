// The tables as an administrator sees them: whole, also those that the own profile hides.
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Choice, KindName, Layout, LinkSight, Origin, Personal, SharingDefault } from '../catalogue/catalogue.ts';
import { everyPage } from './every_page.ts';
import { queries } from './client.ts';

export interface WholeField {
  name: string; label: string; kind: KindName; required: boolean; unique: boolean; tracked: boolean; personal: Personal;
  category: string | null; purpose: string | null; origin: Origin | null; to: string | null; choices: Choice[] | null; computed: boolean;
  /** Of links to one table. */
  sharing?: LinkSight;
}
export interface WholeTable {
  name: string; label: string; labels: string; icon: string; append_only: boolean; subject: string; standard: boolean; title: string;
  sharing: { default: SharingDefault; parent?: string }; layout: Layout; fields: WholeField[];
}

export const tablesQuery = queryOptions({ queryKey: ['tables'], queryFn: ({ signal }) => everyPage<WholeTable>('/tables', signal) });

/** The tables with the words of the window's language where standard ones have not been renamed; for looking, not for changing. */
export function useWholeTables() {
  const { t } = useTranslation();
  const { data, ...rest } = useQuery(tablesQuery);
  const inWords = (table: WholeTable) => (table.standard ? { ...table, label: t(table.label), labels: t(table.labels), fields: table.fields.map((f) => ({ ...f, label: t(f.label) })) } : table);
  return { ...rest, data: data?.map(inWords) };
}

/** After a change of the catalogue: everything drawn from it is read again. */
export const tablesChanged = () => Promise.all([queries.invalidateQueries({ queryKey: ['tables'] }), queries.invalidateQueries({ queryKey: ['me'] }), queries.invalidateQueries({ queryKey: ['records'] })]);
