// Proof of single records: made, read, changed, handed over and deleted by members whose rights differ, with nothing lost and nothing told.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { freshTenant, type Answer, type Client, type FreshTenant } from '../../proofs/start.ts';

let t: FreshTenant;
let [adam, mia, alice, bob]: Client[] = [];
const all = { see: true, create: true, change: true, delete: true, hand_over: true };
const never = '018f2b1c-7a00-7000-8000-00000000dead';

async function made(ask: Promise<Answer>): Promise<any> {
  const { status, body } = await ask;
  assert.ok(status === 201 || status === 200, JSON.stringify(body));
  return body;
}
const create = (who: Client, table: string, values: object) => made(who.post(`/records/${table}`, values));
const said = (answer: Answer, ...gone: string[]) => JSON.stringify([answer.status, { ...answer.body, request_id: 0 }], (_, v) => (typeof v === 'string' ? gone.reduce((s, word) => s.replaceAll(word, '…'), v) : v));
const refused = (answer: Answer, status: number) => { assert.equal(answer.status, status, JSON.stringify(answer.body)); return answer; };
const tag = (answer: Answer) => ({ 'if-match': answer.headers.etag });

before(async () => {
  t = await freshTenant({ sharing: 'private' });
  adam = t.as('adam');
  await made(adam.post('/tables/contact/fields', { name: 'salary', kind: 'number', personal: 'yes', category: 'user.financial', purpose: 'Payroll', origin: 'provided', tracked: true }));
  await made(adam.post('/tables/contact/fields', { name: 'credit', kind: 'text', personal: 'no', tracked: true }));
  await made(adam.post('/tables/account/fields', { name: 'vat', kind: 'text', personal: 'no', unique: true }));
  await made(adam.post('/tables', { name: 'payroll', label: 'Payroll', fields: [{ name: 'name', kind: 'text', personal: 'no' }] }));
  await made(adam.post('/tables', { name: 'thing', label: 'Thing', sharing: 'private', fields: [{ name: 'name', kind: 'text', personal: 'no', required: true }, { name: 'long', kind: 'long_text', personal: 'no' }, { name: 'place', kind: 'link', to: 'account', personal: 'no' },
    { name: 'places', kind: 'links', to: 'account', personal: 'no' }, { name: 'about', kind: 'link', to: '*', personal: 'no' }, { name: 'boss', kind: 'member', personal: 'no' }] }));
  await made(adam.post('/profiles', { name: 'Rep', tables: { account: all, contact: all, deal: all, task: all, note: { ...all, hand_over: false }, thing: all }, fields: { 'contact.salary': 'none', 'contact.credit': 'read' } }));
  await made(adam.post('/profiles', { name: 'Boss', tables: { account: all, contact: all, deal: all, task: all, note: all, thing: all } }));
  mia = await t.member({ name: 'Mia Manager', profile: 'Boss' });
  alice = await t.member({ name: 'Alice Rep', profile: 'Rep', manager: 'mia' });
  bob = await t.member({ name: 'Bob Rep', profile: 'Rep' });
});

