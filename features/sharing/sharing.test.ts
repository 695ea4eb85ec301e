// Proof of record-level security: owner, peers, managers, readers of all and administrators, asked in every way there is, for each sharing default.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { asLaw, sql } from '../../kernel/database.ts';
import { freshTenant, type Client, type FreshTenant } from '../../proofs/start.ts';

let t: FreshTenant;
let adam: Client;
const DEFAULTS = ['private', 'read', 'edit'] as const;
const LEVELS = ['none', 'read', 'edit', 'full'] as const;
type Level = (typeof LEVELS)[number];

/** Who they are to Olga, who owns the record, and the least level that this gives; the default of the table can only raise it, unless the profile hides the table. */
const CAST: Record<string, { is: string; least: Level; blind?: true }> = {
  olga: { is: 'owner', least: 'full' }, mia: { is: 'manager', least: 'full' }, boss: { is: `manager's manager`, least: 'full' }, peter: { is: 'peer under the same manager', least: 'none' }, una: { is: 'below the owner', least: 'none' },
  rae: { is: 'reads all', least: 'read' }, ed: { is: 'edits all', least: 'edit' }, uwe: { is: 'manager of those who read and edit all', least: 'none' },
  nina: { is: 'above everyone, with a profile that hides the table', least: 'none', blind: true }, stella: { is: 'administrator without the data right', least: 'none', blind: true },
};
/** Answers of the API at each level. */
const OUTCOMES: Record<Level, { see: number; change: number; 'hand over': number; delete: number }> = {
  none: { see: 404, change: 404, 'hand over': 404, delete: 404 }, read: { see: 200, change: 403, 'hand over': 403, delete: 403 }, edit: { see: 200, change: 200, 'hand over': 403, delete: 403 }, full: { see: 200, change: 200, 'hand over': 200, delete: 204 },
};
const DO: Record<keyof (typeof OUTCOMES)['none'], (who: Client, id: string) => Promise<{ status: number }>> = {
  see: (who, id) => who.get(`/records/deal/${id}`), change: (who, id) => who.patch(`/records/deal/${id}`, { lost_reason: 'changed' }), 'hand over': (who, id) => who.put(`/records/deal/${id}/owner`, { owner: t.as('peter').id }), delete: (who, id) => who.delete(`/records/deal/${id}`),
};

const levelFor = (who: string, sharing: (typeof DEFAULTS)[number]): Level => {
  const { least, blind } = CAST[who];
  const opened = sharing === 'private' ? 'none' : sharing;
  return blind ? 'none' : LEVELS[Math.max(LEVELS.indexOf(least), LEVELS.indexOf(opened))];
};
const stored = async (id: string) => (await t.sql(`select d::text as row from deal d where id = $1`, [id]))[0]?.row;
const share = async (sharing: string) => assert.equal((await adam.put('/tables/deal/sharing', { default: sharing })).status, 200);
const deal = async (owner = 'olga') => (await t.as(owner).post('/records/deal', { name: 'A deal' })).body.id as string;

before(async () => {
  t = await freshTenant({ sharing: 'private' });
  adam = t.as('adam');
  const all = { see: true, create: true, change: true, delete: true, hand_over: true, share: true };
  await adam.post('/profiles', { name: 'Reads all', tables: { deal: { ...all, reads_all: true } } });
  await adam.post('/profiles', { name: 'Edits all', tables: { deal: { ...all, edits_all: true } } });
  await adam.post('/profiles', { name: 'Without deals', tables: { contact: all } });
  await adam.post('/profiles', { name: 'Settings', rights: ['administer'] });
  await t.member({ name: 'Nina', profile: 'Without deals' });
  await t.member({ name: 'Boss', manager: 'nina' });
  await t.member({ name: 'Mia', manager: 'boss' });
  await t.member({ name: 'Olga', manager: 'mia' });
  await t.member({ name: 'Peter', manager: 'mia' });
  await t.member({ name: 'Una', manager: 'olga' });
  await t.member({ name: 'Uwe' });
  await t.member({ name: 'Rae', profile: 'Reads all', manager: 'uwe' });
  await t.member({ name: 'Ed', profile: 'Edits all', manager: 'uwe' });
  await t.member({ name: 'Stella', profile: 'Settings' });
});

