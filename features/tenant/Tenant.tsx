// The screen of the first run.
import { Title } from '@mantine/core';

export function SetupScreen() {
  return <Title order={1}>Welcome to Steward</Title>;
}
