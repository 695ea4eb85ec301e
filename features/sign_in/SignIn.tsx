// Sign-in, accepting an invitation, and what a member keeps open: sessions and API tokens.
import { useState } from 'react';
import { Alert, Badge, Button, PasswordInput, Select, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { IconAlertCircle, IconDeviceLaptop, IconKey, IconLock, IconMailOff, IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { call, queries, Refusal } from '../../web/client.ts';
import { DemoBar } from '../../web/demo_bar.tsx';
import { Dialog } from '../../web/dialog.tsx';
import { everyPage } from '../../web/every_page.ts';
import { atFields, sentenceOf } from '../../web/faults.ts';
import { NewPassword } from '../../web/new_password.tsx';
import { Empty, Loading } from '../../web/nothing_here.tsx';
import { Notices } from '../../web/notices.tsx';
import { Outside } from '../../web/outside.tsx';
import { List, Row } from '../../web/quiet_list.tsx';
import { RowsComing, SettingsPage } from '../../web/settings_page.tsx';
import { ShownOnce } from '../../web/shown_once.tsx';
import { day, dayAndTime, deviceOf, inDays } from '../../web/moments.ts';
import { say, sayFault } from '../../web/toast.ts';

/** Only addresses of this window: `//elsewhere` would lead away. */
const inside = (then: unknown) => (typeof then === 'string' && /^\/(?![/\\])/.test(then) ? then : '/');

interface Asked { code: boolean; tenant: boolean }

function useSignIn() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as { then?: string };
  const [asked, setAsked] = useState<Asked>({ code: false, tenant: false });
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const form = useForm({
    initialValues: { email: '', password: '', code: '', tenant: '' },
    validate: {
      email: (v) => (v.trim() ? null : t('Please enter your e-mail address.')),
      password: (v) => (v ? null : t('Please enter your password.')),
    },
  });
  const submit = form.onSubmit(async ({ email, password, code, tenant }) => {
    setBusy(true);
    setProblem(null);
    try {
      await call('POST', '/session', { body: { email: email.trim(), password, ...(code && { code }), ...(tenant && { tenant }) } });
      queries.clear();
      await navigate({ href: inside(search.then) });
    } catch (fault) {
      const named = fault instanceof Refusal ? fault.errors.map((e) => e.field) : [];
      setAsked({ code: asked.code || named.includes('code'), tenant: asked.tenant || named.includes('tenant') });
      setProblem(sentenceOf(fault));
    } finally {
      setBusy(false);
    }
  });
  return { form, submit, asked, problem, busy };
}

/** `/sign-in?then=…` */
export function SignInScreen() {
  const { t } = useTranslation();
  const { form, submit, asked, problem, busy } = useSignIn();
  return (
    <Outside title={t('Sign in')} above={<DemoBar />}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          {problem && <Alert color="red" variant="light" icon={<IconAlertCircle size={16} aria-hidden />} role="alert">{problem}</Alert>}
          <TextInput label={t('E-mail')} type="email" autoComplete="username" autoFocus required withAsterisk={false} {...form.getInputProps('email')} />
          <PasswordInput label={t('Password')} autoComplete="current-password" required withAsterisk={false} {...form.getInputProps('password')} />
          {asked.tenant && <TextInput label={t('Company')} description={t('Your address belongs to several companies.')} {...form.getInputProps('tenant')} />}
          {asked.code && <TextInput label={t('Code')} inputMode="numeric" autoComplete="one-time-code" {...form.getInputProps('code')} />}
          <Button type="submit" size="sm" fullWidth loading={busy} mt={4}>{t('Sign in')}</Button>
        </Stack>
      </form>
    </Outside>
  );
}

function useInvitation(token: string) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [busy, setBusy] = useState(false);
  const form = useForm({
    initialValues: { password: '', accept: { terms: false, privacy: false } },
    validate: {
      password: (v) => (v.length < 8 ? t('At least 8 characters, please.') : null),
      accept: { terms: (v) => (v ? null : t('Needed to go on.')), privacy: (v) => (v ? null : t('Needed to go on.')) },
    },
  });
  const submit = form.onSubmit(async (values) => {
    setBusy(true);
    try {
      await call('POST', `/invitations/${encodeURIComponent(token)}`, { body: values });
      queries.clear();
      await navigate({ to: '/' });
    } catch (fault) {
      atFields(fault, ['password', 'accept.terms', 'accept.privacy'], form.setErrors);
    } finally {
      setBusy(false);
    }
  });
  return { form, submit, busy };
}

