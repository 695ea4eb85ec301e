// How a value of each kind is shown: short in lists, whole on pages.
import type { ReactNode } from 'react';
import { IconCheck, IconExternalLink, IconLock, IconMinus } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { KindName } from '../../catalogue/catalogue.ts';
import type { SeenField } from '../me.ts';
import type { Ref } from '../records.ts';
import { choiceText, dayText, moneyText, momentText, numberText, type Money, type Reach } from './format.ts';

interface Shown { field: SeenField; value: any; whole: boolean }

/** A word on a quiet coloured ground; `color` is a Mantine colour name. */
function Tag({ color = 'gray', children }: { color?: string; children: ReactNode }) {
  return <span className="tag" style={{ background: `var(--mantine-color-${color}-light)`, color: `var(--tag-${color}, var(--mantine-color-text))` }}>{children}</span>;
}

/** First letters in a circle whose colour follows the name. */
export function Initials({ name }: { name: string }) {
  const letters = name.split(/\s+/).filter(Boolean).map((w) => [...w][0]).slice(0, 2).join('').toUpperCase();
  const hue = [...name].reduce((sum, c) => (sum * 31 + (c.codePointAt(0) ?? 0)) % 360, 7);
  return <span className="initials" style={{ '--hue': hue } as React.CSSProperties} aria-hidden>{letters}</span>;
}

const choiceColor = (field: SeenField, value: string) => field.choices?.find((c) => c.value === value)?.color;

/** Opens only web addresses: `javascript:` and the like stay text. */
const webHref = (value: string) => (/^https?:\/\//i.test(value) ? value : /^[a-z][a-z0-9+.-]*:/i.test(value) ? null : `https://${value}`);

function WebAddress({ value, whole }: Shown) {
  const href = webHref(String(value));
  if (!href) return <span>{value}</span>;
  const text = String(value).replace(/^https?:\/\/(www\.)?/i, '').replace(/\/$/, '');
  return <a className="value-link" href={href} target="_blank" rel="noopener noreferrer" tabIndex={whole ? 0 : -1}>{text}{whole && <IconExternalLink size={13} aria-hidden />}</a>;
}

function LinkChip({ to, value, whole }: { to: string | null; value: Ref; whole: boolean }) {
  const { t } = useTranslation();
  const label = value.label || t('Untitled');
  const table = value.table ?? (to === '*' ? null : to);
  if (value.id === null) return <span className="chip chip-hidden" title={t('You see its name only, not the record.')}><IconLock size={12} stroke={1.8} aria-label={t('Name only')} />{label}</span>;
  if (!value.id || !table) return <span className="chip">{label}</span>;
  return <Link className="chip chip-link" to="/t/$table/$id" params={{ table, id: value.id }} tabIndex={whole ? 0 : -1}>{label}</Link>;
}

function ReachList({ value, whole, prefix }: { value: Reach[]; whole: boolean; prefix: 'mailto:' | 'tel:' }) {
  const first = value.find((v) => v.primary) ?? value[0];
  const textOf = (v: Reach) => v.address ?? v.number ?? '';
  if (!first) return null;
  if (!whole) return <span>{textOf(first)}{value.length > 1 && <span className="more"> +{value.length - 1}</span>}</span>;
  return (
    <span className="stack">
      {value.map((v) => (
        <span key={textOf(v)}><a className="value-link" href={prefix + encodeURI(textOf(v))}>{textOf(v)}</a>{v.label && <span className="more"> {v.label}</span>}</span>
      ))}
    </span>
  );
}

function YesNo({ value }: Shown) {
  const { t } = useTranslation();
  return value ? <span className="yes"><IconCheck size={14} aria-hidden />{t('Yes')}</span> : <span className="no"><IconMinus size={14} aria-hidden />{t('No')}</span>;
}

const Reaching = (prefix: 'mailto:' | 'tel:') => function ReachOne({ value, whole }: Shown) {
  return whole ? <a className="value-link" href={prefix + encodeURI(String(value))}>{value}</a> : <span>{value}</span>;
};
const Member = ({ value }: Shown) => <span className="member"><Initials name={value.label ?? ''} />{value.label}</span>;

const SHOWN: Record<KindName, (props: Shown) => ReactNode> = {
  text: ({ value }) => <span>{value}</span>,
  long_text: ({ value, whole }) => <span className={whole ? 'prose' : undefined}>{value}</span>,
  number: ({ value }) => <span className="figures">{numberText(value)}</span>,
  money: ({ value }) => <span className="figures">{moneyText(value as Money)}</span>,
  date: ({ value }) => <span className="figures">{dayText(value)}</span>,
  moment: ({ value }) => <span className="figures">{momentText(value)}</span>,
  yes_no: YesNo,
  choice: ({ field, value }) => <Tag color={choiceColor(field, value)}>{choiceText(field, value)}</Tag>,
  choices: ({ field, value }) => <span className="tags">{(value as string[]).map((v) => <Tag key={v} color={choiceColor(field, v)}>{choiceText(field, v)}</Tag>)}</span>,
  email: Reaching('mailto:'),
  phone: Reaching('tel:'),
  web_address: WebAddress,
  link: ({ field, value, whole }) => <LinkChip to={field.to} value={value} whole={whole} />,
  links: ({ field, value, whole }) => <span className="tags">{(value as Ref[]).map((v) => <LinkChip key={v.id ?? v.label} to={field.to} value={v} whole={whole} />)}</span>,
  member: Member,
  emails: ({ value, whole }) => <ReachList value={value} whole={whole} prefix="mailto:" />,
  phones: ({ value, whole }) => <ReachList value={value} whole={whole} prefix="tel:" />,
};

export const isEmpty = (value: unknown): boolean => value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);

/** A field's value; nothing for an empty one. `whole` shows all of it, with links that work. */
export function Show({ field, value, whole = false }: { field: SeenField; value: unknown; whole?: boolean }) {
  if (isEmpty(value)) return null;
  const Shown = SHOWN[field.kind];
  return <Shown field={field} value={value} whole={whole} />;
}
