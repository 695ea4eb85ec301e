// Proof that every path opens what it says and no more, and that check, list and viewers agree.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { policies } from '../../catalogue/row_security.ts';
import { asLaw, sql } from '../../kernel/database.ts';
import { inTenant } from '../../kernel/install.ts';
import { freshTenant, type FreshTenant } from '../../proofs/start.ts';

const RANK = { none: 0, read: 1, edit: 2, full: 3 } as const;

/** Level of a member on a record, asked three ways; they must agree. */
async function level(t: FreshTenant, who: string, table: string, id: string): Promise<keyof typeof RANK> {
  const caller = await t.caller(who);
  const seen = caller.sight.tables.get(table)!;
  const [{ check }] = await t.role(who, (db) => db.rows(sql`select my_level(${seen.no}, ${id}) as check`));
  const listed = await t.as(who).get(`/records/${table}?filter[id]=${id}`);
  const viewers = await t.sql(`select level from viewers($1, $2) v where v.id = $3`, [seen.no, id, t.as(who).id]);
  assert.equal(listed.body.data.length === 1, check !== 'none', `${who} lists ${listed.body.data.length}, check says ${check}`);
  assert.equal(viewers[0]?.level ?? 'none', check, 'viewers and check differ');
  const touched = await t.role(who, (db) => db.run(sql`update ${sql.table(seen.physical)} set description = description where id = ${id}`));
  assert.equal(touched === 1, RANK[check as keyof typeof RANK] >= 2, `${who} changes ${touched} rows, check says ${check}`);
  return check;
}

async function office(): Promise<FreshTenant & { ids: Record<string, string> }> {
  const t = await freshTenant({ sharing: 'private' });
  await t.member({ name: 'Mona Manager' });
  await t.member({ name: 'Alice Rep', manager: 'mona' });
  await t.member({ name: 'Bob Rep' });
  await t.member({ name: 'Carl Peer' });
  const ids: Record<string, string> = {};
  for (const [key, owner, values] of [['ca', 'bob', { name: 'North', country: ' ca ' }], ['us', 'bob', { name: 'South', country: 'US' }], ['none', 'bob', { name: 'Nowhere' }]] as const) {
    ids[key] = (await t.as(owner).post('/records/account', values)).body.id;
  }
  return { ...t, ids };
}

const fieldNo = async (t: FreshTenant, table: string, name: string) => (await t.sql(`select f.no, f.table_no from catalogue_field f join catalogue_table c on c.no = f.table_no where c.name = $1 and f.name = $2`, [table, name]))[0];

test('a team sees what meets its criteria, the team above sees it too, the team beside does not', async () => {
  const t = await office();
  const f = await fieldNo(t, 'account', 'country');
  await t.sql(`insert into team (no, name, parent_no, level) values (1, 'America', null, 'read'), (2, 'Canada', 1, 'edit'), (3, 'States', 1, 'read')`);
  await t.sql(`insert into team_member values (1, $1), (2, $2), (3, $3)`, [t.as('mona').no, t.as('alice').no, t.as('carl').no]);
  assert.equal(await level(t, 'alice', 'account', t.ids.ca), 'none');
  await t.sql(`insert into team_criterion values (1, 2, $1, $2, 'in', '["CA"]'), (1, 3, $1, $2, 'in', '["us", "usa"]')`, [f.table_no, f.no]);
  assert.equal(await level(t, 'alice', 'account', t.ids.ca), 'edit');
  assert.equal(await level(t, 'alice', 'account', t.ids.us), 'none');
  assert.equal(await level(t, 'carl', 'account', t.ids.us), 'read');
  assert.equal(await level(t, 'carl', 'account', t.ids.ca), 'none');
  assert.equal(await level(t, 'mona', 'account', t.ids.us), 'read', 'the team above');
  assert.equal(await level(t, 'mona', 'account', t.ids.ca), 'edit');
  assert.equal(await level(t, 'alice', 'account', t.ids.none), 'none', 'empty never matches');
  await t.as('bob').patch(`/records/account/${t.ids.us}`, { country: 'Ca' });
  assert.equal(await level(t, 'alice', 'account', t.ids.us), 'edit', 'a changed value counts at once');
  assert.equal(await level(t, 'carl', 'account', t.ids.us), 'none');
  const ended = await t.as('alice').patch(`/records/account/${t.ids.us}`, { country: 'DE' });
  assert.deepEqual([ended.status, ended.body.visible], [200, false], 'an edit may end its own sight');
  await t.sql(`delete from team_member where team_no = 2`);
  assert.equal(await level(t, 'alice', 'account', t.ids.ca), 'none');
});

