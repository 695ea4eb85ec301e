// Tables and fields.
import { Title } from '@mantine/core';

export function TablesScreen() {
  return <Title order={1}>Tables</Title>;
}

export function TableScreen() {
  return <Title order={1}>Table</Title>;
}
