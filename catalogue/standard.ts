// The tables that every tenant begins with: entries of the catalogue like any other, not exceptions to it.
import type { Choice, Field, Table } from './catalogue.ts';

type Draft = Omit<Field, 'no' | 'column'>;

const plain: Omit<Draft, 'name' | 'label' | 'kind'> = {
  required: false, unique: false, tracked: false, searchable: false, personal: 'no', category: null, purpose: null, origin: null, erasure: 'clear', to: null, choices: null, computed: null,
};
const field = (name: string, label: string, kind: Field['kind'], more: Partial<Draft> = {}): Draft => ({ ...plain, name, label, kind, ...more });

/** A personal field of the person a table is about; the purpose is what a CRM is for, the tenant may narrow it. */
const personal = (category: string, origin: Field['origin'] = 'provided'): Partial<Draft> => ({ personal: 'yes', category, purpose: 'customer_relations', origin });

const choices = (...pairs: [value: string, label: string, color?: string][]): Choice[] => pairs.map(([value, label, color]) => ({ value, label, ...(color ? { color } : {}) }));

const address = (about: Partial<Draft>): Draft[] => [
  field('street', 'Street', 'text', about), field('city', 'City', 'text', about), field('zip', 'Postal code', 'text', about),
  field('region', 'State or region', 'text', about), field('country', 'Country', 'text', about),
];

const account: Draft[] = [
  field('name', 'Name', 'text', { required: true, tracked: true, searchable: true }),
  field('website', 'Website', 'web_address', { searchable: true }),
  field('phone', 'Phone', 'phone', { searchable: true }), field('phones', 'All phones', 'phones'),
  field('email', 'E-mail', 'email', { searchable: true }), field('emails', 'All e-mails', 'emails', { searchable: true }),
  field('industry', 'Industry', 'text'), field('type', 'Type', 'choice', { choices: choices(['prospect', 'Prospect', 'blue'], ['customer', 'Customer', 'teal'], ['partner', 'Partner', 'grape'], ['supplier', 'Supplier', 'orange'], ['other', 'Other', 'gray']) }),
  field('employees', 'Employees', 'number'), field('annual_revenue', 'Annual revenue', 'money'),
  field('parent', 'Parent company', 'link', { to: 'account' }),
  ...address({}), field('tags', 'Tags', 'choices'), field('description', 'Description', 'long_text'),
];

const contact: Draft[] = [
  field('first_name', 'First name', 'text', { ...personal('user.name'), tracked: true, searchable: true }),
  field('last_name', 'Last name', 'text', { ...personal('user.name'), tracked: true, searchable: true }),
  field('full_name', 'Name', 'text', { ...personal('user.name'), computed: { from: ['first_name', 'last_name'], sql: `nullif(btrim(coalesce(first_name, '') || ' ' || coalesce(last_name, '')), '')` } }),
  field('title', 'Job title', 'text', personal('user.job_title')), field('department', 'Department', 'text', personal('user.job_title')),
  field('account', 'Company', 'link', { to: 'account', tracked: true }),
  field('stage', 'Stage', 'choice', { tracked: true, choices: choices(['lead', 'Lead', 'blue'], ['qualified', 'Qualified', 'violet'], ['customer', 'Customer', 'teal'], ['former', 'Former', 'gray']) }),
  field('source', 'Source', 'text'), field('birth_date', 'Date of birth', 'date', personal('user.demographic.date_of_birth')), field('language', 'Language', 'text', personal('user.demographic.language')),
  field('email', 'E-mail', 'email', { ...personal('user.contact.email'), tracked: true, searchable: true }), field('emails', 'All e-mails', 'emails', { ...personal('user.contact.email'), searchable: true }),
  field('phone', 'Phone', 'phone', { ...personal('user.contact.phone_number'), tracked: true, searchable: true }), field('phones', 'All phones', 'phones', { ...personal('user.contact.phone_number'), searchable: true }),
  ...address(personal('user.contact.address')), field('tags', 'Tags', 'choices'), field('description', 'Description', 'long_text', personal('user.content')),
];

