// The terms and the privacy notice, readable in place, with a box for each that nobody has ticked beforehand (SPEC 1.5).
import { useState } from 'react';
import { Anchor, Checkbox, Collapse, ScrollArea, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { call } from './client.ts';

interface Notice { version: string; text: string }
export interface Accepted { terms: boolean; privacy: boolean }

function OneNotice({ notice, label, read, checked, error, onChange }: { notice?: Notice; label: string; read: string; checked: boolean; error?: string; onChange: (on: boolean) => void }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <div>
      <Checkbox size="xs" checked={checked} error={error} onChange={(e) => onChange(e.currentTarget.checked)} label={label} />
      <Anchor component="button" type="button" size="xs" ml={26} mt={2} aria-expanded={open} onClick={() => setOpen(!open)}>{open ? t('Close') : read}</Anchor>
      <Collapse expanded={open}>
        <ScrollArea.Autosize mah={220} mt={6} p="sm" bd="1px solid var(--mantine-color-default-border)" style={{ borderRadius: 6 }} viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': read }}>
          <Text size="xs" style={{ whiteSpace: 'pre-wrap' }}>{notice?.text ?? t('Loading')}</Text>
          {notice && <Text size="xs" c="dimmed" mt="xs">{t('Version {{version}}', { version: notice.version })}</Text>}
        </ScrollArea.Autosize>
      </Collapse>
    </div>
  );
}

/** Both notices; `errors` says which box was forgotten. */
export function Notices({ value, errors, onChange }: { value: Accepted; errors?: { terms?: string; privacy?: string }; onChange: (value: Accepted) => void }) {
  const { t } = useTranslation();
  const { data } = useQuery({ queryKey: ['notices', 'sign-up'], queryFn: () => call<{ terms: Notice; privacy: Notice }>('GET', '/notices/sign-up') });
  return (
    <Stack gap="xs">
      <OneNotice notice={data?.terms} label={t('I accept the terms of use.')} read={t('Read the terms of use')} checked={value.terms} error={errors?.terms} onChange={(terms) => onChange({ ...value, terms })} />
      <OneNotice notice={data?.privacy} label={t('I have read the privacy notice.')} read={t('Read the privacy notice')} checked={value.privacy} error={errors?.privacy} onChange={(privacy) => onChange({ ...value, privacy })} />
    </Stack>
  );
}
