// Who is signed in and which tables and fields that member may see: all screens are drawn from this.
import { queryOptions, useSuspenseQuery } from '@tanstack/react-query';
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
  tables: SeenTable[];
}

export const meQuery = queryOptions({ queryKey: ['me'], queryFn: ({ signal }) => call<Me>('GET', '/me', { signal }), staleTime: 30_000 });

/** The signed-in member, its profile, tenant and seen tables. Inside the frame only (waits for the first answer). */
export function useMe(): Me {
  return useSuspenseQuery(meQuery).data;
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
