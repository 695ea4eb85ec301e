// Proof that what the simulator says is what happens, and that trying a change leaves no trace.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { invent, made, office, send, type Change } from '../../proofs/office.ts';
import type { FreshTenant } from '../../proofs/start.ts';

/** Every active member's level on every record, by the law's own check. */
async function levels(t: FreshTenant): Promise<Map<string, string>> {
  const rows = await t.sql(`select m.id as member, c.name as "table", r.id, record_level(m.no, c.no, r.id) as level from member m cross join (select id, 'account' as t from account union all select id, 'contact' from contact union all select id, 'deal' from deal) r
    join catalogue_table c on c.name = r.t where m.active`);
  return new Map(rows.map((row) => [`${row.member} ${row.table} ${row.id}`, row.level]));
}

/** What the simulator should have said, from levels before and after. */
function differences(before: Map<string, string>, after: Map<string, string>): string[] {
  const counts = new Map<string, number>();
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [from, to] = [before.get(key) ?? 'none', after.get(key) ?? 'none'];
    const [member, table] = key.split(' ');
    if (from !== to) counts.set(`${member} ${table} ${from} ${to}`, (counts.get(`${member} ${table} ${from} ${to}`) ?? 0) + 1);
  }
  return [...counts].map(([key, n]) => `${key} ${n}`).sort();
}

const saidBy = ({ gains, loses }: any): string[] => [...gains, ...loses].map((d: any) => `${d.member.id} ${d.table} ${d.from} ${d.to} ${d.records}`).sort();

test('what the simulator says is what happens', async (context) => {
  let changes = 0;
  let moved = 0;
  for (let seed = Number(process.env.STEWARD_SEED ?? 1), last = seed + 4; seed < last; seed++) {
    const o = await office(seed);
    let before = await levels(o.t);
    for (let i = 0; i < 12; i++) {
      const change = invent(o);
      const about = `seed ${seed}, change ${i}: ${JSON.stringify(change)}`;
      const tried = await o.t.as('adam').post('/access/simulate', { change });
      const applied = await send(o.t, change);
      if (applied.status >= 400) {
        assert.deepEqual([tried.status, tried.body.detail], [applied.status, applied.body.detail], about);
        continue;
      }
      assert.equal(tried.status, 200, `${about}: ${JSON.stringify(tried.body)}`);
      const after = await levels(o.t);
      const happened = differences(before, after);
      before = after;
      // A number of a new member, team or rule is not known before; of old ones each is named.
      assert.deepEqual(saidBy(tried.body), happened, about);
      assert.equal(tried.body.estimate, false);
      for (const d of [...tried.body.gains, ...tried.body.loses]) assert.equal(d.level, tried.body.gains.includes(d) ? d.to : d.from);
      changes++;
      if (happened.length) moved++;
    }
  }
  assert.ok(moved >= 20, `only ${moved} changes moved anything`);
  context.diagnostic(`${changes} changes, ${moved} of them moved somebody's rights`);
});

/** Everything in the schema that could have been changed: rows of all tables, functions, policies, grants, roles. */
async function everything(t: FreshTenant): Promise<Map<string, string>> {
  const tables = await t.sql(`select relname from pg_class where relnamespace = current_schema()::regnamespace and relkind = 'r' order by 1`);
  const found = new Map<string, string>();
  for (const { relname } of tables) {
    const seen = relname === 'session' ? `- 'seen_at'` : '';
    found.set(relname, (await t.sql(`select md5(coalesce(string_agg(h, '' order by h), '')) || count(*) as all from (select md5((to_jsonb(x) ${seen})::text) as h from "${relname}" x) y`))[0].all);
  }
  for (const [name, query] of [['functions', `select proname || prosrc as x from pg_proc where pronamespace = current_schema()::regnamespace`], ['policies', `select tablename || policyname || coalesce(qual, '') || coalesce(with_check, '') as x from pg_policies where schemaname = current_schema()`],
    ['grants', `select relname || coalesce(relacl::text, '') || coalesce((select string_agg(a.attname || a.attacl::text, '' order by attnum) from pg_attribute a where a.attrelid = c.oid and attacl is not null), '') as x from pg_class c where relnamespace = current_schema()::regnamespace`],
    ['roles', `select rolname as x from pg_roles where rolname like current_schema() || '\\_%'`], ['addresses', `select encode(address, 'hex') as x from steward.address_book where tenant = substr(current_schema(), 3)`]]) {
    found.set(name, (await t.sql(`select md5(coalesce(string_agg(x, '' order by x), '')) as all from (${query}) q`))[0].all);
  }
  return found;
}