/** All questions about one sharing default. */
function asked(sharing: (typeof DEFAULTS)[number]): void {
  before(() => share(sharing));

  for (const [who, { is }] of Object.entries(CAST)) {
    test(`${is}: ${levelFor(who, sharing)}`, async () => {
      const outcome = OUTCOMES[levelFor(who, sharing)];
      for (const [verb, status] of Object.entries(outcome) as [keyof typeof DO, number][]) {
        const id = await deal();
        const earlier = await stored(id);
        assert.equal((await DO[verb](t.as(who), id)).status, status, verb);
        if (status >= 400) assert.equal(await stored(id), earlier, `${verb} was refused and still changed something`);
        else if (verb !== 'see') assert.notEqual(await stored(id), earlier, `${verb} had no effect`);
      }
    });
  }

  test('may she, what may she see, and who may see it: three questions, one answer', async () => {
    const id = await deal();
    const viewers = (await adam.get(`/records/deal/${id}/viewers?limit=500`)).body.data;
    for (const who of Object.keys(CAST)) {
      const [client, level] = [t.as(who), levelFor(who, sharing)];
      const [{ said }] = await asLaw(t.key, (db) => db.rows(sql`select record_level(${client.no}, 3, ${id}) as said`));
      assert.equal(said, level, `${who}: may she?`);
      const list = await client.get('/records/deal?limit=500&fields=id');
      assert.equal(list.status === 200 && list.body.data.some((r: any) => r.id === id), level !== 'none', `${who}: what may she see?`);
      assert.equal(viewers.find((v: any) => v.member.id === client.id)?.level ?? 'none', level, `${who}: who may see it?`);
      const why = (await adam.get(`/access/members/${client.id}/records/deal/${id}`)).body;
      assert.equal(why.level, level, `${who}: why?`);
      assert.equal(why.reasons.some((r: any) => r.level === level), level !== 'none', `${who}: the reasons give the level`);
      assert.equal(why.missing.length > 0, level === 'none', `${who}: what is missing`);
      assert.equal((await client.get(`/records/deal/${id}/viewers`)).status, level === 'none' && who !== 'stella' ? 404 : 200, `${who}: may ask who sees it`);
    }
  });

  test('SQL in the member\'s own role sees, changes and deletes the same rows', async () => {
    const id = await deal();
    const undo = new Error('undo');
    for (const who of Object.keys(CAST).filter((w) => !CAST[w].blind)) {
      const touched = async (statement: string) => {
        let n = -1;
        await t.role(who, async (db) => { n = (await db.client.query(statement, [id])).rowCount ?? 0; throw undo; }).catch((e) => { if (e !== undo) throw e; });
        return n;
      };
      const level = LEVELS.indexOf(levelFor(who, sharing));
      const rows = [await touched('select id from deal where id = $1'), await touched(`update deal set name = 'x' where id = $1`), await touched('select id from deal where id = $1 for update'), await touched('delete from deal where id = $1')];
      assert.deepEqual(rows, [level >= 1 ? 1 : 0, level >= 2 ? 1 : 0, level >= 2 ? 1 : 0, level >= 3 ? 1 : 0], who);
    }
  });

  test('creating for oneself is by table right, for another only with the right to hand over', async () => {
    for (const who of ['olga', 'peter', 'uwe']) {
      await assert.doesNotReject(t.role(who, (db) => db.run(sql`insert into deal (owner_no, name) values (${t.as(who).no}, 'x')`)));
    }
    await adam.patch('/profiles/Member', { tables: { deal: { hand_over: false } } });
    const earlier = await t.sql('select count(*) from deal');
    await assert.rejects(t.role('peter', (db) => db.run(sql`insert into deal (owner_no, name) values (${t.as('olga').no}, 'x')`)), { code: '42501' });
    assert.ok((await t.as('peter').post('/records/deal', { name: 'x', owner: t.as('olga').id })).status >= 400);
    assert.equal((await t.as('mia').put(`/records/deal/${await deal()}/owner`, { owner: t.as('peter').id })).status, 403);
    await adam.patch('/profiles/Member', { tables: { deal: { hand_over: true } } });
    assert.equal(Number((await t.sql('select count(*) from deal'))[0].count), Number(earlier[0].count) + 1);
    await assert.doesNotReject(t.role('peter', (db) => db.run(sql`insert into deal (owner_no, name) values (${t.as('olga').no}, 'x')`)));
  });
}

describe('private rows are seen by owner and managers only', () => asked('private'));
describe('rows that everyone may read', () => asked('read'));
describe('rows that everyone may edit', () => asked('edit'));

describe('managers inherit at any depth', () => {
  test('the first of a chain of 100 sees what the last one owns, and no one beside the chain does', async () => {
    await share('private');
    await t.sql(`insert into member (name, email, profile_no) values ('Top', 'top@chain.test', 2)`);
    const [{ top }] = await t.sql(`select max(no) as top from member`);
    for (let i = 1; i < 100; i++) await t.sql(`insert into member (name, email, profile_no, manager_no) select 'Link ' || $1, 'link' || $1 || '@chain.test', 2, max(no) from member`, [i]);
    const [{ last }] = await t.sql(`select max(no) as last from member`);
    const owned = async (no: number) => (await t.sql(`insert into deal (owner_no, name) values ($1, 'of the chain') returning id`, [no]))[0].id;
    const [low, high] = [await owned(last), await owned(top)];
    const levels = async () => (await t.sql(`select record_level($1, 3, $4) as up, record_level($2, 3, $5) as down, record_level($3, 3, $4) as beside`, [top, last, t.as('peter').no, low, high]))[0];
    assert.deepEqual(await levels(), { up: 'full', down: 'none', beside: 'none' });
    await assert.rejects(t.sql(`update member set manager_no = $1 where no = $2`, [last, top]), { code: 'SW422' });
    await t.sql(`update member set manager_no = null where no = $1`, [top + 50]);
    assert.equal((await levels()).up, 'none');
  });
});

