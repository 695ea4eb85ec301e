// The fields of one record in sections, each edited in place.
import { useRef, useState } from 'react';
import { ActionIcon, Tooltip } from '@mantine/core';
import { IconLock, IconPencil } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { SeenField, SeenTable } from './me.ts';
import { accessQuery, SYSTEM_FIELDS, type Row } from './records.ts';
import { isEmpty, Show } from './kinds/show.tsx';
import { FieldLabel } from './field_label.tsx';
import { CellEditor } from './cell_editor.tsx';
import { saveField } from './save.ts';
import { sectionsOf } from './form.tsx';
import { Owner } from './owner.tsx';

interface LineProps { table: SeenTable; row: Row; field: SeenField; writable: boolean }

function FieldLine({ table, row, field, writable }: LineProps) {
  const { t } = useTranslation();
  const [editing, edit] = useState(false);
  const pencil = useRef<HTMLButtonElement>(null);
  const close = (by: 'key' | 'away') => { edit(false); if (by === 'key') requestAnimationFrame(() => pencil.current?.focus()); };
  const value = row[field.name];
  const empty = isEmpty(value);
  return (
    <div className="field-line" data-writable={writable || undefined}>
      <dt><FieldLabel field={field} /></dt>
      <dd onClick={(e) => { if (writable && !editing && !(e.target as Element).closest('a')) edit(true); }}>
        {editing
          ? <CellEditor field={field} value={value} save={(v) => saveField(table.name, row, field, v)} close={close} />
          : <>
            <span className="field-value">{empty ? <span className="none">{writable ? t('Empty') : '–'}</span> : <Show field={field} value={value} whole />}</span>
            {writable
              ? <ActionIcon ref={pencil} size={22} className="field-edit" aria-label={t('Edit {{what}}', { what: field.label })}><IconPencil size={13} /></ActionIcon>
              : <Tooltip label={field.computed ? t('Computed') : t('Read only')}><span className="field-edit field-lock"><IconLock size={12} aria-hidden /></span></Tooltip>}
          </>}
      </dd>
    </div>
  );
}

/** All seen fields of a record; those that this member may change here open on click. */
export function Fields({ table, row, onGone, heading: Heading = 'h3' }: { table: SeenTable; row: Row; onGone: () => void; heading?: 'h2' | 'h3' }) {
  const { t } = useTranslation();
  const access = useQuery(accessQuery(table.name, row.id)).data;
  const mayChange = table.can.change && !table.append_only && access?.change !== false;
  const writable = (f: SeenField) => mayChange && f.level === 'write' && !f.computed && (access?.fields?.[f.name] ?? 'write') === 'write';
  return (
    <div className="fields">
      {sectionsOf(table).map((section) => (
        <section key={section.label}>
          {section.label && <Heading className="section-title">{t(section.label)}</Heading>}
          <dl>{section.fields.map((field) => <FieldLine key={field.name} table={table} row={row} field={field} writable={writable(field)} />)}</dl>
        </section>
      ))}
      <section>
        <Heading className="section-title">{t('Record')}</Heading>
        <dl>
          <Owner table={table} row={row} onGone={onGone} />
          {SYSTEM_FIELDS.filter((f) => f.name !== 'owner' && row[f.name]).map((field) => (
            <div key={field.name} className="field-line"><dt>{t(field.label)}</dt><dd><span className="field-value"><Show field={field} value={row[field.name]} whole /></span></dd></div>
          ))}
        </dl>
      </section>
    </div>
  );
}
