// Whom something is opened to or whose records are meant: members, groups, teams, a member with everyone below.
import type { FocusEvent, MouseEvent } from 'react';
import { MultiSelect, Select } from '@mantine/core';
import { IconHierarchy2, IconUser, IconUsers, IconUsersGroup, type Icon } from '@tabler/icons-react';
import { queryOptions, useQuery } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { everyPage } from './every_page.ts';
import { Initials } from './kinds/show.tsx';

export interface Named { id: string; label: string }
export type PartyKind = 'member' | 'group' | 'team' | 'below';
/** As the API reads it: exactly one key. */
export type Party = Partial<Record<PartyKind, Named>>;
interface Person { id: string; name: string; active: boolean }
interface Called { id: string; name: string }

const peopleQuery = queryOptions({ queryKey: ['members', 'people'], queryFn: ({ signal }) => everyPage<Person>('/members', signal), staleTime: 30_000 });
const groupsQuery = queryOptions({ queryKey: ['groups'], queryFn: ({ signal }) => everyPage<Called>('/groups', signal) });
const teamsQuery = queryOptions({ queryKey: ['teams'], queryFn: ({ signal }) => everyPage<Called>('/teams', signal) });

/** Names of the active members by id, for pickers and sentences. */
export function usePeople(): Named[] {
  return (useQuery(peopleQuery).data ?? []).filter((m) => m.active).map(({ id, name }) => ({ id, label: name }));
}

const ICONS: Record<PartyKind, Icon> = { member: IconUser, group: IconUsersGroup, team: IconHierarchy2, below: IconUsers };
const HEADINGS: Record<PartyKind, string> = { member: 'Members', group: 'Groups', team: 'Teams', below: 'A member and everyone below' };

/** The one key and what it names. */
export const partyOf = (party: Party): [PartyKind, Named] => Object.entries(party)[0] as [PartyKind, Named];

/** A party in words: "the group Support", "Frida Holm and everyone below". */
export function partyWords(t: TFunction, party: Party): string {
  const [kind, { label }] = partyOf(party);
  if (kind === 'group') return t('the group {{name}}', { name: label });
  if (kind === 'team') return t('the team {{name}}', { name: label });
  return kind === 'below' ? t('{{name}} and everyone below', { name: label }) : label;
}

export function PartyIcon({ kind, size = 15 }: { kind: PartyKind; size?: number }) {
  const Found = ICONS[kind];
  return <Found size={size} stroke={1.6} aria-hidden />;
}

/** What is typed replaces what was chosen. */
export const overwrite = { onFocus: (e: FocusEvent<HTMLInputElement>) => e.currentTarget.select(), onClick: (e: MouseEvent<HTMLInputElement>) => e.currentTarget.select() };

interface PickProps { label: string; description?: string; kinds: PartyKind[]; value: Party | null; onChange: (party: Party | null) => void; error?: React.ReactNode; without?: string }

/** One party out of all of the kinds named. `without` leaves out one member's id. */
export function PartyPicker({ label, description, kinds, value, onChange, error, without }: PickProps) {
  const { t } = useTranslation();
  const people = usePeople().filter((p) => p.id !== without);
  const groups = useQuery({ ...groupsQuery, enabled: kinds.includes('group') }).data ?? [];
  const teams = useQuery({ ...teamsQuery, enabled: kinds.includes('team') }).data ?? [];
  const named = (list: Called[]) => list.map(({ id, name }): Named => ({ id, label: name }));
  const of: Record<PartyKind, Named[]> = { member: people, group: named(groups), team: named(teams), below: people };
  const data = kinds.filter((kind) => of[kind].length > 0).map((kind) => ({
    group: t(HEADINGS[kind]),
    items: of[kind].map((n) => ({ value: `${kind}:${n.id}`, label: kind === 'below' ? t('{{name}} and everyone below', { name: n.label }) : n.label })),
  }));
  const choose = (chosen: string | null) => {
    const [kind, id] = (chosen ?? '').split(':') as [PartyKind, string];
    const found = chosen && of[kind].find((n) => n.id === id);
    onChange(found ? { [kind]: found } : null);
  };
  const [kind, chosen] = value ? partyOf(value) : [];
  return (
    <Select {...overwrite} label={label} description={description} error={error} searchable limit={200} data={data} value={kind && chosen ? `${kind}:${chosen.id}` : null} onChange={choose} placeholder={t('Type to search')} nothingFoundMessage={t('Nothing found')}
      leftSection={kind && <PartyIcon kind={kind} />} renderOption={({ option }) => <span className="member"><PartyIcon kind={option.value.split(':')[0] as PartyKind} />{option.label}</span>} />
  );
}

/** Several members by id. */
export function PeoplePicker({ label, description, value, onChange, error }: { label: string; description?: string; value: Named[]; onChange: (people: Named[]) => void; error?: React.ReactNode }) {
  const { t } = useTranslation();
  const people = usePeople();
  const all = [...people, ...value.filter((v) => !people.some((p) => p.id === v.id))];
  return (
    <MultiSelect label={label} description={description} error={error} searchable selectFirstOptionOnChange limit={100} hidePickedOptions data={all.map((p) => ({ value: p.id, label: p.label }))} value={value.map((v) => v.id)} placeholder={value.length ? undefined : t('Type to search')}
      onChange={(ids) => onChange(ids.map((id) => all.find((p) => p.id === id)!))} nothingFoundMessage={t('Nothing found')} renderOption={({ option }) => <span className="member"><Initials name={option.label} />{option.label}</span>} />
  );
}

/** A few faces and how many more. */
export function Faces({ people, most = 3 }: { people: Named[]; most?: number }) {
  const { t } = useTranslation();
  if (people.length === 0) return <span className="more">{t('no members')}</span>;
  const names = people.map((p) => p.label);
  return (
    <span className="member" title={names.join(', ')}>
      {people.length === 1 ? <><Initials name={names[0]} />{names[0]}</> : <>{names.slice(0, most).map((n, i) => <Initials key={i} name={n} />)}<span className="sr-only">{names.join(', ')}</span>{people.length > most && <span className="more">+{people.length - most}</span>}</>}
    </span>
  );
}
