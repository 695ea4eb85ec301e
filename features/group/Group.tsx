// Groups: named sets of members to share with.
import { useState } from 'react';
import { Alert, Button, Group as Line, Stack, Text, TextInput, UnstyledButton } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconPlus, IconTrash, IconUsersGroup } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { call, queries } from '../../web/client.ts';
import { Ask } from '../../web/dialog.tsx';
import { everyPage } from '../../web/every_page.ts';
import { atFields, sentenceOf } from '../../web/faults.ts';
import { Empty } from '../../web/nothing_here.tsx';
import { Faces, PeoplePicker, type Named } from '../../web/party.tsx';
import { RowsComing, SettingsPage } from '../../web/settings_page.tsx';
import { SideDrawer } from '../../web/side_drawer.tsx';
import { TeamsTabs } from '../../web/teams_tabs.tsx';
import { say } from '../../web/toast.ts';
import classes from '../../web/teams.module.css';

interface Group { id: string; name: string; members: Named[] }

const changed = () => Promise.all([['groups'], ['sharing-rules'], ['records']].map((queryKey) => queries.invalidateQueries({ queryKey })));

function DeleteGroup({ group, onClose, onGone }: { group: Group; onClose: () => void; onGone: () => void }) {
  const { t } = useTranslation();
  const remove = useMutation({
    mutationFn: () => call('DELETE', `/groups/${group.id}`),
    onSuccess: async () => { await changed(); say(t('{{what}} deleted', { what: group.name })); onGone(); },
  });
  return (
    <Ask opened title={t('Delete the group {{name}}?', { name: group.name })} yes={t('Delete')} busy={remove.isPending} onYes={() => remove.mutate()} onClose={onClose}>
      {remove.isError ? <Alert color="red" variant="light" role="alert">{sentenceOf(remove.error)}</Alert> : <Text>{t('Single records that were shared with this group are closed to its members at once. A group that a sharing rule names cannot be deleted.')}</Text>}
    </Ask>
  );
}

function Panel({ group, onClose }: { group: Group | null; onClose: () => void }) {
  const { t } = useTranslation();
  const [deleting, setDeleting] = useState(false);
  const form = useForm<{ name: string; members: Named[] }>({ initialValues: { name: group?.name ?? '', members: group?.members ?? [] }, validate: { name: (v) => (v.trim() ? null : t('Please enter a name.')) } });
  const save = useMutation({
    mutationFn: ({ name, members }: typeof form.values) => call(group ? 'PATCH' : 'POST', group ? `/groups/${group.id}` : '/groups', { body: { name: name.trim(), members: members.map((m) => m.id) } }),
    onSuccess: async () => { await changed(); say(t('Saved. It counts from the next request on.')); onClose(); },
    onError: (fault) => atFields(fault, ['name', 'members'], form.setErrors),
  });
  const foot = (
    <Line justify="space-between">
      {group ? <Button variant="subtle" color="red" leftSection={<IconTrash size={15} aria-hidden />} onClick={() => setDeleting(true)}>{t('Delete')}</Button> : <span />}
      <Line gap="xs"><Button variant="default" onClick={onClose}>{t('Cancel')}</Button><Button type="submit" form="group" loading={save.isPending}>{group ? t('Save') : t('Make the group')}</Button></Line>
    </Line>
  );
  return (
    <SideDrawer opened onClose={onClose} title={group ? group.name : t('New group')} foot={foot}>
      <form id="group" onSubmit={form.onSubmit((values) => save.mutate(values))} noValidate>
        <Stack gap="md">
          <TextInput label={t('Name')} maxLength={200} data-autofocus {...form.getInputProps('name')} />
          <PeoplePicker label={t('Members')} description={t('A group sees nothing by itself: it is a name to share with, in rules and for single records.')} value={form.values.members} onChange={(members) => form.setFieldValue('members', members)} error={form.errors.members} />
        </Stack>
      </form>
      {deleting && group && <DeleteGroup group={group} onClose={() => setDeleting(false)} onGone={onClose} />}
    </SideDrawer>
  );
}

/** `/settings/teams/groups` */
export function GroupsScreen() {
  const { t } = useTranslation();
  const groups = useQuery({ queryKey: ['groups'], queryFn: ({ signal }) => everyPage<Group>('/groups', signal) });
  const [open, setOpen] = useState<Group | 'new' | null>(null);
  const add = <Button leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setOpen('new')}>{t('New group')}</Button>;
  return (
    <SettingsPage title={t('Teams and groups')} about={t('A group is a set of members with a name, to share with. It has no place in a tree and no criteria.')} actions={add}>
      <TeamsTabs here="groups" />
      {groups.isPending && <RowsComing rows={3} />}
      {groups.isError && <Text c="red">{sentenceOf(groups.error)}</Text>}
      {groups.data?.length === 0 && <Empty icon={<IconUsersGroup size={22} stroke={1.5} />} title={t('No group yet')}>{t('Make one for people who work on the same records without being a team: support, the board, a project.')}</Empty>}
      {!!groups.data?.length && (
        <ul className={classes.tree} aria-label={t('Groups')}>
          {groups.data.map((group) => (
            <li key={group.id}>
              <UnstyledButton className={classes.team} style={{ '--depth': 0 } as React.CSSProperties} onClick={() => setOpen(group)}>
                <span className={classes.head}><IconUsersGroup size={16} stroke={1.6} aria-hidden /><span className={classes.name}>{group.name}</span><span className={classes.people}><Faces people={group.members} most={5} /></span></span>
              </UnstyledButton>
            </li>
          ))}
        </ul>
      )}
      {open && <Panel group={open === 'new' ? null : open} onClose={() => setOpen(null)} />}
    </SettingsPage>
  );
}
