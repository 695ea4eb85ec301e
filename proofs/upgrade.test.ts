// An upgraded tenant equals a fresh one: what takes the law away and lays it anew leaves nothing out and nothing over.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ORDER } from '../features/order.ts';
import { upgrade } from '../kernel/upgrade.ts';
import { freshTenant, type FreshTenant } from './start.ts';

/** Everything that PostgreSQL knows of a tenant's law, with its key taken out. */
async function law(t: FreshTenant): Promise<string[]> {
  const rows = await t.sql<{ said: string }>(`
    select format('column %s.%s %s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid)) as said
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
      where c.relnamespace = 's_${t.key}'::regnamespace and c.relkind = 'r'
    union all select format('policy %s %s %s %s %s %s', tablename, policyname, roles, cmd, qual, with_check) from pg_policies where schemaname = 's_${t.key}'
    union all select pg_get_triggerdef(g.oid) from pg_trigger g join pg_class c on c.oid = g.tgrelid where c.relnamespace = 's_${t.key}'::regnamespace and not g.tgisinternal
    union all select pg_get_functiondef(p.oid) || coalesce(p.proacl::text, '') from pg_proc p where p.pronamespace = 's_${t.key}'::regnamespace
    union all select pg_get_indexdef(i.indexrelid) from pg_index i join pg_class c on c.oid = i.indrelid where c.relnamespace = 's_${t.key}'::regnamespace
    union all select format('constraint %s %s', conrelid::regclass, pg_get_constraintdef(oid)) from pg_constraint where connamespace = 's_${t.key}'::regnamespace
    union all select format('table grant %s %s', c.relname, (select array_agg(x::text order by x::text) from unnest(coalesce(c.relacl, acldefault('r', c.relowner))) x)) from pg_class c where c.relnamespace = 's_${t.key}'::regnamespace and c.relkind = 'r'
    union all select format('column grant %s.%s %s', c.relname, a.attname, (select array_agg(x::text order by x::text) from unnest(a.attacl) x)) from pg_class c join pg_attribute a on a.attrelid = c.oid where c.relnamespace = 's_${t.key}'::regnamespace and cardinality(a.attacl) > 0 and not a.attisdropped`);
  return rows.map(({ said }) => said.replaceAll(t.key, 'key')).sort();
}

test('a tenant laid anew has the same law as before, and its records', async () => {
  const t = await freshTenant();
  const made = await t.as('adam').post('/records/contact', { last_name: 'Kept', email: 'kept@example.test' });
  const before = await law(t);
  assert.ok(before.length > 300, `the law has only ${before.length} parts`);
  assert.equal(await upgrade(ORDER, t.key), 1);
  assert.deepEqual(await law(t), before);
  const kept = await t.as('adam').get(`/records/contact/${made.body.id}`);
  assert.equal(kept.status, 200);
  assert.equal(kept.body.email, 'kept@example.test');
});

test('a law that was tampered with is whole again after laying it anew', async () => {
  const t = await freshTenant();
  const before = await law(t);
  await t.sql(`drop policy "owner, managers and sharing see" on contact`);
  await t.sql(`create policy "everyone sees" on contact for select using (true)`);
  await t.sql(`alter table contact disable trigger a_links`);
  await t.sql(`grant select on contact to s_${t.key}_member`);
  assert.notDeepEqual(await law(t), before);
  await upgrade(ORDER, t.key);
  assert.deepEqual(await law(t), before);
});

test('a tenant that fails to be brought forward stays as it was', async () => {
  const t = await freshTenant();
  const before = await law(t);
  await assert.rejects(upgrade([...ORDER, '../proofs/nothing'].slice(1), t.key));
  assert.deepEqual(await law(t), before);
});
