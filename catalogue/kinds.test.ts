// Proof that every kind keeps what it accepts, refuses what it must, and reads back what it writes into files.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Field } from './catalogue.ts';
import { KINDS, kindOf } from './kinds.ts';
import type { Kind, Locale } from './kinds/kind.ts';
import { linkToAny } from './kinds/link.ts';

const english: Locale = { decimal: '.', dayFirst: false, currency: 'EUR', country: 'US' };
const german: Locale = { decimal: ',', dayFirst: true, currency: 'EUR', country: 'DE' };

const field = (kind: Field['kind'], more: Partial<Field> = {}): Field => ({
  no: 1, name: 'f', label: 'F', kind, column: 'f', required: false, unique: false, tracked: false, searchable: false, personal: 'no', category: null, purpose: null, origin: null, erasure: 'clear',
  to: null, choices: kind === 'choice' || kind === 'choices' ? [{ value: 'new', label: 'Fresh' }, { value: "it's", label: 'Quoted' }] : null, computed: null, ...more,
});

const all: [Kind, Field][] = [...Object.values(KINDS).map((k): [Kind, Field] => [k, field(k.name)]), [linkToAny, field('link', { to: '*' })]];

/** What the record engine does between validated JSON and columns for the two kinds that need the database: names become numbers. */
const resolved = (kind: Kind, value: any) => (kind === linkToAny ? { table_no: 7, id: value.id } : kind.name === 'member' ? 42 : value);
const named = (kind: Kind, value: any, given: any) => (kind === linkToAny ? { table: given.table, id: value.id } : kind.name === 'member' ? given : value);

for (const [kind, f] of all) {
  const title = kind === linkToAny ? 'link to any table' : kind.name;
  test(`${title}: good values survive the way to columns and back`, () => {
    for (const good of kind.fixture.good) {
      const value = kind.input(f).parse(good);
      const columns = kind.toColumns(resolved(kind, value), f);
      assert.equal(columns.length, kindOf(f).columns.length);
      assert.deepEqual(named(kind, kind.fromColumns(columns, f), good), good);
    }
  });
  test(`${title}: bad values are refused with a sentence`, () => {
    for (const bad of kind.fixture.bad) {
      const read = kind.input(f).safeParse(bad);
      assert.equal(read.success, false, JSON.stringify(bad)?.slice(0, 80));
      assert.ok(read.error!.issues[0].message);
    }
  });
  test(`${title}: cells of files are read, and bad ones named`, () => {
    for (const [cell, value] of kind.fixture.texts) assert.deepEqual(kind.fromText(cell, f, english), { value }, cell);
    for (const cell of kind.fixture.badTexts) assert.ok('problem' in kind.fromText(cell, f, english), cell.slice(0, 80));
  });
  test(`${title}: what goes into a file comes back in any locale`, () => {
    for (const good of kind.fixture.good) {
      for (const locale of [english, german]) assert.deepEqual(kind.fromText(kind.toText(good, f), f, locale), { value: good }, kind.toText(good, f));
    }
  });
}

test('the locale decides what can be read in two ways', () => {
  assert.deepEqual(KINDS.number.fromText('1.234', field('number'), german), { value: 1234 });
  assert.deepEqual(KINDS.number.fromText('1.234', field('number'), english), { value: 1.234 });
  assert.deepEqual(KINDS.date.fromText('03/04/2026', field('date'), german), { value: '2026-04-03' });
  assert.deepEqual(KINDS.date.fromText('03/04/2026', field('date'), english), { value: '2026-03-04' });
  assert.deepEqual(KINDS.phone.fromText('030 12345678', field('phone'), german), { value: '+493012345678' });
});

test('blank text, empty lists mean empty', () => {
  for (const name of ['text', 'long_text', 'number', 'money', 'date', 'moment', 'choice', 'email', 'phone', 'web_address', 'link', 'member'] as const) assert.equal(KINDS[name].input(field(name)).parse(''), null, name);
  for (const name of ['choices', 'links', 'emails', 'phones'] as const) assert.equal(KINDS[name].input(field(name)).parse([]), null, name);
});