describe('one engine for every table', () => {
  test('each standard table is created, read, changed and deleted', async () => {
    const account = await create(alice, 'account', { name: 'Globex', annual_revenue: { amount: '12.5', currency: 'USD' }, website: 'globex.test', tags: ['big', 'old'] });
    const contact = await create(alice, 'contact', { first_name: 'Ada', last_name: 'Love', account: account.id, birth_date: '2001-02-28', stage: 'lead' });
    const rows: [string, object, object][] = [
      ['account', { name: 'Initech', parent: account.id, employees: 12 }, { name: 'Initrode', employees: 13.5 }], ['contact', { last_name: 'Byron', email: 'B@Example.test' }, { last_name: 'King', stage: 'customer' }],
      ['deal', { name: 'Big', account: account.id, contact: contact.id, amount: 10, closes_on: '2026-12-31' }, { stage: 'won', amount: { amount: '10.01', currency: 'EUR' } }],
      ['task', { title: 'Call', about: { table: 'contact', id: contact.id }, due_at: '2026-12-24T18:00:00Z' }, { status: 'done' }], ['note', { text: 'said yes', about: { table: 'account', id: account.id } }, { text: 'said no' }],
    ];
    for (const [table, values, change] of rows) {
      const answer = await alice.post(`/records/${table}`, values);
      assert.equal(answer.status, 201, JSON.stringify(answer.body));
      assert.equal(answer.headers.location, `/api/v1/records/${table}/${answer.body.id}`);
      assert.deepEqual([answer.body.owner.id, answer.body.created_by.id, answer.body.created_at], [alice.id, alice.id, answer.body.changed_at]);
      const path = `/records/${table}/${answer.body.id}`;
      const read = await alice.get(path);
      assert.deepEqual(read.body, answer.body);
      assert.equal(read.headers.etag, answer.headers.etag);
      const changed = await alice.patch(path, change, tag(read));
      assert.equal(changed.status, 200, JSON.stringify(changed.body));
      assert.ok(changed.body.changed_at > changed.body.created_at);
      for (const [name, value] of Object.entries(change)) assert.deepEqual(changed.body[name], name === 'amount' ? { amount: '10.01', currency: 'EUR' } : value);
      assert.equal((await alice.delete(path)).status, 204);
      refused(await alice.get(path), 404);
    }
    assert.deepEqual([account.annual_revenue, account.website, account.tags], [{ amount: '12.50', currency: 'USD' }, 'https://globex.test', ['big', 'old']]);
    assert.deepEqual(contact.account, { id: account.id, label: 'Globex' });
  });

  test('a computed name follows its parts, and nobody writes it', async () => {
    const { id, full_name } = await create(alice, 'contact', { first_name: 'Ada' });
    assert.equal(full_name, 'Ada');
    assert.equal((await made(alice.patch(`/records/contact/${id}`, { last_name: 'Love' }))).full_name, 'Ada Love');
    assert.equal((await made(alice.patch(`/records/contact/${id}`, { first_name: null, last_name: '  ' }))).full_name, null);
    refused(await alice.patch(`/records/contact/${id}`, { full_name: 'X' }), 403);
  });

  test('the list of addresses and the primary one are kept in step, whichever was written', async () => {
    const { id, ...first } = await create(alice, 'contact', { email: 'a@Example.test', phones: [{ number: '+49 30 1234567' }, { number: '112', primary: true }] });
    assert.deepEqual([first.emails, first.phone], [[{ address: 'a@example.test', label: 'work', primary: true }], '112']);
    const change = async (values: object) => { const { email, emails } = await made(alice.patch(`/records/contact/${id}`, values)); return [email, emails?.map((e: any) => e.address) ?? null]; };
    assert.deepEqual(await change({ emails: [{ address: 'b@x.test' }, { address: 'c@x.test', primary: true }] }), ['c@x.test', ['b@x.test', 'c@x.test']]);
    assert.deepEqual(await change({ email: 'd@x.test' }), ['d@x.test', ['d@x.test', 'b@x.test']]);
    assert.deepEqual(await change({ email: 'b@x.test' }), ['b@x.test', ['b@x.test']]);
    assert.deepEqual(await change({ emails: null }), [null, null]);
    refused(await alice.patch(`/records/contact/${id}`, { emails: [{ address: 'a@x.test' }, { address: 'A@x.test' }] }), 422);
  });
});

