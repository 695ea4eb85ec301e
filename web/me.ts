// Who is signed in and which tables and fields that member may see: all screens are drawn from this.
import { queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import i18next from 'i18next';
import { useTranslation } from 'react-i18next';
import type { Choice, KindName, Layout, Origin, Personal, Right, SharingDefault, Verb } from '../catalogue/catalogue.ts';
import { call } from './client.ts';

export interface SeenField {
  name: string; label: string; kind: KindName; required: boolean; unique: boolean; tracked: boolean;
  personal: Personal; category: string | null; purpose: string | null; origin: Origin | null;
  to: string | null; choices: Choice[] | null; computed: boolean; level: 'read' | 'write';
}
export interface SeenTable {
  name: string; label: string; labels: string; icon: string; title: string; subject: string;
  append_only: boolean; standard: boolean; sharing: SharingDefault;
  can: Record<Verb, boolean>; layout: Layout; fields: SeenField[];
}
export interface Me {
  member: { id: string; name: string; email: string; language: string; time_zone: string };
  profile: { id: string; name: string; rights: Right[] };
  tenant: { name: string; currency: string };
  /** Administrators who saw Steward as this member does, the last one first. */
  viewed_by: { by: { id: string | null; label: string } | null; at: string }[];
  tables: SeenTable[];
}

export const meQuery = queryOptions({ queryKey: ['me'], queryFn: ({ signal }) => call<Me>('GET', '/me', { signal }), staleTime: 30_000, refetchInterval: 60_000 });

const translated = new WeakMap<Me, { language: string; me: Me }>();

/** Standard tables, fields, sections and choices come in English; those that a tenant has renamed stay as they are. */
function inLanguage(me: Me, language: string): Me {
  const kept = translated.get(me);
  if (kept?.language === language) return kept.me;
  const words = (text: string) => i18next.t(text);
  const tables = me.tables.map((table) => (table.standard ? {
    ...table, label: words(table.label), labels: words(table.labels),
    layout: { ...table.layout, page: table.layout.page.map((s) => ({ ...s, label: words(s.label) })) },
    fields: table.fields.map((f) => ({ ...f, label: words(f.label), choices: f.choices && f.choices.map((c) => ({ ...c, label: words(c.label) })) })),
  } : table));
  const fresh = { ...me, tables };
  translated.set(me, { language, me: fresh });
  return fresh;
}

/** The signed-in member, its profile, tenant and seen tables, in the language of the window. Inside the frame only (waits for the first answer). */
export function useMe(): Me {
  const { i18n } = useTranslation();
  return inLanguage(useSuspenseQuery(meQuery).data, i18n.language);
}

/** The seen table of that name, or undefined: unknown and hidden look the same. */
export function useTable(name: string): SeenTable | undefined {
  return useMe().tables.find((t) => t.name === name);
}

/** Whether the member's profile has a right such as `administer`. */
export function useRight(right: Right): boolean {
  return useMe().profile.rights.includes(right);
}

export const fieldOf = (table: SeenTable, name: string): SeenField | undefined => table.fields.find((f) => f.name === name);
