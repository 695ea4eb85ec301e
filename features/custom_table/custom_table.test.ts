// Proof of the catalogue: tables and fields made while running are equal to built-in ones, safe from hostile names, and can come and go without end.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { asLaw, sql } from '../../kernel/database.ts';
import { freshTenant, type Answer, type Client, type FreshTenant } from '../../proofs/start.ts';
import { emptySpareColumns } from './spare.ts';

let t: FreshTenant;
let adam: Client;
const plain = { kind: 'text', personal: 'no' };
const aboutPeople = { personal: 'yes', category: 'user.name', purpose: 'Serve customers', origin: 'provided' };

/** The catalogue and the columns, keys and grants that PostgreSQL holds, to show that a refusal changed nothing. */
async function everything(): Promise<string> {
  const [{ seal }] = await t.sql(`select md5(concat((select string_agg(c::text, '|' order by no) from catalogue_table c), (select string_agg(f::text, '|' order by no) from catalogue_field f), (select string_agg(s::text, '|' order by column_name) from spare_column s),
    (select string_agg(concat(a.attrelid, a.attname, a.atttypid, a.attacl), '|' order by a.attrelid, a.attnum) from pg_attribute a join pg_class c on c.oid = a.attrelid where c.relnamespace = current_schema()::regnamespace and a.attnum > 0),
    (select string_agg(concat(conrelid, conname), '|' order by oid) from pg_constraint where connamespace = current_schema()::regnamespace))) as seal`);
  return seal;
}

async function refused(ask: () => Promise<Answer>, status: number, field?: string): Promise<Answer> {
  const seal = await everything();
  const answer = await ask();
  assert.equal(answer.status, status, JSON.stringify(answer.body));
  if (field !== undefined) assert.equal(answer.body.errors?.[0]?.field, field, JSON.stringify(answer.body));
  assert.doesNotMatch(JSON.stringify(answer.body), /[tf]_[0-9a-f]{12}|pg_|constraint|schema/);
  assert.equal(await everything(), seal, 'a refusal changed something');
  return answer;
}

async function made(ask: Promise<Answer>): Promise<any> {
  const { status, body } = await ask;
  assert.ok(status === 201 || status === 200, JSON.stringify(body));
  return body;
}

const field = (body: object, table = 'project') => adam.post(`/tables/${table}/fields`, body);
const columnOf = async (name: string) => (await t.sql(`select column_name from catalogue_field where name = $1`, [name]))[0]?.column_name;
const physical = async (name: string) => (await t.sql(`select physical from catalogue_table where name = $1`, [name]))[0].physical;
const highest = async () => (await t.sql(`select max(attnum) as n from pg_attribute where attrelid = $1::regclass`, [await physical('project')]))[0].n;

before(async () => {
  t = await freshTenant();
  adam = t.as('adam');
  await t.member({ name: 'Bob Below' });
  await made(adam.post('/tables', { name: 'project', label: 'Project', labels: 'Projects', fields: [{ name: 'name', label: 'Name', ...plain, tracked: true }] }));
  await made(adam.patch('/profiles/Member', { tables: { project: { see: true, create: true, change: true, delete: true } } }));
});