describe('two who write at once', () => {
  test('a change of what was changed meanwhile is refused when If-Match is sent', async () => {
    const { id } = await create(alice, 'account', { name: 'One' });
    const path = `/records/account/${id}`;
    const before = await alice.get(path);
    await made(mia.patch(path, { city: 'Bonn' }));
    refused(await alice.patch(path, { city: 'Köln' }, tag(before)), 412);
    refused(await alice.patch(path, { name: 'Two' }, { 'if-match': '"nonsense"' }), 412);
    assert.deepEqual([(await alice.get(path)).body.city, (await alice.get(path)).body.name], ['Bonn', 'One']);
    assert.equal((await alice.patch(path, { city: 'Köln' }, { 'if-match': `"x", ${(await alice.get(path)).headers.etag}` })).status, 200);
    assert.equal((await alice.patch(path, { city: 'Ulm' }, { 'if-match': '*' })).status, 200);
    assert.equal((await alice.get(`${path}?fields=name`)).headers.etag, undefined, 'a part is not the record that If-Match means');
    refused(await alice.delete(path, tag(before)), 412);
    assert.equal((await alice.delete(path, tag(await alice.get(path)))).status, 204);
  });

  test('two hundred rounds with If-Match lose no update, and without it fields are merged', async () => {
    const { id } = await create(alice, 'account', { name: 'Counted', employees: 0 });
    const path = `/records/account/${id}`;
    const raise = async (who: Client) => {
      for (let done = 0; done < 100;) {
        const read = await who.get(path);
        const { status } = await who.patch(path, { employees: read.body.employees + 1 }, tag(read));
        if (status === 200) done++; else assert.equal(status, 412);
      }
    };
    await Promise.all([raise(alice), raise(mia)]);
    assert.equal((await alice.get(path)).body.employees, 200);
    for (let i = 0; i < 20; i++) {
      await Promise.all([made(alice.patch(path, { city: `city ${i}` })), made(mia.patch(path, { zip: `zip ${i}` }))]);
      const { city, zip } = (await alice.get(path)).body;
      assert.deepEqual([city, zip], [`city ${i}`, `zip ${i}`]);
    }
  });
});

describe('a field that one may not see or write', () => {
  test('in a body a hidden key gets the words of an unknown one, a read-only one is 403', async () => {
    const { id } = await create(alice, 'contact', { last_name: 'X' });
    for (const way of [(key: string) => alice.post('/records/contact', { [key]: 1 }), (key: string) => alice.patch(`/records/contact/${id}`, { [key]: 1 }), (key: string) => alice.get(`/records/contact/${id}?fields=id,${key}`)]) {
      assert.equal(said(await way('salary'), 'salary'), said(refused(await way('zebra'), 422), 'zebra'));
    }
    refused(await alice.patch(`/records/contact/${id}`, { credit: 'good' }), 403);
    refused(await alice.post('/records/contact', { credit: 'good' }), 403);
    await made(mia.patch(`/records/contact/${id}`, { credit: 'good', salary: 5 }));
    const { body } = await alice.get(`/records/contact/${id}`);
    assert.equal(body.credit, 'good');
    assert.ok(!('salary' in body));
  });

  test('a change of it leaves the date of change and the tag of others as they were', async () => {
    const { id } = await create(alice, 'contact', { first_name: 'Ada', last_name: 'Quiet' });
    const before = await alice.get(`/records/contact/${id}`);
    assert.equal((await made(mia.patch(`/records/contact/${id}`, { salary: 77 }))).salary, 77);
    const after = await alice.get(`/records/contact/${id}`);
    assert.deepEqual([after.body, after.headers.etag], [before.body, before.headers.etag]);
    await made(mia.patch(`/records/contact/${id}`, { city: 'Bonn' }));
    assert.notEqual((await alice.get(`/records/contact/${id}`)).body.changed_at, before.body.changed_at);
  });

  test('a key that is no field is refused, whatever it is called, and the server stays as it is', async () => {
    const keys = ['id', 'tenant', 'tenant_id', 'owner_no', 'owner_id', 'created_at', 'created_by', 'changed_at', 'changed_by', 'search', 'is_admin', 'admin', 'role', 'rights', 'version', 'deleted_at', 'consent_time', 'constructor', 'prototype', '__proto__', 'toString', 'hasOwnProperty', 'visible', 'locked', '', 'first_name ', 'First_name', 'a.b', 'ctid', 'xmin'];
    const { id } = await create(alice, 'contact', { last_name: 'Kept' });
    const before = (await t.sql('select md5(string_agg(c::text, $1 order by id)) as seal from contact c', ['|']))[0].seal;
    for (const key of keys) {
      for (const value of ['"x"', '{"admin":1}', '{"prototype":{"admin":1}}']) {
        const body = `{"last_name":"Changed","${key}":${value}}`;
        refused(await alice.post('/records/contact', body), 422);
        refused(await alice.patch(`/records/contact/${id}`, body), 422);
      }
    }
    assert.equal((await t.sql('select md5(string_agg(c::text, $1 order by id)) as seal from contact c', ['|']))[0].seal, before);
    assert.equal(({} as any).admin, undefined);
    assert.deepEqual(Object.keys(Object.prototype), []);
  });
});

