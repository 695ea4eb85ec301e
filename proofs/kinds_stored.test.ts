// Proof that the database takes and gives back every value that a kind accepts, and that its checks refuse what slips past the server.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Field } from '../catalogue/catalogue.ts';
import { KINDS } from '../catalogue/kinds.ts';
import type { Kind } from '../catalogue/kinds/kind.ts';
import { linkToAny } from '../catalogue/kinds/link.ts';
import { asInstaller, sql, type Db } from '../kernel/database.ts';
import { theServer } from './start.ts';

const field = (kind: Kind): Field => ({
  no: 1, name: 'f', label: 'F', kind: kind.name, column: 'f', required: false, unique: false, tracked: false, searchable: false, personal: 'no', category: null, purpose: null, origin: null, erasure: 'clear',
  to: kind === linkToAny ? '*' : null, choices: kind.name === 'choice' || kind.name === 'choices' ? [{ value: 'new', label: 'Fresh' }, { value: "it's", label: 'Quoted' }] : null, computed: null,
});

let made = 0;
/** A throw-away table with the columns and the check of one kind, gone with the transaction. */
async function within(kind: Kind, work: (db: Db, columns: string[], table: string) => Promise<void>): Promise<void> {
  const undo = new Error('undo');
  // Names of their own: the connection keeps prepared statements by their text.
  const table = `one_${++made}`;
  await assert.rejects(asInstaller(async (db) => {
    const columns = kind.columns.map((c) => `"f${c.suffix}"`);
    const check = kind.check(columns, field(kind));
    await db.script(`create schema proof_of_kinds; create table proof_of_kinds.${table} (${kind.columns.map((c, i) => `${columns[i]} ${c.type}`).join(', ')}${check ? `, constraint form check (${check})` : ''}); set local search_path = proof_of_kinds`);
    await work(db, columns, table);
    throw undo;
  }), undo);
}

const store = (db: Db, table: string, columns: string[], values: unknown[]) => db.run(sql`insert into ${sql.table(table)} (${sql.raw(columns.join(', '))}) values (${sql.join(values)})`);

before(theServer);

for (const kind of [...Object.values(KINDS), linkToAny]) {
  test(`${kind === linkToAny ? 'link to any table' : kind.name}: the database takes good values and empty ones, and gives them back`, async () => {
    await within(kind, async (db, columns, table) => {
      for (const good of kind.fixture.good as any[]) {
        const value = kind.input(field(kind)).parse(good) as any;
        const resolved = kind === linkToAny ? { table_no: 7, id: value.id } : kind.name === 'member' ? 42 : value;
        await db.run(sql`delete from ${sql.table(table)}`);
        await store(db, table, columns, kind.toColumns(resolved, field(kind)));
        const row = await db.one<Record<string, unknown>>(sql`select * from ${sql.table(table)}`);
        assert.deepEqual(kind.fromColumns(kind.columns.map((c) => row[`f${c.suffix}`]), field(kind)), resolved);
      }
      await store(db, table, columns, kind.columns.map(() => null));
    });
  });
}

/** Written by other hands than the server's. */
const REFUSED: Partial<Record<Field['kind'], unknown[][]>> = {
  text: [[''], ['x'.repeat(2_001)]], long_text: [['x'.repeat(100_001)]], number: [['NaN'], ['Infinity'], ['-Infinity'], ['1e30']], money: [['1', null], [null, 'EUR'], ['1', 'euro'], ['9223372036854775807', 'EUR']],
  date: [['infinity'], ['10000-01-01'], ['0044-03-15 BC']], moment: [['infinity'], ['10000-01-01T00:00:00Z']], choice: [['other'], ['']], choices: [[['other']], [[null]]],
  email: [['no address'], ['a@b@c']], phone: [['1']], web_address: [['javascript:alert(1)'], ['https://a b'], ['data:text/html,x']], links: [[[null]]], emails: [['{}'], ['[]'], ['"x"']], phones: [[`[${Array(21).fill('{}').join()}]`]],
};

for (const [name, rows] of Object.entries(REFUSED)) {
  test(`${name}: the database refuses what its kind refuses`, async () => {
    const kind = KINDS[name as Field['kind']];
    await within(kind, async (db, columns, table) => {
      for (const row of rows) {
        await db.script('savepoint before');
        await assert.rejects(store(db, table, columns, row), { code: '23514' }, JSON.stringify(row).slice(0, 80));
        await db.script('rollback to savepoint before');
      }
    });
  });
}
