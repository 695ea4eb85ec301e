// Proof of imports against the real server, database and job runner, with small files written here.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ask, byCookie, freshTenant, type Answer, type Client, type FreshTenant } from '../../proofs/start.ts';
import { sql } from '../../kernel/database.ts';
import { startJobs, stopJobs } from '../../kernel/jobs.ts';
import { importJob, sweepImports } from './run.ts';

let acme: FreshTenant;
let adam: Client;
const origin = { source: 'trade fair', basis: 'legitimate_interest' };

before(async () => {
  acme = await freshTenant();
  adam = acme.as('adam');
  startJobs([importJob], async () => [acme.key]);
});
after(stopJobs);

async function upload(who: Client, table: string, content: string | Buffer, order: 'table first' | 'file first' = 'table first'): Promise<Answer> {
  const edge = 'edge-of-the-proof';
  const parts = [`--${edge}\r\ncontent-disposition: form-data; name="table"\r\n\r\n${table}\r\n`, `--${edge}\r\ncontent-disposition: form-data; name="file"; filename="proof.csv"\r\ncontent-type: text/csv\r\n\r\n`];
  const file = [Buffer.from(parts[1]), Buffer.from(content), Buffer.from('\r\n')];
  const body = Buffer.concat([...(order === 'table first' ? [Buffer.from(parts[0]), ...file] : [...file, Buffer.from(parts[0])]), Buffer.from(`--${edge}--\r\n`)]);
  return ask('POST', '/imports', body, { ...byCookie(who.secret), 'content-type': `multipart/form-data; boundary=${edge}` });
}

