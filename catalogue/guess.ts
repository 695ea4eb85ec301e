// Guesses which field a column of a foreign file means: by name first (English and German), by content where the name says nothing. Pure.
import type { Field } from './catalogue.ts';
import { emailAddress } from './kinds/email.ts';
import { webAddress } from './kinds/web_address.ts';

/** One spelling of names: FirstName, first_name, "First name" and "First Name 1" are the same. */
export const spelled = (name: string) => name.normalize('NFKD').replace(/\p{M}/gu, '').replaceAll('ß', 'ss').toLowerCase().replace(/[^\p{L}\p{N}]/gu, '').replace(/1$/, '');

/** Foreign names by field, in their one spelling; `table.field` goes before `field`. */
const SYNONYMS: Record<string, string> = {
  'account.name': 'company companyname account accountname organization organisation organizationname firma firmenname unternehmen kunde kundenname business',
  'account.industry': 'sector branche industrie', 'account.employees': 'numberofemployees headcount mitarbeiter mitarbeiterzahl companysize',
  'account.annual_revenue': 'revenue umsatz jahresumsatz turnover', 'account.parent': 'parentaccount parentcompany subsidiaryof muttergesellschaft konzern',
  'account.country': 'officelocation', 'account.type': 'accounttype',
  'contact.account': 'company companyname account accountname organization organisation firma unternehmen employer arbeitgeber',
  'contact.title': 'jobtitle position funktion role beruf', 'contact.department': 'abteilung', 'contact.stage': 'leadstatus status', 'contact.source': 'leadsource quelle herkunft',
  'contact.birth_date': 'birthday birthdate dateofbirth dob geburtstag geburtsdatum', 'contact.language': 'sprache preferredlanguage',
  'contact.last_name': 'name', 'contact.email': 'primaryemail workemail',
  'deal.name': 'deal dealname opportunity opportunityname opportunityid title titel projekt', 'deal.account': 'company account accountname firma unternehmen kunde customer',
  'deal.contact': 'contactname person ansprechpartner', 'deal.stage': 'dealstage status phase stufe', 'deal.amount': 'value dealvalue closevalue price betrag wert summe volumen',
  'deal.closes_on': 'closedate expectedclosedate enddate abschluss abschlussdatum', 'deal.probability': 'wahrscheinlichkeit', 'deal.lost_reason': 'lossreason verlustgrund',
  'task.title': 'subject name betreff titel aufgabe', 'task.due_at': 'duedate due deadline faellig falligam fallig', 'note.text': 'note body content notiz inhalt',
  first_name: 'firstname givenname forename fname first vorname rufname', last_name: 'lastname surname familyname lname last nachname familienname',
  email: 'email emailaddress mail mailaddress emailadresse', phone: 'phone phonenumber telephone tel telefon telefonnummer rufnummer workphone mobile mobilephone cell handy mobil mobiltelefon',
  website: 'website url web webpage homepage webseite internet domain', street: 'street address addressline streetaddress strasse anschrift adresse strassehausnummer', city: 'city town ort stadt wohnort',
  zip: 'zip zipcode postcode postalcode plz postleitzahl', region: 'region state province county bundesland kanton', country: 'country land staat', tags: 'tags labels keywords schlagworte stichworte',
  description: 'description notes note comment comments remarks beschreibung notizen bemerkung bemerkungen kommentar',
  owner: 'owner leadowner accountowner dealowner contactowner salesagent salesrep assignedto assignee besitzer eigentumer verantwortlich verantwortlicher zustandig betreuer', id: 'id recordid stewardid',
};

export interface Column { name: string; samples: string[] }

/** For each column the name of the field it likely means, or null; no field twice. */
export function guessFields(columns: Column[], table: { name: string; fields: Pick<Field, 'name' | 'label' | 'kind'>[] }): (string | null)[] {
  const guesses: (string | null)[] = columns.map(() => null);
  const open = new Set(table.fields.map((f) => f.name));
  const take = (meant: (column: Column) => string | undefined) => columns.forEach((column, i) => {
    const field = guesses[i] === null ? meant(column) : undefined;
    if (field && open.delete(field)) guesses[i] = field;
  });
  const words = (key: string) => SYNONYMS[key]?.split(' ') ?? [];
  const find = (test: (f: Pick<Field, 'name' | 'label' | 'kind'>) => boolean) => table.fields.find((f) => open.has(f.name) && test(f))?.name;
  take(({ name }) => find((f) => spelled(f.name) === spelled(name) || spelled(f.label) === spelled(name)));
  take(({ name }) => find((f) => words(`${table.name}.${f.name}`).includes(spelled(name))));
  take(({ name }) => find((f) => words(f.name).includes(spelled(name))));
  take(({ samples }) => {
    const filled = samples.filter((s) => s.trim() !== '');
    const mostly = (test: (s: string) => boolean) => filled.length > 0 && filled.filter(test).length >= filled.length * 0.7;
    if (mostly((s) => emailAddress(s) !== null)) return find((f) => f.kind === 'email');
    if (mostly((s) => /^https?:|^www\./i.test(s) && webAddress(s) !== null)) return find((f) => f.kind === 'web_address');
    return mostly((s) => /^(\+|00)\d[\d\s()/.-]{6,}$/.test(s.trim())) ? find((f) => f.kind === 'phone') : undefined;
  });
  return guesses;
}

/** What the cells tell about how numbers and days are written; undefined where they don't. */
export function guessLocale(cells: string[]): { decimal?: '.' | ','; dayFirst?: boolean } {
  let decimal = 0; let dayFirst = 0;
  for (const cell of cells) {
    const s = cell.trim().replace(/^[^\d-]{0,4}\s*|\s*[^\d]{0,4}$/gu, '');
    if (/^-?\d{1,3}(\.\d{3})*,\d{1,2}$|^-?\d{1,3}(\.\d{3}){2,}$/.test(s)) decimal--;
    if (/^-?\d{1,3}(,\d{3})*\.\d{1,2}$|^-?\d{1,3}(,\d{3}){2,}$/.test(s)) decimal++;
    const day = /^(\d{1,2})[/-](\d{1,2})[/-]\d{2,4}/.exec(s);
    if (day && Number(day[1]) > 12) dayFirst++;
    if (day && Number(day[2]) > 12) dayFirst--;
  }
  return { ...(decimal ? { decimal: decimal > 0 ? '.' as const : ',' as const } : {}), ...(dayFirst ? { dayFirst: dayFirst > 0 } : {}) };
}
