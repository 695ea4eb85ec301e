// Editing one value in place: Enter saves, Esc leaves it as it was, going elsewhere saves.
import { useLayoutEffect, useRef, useState } from 'react';
import type { KeyboardEvent, FocusEvent } from 'react';
import { FocusTrap, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { SeenField } from './me.ts';
import { KindInput } from './kinds/input.tsx';
import { Refusal, sentence } from './client.ts';

/** Why a refusal concerns this field, in words. */
const faultOf = (fault: unknown, field: string): string =>
  fault instanceof Refusal ? sentence(fault.errors.find((e) => e.field === field)?.message ?? fault.detail) : String(fault);

/** Kinds whose editor spreads over several lines or opens lists: Enter belongs to them. */
const KEEPS_ENTER = new Set(['long_text', 'choice', 'choices', 'link', 'links', 'member']);
const WIDE = new Set(['long_text', 'emails', 'phones']);
/** Dropdowns live outside the box; a click there is not a way out. */
const inDropdown = (target: EventTarget | null) => target instanceof Element && !!target.closest('[data-portal], [role="listbox"], .mantine-Popover-dropdown');

interface Props {
  field: SeenField;
  value: unknown;
  /** Saves; what it throws is shown under the input, which stays open. */
  save: (value: unknown) => Promise<void>;
  /** Closes; `by` says whether the keyboard goes on in the list. */
  close: (by: 'key' | 'away') => void;
}

/** Moves the box into view if its cell lies at the edge. */
function useFit() {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const editor = box.current, grid = editor?.closest('.grid');
    if (!editor || !grid) return;
    const at = editor.getBoundingClientRect(), frame = grid.getBoundingClientRect();
    const right = Math.min(0, frame.right - 8 - at.right), down = Math.min(0, frame.bottom - 8 - at.bottom);
    if (right || down) editor.style.translate = `${right}px ${down}px`;
  }, []);
  return box;
}

/** What is being typed; `latest` has it at once, for an input may take in what was typed just as it loses the focus. */
function useDraft(value: unknown) {
  const [draft, setDraft] = useState(value);
  const latest = useRef(value);
  return { draft, latest, change: (next: unknown) => { latest.current = next; setDraft(next); } };
}

export function CellEditor({ field, value, save, close }: Props) {
  const { t } = useTranslation();
  const { draft, latest, change } = useDraft(value);
  const byKey = useRef(false);
  const [fault, setFault] = useState<unknown>(null);
  const closing = useRef(false);
  const box = useFit();

  const finish = async (final: unknown, by: 'key' | 'away') => {
    if (closing.current) return;
    closing.current = true;
    try {
      await save(final);
      close(by);
    } catch (refused) {
      closing.current = byKey.current = false;
      box.current?.querySelector<HTMLElement>('input, textarea')?.focus();
      setFault(refused);
    }
  };
  const onKeyDown = (e: KeyboardEvent) => {
    e.stopPropagation();
    if (e.key === 'Escape') {
      e.preventDefault();
      closing.current = true;
      close('key');
    } else if (e.key === 'Enter' && (e.ctrlKey || e.metaKey || !(KEEPS_ENTER.has(field.kind) || (e.target as Element).matches('button')))) {
      e.preventDefault();
      byKey.current = true;
      (document.activeElement as HTMLElement | null)?.blur();
    }
  };
  const onBlur = (e: FocusEvent) => {
    if (e.currentTarget.contains(e.relatedTarget) || inDropdown(e.relatedTarget)) return;
    void finish(latest.current, byKey.current ? 'key' : 'away');
  };
  // What is there is selected, so that typing replaces it.
  const onFocus = ({ target }: FocusEvent) => { if (target instanceof HTMLInputElement) requestAnimationFrame(() => target.select()); };
  return (
    <div ref={box} className="cell-editor" data-kind={field.kind} data-wide={WIDE.has(field.kind) || field.to === '*' || undefined} onKeyDown={onKeyDown} onFocus={onFocus} onBlur={onBlur} onClick={(e) => e.stopPropagation()} onDoubleClick={(e) => e.stopPropagation()}>
      <FocusTrap active>
        <div>
          <KindInput field={field} value={draft} onChange={change} onDone={(v) => void finish(v, 'key')} aria-label={field.label} autoFocus />
          {fault !== null && <Text c="var(--danger)" fz={12} mt={4} role="alert">{faultOf(fault, field.name)}</Text>}
          {field.kind === 'long_text' && <Text c="dimmed" fz={11} mt={4}>{t('Ctrl+Enter saves, Esc cancels')}</Text>}
        </div>
      </FocusTrap>
    </div>
  );
}
