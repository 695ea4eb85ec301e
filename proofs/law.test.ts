// What must hold for all law at once, read from PostgreSQL's own catalogs for a tenant with a custom table; each rule is shown to find its breach.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { asInstaller } from '../kernel/database.ts';
import { freshTenant, type FreshTenant } from './start.ts';

let t: FreshTenant;
let other: FreshTenant;

before(async () => {
  [t, other] = [await freshTenant(), await freshTenant({ name: 'Other' })];
  const adam = t.as('adam');
  await adam.post('/tables', { name: 'project', label: 'Project', fields: [{ name: 'name', kind: 'text', personal: 'no' }, { name: 'customer', kind: 'link', to: 'account', personal: 'no' }, { name: 'lead', kind: 'member', personal: 'no' }, { name: 'topic', kind: 'link', to: '*', personal: 'no' }] });
  await adam.post('/tables', { name: 'waiver', label: 'Waiver', append_only: true, fields: [{ name: 'wording', kind: 'text', personal: 'no' }] });
  await adam.post('/profiles', { name: 'Rep', tables: { project: { see: true, create: true, change: true, delete: true }, waiver: { see: true, create: true, change: true, delete: true } } });
});

/** Tables of the tenant; record tables are those that the catalogue describes. */
const TABLES = `pg_class c where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')`;
const OURS = (role: string) => `${role} like current_schema() || '\\_%'`;
const ACL = (object: string, kind: string) => `aclexplode(coalesce(${object}, acldefault('${kind}', 0)))`;
const NEVER_CHANGED = `(select relname from pg_class where relname in ('activity', 'activity_value', 'activity_link', 'acceptance') union select physical from catalogue_table where append_only)`;

