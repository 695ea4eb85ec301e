// The command menu (Ctrl/Cmd+K) and the search (/): one field for going anywhere, making anything, finding anyone.
import { useEffect, useId, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import { Kbd, Loader, Modal, useMantineColorScheme } from '@mantine/core';
import { IconBolt, IconFileImport, IconKeyboard, IconLanguage, IconLogout, IconMoon, IconPlus, IconSearch, IconSettings, IconSun } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useMe } from './me.ts';
import { TableIcon } from './icons.tsx';
import { Initials } from './kinds/show.tsx';
import { openCreate } from './create.tsx';
import { useOffered } from './commands.ts';
import { LANGUAGES, speak } from './language.ts';
import { leave } from './account.tsx';
import { navigate, onOpening, openCommandMenu, openedMode, showShortcuts } from './opening.ts';
import { ADMINISTRATION, OWN } from './places.ts';
import { useSearch } from '../features/search/Search.tsx';

interface Entry { key: string; group: string; label: string; hint?: string; icon: ReactNode; run: () => void }
const go = (to: string) => () => void navigate({ to });

/** Words of a query in any order, anywhere in the label. */
const fits = (label: string, words: string) => words.toLowerCase().split(/\s+/).every((w) => label.toLowerCase().includes(w));

function useTableCommands(): Entry[] {
  const { t } = useTranslation();
  const { tables } = useMe();
  return [
    ...tables.map((s) => ({ key: `go.${s.name}`, group: t('Go to'), label: s.labels, icon: <TableIcon icon={s.icon} />, run: go(`/t/${s.name}`) })),
    ...tables.filter((s) => s.can.create).map((s) => ({ key: `new.${s.name}`, group: t('Create'), label: t('New {{what}}', { what: s.label }), icon: <IconPlus size={16} />,
      run: () => openCreate(s.name, {}, (row) => void navigate({ to: '/t/$table/$id', params: { table: s.name, id: row.id } })) })),
  ];
}

function useOtherCommands(): Entry[] {
  const { t } = useTranslation();
  const me = useMe();
  const scheme = useMantineColorScheme();
  const settings = [...(me.profile.rights.includes('administer') ? ADMINISTRATION : []), ...OWN];
  const imports = me.tables.some((s) => s.can.import) ? [{ key: 'import', group: t('Settings'), label: t('Import'), icon: <IconFileImport size={16} />, run: go('/import') }] : [];
  return [
    ...settings.map((s) => ({ key: s.to, group: t('Settings'), label: t(s.label), icon: <IconSettings size={16} />, run: go(s.to) })),
    ...imports,
    { key: 'light', group: t('Appearance'), label: t('Light colours'), icon: <IconSun size={16} />, run: () => scheme.setColorScheme('light') },
    { key: 'dark', group: t('Appearance'), label: t('Dark colours'), icon: <IconMoon size={16} />, run: () => scheme.setColorScheme('dark') },
    { key: 'auto', group: t('Appearance'), label: t('Colours of the system'), icon: <IconMoon size={16} />, run: () => scheme.setColorScheme('auto') },
    ...LANGUAGES.map((l) => ({ key: l.value, group: t('Appearance'), label: l.label, icon: <IconLanguage size={16} />, run: () => speak(l.value) })),
    { key: 'keys', group: t('Help'), label: t('Keyboard shortcuts'), icon: <IconKeyboard size={16} />, run: showShortcuts },
    { key: 'leave', group: t('Help'), label: t('Sign out'), icon: <IconLogout size={16} />, run: () => void leave() },
  ];
}

function useEntries(words: string, only: 'commands' | 'search'): { entries: Entry[]; searching: boolean; settled: boolean } {
  const { t } = useTranslation();
  const offered = useOffered().map((c): Entry => ({ key: c.label, group: t('Selection'), label: c.label, icon: <IconBolt size={16} />, run: c.run }));
  const commands = [...offered, ...useTableCommands(), ...useOtherCommands()];
  const { found, searching, settled } = useSearch(words);
  const records = found.map((f): Entry => ({ key: `${f.table.name}.${f.id}`, group: f.table.labels, label: f.label || t('Untitled'), hint: f.hint, icon: f.table.subject === 'self' ? <Initials name={f.label} /> : <TableIcon icon={f.table.icon} />,
    run: () => void navigate({ to: '/t/$table/$id', params: { table: f.table.name, id: f.id } }) }));
  const fitting = only === 'search' ? [] : words.trim() ? commands.filter((c) => fits(c.label, words.trim())) : commands;
  return { entries: [...fitting, ...records], searching, settled };
}

