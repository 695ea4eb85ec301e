// Creating a record from anywhere: the form opens over what one was doing.
import { useSyncExternalStore } from 'react';
import { Modal } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { useMe } from './me.ts';
import type { Row } from './records.ts';
import { CreateForm } from './form.tsx';
import { say } from './toast.ts';

interface Wish { table: string; preset: Record<string, unknown>; then?: (row: Row) => void }
let wish: Wish | null = null;
const listeners = new Set<() => void>();
const tell = (next: Wish | null) => {
  wish = next;
  listeners.forEach((l) => l());
};

/** Opens the form for a new record, with values as read (links as `{id,label}`) filled in. `then` hears of the created record. */
export function openCreate(table: string, preset: Record<string, unknown> = {}, then?: (row: Row) => void): void {
  tell({ table, preset, then });
}

/** Esc closes an open calendar or list first; only then the form. */
const dropdownOpen = () => [...document.querySelectorAll('.mantine-Popover-dropdown')].some((box) => box.checkVisibility());

/** Where the form appears; once in the frame. */
export function CreateHost() {
  const { t } = useTranslation();
  const wanted = useSyncExternalStore((l) => { listeners.add(l); return () => listeners.delete(l); }, () => wish);
  const narrow = useMediaQuery('(max-width: 48em)');
  const table = useMe().tables.find((s) => s.name === wanted?.table);
  if (!wanted || !table) return null;
  const typed = { values: null as Record<string, unknown> | null };
  const close = () => {
    tell(null);
    if (typed.values) say(t('Not created: {{what}}', { what: table.label }), { label: t('Go on with it'), run: () => tell({ ...wanted, preset: typed.values! }) });
  };
  return (
    <Modal opened onClose={close} closeButtonProps={{ 'aria-label': t('Close') }}  title={t('New {{what}}', { what: table.label })} size={640} fullScreen={narrow} closeOnClickOutside={false} closeOnEscape={false} onKeyDown={(e) => { if (e.key === 'Escape' && !dropdownOpen()) close(); }} classNames={{ body: 'form-body', content: 'form-content' }}>
      <CreateForm key={table.name} table={table} preset={wanted.preset} onType={(values) => { typed.values = values; }} onCancel={close} onDone={(row) => { tell(null); wanted.then?.(row); }} />
    </Modal>
  );
}
