// The demo and its cast: each sees just what he may, and nobody anything of the second company, which has the same record ids.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { before, test } from 'node:test';
import { asLaw, sql } from '../kernel/database.ts';
import { loadCast, type Cast } from '../world/cast.ts';
import { CONTACTS, MEMBERS } from '../world/people.ts';
import { ownFolder, serving } from './serving.ts';
import { ask, theServer } from './start.ts';

const project = dirname(import.meta.dirname);
let cast: Cast;
before(async () => {
  await theServer();
  cast = await loadCast(ask);
});

/** How many records of a table somebody sees; 404 where the table does not exist for him. */
async function sees(who: string, table: string): Promise<number> {
  const { status, body } = await ask('GET', `/records/${table}?count=exact&limit=1`, undefined, cast.session(who));
  return status === 200 ? body.count : status;
}

const EXPECTED: [who: string, account: number, contact: number, deal: number, task: number, note: number, fitting: number][] = [
  ['Ada', 404, 404, 404, 404, 404, 404],
  ['Frida', 12, 40, 30, 15, 14, 6],
  ['Karim', 12, 40, 17, 5, 14, 6],
  ['Lena', 12, 40, 15, 8, 14, 6],
  ['Tom', 12, 40, 7, 3, 14, 6],
  ['Sam', 12, 40, 404, 8, 14, 6],
  ['Dora', 12, 40, 30, 18, 14, 6],
];

for (const [who, ...numbers] of EXPECTED) {
  const { about } = MEMBERS.find((m) => m.name.startsWith(who))!;
  test(`${who}: ${about}`, async () => {
    const tables = ['account', 'contact', 'deal', 'task', 'note', 'fitting'];
    assert.deepEqual(await Promise.all(tables.map((table) => sees(who, table))), numbers);
    const { body } = await ask('GET', '/me', undefined, cast.session(who));
    assert.deepEqual(body.tables.map((t: any) => t.name).sort(), tables.filter((_, i) => numbers[i] !== 404).sort());
  });
}

test('teams, a rule and a share open what they say, and no more', async () => {
  const deals = async (who: string) => (await ask('GET', '/records/deal?fields=name&limit=50', undefined, cast.session(who))).body.data.map((d: any) => d.name);
  const [karim, tom] = [await deals('Karim'), await deals('Tom')];
  for (const name of ['Sample collection 2027', 'Show room shelves', 'Children’s furniture']) assert.ok(karim.includes(name), name);
  for (const name of ['Conference table, walnut', 'Head office refit', 'Office chairs, 120 pieces']) assert.ok(tom.includes(name), name);
  for (const name of ['Beds for 30 rooms', 'Sample collection 2027', 'Dining chairs, 400 pieces']) assert.ok(!tom.includes(name), name);
  const tasks = (await ask('GET', '/records/task?fields=priority,owner', undefined, cast.session('Sam'))).body.data;
  assert.deepEqual(tasks.filter((t: any) => t.owner.label !== 'Sam O’Neill').map((t: any) => t.priority), Array(5).fill('high'));
});

test('what is known of the back is there for support and the DPO, and never was for sales', async () => {
  const fields = async (who: string) => Object.keys((await ask('GET', '/records/fitting?limit=1', undefined, cast.session(who))).body.data[0]);
  for (const who of ['Sam', 'Dora']) assert.ok((await fields(who)).includes('back'), who);
  for (const who of ['Frida', 'Karim', 'Lena', 'Tom']) assert.ok(!(await fields(who)).includes('back'), who);
  const hidden = await ask('GET', '/records/fitting?filter[back]=x', undefined, cast.session('Karim'));
  const unknown = await ask('GET', '/records/fitting?filter[hump]=x', undefined, cast.session('Karim'));
  assert.equal(hidden.status, 422);
  assert.equal(hidden.body.detail.replaceAll('back', 'hump'), unknown.body.detail);
  assert.deepEqual((await ask('GET', '/search?q=scoliosis', undefined, cast.session('Karim'))).body.data, []);
});

