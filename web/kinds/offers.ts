// What the window offers for each kind without loading the kinds themselves: width in lists, side, operators. A proof keeps it within the catalogue.
import type { KindName } from '../../catalogue/catalogue.ts';
import type { Operator } from '../../catalogue/kinds/kind.ts';

const equal: Operator[] = ['eq', 'ne', 'in', 'nin'];
const order: Operator[] = ['lt', 'lte', 'gt', 'gte', 'between'];
const words: Operator[] = ['contains', 'starts_with'];

interface Offer { width: number; right?: boolean; sortable: boolean; operators: Operator[] }
/** By kind: first width of a column in pixels, whether it stands at the right, whether lists sort by it, its operators. */
export const OFFERS: Record<KindName, Offer> = {
  text: { width: 180, sortable: true, operators: [...words, ...equal] },
  long_text: { width: 260, sortable: false, operators: [...words] },
  number: { width: 110, right: true, sortable: true, operators: [...equal, ...order] },
  money: { width: 140, right: true, sortable: true, operators: ['eq', 'ne', ...order] },
  date: { width: 130, sortable: true, operators: ['eq', 'ne', ...order] },
  moment: { width: 170, sortable: true, operators: order },
  yes_no: { width: 90, sortable: true, operators: ['eq'] },
  choice: { width: 140, sortable: true, operators: equal },
  choices: { width: 200, sortable: false, operators: ['contains', 'in', 'nin'] },
  email: { width: 220, sortable: true, operators: [...words, ...equal] },
  phone: { width: 160, sortable: true, operators: [...words, ...equal] },
  web_address: { width: 200, sortable: true, operators: [...words, ...equal] },
  link: { width: 180, sortable: false, operators: equal },
  links: { width: 220, sortable: false, operators: ['contains'] },
  member: { width: 150, sortable: false, operators: equal },
  emails: { width: 240, sortable: false, operators: ['contains'] },
  phones: { width: 180, sortable: false, operators: ['contains'] },
};

/** Operators of a kind, with the two that all have. */
export const operatorsOf = (kind: KindName): Operator[] => [...OFFERS[kind].operators, 'is_empty', 'not_empty'];

const WORDS: Record<Operator, string> = {
  eq: 'is', ne: 'is not', in: 'is one of', nin: 'is none of', lt: 'less than', lte: 'at most', gt: 'more than', gte: 'at least', between: 'between',
  contains: 'contains', starts_with: 'starts with', is_empty: 'is empty', not_empty: 'is not empty',
};
const TIME_WORDS: Partial<Record<Operator, string>> = { lt: 'before', lte: 'on or before', gt: 'after', gte: 'on or after' };

/** An operator in words (a key for translation). */
export const inWords = (op: Operator, kind: KindName): string => (kind === 'date' || kind === 'moment' ? TIME_WORDS[op] : undefined) ?? WORDS[op];