describe('nothing that a member may not see is attached to', () => {
  test('a hidden parent is refused with the words for a missing one, in each sort of link', async () => {
    const hidden = await create(bob, 'account', { name: 'Hidden' });
    const own = await create(alice, 'account', { name: 'Own' });
    const thing = await create(alice, 'thing', { name: 'T', place: own.id, places: [own.id], about: { table: 'account', id: own.id }, boss: bob.email });
    assert.deepEqual([thing.place, thing.places, thing.about, thing.boss], [{ id: own.id, label: 'Own' }, [{ id: own.id, label: 'Own' }], { table: 'account', id: own.id, label: 'Own' }, { id: bob.id, label: 'Bob Rep' }]);
    const ways: ((id: string) => object)[] = [(id) => ({ place: id }), (id) => ({ places: [own.id, id] }), (id) => ({ about: { table: 'account', id } })];
    for (const way of ways) {
      for (const send of [(v: object) => alice.patch(`/records/thing/${thing.id}`, v), (v: object) => alice.post('/records/thing', { name: 'N', ...v })]) {
        assert.equal(said(await send(way(hidden.id))), said(refused(await send(way(never)), 422)));
      }
    }
    const to = (table: string) => alice.patch(`/records/thing/${thing.id}`, { about: { table, id: never } });
    assert.equal(said(await to('payroll'), 'payroll'), said(refused(await to('zebra'), 422), 'zebra'));
    assert.deepEqual((await alice.get(`/records/thing/${thing.id}`)).body, thing);
  });

  test('a parent that is hidden reads as empty, but for its name where the link shows that', async () => {
    const hidden = await create(mia, 'account', { name: 'Hidden' });
    const own = await create(alice, 'account', { name: 'Own' });
    const { id } = await create(alice, 'thing', { name: 'T' });
    const seen = await made(mia.patch(`/records/thing/${id}`, { place: hidden.id, places: [hidden.id, own.id], about: { table: 'account', id: hidden.id } }));
    assert.deepEqual([seen.place.label, seen.places.length, seen.about.label], ['Hidden', 2, 'Hidden']);
    const read = (await alice.get(`/records/thing/${id}?fields=place,places,about,place.name`)).body;
    assert.deepEqual(read, { id, place: { id: null, label: 'Hidden' }, places: [{ id: own.id, label: 'Own' }], about: null, 'place.name': null });
    await made(alice.patch(`/records/thing/${id}`, { places: [], name: 'Other' }));
    assert.deepEqual((await mia.get(`/records/thing/${id}`)).body.places, [{ id: hidden.id, label: 'Hidden' }], 'what one does not see one does not take away');
  });

  test('deleting leaves the hidden child of another, and asks about visible ones', async () => {
    const account = await create(bob, 'account', { name: 'Parent' });
    const child = await create(bob, 'contact', { last_name: 'Child', account: account.id });
    const thing = await create(bob, 'thing', { name: 'T', places: [account.id], about: { table: 'account', id: account.id } });
    const handed = await made(bob.put(`/records/account/${account.id}/owner`, { owner: alice.email }));
    assert.deepEqual(handed, { id: account.id, visible: false });
    assert.equal((await alice.delete(`/records/account/${account.id}`)).status, 204);
    assert.deepEqual([(await bob.get(`/records/contact/${child.id}`)).body.account, (await bob.get(`/records/thing/${thing.id}`)).body.places], [null, []]);
    const [left] = await t.sql('select account from contact where id = $1', [child.id]);
    assert.equal(left.account, null);
    const own = await create(alice, 'account', { name: 'Own' });
    const seen = await create(alice, 'contact', { last_name: 'Seen', account: own.id });
    refused(await alice.delete(`/records/account/${own.id}`), 409);
    assert.equal((await alice.get(`/records/contact/${seen.id}`)).body.account.id, own.id);
    assert.equal((await alice.delete(`/records/account/${own.id}?children=detach`)).status, 204);
    assert.equal((await alice.get(`/records/contact/${seen.id}`)).body.account, null);
  });

  test('whose profile knows none of the tables around it can delete all the same', async () => {
    await made(adam.post('/profiles', { name: 'Lone', tables: { account: all } }));
    const lena = await t.member({ name: 'Lena Lone', profile: 'Lone' });
    const account = await create(lena, 'account', { name: 'L' });
    await create(mia, 'contact', { last_name: 'C' });
    for (let i = 0; i < 12; i++) await made(lena.patch(`/records/account/${account.id}`, { city: `C${i}` }));
    assert.equal((await lena.delete(`/records/account/${account.id}`)).status, 204);
  });

  test('what is hidden answers like what never existed, to everything', async () => {
    const { id } = await create(bob, 'contact', { last_name: 'Secret' });
    const before = await t.sql('select c::text from contact c where id = $1', [id]);
    for (const way of [(i: string) => alice.get(`/records/contact/${i}`), (i: string) => alice.patch(`/records/contact/${i}`, { city: 'X' }), (i: string) => alice.patch(`/records/contact/${i}`, { city: 'X' }, { 'if-match': '"x"' }), (i: string) => alice.delete(`/records/contact/${i}`),
      (i: string) => alice.put(`/records/contact/${i}/owner`, { owner: alice.email }), (i: string) => alice.get(`/records/contact/${i}/access`), (i: string) => alice.get(`/records/contact/${i}/activities`)]) {
      assert.equal(said(await way(id)), said(refused(await way(never), 404)));
      assert.equal(said(await way('1')), said(await way(never)));
    }
    assert.deepEqual(await t.sql('select c::text from contact c where id = $1', [id]), before);
  });
});