test('the one who left is out, and his manager still sees his deals', async () => {
  assert.equal((await ask('GET', '/me', undefined, cast.session('Otto'))).status, 401);
  const { body } = await ask('GET', '/records/deal?filter[name]=Foyer%20seating', undefined, cast.session('Frida'));
  assert.equal(body.data[0].owner.label, 'Otto Berg');
  assert.deepEqual((await ask('GET', '/records/deal?filter[name]=Foyer%20seating', undefined, cast.session('Karim'))).body.data, []);
});

test('the same id is another record in the other company, and neither meets the other', async () => {
  for (const [i, id] of cast.contact.entries()) {
    const { body } = await ask('GET', `/records/contact/${id}`, undefined, cast.session('Frida'));
    assert.equal(body.last_name, CONTACTS[i][1]);
  }
  const others = await asLaw(cast.other, (db) => db.rows<{ id: string }>(sql`select id from contact order by id`));
  assert.deepEqual(others.map((r) => r.id).sort(), [...cast.contact].sort());
  for (const q of ['Birch', 'person1@birch-bay.example']) assert.deepEqual((await ask('GET', `/search?q=${q}`, undefined, cast.session('Frida'))).body.data, []);
});

test('names of every making are kept, found and sorted', async () => {
  const find = async (q: string) => (await ask('GET', `/search?q=${encodeURIComponent(q)}`, undefined, cast.session('Frida'))).body.data.map((hit: any) => hit.record.label);
  assert.deepEqual(await find('größl'), ['Jürgen Größl']);
  assert.deepEqual(await find('GROSSL'), ['Jürgen Größl']);
  assert.ok((await find('الحسيني')).includes('سارة الحسيني'));
  assert.ok((await find('山田')).some((label: string) => label.includes('花子')));
  assert.equal((await find('anna schmidt')).filter((label: string) => label === 'Anna Schmidt').length, 2);
});

test('the demo signs in anyone of the cast without a password, and loads it once', async () => {
  const { folder, remove } = ownFolder();
  let { url, stop } = await serving('demo', folder);
  const { tenant, data } = await (await fetch(`${url}/api/v1/demo/cast`)).json() as any;
  assert.equal(tenant, 'Maple & Fjord');
  assert.deepEqual(data.map((p: any) => p.email), MEMBERS.filter((m) => !m.leaves).map((m) => m.email));
  const enter = (email: string) => fetch(`${url}/api/v1/demo/sign-in`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ email }) });
  assert.equal((await enter('otto@maple-fjord.example')).status, 422);
  assert.equal((await enter('stranger@example.com')).status, 422);
  await stop();
  ({ url, stop } = await serving('demo', folder));
  const signed = await enter('frida@maple-fjord.example');
  const cookie = signed.headers.getSetCookie()[0].split(';')[0];
  const list = await (await fetch(`${url}/api/v1/records/deal?count=exact`, { headers: { cookie } })).json() as any;
  await stop();
  remove();
  assert.equal(list.count, 30);
});

test('a Steward that is no demo has no way in without a password', async () => {
  assert.equal((await ask('GET', '/demo/cast')).status, 404);
  assert.equal((await ask('POST', '/demo/sign-in', { email: MEMBERS[1].email })).status, 404);
});

test('the demo keeps its hands off other data', () => {
  const refused = (data: string) => spawnSync(process.execPath, ['bin/steward.ts', 'demo'], { cwd: project, env: { ...process.env, STEWARD_DATA: data, STEWARD_PORT: '0' }, encoding: 'utf8', timeout: 60_000 });
  const real = refused('data');
  assert.equal(real.status, 1);
  assert.match(real.stderr, /does not touch the data folder of the real installation/);
  const foreign = refused(process.env.STEWARD_DATA!);
  assert.equal(foreign.status, 1);
  assert.match(foreign.stderr, /holds something else/);
});
