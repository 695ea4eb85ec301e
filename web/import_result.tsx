// Progress and outcome of a dry run or a run: counts, problems by line and column.
import { Badge, Button, Progress, Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { call } from './client.ts';
import { count } from './moments.ts';
import type { FoundProblem, Imported, ImportState } from './imports.ts';
import classes from './import.module.css';

const STATES: Record<ImportState, { label: string; color?: string }> = {
  uploaded: { label: 'begun', color: 'gray' }, mapped: { label: 'begun', color: 'gray' }, checking: { label: 'checking' }, checked: { label: 'checked', color: 'gray' },
  running: { label: 'running' }, paused: { label: 'paused', color: 'gray' }, done: { label: 'done', color: 'accent' }, failed: { label: 'stopped', color: 'red' }, undone: { label: 'undone', color: 'gray' },
};

export function StateBadge({ state }: { state: ImportState }) {
  const { t } = useTranslation();
  return <Badge color={STATES[state].color}>{t(STATES[state].label)}</Badge>;
}

/** How far a run is. */
export function ImportProgress({ of }: { of: Imported }) {
  const { t } = useTranslation();
  const share = of.rows > 0 ? of.done / of.rows : 0;
  return (
    <div role="status">
      <Text size="sm" mb={6}>{t('{{done}} of {{rows}} rows', { done: count(of.done), rows: count(of.rows) })}</Text>
      <Progress value={share * 100} size="md" animated={of.state === 'running' || of.state === 'checking'} aria-label={t('Progress')} />
    </div>
  );
}

/** The four counts; `would` when nothing has been stored yet. */
export function ImportCounts({ of, would }: { of: Imported; would?: boolean }) {
  const { t } = useTranslation();
  const figures = [
    [of.created, would ? t('would be created') : t('records created')], [of.updated, would ? t('would be changed') : t('records changed')],
    [of.skipped, would ? t('would be skipped') : t('rows skipped')], [of.errors, t('rows with problems')],
  ] as const;
  return (
    <div className={classes.numbers}>
      {figures.map(([n, label], i) => <div key={label} className={classes.figure}><Text component="b" c={i === 3 && n > 0 ? 'red' : undefined}>{count(n)}</Text><Text size="xs" c="dimmed">{label}</Text></div>)}
    </div>
  );
}

/** What is wrong, row by row. `stamp` changes when it is to be read again. */
export function useProblems(id: string, stamp: string) {
  const pages = useInfiniteQuery({
    queryKey: ['imports', id, 'problems', stamp], initialPageParam: undefined as string | undefined, getNextPageParam: (last: { next: string | null }) => last.next ?? undefined,
    queryFn: ({ pageParam, signal }) => call<{ data: FoundProblem[]; next: string | null }>('GET', `/imports/${id}/problems`, { query: { limit: 100, cursor: pageParam }, signal }),
  });
  return { pages, found: pages.data?.pages.flatMap((p) => p.data) ?? [] };
}

export function Problems({ pages, found }: ReturnType<typeof useProblems>) {
  const { t } = useTranslation();
  if (found.length === 0) return null;
  return (
    <Stack gap="xs" align="flex-start">
      <div className={classes.preview} style={{ width: '100%' }} tabIndex={0} role="region" aria-label={t('Problems')}>
        <table>
          <thead><tr>{['Line', 'Column', 'Problem', 'In the file'].map((h) => <th key={h} scope="col">{t(h)}</th>)}</tr></thead>
          <tbody>{found.map((p, i) => <tr key={i}><td className={classes.line}>{p.line}</td><td>{p.column}</td><td>{t(p.reason)}</td><td className={classes.line}>{p.value}</td></tr>)}</tbody>
        </table>
      </div>
      {pages.hasNextPage && <Button variant="default" size="compact-sm" loading={pages.isFetchingNextPage} onClick={() => pages.fetchNextPage()}>{t('Show more')}</Button>}
    </Stack>
  );
}
