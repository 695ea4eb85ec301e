// The input of each kind, used alike in forms, in cells and in filters.
import type { ReactNode } from 'react';
import { Checkbox, NumberInput, Select, TagsInput, MultiSelect, Textarea, TextInput, SegmentedControl, Input as Wrapped } from '@mantine/core';
import { DateInput, DateTimePicker } from '@mantine/dates';
import { useTranslation } from 'react-i18next';
import dayjs from 'dayjs';
import 'dayjs/locale/de.js';
import customParseFormat from 'dayjs/plugin/customParseFormat.js';
import type { KindName } from '../../catalogue/catalogue.ts';
import { locale } from '../language.ts';
import { common, type InputProps } from './props.ts';
import { MoneyInput } from './money.tsx';
import { LinkInput, LinksInput } from './link.tsx';
import { MemberInput } from './member.tsx';
import { ReachInput } from './reach.tsx';

dayjs.extend(customParseFormat);

type Input = (props: InputProps) => ReactNode;

const line = (type: 'text' | 'email' | 'tel' | 'url'): Input => function LineInput(props) {
  return <TextInput {...common(props)} type={type === 'email' || type === 'url' ? 'text' : type} inputMode={type} autoComplete="off" value={props.value ?? ''} onChange={(e) => props.onChange(e.currentTarget.value)} />;
};

const LongInput: Input = (props) => <Textarea {...common(props)} autosize minRows={3} maxRows={14} value={props.value ?? ''} onChange={(e) => props.onChange(e.currentTarget.value)} />;

const separators = () => {
  const parts = new Intl.NumberFormat(locale()).formatToParts(1234567.8);
  return { decimalSeparator: parts.find((p) => p.type === 'decimal')?.value ?? '.', thousandSeparator: parts.find((p) => p.type === 'group')?.value ?? ',' };
};

const FigureInput: Input = (props) => (
  <NumberInput {...common(props)} {...separators()} hideControls value={props.value ?? ''} onChange={(v) => props.onChange(v === '' ? null : v)} />
);

function useDayFormat() {
  const { i18n, t } = useTranslation();
  const order = new Intl.DateTimeFormat(locale()).formatToParts(new Date(2033, 10, 22)).map((p) => (p.type === 'day' ? 'DD' : p.type === 'month' ? 'MM' : p.type === 'year' ? 'YYYY' : p.value)).join('');
  const placeholder = i18n.language === 'de' ? order.replace('DD', 'TT').replace('YYYY', 'JJJJ') : order;
  return { format: order, placeholder, locale: i18n.language, clearButton: { 'aria-label': t('Clear') } };
}

const DayInput: Input = function DayInput(props) {
  const { format, placeholder, clearButton, locale: language } = useDayFormat();
  return <DateInput {...common(props)} clearable clearButtonProps={clearButton} valueFormat={format} locale={language} weekendDays={[]} placeholder={placeholder} value={props.value ?? null} onChange={(v) => { props.onChange(v); }} popoverProps={{ withinPortal: true }} />;
};

const MomentInput: Input = function MomentInput(props) {
  const { format, clearButton, locale: language } = useDayFormat();
  const shown = props.value ? dayjs(props.value).format('YYYY-MM-DD HH:mm:ss') : null;
  return <DateTimePicker {...common(props)} clearable clearButtonProps={clearButton} weekendDays={[]} valueFormat={`${format} HH:mm`} locale={language} value={shown} onChange={(v) => props.onChange(v ? dayjs(v).toISOString() : null)} />;
};

const YesNoInput: Input = function YesNoInput(props) {
  const { t } = useTranslation();
  if (!props.label) {
    const data = [{ value: 'true', label: t('Yes') }, { value: 'false', label: t('No') }];
    return <SegmentedControl size="xs" aria-label={props['aria-label']} data={data} value={String(props.value ?? '')} onChange={(v) => { props.onChange(v === 'true'); props.onDone?.(v === 'true'); }} />;
  }
  return (
    <Wrapped.Wrapper error={props.error}>
      <Checkbox size="xs" mt={24} label={props.label} checked={!!props.value} onChange={(e) => props.onChange(e.currentTarget.checked)} autoFocus={props.autoFocus} />
    </Wrapped.Wrapper>
  );
};

const ChoiceInput: Input = function ChoiceInput(props) {
  const { t } = useTranslation();
  const data = (props.field.choices ?? []).map(({ value, label }) => ({ value, label }));
  return (
    <Select {...common(props)} data={data} searchable={data.length > 6} clearable={!props.required} nothingFoundMessage={t('Nothing found')} value={props.value ?? null} onOptionSubmit={(v) => { if (v === props.value) props.onDone?.(v); }}
      defaultDropdownOpened={!!props.onDone} onChange={(v) => { props.onChange(v); props.onDone?.(v); }} />
  );
};

const ChoicesInput: Input = function ChoicesInput(props) {
  const { t } = useTranslation();
  const { choices } = props.field;
  if (!choices) return <TagsInput {...common(props)} clearable placeholder={props.value?.length ? undefined : t('Type and press Enter')} value={props.value ?? []} onChange={props.onChange} acceptValueOnBlur />;
  return <MultiSelect {...common(props)} data={choices.map(({ value, label }) => ({ value, label }))} searchable clearable value={props.value ?? []} onChange={props.onChange} />;
};

const INPUTS: Record<KindName, Input> = {
  text: line('text'), long_text: LongInput, number: FigureInput, money: MoneyInput, date: DayInput, moment: MomentInput, yes_no: YesNoInput,
  choice: ChoiceInput, choices: ChoicesInput, email: line('email'), phone: line('tel'), web_address: line('url'),
  link: LinkInput, links: LinksInput, member: MemberInput, emails: ReachInput, phones: ReachInput,
};

/** The input for a field's kind. */
export function KindInput(props: InputProps) {
  const Of = INPUTS[props.field.kind];
  return <Of {...props} />;
}
