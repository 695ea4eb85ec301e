// The members of the tenant.
import { Title } from '@mantine/core';

export function MembersScreen() {
  return <Title order={1}>Members</Title>;
}
