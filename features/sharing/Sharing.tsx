// Who sees records by default.
import { Title } from '@mantine/core';

export function SharingScreen() {
  return <Title order={1}>Sharing</Title>;
}
