// Proof that who saw a record at a moment in the past is answered as it was answered then.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { invent, made, NAMES, office, send, type Office } from '../../proofs/office.ts';
import type { FreshTenant } from '../../proofs/start.ts';

const moment = async (t: FreshTenant) => (await t.sql(`select to_char(clock_timestamp() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as now`))[0].now as string;
const viewers = async (t: FreshTenant, id: string, at?: string) => {
  const { status, body } = await t.as('adam').get(`/records/account/${id}/viewers?limit=500${at ? `&at=${at}` : ''}`);
  assert.equal(status, 200, JSON.stringify(body));
  return { exact: body.exact, reason: body.reason, levels: Object.fromEntries(body.data.map((v: any) => [v.member.id, v.level])) };
};

/** Something that happens to a record: handed over, shared, no longer shared, moved to another country. */
async function happens({ t, r, accounts }: Office, watched: string[]): Promise<string> {
  const id = r.chance(0.6) ? r.pick(watched) : r.pick(accounts);
  const [{ no }] = await t.sql(`select owner_no as no from account where id = $1`, [id]);
  const name = NAMES.find((n) => t.as(n.toLowerCase()).no === no);
  if (!name) return 'nothing';
  const owner = t.as(name.toLowerCase());
  const someone = t.as(r.pick(NAMES).toLowerCase()).id;
  const shares = (await owner.get(`/records/account/${id}/shares`)).body.data ?? [];
  return r.pick([
    async () => `hand over ${(await owner.put(`/records/account/${id}/owner`, { owner: someone })).status}`,
    async () => `share ${(await owner.post(`/records/account/${id}/shares`, { to: { member: someone }, level: r.pick(['read', 'edit']), reason: 'asked for' })).status}`,
    async () => (shares.length ? `unshare ${(await owner.delete(`/records/account/${id}/shares/${shares[0].id}`)).status}` : 'nothing'),
    async () => `move ${(await owner.patch(`/records/account/${id}`, { country: r.pick(['CA', 'us', 'DE', null]) })).status}`,
  ])();
}

test('the past is answered as it was answered then', async (context) => {
  for (let seed = Number(process.env.STEWARD_SEED ?? 1), last = seed + 1; seed < last; seed++) {
    const o = await office(seed);
    const { t, r } = o;
    const watched = [0, 7, 13, 20].map((i) => o.accounts[i]);
    const then: { at: string; what: string; seen: Record<string, string>[] }[] = [];
    for (let i = 0; i < 30; i++) {
      const change = r.chance(0.6) ? invent(o) : undefined;
      const what = change ? `${JSON.stringify(change)} ${(await send(t, change)).status}` : await happens(o, watched);
      then.push({ at: await moment(t), what, seen: await Promise.all(watched.map(async (id) => (await viewers(t, id)).levels)) });
    }
    for (const [i, { at, what, seen }] of then.entries()) {
      for (const [n, id] of watched.entries()) {
        const said = await viewers(t, id, at);
        assert.deepEqual(said.levels, seen[n], `seed ${seed}, after change ${i} (${what}), record ${n}: ${said.reason}`);
        assert.equal(said.exact, true, `${said.reason}`);
      }
    }
    context.diagnostic(`seed ${seed}: ${new Set(then.map((x) => JSON.stringify(x.seen))).size} different answers at 30 moments`);
  }
});

test('asking about the past leaves no trace', async () => {
  const { t, accounts } = await office(5);
  const at = await moment(t);
  await made(t.as('adam').patch(`/members/${t.as('carl').id}`, { manager: null }));
  await made(t.as('adam').put('/tables/account/sharing', { default: 'read' }));
  const count = async () => t.sql(`select (select count(*) from activity) as activities, (select version from tenant) as version, (select count(*) from refill) as refills, (select md5(string_agg(to_jsonb(m)::text, '' order by no)) from member m) as members, (select md5(string_agg(to_jsonb(r)::text, '' order by member_no)) from member_reach r) as reach`);
  const before = await count();
  assert.equal((await viewers(t, accounts[0], at)).exact, true);
  assert.deepEqual(await count(), before);
});

test('before a record was there nobody saw it; the future is not known', async () => {
  const { t } = await office(6);
  const at = await moment(t);
  const { id } = await made(t.as('bea').post('/records/account', { name: 'Later' }));
  assert.deepEqual(await viewers(t, id, at), { exact: true, reason: undefined, levels: {} });
  assert.deepEqual((await viewers(t, id, '2020-01-01')).levels, {});
  for (const wrong of ['2999-01-01T00:00:00Z', 'yesterday']) assert.equal((await t.as('adam').get(`/records/account/${id}/viewers?at=${wrong}`)).status, 422, wrong);
});

test('what cannot be rebuilt is said', async () => {
  const { t, accounts } = await office(8);
  await made(t.as('adam').post('/tables/account/fields', { name: 'district', label: 'District', kind: 'text', personal: 'no' }));
  const owner = t.as('bea');
  await made(owner.patch(`/records/account/${accounts[0]}`, { district: 'north' }));
  const at = await moment(t);
  await made(owner.patch(`/records/account/${accounts[0]}`, { district: 'south' }));
  assert.equal((await viewers(t, accounts[0], at)).exact, true, 'it decides about nothing');
  await made(t.as('adam').put('/tables/contact/links/account/sharing', { parent: 'read' }));
  await made(t.as('adam').patch('/tables/contact/fields/account', { tracked: false }));
  const now = await moment(t);
  const contact = (await t.sql(`select id, owner_no from contact where account is not null limit 1`))[0];
  await t.sql(`update contact set account = null, city = 'x' where id = $1`, [contact.id]);
  assert.equal((await viewers(t, accounts[0], now)).exact, false, 'contacts that opened it then are not known to be linked, for their link is not tracked');
});

test('who does not see the record is told nothing of its past', async () => {
  const { t, accounts } = await office(9);
  const at = await moment(t);
  const hidden = (await t.sql(`select a.id from account a where record_level($1, 1, a.id) = 'none' limit 1`, [t.as('kim').no]))[0].id;
  const answers = await Promise.all([hidden, '01990000-0000-7000-8000-00000000dead'].map((id) => t.as('kim').get(`/records/account/${id}/viewers?at=${at}`)));
  assert.deepEqual(answers.map((a) => a.status), [404, 404]);
  assert.equal((await t.as('bea').get(`/records/account/${accounts[0]}/viewers?at=${at}`)).status, 200);
});
