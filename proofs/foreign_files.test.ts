// Proof that files of unknown making are read as meant, or refused with their line: encodings, delimiters, preambles, quotes, limits.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { guessFields, guessLocale } from '../catalogue/guess.ts';
import { standardTables } from '../catalogue/standard.ts';
import { columnNames, CsvFault, cutter, dialect, rowsOf, surveyor, type Row } from '../features/import/csv.ts';

async function* pieces(bytes: Buffer, size: number) {
  for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size);
}

/** Reads bytes as the server does, in pieces of a size, with nothing told about them. */
async function read(bytes: Buffer, size = 65_536) {
  const survey = surveyor();
  for await (const piece of pieces(bytes, size)) survey.see(piece);
  const { encoding, broken, head, complete } = survey.verdict();
  const how = dialect(head, complete);
  const rows: Row[] = [];
  for await (const some of rowsOf(pieces(bytes, size), { encoding, ...how })) rows.push(...some);
  return { encoding, broken, ...how, rows: rows.map((r) => r.cells), lines: rows.map((r) => r.line) };
}

const latin = (text: string) => Buffer.from([...text].map((c) => ({ '€': 0x80, '–': 0x96, '’': 0x92 })[c] ?? c.codePointAt(0)!));
const bigEndian = (text: string) => Buffer.from(text, 'utf16le').swap16();
const german = 'Name;Ort;Preis\r\nMüller;Köln;1.234,50\r\nGroß;Zürich;2,5 €\r\n';
const germanRows = [['Name', 'Ort', 'Preis'], ['Müller', 'Köln', '1.234,50'], ['Groß', 'Zürich', '2,5 €']];

const ENCODED: [string, Buffer, string, string[][]][] = [
  ['UTF-8', Buffer.from(german), 'utf-8', germanRows],
  ['UTF-8 with its mark', Buffer.from(`\ufeff${german}`), 'utf-8', germanRows],
  ['Windows-1252', latin(german), 'windows-1252', germanRows],
  ['Windows-1252 with one odd letter in the last line', Buffer.concat([Buffer.from(`a,b\n${'x,y\n'.repeat(100_000)}`), latin('Müller,z\n')]), 'windows-1252', []],
  ['UTF-16 LE without mark', Buffer.from(german, 'utf16le'), 'utf-16le', germanRows],
  ['UTF-16 LE with mark', Buffer.from(`\ufeff${german}`, 'utf16le'), 'utf-16le', germanRows],
  ['UTF-16 BE without mark', bigEndian(german), 'utf-16be', germanRows],
  ['UTF-16 BE with mark', bigEndian(`\ufeff${german}`), 'utf-16be', germanRows],
  ['UTF-16 without any Latin letter', Buffer.from('名前,住所\n山田,東京\n', 'utf16le'), 'utf-16le', [['名前', '住所'], ['山田', '東京']]],
  ['Shift JIS', Buffer.from('96bc914f2c8f5a8f8a0a8e52936391be98592c938c8b9e93730a', 'hex'), 'shift_jis', [['名前', '住所'], ['山田太郎', '東京都']]],
  ['Windows-1251', Buffer.from('c8ecff2cc3eef0eee40ac8e2e0ed2cccEEf1eae2e00a', 'hex'), 'windows-1251', [['Имя', 'Город'], ['Иван', 'Москва']]],
];

for (const [name, bytes, encoding, rows] of ENCODED) {
  test(`an encoding is found out: ${name}`, async () => {
    const whole = await read(bytes);
    assert.equal(whole.encoding, encoding);
    if (rows.length) assert.deepEqual(whole.rows, rows);
    if (bytes.length < 1_000) for (const size of [1, 2, 3, 7]) assert.deepEqual(await read(bytes, size), whole, `in pieces of ${size}`);
  });
}

test('a file that is UTF-8 but for some bytes is marked, so that no row with such bytes is taken silently', async () => {
  const { encoding, broken, rows } = await read(Buffer.concat([Buffer.from('a,b\nMüller,äöüß\n'), latin('Köln,1\n')]));
  assert.deepEqual([encoding, broken, rows[2][0]], ['utf-8', true, 'K\ufffdln']);
});

const CUT: [string, string, Partial<Awaited<ReturnType<typeof read>>>][] = [
  ['tab', 'a\tb\n1,5\t2\n', { delimiter: '\t', rows: [['a', 'b'], ['1,5', '2']] }],
  ['bar', 'a|b|c\n1|2|3\n', { delimiter: '|' }],
  ['semicolon with decimal commas', 'Preis;Menge\n1,5;2,5\n2,5;3,5\n', { delimiter: ';' }],
  ['a line that says the delimiter', 'sep=^\r\na^b\r\n1^2\r\n', { delimiter: '^', skip: 1, rows: [['a', 'b'], ['1', '2']] }],
  ['carriage returns only', 'a,b\r1,2\r3,"x\ry"\r4,5', { rows: [['a', 'b'], ['1', '2'], ['3', 'x\ry'], ['4', '5']], lines: [1, 2, 3, 5] }],
  ['a preamble with a quoted note', 'Notes:\n"You may\nnotice"\n\nFirst Name,Last Name,Email\nAda,L,a@b.cd\n', { skip: 4, header: true, lines: [5, 6] }],
  ['comments above the header', '# made by x\n# more, of, it\na,b\n1,2\n', { skip: 2, rows: [['a', 'b'], ['1', '2']] }],
  ['no header', 'Ada,ada@b.cd,1\nBo,bo@b.cd,2\n', { header: false }],
  ['blank lines', `${'\n'.repeat(1_000)}a,b\n\n1,2\n`, { rows: [['a', 'b'], ['1', '2']], lines: [1_001, 1_003] }],
  ['quotes inside an unquoted cell', 'a,b\n1,say "hi" now\n', { rows: [['a', 'b'], ['1', 'say "hi" now']] }],
  ['a quote inside a quoted cell that was not doubled', 'a,b\n1,"say "hi" now"\n', { rows: [['a', 'b'], ['1', 'say "hi" now']] }],
  ['blanks after a closing quote', 'a,b\n"x" ,"y"\n', { rows: [['a', 'b'], ['x', 'y']] }],
  ['nothing but a header', 'a,b', { rows: [['a', 'b']], header: true }],
];