describe('only who has full and the right hands a record over', () => {
  test('and then the former owner may have lost sight of it', async () => {
    const own = await create(alice, 'contact', { last_name: 'Mine' });
    refused(await alice.put(`/records/contact/${own.id}/owner`, { owner: 'nobody@x.test' }), 422);
    assert.deepEqual(await made(alice.put(`/records/contact/${own.id}/owner`, { owner: bob.id })), { id: own.id, visible: false });
    refused(await alice.get(`/records/contact/${own.id}`), 404);
    refused(await mia.get(`/records/contact/${own.id}`), 404);
    assert.equal((await bob.get(`/records/contact/${own.id}`)).body.owner.id, bob.id);
    const note = await create(alice, 'note', { text: 'N' });
    refused(await alice.put(`/records/note/${note.id}/owner`, { owner: bob.id }), 403);
    assert.equal((await made(mia.put(`/records/note/${note.id}/owner`, { owner: mia.id }))).owner.id, mia.id, 'a manager above has full');
  });

  test('nobody gets a record who has left, or who is not of this tenant', async () => {
    const gone = await t.member({ name: 'Gone Member', profile: 'Rep' });
    const theirs = await create(gone, 'contact', { last_name: 'Left' });
    await made(adam.patch(`/members/${gone.id}`, { active: false }));
    const own = await create(alice, 'contact', { last_name: 'Mine' });
    for (const owner of [gone.id, gone.email, (await freshTenant()).as('adam').id]) {
      refused(await alice.put(`/records/contact/${own.id}/owner`, { owner }), 422);
      refused(await alice.post('/records/contact', { last_name: 'X', owner }), 422);
    }
    assert.equal((await t.sql('select owner_no from contact where id = $1', [theirs.id]))[0].owner_no, gone.no);
  });

  test('creating for another needs the right too', async () => {
    refused(await alice.post('/records/note', { text: 'for Bob', owner: bob.id }), 403);
    const given = await made(alice.post('/records/contact', { last_name: 'For Bob', owner: bob.id }));
    assert.deepEqual(given, { id: given.id, visible: false });
    assert.equal((await bob.get(`/records/contact/${given.id}`)).body.created_by.id, alice.id);
  });
});