test('a rule by owners reaches its recipients and those above them', async () => {
  const t = await office();
  const f = await fieldNo(t, 'account', 'name');
  await t.sql(`insert into sharing_rule (no, table_no, from_kind, from_no, to_kind, to_no, level) values (1, $1, 'member', $2, 'member', $3, 'edit')`, [f.table_no, t.as('bob').no, t.as('alice').no]);
  assert.equal(await level(t, 'alice', 'account', t.ids.us), 'edit');
  assert.equal(await level(t, 'mona', 'account', t.ids.us), 'edit');
  assert.equal(await level(t, 'carl', 'account', t.ids.us), 'none');
  await t.sql(`delete from sharing_rule`);
  assert.equal(await level(t, 'alice', 'account', t.ids.us), 'none');
});

test('a rule by criteria reaches a group', async () => {
  const t = await office();
  const f = await fieldNo(t, 'account', 'country');
  await t.sql(`insert into member_group (no, name) values (1, 'Support')`);
  await t.sql(`insert into group_member values (1, $1)`, [t.as('carl').no]);
  await t.sql(`insert into sharing_rule (no, table_no, to_kind, to_no, level) values (1, $1, 'group', 1, 'read')`, [f.table_no]);
  await t.sql(`insert into rule_criterion values (1, 1, $1, 'starts_with', '["u"]')`, [f.no]);
  assert.equal(await level(t, 'carl', 'account', t.ids.us), 'read');
  assert.equal(await level(t, 'carl', 'account', t.ids.ca), 'none');
  await t.sql(`delete from group_member`);
  assert.equal(await level(t, 'carl', 'account', t.ids.us), 'none');
});

test('a share opens one record until it ends', async () => {
  const t = await office();
  const f = await fieldNo(t, 'account', 'name');
  const share = (until: string | null) => t.sql(`insert into share (table_no, record_id, to_kind, to_no, level, until, by_no) values ($1, $2, 'member', $3, 'read', $4, $5) on conflict (record_id, to_code) do update set until = excluded.until`, [f.table_no, t.ids.us, t.as('alice').no, until, t.as('bob').no]);
  await share(null);
  assert.equal(await level(t, 'alice', 'account', t.ids.us), 'read');
  assert.equal(await level(t, 'mona', 'account', t.ids.us), 'read', 'managers inherit shares');
  assert.equal(await level(t, 'alice', 'account', t.ids.ca), 'none');
  await share('2020-01-01');
  assert.equal(await level(t, 'alice', 'account', t.ids.us), 'none');
  await share(null);
  await t.as('bob').put(`/records/account/${t.ids.us}/owner`, { owner: t.as('carl').id });
  assert.equal(await level(t, 'alice', 'account', t.ids.us), 'none', 'handing over drops shares');
});

/** Lays the row policies of all tables anew, as the clerks do after sharing was changed. */
async function relay(t: FreshTenant): Promise<void> {
  const { catalogue } = await t.caller('adam');
  await asLaw(t.key, (db) => db.script(inTenant(t.key, catalogue.tables.map((x) => policies(x, catalogue.tables)).join('\n'))));
}

