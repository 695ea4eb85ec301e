// Proof of the search: found in any spelling and in parts, never by what the asker may not see, and safe from whatever is typed.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { freshTenant, type Answer, type Client, type FreshTenant } from '../../proofs/start.ts';

let t: FreshTenant;
let [adam, mia, alice, bob]: Client[] = [];
const made = async (ask: Promise<Answer>): Promise<any> => { const { status, body } = await ask; assert.ok(status < 300, JSON.stringify(body)); return body; };
const contact = (who: Client, values: object) => made(who.post('/records/contact', values));
const find = async (who: Client, q: string, more = '') => (await made(who.get(`/search?q=${encodeURIComponent(q)}${more}`))).data.map((hit: any) => hit.record.label ?? hit.table) as string[];
const list = async (who: Client, q: string) => (await made(who.get(`/records/contact?fields=full_name&q=${encodeURIComponent(q)}`))).data.map((r: any) => r.full_name).sort() as string[];

before(async () => {
  t = await freshTenant({ sharing: 'private' });
  adam = t.as('adam');
  const all = { see: true, create: true, change: true, delete: true, hand_over: true };
  await made(adam.post('/profiles', { name: 'Boss', tables: { contact: all, account: all, note: all, deal: all } }));
  await made(adam.post('/profiles', { name: 'Rep', tables: { contact: all, account: all, note: all }, fields: { 'contact.phone': 'none', 'contact.phones': 'none', 'contact.first_name': 'write', 'contact.email': 'none', 'contact.emails': 'none' } }));
  mia = await t.member({ name: 'Mia Manager', profile: 'Boss' });
  alice = await t.member({ name: 'Alice Rep', profile: 'Rep', manager: 'mia' });
  bob = await t.member({ name: 'Bob Rep', profile: 'Rep', manager: 'mia' });
  await contact(alice, { first_name: 'Zoë', last_name: 'Müller-Lüdenscheidt' });
  await contact(alice, { first_name: 'Ada', last_name: 'Lovelace' });
  await contact(alice, { first_name: 'Ada', last_name: 'Lovelace Byron King' });
  await contact(alice, { last_name: '100%_\\ wild' });
  await contact(mia, { first_name: 'Grace', last_name: 'Hopper', email: 'amazing@navy.test', emails: null, phone: '+49 30 1234567', owner: alice.id });
  await contact(bob, { first_name: 'Ada', last_name: 'Hidden' });
  await made(alice.post('/records/account', { name: 'Lovelace & Sons', website: 'lovelace.test', email: 'office@lovelace.test', phone: '+49 89 7654321' }));
});

test('case, accents, parts and the order of words do not matter, but every word does', async () => {
  for (const q of ['müller', 'MULLER', 'lüden', 'Ludenscheidt zoe', 'ZOË MÜL', 'ｍｕｌｌｅｒ', 'mu\u0308ller']) assert.deepEqual(await find(alice, q), ['Zoë Müller-Lüdenscheidt'], q);
  assert.deepEqual(await list(alice, 'ludenscheidt zoe'), ['Zoë Müller-Lüdenscheidt']);
  assert.deepEqual(await find(alice, 'zoe hopper'), []);
  assert.deepEqual(await find(mia, '7654321'), ['Lovelace & Sons']);
  assert.deepEqual(await find(mia, '4930123'), ['Grace Hopper']);
  assert.deepEqual(await find(mia, 'zing@navy'), ['Grace Hopper']);
});

test('a typo is forgiven where nothing is found exactly', async () => {
  assert.ok((await find(alice, 'Lovelase')).includes('Ada Lovelace'));
  assert.ok((await find(alice, 'hoper')).includes('Grace Hopper'));
  assert.deepEqual(await find(alice, 'qwertyuiop'), []);
});

test('who is called just so comes first, then who begins so', async () => {
  const hits = await find(alice, 'ada lovelace');
  assert.deepEqual(hits, ['Ada Lovelace', 'Ada Lovelace Byron King']);
  assert.deepEqual((await find(alice, 'lovelace')).slice(0, 1), ['Lovelace & Sons']);
  assert.equal((await find(alice, 'lovelace', '&limit=2')).length, 2);
  assert.deepEqual(await find(alice, 'lovelace', '&table=account'), ['Lovelace & Sons']);
});

test('words of hidden fields find nothing', async () => {
  assert.deepEqual(await find(mia, 'amazing'), ['Grace Hopper']);
  for (const q of ['amazing', 'navy.test', 'amazin', 'amazing@navy.test', '1234567', '4930', 'grace amazing', 'hopper 1234567']) {
    assert.deepEqual(await find(alice, q), [], q);
    assert.deepEqual(await list(alice, q), [], q);
  }
  assert.deepEqual([await list(mia, 'amazing'), await list(alice, 'grace')], [['Grace Hopper'], ['Grace Hopper']]);
  const { data } = await made(alice.get('/search?q=grace'));
  assert.ok(!/amazing|1234567|"email|"phone/.test(JSON.stringify(data)));
});