describe('custom tables and fields are equal to built-in ones', () => {
  test('every kind that is offered can be written, read, filtered and tracked by another member', async () => {
    const account = await made(adam.post('/records/account', { name: 'Globex' }));
    const values: Record<string, [kind: string, value: unknown, more?: object]> = {
      summary: ['long_text', 'two\nlines'], effort: ['number', 12.5], budget: ['money', { amount: '99.90', currency: 'EUR' }], begins: ['date', '2026-02-28'], meets: ['moment', '2026-02-28T10:00:00.000000Z'], open: ['yes_no', true],
      state: ['choice', 'new', { choices: [{ value: 'new', label: 'New', color: 'blue' }, "it's"] }], labels: ['choices', ['a', 'b'], { choices: ['a', 'b'] }], mail: ['email', 'a@example.com'], call: ['phone', '+4930123456'], page: ['web_address', 'https://example.com/'],
      customer: ['link', account.id, { to: 'account' }], others: ['links', [account.id], { to: 'account' }], topic: ['link', { table: 'account', id: account.id }, { to: '*' }], lead: ['member', adam.id],
    };
    for (const [name, [kind, , more]] of Object.entries(values)) await made(field({ name, label: name, kind, personal: 'no', tracked: true, ...more }));
    const bob = t.as('bob');
    const record = await made(bob.post('/records/project', { name: 'Apollo', ...Object.fromEntries(Object.entries(values).map(([name, [, value]]) => [name, value])) }));
    const read = (await bob.get(`/records/project/${record.id}`)).body;
    for (const [name, [kind, value]] of Object.entries(values)) {
      const expected = kind === 'link' ? account.id : kind === 'links' ? [account.id] : kind === 'member' ? adam.id : value;
      const ids = (x: any): unknown => (Array.isArray(x) ? x.map(ids) : x?.id ?? x);
      assert.deepEqual(kind.startsWith('link') || kind === 'member' ? ids(read[name]) : read[name], expected, name);
    }
    await made(bob.patch(`/records/project/${record.id}`, { effort: 13, state: "it's" }));
    const [change] = (await bob.get(`/records/project/${record.id}/activities`)).body.data;
    assert.deepEqual(change.changes.map((c: any) => [c.field, c.old, c.new]).sort(), [['effort', 12.5, 13], ['state', 'new', "it's"]]);
    assert.equal((await bob.get('/records/project?filter[state]=it%27s&filter[effort][gt]=12')).body.data.length, 1);
    assert.equal((await bob.patch(`/records/project/${record.id}`, { state: 'other' })).status, 422);
    assert.equal((await adam.delete(`/records/account/${account.id}`)).status, 409, 'a visible record is linked to it by a custom field');
  });

  test('its maker sees a new table, a profile that does not name it never heard of it', async () => {
    await made(adam.post('/tables', { label: 'Raum (größer)', fields: [{ label: 'Größe in m²', kind: 'number', personal: 'no' }] }));
    const table = (await adam.get('/tables/raum_grosser')).body;
    assert.deepEqual([table.label, table.fields.map((f: any) => f.name), table.sharing.default], ['Raum (größer)', ['grosse_in_m2'], 'edit']);
    assert.equal((await adam.get('/records/raum_grosser')).status, 200);
    assert.equal((await t.as('bob').get('/records/raum_grosser')).status, 404);
    assert.equal((await t.as('bob').get('/tables/raum_grosser')).status, 404);
    await assert.rejects(t.role('bob', async (db) => db.rows(sql`select id from ${sql.table(await physical('raum_grosser'))}`)), { code: '42501' });
  });

  test('an append-only table takes records and lets none be changed, for anyone', async () => {
    await made(adam.post('/tables', { name: 'waiver', label: 'Waiver', append_only: true, fields: [{ name: 'wording', ...plain }] }));
    const record = await made(adam.post('/records/waiver', { wording: 'as agreed' }));
    const table = await physical('waiver');
    for (const [who, statement] of [['member', `update ${table} set owner_no = 1`], ['member', `delete from ${table}`]] as const) {
      await assert.rejects(t.role('adam', (db) => db.script(statement)), { code: '42501' }, `${who}: ${statement}`);
    }
    for (const statement of [`update ${table} set owner_no = 2`, `delete from ${table}`, `truncate ${table}`]) await assert.rejects(asLaw(t.key, (db) => db.script(statement)), { code: 'SW403' });
    assert.ok([403, 405, 409].includes((await adam.patch(`/records/waiver/${record.id}`, { wording: 'x' })).status));
    assert.ok([403, 409].includes((await adam.delete(`/records/waiver/${record.id}`)).status));
    await refused(() => adam.delete('/tables/waiver/fields/wording'), 409);
    await refused(() => adam.delete('/tables/waiver?records=delete'), 409);
    assert.equal((await adam.get(`/records/waiver/${record.id}`)).body.wording, 'as agreed');
  });

  test('only who administers shapes tables', async () => {
    const bob = t.as('bob');
    await refused(() => bob.post('/tables', { label: 'Mine' }), 403);
    await refused(() => bob.post('/tables/project/fields', { name: 'mine', ...plain }), 403);
    await refused(() => bob.patch('/tables/project', { label: 'Mine' }), 403);
    await refused(() => bob.patch('/tables/project/fields/name', { label: 'Mine' }), 403);
    await refused(() => bob.delete('/tables/project/fields/name'), 403);
    await refused(() => bob.delete('/tables/project'), 403);
    await refused(() => bob.put('/tables/project/sharing', { default: 'private' }), 403);
  });

  test('a table goes with its records only when that is said, and never from under the links of others', async () => {
    await made(adam.post('/tables', { name: 'phase', label: 'Phase', fields: [{ name: 'name', ...plain }] }));
    await made(field({ name: 'phase', kind: 'link', to: 'phase', personal: 'no' }));
    const phase = await made(adam.post('/records/phase', { name: 'One' }));
    const task = await made(adam.post('/records/task', { title: 'About it', about: { table: 'phase', id: phase.id } }));
    await refused(() => adam.delete('/tables/phase?records=delete'), 409);
    assert.equal((await adam.delete('/tables/project/fields/phase')).status, 204);
    await refused(() => adam.delete('/tables/phase'), 409);
    await refused(() => adam.delete('/tables/account?records=delete'), 409);
    assert.equal((await adam.delete('/tables/phase?records=delete')).status, 204);
    assert.equal((await adam.get('/tables/phase')).status, 404);
    assert.equal((await adam.get(`/records/task/${task.id}`)).body.about, null);
  });
});

