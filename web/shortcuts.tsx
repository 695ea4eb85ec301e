// The keys that work everywhere, and the sheet (?) that shows all keys.
import { useSyncExternalStore } from 'react';
import { Kbd, Modal } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { hideShortcuts, onOpening, openCommandMenu, shortcutsShown, showShortcuts } from './opening.ts';

const SHEET: [heading: string, keys: [keys: string[], what: string][]][] = [
  ['Everywhere', [[['Ctrl', 'K'], 'Command menu'], [['/'], 'Search all tables'], [['n'], 'New record in this table'], [['?'], 'These keys'], [['Esc'], 'Close, cancel']]],
  ['In a list', [[['↑', '↓'], 'Move (also j and k)'], [['←', '→'], 'Move (also h and l)'], [['Enter'], 'Edit the cell'], [['Delete'], 'Empty the cell'], [['Space'], 'Open beside the list'], [['Shift', 'Enter'], 'Open as a page'],
    [['x'], 'Select'], [['Shift', '↓'], 'Select on'], [['Ctrl', 'A'], 'Select all loaded rows'], [['s'], 'Sort by this column'], [['Ctrl', 'Shift', '→'], 'Move the column'], [['f'], 'Filter'], [['Ctrl', 'C'], 'Copy the cell'], [['Ctrl', 'Z'], 'Take back a change']]],
  ['While editing', [[['Enter'], 'Save'], [['Esc'], 'Leave as it was'], [['Ctrl', 'Enter'], 'Save a long text, send a form']]],
];

const press = (selector: string) => document.querySelector<HTMLElement>(selector)?.click();

/** Listens for the keys of every screen. Letters do nothing while one types. */
export function Shortcuts() {
  const { t } = useTranslation();
  const now = useSyncExternalStore(onOpening, shortcutsShown);
  useHotkeys([['mod+K', () => openCommandMenu('commands')]], []);
  useHotkeys([['/', () => openCommandMenu('search')], ['shift+?', showShortcuts], ['?', showShortcuts], ['n', () => press('.primary')], ['f', () => press('[data-filter]')]]);
  return (
    <Modal opened={now} closeButtonProps={{ 'aria-label': t('Close') }} onClose={hideShortcuts} title={t('Keyboard shortcuts')} size={680}>
      <div className="sheet">
        {SHEET.map(([heading, keys]) => (
          <section key={heading}>
            <h3 className="section-title">{t(heading)}</h3>
            <dl>{keys.map(([names, what]) => <div key={what} className="sheet-line"><dt>{t(what)}</dt><dd>{names.map((k) => <Kbd key={k} size="xs">{k}</Kbd>)}</dd></div>)}</dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
