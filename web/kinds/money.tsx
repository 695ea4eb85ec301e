// Money: an amount with its currency.
import { Group, Input, NumberInput, Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useMe } from '../me.ts';
import { locale } from '../language.ts';
import type { Money } from './format.ts';
import { common, type InputProps } from './props.ts';

const CURRENCIES = ['EUR', 'USD', 'GBP', 'CHF', 'SEK', 'NOK', 'DKK', 'PLN', 'CZK', 'HUF', 'RON', 'BGN', 'TRY', 'CAD', 'AUD', 'NZD', 'JPY', 'CNY', 'INR', 'BRL', 'MXN', 'ZAR', 'AED', 'ILS', 'SGD', 'HKD', 'KRW', 'THB', 'ISK', 'UAH'];

export function MoneyInput(props: InputProps) {
  const { t } = useTranslation();
  const { tenant } = useMe();
  const value = (props.value ?? null) as Money | null;
  const currency = value?.currency ?? tenant.currency;
  const list = CURRENCIES.includes(currency) ? CURRENCIES : [currency, ...CURRENCIES];
  const decimal = new Intl.NumberFormat(locale()).formatToParts(1.5).find((p) => p.type === 'decimal')?.value ?? '.';
  const { label, error, required, ...input } = common(props);
  return (
    <Input.Wrapper label={label} error={error} withAsterisk={props.required}>
      <Group gap={4} wrap="nowrap">
        <NumberInput {...input} required={required} aria-label={props['aria-label'] ?? props.field.label} flex={1} miw={90} hideControls decimalSeparator={decimal} thousandSeparator={decimal === ',' ? '.' : ','} decimalScale={4} error={!!error}
          value={value?.amount ?? ''} onChange={(amount) => props.onChange(amount === '' ? null : { amount: String(amount), currency })} />
        <Select aria-label={t('Currency')} w={82} searchable data={list} value={currency} comboboxProps={{ width: 110 }}
          onChange={(chosen) => props.onChange({ amount: value?.amount ?? '', currency: chosen ?? currency })} />
      </Group>
    </Input.Wrapper>
  );
}