describe('a field that does not say whether it is personal is refused', () => {
  test('and a personal one must say category, purpose and origin, and belong to a table that reaches its person', async () => {
    await made(adam.post('/tables', { name: 'pet', label: 'Pet' }));
    await refused(() => field({ name: 'keeper', kind: 'text' }, 'pet'), 422, 'personal');
    await refused(() => field({ name: 'keeper', kind: 'text', personal: 'maybe' }, 'pet'), 422, 'personal');
    const { body } = await refused(() => field({ name: 'keeper', kind: 'text', personal: 'yes' }, 'pet'), 422);
    assert.deepEqual(body.errors.map((e: any) => e.field), ['category', 'purpose', 'origin']);
    await refused(() => field({ name: 'keeper', kind: 'text', ...aboutPeople, category: 'name' }, 'pet'), 422, 'category');
    await refused(() => field({ name: 'keeper', kind: 'text', ...aboutPeople }, 'pet'), 422, 'subject');
    await refused(() => adam.patch('/tables/pet', { subject: 'owner_contact' }), 422, 'subject');
    await made(field({ name: 'owner_contact', kind: 'link', to: 'contact', personal: 'no' }, 'pet'));
    await made(adam.patch('/tables/pet', { subject: 'owner_contact' }));
    await made(field({ name: 'keeper', kind: 'text', ...aboutPeople }, 'pet'));
    await refused(() => adam.patch('/tables/pet', { subject: 'none' }), 422, 'subject');
    await refused(() => adam.delete('/tables/pet/fields/owner_contact'), 409);
    await refused(() => adam.patch('/tables/project/fields/name', { personal: 'yes' }), 422, 'category');
    assert.equal((await made(adam.patch('/tables/pet/fields/keeper', { personal: 'no' }))).category, null);
    await made(adam.patch('/tables/pet', { subject: 'none' }));
  });
});