/** `/invitation/{token}`: works once, for the invited address. */
export function InvitationScreen() {
  const { t } = useTranslation();
  const { token } = useParams({ strict: false }) as { token: string };
  const invitation = useQuery({ queryKey: ['invitation', token], retry: false, queryFn: () => call<{ tenant: string; email: string; name: string }>('GET', `/invitations/${encodeURIComponent(token)}`) });
  const { form, submit, busy } = useInvitation(token);
  if (invitation.isPending) return <Loading />;
  if (invitation.isError) {
    return (
      <Outside title={t('This invitation no longer works')} about={t('It was used already or is too old. Ask your administrator for a new one.')}>
        <Button component="a" href="/sign-in" variant="default" fullWidth leftSection={<IconMailOff size={15} aria-hidden />}>{t('Sign in')}</Button>
      </Outside>
    );
  }
  const { tenant, email, name } = invitation.data;
  return (
    <Outside title={t('Welcome, {{name}}', { name })} about={t('{{tenant}} has invited you to Steward. Choose a password to begin.', { tenant })} width={440}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <TextInput label={t('E-mail')} value={email} readOnly autoComplete="username" />
          <NewPassword autoFocus {...form.getInputProps('password')} />
          <Notices value={form.values.accept} errors={{ terms: form.errors['accept.terms'] as string, privacy: form.errors['accept.privacy'] as string }}
            onChange={(accept) => { form.setFieldValue('accept', accept); form.clearFieldError('accept.terms'); form.clearFieldError('accept.privacy'); }} />
          <Button type="submit" size="sm" fullWidth loading={busy} mt={4}>{t('Accept the invitation')}</Button>
        </Stack>
      </form>
    </Outside>
  );
}

interface Session { id: string; device: string; created_at: string; seen_at: string; current: boolean }

function ChangePassword({ opened, close }: { opened: boolean; close: () => void }) {
  const { t } = useTranslation();
  const form = useForm({ initialValues: { current: '', new: '' }, validate: { current: (v) => (v ? null : t('Please enter your password.')), new: (v) => (v.length < 8 ? t('At least 8 characters, please.') : null) } });
  const done = () => { close(); form.reset(); };
  const change = useMutation({
    mutationFn: (values: typeof form.values) => call('POST', '/password', { body: values }),
    onSuccess: () => { done(); say(t('The new password counts. All other sessions have ended.')); void queries.invalidateQueries({ queryKey: ['sessions'] }); },
    onError: (fault) => atFields(fault, ['current', 'new'], form.setErrors),
  });
  return (
    <Dialog opened={opened} onClose={done} title={t('Change the password')}>
      <form onSubmit={form.onSubmit((values) => change.mutate(values))} noValidate>
        <Stack gap="sm">
          <PasswordInput label={t('Password until now')} autoComplete="current-password" data-autofocus {...form.getInputProps('current')} />
          <NewPassword label={t('New password')} {...form.getInputProps('new')} />
          <Text c="dimmed" size="xs">{t('All other sessions and your API tokens end.')}</Text>
          <Button type="submit" loading={change.isPending}>{t('Change the password')}</Button>
        </Stack>
      </form>
    </Dialog>
  );
}

/** `/settings/sessions`: where the member is signed in. */
export function SessionsScreen() {
  const { t } = useTranslation();
  const sessions = useQuery({ queryKey: ['sessions'], queryFn: ({ signal }) => everyPage<Session>('/sessions', signal) });
  const end = useMutation({
    mutationFn: (session: Session) => call('DELETE', `/sessions/${session.id}`),
    onSuccess: () => { say(t('The session has ended.')); void queries.invalidateQueries({ queryKey: ['sessions'] }); },
    onError: sayFault,
  });
  const [opened, changing] = useDisclosure();
  return (
    <SettingsPage title={t('Sessions')} actions={<Button variant="default" leftSection={<IconLock size={15} aria-hidden />} onClick={changing.open}>{t('Change the password')}</Button>} about={t('Where you are signed in. End what you do not recognise, then choose a new password.')}>
      {sessions.isPending ? <RowsComing rows={3} /> : (
        <List label={t('Sessions')}>
          {sessions.data?.map((session) => (
            <Row key={session.id} icon={<IconDeviceLaptop size={18} stroke={1.5} aria-hidden />} title={deviceOf(session.device) || t('Unknown device')}
              badge={session.current && <Badge>{t('This session')}</Badge>}
              about={t('Since {{since}}, last used {{used}}', { since: dayAndTime(session.created_at), used: dayAndTime(session.seen_at) })}
              action={!session.current && <Button variant="default" size="compact-xs" loading={end.isPending && end.variables === session} onClick={() => end.mutate(session)}>{t('End this session')}</Button>} />
          ))}
        </List>
      )}
      <ChangePassword opened={opened} close={changing.close} />
    </SettingsPage>
  );
}

