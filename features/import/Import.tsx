// Importing records.
import { Title } from '@mantine/core';

export function ImportScreen() {
  return <Title order={1}>Import</Title>;
}
