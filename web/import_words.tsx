// Words of a file that are not choices yet: said once what they stand for, all their rows are good.
import { useState } from 'react';
import { Button, Group, Paper, Select, SimpleGrid, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { fieldNameOf, type FoundProblem, type Target } from './imports.ts';
import { fieldOf, type SeenField, type SeenTable } from './me.ts';

interface Word { column: string; value: string; field: SeenField }

/** The different words, by column, that stand where a choice is meant. */
export function unknownWords(problems: FoundProblem[], mapping: Record<string, Target>, table: SeenTable): Word[] {
  const found = new Map<string, Word>();
  for (const { column, value } of problems) {
    const field = column && value?.trim() ? fieldOf(table, fieldNameOf(mapping[column]) ?? '') : undefined;
    if (field?.kind === 'choice' && field.choices) found.set(`${column}\n${value!.trim().toLowerCase()}`, { column: column!, value: value!.trim(), field });
  }
  return [...found.values()].slice(0, 30);
}

/** The mapping with what has been said about words. */
export function withWords(mapping: Record<string, Target>, said: { column: string; value: string; means: string }[]): Record<string, Target> {
  const next = { ...mapping };
  for (const { column, value, means } of said) {
    const to = next[column];
    const whole = typeof to === 'object' && to ? to : { field: fieldNameOf(to)! };
    next[column] = { ...whole, values: { ...whole.values, [value]: means } };
  }
  return next;
}

export function ImportWords({ words, busy, onSay }: { words: Word[]; busy: boolean; onSay: (said: { column: string; value: string; means: string }[]) => void }) {
  const { t } = useTranslation();
  const [means, setMeans] = useState<Record<string, string | null>>({});
  const said = words.flatMap(({ column, value }) => { const m = means[`${column}\n${value}`]; return m ? [{ column, value, means: m }] : []; });
  if (words.length === 0) return null;
  return (
    <Paper withBorder p="md" radius="md">
      <Stack gap="sm">
        <div>
          <Text fw={600}>{t('Words that are not choices yet')}</Text>
          <Text size="xs" c="dimmed">{t('Say what they stand for, and the rows are good.')}</Text>
        </div>
        <SimpleGrid cols={{ base: 1, sm: 2, md: 3 }} spacing="sm" verticalSpacing="sm">
          {words.map(({ column, value, field }) => (
            <Select key={`${column}\n${value}`} label={`${column}: ${value}`} placeholder={t('stands for …')} clearable data={field.choices!.map((c) => ({ value: c.value, label: c.label }))}
              value={means[`${column}\n${value}`] ?? null} onChange={(m) => setMeans({ ...means, [`${column}\n${value}`]: m })} />
          ))}
        </SimpleGrid>
        <Group><Button variant="default" disabled={said.length === 0} loading={busy} onClick={() => onSay(said)}>{t('Take over and check again')}</Button></Group>
      </Stack>
    </Paper>
  );
}
