// The members of the tenant: list and org chart, inviting, changing, deactivating.
import { useState } from 'react';
import { ActionIcon, Avatar, Badge, Button, Group, List as Points, Menu, SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconDots, IconEye, IconHierarchy2, IconLink, IconList, IconSearch, IconUserOff, IconUserPlus, IconUserCheck } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { call, queries } from '../../web/client.ts';
import { Ask, Dialog } from '../../web/dialog.tsx';
import { everyPage } from '../../web/every_page.ts';
import { atFields } from '../../web/faults.ts';
import { useMe } from '../../web/me.ts';
import { OrgChart } from '../../web/org_chart.tsx';
import { RowsComing, SettingsPage } from '../../web/settings_page.tsx';
import { ShownOnce } from '../../web/shown_once.tsx';
import { Simulation } from '../../web/simulation.tsx';
import { say, sayFault } from '../../web/toast.ts';
import { seeAs } from '../../web/view_banner.tsx';
import classes from '../../web/member_rows.module.css';

interface Ref { id: string; label: string }
interface Member { id: string; name: string; email: string; profile: Ref; manager: Ref | null; active: boolean; invited: boolean }
interface Change { profile?: string; manager?: string | null; active?: boolean; name?: string }
type Options = { value: string; label: string }[];

/** More rows than this are found by name. */
const ROWS = 200;
const NOBODY = 'nobody';

function useChange() {
  return useMutation({
    mutationFn: ({ member, change }: { member: Member; change: Change }) => call('PATCH', `/members/${member.id}`, { body: change }),
    onError: sayFault,
    onSettled: () => queries.invalidateQueries({ queryKey: ['members'] }),
  });
}

function State({ member }: { member: Member }) {
  const { t } = useTranslation();
  if (!member.active) return <Badge color="gray">{t('inactive')}</Badge>;
  return member.invited ? <Badge>{t('invited')}</Badge> : null;
}

interface RowProps { member: Member; profiles: Options; members: Options; own: boolean; onChange: (change: Change) => void; onMove: (manager: string | null) => void; onDeactivate: () => void; onInvite: () => void }

function MemberRow({ member, profiles, members, own, onChange, onMove, onDeactivate, onInvite }: RowProps) {
  const { t } = useTranslation();
  return (
    <li className={classes.row} data-idle={!member.active || undefined}>
      <Group gap={10} wrap="nowrap" miw={0}>
        <Avatar size={28} name={member.name} color="accent" aria-hidden />
        <div className={classes.name}>
          <Group gap={6} wrap="nowrap"><Text fw={500} truncate>{member.name}</Text>{own && <Text c="dimmed" size="xs">{t('you')}</Text>}<State member={member} /></Group>
          <Text c="dimmed" size="xs" truncate>{member.email}</Text>
        </div>
      </Group>
      <div className={classes.pick}>
        <span className={classes.phone} aria-hidden>{t('Profile')}</span>
        <Select variant="unstyled" aria-label={t('Profile of {{name}}', { name: member.name })} data={profiles} value={member.profile.id} allowDeselect={false}
          onChange={(profile) => profile && onChange({ profile })} />
      </div>
      <div className={classes.pick}>
        <span className={classes.phone} aria-hidden>{t('Manager')}</span>
        <Select variant="unstyled" aria-label={t('Manager of {{name}}', { name: member.name })} data={[{ value: NOBODY, label: t('nobody above') }, ...members.filter((m) => m.value !== member.id)]}
          searchable allowDeselect={false} value={member.manager?.id ?? NOBODY} onChange={(manager) => manager && onMove(manager === NOBODY ? null : manager)} />
      </div>
      <Menu position="bottom-end">
        <Menu.Target><ActionIcon aria-label={t('More for {{name}}', { name: member.name })}><IconDots size={16} /></ActionIcon></Menu.Target>
        <Menu.Dropdown>
          {member.invited && member.active && <Menu.Item leftSection={<IconLink size={15} />} onClick={onInvite}>{t('New invitation link')}</Menu.Item>}
          {member.active && !own && <Menu.Item leftSection={<IconEye size={15} />} onClick={() => void seeAs(member.id)}>{t('See Steward as {{name}}', { name: member.name })}</Menu.Item>}
          {member.active
            ? <Menu.Item color="red" disabled={own} leftSection={<IconUserOff size={15} />} onClick={onDeactivate}>{t('Deactivate …')}</Menu.Item>
            : <Menu.Item leftSection={<IconUserCheck size={15} />} onClick={() => onChange({ active: true })}>{t('Activate again')}</Menu.Item>}
        </Menu.Dropdown>
      </Menu>
    </li>
  );
}

interface Invited extends Member { invitation_url: string }

