// Order of fields: columns of the list, and sections of the form and record page.
import { ActionIcon, Button, SimpleGrid, Text, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Layout } from '../catalogue/catalogue.ts';
import { Arrange, moved, type ArrangedGroup } from './arrange.tsx';
import { KindIcon } from './kind_words.tsx';
import type { WholeField } from './whole_tables.ts';

interface Props { fields: WholeField[]; layout: Layout; onChange: (layout: Layout) => void }

function useWords(fields: WholeField[]) {
  const fieldOf = (name: string) => fields.find((f) => f.name === name);
  const label = (name: string) => fieldOf(name)?.label ?? name;
  const show = (name: string) => <>{fieldOf(name) && <KindIcon kind={fieldOf(name)!.kind} />}{label(name)}</>;
  return { label, show };
}

function Columns({ fields, layout, onChange }: Props) {
  const { t } = useTranslation();
  const words = useWords(fields);
  const list = layout.list.filter((name) => fields.some((f) => f.name === name));
  const groups: ArrangedGroup[] = [
    { key: 'shown', head: t('Shown'), items: list },
    { key: 'rest', head: t('Not shown'), items: fields.map((f) => f.name).filter((name) => !list.includes(name)), hint: t('All fields are shown.') },
  ];
  return <Arrange groups={groups} {...words} onMove={(item, g, i) => onChange({ ...layout, list: moved(groups, item, g, i)[0].items })} />;
}

function Sections({ fields, layout, onChange }: Props) {
  const { t } = useTranslation();
  const words = useWords(fields);
  const placed = layout.page.flatMap((s) => s.fields);
  const rename = (at: number, label: string) => onChange({ ...layout, page: layout.page.map((s, i) => (i === at ? { ...s, label } : s)) });
  const remove = (at: number) => onChange({ ...layout, page: layout.page.filter((_, i) => i !== at) });
  const sections: ArrangedGroup[] = layout.page.map((section, at) => ({
    key: String(at), items: section.fields.filter((name) => fields.some((f) => f.name === name)),
    head: (
      <>
        <TextInput variant="unstyled" flex={1} aria-label={t('Name of section {{n}}', { n: at + 1 })} value={section.label} maxLength={200} fw={500} onChange={(e) => rename(at, e.currentTarget.value)} />
        {layout.page.length > 1 && <ActionIcon size={24} aria-label={t('Remove the section')} onClick={() => remove(at)}><IconTrash size={14} /></ActionIcon>}
      </>
    ),
  }));
  const groups = [...sections, { key: 'rest', head: t('Not shown'), items: fields.map((f) => f.name).filter((name) => !placed.includes(name)), hint: t('All fields are shown.') }];
  const move = (item: string, g: number, i: number) => {
    const next = moved(groups, item, g, i);
    onChange({ ...layout, page: layout.page.map((s, at) => ({ ...s, fields: next[at].items })) });
  };
  return (
    <>
      <Arrange groups={groups} {...words} onMove={move} />
      <Button mt="xs" variant="default" size="compact-sm" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => onChange({ ...layout, page: [...layout.page, { label: t('More'), fields: [] }] })}>{t('Add a section')}</Button>
    </>
  );
}

export function LayoutEditor(props: Props) {
  const { t } = useTranslation();
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl">
      <div>
        <Text fw={600} mb={2}>{t('Form and record page')}</Text>
        <Text c="dimmed" size="xs" mb="xs">{t('Drag fields, or use the arrows.')}</Text>
        <Sections {...props} />
      </div>
      <div>
        <Text fw={600} mb={2}>{t('Columns of the list')}</Text>
        <Text c="dimmed" size="xs" mb="xs">{t('Everyone begins with these; each member may choose others.')}</Text>
        <Columns {...props} />
      </div>
    </SimpleGrid>
  );
}
