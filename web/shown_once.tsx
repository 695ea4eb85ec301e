// A secret that is shown a single time: link of an invitation, API token.
import { Alert, Button, CopyButton, Group, Text, TextInput } from '@mantine/core';
import { IconCheck, IconCopy, IconEyeExclamation } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

export function ShownOnce({ label, value, children }: { label: string; value: string; children?: React.ReactNode }) {
  const { t } = useTranslation();
  return (
    <Alert variant="light" icon={<IconEyeExclamation size={18} aria-hidden />} title={t('Shown only now')}>
      <Text mb="xs">{children}</Text>
      <Group gap="xs" align="flex-end" wrap="nowrap">
        <TextInput label={label} value={value} readOnly onFocus={(e) => e.currentTarget.select()} flex={1} styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12 } }} />
        <CopyButton value={value} timeout={3000}>
          {({ copied, copy }) => (
            <Button onClick={copy} leftSection={copied ? <IconCheck size={15} aria-hidden /> : <IconCopy size={15} aria-hidden />}>
              {copied ? t('Copied') : t('Copy')}
            </Button>
          )}
        </CopyButton>
      </Group>
    </Alert>
  );
}
