// The people of the demo company and those whom it knows: invented, with the names that break careless programs.

/** A member of Maple & Fjord. `manager` is the first name of a member further up in the list. */
export interface CastMember { name: string; email: string; /** What he does, in two words. */ role: string; profile: string; manager?: string; about: string; leaves?: true }

const at = (name: string) => `${name}@maple-fjord.example`;

export const MEMBERS: CastMember[] = [
  { name: 'Ada Ahlgren', email: at('ada'), role: 'Administrator', profile: 'Administrator', about: 'Keeps the settings. Reads no record: settings and data are two rights.' },
  { name: 'Frida Holm', email: at('frida'), role: 'Sales manager', profile: 'Sales', about: 'Leads sales. Sees what everyone below her sees, and the records of one who left.' },
  { name: 'Karim Haddad', email: at('karim'), role: 'Sales', profile: 'Sales', manager: 'Frida', about: 'Sells to offices. Sees his own deals, and through his team those that go to Canada.' },
  { name: 'Lena Brandt', email: at('lena'), role: 'Sales', profile: 'Sales', manager: 'Frida', about: 'Sells to hotels and homes. Sees what her assistant sees, and what goes to North America.' },
  { name: 'Tom Nguyen', email: at('tom'), role: 'Sales assistant', profile: 'Sales', manager: 'Lena', about: 'Assists Lena. Sees his own deals, those to the United States, and one that Karim shared; not hers.' },
  { name: 'Sam O’Neill', email: at('sam'), role: 'Support', profile: 'Support', about: 'Fits furniture to people. For him the table of deals does not exist; a rule shows him urgent tasks.' },
  { name: 'Dora Petrova', email: at('dora'), role: 'Data protection', profile: 'Data protection officer', about: 'Answers for personal data: reads everything, special categories too.' },
  { name: 'Otto Berg', email: at('otto'), role: 'Former member', profile: 'Sales', manager: 'Frida', about: 'Left the company. His deals stay his, and Frida still sees them.', leaves: true },
];

/** first name, last name, job title, company (place in ACCOUNTS), owner, stage, e-mail, phone, city, country */
export type Row = [first: string | null, last: string, title: string, company: number | null, owner: string, stage: string, email: string | null, phone: string | null, city: string, country: string];

const veryLong = 'Maximiliane Theodora Wilhelmine Charlotte Friederike Adelheid Konstantia Josephine Rosalie';

