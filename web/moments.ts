// Days and devices as people read them.
import { locale } from './language.ts';

const shown = (moment: string, form: Intl.DateTimeFormatOptions) => {
  const at = new Date(moment);
  return Number.isNaN(at.getTime()) ? '' : new Intl.DateTimeFormat(locale(), form).format(at);
};

/** "24 Nov 2026" for an ISO moment. */
export const day = (moment: string): string => shown(moment, { dateStyle: 'medium' });

/** "24 Nov 2026, 14:50" for an ISO moment. */
export const dayAndTime = (moment: string): string => shown(moment, { dateStyle: 'medium', timeStyle: 'short' });

/** The moment `days` from now, ISO. */
export const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();

const BROWSERS: [RegExp, string][] = [[/Edg\//, 'Edge'], [/OPR\//, 'Opera'], [/Firefox\//, 'Firefox'], [/Chrome\/|Chromium\//, 'Chrome'], [/Safari\//, 'Safari']];
const SYSTEMS: [RegExp, string][] = [[/iPhone|iPad/, 'iOS'], [/Android/, 'Android'], [/Windows/, 'Windows'], [/Mac OS X/, 'macOS'], [/Linux/, 'Linux']];

/** "Firefox, Windows" out of a browser's long description; other words stay as they are. */
export function deviceOf(agent: string): string {
  if (!agent.includes('Mozilla/')) return agent;
  const found = [BROWSERS, SYSTEMS].map((of) => of.find(([sign]) => sign.test(agent))?.[1]);
  return found.filter(Boolean).join(', ') || agent.slice(0, 40);
}

/** A whole number with the separators of the language. */
export const count = (n: number): string => new Intl.NumberFormat(locale()).format(n);
