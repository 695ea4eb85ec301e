// A field's name with a mark for personal data.
import { Tooltip } from '@mantine/core';
import { IconFingerprint, IconShieldExclamation } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { CATEGORIES } from '../catalogue/categories.ts';
import type { SeenField } from './me.ts';

/** Marks personal data, and special categories (Art. 9 GDPR) more strongly. */
function PersonalMark({ field }: { field: SeenField }) {
  const { t } = useTranslation();
  if (field.personal === 'no') return null;
  const special = field.personal === 'special';
  const what = special ? t('Special category of personal data (Art. 9 GDPR)') : t('Personal data');
  const category = CATEGORIES.find((c) => c.key === field.category)?.label ?? field.category;
  const text = category ? `${what}: ${t(category)}` : what;
  const Icon = special ? IconShieldExclamation : IconFingerprint;
  return <Tooltip label={text}><span className={special ? 'mark mark-special' : 'mark'} role="img" aria-label={text}><Icon size={13} stroke={1.7} /></span></Tooltip>;
}

export function FieldLabel({ field }: { field: SeenField }) {
  const { t } = useTranslation();
  return <span className="field-label">{t(field.label)}<PersonalMark field={field} /></span>;
}