function TheLink({ of }: { of: Invited }) {
  const { t } = useTranslation();
  return <ShownOnce label={t('Link')} value={of.invitation_url}>{t('Send this link to the person you invited. It works once, and only for that address.')}</ShownOnce>;
}

function Invite({ opened, close, profiles, members }: { opened: boolean; close: () => void; profiles: Options; members: Options }) {
  const { t } = useTranslation();
  const form = useForm<{ name: string; email: string; profile: string | null; manager: string | null }>({
    initialValues: { name: '', email: '', profile: null, manager: null },
    validate: {
      name: (v) => (v.trim() ? null : t('Please enter a name.')),
      email: (v) => (/^\S+@\S+$/.test(v.trim()) ? null : t('Please enter an e-mail address.')),
      profile: (v) => (v ? null : t('Please choose a profile: it says what the member may see.')),
    },
  });
  const invite = useMutation({
    mutationFn: ({ name, email, profile, manager }: typeof form.values) => call<Invited>('POST', '/members', { body: { name: name.trim(), email: email.trim(), profile, ...(manager && { manager }) } }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['members'] }),
    onError: (fault) => atFields(fault, ['name', 'email', 'profile', 'manager'], form.setErrors),
  });
  const done = () => { close(); form.reset(); invite.reset(); };
  return (
    <Dialog opened={opened} onClose={done} title={invite.data ? t('Invitation for {{name}}', { name: invite.data.name }) : t('Invite a member')} size="md">
      {invite.data ? (
        <Stack>
          <TheLink of={invite.data} />
          <Group justify="flex-end" gap="xs"><Button variant="default" onClick={() => { form.reset(); invite.reset(); }}>{t('Invite another')}</Button><Button onClick={done}>{t('Done')}</Button></Group>
        </Stack>
      ) : (
        <form onSubmit={form.onSubmit((values) => invite.mutate(values))} noValidate>
          <Stack gap="sm">
            <TextInput label={t('Name')} maxLength={200} data-autofocus {...form.getInputProps('name')} />
            <TextInput label={t('E-mail')} type="email" maxLength={254} {...form.getInputProps('email')} />
            <Select label={t('Profile')} description={t('Which tables and fields exist for this member, and what may be done there.')} data={profiles} {...form.getInputProps('profile')} />
            <Select label={t('Manager')} description={t('Everyone above sees and does what this member may with own records.')} data={members} searchable clearable placeholder={t('nobody above')} {...form.getInputProps('manager')} />
            <Group justify="flex-end" gap="xs"><Button variant="default" onClick={done}>{t('Cancel')}</Button><Button type="submit" loading={invite.isPending}>{t('Make the link')}</Button></Group>
          </Stack>
        </form>
      )}
    </Dialog>
  );
}

function Deactivate({ member, onYes, onClose }: { member: Member | null; onYes: (member: Member) => void; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Ask opened={!!member} title={t('Deactivate {{name}}?', { name: member?.name })} yes={t('Deactivate')} onYes={() => member && onYes(member)} onClose={onClose}>
      <Points size="sm" spacing={6}>
        <Points.Item>{t('Sessions and API tokens of this member end at once.')}</Points.Item>
        <Points.Item>{t('Records stay with this member as their owner; managers above keep their access.')}</Points.Item>
        <Points.Item>{t('Nothing is deleted, and you can activate the member again at any time.')}</Points.Item>
      </Points>
    </Ask>
  );
}

interface Moving { member: Member; manager: string | null }

/** Another manager moves the sight of many records: it is shown before it is done. */
function MoveDialog({ moving, members, choose, saving, onMove, onClose }: { moving: Moving | null; members: Member[]; choose: (manager: string | null) => void; saving: boolean; onMove: () => void; onClose: () => void }) {
  const { t } = useTranslation();
  const moved = moving && (moving.member.manager?.id ?? null) !== moving.manager;
  return (
    <Dialog opened={!!moving} onClose={onClose} title={t('Move {{name}}', { name: moving?.member.name })} size="lg">
      {moving && (
        <Stack>
          <Select label={t('Manager')} data={members.filter((m) => m.active && m.id !== moving.member.id).map((m) => ({ value: m.id, label: m.name }))} searchable clearable data-autofocus
            placeholder={t('nobody above')} value={moving.manager} onChange={choose} comboboxProps={{ withinPortal: true }} />
          {moved && <Simulation change={{ method: 'PATCH', path: `/members/${moving.member.id}`, body: { manager: moving.manager } }} />}
          <Group justify="flex-end" gap="xs"><Button variant="default" onClick={onClose}>{t('Cancel')}</Button><Button disabled={!moved} loading={saving} onClick={onMove}>{t('Move')}</Button></Group>
        </Stack>
      )}
    </Dialog>
  );
}

