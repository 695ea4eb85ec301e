// Proof of the chain: whatever somebody with all power over the database does to activities afterwards is found, with its position.
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { settings } from '../../kernel/settings.ts';
import { freshTenant, type FreshTenant } from '../../proofs/start.ts';
import { publishHead, seal, verify, type Verdict } from './chain.ts';

let t: FreshTenant;
const BAD = 7;

/** Sealing waits for every transaction that was under way, also those of other tenants. */
async function sealAll(tenant: FreshTenant): Promise<void> {
  const unsealed = async () => Number((await tenant.sql('select (select count(*) from activity) - (select count(*) from activity_link) as n'))[0].n);
  for (let i = 0; i < 600 && await unsealed() > 0; i++) { await seal(tenant.key); await new Promise((next) => { setTimeout(next, 50); }); }
  assert.equal(await unsealed(), 0);
}

/** A tenant with a few dozen activities, sealed. */
async function sealed(): Promise<FreshTenant> {
  const tenant = await freshTenant();
  const adam = tenant.as('adam');
  const { body } = await adam.post('/records/contact', { first_name: 'N' });
  for (let i = 0; i < 12; i++) await adam.patch(`/records/contact/${body.id}`, { first_name: `N${i}` });
  await sealAll(tenant);
  return tenant;
}

/** SQL as superuser past all triggers and keys, undone after `look` has looked. */
async function tampered(statements: string[], look: () => Promise<void>): Promise<void> {
  const tables = ['activity', 'activity_value', 'activity_link', 'chain_head'];
  for (const table of tables) await t.sql(`create table steward.kept_${table} as table ${table}`);
  try {
    await t.sql(`do $$ begin set local session_replication_role = replica; ${statements.join('; ')}; end $$`);
    await look();
  } finally {
    await t.sql(`do $$ begin set local session_replication_role = replica; ${tables.map((x) => `delete from ${x}; insert into ${x} select * from steward.kept_${x}; drop table steward.kept_${x};`).join(' ')} end $$`);
  }
}
const entry = (position: number) => `(select activity_id from activity_link where position = ${position})`;
const whole = async () => { const verdict = await verify(t.key); assert.equal(verdict.ok, true, JSON.stringify(verdict)); return verdict; };
const broken = async (position: number | undefined, what: string) => { const verdict: Verdict = await verify(t.key); assert.equal(verdict.ok, false, what); if (position !== undefined) assert.equal(verdict.first_bad, position, what); };

before(async () => { t = await sealed(); });

