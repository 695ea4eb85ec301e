// The screen of the first run: the company, the first administrator, and who sees records at first.
import { useState } from 'react';
import { Button, Divider, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { call, queries } from '../../web/client.ts';
import { atFields } from '../../web/faults.ts';
import { NewPassword } from '../../web/new_password.tsx';
import { Notices } from '../../web/notices.tsx';
import { Outside } from '../../web/outside.tsx';
import type { SharingDefault } from '../../catalogue/catalogue.ts';

const empty = { tenant: '', name: '', email: '', password: '', sharing: 'edit' as SharingDefault, accept: { terms: false, privacy: false } };
type SetupForm = ReturnType<typeof useSetup>['form'];
const FIELDS = ['tenant', 'name', 'email', 'password', 'sharing', 'accept.terms', 'accept.privacy'] as const;

const WHO_SEES: { value: SharingDefault; label: string; means: string }[] = [
  { value: 'edit', label: 'Everyone sees and edits', means: 'Small teams that trust each other work fastest this way.' },
  { value: 'read', label: 'Everyone sees, owners edit', means: 'Only the owner of a record and the managers above change it.' },
  { value: 'private', label: 'Only owners and their managers', means: 'Nobody sees the records of colleagues unless they are shared.' },
];

function WhoSees({ form }: { form: SetupForm }) {
  const { t } = useTranslation();
  return (
    <Radio.Group label={t('Who sees records at first?')} description={t('It can be changed for each table later, under Settings → Sharing.')} {...form.getInputProps('sharing')}>
      <Stack gap={6} mt={8}>
        {WHO_SEES.map(({ value, label, means }) => (
          <Radio.Card key={value} value={value} p="xs" radius="sm" style={{ display: 'flex', gap: 10, alignItems: 'flex-start' }}>
            <Radio.Indicator size="xs" mt={2} />
            <div>
              <Text fw={500}>{t(label)}</Text>
              <Text c="dimmed" size="xs">{t(means)}</Text>
            </div>
          </Radio.Card>
        ))}
      </Stack>
    </Radio.Group>
  );
}

function useSetup() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [busy, setBusy] = useState(false);
  const form = useForm({
    initialValues: empty,
    validate: {
      tenant: (v) => (v.trim() ? null : t('Please enter the name of the company.')),
      name: (v) => (v.trim() ? null : t('Please enter your name.')),
      email: (v) => (/^\S+@\S+$/.test(v.trim()) ? null : t('Please enter an e-mail address.')),
      password: (v) => (v.length < 8 ? t('At least 8 characters, please.') : null),
      accept: { terms: (v) => (v ? null : t('Needed to go on.')), privacy: (v) => (v ? null : t('Needed to go on.')) },
    },
  });
  const submit = form.onSubmit(async (values) => {
    setBusy(true);
    try {
      await call('POST', '/setup', { body: { ...values, tenant: values.tenant.trim(), name: values.name.trim(), email: values.email.trim() } });
      queries.clear();
      await navigate({ to: '/' });
    } catch (fault) {
      atFields(fault, FIELDS, form.setErrors);
    } finally {
      setBusy(false);
    }
  });
  return { form, submit, busy };
}

/** `/setup`: only while the installation has no tenant. */
export function SetupScreen() {
  const { t } = useTranslation();
  const { form, submit, busy } = useSetup();
  return (
    <Outside width={460} title={t('Welcome to Steward')} about={t('A minute, and your CRM is open. You will be its first administrator.')}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <TextInput label={t('Company')} autoComplete="organization" maxLength={200} autoFocus required withAsterisk={false} {...form.getInputProps('tenant')} />
          <TextInput label={t('Your name')} autoComplete="name" maxLength={200} required withAsterisk={false} {...form.getInputProps('name')} />
          <TextInput label={t('E-mail')} type="email" autoComplete="username" maxLength={254} required withAsterisk={false} {...form.getInputProps('email')} />
          <NewPassword {...form.getInputProps('password')} />
          <Divider my={4} />
          <WhoSees form={form} />
          <Divider my={4} />
          <Notices value={form.values.accept} errors={{ terms: form.errors['accept.terms'] as string, privacy: form.errors['accept.privacy'] as string }}
            onChange={(accept) => { form.setFieldValue('accept', accept); form.clearFieldError('accept.terms'); form.clearFieldError('accept.privacy'); }} />
          <Button type="submit" size="sm" fullWidth loading={busy} mt={4}>{t('Open Steward')}</Button>
        </Stack>
      </form>
    </Outside>
  );
}