test('trying a change leaves no trace', async () => {
  const o = await office(99);
  const { t, teams, groups, rules } = o;
  const before = await everything(t);
  const changes: Change[] = [
    { method: 'PATCH', path: `/members/${t.as('carl').id}`, body: { manager: null, name: 'Other Name' } }, { method: 'PATCH', path: `/members/${t.as('bea').id}`, body: { active: false } },
    { method: 'POST', path: '/members', body: { name: 'New One', email: 'new@one.test', profile: 'Member' } }, { method: 'POST', path: '/profiles', body: { name: 'New', tables: { account: { see: true } } } },
    { method: 'PATCH', path: '/profiles/Member', body: { tables: { account: null } } }, { method: 'PATCH', path: `/teams/${teams[0]}`, body: { criteria: [{ table: 'contact', field: 'city', op: 'is_empty' }] } }, { method: 'DELETE', path: `/teams/${teams[1]}` },
    { method: 'PATCH', path: `/groups/${groups[0]}`, body: { members: [] } }, { method: 'DELETE', path: `/sharing-rules/${rules[0]}` }, { method: 'PUT', path: '/tables/deal/sharing', body: { default: 'parent', parent: 'account' } }, { method: 'PUT', path: '/tables/deal/links/account/sharing', body: { parent: 'read' } },
  ];
  for (const change of changes) {
    const tried = await t.as('adam').post('/access/simulate', { change });
    assert.equal(tried.status, 200, JSON.stringify(tried.body));
    assert.deepEqual(await everything(t), before, JSON.stringify(change));
  }
});

test('who administers tries, and is shown only records that he sees himself', async () => {
  const { t } = await office(7);
  const change = { method: 'PUT', path: '/tables/account/sharing', body: { default: 'read' } };
  assert.equal((await t.as('bea').post('/access/simulate', { change })).status, 403);
  const said = (await t.as('adam').post('/access/simulate', { change })).body;
  assert.ok(said.gains.some((d: any) => d.member.id === t.as('adam').id && d.records === 30 && d.from === 'none'));
  assert.deepEqual(said.gains.flatMap((d: any) => d.samples), [], 'Adam owns nothing and sees nothing');
  await made(t.as('bea').put(`/records/account/${(await t.as('bea').get('/records/account?sort=name')).body.data[0].id}/owner`, { owner: t.as('adam').id }));
  const samples = (await t.as('adam').post('/access/simulate', { change })).body.gains.flatMap((d: any) => d.samples);
  assert.deepEqual([...new Set(samples.map((s: any) => s.label))], ['Bea 0']);
  for (const wrong of [{ method: 'GET', path: '/members' }, { method: 'POST', path: '/records/account', body: { name: 'x' } }, { method: 'PATCH', path: '/members/%zz', body: {} }, { method: 'PATCH', path: '/me', body: {} }, { method: 'DELETE', path: '/tables/deal' }]) {
    assert.equal((await t.as('adam').post('/access/simulate', { change: wrong })).status, 422, JSON.stringify(wrong));
  }
  assert.equal((await t.as('adam').post('/access/simulate', { change: { method: 'PATCH', path: '/members/nobody', body: { active: true } } })).status, 404);
});