/** Title, query whose rows are breaches, and a breach that it must find. $law, $member, $door, $p1 and $other are roles. */
const RULES: [title: string, breaches: string, breach: string][] = [
  ['row security is enabled and forced on every table', `select c.relname from ${TABLES} and not (c.relrowsecurity and c.relforcerowsecurity)`, 'alter table member no force row level security'],
  ['the law may do what it must on every table, and every other rule is for members', `select c.relname from ${TABLES} and (not exists (select 1 from pg_policy p where p.polrelid = c.oid and p.polname = 'the law itself' and p.polroles = array[(current_schema() || '_law')::regrole::oid])
    or exists (select 1 from pg_policy p where p.polrelid = c.oid and p.polname <> 'the law itself' and p.polroles <> array[(current_schema() || '_member')::regrole::oid]))`, 'create policy "all" on contact for select to $door using (true)'],
  ['no rule is restrictive or for everyone by mistake: each table that members reach has one for each right they hold', `select c.relname, a.privilege_type from pg_class c join pg_attribute x on x.attrelid = c.oid and x.attnum > 0, aclexplode(x.attacl) a where c.relnamespace = current_schema()::regnamespace and a.grantee <> c.relowner
    and not exists (select 1 from pg_policy p where p.polrelid = c.oid and p.polname <> 'the law itself' and p.polcmd in ('*', case a.privilege_type when 'SELECT' then 'r' when 'INSERT' then 'a' when 'UPDATE' then 'w' else '*' end::"char"))`, 'grant select (hash) on session to $member'],
  ['nothing of a tenant is granted to everyone', `select c.relname as name from pg_class c, aclexplode(c.relacl) a where c.relnamespace = current_schema()::regnamespace and a.grantee = 0
    union all select x.attname from pg_class c join pg_attribute x on x.attrelid = c.oid, aclexplode(x.attacl) a where c.relnamespace = current_schema()::regnamespace and a.grantee = 0
    union all select p.proname from pg_proc p, ${ACL('p.proacl', 'f')} a where p.pronamespace = current_schema()::regnamespace and a.grantee = 0
    union all select n.nspname from pg_namespace n, ${ACL('n.nspacl', 'n')} a where n.nspname = current_schema() and a.grantee = 0`, 'grant execute on function reach() to public'],
  ['nothing of a tenant is granted to roles of others', `select c.relname as name from pg_class c, aclexplode(c.relacl) a where c.relnamespace = current_schema()::regnamespace and not ${OURS('a.grantee::regrole::text')}
    union all select p.proname from pg_proc p, aclexplode(p.proacl) a where p.pronamespace = current_schema()::regnamespace and not ${OURS('a.grantee::regrole::text')}
    union all select n.nspname from pg_namespace n, aclexplode(n.nspacl) a where n.nspname = current_schema() and not ${OURS('a.grantee::regrole::text')}`, 'grant usage on schema $schema to $other'],
  ['reading and writing are granted column by column', `select c.relname, a.privilege_type from pg_class c, aclexplode(c.relacl) a where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p', 'v') and a.grantee <> c.relowner and a.privilege_type <> 'DELETE'`, 'grant select on contact to $p1'],
  ['no one may pass a right on', `select c.relname from pg_class c, aclexplode(c.relacl) a where c.relnamespace = current_schema()::regnamespace and a.grantee <> c.relowner and a.is_grantable union all
    select c.relname from pg_class c join pg_attribute x on x.attrelid = c.oid, aclexplode(x.attacl) a where c.relnamespace = current_schema()::regnamespace and a.grantee <> c.relowner and a.is_grantable`, 'grant select (id) on contact to $p1 with grant option'],
  // Functions in SQL that run as their caller may stay open, so that the planner can look into them.
  ['every function with rights of its own pins its path to the schema of its tenant', `select p.proname from pg_proc p where p.pronamespace = current_schema()::regnamespace and (p.prosecdef or p.prolang <> (select oid from pg_language where lanname = 'sql')) and not coalesce(p.proconfig, '{}') && array[format('search_path=%s, pg_temp', current_schema()), format('search_path="%s", pg_temp', current_schema())]`, 'alter function me() reset search_path'],
  ['everything belongs to a role that cannot sign in', `select p.proname as name from pg_proc p join pg_roles r on r.oid = p.proowner where p.pronamespace = current_schema()::regnamespace and r.rolname <> current_schema() || '_law'
    union all select c.relname from pg_class c join pg_roles r on r.oid = c.relowner where c.relnamespace = current_schema()::regnamespace and r.rolname <> current_schema() || '_law'
    union all select r.rolname from pg_roles r where ${OURS('r.rolname')} and r.rolcanlogin and r.rolname <> current_schema() || '_door'`, 'alter role $p1 login'],
  ['no role of a tenant is above the law', `select rolname from pg_roles where ${OURS('rolname')} and (rolsuper or rolcreaterole or rolcreatedb or rolbypassrls or rolreplication)`, 'alter role $law bypassrls'],
  ['the role that signs in inherits nothing and is in its own tenant\'s profiles only', `select m.roleid::regrole from pg_auth_members m join pg_roles r on r.oid = m.member where r.rolname like '%\\_door' and m.roleid::regrole::text <> 'steward_doors' and (m.inherit_option or m.admin_option or m.roleid::regrole::text !~ ('^' || left(r.rolname, -5) || '_p[0-9]+$'))`, 'grant $other to $door'],
  ['a profile is nothing but a member', `select r.rolname, m.roleid::regrole from pg_auth_members m join pg_roles r on r.oid = m.member where r.rolname ~ '^s_[a-z0-9]{10}_p[0-9]+$' and m.roleid::regrole::text <> regexp_replace(r.rolname, '_p[0-9]+$', '_member')`, 'grant $other to $p1'],
  ['every foreign key has an index', `select conrelid::regclass, conname from pg_constraint k where k.connamespace = current_schema()::regnamespace and k.contype = 'f' and not exists (select 1 from pg_index i where i.indrelid = k.conrelid and i.indisvalid
    and (string_to_array(i.indkey::text, ' ')::int2[])[1:cardinality(k.conkey)] = k.conkey and (i.indpred is null or pg_get_expr(i.indpred, i.indrelid) like '%IS NOT NULL%'))`, 'drop index member_manager'],
  ['every foreign key says what happens on delete', `select conrelid::regclass, conname from pg_constraint where connamespace = current_schema()::regnamespace and contype = 'f' and confdeltype = 'a'`, 'alter table duplicate add foreign key (field_no) references catalogue_field'],
  ['deleting one record never deletes another', `select k.conrelid::regclass, k.conname from pg_constraint k join catalogue_table t on t.physical::regclass = k.conrelid where k.contype = 'f' and k.confdeltype = 'c'`, 'alter table deal add foreign key (contact) references contact on delete cascade'],
  ['nobody but the law holds update, delete or truncate on what is only added to', `select c.relname, a.privilege_type from pg_class c, aclexplode(c.relacl) a where c.relnamespace = current_schema()::regnamespace and c.relname in ${NEVER_CHANGED} and a.grantee <> c.relowner and a.privilege_type in ('UPDATE', 'DELETE', 'TRUNCATE')
    union all select c.relname, a.privilege_type from pg_class c join pg_attribute x on x.attrelid = c.oid, aclexplode(x.attacl) a where c.relnamespace = current_schema()::regnamespace and c.relname in ${NEVER_CHANGED} and a.grantee <> c.relowner and a.privilege_type = 'UPDATE'`, 'grant update (verb) on activity to $member'],
  ['and the law itself is stopped there by triggers that fire', `select n.relname from ${NEVER_CHANGED} n where (select count(*) from pg_trigger g join pg_proc p on p.oid = g.tgfoid where g.tgrelid = n.relname::regclass and p.proname = 'never_changed' and g.tgenabled in ('O', 'A')) < 2`, 'alter table activity disable trigger never_changed'],
  ['no trigger is switched off', `select g.tgname from pg_trigger g join pg_class c on c.oid = g.tgrelid where c.relnamespace = current_schema()::regnamespace and g.tgenabled not in ('O', 'A')`, 'alter table deal disable trigger a_links'],
  ['every record table has all triggers of record tables', `select t.name, n.name from catalogue_table t cross join unnest(array['a_links', 'b_stamp', 'c_children', 'd_unlink', 'e_created', 'f_changed', 'g_deleted']) n(name) where not exists (select 1 from pg_trigger g where g.tgrelid = t.physical::regclass and g.tgname = n.name)`, 'drop trigger e_created on deal'],
  ['every table of the law says what personal data it holds', `select c.relname from ${TABLES} and c.relname not in (select physical from catalogue_table) and coalesce(obj_description(c.oid, 'pg_class'), '') !~ '^personal: \\S'`, 'comment on table session is null'],
  ['every column of a record table is described in the catalogue', `select t.name, a.attname from catalogue_table t join pg_attribute a on a.attrelid = t.physical::regclass and a.attnum > 0 and not a.attisdropped where a.attname not in ('id', 'owner_no', 'share_class', 'shared', 'created_at', 'created_by', 'changed_at', 'changed_by', 'search')
    and not exists (select 1 from catalogue_field f where f.table_no = t.no and a.attname in (f.column_name, f.column_name || '_currency', f.column_name || '_table')) and not exists (select 1 from spare_column s where s.table_no = t.no and s.column_name = a.attname)`, `delete from catalogue_field where name = 'lost_reason'`],
  ['grants are those that the rights say', `select p.no, f.name from profile p cross join catalogue_field f join catalogue_table t on t.no = f.table_no where has_column_privilege((current_schema() || '_p' || p.no)::regrole::oid, t.physical, f.column_name, 'select')
    <> (field_level(p.no, f.no) <> 'none' and exists (select 1 from profile_table r where r.profile_no = p.no and r.table_no = t.no and r.may_see))`, 'revoke select (email) on contact from $p1'],
  ['nothing counts where a member could look', `select c.relname from pg_class c where c.relnamespace = current_schema()::regnamespace and c.relkind = 'S'`, 'create sequence counter'],
  ['a view asks with the rights of its reader', `select c.relname from pg_class c where c.relnamespace = current_schema()::regnamespace and (c.relkind = 'm' or c.relkind = 'v' and not coalesce(c.reloptions, '{}') @> '{security_invoker=true}')`, 'create view everyone as select * from member'],
  ['nobody can change role or settings inside a query, sleep, make procedures or temporary tables', `select r.rolname, f.f from pg_roles r cross join unnest(array['set_config(text,text,boolean)', 'pg_sleep(double precision)', 'pg_sleep_for(interval)', 'pg_sleep_until(timestamptz)', 'pg_advisory_lock(bigint)', 'pg_notify(text,text)', 'lo_create(oid)', 'query_to_xml(text,boolean,boolean,text)', 'currtid2(text,tid)']) f(f)
    where ${OURS('r.rolname')} and has_function_privilege(r.oid, f.f, 'execute') union all select r.rolname, l.lanname from pg_roles r cross join pg_language l where ${OURS('r.rolname')} and r.rolname <> current_schema() || '_law' and l.lanname in ('plpgsql', 'sql') and has_language_privilege(r.oid, l.oid, 'usage')
    union all select r.rolname, 'temp' from pg_roles r where ${OURS('r.rolname')} and has_database_privilege(r.oid, current_database(), 'temp') union all select r.rolname, 'create' from pg_roles r where ${OURS('r.rolname')} and (has_schema_privilege(r.oid, 'public', 'create') or has_schema_privilege(r.oid, 'steward', 'create') or has_database_privilege(r.oid, current_database(), 'create'))`, 'grant execute on function set_config(text, text, boolean) to public'],
  ['the group of all who sign in holds nothing but the way in', `select c.relname from pg_class c, aclexplode(c.relacl) a where a.grantee::regrole::text in ('steward_doors', 'steward_laws') union all select p.proname from pg_proc p, aclexplode(p.proacl) a where a.grantee::regrole::text in ('steward_doors', 'steward_laws')
    union all select m.roleid::regrole::text from pg_auth_members m where m.member::regrole::text in ('steward_doors', 'steward_laws')`, 'grant $p1 to steward_doors'],
  ['no tenant looks into the tables of the installation', `select r.rolname, c.relname from pg_roles r cross join pg_class c where ${OURS('r.rolname')} and c.relnamespace = 'steward'::regnamespace and c.relkind in ('r', 'v') and has_table_privilege(r.oid, c.oid, 'select')`, 'grant select on steward.address_book to $member'],
  ['columns are guarded by an event trigger that fires', `select 'steward_guard_columns' where not exists (select 1 from pg_event_trigger where evtname = 'steward_guard_columns' and evtenabled in ('O', 'A'))`, 'alter event trigger steward_guard_columns disable'],
];