describe('reads-all is not inherited', () => {
  test('the manager of one who reads all sees his own records only', async () => {
    await share('private');
    const id = await deal();
    assert.equal((await t.as('rae').get(`/records/deal/${id}`)).status, 200);
    assert.equal((await t.as('uwe').get(`/records/deal/${id}`)).status, 404);
    const hers = await deal('rae');
    assert.equal((await t.as('uwe').get(`/records/deal/${hers}`)).status, 200);
  });
});

describe('an administrator without the data right sees no record', () => {
  test('of any table, by any way, while he shapes it', async () => {
    await share('edit');
    const stella = t.as('stella');
    const id = await deal();
    for (const path of ['/records/deal', `/records/deal/${id}`, '/records/contact', `/records/deal/${id}/activities`]) assert.equal((await stella.get(path)).status, 404, path);
    assert.deepEqual((await stella.get('/search?q=deal')).body.data, []);
    await assert.rejects(t.role('stella', (db) => db.rows(sql`select id from deal`)), { code: '42501' });
    assert.equal((await stella.get('/tables/deal')).status, 200);
    assert.equal((await stella.put('/tables/deal/sharing', { default: 'private' })).status, 200);
    assert.equal((await stella.patch('/profiles/Settings', { tables: { deal: { see: true, reads_all: true } } })).status, 200);
    assert.equal((await stella.get(`/records/deal/${id}`)).status, 200);
    const [noted] = await t.sql(`select member_no from activity where verb = 'rights' and about ->> 'what' = 'profile_table' order by id desc limit 1`);
    assert.equal(noted.member_no, stella.no, 'that he granted it to himself is an activity');
    await stella.patch('/profiles/Settings', { tables: { deal: null } });
  });
});

describe('a lost right is gone at the next request', () => {
  test('with a new manager, a new owner, a new default, and back', async () => {
    await share('private');
    const id = await deal();
    const sees = async (who: string) => (await t.as(who).get(`/records/deal/${id}`)).status === 200 && (await t.role(who, (db) => db.rows(sql`select 1 from deal where id = ${id}`))).length === 1;
    assert.deepEqual([await sees('mia'), await sees('uwe')], [true, false]);
    assert.equal((await adam.patch(`/members/${t.as('olga').id}`, { manager: t.as('uwe').id })).status, 200);
    assert.deepEqual([await sees('mia'), await sees('boss'), await sees('uwe')], [false, false, true]);
    assert.equal((await adam.patch(`/members/${t.as('olga').id}`, { manager: t.as('mia').id })).status, 200);
    assert.deepEqual([await sees('mia'), await sees('uwe')], [true, false]);
    await share('read');
    assert.equal(await sees('uwe'), true);
    await share('private');
    assert.equal(await sees('uwe'), false);
    assert.equal((await t.as('olga').put(`/records/deal/${id}/owner`, { owner: t.as('uwe').id })).body.visible, false);
    assert.deepEqual([await sees('olga'), await sees('mia'), await sees('uwe')], [false, false, true]);
  });

  test('what cannot be set is refused', async () => {
    for (const body of [{ default: 'parent' }, { default: 'parent', parent: 'zebra' }, { default: 'open' }, {}, { default: 'read', more: 1 }]) assert.equal((await adam.put('/tables/deal/sharing', body)).status, 422);
    assert.equal((await adam.put('/tables/zebra/sharing', { default: 'read' })).status, 404);
    assert.equal((await t.as('olga').put('/tables/deal/sharing', { default: 'edit' })).status, 403);
    assert.equal((await t.sql(`select sharing from catalogue_table where name = 'deal'`))[0].sharing, 'private');
  });

  test('who may not see a record may not ask about it either', async () => {
    const id = await deal();
    const never = '01a20e1c-dbb2-75de-96d0-d821b0b4d474';
    for (const path of ['/records/deal/ID/viewers', `/access/members/${t.as('peter').id}/records/deal/ID`]) {
      const [hidden, unknown] = [await t.as('peter').get(path.replace('ID', id)), await t.as('peter').get(path.replace('ID', never))];
      assert.equal(hidden.status, 404);
      assert.deepEqual({ ...hidden.body, request_id: 0 }, { ...unknown.body, request_id: 0 });
    }
    assert.equal((await t.as('olga').get(`/access/members/${t.as('peter').id}/records/deal/${id}`)).status, 404, 'of a colleague who is not below her');
    assert.equal((await t.as('mia').get(`/access/members/${t.as('peter').email}/records/deal/${id}`)).body.level, 'none');
  });
});
