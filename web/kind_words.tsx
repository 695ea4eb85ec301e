// The kinds of fields an administrator can make: icon, name and when to take which.
import {
  IconAt, IconCalendar, IconCalendarTime, IconCheckbox, IconCoin, IconHash, IconLetterT, IconLink, IconList, IconListCheck, IconPhone, IconTextWrap, IconUser, IconWorld, IconArrowsSplit2, type Icon,
} from '@tabler/icons-react';
import type { KindName } from '../catalogue/catalogue.ts';

export const KIND_WORDS: Record<KindName, { label: string; hint: string; icon: Icon }> = {
  text: { label: 'Text', hint: 'One line of words', icon: IconLetterT },
  long_text: { label: 'Long text', hint: 'Several lines', icon: IconTextWrap },
  number: { label: 'Number', hint: 'Whole or decimal', icon: IconHash },
  money: { label: 'Money', hint: 'An amount with its currency', icon: IconCoin },
  date: { label: 'Date', hint: 'A day, without a time', icon: IconCalendar },
  moment: { label: 'Moment', hint: 'A day and a time', icon: IconCalendarTime },
  yes_no: { label: 'Yes or no', hint: 'A box to tick', icon: IconCheckbox },
  choice: { label: 'Choice', hint: 'One of a list', icon: IconList },
  choices: { label: 'Choices', hint: 'Several of a list, or free words', icon: IconListCheck },
  email: { label: 'E-mail', hint: 'An e-mail address', icon: IconAt },
  phone: { label: 'Phone', hint: 'A phone number', icon: IconPhone },
  web_address: { label: 'Web address', hint: 'Opens in a new tab', icon: IconWorld },
  link: { label: 'Link', hint: 'Leads to one record of another table', icon: IconLink },
  links: { label: 'Links', hint: 'Lead to several records', icon: IconArrowsSplit2 },
  member: { label: 'Member', hint: 'One of your colleagues', icon: IconUser },
  emails: { label: 'E-mails', hint: 'Several addresses', icon: IconAt },
  phones: { label: 'Phones', hint: 'Several numbers', icon: IconPhone },
};

/** Kinds that are offered for new fields, in this order. */
export const OFFERED: readonly KindName[] = ['text', 'long_text', 'number', 'money', 'date', 'moment', 'yes_no', 'choice', 'choices', 'email', 'phone', 'web_address', 'link', 'links', 'member'];

/** The icon of a kind; decoration only. */
export function KindIcon({ kind, size = 15 }: { kind: KindName; size?: number }) {
  const Found = KIND_WORDS[kind].icon;
  return <Found size={size} stroke={1.6} aria-hidden />;
}

/** A name for the API made from what people call a thing: `Größe (cm)` → `groesse_cm`. */
export function nameFrom(label: string): string {
  const plain = label.toLowerCase().replace(/ä/g, 'ae').replace(/ö/g, 'oe').replace(/ü/g, 'ue').replace(/ß/g, 'ss').normalize('NFKD').replace(/[\u0300-\u036f]/g, '');
  return plain.replace(/[^a-z0-9]+/g, '_').replace(/^[^a-z]+/, '').slice(0, 60).replace(/_+$/, '');
}
