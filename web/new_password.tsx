// Choosing a password: says how long it must be and how hard it would be to guess.
import { PasswordInput, Progress, Text, type PasswordInputProps } from '@mantine/core';
import { useTranslation } from 'react-i18next';

const WORDS = ['Too short', 'Easy to guess', 'Fair', 'Good', 'Strong'] as const;
const COLORS = ['red', 'red', 'orange', 'teal', 'teal'];

/** 0 (shorter than 8) to 4; length counts most, since long phrases beat odd characters. */
function strengthOf(password: string): number {
  if (password.length < 8) return 0;
  const sorts = [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z\d]/].filter((sort) => sort.test(password)).length;
  const distinct = new Set(password).size;
  const points = Math.min(distinct, password.length * 0.7) + sorts * 2;
  if (distinct < 5 || /^(.{1,4})\1+$/.test(password)) return 1;
  return points < 11 ? 1 : points < 14 ? 2 : points < 18 ? 3 : 4;
}

export function NewPassword(props: PasswordInputProps) {
  const { t } = useTranslation();
  const strength = strengthOf(String(props.value ?? ''));
  return (
    <div>
      <PasswordInput autoComplete="new-password" maxLength={128} required withAsterisk={false} label={t('Password')} {...props}
        description={props.value ? undefined : t('8 to 128 characters. A few words in a row are easier to remember and harder to guess.')} />
      {props.value && (
        <div aria-live="polite">
          <Progress value={Math.max(8, strength * 25)} size={4} mt={6} color={COLORS[strength]} aria-label={t('Strength of the password')} />
          <Text size="xs" c="dimmed" mt={2}>{t(WORDS[strength])}</Text>
        </div>
      )}
    </div>
  );
}
