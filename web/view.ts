// What a list shows: filter, sort and words from the address (so that it can be shared and gone back to), columns and widths from this device.
import { useCallback, useMemo, useState } from 'react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { SeenField, SeenTable } from './me.ts';
import { allFields } from './records.ts';
import { OFFERS } from './kinds/offers.ts';
import type { FilterNode } from './filter.ts';

export interface Search { filter?: FilterNode; sort?: string; q?: string; open?: string; create?: boolean }

/** The view in the address. Changing it replaces the entry in the browser's history, except that opening a record adds one. */
export function useView() {
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const change = useCallback((part: Search, replace = true) => {
    void navigate({ to: '.', search: ((before: Search) => clean({ ...before, ...part })) as never, replace });
  }, [navigate]);
  const filter = typeof search.filter === 'object' && search.filter ? search.filter : undefined;
  return { filter, sort: text(search.sort), q: text(search.q), open: text(search.open), create: search.create === true, change };
}
const text = (value: unknown) => (value === undefined || value === null || value === '' ? undefined : String(value));
const clean = (search: Search): Search => Object.fromEntries(Object.entries(search).filter(([, v]) => v !== undefined && v !== '' && v !== false)) as Search;

export interface Column { field: SeenField; width: number }
interface Chosen { names: string[] | null; widths: Record<string, number> }

function stored(table: string): Chosen {
  try {
    const { names, widths } = JSON.parse(localStorage.getItem(`steward.columns.${table}`) ?? '{}');
    return { names: Array.isArray(names) ? names : null, widths: widths ?? {} };
  } catch {
    return { names: null, widths: {} };
  }
}

/** Columns of a table's list: the title first, then the chosen ones (or the layout's) as far as they may be seen. */
export function useColumns(table: SeenTable) {
  const [chosen, setChosen] = useState(() => stored(table.name));
  const keep = (next: Chosen) => {
    localStorage.setItem(`steward.columns.${table.name}`, JSON.stringify(next));
    setChosen(next);
  };
  const columns = useMemo(() => {
    const fields = allFields(table);
    const names = [table.title, ...(chosen.names ?? [...table.layout.list, 'owner']).filter((n) => n !== table.title)];
    return names.map((n) => fields.find((f) => f.name === n)).filter((f) => f !== undefined)
      .map((field): Column => ({ field, width: chosen.widths[field.name] ?? (field.name === table.title ? (matchMedia('(max-width: 48em)').matches ? 170 : 240) : OFFERS[field.kind].width) }));
  }, [table, chosen]);
  return {
    columns,
    choose: (names: string[] | null) => keep({ ...chosen, names }),
    /** Puts a column where another stands; the title stays first. */
    move: (name: string, to: number) => {
      const names = columns.map((c) => c.field.name).filter((n) => n !== name);
      if (name !== table.title) keep({ ...chosen, names: names.toSpliced(Math.max(1, Math.min(names.length, to)), 0, name) });
    },
    resize: (name: string, width: number) => keep({ ...chosen, widths: { ...chosen.widths, [name]: Math.max(64, Math.min(900, Math.round(width))) } }),
  };
}
