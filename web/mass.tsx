// Changing or deleting what is selected: asked first, done in batches, with progress and a report of what was refused.
import { useState } from 'react';
import type { ReactNode } from 'react';
import { Button, Group, Modal, Progress, Select, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { SeenTable } from './me.ts';
import { hideRows, refreshTable } from './records.ts';
import { runEach, type Operation, type Outcome } from './batch.ts';
import { KindInput } from './kinds/input.tsx';
import { toWrite } from './kinds/write.ts';
import { say, sayFault } from './toast.ts';

interface Props { table: SeenTable; ids: string[]; onClose: (gone: Set<string>) => void }
interface Task { title: string; count: number; children: ReactNode; button: string; danger?: boolean; ready: boolean; run: (tell: (o: Outcome) => void, stopped: () => boolean) => Promise<Outcome>; onDone: (o: Outcome) => void; onClose: () => void }

/** The dialog of such a task: question, bar, report. */
function MassTask({ title, count, children, button, danger, ready, run, onDone, onClose }: Task) {
  const { t } = useTranslation();
  const [state, setState] = useState<Outcome | null>(null);
  const [running, setRunning] = useState(false);
  const [stop] = useState({ now: false });
  const start = async () => {
    setRunning(true);
    setState({ done: 0, worked: new Set(), refused: new Map() });
    try {
      const end = await run(setState, () => stop.now);
      onDone(end);
      if (end.refused.size === 0) onClose();
    } catch (fault) {
      sayFault(fault);
    }
    setRunning(false);
  };
  const leave = () => { stop.now = true; if (!running) onClose(); };
  const finished = state && !running;
  return (
    <Modal opened onClose={leave} closeButtonProps={{ 'aria-label': t('Close') }} title={title} closeOnClickOutside={false} centered>
      <Stack gap={12}>
        {!state && children}
        {state && <Progress value={(state.done / count) * 100} aria-label={t('Progress')} animated={running} />}
        {state && <Text role="status">{t('{{done}} of {{all}} done', { done: state.done, all: count })}</Text>}
        {finished && [...state.refused].map(([why, times]) => <Text key={why} c="var(--danger)">{times} × {why}</Text>)}
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={leave}>{finished ? t('Close') : running ? t('Stop') : t('Cancel')}</Button>
          {!finished && <Button color={danger ? 'red' : undefined} loading={running} disabled={!ready} onClick={start}>{button}</Button>}
        </Group>
      </Stack>
    </Modal>
  );
}

/** Deletes the records of `ids`; `onClose` hears which are gone. */
export function MassDelete({ table, ids, onClose }: Props) {
  const { t } = useTranslation();
  const [gone, setGone] = useState(new Set<string>());
  const operations = ids.map((id): Operation => ({ op: 'delete', id }));
  const done = (end: Outcome) => {
    setGone(end.worked);
    hideRows(table.name, end.worked);
    say(t('{{count}} deleted', { count: end.worked.size }));
    if (end.refused.size === 0) onClose(end.worked);
  };
  return (
    <MassTask title={t('Delete {{count}} records?', { count: ids.length })} count={ids.length} button={t('Delete for good')} danger ready
      run={(tell, stopped) => runEach(table.name, operations, tell, stopped)} onDone={done} onClose={() => onClose(gone)}>
      <Text>{t('Deleting is final: there is no bin to take them out of.')}</Text>
    </MassTask>
  );
}

/** Sets one field of the records of `ids` to the same value. */
export function MassChange({ table, ids, onClose }: Props) {
  const { t } = useTranslation();
  const fields = table.fields.filter((f) => f.level === 'write' && !f.computed && !f.unique);
  const [name, setName] = useState<string | null>(null);
  const [value, setValue] = useState<unknown>(null);
  const field = fields.find((f) => f.name === name);
  const run = (tell: (o: Outcome) => void, stopped: () => boolean) =>
    runEach(table.name, ids.map((id) => ({ op: 'change', id, values: { [field!.name]: toWrite(field!, value) } })), tell, stopped);
  const done = (end: Outcome) => {
    void refreshTable(table.name);
    say(t('{{count}} changed', { count: end.worked.size }));
  };
  return (
    <MassTask title={t('Change {{count}} records', { count: ids.length })} count={ids.length} button={t('Change them')} ready={!!field} run={run} onDone={done} onClose={() => onClose(new Set())}>
      <Select label={t('Field')} searchable data-autofocus data={fields.map((f) => ({ value: f.name, label: t(f.label) }))} value={name} onChange={(chosen) => { setName(chosen); setValue(null); }} />
      {field && <KindInput key={field.name} field={field} label={t('New value')} value={value} onChange={setValue} />}
      {field && <Text c="dimmed" fz={12}>{t('Every one of them gets this value; without a value the field is emptied.')}</Text>}
    </MassTask>
  );
}
