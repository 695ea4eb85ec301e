// Values in words, by the reader's language and region.
import type { SeenField } from '../me.ts';
import type { Ref } from '../records.ts';
import { locale } from '../language.ts';
import i18next from 'i18next';

export interface Money { amount: string; currency: string }
export interface Reach { address?: string; number?: string; label: string | null; primary: boolean }

const made = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();
/** Formatters are slow to make (about 50 µs), and a list shows hundreds of values. */
function kept<T extends Intl.NumberFormat | Intl.DateTimeFormat>(key: string, make: () => T): T {
  const found = made.get(key);
  if (found) return found as T;
  const fresh = make();
  made.set(key, fresh);
  return fresh;
}

export function numberText(value: string | number, digits = 10): string {
  return kept(`n${locale()}${digits}`, () => new Intl.NumberFormat(locale(), { maximumFractionDigits: digits })).format(value as number);
}

export function moneyText({ amount, currency }: Money): string {
  const format = kept(`m${locale()}${currency}`, () => {
    try {
      return new Intl.NumberFormat(locale(), { style: 'currency', currency, currencyDisplay: 'narrowSymbol' });
    } catch {
      return new Intl.NumberFormat(locale(), { minimumFractionDigits: 2 });
    }
  });
  return format.format(amount as unknown as number);
}

/** A day as text; days have no time zone. */
export function dayText(day: string): string {
  const at = new Date(`${day}T00:00:00Z`);
  return Number.isNaN(at.getTime()) ? day : kept(`d${locale()}`, () => new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeZone: 'UTC' })).format(at);
}

/** A moment as text in the reader's time zone. */
export function momentText(moment: string): string {
  const at = new Date(moment);
  return Number.isNaN(at.getTime()) ? moment : kept(`t${locale()}`, () => new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'short' })).format(at);
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [['day', 86_400], ['hour', 3_600], ['minute', 60]];
/** How long ago, up to a week; then the day. */
export function agoText(moment: string): string {
  const seconds = (new Date(moment).getTime() - Date.now()) / 1000;
  if (Math.abs(seconds) > 7 * 86_400) return momentText(moment);
  const [unit, size] = STEPS.find(([, s]) => Math.abs(seconds) >= s) ?? ['second', 1];
  return new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' }).format(Math.round(seconds / size), unit);
}

/** Label of a choice's value. */
export const choiceText = (field: SeenField, value: string): string => field.choices?.find((c) => c.value === value)?.label ?? value;

/** Any value of a field as plain text, for headings, chips and the timeline. */
export function plainText(field: SeenField | undefined, value: unknown): string {
  if (value === null || value === undefined || value === '') return '';
  if (Array.isArray(value)) return value.map((v) => plainText(field, v)).join(', ');
  if (typeof value === 'boolean') return i18next.t(value ? 'Yes' : 'No');
  if (typeof value === 'object') {
    if ('amount' in value) return moneyText(value as Money);
    return String((value as Reach).address ?? (value as Reach).number ?? (value as Ref).label ?? '');
  }
  if (field?.kind === 'number') return numberText(value as number);
  if (field?.kind === 'date') return dayText(String(value));
  if (field?.kind === 'moment') return momentText(String(value));
  return field && (field.kind === 'choice' || field.kind === 'choices') ? choiceText(field, String(value)) : String(value);
}