for (const [name, text, expected] of CUT) {
  test(`a file is cut as meant: ${name}`, async () => {
    for (const size of [1, 5, 65_536]) {
      const found = await read(Buffer.from(text), size) as Record<string, unknown>;
      for (const [key, value] of Object.entries(expected)) assert.deepEqual(found[key], value, `${key} in pieces of ${size}`);
    }
  });
}

const REFUSED: [string, string, number][] = [
  ['a quote never closed', 'a,b\n1,2\n3,"open\n4,5\n', 3],
  ['a quote at the first byte', `"a,b\n${'1,2\n'.repeat(50)}`, 1],
  ['a quote closed by that of another row', 'a,b,c\n1,"abc,2\n2,"def",3\n', 2],
  ['a cell of more than a million characters', `a,b\n1,2\n3,${'x'.repeat(1_000_001)}\n`, 3],
  ['more than 2,000 columns', `a,b\n${','.repeat(2_001)}\n`, 2],
];

for (const [name, text, line] of REFUSED) {
  test(`a file is refused with its line: ${name}`, () => {
    const cut = cutter(',');
    assert.throws(() => { cut.push(text); cut.end(); }, (error) => error instanceof CsvFault && error.line === line);
  });
}

test('a cell without end is refused long before it fills the memory', async () => {
  let sent = 0;
  async function* endless() { for (;;) { sent += 65_536; yield Buffer.alloc(65_536, 'x'); } }
  await assert.rejects(async () => { for await (const _ of rowsOf(endless(), { encoding: 'utf-8', delimiter: ',', skip: 0 })); }, CsvFault);
  assert.ok(sent < 2_000_000);
});

test('whatever table is written by the rules is read like another reader reads it, with true line numbers', () => {
  const cell = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 8 }), fc.constantFrom('', ' ', '"', '""', ',', ';', '\n', '\r\n', '\r', 'a"b', '\t'));
  fc.assert(fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 8 }), fc.constantFrom(',', ';', '\t', '|'), fc.constantFrom('\n', '\r\n'), fc.nat(40), (table, delimiter, end, at) => {
    const text = table.map((row) => row.map((c) => (/["\r\n]|^$/.test(c) || c.includes(delimiter) ? `"${c.replaceAll('"', '""')}"` : c)).join(delimiter) + end).join('');
    const cut = cutter(delimiter);
    const rows = [...cut.push(text.slice(0, at)), ...cut.push(text.slice(at)), ...cut.end()];
    assert.deepEqual(rows.map((r) => r.cells), parse(text, { delimiter, record_delimiter: end, relax_column_count: true }));
    let line = 1;
    for (const [i, row] of table.entries()) {
      assert.equal(rows[i].line, line);
      line += 1 + (row.join('\u0000').match(/\r\n?|\n/g)?.length ?? 0);
    }
  }));
});

test('names of columns are unique and never empty', () => {
  assert.deepEqual(columnNames([' Name ', 'Name', '', 'Name 2', '\ufeff'], true), ['Name', 'Name 2', 'Column 3', 'Name 2 2', 'Column 5']);
  assert.deepEqual(columnNames(['Ada', 'Ada'], false), ['Column 1', 'Column 2']);
});

test('columns find their fields by English and German names and by content', () => {
  const [account, contact, deal] = standardTables('edit').map((t) => ({ name: t.name, fields: [...t.fields.filter((f) => !f.computed), { name: 'owner', label: 'Owner', kind: 'member' as const }] }));
  const guess = (table: typeof contact, ...names: string[]) => guessFields(names.map((name) => ({ name, samples: [] })), table);
  assert.deepEqual(guess(contact, 'First Name', 'nachname', 'E-Mail', 'Telefon', 'PLZ', 'Company', 'jobTitle', 'Lead Owner', 'Shoe size'), ['first_name', 'last_name', 'email', 'phone', 'zip', 'account', 'title', 'owner', null]);
  assert.deepEqual(guess(account, 'Firma', 'Umsatz', 'Straße', 'Land'), ['name', 'annual_revenue', 'street', 'country']);
  assert.deepEqual(guess(deal, 'opportunity_id', 'deal_stage', 'close_value', 'close_date', 'account'), ['name', 'stage', 'amount', 'closes_on', 'account']);
  assert.deepEqual(guessFields([{ name: 'x', samples: ['a@b.cd', 'c@d.ef'] }, { name: 'y', samples: ['+49 30 1234567'] }, { name: 'z', samples: ['https://a.de'] }], account), ['email', 'phone', 'website']);
});

test('how numbers and days are written is told by the cells that leave no doubt', () => {
  assert.deepEqual(guessLocale(['1.234,50', '3,5', '24/12/2026']), { decimal: ',', dayFirst: true });
  assert.deepEqual(guessLocale(['1,234.50', '12/24/2026', 'text']), { decimal: '.', dayFirst: false });
  assert.deepEqual(guessLocale(['1.234', '01/02/2026']), {});
});
