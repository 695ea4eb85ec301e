// Members: chosen from those of the tenant.
import { Select } from '@mantine/core';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { call } from '../client.ts';
import { useMe } from '../me.ts';
import type { Ref } from '../records.ts';
import { common, type InputProps } from './props.ts';
import { Initials } from './show.tsx';

interface Named { id: string; name: string; active?: boolean }
/** Names of all members, for pickers and chips. */
export const membersQuery = queryOptions({
  queryKey: ['members', 'names'],
  queryFn: async ({ signal }) => (await call<{ data: Named[] }>('GET', '/members', { query: { limit: 500 }, signal })).data,
  staleTime: 60_000,
});

/** Names of the active members; only oneself where the member may not see the others. */
function useMembers(): Named[] {
  const { member } = useMe();
  const { data } = useQuery(membersQuery);
  return data?.filter((m) => m.active !== false) ?? [member];
}

export function MemberInput(props: InputProps) {
  const { t } = useTranslation();
  const members = useMembers();
  const value = (props.value ?? null) as Ref | null;
  const data = members.map(({ id, name }) => ({ value: id, label: name }));
  if (value?.id && !data.some((d) => d.value === value.id)) data.unshift({ value: value.id, label: value.label });
  const choose = (id: string | null) => {
    const chosen = id ? { id, label: data.find((d) => d.value === id)?.label ?? '' } : null;
    props.onChange(chosen);
    props.onDone?.(chosen);
  };
  return (
    <Select {...common(props)} searchable clearable={!props.required} data={data} value={value?.id ?? null} onOptionSubmit={(id) => { if (id === value?.id) props.onDone?.(value); }} onChange={choose} nothingFoundMessage={t('Nothing found')}
      defaultDropdownOpened={!!props.onDone} renderOption={({ option }) => <span className="member"><Initials name={option.label} />{option.label}</span>} />
  );
}
