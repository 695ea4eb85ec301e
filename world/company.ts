// What Maple & Fjord sells and to whom: companies, deals, tasks, notes, and a table of its own for fitting furniture to people.

/** name, industry, type, city, country, employees, website, owner */
export const ACCOUNTS: [string, string, string, string, string, number, string, string][] = [
  ['Kontor Nord GmbH', 'Co-working', 'customer', 'Hamburg', 'DE', 48, 'https://kontor-nord.example', 'Karim'],
  ['Liffey Labs', 'Software', 'customer', 'Dublin', 'IE', 320, 'https://liffey-labs.example', 'Karim'],
  ['Van den Heuvel Architects', 'Architecture', 'partner', 'Utrecht', 'NL', 22, 'https://vandenheuvel-architects.example', 'Lena'],
  ['Hotel Alpenblick', 'Hotels', 'customer', 'Garmisch-Partenkirchen', 'DE', 75, 'https://alpenblick.example', 'Lena'],
  ['Dar al-Noor', 'Hotels', 'prospect', 'Amman', 'JO', 140, 'https://dar-al-noor.example', 'Lena'],
  ['Studio Cohen', 'Design', 'partner', 'Haifa', 'IL', 6, 'https://studio-cohen.example', 'Lena'],
  ['Yamada Living', 'Retail', 'prospect', 'Kyoto', 'JP', 900, 'https://yamada-living.example', 'Karim'],
  ['Bosphorus Hotels', 'Hotels', 'customer', 'İstanbul', 'TR', 2100, 'https://bosphorus-hotels.example', 'Karim'],
  ['Nordic Museums', 'Culture', 'prospect', 'Reykjavík', 'IS', 60, 'https://nordic-museums.example', 'Karim'],
  ['Konzerthaus Ost', 'Culture', 'other', 'Leipzig', 'DE', 110, 'https://konzerthaus-ost.example', 'Karim'],
  ['Verify Inc. “Trust & Safety”', 'Insurance', 'prospect', 'New York', 'US', 12000, 'https://verify-inc.example', 'Frida'],
  ['Ångström Institute', 'Research', 'customer', 'Uppsala', 'SE', 640, 'https://angstrom-institute.example', 'Karim'],
];

/** name, company, contact (places), stage, amount in euros, probability, days from today to the close date, owner */
export const DEALS: [string, number, number, string, string, number, number, string][] = [
  ['40 desks for the new floor', 0, 0, 'won', '38400', 100, -40, 'Karim'],
  ['Phone booths, oak', 0, 1, 'proposal', '14200', 50, 21, 'Karim'],
  ['Reception counter', 0, 0, 'lost', '7900', 0, -12, 'Karim'],
  ['Office chairs, 120 pieces', 1, 3, 'negotiation', '51600', 70, 9, 'Karim'],
  ['Canteen benches', 1, 3, 'qualified', '18750', 30, 48, 'Karim'],
  ['Standing desks, pilot', 1, 4, 'new', '4980', 10, 60, 'Karim'],
  ['Sample collection 2027', 2, 5, 'proposal', '9600', 40, 30, 'Lena'],
  ['Staircase in larch', 2, 6, 'new', '22000', 10, 90, 'Karim'],
  ['Beds for 30 rooms', 3, 7, 'won', '61500', 100, -75, 'Lena'],
  ['Breakfast room', 3, 7, 'negotiation', '27300', 80, 5, 'Lena'],
  ['Sauna benches', 3, 2, 'qualified', '5400', 30, 35, 'Lena'],
  ['Lobby of the new house', 4, 8, 'proposal', '88000', 50, 42, 'Lena'],
  ['Terrace tables', 4, 31, 'lost', '12800', 0, -30, 'Otto'],
  ['Show room shelves', 5, 9, 'new', '3600', 10, 55, 'Lena'],
  ['Conference table, walnut', 5, 34, 'won', '16900', 100, -8, 'Frida'],
  ['Spring order', 6, 10, 'qualified', '120000', 25, 80, 'Karim'],
  ['Children’s furniture', 6, 11, 'new', '30500', 10, 100, 'Tom'],
  ['Dining chairs, 400 pieces', 7, 12, 'negotiation', '140000', 75, 14, 'Karim'],
  ['Kitchen island', 7, 15, 'won', '8800', 100, -20, 'Lena'],
  ['Roof bar', 7, 12, 'lost', '45000', 0, -60, 'Karim'],
  ['Display cases', 8, 17, 'new', '64000', 10, 120, 'Karim'],
  ['Reading room tables', 8, 16, 'proposal', '23400', 45, 28, 'Tom'],
  ['Museum café', 8, 18, 'qualified', '19900', 30, 66, 'Lena'],
  ['Foyer seating', 9, 19, 'lost', '33000', 0, -90, 'Otto'],
  ['Music stands in maple', 9, 20, 'new', '6200', 10, 45, 'Karim'],
  ['Head office refit', 10, 33, 'negotiation', '410000', 60, 25, 'Frida'],
  ['Test batch of drawers', 10, 21, 'qualified', '2100', 20, 18, 'Tom'],
  ['Laboratory stools', 11, 24, 'won', '11250', 100, -3, 'Karim'],
  ['Lecture hall benches', 11, 25, 'proposal', '72500', 50, 52, 'Karim'],
  ['Library ladders', 8, 16, 'won', '4300', 100, -15, 'Tom'],
];

