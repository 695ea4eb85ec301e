// Parts of the sharing settings: what members may do with the records of others, and what links open.
import { useState } from 'react';
import { Badge, Button, Group, Radio, Select, Stack, Text } from '@mantine/core';
import { IconArrowRight, IconEye, IconLink, IconLock, IconPencil } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { LinkSight, SharingDefault } from '../../catalogue/catalogue.ts';
import { call } from '../../web/client.ts';
import { Section } from '../../web/settings_page.tsx';
import { TryIt, type Change } from '../../web/simulation.tsx';
import { say, sayFault } from '../../web/toast.ts';
import { tablesChanged, type WholeField, type WholeTable } from '../../web/whole_tables.ts';
import classes from '../../web/sharing_rows.module.css';

const WAYS: { value: SharingDefault; label: string; icon: typeof IconLock; means: string; then: string }[] = [
  { value: 'private', label: 'Private', icon: IconLock, means: 'Only the owner and the managers above.', then: 'From the next request on, members no longer find the records of colleagues: they vanish from lists, search, links and files.' },
  { value: 'read', label: 'Everyone reads', icon: IconEye, means: 'All see them; the owner and the managers above edit.', then: 'Every member whose profile knows this table sees all its records, and changes only their own and those of members below.' },
  { value: 'edit', label: 'Everyone edits', icon: IconPencil, means: 'All see and edit them; deleting and handing over stay with owner and managers.', then: 'Every member whose profile knows this table sees all its records, and changes them as far as the profile allows.' },
  { value: 'parent', label: 'As their parent', icon: IconLink, means: 'Whatever one may do with the record they link to.', then: 'Whoever sees the parent sees these records, with the same level. Their owners have no way of their own any more, and rules, teams and shares on this table count for nothing. Without a parent: the owner and the managers above.' },
];
/** A sharing default in two words. */
export const defaultWords = (value: SharingDefault): string => WAYS.find((w) => w.value === value)!.label;

const linksOf = (table: WholeTable) => table.fields.filter((f) => f.kind === 'link' && f.to && f.to !== '*');

interface Wanted { default: SharingDefault; parent?: string }

function Then({ children, saving, tries, onCancel, onApply, ready = true }: { children: React.ReactNode; saving: boolean; tries: Change; onCancel: () => void; onApply: () => void; ready?: boolean }) {
  const { t } = useTranslation();
  return (
    <Group className={classes.then} gap="sm" align="center" role="status">
      <Text size="sm" flex="1 1 260px">{children}</Text>
      <Group gap="xs" ml="auto" wrap="nowrap">{ready && <TryIt change={tries} />}<Button variant="default" onClick={onCancel}>{t('Cancel')}</Button><Button loading={saving} disabled={!ready} onClick={onApply}>{t('Apply')}</Button></Group>
    </Group>
  );
}

function useDefault(table: WholeTable) {
  const { t } = useTranslation();
  const [wanted, want] = useState<Wanted | null>(null);
  const save = useMutation({
    mutationFn: (body: Wanted) => call('PUT', `/tables/${table.name}/sharing`, { body }),
    onSuccess: async () => { await tablesChanged(); want(null); say(t('{{table}}: saved. It counts from the next request on.', { table: table.labels })); },
    onError: sayFault,
  });
  return { wanted, want, save };
}

/** What all members may do with the records of others. */
export function DefaultSharing({ table }: { table: WholeTable }) {
  const { t } = useTranslation();
  const { wanted, want, save } = useDefault(table);
  const stored = table.sharing;
  const links = linksOf(table);
  const choose = (value: string) => want(value === stored.default ? null : { default: value as SharingDefault, ...(value === 'parent' && { parent: links[0]?.name }) });
  const shown = wanted ?? stored;
  const through = (parent: string | null) => want(parent === stored.parent && stored.default === 'parent' ? null : { default: 'parent', parent: parent ?? undefined });
  return (
    <Section title={t('By default')} about={t('What every member whose profile sees this table may do with records of others.')}>
      <Radio.Group value={shown.default} onChange={choose} aria-label={t('Who sees {{table}}', { table: table.labels })} className={classes.ways}>
        <div className={classes.cards}>
          {WAYS.filter(({ value }) => value !== 'parent' || links.length > 0 || stored.default === 'parent').map(({ value, label, means, icon: Icon }) => (
            <Radio.Card key={value} value={value} className={classes.card} data-now={value === stored.default || undefined}>
              <Group gap={6} wrap="nowrap">
                <Icon size={15} stroke={1.6} aria-hidden />
                <Text size="sm" fw={500}>{t(label)}</Text>
                {value === stored.default && wanted && <Badge size="xs" color="gray">{t('now')}</Badge>}
                <Radio.Indicator size="xs" ml="auto" />
              </Group>
              <Text size="xs" c="dimmed" mt={3}>{t(means)}</Text>
            </Radio.Card>
          ))}
        </div>
      </Radio.Group>
      {shown.default === 'parent' && <Select mt="xs" maw={320} label={t('Link to the parent')} data={links.map((f) => ({ value: f.name, label: f.label }))} value={shown.parent ?? null} onChange={through} />}
      {wanted && <Then saving={save.isPending} tries={{ method: 'PUT', path: `/tables/${table.name}/sharing`, body: wanted }} ready={wanted.default !== 'parent' || !!wanted.parent} onCancel={() => want(null)} onApply={() => save.mutate(wanted)}>{t(WAYS.find((w) => w.value === wanted.default)!.then)}</Then>}
    </Section>
  );
}

