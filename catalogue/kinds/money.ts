// Amounts with their currency: whole ten-thousandths beside an ISO 4217 code, never floating point.
import { z } from 'zod';
import type { Kind, Locale } from './kind.ts';
import { canonical, decimalFrom, unmistakable } from './number.ts';

interface Money { amount: string; currency: string }

const DEFAULT = 'EUR';
const CURRENCIES = new Set(Intl.supportedValuesOf('currency'));
const SYMBOLS: Record<string, string> = {
  '€': 'EUR', '£': 'GBP', '₹': 'INR', '₽': 'RUB', '₺': 'TRY', '₩': 'KRW', '₪': 'ILS', '₫': 'VND', '฿': 'THB', '₴': 'UAH', 'zł': 'PLN', 'kč': 'CZK', 'ft': 'HUF', 'lei': 'RON', 'fr.': 'CHF', 'sfr.': 'CHF',
  'r$': 'BRL', 'us$': 'USD', 'a$': 'AUD', 'c$': 'CAD', 'nz$': 'NZD', 's$': 'SGD', 'hk$': 'HKD', 'mx$': 'MXN',
};
/** Signs of several currencies: the locale's own if it is among them, else the first. */
const SHARED: Record<string, string[]> = { $: ['USD', 'CAD', 'AUD', 'NZD', 'SGD', 'HKD', 'MXN'], '¥': ['JPY', 'CNY'], kr: ['SEK', 'NOK', 'DKK', 'ISK'] };

const known = new Map<string, number>();
/** Decimals that a currency has; asked of Intl once each, which is slow to build. */
function decimalsOf(currency: string): number {
  const decimals = known.get(currency) ?? new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
  known.set(currency, decimals);
  return decimals;
}

/** An amount in ten-thousandths, or null if it has more than 4 decimals or 14 digits before them. */
function units(amount: string): bigint | null {
  const decimal = canonical(amount);
  const parts = decimal === null ? null : /^(-?)(\d{1,14})(?:\.(\d{1,4}))?$/.exec(decimal);
  return parts ? BigInt(parts[1] + parts[2] + (parts[3] ?? '').padEnd(4, '0')) : null;
}

function fromUnits(value: bigint, currency: string): Money {
  const digits = String(value < 0n ? -value : value).padStart(5, '0');
  const fraction = digits.slice(-4).replace(/0+$/, '').padEnd(decimalsOf(currency), '0');
  return { amount: `${value < 0n ? '-' : ''}${digits.slice(0, -4)}${fraction && `.${fraction}`}`, currency };
}

function currencyOf(sign: string, locale: Locale): string | null {
  const key = sign.toLowerCase();
  if (key === '') return locale.currency;
  if (CURRENCIES.has(sign.toUpperCase())) return sign.toUpperCase();
  if (key in SHARED) return SHARED[key].includes(locale.currency) ? locale.currency : SHARED[key][0];
  return SYMBOLS[key] ?? null;
}

const REFUSED = 'is not an amount (at most 14 digits and 4 decimals)';
const amount = z.union([z.number(), z.string().max(100)], REFUSED);
const object = z.strictObject({ amount, currency: z.string().transform((s) => s.trim().toUpperCase()).refine((s) => CURRENCIES.has(s), 'has an unknown currency').default(DEFAULT) }, REFUSED);

const shape = z.union([amount, object], REFUSED).transform((value, context) => {
  const given = typeof value === 'object' ? value : { amount: value, currency: DEFAULT };
  if (String(given.amount).trim() === '') return null;
  const whole = units(String(given.amount).trim());
  if (whole === null) context.addIssue(REFUSED);
  return whole === null ? z.NEVER : fromUnits(whole, given.currency);
});

export const money: Kind = {
  name: 'money',
  label: 'Money',
  columns: [{ suffix: '', type: 'bigint' }, { suffix: '_currency', type: 'text' }],
  check: ([c, currency]) => `(${c} is null) = (${currency} is null) and ${currency} ~ '^[A-Z]{3}$' and ${c} between -999999999999999999 and 999999999999999999`,
  input: () => shape,
  toColumns: (value: Money) => [String(units(value.amount)), value.currency],
  fromColumns: ([value, currency]) => fromUnits(BigInt(value), currency),
  fromText: (cell, _field, locale) => {
    const parts = /^([-−(]?)\s*([^\d\s.,()+-]{0,4}?)\s*([-−+(]?[\d.,\s'’]*\d[\d.,\s'’]*?(?:[-–]+)?\)?)\s*([^\d\s(),+-]{0,4})(\)?)$/u.exec(cell.trim().replace(/,[-–—]+(?=\D*$)/, ''));
    if (!parts || (parts[2] && parts[4] && parts[2] !== parts[4])) return { problem: REFUSED };
    const currency = currencyOf(parts[2] || parts[4], locale);
    const decimal = decimalFrom(parts[1] + parts[3] + parts[5], locale);
    const whole = decimal === null ? null : units(decimal);
    if (currency === null) return { problem: 'has an unknown currency' };
    return whole === null ? { problem: REFUSED } : { value: fromUnits(whole, currency) };
  },
  toText: (value: Money) => `${unmistakable(value.amount)} ${value.currency}`,
  operators: ['eq', 'ne', 'in', 'nin', 'lt', 'lte', 'gt', 'gte', 'between'],
  sortable: true,
  offered: true,
  fixture: {
    good: [{ amount: '12.50', currency: 'EUR' }, { amount: '-0.0001', currency: 'USD' }, { amount: '1250', currency: 'JPY' }, { amount: '1.234', currency: 'BHD' }, { amount: '99999999999999.9999', currency: 'EUR' }],
    bad: ['abc', '1,5', NaN, true, [], {}, { amount: '1', currency: 'XXY' }, { amount: '1', currency: 'EUR', more: 1 }, { amount: '0.00001', currency: 'EUR' }, { amount: '100000000000000', currency: 'EUR' }],
    texts: [['12.50', { amount: '12.50', currency: 'EUR' }], ['€ 1.234,50', { amount: '1234.50', currency: 'EUR' }], ['1,234.50 USD', { amount: '1234.50', currency: 'USD' }], ['$1,234.00', { amount: '1234.00', currency: 'USD' }],
      ['-$5.25', { amount: '-5.25', currency: 'USD' }], ['($5.25)', { amount: '-5.25', currency: 'USD' }], ['CHF 1\'000.00', { amount: '1000.00', currency: 'CHF' }], ['20,- €', { amount: '20.00', currency: 'EUR' }], ['¥500', { amount: '500', currency: 'JPY' }]],
    badTexts: ['abc', '12 XXY', '$12 €', '1.23456'],
  },
};
