// Searching all tables at once: what was found, grouped by table.
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { call } from '../../web/client.ts';
import { useMe, type SeenTable } from '../../web/me.ts';
import { labelOf, type Row } from '../../web/records.ts';

interface Hit { table: string; record: Row & { label?: string } }
/** One record found: its table as seen, its id, name, and a few more words to tell it from others. */
export interface Found { table: SeenTable; id: string; label: string; hint: string }

/** A short value that tells two of the same name apart: company, e-mail, city. */
function hintOf(table: SeenTable, record: Row): string {
  const telling = table.layout.list.filter((n) => n !== table.title).map((n) => record[n]).filter((v) => v !== null && v !== undefined && v !== '');
  const words = telling.map((v) => (typeof v === 'object' && v !== null && 'label' in v ? String((v as { label: string }).label) : typeof v === 'string' ? v : '')).filter(Boolean);
  return words.slice(0, 2).join(' · ');
}

/** What the words find (150 ms after the last key), in the order of the menu's tables, best first within each. */
export function useSearch(words: string): { found: Found[]; searching: boolean; settled: boolean } {
  const { tables } = useMe();
  const [q] = useDebouncedValue(words.trim(), 150);
  const { data, isFetching } = useQuery({
    queryKey: ['search', q],
    queryFn: ({ signal }) => call<{ data: Hit[] }>('GET', '/search', { query: { q }, signal }),
    enabled: q.length > 0, placeholderData: keepPreviousData,
  });
  const hits = q ? data?.data ?? [] : [];
  const found = tables.flatMap((table) => hits.filter((h) => h.table === table.name).map(({ record }): Found => ({ table, id: record.id, label: record.label ?? labelOf(table, record), hint: hintOf(table, record) })));
  return { found, searching: isFetching, settled: !!data && q === words.trim() && !isFetching };
}
