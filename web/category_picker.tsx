// Which kind of personal data a field holds: searched by its name or its key in the taxonomy.
import { Select, Text, type SelectProps } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { CATEGORIES } from '../catalogue/categories.ts';

/** `value` is a key such as `user.contact.email`; with `special` the particularly protected ones come first. */
export function CategoryPicker({ special, ...props }: SelectProps & { special?: boolean }) {
  const { t } = useTranslation();
  const group = (wanted: boolean) => CATEGORIES.filter((c) => !!c.special === wanted).map((c) => ({ value: c.key, label: t(c.label) }));
  const data = [{ group: t('Special categories'), items: group(true) }, { group: t('Personal data'), items: group(false) }];
  const unknown = typeof props.value === 'string' && !CATEGORIES.some((c) => c.key === props.value) ? [{ value: props.value, label: props.value }] : [];
  return (
    <Select searchable maxDropdownHeight={280} nothingFoundMessage={t('Nothing found')} data={[...unknown, ...(special ? data : data.toReversed())]}
      renderOption={({ option }) => <div><Text size="sm">{option.label}</Text><Text size="xs" c="dimmed" ff="monospace" fz={11}>{option.value}</Text></div>} {...props} />
  );
}
