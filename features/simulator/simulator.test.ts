// Proof that what the simulator says is what happens, and that trying a change leaves no trace.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freshTenant, type Answer, type FreshTenant } from '../../proofs/start.ts';

interface Change { method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'; path: string; body?: unknown }

/** Small and fast, and the same for the same seed everywhere. */
function random(seed: number) {
  let state = seed >>> 0;
  const next = () => { state = (state * 1664525 + 1013904223) >>> 0; return state / 4294967296; };
  return { chance: (p: number) => next() < p, pick: <T>(all: readonly T[]) => all[Math.floor(next() * all.length)], some: <T>(all: readonly T[], p: number) => all.filter(() => next() < p) };
}
type Random = ReturnType<typeof random>;

const NAMES = ['Bea', 'Carl', 'Dora', 'Emil', 'Fay', 'Gus', 'Hal', 'Ida', 'Jon', 'Kim'];
const first = (name: string) => name.toLowerCase();
const made = async (answer: Promise<Answer>) => { const { status, body } = await answer; assert.ok(status < 300, JSON.stringify(body)); return body; };

interface Office { t: FreshTenant; r: Random; teams: string[]; groups: string[]; rules: string[] }

/** Ten members with managers, teams by criteria, a group, rules, shares, and forty accounts with contacts and deals. */
async function office(seed: number): Promise<Office> {
  const r = random(seed);
  const t = await freshTenant({ sharing: 'private' });
  const adam = t.as('adam');
  await made(adam.post('/profiles', { name: 'Other', tables: Object.fromEntries(['account', 'contact', 'deal'].map((name) => [name, { see: r.chance(0.8), create: true, reads_all: r.chance(0.2) }])) }));
  for (const [i, name] of NAMES.entries()) await t.member({ name, ...(i > 0 && r.chance(0.7) ? { manager: first(NAMES[Math.floor((i - 1) / 2)]) } : {}) });
  const ids = (p: number) => r.some(NAMES, p).map((name) => t.as(first(name)).id);
  const accounts: string[] = [];
  for (const name of NAMES) {
    const owner = t.as(first(name));
    for (let i = 0; i < 3; i++) {
      const account = await made(owner.post('/records/account', { name: `${name} ${i}`, country: r.pick(['CA', 'us', 'DE', null]) }));
      accounts.push(account.id);
      await made(owner.post('/records/contact', { last_name: `${name} ${i}`, ...(r.chance(0.7) ? { account: account.id } : {}) }));
      await made(owner.post('/records/deal', { name: `${name} ${i}`, ...(r.chance(0.7) ? { account: account.id } : {}) }));
    }
    for (const id of r.some(accounts.slice(-3), 0.4)) await made(owner.post(`/records/account/${id}/shares`, { to: { member: t.as(first(r.pick(NAMES))).id }, level: r.pick(['read', 'edit']) }));
  }
  const team = (parent?: string) => made(adam.post('/teams', { name: `T${Math.random()}`, level: r.pick(['read', 'edit']), members: ids(0.2), ...(parent ? { parent } : {}), criteria: r.chance(0.8) ? [{ table: 'account', field: 'country', op: 'in', values: [r.pick(['CA', 'US', 'DE'])] }] : [] }));
  const top = (await team()).id;
  const teams = [top, (await team(top)).id, (await team(top)).id];
  const group = (await made(adam.post('/groups', { name: 'G', members: ids(0.3) }))).id;
  const rules = [(await made(adam.post('/sharing-rules', { table: 'deal', from: { below: t.as('carl').id }, to: { group }, level: 'edit' }))).id,
    (await made(adam.post('/sharing-rules', { table: 'account', from: { criteria: [{ field: 'country', op: 'is_empty' }] }, to: { member: t.as('kim').id }, level: 'read' }))).id];
  return { t, r, teams, groups: [group], rules };
}

/** A change that is allowed most of the time; a refused one is tried too. */
function invent({ t, r, teams, groups, rules }: Office): Change {
  const who = () => t.as(first(r.pick(NAMES))).id;
  const people = () => r.some(NAMES, 0.3).map((name) => t.as(first(name)).id);
  const criteria = () => [{ table: 'account', field: 'country', op: 'in', values: [r.pick(['CA', 'US', 'DE'])] }];
  return r.pick<() => Change>([
    () => ({ method: 'PATCH', path: `/members/${who()}`, body: { manager: r.chance(0.2) ? null : who() } }), () => ({ method: 'PATCH', path: `/members/${who()}`, body: { manager: who() } }),
    () => ({ method: 'PATCH', path: `/members/${who()}`, body: { profile: r.pick(['Other', 'Member']) } }),
    () => ({ method: 'PATCH', path: `/members/${who()}`, body: { active: r.chance(0.5) } }),
    () => ({ method: 'PATCH', path: '/profiles/Member', body: { tables: { [r.pick(['account', 'contact', 'deal'])]: { see: r.chance(0.8), edits_all: r.chance(0.3) } } } }),
    () => ({ method: 'PATCH', path: '/profiles/Other', body: { tables: { [r.pick(['account', 'contact', 'deal'])]: r.chance(0.2) ? null : { see: true, reads_all: r.chance(0.5) } } } }),
    () => ({ method: 'PATCH', path: `/teams/${r.pick(teams)}`, body: { members: people() } }), () => ({ method: 'PATCH', path: `/teams/${r.pick(teams)}`, body: { level: r.pick(['read', 'edit']), criteria: criteria() } }),
    () => ({ method: 'PATCH', path: `/teams/${r.pick(teams)}`, body: { parent: r.chance(0.3) ? null : r.pick(teams) } }), () => ({ method: 'DELETE', path: `/teams/${r.pick(teams)}` }),
    () => ({ method: 'POST', path: '/teams', body: { name: `N${Math.random()}`, level: 'edit', members: people(), criteria: criteria() } }),
    () => ({ method: 'PATCH', path: `/groups/${groups[0]}`, body: { members: people() } }),
    () => ({ method: 'POST', path: '/sharing-rules', body: { table: r.pick(['account', 'contact', 'deal']), from: r.chance(0.5) ? { member: who() } : { group: groups[0] }, to: r.chance(0.5) ? { team: r.pick(teams) } : { below: who() }, level: r.pick(['read', 'edit']) } }),
    () => ({ method: 'DELETE', path: `/sharing-rules/${r.pick(rules)}` }),
    () => ({ method: 'PUT', path: `/tables/${r.pick(['account', 'contact', 'deal'])}/sharing`, body: { default: r.pick(['private', 'read', 'edit']) } }),
    () => ({ method: 'PUT', path: '/tables/contact/sharing', body: { default: 'parent', parent: 'account' } }),
    () => ({ method: 'PUT', path: '/tables/deal/links/account/sharing', body: { parent: r.pick(['label', 'read']), children: r.pick(['none', 'read']) } }),
  ])();
}

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
const send = (t: FreshTenant, { method, path, body }: Change) => (method === 'DELETE' ? t.as('adam').delete(path) : t.as('adam')[method.toLowerCase() as 'post' | 'put' | 'patch'](path, body));

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
    ['roles', `select rolname as x from pg_roles where rolname like current_schema() || '\\_%'`], ['addresses', `select encode(address, 'hex') as x from steward.address_book`]]) {
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