describe('two names that look alike are refused', () => {
  test('in another case or form of writing, and names of the system', async () => {
    await made(field({ label: 'Résumé', ...plain }));
    for (const label of ['résumé', 'RÉSUMÉ', 'Re\u0301sume\u0301', 'ｒésumé']) await refused(() => field({ label, ...plain }), 422, 'label');
    for (const label of ['PROJECT', 'Ｐroject', 'contact', 'ＣＯＮＴＡＣＴ']) await refused(() => adam.post('/tables', { name: 'other', label }), 422, 'label');
    for (const name of ['contact', 'project', 'user', 'table', 'member', 'session', 'pg_class', 'steward_law', 'constructor']) await refused(() => adam.post('/tables', { name, label: 'Something else' }), 422, 'name');
    for (const name of ['id', 'owner', 'created_at', 'created_by', 'changed_at', 'changed_by', 'search', 'table', 'ctid', 'xmin', 'and', 'constructor', 'name', '__proto__', 'Name', 'x"; drop', 'ü', '1a', 'a'.repeat(61)]) await refused(() => field({ name, label: 'Something else', ...plain }), 422, 'name');
  });

  test('hostile labels are kept as they are, or refused; the column has a name of its own', async () => {
    const labels = [`x"; DROP SCHEMA t1 CASCADE;--`, `a" FROM t2.deal--`, `'||pg_sleep(9)||'`, '😀'.repeat(40), '__proto__', 'ctid', 'xmin', 'tableoid', 'select', 'constructor', 'x'.repeat(200), 'n\u0430me', '${7*7}', '$$; drop table contact; $$', '<script>alert(1)</script>', 'steward_law'];
    const columns = await highest();
    for (const label of labels) {
      const { name } = await made(field({ label, ...plain }));
      assert.match(await columnOf(name), /^f_[0-9a-f]{12}$/);
      assert.equal((await adam.get('/tables/project')).body.fields.find((f: any) => f.name === name).label, label);
      const record = await made(adam.post('/records/project', { name: 'x', [name]: 'kept' }));
      assert.equal(record[name], 'kept');
    }
    assert.equal(await highest(), columns + labels.length);
    for (const label of ['', ' ', '\u200b', '\u200b \ufeff', 'a\u0000b', 'a\u202eb', 'a\nb', 'x'.repeat(201), '\ud800']) await refused(() => field({ label, ...plain }), 422, 'label');
    for (const label of labels.slice(0, 3)) await made(adam.post('/tables', { label, labels: label, fields: [{ label, ...plain }] }));
    const value = `'); drop table contact; --`;
    await made(field({ name: 'trap', kind: 'choice', personal: 'no', choices: [value, 'steward_member', `\\'`] }));
    assert.equal((await made(adam.post('/records/project', { trap: value }))).trap, value);
    assert.equal((await made(adam.post('/records/project', { trap: 'steward_member' }))).trap, 'steward_member');
    assert.equal((await adam.post('/records/project', { trap: 'x' })).status, 422);
  });

  test('what a field cannot be is refused', async () => {
    const bad: [object, string][] = [
      [{ kind: 'formula', personal: 'no' }, 'kind'], [{ kind: 'rollup', personal: 'no' }, 'kind'], [{ kind: 'file', personal: 'no' }, 'kind'], [{ kind: 'emails', personal: 'no' }, 'kind'], [{ kind: 'json', personal: 'no' }, 'kind'], [{ kind: '__proto__', personal: 'no' }, 'kind'],
      [{ kind: 'link', personal: 'no' }, 'to'], [{ kind: 'link', to: 'zebra', personal: 'no' }, 'to'], [{ kind: 'links', to: '*', personal: 'no' }, 'to'], [{ ...plain, to: 'account' }, 'to'], [{ kind: 'choice', personal: 'no' }, 'choices'], [{ kind: 'choice', choices: [], personal: 'no' }, 'choices'],
      [{ kind: 'choice', choices: ['a', 'A'], personal: 'no' }, 'choices'], [{ kind: 'choice', choices: ['a', ' '], personal: 'no' }, 'choices.1'], [{ ...plain, choices: ['a'] }, 'choices'], [{ kind: 'yes_no', personal: 'no', unique: true }, 'unique'], [{ ...plain, colour: 'red' }, 'colour'], [{ ...plain, required: true }, 'required'],
    ];
    for (const [body, at] of bad) await refused(() => field({ label: 'Bad one', ...body }), 422, at);
    await refused(() => field({ label: 'x', ...plain }, 'zebra'), 404);
    await refused(() => adam.patch('/tables/project/fields/zebra', { label: 'x' }), 404);
    await refused(() => adam.patch('/tables/project', { layout: { list: ['zebra'], page: [] } }), 422, 'zebra');
  });
});