function Rows({ members, profiles, change, onMove, onDeactivate }: { members: Member[]; profiles: Options; change: (member: Member, change: Change) => void; onMove: (moving: Moving) => void; onDeactivate: (member: Member) => void }) {
  const { t } = useTranslation();
  const me = useMe();
  const [typed, setTyped] = useState('');
  const again = useMutation({ mutationFn: (m: Member) => call<Invited>('POST', `/members/${m.id}/invitation`, { body: {} }), onError: sayFault });
  const words = typed.trim().toLowerCase();
  const found = members.filter((m) => `${m.name} ${m.email}`.toLowerCase().includes(words));
  const options = members.filter((m) => m.active).map((m) => ({ value: m.id, label: m.name }));
  return (
    <div>
      {members.length > 8 && <TextInput mb="sm" maw={280} aria-label={t('Find a member')} placeholder={t('Find a member')} leftSection={<IconSearch size={14} />} value={typed} onChange={(e) => setTyped(e.currentTarget.value)} />}
      <div className={classes.heads} aria-hidden><span>{t('Member')}</span><span>{t('Profile')}</span><span>{t('Manager')}</span><span /></div>
      <ul className={classes.rows} aria-label={t('Members')}>
        {found.slice(0, ROWS).map((m) => (
          <MemberRow key={m.id} member={m} profiles={profiles} members={options} own={m.id === me.member.id} onChange={(c) => change(m, c)} onMove={(manager) => onMove({ member: m, manager })} onDeactivate={() => onDeactivate(m)} onInvite={() => again.mutate(m)} />
        ))}
      </ul>
      {found.length > ROWS && <Text c="dimmed" size="xs" mt="xs">{t('{{n}} more: type a name to find them.', { n: found.length - ROWS })}</Text>}
      <Dialog opened={!!again.data} onClose={again.reset} title={t('Invitation for {{name}}', { name: again.data?.name })}>{again.data && <TheLink of={again.data} />}</Dialog>
      {found.length === 0 && <Text c="dimmed" p="md" ta="center">{t('Nobody of that name.')}</Text>}
    </div>
  );
}

/** `/settings/members` */
export function MembersScreen() {
  const { t } = useTranslation();
  const [view, setView] = useState('list');
  const [inviting, setInviting] = useState(false);
  const [leaving, setLeaving] = useState<Member | null>(null);
  const [moving, setMoving] = useState<Moving | null>(null);
  const members = useQuery({ queryKey: ['members'], queryFn: ({ signal }) => everyPage<Member>('/members', signal) });
  const profiles = useQuery({ queryKey: ['profiles'], queryFn: ({ signal }) => everyPage<{ id: string; name: string }>('/profiles', signal) });
  const mutation = useChange();
  const all = members.data ?? [];
  const profileOptions = (profiles.data ?? []).map((p) => ({ value: p.id, label: p.name }));
  const change = (member: Member, changed: Change) => mutation.mutate({ member, change: changed }, { onSuccess: () => say(t('{{name}} is changed.', { name: member.name })) });
  const actions = (
    <>
      <SegmentedControl value={view} onChange={setView} data={[{ value: 'list', label: <Group gap={6} wrap="nowrap"><IconList size={14} aria-hidden />{t('List')}</Group> }, { value: 'chart', label: <Group gap={6} wrap="nowrap"><IconHierarchy2 size={14} aria-hidden />{t('Org chart')}</Group> }]} />
      <Button leftSection={<IconUserPlus size={15} aria-hidden />} onClick={() => setInviting(true)}>{t('Invite')}</Button>
    </>
  );
  return (
    <SettingsPage title={t('Members')} about={t('Profiles say what a member may do; managers see whatever those below them see.')} actions={actions}>
      {members.isPending && <RowsComing />}
      {members.isError && <Text c="red">{t('The members could not be read.')}</Text>}
      {members.data && view === 'list' && <Rows members={all} profiles={profileOptions} change={change} onMove={setMoving} onDeactivate={setLeaving} />}
      {members.data && view === 'chart' && (
        <OrgChart members={all} onMove={(m, manager) => setMoving({ member: m as Member, manager: manager?.id ?? null })} onAsk={(m) => setMoving({ member: m as Member, manager: m.manager?.id ?? null })} />
      )}
      <Invite opened={inviting} close={() => setInviting(false)} profiles={profileOptions} members={all.filter((m) => m.active).map((m) => ({ value: m.id, label: m.name }))} />
      <Deactivate member={leaving} onClose={() => setLeaving(null)} onYes={(m) => { setLeaving(null); change(m, { active: false }); }} />
      <MoveDialog moving={moving} members={all} saving={mutation.isPending} choose={(manager) => moving && setMoving({ ...moving, manager })} onClose={() => setMoving(null)} onMove={() => { if (moving) change(moving.member, { manager: moving.manager }); setMoving(null); }} />
    </SettingsPage>
  );
}