async function breaches(rule: string, breach?: string): Promise<unknown[]> {
  const undo = new Error('undo');
  let found: unknown[] = [];
  const names: Record<string, string> = { law: `s_${t.key}_law`, member: `s_${t.key}_member`, door: `s_${t.key}_door`, p1: `s_${t.key}_p1`, other: `s_${other.key}_p1`, schema: `s_${t.key}` };
  await asInstaller(async (db) => {
    await db.script(`set local search_path = s_${t.key}, pg_temp; set local steward.installing = 'on'`);
    if (breach) await db.script(breach.replace(/\$(\w+)/g, (_, name) => names[name]));
    found = (await db.client.query(rule)).rows;
    throw undo;
  }).catch((error) => { if (error !== undo) throw error; });
  return found;
}

describe('the law of a tenant', () => {
  for (const [title, rule, breach] of RULES) {
    test(title, async () => {
      assert.deepEqual(await breaches(rule), []);
      assert.notDeepEqual(await breaches(rule, breach), [], `not found: ${breach}`);
    });
  }

  test('whoever signs in as one tenant reaches nothing of another', async () => {
    for (const statement of [`select 1 from s_${other.key}.contact`, `set local role s_${other.key}_p1`, `select s_${other.key}.me()`]) {
      await assert.rejects(t.role('adam', (db) => db.script(statement)), { code: '42501' }, statement);
    }
  });
});