test('by parent a child has exactly the level of its parent, and without a parent its owner has it', async () => {
  const t = await office();
  await t.sql(`update catalogue_table set sharing = 'parent', parent_field = 'account' where name = 'contact'`);
  await relay(t);
  const child = (await t.as('bob').post('/records/contact', { last_name: 'Child', account: t.ids.us })).body.id;
  const orphan = (await t.as('alice').post('/records/contact', { last_name: 'Orphan' })).body.id;
  assert.equal(await level(t, 'bob', 'contact', child), 'full');
  assert.equal(await level(t, 'alice', 'contact', child), 'none');
  assert.equal(await level(t, 'mona', 'contact', orphan), 'full');
  assert.equal(await level(t, 'bob', 'contact', orphan), 'none');
  const account = await fieldNo(t, 'account', 'name');
  await t.sql(`insert into share (table_no, record_id, to_kind, to_no, level, by_no) values ($1, $2, 'member', $3, 'edit', $4)`, [account.table_no, t.ids.us, t.as('alice').no, t.as('bob').no]);
  assert.equal(await level(t, 'alice', 'contact', child), 'edit');
  await t.sql(`update contact set owner_no = $1 where id = $2`, [t.as('carl').no, child]);
  assert.equal(await level(t, 'carl', 'contact', child), 'none', 'the owner of the child has no path of his own');
});

test('links open the parent to who sees a child, and the children to who owns the parent, only where set', async () => {
  const t = await office();
  const parent = t.ids.us;
  const child = (await t.as('bob').post('/records/contact', { last_name: 'Child', account: parent })).body.id;
  await t.sql(`update contact set owner_no = $1 where id = $2`, [t.as('alice').no, child]);
  assert.equal(await level(t, 'alice', 'account', parent), 'none');
  assert.equal(await level(t, 'bob', 'contact', child), 'none');
  const link = await fieldNo(t, 'contact', 'account');
  await t.sql(`insert into link_sharing values ($1, 'read', 'read')`, [link.no]);
  await relay(t);
  assert.equal(await level(t, 'alice', 'account', parent), 'read');
  assert.equal(await level(t, 'mona', 'account', parent), 'read', 'managers see what those below see');
  assert.equal(await level(t, 'carl', 'account', parent), 'none');
  assert.equal(await level(t, 'bob', 'contact', child), 'read');
  assert.equal(await level(t, 'alice', 'account', t.ids.ca), 'none');
});

test('a hidden parent is named to who sees its child, unless the link says no', async () => {
  const t = await office();
  const child = (await t.as('bob').post('/records/contact', { last_name: 'Child', account: t.ids.us })).body.id;
  await t.sql(`update contact set owner_no = $1 where id = $2`, [t.as('alice').no, child]);
  const read = async () => (await t.as('alice').get(`/records/contact/${child}`)).body.account;
  assert.deepEqual(await read(), { id: null, label: 'South' });
  const link = await fieldNo(t, 'contact', 'account');
  await t.sql(`insert into link_sharing values ($1, 'none', 'none')`, [link.no]);
  assert.equal(await read(), null);
});

test("the reasons' highest level is what the policies allow", async () => {
  const t = await office();
  const f = await fieldNo(t, 'account', 'name');
  await t.sql(`insert into share (table_no, record_id, to_kind, to_no, level, by_no) values ($1, $2, 'member', $3, 'read', $4)`, [f.table_no, t.ids.us, t.as('alice').no, t.as('bob').no]);
  await t.sql(`insert into sharing_rule (no, table_no, from_kind, from_no, to_kind, to_no, level) values (1, $1, 'member', $2, 'member', $3, 'edit')`, [f.table_no, t.as('bob').no, t.as('alice').no]);
  const { body } = await t.as('alice').get(`/access/members/${t.as('alice').id}/records/account/${t.ids.us}`);
  assert.deepEqual([body.level, body.reasons.map((r: any) => `${r.path} ${r.level}`), body.missing], ['edit', ['rule edit', 'share read'], []]);
  assert.equal(await level(t, 'alice', 'account', t.ids.us), 'edit');
});

test('a missing path says who could grant it', async () => {
  const t = await office();
  const why = async () => (await t.as('adam').get(`/access/members/${t.as('carl').id}/records/account/${t.ids.us}`)).body;
  const { level: none, reasons, missing } = await why();
  assert.deepEqual([none, reasons, missing.length], ['none', [], 1]);
  assert.match(missing[0], /owner or a manager above/);
  await t.as('adam').patch('/profiles/Member', { tables: { account: { see: false } } });
  assert.match((await why()).missing[0], /administrator/);
});
