// The steps of an import at the top of the page: where one is, and what one can go back to.
import { useTranslation } from 'react-i18next';
import { IconCheck } from '@tabler/icons-react';
import classes from './import.module.css';

const STEPS = ['File', 'Reading', 'Columns', 'Rules', 'Check', 'Import'] as const;

/** `at` counts from 0; steps before `open` can be opened again. */
export function Steps({ at, open, onOpen }: { at: number; open: readonly number[]; onOpen: (step: number) => void }) {
  const { t } = useTranslation();
  return (
    <ol className={classes.steps} aria-label={t('Steps')}>
      {STEPS.map((step, i) => (
        <li key={step} data-done={i < at || undefined} aria-current={i === at ? 'step' : undefined}>
          <button type="button" disabled={!open.includes(i)} onClick={() => onOpen(i)}>
            <span className={classes.number}>{i < at ? <IconCheck size={12} stroke={2.5} aria-hidden /> : i + 1}</span>
            <span className={classes.word}>{t(step)}</span>
          </button>
        </li>
      ))}
    </ol>
  );
}
