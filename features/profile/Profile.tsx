// What each profile may do.
import { Title } from '@mantine/core';

export function ProfilesScreen() {
  return <Title order={1}>Profiles</Title>;
}
