// Read or edit: as a badge, and as a choice with its consequence in words.
import { Badge, Input, SegmentedControl, Text } from '@mantine/core';
import { IconEye, IconPencil, IconStar } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

export type Level = 'read' | 'edit' | 'full';
const LEVELS: Record<Level, { word: string; icon: typeof IconEye; color: string }> = {
  read: { word: 'Reads', icon: IconEye, color: 'gray' }, edit: { word: 'Edits', icon: IconPencil, color: 'accent' }, full: { word: 'Everything', icon: IconStar, color: 'accent' },
};

export function LevelBadge({ level }: { level: Level }) {
  const { t } = useTranslation();
  const { word, icon: Icon, color } = LEVELS[level];
  return <Badge color={color} leftSection={<Icon size={12} aria-hidden />} flex="none">{t(word)}</Badge>;
}

export function LevelPicker({ label, value, onChange }: { label: string; value: 'read' | 'edit'; onChange: (level: 'read' | 'edit') => void }) {
  const { t } = useTranslation();
  return (
    <Input.Wrapper label={label} labelElement="div">
      <div>
        <SegmentedControl size="xs" aria-label={label} value={value} onChange={(v) => onChange(v as 'read' | 'edit')} data={[{ value: 'read', label: t('Read') }, { value: 'edit', label: t('Read and edit') }]} />
        <Text size="xs" c="dimmed" mt={4}>{value === 'read' ? t('See, and change nothing.') : t('See and change. Deleting, handing over and sharing stay with the owner and the managers above.')}</Text>
      </div>
    </Input.Wrapper>
  );
}