test('wildcards are taken literally, and marks of the index are no words', async () => {
  for (const q of ['100%', '%_', '_\\', '\\ wild']) assert.deepEqual(await find(alice, q), ['100%_\\ wild'], q);
  for (const q of ['%%', '__', '1__', 'w%d', 'l_velace', '.*', 'a.a', '10', '11', '12', 'true', 'false', 'primary', 'address']) assert.deepEqual(await find(alice, q), q === '10' ? ['100%_\\ wild'] : [], q);
});

test('many who match in a hidden field do not push out the one who matches openly', async () => {
  const operations = Array.from({ length: 250 }, (_, i) => ({ op: 'create', values: { last_name: `Crowd ${i}`, email: `needle${i}@x.test`, owner: alice.id } }));
  await made(mia.post('/records/contact/batch', { mode: 'all', operations }));
  await contact(alice, { last_name: 'Needle' });
  assert.deepEqual(await find(alice, 'needle'), ['Needle']);
  assert.deepEqual(await list(alice, 'needle'), ['Needle']);
});

describe('what the asker may not see', () => {
  test('hidden records are not among the candidates', async () => {
    assert.deepEqual(await find(alice, 'hidden'), []);
    assert.deepEqual(await list(alice, 'ada'), ['Ada Lovelace', 'Ada Lovelace Byron King']);
    assert.deepEqual(await find(mia, 'hidden'), ['Ada Hidden']);
    const seen = await t.role('alice', (db) => db.client.query(`select count(*)::int as n from search_candidates(2, array['hidden'], 100)`));
    assert.equal(seen.rows[0].n, 0, 'not even in SQL');
  });

  test('a hidden table is not searched, and looks like one that never existed', async () => {
    await made(mia.post('/records/deal', { name: 'Enigma', owner: alice.id }));
    assert.deepEqual(await find(mia, 'enigma'), ['Enigma']);
    assert.deepEqual(await find(alice, 'enigma'), []);
    const [hidden, never] = [await alice.get('/search?q=enigma&table=deal'), await alice.get('/search?q=enigma&table=zebra')];
    assert.deepEqual([hidden.status, { ...hidden.body, request_id: 0 }], [404, { ...never.body, request_id: 0 }]);
  });

  test('what is changed or taken away is found anew at once', async () => {
    const { id } = await contact(alice, { last_name: 'Xavier' });
    assert.deepEqual(await find(alice, 'xavier'), ['Xavier']);
    await made(alice.patch(`/records/contact/${id}`, { last_name: 'Yvonne' }));
    assert.deepEqual([await find(alice, 'xavier'), await find(alice, 'yvonne')], [[], ['Yvonne']]);
    await made(alice.put(`/records/contact/${id}/owner`, { owner: bob.id }));
    assert.deepEqual([await find(alice, 'yvonne'), await find(bob, 'yvonne')], [[], ['Yvonne']]);
  });
});

test('short and hostile words are answered, never with a fault', async () => {
  const words = ["'", "''", "' or 1=1 --", "'; drop table contact; --", "' union select null, version() --", '1; select pg_sleep(9)', "admin'--", '" or ""="', '$$', '$1', ':x', '{{7*7}}', '${7*7}', '<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', 'javascript:alert(1)',
    '\\', '\\\\', '%', '_', '(', ')', '[', ']', '*', '+', '?', '|', '&', '!', ':*', 'a:*', 'a & b', '<->', '\u0001', '\u0001\u000e\u0002', '\u0002x', '\u200b', '\u202e', '\u0301', '\u0301\u0301\u0301', '😀', '😀😀', '王', 'ß', 'İ', 'ﬁ', '\ufffe', '-1', '1e400', 'NaN', 'null', 'undefined', '../../etc/passwd', 'a'.repeat(200), `${'a '.repeat(100)}`, ' ', '\t\n'];
  for (const q of words) {
    for (const path of ['/search?q=', '/records/contact?q=', '/search?table=contact&q=']) {
      const { status, body } = await alice.get(path + encodeURIComponent(q));
      assert.equal(status, 200, `${path}${q}: ${JSON.stringify(body)}`);
      if (/[^\s\p{Cc}]/u.test(q) && path !== '/search?q=') assert.ok(body.data.length < 50, `${JSON.stringify(q)} finds everything`);
    }
  }
  for (const path of ['/search', '/search?q=a%00b', `/search?q=${'a'.repeat(201)}`, '/search?q=x&limit=0', '/search?q=x&limit=51', '/search?q=x&nonsense=1', '/search?q=x&q=y', '/records/contact?q=%00']) assert.equal((await alice.get(path)).status, 422, path);
});