/** Asks until the import has left the states of work. */
async function settled(who: Client, id: string): Promise<any> {
  for (let i = 0; i < 600; i++) {
    const { body } = await who.get(`/imports/${id}`);
    if (!['checking', 'running'].includes(body.state)) return body;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('the import does not end');
}

async function mapped(who: Client, table: string, content: string | Buffer, how: Record<string, unknown>): Promise<string> {
  const { status, body } = await upload(who, table, content);
  assert.equal(status, 201, JSON.stringify(body));
  const put = await who.put(`/imports/${body.id}`, { ...(table === 'contact' ? { origin } : {}), ...how });
  assert.equal(put.status, 200, JSON.stringify(put.body));
  return body.id;
}

async function imported(who: Client, table: string, content: string | Buffer, how: Record<string, unknown>): Promise<any> {
  const id = await mapped(who, table, content, how);
  assert.equal((await who.post(`/imports/${id}/run`)).status, 202);
  return settled(who, id);
}

const counts = ({ state, rows, done, created, updated, skipped, errors }: any) => ({ state, rows, done, created, updated, skipped, errors });
const done = (created: number, updated = 0, skipped = 0, errors = 0) => { const rows = created + updated + skipped + errors; return { state: 'done', rows, done: rows, created, updated, skipped, errors }; };
const errorsOf = async (who: Client, id: string): Promise<string> => String((await who.get(`/imports/${id}/errors.csv`)).body);

test('a file in another encoding, with another delimiter and a preamble is guessed, mapped by its names and imported', async () => {
  const text = 'Export vom 24.11.2026\r\n\r\nVorname;Nachname;E-Mail;Geburtstag;Ort\r\nJörg;Müller;joerg@example.de;24.12.1970;Köln\r\nÄnne;Groß;;1.2.1980;Zürich\r\n';
  const { status, body } = await upload(adam, 'contact', Buffer.from(text, 'latin1'), 'file first');
  assert.equal(status, 201);
  assert.deepEqual({ ...body.guess, columns: body.guess.columns.map((c: any) => [c.name, c.field]) }, { encoding: 'windows-1252', delimiter: ';', header: true, skip: 2, decimal: '.', day_first: false,
    columns: [['Vorname', 'first_name'], ['Nachname', 'last_name'], ['E-Mail', 'email'], ['Geburtstag', 'birth_date'], ['Ort', 'city']] });
  assert.equal(body.state, 'uploaded');
  const preview = await adam.get(`/imports/${body.id}/preview`);
  assert.deepEqual(preview.body, { columns: ['Vorname', 'Nachname', 'E-Mail', 'Geburtstag', 'Ort'], rows: [['Jörg', 'Müller', 'joerg@example.de', '24.12.1970', 'Köln'], ['Änne', 'Groß', '', '1.2.1980', 'Zürich']] });
  const put = await adam.put(`/imports/${body.id}`, { mapping: { Vorname: 'first_name', Nachname: 'last_name', 'E-Mail': 'email', Geburtstag: 'birth_date', Ort: 'city' }, origin });
  assert.equal(put.body.state, 'mapped');
  await adam.post(`/imports/${body.id}/run`);
  assert.deepEqual(counts(await settled(adam, body.id)), done(2));
  const [jörg] = await acme.sql(`select first_name, last_name, email, birth_date::text, city, created_by from contact where email = 'joerg@example.de'`);
  assert.deepEqual(jörg, { first_name: 'Jörg', last_name: 'Müller', email: 'joerg@example.de', birth_date: '1970-12-24', city: 'Köln', created_by: adam.no });
  const [{ n }] = await acme.sql(`select count(*)::int as n from activity where through = 'import' and verb = 'create'`);
  assert.equal(n, 2);
});

test('names of columns are unique: a repeat gets a number, an empty one its position', async () => {
  const { body } = await upload(adam, 'account', 'Name,Name,,Name 2\na,b,c,d\n');
  assert.deepEqual(body.guess.columns.map((c: any) => c.name), ['Name', 'Name 2', 'Column 3', 'Name 2 2']);
});

test('a row with too few or too many cells is a problem of that row with its line; good rows go in', async () => {
  const result = await imported(adam, 'account', 'Name,City\nOne,Rome\n"Two\nlines",Bonn\nThree\nFour,Paris,x\nFive,Oslo,\n', { mapping: { Name: 'name', City: 'city' } });
  assert.deepEqual(counts(result), done(3, 0, 0, 2));
  assert.equal(await errorsOf(adam, result.id), 'line,column,reason,Name,City\r\n5,,"The row has 1 cells, the file has 2 columns.",Three\r\n6,,"The row has 3 cells, the file has 2 columns.",Four,Paris,x\r\n');
});

test('an unclosed quote is refused with its line, and nothing of the file stays', async () => {
  const { status, body } = await upload(adam, 'account', 'Name,City\nOne,Rome\nTwo,"Bonn\nThree,Paris\n');
  assert.equal(status, 422);
  assert.match(body.detail, /^Line 3: /);
  assert.deepEqual(await acme.sql(`select id from import where state = 'receiving'`), []);
});

test('bad cells come back by row and column, with the value and the reason', async () => {
  const result = await imported(adam, 'contact', 'First,Mail,Born,Formula\nAda,ada@example.com,1815-12-10,=1+1\nBob,not an address,31.02.2000,=2+2\n', { mapping: { First: 'first_name', Mail: 'email', Born: 'birth_date', Formula: 'city' } });
  assert.deepEqual(counts(result), done(1, 0, 0, 1));
  assert.deepEqual((await adam.get(`/imports/${result.id}/problems`)).body.data, [
    { line: 3, column: 'Mail', reason: 'is not an e-mail address', value: 'not an address' },
    { line: 3, column: 'Born', reason: 'is not a date', value: '31.02.2000' },
  ]);
  const file = await errorsOf(adam, result.id);
  assert.equal(file, `line,column,reason,First,Mail,Born,Formula\r\n3,Mail; Born,Mail: is not an e-mail address; Born: is not a date,Bob,not an address,31.02.2000,'=2+2\r\n`);
  const again = await imported(adam, 'contact', file.replace('not an address', 'bob@example.com').replace('31.02', '28.02'), { mapping: { First: 'first_name', Mail: 'email', Born: 'birth_date', Formula: 'city' } });
  assert.deepEqual(counts(again), done(1));
  assert.deepEqual(await acme.sql(`select city from contact where email = 'bob@example.com'`), [{ city: '=2+2' }]);
  await imported(adam, 'account', `Name\n'=3+3\n`, { mapping: { Name: 'name' } });
  assert.deepEqual(await acme.sql(`select name from account where name like '%3+3'`), [{ name: `'=3+3` }]);
});

test('links are found by name ignoring case and blanks; missing and ambiguous ones are problems; members by name or address', async () => {
  const bella = await acme.member({ name: 'Bella Seller' });
  assert.deepEqual(counts(await imported(adam, 'account', 'Name,Parent\nGTX Pro,\nSub One,GTX Pro\nTwin,\nTwin,\n', { mapping: { Name: 'name', Parent: 'parent' } })), done(4));
  const deals = 'Deal,Company,Agent,Stage,Value\nA,gtx pro ,Bella Seller,Closed,"1,054"\nB,GTXPro,bella seller,lost,0\nC,Nowhere,Bella Seller,New,1\nD,Twin,Bella Seller,New,1\nE,,Nobody,New,1\n';
  const result = await imported(adam, 'deal', deals, { mapping: { Deal: 'name', Company: { field: 'account', link_by: 'name' }, Agent: 'owner', Stage: { field: 'stage', values: { closed: 'won' } }, Value: 'amount' } });
  assert.deepEqual(counts(result), done(2, 0, 0, 3));
  assert.deepEqual((await adam.get(`/imports/${result.id}/problems`)).body.data.map((p: any) => [p.line, p.column, p.value]), [[4, 'Company', 'Nowhere'], [5, 'Company', 'Twin'], [6, 'Agent', 'Nobody']]);
  assert.deepEqual(await acme.sql(`select d.name, a.name as account, d.owner_no as owner, d.stage, d.amount::text, d.amount_currency from deal d join account a on a.id = d.account order by d.name`), [
    { name: 'A', account: 'GTX Pro', owner: bella.no, stage: 'won', amount: '10540000', amount_currency: 'EUR' },
    { name: 'B', account: 'GTX Pro', owner: bella.no, stage: 'lost', amount: '0', amount_currency: 'EUR' },
  ]);
  assert.deepEqual(await acme.sql(`select p.name from account a join account p on p.id = a.parent where a.name = 'Sub One'`), [{ name: 'GTX Pro' }]);
});

test('the same file twice by match key makes no doubles, also when a key comes twice in it', async () => {
  const file = 'Mail,First\nkey1@example.com,One\nkey2@example.com,Two\nKEY1@example.com,Uno\n';
  const how = { mapping: { Mail: 'email', First: 'first_name' }, mode: 'upsert', match: ['email'] };
  assert.deepEqual(counts(await imported(adam, 'contact', file, how)), done(2, 1));
  const second = await imported(adam, 'contact', file, how);
  assert.deepEqual(counts(second), done(0, 3));
  assert.equal(second.repeated, true);
  assert.deepEqual(await acme.sql(`select email, first_name from contact where email ilike 'key%' order by email`), [{ email: 'KEY1@example.com', first_name: 'Uno' }, { email: 'key2@example.com', first_name: 'Two' }]);
  assert.deepEqual(counts(await imported(adam, 'contact', file, { ...how, mode: 'create' })), done(0, 0, 3));
  assert.deepEqual(counts(await imported(adam, 'contact', 'Mail,First\nkey9@example.com,Nine\n,Blank\n', { ...how, mode: 'update' })), done(0, 0, 1, 1));
});

test('a dry run says what a run would do and changes nothing', async () => {
  const before = await acme.sql('select (select count(*)::int from contact) as contacts, (select count(*)::int from activity) as activities');
  const file = 'Mail,First\ndry@example.com,One\nbad,Two\nDRY@example.com,Three\n';
  const id = await mapped(adam, 'contact', file, { mapping: { Mail: 'email', First: 'first_name' }, mode: 'upsert', match: ['email'] });
  assert.equal((await adam.post(`/imports/${id}/dry-run`)).status, 202);
  const checked = await settled(adam, id);
  assert.deepEqual(counts(checked), { state: 'checked', rows: 3, done: 3, created: 1, updated: 1, skipped: 0, errors: 1 });
  assert.deepEqual(await acme.sql('select (select count(*)::int from contact) as contacts, (select count(*)::int from activity) as activities'), before);
  assert.match(await errorsOf(adam, id), /3,Mail,is not an e-mail address,bad,Two/);
  await adam.post(`/imports/${id}/run`);
  assert.deepEqual(counts(await settled(adam, id)), done(1, 1, 0, 1));
});

test('without the right it is refused, a hidden table is not there, a hidden field reads like an unknown one', async () => {
  const rights = { see: true, create: true, change: true, delete: true, export: true, hand_over: true, share: true };
  const made = await adam.post('/profiles', { name: 'Clerk', tables: { contact: { ...rights, import: true }, deal: { ...rights, import: false } }, fields: { 'contact.birth_date': 'none', 'contact.city': 'read' } });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const cleo = await acme.member({ name: 'Cleo Clerk', profile: 'Clerk' });
  assert.equal((await upload(cleo, 'deal', 'Name\nx\n')).status, 403);
  const hidden = await upload(cleo, 'account', 'Name\nx\n');
  const unknown = await upload(cleo, 'nothing', 'Name\nx\n');
  assert.equal(hidden.status, 404);
  assert.deepEqual({ ...hidden.body, request_id: 0 }, { ...unknown.body, request_id: 0 });
  const { body: { id } } = await upload(cleo, 'contact', 'A,B\nx,y\n');
  const said = async (field: string) => { const { status, body } = await cleo.put(`/imports/${id}`, { mapping: { A: field }, origin }); return { status, text: JSON.stringify({ ...body, request_id: 0 }).replaceAll(field, 'FIELD') }; };
  assert.deepEqual(await said('birth_date'), await said('never_there'));
  assert.equal((await said('birth_date')).status, 422);
  assert.equal((await said('city')).status, 422);
  assert.equal((await adam.get(`/imports/${id}`)).status, 404);
  const noOrigin = await cleo.put(`/imports/${id}`, { mapping: { A: 'first_name' } });
  assert.deepEqual([noOrigin.status, noOrigin.body.errors[0].field], [422, 'origin']);
});

test('importing needs the right on the table, from the first batch to the last', async () => {
  const made = await adam.post('/profiles', { name: 'Passing', tables: { account: { see: true, create: true, import: true } } });
  const dora = await acme.member({ name: 'Dora Passing', profile: 'Passing' });
  const file = `Name\n${Array.from({ length: 2_000 }, (_, i) => `Passing ${i}`).join('\n')}\n`;
  const id = await mapped(dora, 'account', file, { mapping: { Name: 'name' } });
  await dora.post(`/imports/${id}/run`);
  await dora.post(`/imports/${id}/pause`);
  assert.equal((await adam.patch(`/profiles/${made.body.id}`, { tables: { account: { import: false } } })).status, 200);
  assert.equal((await dora.post(`/imports/${id}/resume`)).status, 403);
  await acme.sql(`update import set state = 'running' where id = $1`, [id]);
  const failed = await settled(dora, id);
  assert.equal(failed.state, 'failed');
  assert.match(failed.failure, /does not allow/);
  await adam.patch(`/profiles/${made.body.id}`, { tables: { account: { import: true } } });
  await dora.post(`/imports/${id}/resume`);
  assert.deepEqual(counts(await settled(dora, id)), done(2_000));
  assert.deepEqual(await acme.sql(`select count(*)::int as n, count(distinct name)::int as names from account where name like 'Passing %'`), [{ n: 2_000, names: 2_000 }]);
});

test('a member sees only his own imports', async () => {
  const fay = await acme.member({ name: 'Fay Other' });
  const { body: { id } } = await upload(adam, 'account', 'Name\nOwn\n');
  assert.equal((await adam.get(`/imports/${id}`)).status, 200);
  assert.deepEqual((await fay.get('/imports')).body.data, []);
  for (const answer of [await fay.get(`/imports/${id}`), await fay.put(`/imports/${id}`, { mapping: { Name: 'name' } }), await fay.post(`/imports/${id}/run`), await fay.post(`/imports/${id}/undo`), await fay.get(`/imports/${id}/errors.csv`)]) assert.equal(answer.status, 404);
  assert.deepEqual(await acme.role('fay', (db) => db.rows(sql`select id from import`)), []);
  await assert.rejects(acme.role('fay', (db) => db.run(sql`insert into import_row values (${id}, uuidv7())`)), { code: '42501' });
});

test('of two servers only the one that holds the lease stores rows, also when the other believes to hold it', async () => {
  const other = await freshTenant();
  const id = await mapped(other.as('adam'), 'account', `Name\n${Array.from({ length: 1_200 }, (_, i) => `Lease ${i}`).join('\n')}\n`, { mapping: { Name: 'name' } });
  // Past the API, which would wake this process's own runner.
  await other.sql(`update import set state = 'running'`);
  const first = await importJob.claim(other.key, 'first');
  assert.ok(first);
  assert.equal(await importJob.claim(other.key, 'second'), undefined);
  await other.sql(`update import set lease_until = now() - interval '1 second'`);
  const second = await importJob.claim(other.key, 'second');
  assert.ok(second);
  assert.equal(await first.renew(), false);
  const never = new AbortController().signal;
  await Promise.all([first.run(never), second.run(never)]);
  assert.deepEqual(counts((await other.as('adam').get(`/imports/${id}`)).body), done(1_200));
  assert.deepEqual(await other.sql(`select count(*)::int as n, count(distinct name)::int as names from account`), [{ n: 1_200, names: 1_200 }]);
});

test('a field that is dropped in the middle ends the import with its name', async () => {
  assert.equal((await adam.post('/tables/account/fields', { name: 'shoe_size', label: 'Shoe size', kind: 'number', personal: 'no' })).status, 201);
  const id = await mapped(adam, 'account', 'Name,Size\nShoes,43\n', { mapping: { Name: 'name', Size: 'shoe_size' } });
  await adam.post(`/imports/${id}/run`);
  await settled(adam, id);
  const second = await mapped(adam, 'account', `Name,Size\n${'More shoes,44\n'.repeat(1_500)}`, { mapping: { Name: 'name', Size: 'shoe_size' } });
  await adam.post(`/imports/${second}/run`);
  await adam.post(`/imports/${second}/pause`);
  assert.equal((await adam.delete('/tables/account/fields/shoe_size')).status, 204);
  await adam.post(`/imports/${second}/resume`);
  const ended = await settled(adam, second);
  assert.deepEqual([ended.state, ended.failure], ['failed', 'There is no field "shoe_size".']);
});

test('what is no text, no multipart, or without a table is refused in words', async () => {
  assert.equal((await adam.post('/imports', { table: 'account' })).status, 415);
  assert.match((await upload(adam, 'account', Buffer.from('504b03041400', 'hex'))).body.detail, /CSV/);
  assert.equal((await upload(adam, 'account', '')).status, 422);
  assert.deepEqual(await acme.sql(`select id from import where state = 'receiving'`), []);
});

test('paused it stands still, resumed it ends with every row once', async () => {
  const file = `Name\n${Array.from({ length: 3_000 }, (_, i) => `Pause ${i}`).join('\n')}\n`;
  const id = await mapped(adam, 'account', file, { mapping: { Name: 'name' } });
  await adam.post(`/imports/${id}/run`);
  const paused = await adam.post(`/imports/${id}/pause`);
  assert.equal(paused.body.state, 'paused');
  const count = async () => (await acme.sql(`select count(*)::int as n from account where name like 'Pause %'`))[0].n;
  const held = await count();
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.equal(await count(), held);
  assert.ok(held < 3_000);
  assert.equal((await adam.get(`/imports/${id}`)).body.done, held);
  await adam.post(`/imports/${id}/resume`);
  assert.deepEqual(counts(await settled(adam, id)), done(3_000));
  assert.equal(await count(), 3_000);
});

test('one bad row in the middle of a batch is found by halves and does no harm to the others', async () => {
  await acme.sql(`alter table account add constraint proof_refuses check (name <> 'Refused by the database')`);
  const names = Array.from({ length: 1_000 }, (_, i) => (i === 707 || i === 3 ? 'Refused by the database' : `Halves ${i}`));
  const result = await imported(adam, 'account', `Name\n${names.join('\n')}\n`, { mapping: { Name: 'name' } });
  await acme.sql('alter table account drop constraint proof_refuses');
  assert.deepEqual(counts(result), done(998, 0, 0, 2));
  assert.match(await errorsOf(adam, result.id), /^5,,A value is not allowed here\.,Refused by the database\r\n709,/m);
});

test('undo takes back only what nobody else has changed', async () => {
  const eve = await acme.member({ name: 'Eve Editor' });
  const result = await imported(adam, 'account', 'Name\nUndo 1\nUndo 2\nUndo 3\n', { mapping: { Name: 'name' } });
  const [{ id }] = await acme.sql(`select id from account where name = 'Undo 2'`);
  assert.equal((await eve.patch(`/records/account/${id}`, { city: 'Rome' })).status, 200);
  const undone = (await adam.post(`/imports/${result.id}/undo`)).body;
  assert.deepEqual([undone.state, undone.removed, undone.kept], ['undone', 2, 1]);
  assert.deepEqual(await acme.sql(`select name from account where name like 'Undo %'`), [{ name: 'Undo 2' }]);
  assert.equal((await adam.post(`/imports/${result.id}/undo`)).status, 409);
});

test('the file and what was noted about its rows are gone after a day', async () => {
  const result = await imported(adam, 'account', 'Name,Employees\nDay,many\n', { mapping: { Name: 'name', Employees: 'employees' } });
  await sweepImports(acme.key, new Date(Date.now() + 1_000));
  const after = (await adam.get(`/imports/${result.id}`)).body;
  assert.deepEqual(counts(after), done(0, 0, 0, 1));
  assert.equal((await adam.get(`/imports/${result.id}/errors.csv`)).status, 409);
  assert.deepEqual(await acme.sql(`select * from import_problem where import_id = $1`, [result.id]), []);
});
