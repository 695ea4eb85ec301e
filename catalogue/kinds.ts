// Register of all kinds of field; adding a kind means one file in kinds/ and one line here.
import type { Field, KindName } from './catalogue.ts';
import { choice } from './kinds/choice.ts';
import { choices } from './kinds/choices.ts';
import { date } from './kinds/date.ts';
import { email } from './kinds/email.ts';
import { emails } from './kinds/emails.ts';
import type { Kind } from './kinds/kind.ts';
import { link, linkToAny } from './kinds/link.ts';
import { links } from './kinds/links.ts';
import { longText } from './kinds/long_text.ts';
import { member } from './kinds/member.ts';
import { moment } from './kinds/moment.ts';
import { money } from './kinds/money.ts';
import { number } from './kinds/number.ts';
import { phone } from './kinds/phone.ts';
import { phones } from './kinds/phones.ts';
import { text } from './kinds/text.ts';
import { webAddressKind } from './kinds/web_address.ts';
import { yesNo } from './kinds/yes_no.ts';

export const KINDS: Record<KindName, Kind> = {
  text, long_text: longText, number, money, date, moment, yes_no: yesNo, choice, choices, email, phone,
  web_address: webAddressKind, link, links, member, emails, phones,
};

/** The kind of a field. Always ask this instead of KINDS: a link to any table (`to` is `*`) has one column more than other links. */
export const kindOf = (field: Pick<Field, 'kind' | 'to'>): Kind => (field.kind === 'link' && field.to === '*' ? linkToAny : KINDS[field.kind]);
