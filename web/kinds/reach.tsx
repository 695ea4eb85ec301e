// Lists of e-mail addresses and phone numbers, one of them the primary one.
import { ActionIcon, Button, Group, Input, Stack, TextInput, Tooltip } from '@mantine/core';
import { IconPlus, IconStar, IconStarFilled, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Reach } from './format.ts';
import type { InputProps } from './props.ts';

const onlyOnePrimary = (list: Reach[]): Reach[] => {
  const primary = Math.max(0, list.findIndex((v) => v.primary));
  return list.map((v, i) => ({ ...v, primary: i === primary }));
};

export function ReachInput(props: InputProps) {
  const { t } = useTranslation();
  const key = props.field.kind === 'emails' ? 'address' : 'number';
  const kept = (props.value ?? []) as Reach[];
  const list: Reach[] = kept.length ? kept : [{ [key]: '', label: null, primary: true }];
  const change = (next: Reach[]) => props.onChange(onlyOnePrimary(next));
  const set = (index: number, part: Partial<Reach>) => change(list.map((v, i) => (i === index ? { ...v, ...part } : v)));
  const what = props.field.label;
  return (
    <Input.Wrapper label={props.label} error={props.error} withAsterisk={props.required} labelElement="div">
      <Stack gap={4}>
        {list.map((entry, i) => (
          <Group key={i} gap={4} wrap="nowrap">
            <Tooltip label={t('Primary')}>
              <ActionIcon aria-label={t('Make primary')} aria-pressed={entry.primary} onClick={() => change(list.map((v, k) => ({ ...v, primary: k === i })))}>
                {entry.primary ? <IconStarFilled size={14} /> : <IconStar size={14} />}
              </ActionIcon>
            </Tooltip>
            <TextInput flex={1} miw={120} aria-label={`${what} ${i + 1}`} inputMode={key === 'address' ? 'email' : 'tel'} autoComplete="off" error={!!props.error} data-autofocus={(props.autoFocus && i === 0) || undefined}
              value={entry[key] ?? ''} onChange={(e) => set(i, { [key]: e.currentTarget.value })} placeholder={key === 'address' ? t('name@example.com') : '+49 30 1234567'} />
            <TextInput w={84} aria-label={t('Label of {{what}} {{n}}', { what, n: i + 1 })} placeholder={t('Label')} value={entry.label ?? ''} onChange={(e) => set(i, { label: e.currentTarget.value || null })} />
            <ActionIcon aria-label={t('Remove')} onClick={() => change(list.filter((_, k) => k !== i))}><IconX size={14} /></ActionIcon>
          </Group>
        ))}
        <Button variant="subtle" color="gray" size="compact-xs" w="fit-content" leftSection={<IconPlus size={13} />} onClick={() => change([...list, { [key]: '', label: null, primary: false }])}>{t('Add another')}</Button>
      </Stack>
    </Input.Wrapper>
  );
}