const NO_WAY: LinkSight = { parent: 'label', children: 'none' };

function LinkRow({ table, field, parent }: { table: WholeTable; field: WholeField; parent: WholeTable }) {
  const { t } = useTranslation();
  const stored = field.sharing ?? NO_WAY;
  const [wanted, want] = useState<LinkSight | null>(null);
  const shown = wanted ?? stored;
  const put = (part: Partial<LinkSight>) => { const next = { ...shown, ...part }; want(next.parent === stored.parent && next.children === stored.children ? null : next); };
  const save = useMutation({
    mutationFn: (body: LinkSight) => call('PUT', `/tables/${table.name}/links/${field.name}/sharing`, { body }),
    onSuccess: async () => { await tablesChanged(); want(null); say(t('{{table}}: saved. It counts from the next request on.', { table: `${table.labels}, ${field.label}` })); },
    onError: sayFault,
  });
  const said = { child: table.labels, parent: parent.labels, field: field.label };
  const up: Record<LinkSight['parent'], string> = {
    none: t('Who does not see the linked record finds the field empty.'), label: t('Who does not see the linked record reads its name, with a lock, and cannot open it.'),
    read: t('Whoever sees one of these records reads the whole linked one as well.'),
  };
  const down = shown.children === 'read' ? t('Owners of {{parent}}, and managers above them, read what links to their records.', said) : t('Owning the linked record opens nothing here.');
  return (
    <li className={classes.link}>
      <Group gap={6} className={classes.linkHead}><Text fw={500}>{table.label}</Text><IconArrowRight size={14} aria-hidden /><Text fw={500}>{parent.label}</Text>{field.label !== parent.label && <Text c="dimmed">{t('by {{field}}', said)}</Text>}</Group>
      <div className={classes.linkChoices}>
        <Select label={t('Who sees one of {{child}} sees of its “{{field}}”', said)} description={up[shown.parent]} inputWrapperOrder={['label', 'input', 'description']} value={shown.parent} onChange={(v) => put({ parent: v as LinkSight['parent'] })}
          data={[{ value: 'none', label: t('nothing') }, { value: 'label', label: t('the name') }, { value: 'read', label: t('everything, to read') }]} />
        <Select label={t('Who owns one of {{parent}} sees of {{child}} linked to it', said)} description={down} inputWrapperOrder={['label', 'input', 'description']} value={shown.children} onChange={(v) => put({ children: v as LinkSight['children'] })}
          data={[{ value: 'none', label: t('nothing more') }, { value: 'read', label: t('everything, to read') }]} />
      </div>
      {wanted && <Then saving={save.isPending} tries={{ method: 'PUT', path: `/tables/${table.name}/links/${field.name}/sharing`, body: wanted }} onCancel={() => want(null)} onApply={() => save.mutate(wanted)}>{shown.parent === 'read' || shown.children === 'read' ? t('This opens records to more members. It does not go on from record to record: one step only.') : t('This closes again what the link opened, from the next request on.')}</Then>}
    </li>
  );
}

/** What the links of a table open beyond it. */
export function LinkSharing({ table, tables }: { table: WholeTable; tables: WholeTable[] }) {
  const { t } = useTranslation();
  const links = linksOf(table).map((field) => ({ field, parent: tables.find((x) => x.name === field.to) })).filter((l) => l.parent);
  if (links.length === 0) return null;
  return (
    <Section title={t('Through links')} about={t('What a link from one of these records to another one opens, in both directions.')}>
      <Stack gap="xs"><ul className={classes.rows}>{links.map(({ field, parent }) => <LinkRow key={`${table.name}.${field.name}`} table={table} field={field} parent={parent!} />)}</ul></Stack>
    </Section>
  );
}