/** Deals that are delivered to another country than that of their company. */
export const DELIVERED: Record<string, string> = { 'Sample collection 2027': 'CA', 'Show room shelves': 'CA', 'Children’s furniture': 'CA', 'Conference table, walnut': 'US' };

/** title, about (table and place), status, priority, due in days, owner */
export const TASKS: [string, 'deal' | 'contact' | 'account', number, string, string, number, string][] = [
  ['Send the offer for phone booths', 'deal', 1, 'open', 'high', 1, 'Karim'],
  ['Measure the new floor', 'account', 0, 'done', 'normal', -20, 'Karim'],
  ['Agree on delivery dates', 'deal', 3, 'doing', 'high', 2, 'Karim'],
  ['Ask for the colour of the seats', 'deal', 17, 'open', 'normal', 4, 'Karim'],
  ['Visit Kyoto', 'account', 6, 'open', 'low', 30, 'Karim'],
  ['Call back about the lobby', 'contact', 8, 'open', 'high', 0, 'Lena'],
  ['Samples of larch to Utrecht', 'deal', 6, 'doing', 'normal', 3, 'Lena'],
  ['Congratulate on the opening', 'contact', 7, 'open', 'low', 7, 'Lena'],
  ['Write the reference story', 'deal', 8, 'open', 'low', 25, 'Lena'],
  ['Book the carrier for the breakfast room', 'deal', 9, 'open', 'high', 5, 'Lena'],
  ['Prepare the price list for Lena', 'deal', 16, 'doing', 'normal', 1, 'Tom'],
  ['Collect the signed order', 'deal', 21, 'open', 'normal', 6, 'Tom'],
  ['Check the address in Bandung', 'contact', 13, 'open', 'low', 9, 'Tom'],
  ['Quarterly talk with Karim', 'account', 1, 'open', 'normal', 11, 'Frida'],
  ['Plan the refit with the builder', 'deal', 25, 'doing', 'high', 8, 'Frida'],
  ['Repair the drawer of Mrs Neumann', 'contact', 35, 'open', 'high', 1, 'Sam'],
  ['New lift for the desk', 'contact', 36, 'done', 'normal', -4, 'Sam'],
  ['Fitting appointment', 'contact', 37, 'open', 'normal', 3, 'Sam'],
];

/** text, about (table and place), owner */
export const NOTES: [string, 'deal' | 'contact' | 'account', number, string][] = [
  ['Prefers oak over beech. Decides together with the works council.', 'contact', 0, 'Karim'],
  ['Same name as the buyer of Hotel Alpenblick: two people.', 'contact', 1, 'Karim'],
  ['Wants three offers compared before the board meets.', 'deal', 1, 'Karim'],
  ['The lift in the building takes 2.10 m at most.', 'account', 0, 'Karim'],
  ['Speaks Arabic and English; write in English.', 'contact', 8, 'Lena'],
  ['Rooms are renovated floor by floor, the first from March.', 'deal', 8, 'Lena'],
  ['Asked whether the benches stand the heat.', 'deal', 10, 'Lena'],
  ['Recommended us to Studio Cohen.', 'account', 2, 'Lena'],
  ['Please use the full name on the delivery note.', 'contact', 14, 'Lena'],
  ['Can be reached in the afternoon only.', 'contact', 16, 'Tom'],
  ['The budget was halved, they come back next year.', 'deal', 19, 'Karim'],
  ['Procurement asks for a certificate of origin of the wood.', 'deal', 25, 'Frida'],
  ['Drawer jammed twice, replaced the rail.', 'contact', 35, 'Sam'],
  ['Left-handed: mirror the desk.', 'contact', 37, 'Sam'],
];

/** contact (place), days ago, desk height in cm, chair, what is known of the back (health data, Art. 9 GDPR) */
export const FITTINGS: [number, number, number, string, string][] = [
  [35, 12, 74, 'maple', 'Slipped disc in 2024, must not lift.'],
  [36, 30, 71, 'fjord', 'No complaints.'],
  [37, 5, 78, 'fjord', 'Pain in the left shoulder after long drives.'],
  [1, 44, 73, 'maple', 'Pregnant, due in spring; wants to adjust often.'],
  [24, 60, 76, 'bespoke', 'Scoliosis, treated.'],
  [3, 8, 72, 'maple', 'No complaints.'],
];
