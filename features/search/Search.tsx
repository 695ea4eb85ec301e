// Searching all tables at once: what was found, grouped by table.
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { call } from '../../web/client.ts';
import { fieldOf, useMe, type SeenTable } from '../../web/me.ts';
import { labelOf, type Row } from '../../web/records.ts';
import { plainText } from '../../web/kinds/format.ts';

interface Hit { table: string; record: Row & { label?: string } }
/** One record found: its table as seen, its id, name, and a few more words to tell it from others. */
export interface Found { table: SeenTable; id: string; label: string; hint: string }

/** A short value that tells two of the same name apart: company, e-mail, city. */
function hintOf(table: SeenTable, record: Row): string {
  const telling = table.layout.list.filter((n) => n !== table.title).map((n) => fieldOf(table, n)).filter((f) => f !== undefined);
  return telling.map((f) => plainText(f, record[f.name])).filter(Boolean).slice(0, 2).join(' · ');
}

/** What the words find (150 ms after the last key), best first, grouped by table. */
export function useSearch(words: string): { found: Found[]; searching: boolean; settled: boolean } {
  const { tables } = useMe();
  const [q] = useDebouncedValue(words.trim(), 150);
  const { data, isFetching } = useQuery({
    queryKey: ['search', q],
    queryFn: ({ signal }) => call<{ data: Hit[] }>('GET', '/search', { query: { q }, signal }),
    enabled: q.length > 1, placeholderData: keepPreviousData,
  });
  const hits = q.length > 1 ? data?.data ?? [] : [];
  const ranked = [...new Set(hits.map((h) => h.table))].map((name) => tables.find((s) => s.name === name)).filter((s) => s !== undefined);
  const found = ranked.flatMap((table) => hits.filter((h) => h.table === table.name).map(({ record }): Found => ({ table, id: record.id, label: labelOf(table, record) || (record.label ?? ''), hint: hintOf(table, record) })));
  return { found, searching: isFetching, settled: !!data && q === words.trim() && !isFetching };
}
