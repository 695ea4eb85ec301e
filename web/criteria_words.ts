// Criteria as people read them, and which fields and operators they can have.
import type { TFunction } from 'i18next';
import i18next from 'i18next';
import type { KindName } from '../catalogue/catalogue.ts';
import type { SeenField } from './me.ts';
import type { WholeField, WholeTable } from './whole_tables.ts';
import { plainText } from './kinds/format.ts';
import type { Named } from './party.tsx';

export type CriterionOp = 'in' | 'starts_with' | 'between' | 'is_empty';
export interface Criterion { field: string; op: CriterionOp; values: (string | number | boolean)[] }

const WORDS: KindName[] = ['text', 'long_text', 'email', 'phone', 'web_address'];
const NEVER: KindName[] = ['emails', 'phones', 'links'];

/** Fields that criteria may name. */
export const criteriaFields = (table: WholeTable): WholeField[] => table.fields.filter((f) => !f.computed && !NEVER.includes(f.kind));

export function criteriaOps(kind: KindName): CriterionOp[] {
  if (WORDS.includes(kind)) return kind === 'long_text' ? ['starts_with', 'is_empty'] : ['in', 'starts_with', 'between', 'is_empty'];
  if (kind === 'date' || kind === 'moment') return ['between', 'is_empty'];
  if (kind === 'number' || kind === 'money') return ['between', 'in', 'is_empty'];
  return ['in', 'is_empty'];
}

/** The field in the form that inputs take; yes and no become two words to choose from. */
export function asSeen(t: TFunction, field: WholeField): SeenField {
  const choices = field.kind === 'yes_no' ? [{ value: 'true', label: t('Yes') }, { value: 'false', label: t('No') }] : field.choices;
  return { ...field, choices, level: 'write' };
}

/** Within an English sentence names of fields begin small. */
const inSentence = (label: string) => (i18next.language === 'en' && !/^.[A-Z]/.test(label) ? label.charAt(0).toLowerCase() + label.slice(1) : label);

const isDone = ({ op, values }: Criterion) => op === 'is_empty' || (op === 'between' ? values.length === 2 && values.every((v) => v !== '' && v !== null) : values.length > 0);
/** Whether all that was begun is whole. */
export const allDone = (criteria: Criterion[]): boolean => criteria.every(isDone);

function testWords(t: TFunction, table: WholeTable, criterion: Criterion, people: Named[]): string {
  const field = table.fields.find((f) => f.name === criterion.field);
  if (!field) return criterion.field;
  const seen = asSeen(t, field);
  const one = (v: unknown) => {
    if (field.kind === 'member') return people.find((p) => p.id === v)?.label ?? t('a former member');
    if (seen.choices) return t(seen.choices.find((c) => c.value === String(v))?.label ?? String(v));
    return plainText({ ...seen, kind: field.kind === 'money' ? 'number' : field.kind }, v);
  };
  const said = { field: inSentence(field.label), values: criterion.values.map(one).join(t(' or ')), from: one(criterion.values[0]), to: one(criterion.values[1]), n: criterion.values.length };
  if (criterion.op === 'is_empty') return t('{{field}} is empty', said);
  if (!isDone(criterion)) return t('{{field}} …', said);
  if (criterion.op === 'between') return t('{{field}} lies between {{from}} and {{to}}', said);
  if (field.kind === 'link') return t('{{field}} is one of the {{n}} chosen', said);
  return criterion.op === 'in' ? t('{{field}} is {{values}}', said) : t('{{field}} starts with {{values}}', said);
}

/** "Companies whose country is CA and city starts with To". */
export function criteriaWords(t: TFunction, table: WholeTable, criteria: Criterion[], people: Named[]): string {
  if (criteria.length === 0) return t('All {{table}}', { table: table.labels });
  return t('{{table}} whose {{tests}}', { table: table.labels, tests: criteria.map((c) => testWords(t, table, c, people)).join(t(' and ')) });
}