function Results({ entries, active, id, run, point }: { entries: Entry[]; active: number; id: string; run: (e: Entry) => void; point: (i: number) => void }) {
  let group = '';
  return (
    <div className="command-list" role="listbox" id={id} aria-label="Steward" tabIndex={-1}>
      {entries.map((entry, i) => {
        const heading = entry.group === group ? null : <div className="menu-heading" role="presentation">{entry.group}</div>;
        group = entry.group;
        return (
          <div key={entry.key} role="presentation">
            {heading}
            <div role="option" id={`${id}-${i}`} aria-selected={i === active} className="command" onPointerMove={() => point(i)} onClick={() => run(entry)}>
              <span className="command-icon" aria-hidden>{entry.icon}</span><span className="command-label">{entry.label}</span>{entry.hint && <span className="command-hint">{entry.hint}</span>}
            </div>
          </div>
        );
      })}
    </div>
  );
}

function Dialog({ only, close }: { only: 'commands' | 'search'; close: () => void }) {
  const { t } = useTranslation();
  const id = useId();
  const [words, setWords] = useState('');
  const [active, setActive] = useState(0);
  const { entries, searching, settled } = useEntries(words, only);
  const at = Math.min(active, Math.max(0, entries.length - 1));
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => { document.getElementById(`${id}-${at}`)?.scrollIntoView({ block: 'nearest' }); }, [at, id]);
  const run = (entry: Entry) => { close(); entry.run(); };
  const onKeyDown = (e: KeyboardEvent) => {
    const step = e.key === 'ArrowDown' || (e.ctrlKey && e.key === 'n') ? 1 : e.key === 'ArrowUp' || (e.ctrlKey && e.key === 'p') ? -1 : 0;
    if (step) { e.preventDefault(); setActive((at + step + entries.length) % Math.max(1, entries.length)); }
    if (e.key === 'Enter' && entries[at] && !e.nativeEvent.isComposing) { e.preventDefault(); run(entries[at]); }
  };
  const label = only === 'search' ? t('Search all tables') : t('Search or run a command');
  return (
    <>
      <div className="command-field">
        {searching ? <Loader size={16} /> : <IconSearch size={16} aria-hidden />}
        <input ref={field} data-autofocus autoFocus role="combobox" aria-expanded aria-controls={id} aria-activedescendant={entries[at] ? `${id}-${at}` : undefined} aria-autocomplete="list" aria-label={label} placeholder={label}
          value={words} onChange={(e) => { setWords(e.target.value); setActive(0); }} onKeyDown={onKeyDown} autoComplete="off" spellCheck={false} />
        <Kbd size="xs">Esc</Kbd>
      </div>
      {entries.length > 0 && <Results entries={entries} active={at} id={id} run={run} point={setActive} />}
      {entries.length === 0 && <p className="command-none" role="status">{words.trim().length > 1 ? (settled ? t('Nothing found for “{{words}}”. Names, e-mails and phone numbers are searched, in any spelling.', { words: words.trim() }) : t('Searching …')) : t('Type a name, an e-mail address or a phone number.')}</p>}
    </>
  );
}

/** Where the command menu appears; once in the frame. */
export function CommandMenu() {
  const { t } = useTranslation();
  const now = useSyncExternalStore(onOpening, openedMode);
  const close = useMemo(() => () => openCommandMenu('closed'), []);
  return (
    <Modal opened={now !== 'closed'} onClose={close} withCloseButton={false} padding={0} size={600} yOffset="12vh" attributes={{ content: { 'aria-label': t('Command menu') } }} transitionProps={{ duration: 80 }} classNames={{ content: 'command-box' }}>
      {now !== 'closed' && <Dialog only={now} close={close} />}
    </Modal>
  );
}
