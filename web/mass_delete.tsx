// Deleting what is selected: asked first, done in batches, with progress and a report of what was refused.
import { useState } from 'react';
import { Button, Group, Modal, Progress, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { call } from './client.ts';
import type { SeenTable } from './me.ts';
import { hideRows } from './records.ts';
import { say, sayFault } from './toast.ts';

/** The server takes 1,000 a batch; fewer make a livelier bar. */
const BATCH = 200;
interface Result { status: number; problem?: { detail: string } }
interface Outcome { done: number; gone: Set<string>; refused: Map<string, number> }

/** Deletes all of `ids`, each for itself; tells after every batch. */
async function deleteAll(table: string, ids: string[], tell: (o: Outcome) => void, stopped: () => boolean): Promise<Outcome> {
  const out: Outcome = { done: 0, gone: new Set(), refused: new Map() };
  for (let from = 0; from < ids.length && !stopped(); from += BATCH) {
    const part = ids.slice(from, from + BATCH);
    const { results } = await call<{ results: Result[] }>('POST', `/records/${table}/batch`, { body: { mode: 'each', operations: part.map((id) => ({ op: 'delete', id })) } });
    results.forEach((r, i) => {
      if (r.status < 400) out.gone.add(part[i]);
      else out.refused.set(r.problem?.detail ?? String(r.status), (out.refused.get(r.problem?.detail ?? String(r.status)) ?? 0) + 1);
    });
    out.done += part.length;
    tell({ ...out });
  }
  return out;
}

export function MassDelete({ table, ids, onClose }: { table: SeenTable; ids: string[]; onClose: (gone: Set<string>) => void }) {
  const { t } = useTranslation();
  const [state, setState] = useState<Outcome | null>(null);
  const [running, setRunning] = useState(false);
  const [stop] = useState({ now: false });
  const run = async () => {
    setRunning(true);
    try {
      const end = await deleteAll(table.name, ids, setState, () => stop.now);
      hideRows(table.name, end.gone);
      if (end.refused.size === 0) {
        say(t('{{count}} deleted', { count: end.gone.size }));
        onClose(end.gone);
      }
    } catch (fault) {
      sayFault(fault);
    }
    setRunning(false);
  };
  const finished = state && !running;
  return (
    <Modal opened closeButtonProps={{ 'aria-label': t('Close') }} onClose={() => { stop.now = true; if (!running) onClose(state?.gone ?? new Set()); }} title={t('Delete {{count}} records?', { count: ids.length })} closeOnClickOutside={!running} centered>
      <Stack gap={12}>
        {!state && <Text>{t('Deleting is final: there is no bin to take them out of.')}</Text>}
        {state && <Progress value={(state.done / ids.length) * 100} aria-label={t('Progress')} animated={running} />}
        {state && <Text>{t('{{done}} of {{all}} done', { done: state.done, all: ids.length })}</Text>}
        {finished && [...state.refused].map(([why, count]) => <Text key={why} c="var(--danger)">{count} × {why}</Text>)}
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={() => { stop.now = true; if (!running) onClose(state?.gone ?? new Set()); }}>{finished ? t('Close') : running ? t('Stop') : t('Cancel')}</Button>
          {!state && <Button color="red" loading={running} onClick={run} data-autofocus>{t('Delete for good')}</Button>}
        </Group>
      </Stack>
    </Modal>
  );
}
