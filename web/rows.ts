// The rows of a list over keyset pages: only pages near the view are held, so that memory stays small however far one scrolls.
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useQueries, useQuery } from '@tanstack/react-query';
import { queries } from './client.ts';
import { askPage, type Asked, type Page, type Row } from './records.ts';

/** Rows a page; 100 rows are three screens. */
const SIZE = 100;
/** Rows of bones while the very first page is on its way. */
const BONES = 16;
/** Pages that nobody looks at are dropped after this time and asked for again by their cursor. */
const KEPT_MS = 30_000;

interface Known { cursor: string | null; length: number | null }
const START: Known[] = [{ cursor: null, length: null }];

export interface Rows {
  /** Rows known so far, with one page of room for the next if there is more. */
  length: number;
  /** Whether `length` is all there is. */
  ended: boolean;
  rowAt: (index: number) => Row | undefined;
  indexOf: (id: string) => number;
  /** Every row held at this moment, in order. */
  held: () => Row[];
  /** Says which rows are in view. */
  view: (first: number, last: number) => void;
  /** Forgets all and asks anew. */
  reload: () => void;
  /** Asks again for the pages that failed. */
  retry: () => void;
  pending: boolean;
  fault: unknown;
}

const pageOf = (starts: number[], index: number): number => {
  let low = 0, high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle] <= index) low = middle; else high = middle - 1;
  }
  return low;
};

/** Number of rows that match, capped by the server until `exact` is asked for. */
export function useCount(table: string, asked: Asked, exact: boolean) {
  const { filter, q } = asked;
  return useQuery({
    queryKey: ['records', table, 'count', filter, q, exact],
    queryFn: ({ signal }) => askPage(table, { filter, q, fields: ['id'] }, { limit: 1, count: exact ? 'exact' : 'estimate' }, signal),
  });
}

function usePages(table: string, asked: Asked, known: Known[], first: number, last: number, generation: number): Map<number, { data?: Page; fault: unknown }> {
  const wanted = useMemo(() => {
    const from = Math.max(0, first - 1), to = Math.min(known.length - 1, last + 2);
    return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
  }, [first, last, known.length]);
  return useQueries({
    queries: wanted.map((index) => ({
      queryKey: ['records', table, 'page', asked, generation, known[index].cursor],
      queryFn: ({ signal }: { signal: AbortSignal }) => askPage(table, asked, { cursor: known[index].cursor, limit: SIZE }, signal),
      staleTime: Infinity, gcTime: KEPT_MS, refetchOnWindowFocus: false,
    })),
    combine: (results) => new Map(results.map((r, i) => [wanted[i], { data: r.data, fault: r.error }])),
  });
}

/** What has been learnt of the pages: their lengths, and the cursor of the next one. */
function learn(known: Known[], pages: Map<number, { data?: Page }>): Known[] {
  let next = known;
  for (const [index, { data }] of pages) {
    if (!data || index >= next.length) continue;
    if (next[index].length !== data.data.length) next = next.with(index, { ...next[index], length: data.data.length });
    if (data.next && index === next.length - 1) next = [...next, { cursor: data.next, length: null }];
  }
  return next;
}

/** Rows of `table` as asked. A change of `asked` starts over, showing the old first page until the new one is here. */
export function useRows(table: string, asked: Asked): Rows {
  const key = JSON.stringify(asked);
  const [state, setState] = useState({ key, known: START, first: 0, last: 0, generation: 0 });
  const current = state.key === key ? state : { ...state, key, known: START, first: 0, last: 0 };
  const pages = usePages(table, asked, current.known, current.first, current.last, current.generation);
  const known = useMemo(() => learn(current.known, pages), [current.known, pages]);
  useEffect(() => {
    if (known !== state.known || key !== state.key) setState((s) => ({ ...s, key, known, ...(s.key === key ? {} : { first: 0, last: 0 }) }));
  }, [known, key]);

  const starts = useMemo(() => {
    let sum = 0;
    return known.map((p) => { const at = sum; sum += p.length ?? SIZE; return at; });
  }, [known]);
  const before = useRef<Page | undefined>(undefined);
  const top = pages.get(0);
  if (top?.data) before.current = top.data;
  const waiting = known.length === 1 && known[0].length === null;
  const length = waiting ? before.current?.data.length ?? BONES : starts[known.length - 1] + (known.at(-1)!.length ?? SIZE);

  const rowAt = useCallback((index: number): Row | undefined => {
    if (waiting) return before.current?.data[index];
    const page = pageOf(starts, index);
    return pages.get(page)?.data?.data[index - starts[page]];
  }, [starts, pages, waiting]);
  const held = () => (waiting ? before.current?.data ?? [] : [...pages.entries()].sort(([a], [b]) => a - b).flatMap(([, p]) => p.data?.data ?? []));
  const indexOf = (id: string) => {
    for (const [page, { data }] of pages) {
      const at = data?.data.findIndex((r) => r.id === id) ?? -1;
      if (at >= 0) return starts[page] + at;
    }
    return -1;
  };
  const view = useCallback((first: number, last: number) => {
    const from = pageOf(starts, first), to = pageOf(starts, last);
    setState((s) => (s.key !== key || (s.first === from && s.last === to) ? s : { ...s, first: from, last: to }));
  }, [starts, key]);
  const reload = useCallback(() => {
    queries.removeQueries({ queryKey: ['records', table, 'page'], type: 'inactive' });
    setState((s) => ({ ...s, known: START, first: 0, last: 0, generation: s.generation + 1 }));
    void queries.invalidateQueries({ queryKey: ['records', table, 'count'] });
  }, [table]);
  const retry = () => void queries.refetchQueries({ queryKey: ['records', table, 'page'], predicate: (query) => query.state.status === 'error' });
  return { length, ended: known.at(-1)!.length !== null, rowAt, indexOf, held, view, reload, retry, pending: waiting, fault: [...pages.values()].find((p) => p.fault)?.fault ?? undefined };
}