describe('a changed, removed, moved or cut-off entry is found with its position', () => {
  test('an untouched chain is whole, holds every activity once, and says so to those who may ask', async () => {
    await sealAll(t);
    const verdict = await whole();
    const [{ n, distinct, highest }] = await t.sql('select (select count(*)::int from activity) as n, (select count(distinct activity_id)::int from activity_link) as distinct, (select max(position)::int from activity_link) as highest');
    assert.deepEqual([verdict.entries, distinct, highest], [n, n, n]);
    assert.match(verdict.head, /^[0-9a-f]{64}$/);
    const { body } = await t.as('adam').get('/activities/verify');
    assert.equal(body.ok, true);
    const bob = await t.member({ name: 'Bob' });
    assert.equal((await bob.get('/activities/verify')).status, 403);
    await sealAll(t);
  });

  const changes: [what: string, statement: string][] = [
    ['one letter of the verb', `update activity set verb = 'changf' where id = ${entry(BAD)}`], ['who', `update activity set member_no = coalesce(member_no, 0) + 1 where id = ${entry(BAD)}`], ['when, by a microsecond', `update activity set at = at + interval '1 microsecond' where id = ${entry(BAD)}`],
    ['through what', `update activity set through = 'import' where id = ${entry(BAD)}`], ['which record', `update activity set record_id = gen_random_uuid() where id = ${entry(BAD)}`], ['what it is about', `update activity set about = '{"x":1}' where id = ${entry(BAD)}`],
    ['the commitment', `update activity set commitment = sha256('x') where id = ${entry(BAD)}`], ['its hash', `update activity_link set hash = set_byte(hash, 0, get_byte(hash, 0) # 1) where position = ${BAD}`],
    ['it is removed', `delete from activity where id = ${entry(BAD)}`], ['its link is removed', `delete from activity_link where position = ${BAD}`], ['both are removed', `delete from activity where id = ${entry(BAD)}; delete from activity_link where position = ${BAD}`],
    ['it is removed and the rest moved up', `delete from activity_link where position = ${BAD}; update activity_link set position = -position where position > ${BAD}; update activity_link set position = -position - 1 where position < 0`],
    ['two are swapped', `update activity_link set position = -1 where position = ${BAD}; update activity_link set position = ${BAD} where position = ${BAD + 1}; update activity_link set position = ${BAD + 1} where position = -1`],
  ];
  for (const [what, statement] of changes) test(what, () => tampered([statement], () => broken(BAD, what)));

  test('a value that was tracked', async () => {
    const [{ position }] = await t.sql('select min(position)::int as position from activity_link l join activity_value v using (activity_id)');
    const values: [string, string][] = [['changed', `update activity_value set old = '"forged"' where activity_id = ${entry(position)}`], ['removed', `delete from activity_value where activity_id = ${entry(position)}`],
      ['changed, with the salt taken away', `update activity_value set new = '"forged"' where activity_id = ${entry(position)}; update activity set salt = null where id = ${entry(position)}`],
      ['changed, with another salt', `update activity_value set new = '"forged"' where activity_id = ${entry(position)}; update activity set salt = uuid_send(gen_random_uuid()) where id = ${entry(position)}`]];
    for (const [what, statement] of values) await tampered([statement], () => broken(position, what));
    await tampered([`insert into activity_value select a.id, 1, 1, null, '"forged"' from activity a where a.id = ${entry(position - 1)}`], () => broken(position - 1, 'added to an entry that had none'));
  });

  test('one that was pushed in afterwards', async () => {
    const [{ position }] = await t.sql(`select max(l.position)::int + 1 as position from activity_link l join activity a on a.id = l.activity_id where a.transaction = (select transaction from activity where id = ${entry(BAD)})`);
    await tampered([`insert into activity (through, verb, transaction) select 'api', 'create', transaction from activity where id = ${entry(BAD)}`], () => broken(position, 'pushed in'));
  });

  test('a cut tail', async () => {
    const { entries } = await whole();
    const cut = `delete from activity a using activity_link l where l.activity_id = a.id and l.position > ${entries - 3}; delete from activity_link where position > ${entries - 3}`;
    await tampered([cut], () => broken(entries - 2, 'cut'));
    // With the head moved as well only the heads published outside the database tell.
    const unseen = `${cut}; update chain_head set position = ${entries - 3}, hash = (select hash from activity_link where position = ${entries - 3})`;
    await publishHead(t.key, new Date('2026-01-01'));
    await tampered([unseen], () => broken(entries - 2, 'cut, head moved'));
  });

  test('a chain forged anew from the changed entry on', async () => {
    const forge = [`update activity set verb = 'forged' where id = ${entry(BAD)}`, `for p in ${BAD}..(select max(position) from activity_link) loop update activity_link l set hash = link_hash((select hash from activity_link b where b.position = p - 1), a) from activity a where a.id = l.activity_id and l.position = p; end loop`,
      'update chain_head set hash = (select hash from activity_link order by position desc limit 1)'];
    const [{ position }] = await t.sql('select position::int as position from chain_head');
    await tampered(forge, () => broken(position, 'forged anew: the published head differs'));
    rmSync(join(settings.data, 'heads', `${t.key}.txt`));
    await tampered(forge, async () => { assert.equal((await verify(t.key)).ok, true, 'without a published head nobody could know'); });
  });

  test('all is as before when the hand is taken away', async () => { await whole(); });
});

test('fifty writers at once leave no gap and no fork', async () => {
  const adam = t.as('adam');
  const made = await Promise.all(Array.from({ length: 50 }, (_, i) => adam.post('/records/contact', { first_name: `W${i}` })));
  const still = { writing: true };
  const sealing = (async () => { while (still.writing) { await seal(t.key); await new Promise((next) => { setTimeout(next, 5); }); } })();
  await Promise.all(made.map(async ({ body }, i) => { for (let k = 0; k < 4; k++) assert.equal((await adam.patch(`/records/contact/${body.id}`, { first_name: `W${i}.${k}` })).status, 200); }));
  still.writing = false;
  await sealing;
  await sealAll(t);
  const { entries } = await whole();
  const [{ n, gaps, forks, changes }] = await t.sql(`select count(*)::int as n, (max(position) - count(*))::int as gaps, (count(*) - count(distinct activity_id))::int as forks,
    (select count(*)::int from activity a join activity_value v on v.activity_id = a.id where v.new::text ~ '"W\\d+\\.\\d"') as changes from activity_link`);
  assert.deepEqual([n, gaps, forks, changes], [entries, 0, 0, 200]);
});