describe('a clash with a hidden record does not tell', () => {
  test('it is accepted and noted for those who keep the data clean; one with a visible record is refused', async () => {
    const first = await create(bob, 'account', { name: 'Bobs', vat: 'DE1' });
    const second = await alice.post('/records/account', { name: 'Alices', vat: 'DE1' });
    const other = await alice.post('/records/account', { name: 'Alices', vat: 'DE2' });
    assert.deepEqual([second.status, Object.keys(second.body)], [other.status, Object.keys(other.body)]);
    assert.deepEqual(await t.sql('select record_id, other_id from duplicate'), [{ record_id: second.body.id, other_id: first.id }]);
    refused(await alice.post('/records/account', { name: 'Again', vat: 'DE1' }), 409);
    refused(await alice.patch(`/records/account/${other.body.id}`, { vat: 'DE1' }), 409);
    assert.equal((await alice.patch(`/records/account/${second.body.id}`, { vat: 'DE1' })).status, 200, 'its own value is no clash');
  });

  test('of many who send the same at once, one gets it', async () => {
    const sent = await Promise.all(Array.from({ length: 8 }, (_, i) => alice.post('/records/account', { name: `Race ${i}`, vat: 'RACE' })));
    assert.deepEqual(sent.map((a) => a.status).sort(), [201, ...Array(7).fill(409)]);
  });
});

test('any text is kept as it is or refused, never a fault', async () => {
  const kept = ['\u202egnp.exe', 'é', 'e\u0301', '\u200b', 'a\u0001b\u0002', '漢字😀', '\ufffe', "'; drop table contact; --", 'x'.repeat(2000), '=1+1', '{{7*7}}', '\\', '%_'];
  for (const text of kept) {
    const { status, body } = await alice.post('/records/contact', { last_name: text });
    assert.equal(status, 201, JSON.stringify([text.slice(0, 20), body]));
    assert.equal((await alice.get(`/records/contact/${body.id}`)).body.last_name, text);
  }
  const marks = `Z${'\u0301'.repeat(10_000)}`;
  const thing = await create(alice, 'thing', { name: 'N', long: marks });
  assert.equal((await alice.get(`/records/thing/${thing.id}`)).body.long, marks);
  for (const text of ['"a\\u0000b"', '"\\ud800"', '"\\udc00x"', `"${marks}"`, `"${'x'.repeat(1_000_000)}"`, '1e400', '[]', '{}', 'true', '[[[["x"]]]]']) {
    for (const field of ['last_name', 'account', 'stage', 'birth_date', 'email', 'emails', 'phones', 'tags', 'owner']) {
      const { status, body } = await alice.post('/records/contact', `{"${field}":${text}}`);
      assert.ok(status === 422 || (text === '[]' && status === 201), JSON.stringify([field, text.slice(0, 30), status, body]));
    }
  }
});