test('a bare amount is in euro', () => {
  assert.deepEqual(KINDS.money.input(field('money')).parse(12.5), { amount: '12.50', currency: 'EUR' });
  assert.deepEqual(KINDS.money.input(field('money')).parse({ amount: 3, currency: 'jpy' }), { amount: '3', currency: 'JPY' });
});

test('choices cannot break out of the check', () => {
  const f = field('choice', { choices: [{ value: "'); drop table x; --", label: 'x' }] });
  assert.equal(KINDS.choice.check(['"c"'], f), `"c" in ('''); drop table x; --')`);
});

test('free words: at most 50 of at most 100 characters', () => {
  const tags = KINDS.choices.input(field('choices', { choices: null }));
  assert.equal(tags.safeParse(Array.from({ length: 51 }, (_, i) => `t${i}`)).success, false);
  assert.equal(tags.safeParse(['x'.repeat(101)]).success, false);
  assert.deepEqual(tags.parse(['a', 'b', 'a']), ['a', 'b']);
});

const digits = fc.tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.stringMatching(/^\d{0,9}[1-9]$|^$/)).map(([minus, whole, part]) => (minus ? '-' : '') + whole + (part && `.${part}`));

test('any number of 30 digits keeps its digits through columns and files', () => {
  fc.assert(fc.property(digits, fc.constantFrom(english, german), (written, locale) => {
    const f = field('number');
    const value = KINDS.number.input(f).parse(written);
    assert.deepEqual(KINDS.number.fromColumns(KINDS.number.toColumns(value, f), f), value);
    assert.deepEqual(KINDS.number.fromText(KINDS.number.toText(value, f), f, locale), { value });
    assert.equal(KINDS.number.toColumns(value, f)[0], written === '-0' ? '0' : written);
  }));
});

test('any amount keeps its ten-thousandths through columns and files', () => {
  fc.assert(fc.property(fc.bigInt({ min: -(10n ** 18n) + 1n, max: 10n ** 18n - 1n }), fc.constantFrom('EUR', 'USD', 'JPY', 'BHD', 'CHF'), fc.constantFrom(english, german), (units, currency, locale) => {
    const f = field('money');
    const value = KINDS.money.fromColumns([String(units), currency], f);
    assert.deepEqual(KINDS.money.toColumns(KINDS.money.input(f).parse(value), f), [String(units), currency]);
    assert.deepEqual(KINDS.money.fromText(KINDS.money.toText(value, f), f, locale), { value });
  }));
});

test('any day and moment keeps itself', () => {
  fc.assert(fc.property(fc.date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true }), fc.integer({ min: 0, max: 999 }), fc.constantFrom(english, german), (at, micro, locale) => {
    const iso = at.toISOString().replace('Z', `${String(micro).padStart(3, '0')}Z`);
    assert.equal(KINDS.moment.input(field('moment')).parse(iso), iso);
    assert.equal(KINDS.moment.fromColumns([iso.replace('T', ' ').replace('Z', '+00')], field('moment')), iso);
    assert.deepEqual(KINDS.moment.fromText(iso, field('moment'), locale), { value: iso });
    assert.deepEqual(KINDS.date.fromText(iso.slice(0, 10), field('date'), locale), { value: iso.slice(0, 10) });
  }));
});

test('any storable text and any tags come back from files', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }), (s) => {
    fc.pre(s.trim() !== '');
    assert.equal(KINDS.text.input(field('text')).parse(s), s);
    assert.deepEqual(KINDS.text.fromText(s, field('text'), english), { value: s });
    const f = field('choices', { choices: null });
    const tags = KINDS.choices.input(f).parse([s, `${s}x`]);
    assert.deepEqual(KINDS.choices.fromText(KINDS.choices.toText(tags, f), f, english), { value: tags });
  }));
});

test('reading any cell never throws', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 40 }), fc.constantFrom(english, german), (cell, locale) => {
    for (const [kind, f] of all) {
      const read = kind.fromText(cell, f, locale);
      assert.ok('value' in read || typeof read.problem === 'string');
    }
  }), { numRuns: 300 });
});
