// The values of a choice: words, colours, order.
import { useRef } from 'react';
import { ActionIcon, Button, ColorSwatch, Group, Menu, Stack, Text, TextInput } from '@mantine/core';
import { IconChevronDown, IconChevronUp, IconPlus, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Choice } from '../catalogue/catalogue.ts';
import { nameFrom } from './kind_words.tsx';

const COLORS = ['gray', 'red', 'pink', 'grape', 'violet', 'indigo', 'blue', 'cyan', 'teal', 'green', 'lime', 'yellow', 'orange'] as const;
const swatch = (color = 'gray') => `var(--mantine-color-${color}-5)`;

/** A value that no other choice has, made from the words. */
function valueFor(label: string, others: Choice[]): string {
  const base = nameFrom(label) || 'choice';
  let value = base;
  for (let i = 2; others.some((c) => c.value === value); i++) value = `${base}_${i}`;
  return value;
}

function Colour({ color, onChange, name }: { color?: string; onChange: (color: string) => void; name: string }) {
  const { t } = useTranslation();
  return (
    <Menu position="bottom-start">
      <Menu.Target><ActionIcon aria-label={t('Colour of {{name}}', { name })}><ColorSwatch size={14} color={swatch(color)} withShadow={false} /></ActionIcon></Menu.Target>
      <Menu.Dropdown>
        <Group gap={4} p={4} maw={170}>
          {COLORS.map((c) => <ActionIcon key={c} component="button" aria-label={t(c)} aria-pressed={c === color} onClick={() => onChange(c)}><ColorSwatch size={16} color={swatch(c)} withShadow={false} /></ActionIcon>)}
        </Group>
      </Menu.Dropdown>
    </Menu>
  );
}

/** `stored` are values that records may hold already: their value stays when they are renamed. */
export function ChoicesEditor({ choices, stored, error, onChange }: { choices: Choice[]; stored: readonly string[]; error?: React.ReactNode; onChange: (choices: Choice[]) => void }) {
  const { t } = useTranslation();
  const list = useRef<HTMLDivElement>(null);
  const put = (i: number, part: Partial<Choice>) => onChange(choices.map((c, k) => (k === i ? { ...c, ...part } : c)));
  const rename = (i: number, label: string) => put(i, stored.includes(choices[i].value) ? { label } : { label, value: valueFor(label, choices.filter((_, k) => k !== i)) });
  const swap = (i: number, k: number) => onChange(choices.map((c, at) => (at === i ? choices[k] : at === k ? choices[i] : c)));
  const add = () => {
    onChange([...choices, { value: valueFor('', choices), label: '', color: COLORS[(choices.length * 5 + 6) % COLORS.length] }]);
    requestAnimationFrame(() => [...(list.current?.querySelectorAll('input') ?? [])].at(-1)?.focus());
  };
  return (
    <div>
      <Text size="sm" fw={500} mb={4}>{t('Choices')}</Text>
      <Stack gap={4} ref={list}>
        {choices.map((choice, i) => (
          <Group key={i} gap={4} wrap="nowrap">
            <Colour color={choice.color} name={choice.label} onChange={(color) => put(i, { color })} />
            <TextInput flex={1} aria-label={t('Choice {{n}}', { n: i + 1 })} value={choice.label} maxLength={200} onChange={(e) => rename(i, e.currentTarget.value)}
              onKeyDown={(e) => { if (e.key === 'Enter') { e.preventDefault(); add(); } }} />
            <ActionIcon disabled={i === 0} aria-label={t('Up')} onClick={() => swap(i, i - 1)}><IconChevronUp size={14} /></ActionIcon>
            <ActionIcon disabled={i === choices.length - 1} aria-label={t('Down')} onClick={() => swap(i, i + 1)}><IconChevronDown size={14} /></ActionIcon>
            <ActionIcon aria-label={t('Remove {{name}}', { name: choice.label })} onClick={() => onChange(choices.filter((_, k) => k !== i))}><IconTrash size={14} /></ActionIcon>
          </Group>
        ))}
        <Button variant="default" size="compact-sm" w="fit-content" leftSection={<IconPlus size={14} aria-hidden />} onClick={add}>{t('Add a choice')}</Button>
      </Stack>
      {error && <Text size="xs" c="red" mt={4}>{error}</Text>}
    </div>
  );
}