interface Token { id: string; name: string; created_at: string; expires_at: string; used_at: string | null }

function NewToken({ opened, close }: { opened: boolean; close: () => void }) {
  const { t } = useTranslation();
  const form = useForm({ initialValues: { name: '', days: '90' }, validate: { name: (v) => (v.trim() ? null : t('Please enter a name.')) } });
  const create = useMutation({
    mutationFn: ({ name, days }: { name: string; days: string }) => call<{ token: string }>('POST', '/tokens', { body: { name: name.trim(), expires_at: inDays(Number(days)) } }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['tokens'] }),
    onError: (fault) => atFields(fault, ['name', 'days'], form.setErrors),
  });
  const done = () => { close(); create.reset(); form.reset(); };
  return (
    <Dialog opened={opened} onClose={done} title={t('New API token')}>
      {create.data ? (
        <Stack>
          <ShownOnce label={t('Token')} value={create.data.token}>{t('Copy it now and keep it like a password. Steward stores only a fingerprint of it.')}</ShownOnce>
          <Button variant="default" onClick={done}>{t('I have kept it')}</Button>
        </Stack>
      ) : (
        <form onSubmit={form.onSubmit((values) => create.mutate(values))}>
          <Stack gap="sm">
            <TextInput label={t('Name')} description={t('What will use it, such as “Newsletter sync”.')} maxLength={200} data-autofocus {...form.getInputProps('name')} />
            <Select label={t('Ends')} allowDeselect={false} {...form.getInputProps('days')}
              data={['7', '30', '90', '365'].map((n) => ({ value: n, label: t('in {{n}} days', { n }) }))} />
            <Text c="dimmed" size="xs">{t('A token may do what you may do at the moment it is used, and nothing more.')}</Text>
            <Button type="submit" loading={create.isPending}>{t('Make the token')}</Button>
          </Stack>
        </form>
      )}
    </Dialog>
  );
}

/** `/settings/tokens`: keys for programs that act as the member. */
export function TokensScreen() {
  const { t } = useTranslation();
  const [opened, modal] = useDisclosure();
  const tokens = useQuery({ queryKey: ['tokens'], queryFn: ({ signal }) => everyPage<Token>('/tokens', signal) });
  const revoke = useMutation({
    mutationFn: (token: Token) => call('DELETE', `/tokens/${token.id}`),
    onSuccess: () => { say(t('The token no longer works.')); void queries.invalidateQueries({ queryKey: ['tokens'] }); },
    onError: sayFault,
  });
  const add = <Button onClick={modal.open} leftSection={<IconPlus size={15} aria-hidden />}>{t('New token')}</Button>;
  return (
    <SettingsPage title={t('API tokens')} about={t('Keys with which programs act as you, with your rights.')} actions={tokens.data?.length ? add : undefined}>
      <NewToken opened={opened} close={modal.close} />
      {tokens.isPending && <RowsComing rows={3} />}
      {tokens.data?.length === 0 && <Empty icon={<IconKey size={22} stroke={1.5} />} title={t('No tokens yet')} action={add}>{t('Make one when a program should read or write records for you. The API is described at /api/v1/openapi.json.')}</Empty>}
      {!!tokens.data?.length && (
        <List label={t('API tokens')}>
          {tokens.data.map((token) => (
            <Row key={token.id} icon={<IconKey size={18} stroke={1.5} aria-hidden />} title={token.name}
              badge={Date.parse(token.expires_at) < Date.now() && <Badge color="gray">{t('Ended')}</Badge>}
              about={[t('Made on {{day}}', { day: day(token.created_at) }), t('ends on {{day}}', { day: day(token.expires_at) }), token.used_at ? t('last used {{day}}', { day: day(token.used_at) }) : t('never used')].join(', ')}
              action={<Button variant="default" color="red" size="compact-xs" loading={revoke.isPending && revoke.variables === token} onClick={() => revoke.mutate(token)}>{t('Revoke')}</Button>} />
          ))}
        </List>
      )}
    </SettingsPage>
  );
}