const deal: Draft[] = [
  field('name', 'Name', 'text', { required: true, tracked: true, searchable: true }),
  field('account', 'Company', 'link', { to: 'account', tracked: true }), field('contact', 'Contact', 'link', { to: 'contact', tracked: true }),
  field('stage', 'Stage', 'choice', { tracked: true, choices: choices(['new', 'New', 'gray'], ['qualified', 'Qualified', 'blue'], ['proposal', 'Proposal', 'violet'], ['negotiation', 'Negotiation', 'orange'], ['won', 'Won', 'teal'], ['lost', 'Lost', 'red']) }),
  field('amount', 'Amount', 'money', { tracked: true }), field('probability', 'Probability', 'number'), field('closes_on', 'Close date', 'date', { tracked: true }), field('closed_at', 'Closed at', 'moment'),
  field('lost_reason', 'Reason lost', 'text'), field('source', 'Source', 'text'), field('description', 'Description', 'long_text'),
];

const task: Draft[] = [
  field('title', 'Title', 'text', { required: true, searchable: true }), field('about', 'About', 'link', { to: '*' }), field('due_at', 'Due', 'moment', { tracked: true }),
  field('status', 'Status', 'choice', { tracked: true, choices: choices(['open', 'Open', 'blue'], ['doing', 'In progress', 'orange'], ['done', 'Done', 'teal']) }),
  field('priority', 'Priority', 'choice', { choices: choices(['low', 'Low', 'gray'], ['normal', 'Normal', 'blue'], ['high', 'High', 'red']) }),
  field('done_at', 'Done at', 'moment'), field('description', 'Description', 'long_text'),
];

const note: Draft[] = [
  field('about', 'About', 'link', { to: '*' }),
  field('text', 'Text', 'long_text', { required: true, searchable: true }),
];

const TABLES: (Omit<Table, 'no' | 'physical' | 'fields' | 'append_only' | 'standard' | 'sharing'> & { drafts: Draft[] })[] = [
  { name: 'account', label: 'Company', labels: 'Companies', icon: 'building', subject: 'none', title: 'name', drafts: account, layout: {
    list: ['name', 'type', 'industry', 'city', 'country', 'website', 'employees', 'annual_revenue', 'tags'],
    page: [{ label: 'Company', fields: ['name', 'type', 'industry', 'website', 'employees', 'annual_revenue', 'parent', 'tags'] }, { label: 'Reach', fields: ['emails', 'phones'] },
      { label: 'Address', fields: ['street', 'zip', 'city', 'region', 'country'] }, { label: 'More', fields: ['description'] }] } },
  { name: 'contact', label: 'Contact', labels: 'Contacts', icon: 'user', subject: 'self', title: 'full_name', drafts: contact, layout: {
    list: ['full_name', 'stage', 'account', 'title', 'email', 'phone', 'city', 'country', 'tags'],
    page: [{ label: 'Person', fields: ['first_name', 'last_name', 'title', 'department', 'account', 'stage', 'source', 'language', 'birth_date', 'tags'] }, { label: 'Reach', fields: ['emails', 'phones'] },
      { label: 'Address', fields: ['street', 'zip', 'city', 'region', 'country'] }, { label: 'More', fields: ['description'] }] } },
  { name: 'deal', label: 'Deal', labels: 'Deals', icon: 'currency-euro', subject: 'none', title: 'name', drafts: deal, layout: {
    list: ['name', 'stage', 'amount', 'account', 'contact', 'closes_on', 'probability'],
    page: [{ label: 'Deal', fields: ['name', 'stage', 'amount', 'probability', 'account', 'contact', 'closes_on', 'closed_at', 'lost_reason', 'source'] }, { label: 'More', fields: ['description'] }] } },
  { name: 'task', label: 'Task', labels: 'Tasks', icon: 'checkbox', subject: 'none', title: 'title', drafts: task, layout: {
    list: ['title', 'status', 'priority', 'due_at', 'about'], page: [{ label: 'Task', fields: ['title', 'status', 'priority', 'due_at', 'about', 'done_at'] }, { label: 'More', fields: ['description'] }] } },
  { name: 'note', label: 'Note', labels: 'Notes', icon: 'note', subject: 'none', title: 'text', drafts: note, layout: { list: ['text', 'about'], page: [{ label: 'Note', fields: ['text', 'about'] }] } },
];

/** The standard tables with fresh numbers from 1 on; `sharing` is what the first-run set-up chose (SPEC 3.3). */
export function standardTables(sharing: Table['sharing']): Table[] {
  let no = 0;
  return TABLES.map(({ drafts, ...table }, i) => ({
    ...table, no: i + 1, physical: table.name, standard: true, append_only: false, sharing,
    fields: drafts.map((draft) => ({ ...draft, no: ++no, column: draft.name })),
  }));
}