describe('a dropped field is gone for everyone at once, and its column is used again', () => {
  test('adding and dropping without end takes no more columns', async () => {
    const before = await highest();
    const kinds = [{ kind: 'text' }, { kind: 'money' }, { kind: 'link', to: 'account' }, { kind: 'choices', choices: ['a'] }, { kind: 'number' }];
    for (let i = 0; i < 60; i++) {
      await made(field({ name: 'passing', personal: 'no', ...kinds[i % kinds.length] }));
      assert.equal((await adam.delete('/tables/project/fields/passing')).status, 204);
    }
    assert.ok(await highest() <= before + 6, 'one column for each type at most');
  });

  test('the next field of its type finds nothing in it', async () => {
    await made(field({ name: 'former', ...plain }));
    const record = await made(adam.post('/records/project', { name: 'Keeps', former: 'canaryword' }));
    const column = await columnOf('former');
    assert.equal((await adam.get('/search?q=canaryword')).body.data.length, 1);
    await t.sql(`update spare_column set empty = false`);
    assert.equal((await adam.delete('/tables/project/fields/former')).status, 204);
    assert.equal((await adam.get('/search?q=canaryword')).body.data.length, 0);
    await assert.rejects(t.role('adam', async (db) => db.rows(sql`select ${sql.ref(column)} from ${sql.table(await physical('project'))}`)), { code: '42501' });
    const again = await made(field({ name: 'latter', ...plain }));
    const after = (await adam.get(`/records/project/${record.id}`)).body;
    assert.deepEqual([again.name, after.latter, 'former' in after, after.changed_at], ['latter', null, false, record.changed_at]);
    assert.equal((await t.sql(`select 1 from spare_column where column_name = $1`, [column])).length, 0, 'the column is in use again');
    assert.equal((await t.sql(`select count(*)::int as n from ${await physical('project')} where search like '%canaryword%'`))[0].n, 0);
  });

  test('old activities of a dropped field are not read under the rights of a new one', async () => {
    await made(adam.patch('/tables/project', { subject: 'self' }));
    await made(field({ name: 'secret', kind: 'text', tracked: true, personal: 'special', category: 'user.health_and_medical', purpose: 'Care', origin: 'provided' }));
    await made(adam.patch('/profiles/Administrator', { fields: { 'project.secret': 'write' } }));
    const record = await made(adam.post('/records/project', { name: 'Patient' }));
    await made(adam.patch(`/records/project/${record.id}`, { secret: 'canaryvalue' }));
    assert.equal((await adam.get(`/records/project/${record.id}/activities`)).body.data[0].changes[0].new, 'canaryvalue');
    assert.equal((await t.as('bob').get(`/records/project/${record.id}/activities`)).body.data.length, 1);
    assert.equal((await adam.delete('/tables/project/fields/secret')).status, 204);
    await made(field({ name: 'secret', ...plain, tracked: true }));
    for (const who of ['adam', 'bob']) {
      assert.doesNotMatch(JSON.stringify((await t.as(who).get(`/records/project/${record.id}/activities`)).body), /canaryvalue/);
      assert.equal((await t.role(who, (db) => db.rows(sql`select 1 from activity_value where new::text like '%canaryvalue%'`))).length, 0);
    }
  });

  test('in a big table it is emptied afterwards, and not used or found until then', async () => {
    await made(adam.post('/tables', { name: 'big', label: 'Big', fields: [{ name: 'name', ...plain }, { name: 'words', ...plain }] }));
    const [table, column] = [await physical('big'), await columnOf('words')];
    await t.sql(`insert into ${table} (owner_no, ${column}) select 1, 'canaryword ' || i from generate_series(1, 10100) i`);
    const [{ moment }] = await t.sql(`select max(changed_at) as moment from ${table}`);
    const done = adam.delete('/tables/big/fields/words');
    assert.equal((await done).status, 204);
    assert.equal((await adam.get('/search?q=canaryword')).body.data.length, 0);
    assert.ok(!('words' in (await adam.get('/records/big?limit=1')).body.data[0]));
    await emptySpareColumns(t.key);
    assert.deepEqual(await t.sql(`select count(*)::int as n from ${table} where ${column} is not null or search like '%canary%'`), [{ n: 0 }]);
    assert.deepEqual(await t.sql(`select empty from spare_column where column_name = $1`, [column]), [{ empty: true }]);
    assert.deepEqual(await t.sql(`select max(changed_at) as moment from ${table}`), [{ moment }]);
  });
});

