// Sign-in, invitations, sessions and tokens.
import { Title } from '@mantine/core';

export function SignInScreen() {
  return <Title order={1}>Sign in</Title>;
}

export function InvitationScreen() {
  return <Title order={1}>Welcome</Title>;
}

export function SessionsScreen() {
  return <Title order={1}>Sessions</Title>;
}

export function TokensScreen() {
  return <Title order={1}>Tokens</Title>;
}