export const CONTACTS: Row[] = [
  ['Jürgen', 'Größl', 'Managing director', 0, 'Karim', 'customer', 'j.groessl@kontor-nord.example', '+49 30 23125 101', 'Hamburg', 'DE'],
  ['Anna', 'Schmidt', 'Office manager', 0, 'Karim', 'customer', 'anna.schmidt@kontor-nord.example', '+49 30 23125 102', 'Hamburg', 'DE'],
  ['Anna', 'Schmidt', 'Buyer', 3, 'Lena', 'qualified', 'a.schmidt@alpenblick.example', '+49 30 23125 103', 'Garmisch', 'DE'],
  ['Siobhán', 'O’Brien', 'Head of workplace', 1, 'Karim', 'customer', 'siobhan@liffey-labs.example', '+353 20 913 0101', 'Dublin', 'IE'],
  ['Niall', "D'Arcy", 'Facilities', 1, 'Karim', 'lead', "niall.d'arcy@liffey-labs.example", null, 'Dublin', 'IE'],
  ['Zoë', 'van den Heuvel', 'Architect', 2, 'Lena', 'qualified', 'zoe@vandenheuvel-architects.example', '+31 20 555 0143', 'Utrecht', 'NL'],
  ['Søren', 'Ærø', 'Project lead', 2, 'Karim', 'lead', 'soren@vandenheuvel-architects.example', null, 'Aarhus', 'DK'],
  ['Łukasz', 'Święcicki', 'Hotel director', 3, 'Lena', 'customer', 'lukasz@alpenblick.example', '+49 30 23125 104', 'Zakopane', 'PL'],
  ['سارة', 'الحسيني', 'Interior designer', 4, 'Lena', 'qualified', 'sara@dar-al-noor.example', '+962 6 555 0102', 'Amman', 'JO'],
  ['ליאור', 'כהן', 'Owner', 5, 'Lena', 'lead', 'lior@studio-cohen.example', null, 'Haifa', 'IL'],
  ['花子', '山田', 'Buyer', 6, 'Karim', 'qualified', 'hanako@yamada-living.example', '+81 3 5550 0101', 'Kyoto', 'JP'],
  ['Nguyễn Thị', 'Ánh Dương', 'Importer', 6, 'Tom', 'lead', 'duong@yamada-living.example', null, 'Hanoi', 'VN'],
  ['İpek', 'Işık', 'Purchasing', 7, 'Karim', 'customer', 'ipek@bosphorus-hotels.example', '+90 212 555 0103', 'İstanbul', 'TR'],
  [null, 'Ratnasari', 'Decorator', null, 'Tom', 'lead', 'ratnasari@example.com', null, 'Bandung', 'ID'],
  [veryLong, 'von und zu Hohenlohe-Langenburg-Waldenburg-Schillingsfürst', 'Widow of private means', null, 'Lena', 'customer', 'mtw.hohenlohe@schloss-langenburg.example', '+49 30 23125 105', 'Langenburg', 'DE'],
  ['José María', 'Núñez y Gómez-Pérez', 'Chef', 7, 'Lena', 'customer', 'jose.maria@casa-nunez.example', '+34 955 550 104', 'Sevilla', 'ES'],
  ['Françoise', 'L’Hôpital', 'Librarian', 8, 'Tom', 'qualified', 'f.lhopital@bibliotheque-lyon.example', '+33 1 99 00 01 05', 'Lyon', 'FR'],
  ['Ólafur', 'Þórðarson', 'Museum director', 8, 'Karim', 'lead', 'olafur@nordic-museums.example', null, 'Reykjavík', 'IS'],
  ['Δήμητρα', 'Παπαδοπούλου', 'Curator', 8, 'Lena', 'lead', 'dimitra@nordic-museums.example', null, 'Αθήνα', 'GR'],
  ['Дмитрий', 'Шостаков', 'Concert hall manager', 9, 'Karim', 'former', 'dmitri@konzerthaus-ost.example', '+49 30 23125 106', 'Leipzig', 'DE'],
  ['Bjørk', 'Null', 'Sound engineer', 9, 'Karim', 'lead', 'bjork.null@konzerthaus-ost.example', null, 'Leipzig', 'DE'],
  ['Test', 'True', 'Quality manager', 10, 'Tom', 'qualified', 'test.true@verify-inc.example', '+1 212 555 0107', 'New York', 'US'],
  ['Robert', 'Drop-Table', 'Database owner', 10, 'Tom', 'lead', 'bobby.droptable@verify-inc.example', '+1 212 555 0108', 'New York', 'US'],
  ['Mary-Jane', 'Watson Parker', 'Photographer', null, 'Lena', 'lead', 'mj@watson-photo.example', '+1 212 555 0109', 'New York', 'US'],
  ['Éloïse', 'Çelik-Ångström', 'Physicist', 11, 'Karim', 'customer', 'eloise@angstrom-institute.example', '+46 8 5550 0110', 'Uppsala', 'SE'],
  ['Ng', 'Wu', 'Researcher', 11, 'Karim', 'customer', 'wu@angstrom-institute.example', null, 'Uppsala', 'SE'],
  ['Michael', 'Müller', 'Craftsman', null, 'Lena', 'former', 'michael.mueller@example.net', '+49 30 23125 107', 'Köln', 'DE'],
  ['Michaela', 'Mueller', 'Carpenter', null, 'Lena', 'qualified', 'michaela.mueller@example.net', '+49 30 23125 108', 'Köln', 'DE'],
  ['Jean-Luc', 'de la Fontaine', 'Notary', null, 'Tom', 'customer', 'jl.delafontaine@example.org', '+33 1 99 00 01 09', 'Nancy', 'FR'],
  ['Gwen', 'ap Llywelyn', 'Teacher', null, 'Tom', 'lead', 'gwen@example.org', '+44 20 7946 0110', 'Aberystwyth', 'GB'],
  ['Ana', 'Ávila', 'Dentist', null, 'Lena', 'customer', 'ana.avila@example.org', '+34 955 550 111', 'Ávila', 'ES'],
  ['Hans-Peter', 'Ströbele-Öz', 'Saddler', 4, 'Otto', 'customer', 'hp.stroebele@dar-al-noor.example', '+49 30 23125 109', 'Ulm', 'DE'],
  ['Ingrid', 'Åkesson', 'Nurse', null, 'Otto', 'former', 'ingrid.akesson@example.se', '+46 8 5550 0112', 'Malmö', 'SE'],
  ['Ebenezer', 'Okonkwo', 'Accountant', 10, 'Frida', 'customer', 'ebenezer@verify-inc.example', '+44 20 7946 0113', 'London', 'GB'],
  ['Priya', 'Ramanathan', 'Head of design', 5, 'Frida', 'qualified', 'priya@studio-cohen.example', '+44 20 7946 0114', 'London', 'GB'],
  ['Clara', 'Neumann', 'Violin maker', null, 'Sam', 'customer', 'clara.neumann@example.org', '+49 30 23125 110', 'Mittenwald', 'DE'],
  ['Piet', '’t Hooft', 'Baker', null, 'Sam', 'customer', 'piet@example.nl', '+31 20 555 0115', 'Delft', 'NL'],
  ['Yusuf', 'İnce', 'Taxi driver', null, 'Sam', 'customer', 'yusuf.ince@example.org', '+49 30 23125 111', 'Berlin', 'DE'],
  ['Marguerite', 'Saint-Exupéry', 'Pilot', null, 'Lena', 'lead', null, null, 'Toulouse', 'FR'],
  ['Theo', 'Lind', 'Student', null, 'Karim', 'lead', 'theo.lind@example.org', null, 'Göteborg', 'SE'],
];