describe('a change that stored values would not survive is refused', () => {
  test('and names up to three records that the asker may see', async () => {
    await made(adam.post('/tables', { name: 'sample', label: 'Sample', sharing: 'private', fields: [{ name: 'code', ...plain }, { name: 'grade', kind: 'choice', choices: ['a', 'b', 'c'], personal: 'no' }] }));
    await made(adam.patch('/profiles/Member', { tables: { sample: { see: true, create: true } } }));
    const mine = [];
    for (const code of ['one', 'two', '3']) mine.push(await made(adam.post('/records/sample', { code, grade: 'b' })));
    for (const code of ['four', 'five', null]) await made(t.as('bob').post('/records/sample', { code, grade: 'a' }));
    const named = (answer: Answer) => answer.body.errors.filter((e: any) => e.code === 'record').map((e: any) => e.message);
    const kind = await refused(() => adam.patch('/tables/sample/fields/code', { kind: 'number' }), 422, 'kind');
    assert.match(kind.body.detail, /^4 records have values that would not survive, among them /);
    assert.deepEqual(named(kind), mine.slice(0, 2).map((m) => m.id), 'only his own, though two of Bob stand in the way too');
    assert.match((await refused(() => adam.patch('/tables/sample/fields/grade', { choices: ['b', 'c'] }), 422, 'choices')).body.detail, /^3 records use a choice that would go\.$/);
    assert.deepEqual(named(await refused(() => adam.patch('/tables/sample/fields/grade', { choices: ['a', 'c'] }), 422, 'choices')), mine.map((m) => m.id));
    assert.match((await refused(() => adam.patch('/tables/sample/fields/code', { required: true }), 422, 'required')).body.detail, /^1 record has no value\.$/);
    await refused(() => adam.patch('/tables/sample/fields/code', { kind: 'link' }), 422, 'kind');
    await refused(() => adam.patch('/tables/account/fields/name', { kind: 'long_text' }), 409);
    await refused(() => adam.delete('/tables/account/fields/website'), 409);
  });

  test('and what survives is converted with its words for search, without a trace of change', async () => {
    await made(adam.post('/tables', { name: 'moving', label: 'Moving', fields: [{ name: 'value', ...plain, required: true }, { name: 'list', kind: 'choice', choices: ['x', 'y'], personal: 'no' }] }));
    const record = await made(adam.post('/records/moving', { value: '0012.50', list: 'x' }));
    await made(adam.patch('/tables/moving/fields/value', { kind: 'number' }));
    const read = async () => (await adam.get(`/records/moving/${record.id}`)).body;
    assert.deepEqual([(await read()).value, (await read()).changed_at], [12.5, record.changed_at]);
    assert.equal((await adam.post('/records/moving', { value: 'twelve' })).status, 422);
    await made(adam.patch('/tables/moving/fields/value', { kind: 'text' }));
    assert.equal((await read()).value, '12.5');
    await made(adam.patch('/tables/moving/fields/value', { kind: 'money' }));
    assert.deepEqual((await read()).value, { amount: '12.50', currency: 'EUR' });
    await made(adam.patch('/tables/moving/fields/value', { kind: 'long_text' }));
    const long = await made(adam.post('/records/moving', { value: 'x'.repeat(2001), list: 'y' }));
    await refused(() => adam.patch('/tables/moving/fields/value', { kind: 'text' }), 422, 'kind');
    assert.equal((await adam.delete(`/records/moving/${long.id}`)).status, 204);
    await made(adam.patch('/tables/moving/fields/value', { kind: 'text' }));
    assert.equal((await read()).value, '12.50 EUR');
    await made(adam.patch('/tables/moving/fields/list', { kind: 'choices' }));
    assert.deepEqual((await read()).list, ['x']);
    await made(adam.patch('/tables/moving/fields/list', { kind: 'text' }));
    assert.equal((await adam.get('/search?q=12.50')).body.data.length, 1);
    assert.equal((await adam.post('/records/moving', { list: 'y' })).status, 422, 'it is still required');
    await made(adam.patch('/tables/moving/fields/list', { kind: 'choice', choices: ['x', 'z'] }));
    assert.deepEqual([(await read()).list, (await read()).changed_at], ['x', record.changed_at]);
  });
});

describe('columns without an entry of the catalogue are refused', () => {
  test('for the law itself, and all DDL for members', async () => {
    const table = await physical('project');
    const statements = [`alter table ${table} add column smuggled text`, `alter table contact add column smuggled text`, 'create table smuggled (id int)', 'create table smuggled as select 1 as id', 'select 1 as id into smuggled', `alter table ${table} rename column ${await columnOf('effort')} to smuggled`];
    for (const statement of statements) {
      const seal = await everything();
      await assert.rejects(asLaw(t.key, (db) => db.script(statement)), { code: 'SW422' }, `law: ${statement}`);
      await assert.rejects(t.role('adam', (db) => db.script(statement)), { code: '42501' }, `member: ${statement}`);
      assert.equal(await everything(), seal);
    }
    const described = asLaw(t.key, async (db) => {
      await db.run(sql`insert into catalogue_field (no, table_no, name, label, kind, column_name, personal, position) select next_number('field', 1), no, 'proper', 'Proper', 'text', 'f_0123456789ab', 'no', 900 from catalogue_table where name = 'project'`);
      await db.script(`alter table ${table} add column f_0123456789ab text`);
      throw new Error('undo');
    });
    await assert.rejects(described, { message: 'undo' });
  });
});
