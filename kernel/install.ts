// Lays the law: the installation's own schema once, and for each tenant a schema, its roles and every feature's SQL in the order of features/order.ts.
import { randomBytes, randomInt } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Field, Table } from '../catalogue/catalogue.ts';
import { createTable } from '../catalogue/ddl.ts';
import { literal } from '../catalogue/physical.ts';
import { functions } from '../catalogue/triggers.ts';
import { asInstaller, doorPassword, sql, type Db } from './database.ts';
import { derive } from './keys.ts';
import { projectFolder } from './settings.ts';

/** Raised with every change of the law in features; tenants of an older number are brought forward at start. */
export const RELEASE = 1;

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';
/** A tenant's key: ten random letters and digits, the only part of its physical names (SPEC 1.1). */
export const newKey = () => letters[randomInt(26)] + Array.from({ length: 9 }, () => letters[randomInt(36)]).join('');
/** Random part of a physical name of a custom table or field. */
export const randomName = () => randomBytes(6).toString('hex');

/** The law's files say steward_law, steward_member, steward_door; each tenant has these roles under its own names. */
export const inTenant = (key: string, text: string) => text.replace(/\bsteward_(law|member|door)\b/g, `s_${key}_$1`);

const lawFile = (feature: string) => join(projectFolder, 'features', feature, `${feature}.sql`);

/** The law of all features, as one text for one tenant. */
export function lawText(key: string, features: readonly string[]): string {
  return inTenant(key, features.filter((f) => existsSync(lawFile(f))).map((f) => readFileSync(lawFile(f), 'utf8')).join('\n'));
}

const SHARED = `
create schema if not exists steward;
create table if not exists steward.tenant (key text primary key, name text not null, region text not null, release int not null, opened_at timestamptz not null default now());
create table if not exists steward.address_book (address bytea not null, tenant text not null references steward.tenant on delete cascade, primary key (address, tenant));
create extension if not exists pg_trgm schema steward;
create extension if not exists unaccent schema steward;
revoke all on schema public from public;
grant usage on schema steward to public;
revoke all on all tables in schema steward from public;
`;

/* Found by attack: set_config('role', …) inside any expression changes the reader in mid-query; temporary objects, plpgsql blocks,
   large objects, sleeping and advisory locks serve nobody here. Needs a superuser; \`steward check\` tells whether it is in force. */
const HARDENING = `
-- Automatic vacuum gives way to a change of the catalogue after this time; by default only when that has given up.
alter role current_user set deadlock_timeout = '300ms';
do $$ begin execute format('revoke temporary on database %I from public', current_database()); end $$;
revoke execute on function pg_catalog.set_config(text, text, boolean) from public;
revoke execute on function pg_catalog.pg_sleep(double precision), pg_catalog.pg_sleep_for(interval), pg_catalog.pg_sleep_until(timestamptz) from public;
revoke usage on language plpgsql, sql from public;
grant usage on language plpgsql, sql to steward_laws;
do $$ declare f record; begin
  for f in select p.oid::regprocedure as called from pg_proc p where p.pronamespace = 'pg_catalog'::regnamespace and (p.proname like 'pg_advisory%' or p.proname like 'pg_try_advisory%' or p.proname like 'lo\\_%' or p.proname in ('lowrite', 'loread', 'pg_notify', 'currtid2', 'query_to_xml', 'table_to_xml', 'database_to_xml', 'schema_to_xml', 'cursor_to_xml')) loop
    execute format('revoke execute on function %s from public', f.called);
  end loop;
end $$;
`;

/* What every tenant's roles may do on objects that all tenants share. Granted to each tenant's own role, the list of rights on one object would grow
   with the tenants, and of two that open at the same moment one would fail ("tuple concurrently updated"). */
const GROUPS = `
do $$ begin
  if not exists (select from pg_roles where rolname = 'steward_laws') then create role steward_laws nologin; end if;
  if not exists (select from pg_roles where rolname = 'steward_doors') then create role steward_doors nologin; end if;
  execute format('grant connect on database %I to steward_doors', current_database());
end $$;
`;

/* The database's own refusal of a column that the catalogue does not describe (SPEC 2.4). */
const GUARD = `
create or replace function steward.guard_columns() returns event_trigger language plpgsql as $$
declare
  o record;
  undescribed text;
begin
  for o in select c.oid, c.relname, n.nspname from pg_event_trigger_ddl_commands() d join pg_class c on c.oid = d.objid and d.classid = 'pg_class'::regclass join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and n.nspname ~ '^s_[a-z][a-z0-9]{9}$' loop
    if current_setting('steward.installing', true) = 'on' then continue; end if;
    execute format($q$ select case when exists (select 1 from %1$I.catalogue_table where physical = $2) then string_agg(a.attname, ', ') else $2 end from pg_attribute a where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped
      and a.attname not in ('id', 'owner_no', 'created_at', 'created_by', 'changed_at', 'changed_by', 'share_class', 'shared', 'search')
      and a.attname not in (select unnest(array[f.column_name, f.column_name || '_currency', f.column_name || '_table'])::name from %1$I.catalogue_field f join %1$I.catalogue_table t on t.no = f.table_no where t.physical = $2)
      and a.attname not in (select s.column_name::name from %1$I.spare_column s join %1$I.catalogue_table t on t.no = s.table_no where t.physical = $2) $q$, o.nspname) into undescribed using o.oid, o.relname;
    if undescribed is not null then
      raise exception 'A table or column must first be described in the catalogue, with what it holds.' using errcode = 'SW422';
    end if;
  end loop;
end $$;
drop event trigger if exists steward_guard_columns;
create event trigger steward_guard_columns on ddl_command_end when tag in ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO', 'ALTER TABLE') execute function steward.guard_columns();
`;

/** Makes the installation's own schema, once; safe to repeat. Hardening needs a superuser and is skipped without. */
export async function prepareInstallation(): Promise<void> {
  await asInstaller(async (db) => {
    await db.script(`select pg_advisory_xact_lock(4310)`);
    const { ready } = await db.one<{ ready: boolean }>(sql`select to_regclass('steward.tenant') is not null as ready`);
    const { superuser } = await db.one<{ superuser: boolean }>(sql`select rolsuper as superuser from pg_roles where rolname = current_user`);
    if (!ready) await db.script(SHARED);
    await db.script(GROUPS);
    if (superuser) await db.script(HARDENING + GUARD);
  });
}

function rolesText(key: string): string {
  const [law, member, door] = ['law', 'member', 'door'].map((r) => `s_${key}_${r}`);
  return `
create role ${law} nologin noinherit; create role ${member} nologin; create role ${door} login noinherit password ${literal(doorPassword(key))};
grant ${law} to current_user with set true, inherit true; grant ${member} to current_user with admin true;
alter role ${door} set search_path = s_${key}, pg_temp; alter role ${door} set timezone = 'UTC'; alter role ${door} set statement_timeout = '20s'; alter role ${door} set transaction_timeout = '300s'; alter role ${door} set idle_in_transaction_session_timeout = '60s';
alter role ${door} connection limit 40;
grant steward_laws to ${law} with inherit true, set false; grant steward_doors to ${door} with inherit true, set false;
create schema s_${key} authorization ${law}; grant usage on schema s_${key} to ${member}, ${door};
alter default privileges for role ${law} revoke execute on functions from public;`;
}

/** Writes a table and its fields into the catalogue. */
export async function describe(db: Db, table: Table): Promise<void> {
  await db.run(sql`insert into catalogue_table (no, name, label, labels, physical, icon, standard, append_only, subject, sharing, title, layout)
    values (${table.no}, ${table.name}, ${table.label}, ${table.labels}, ${table.physical}, ${table.icon}, ${table.standard}, ${table.append_only}, ${table.subject}, ${table.sharing}, ${table.title}, ${JSON.stringify(table.layout)})`);
  await describeFields(db, table.no, table.fields, 1);
}

/** Writes fields into the catalogue, in the places from `position` on. */
export async function describeFields(db: Db, table: number, fields: Field[], position: number): Promise<void> {
  const rows = fields.map((f, i) => ({ no: f.no, table_no: table, name: f.name, label: f.label, kind: f.kind, column_name: f.column, required: f.required, is_unique: f.unique, tracked: f.tracked, searchable: f.searchable,
    personal: f.personal, category: f.category, purpose: f.purpose, origin: f.origin, erasure: f.erasure, to_table: f.to, choices: f.choices, computed: f.computed, position: position + i }));
  await db.run(sql`insert into catalogue_field select * from jsonb_populate_recordset(null::catalogue_field, ${JSON.stringify(rows)}::jsonb)`);
}

/** A role for a profile: PostgreSQL's column grants hang on it. Needs the installer. */
export const profileRoleText = (key: string, no: number) => `create role s_${key}_p${no} nologin; grant s_${key}_member to s_${key}_p${no} with inherit true, set false; grant s_${key}_p${no} to s_${key}_door with inherit false, set true; grant s_${key}_p${no} to s_${key}_law with inherit false, set false, admin true; grant s_${key}_p${no} to current_user with inherit false, set true;`;

/**
 * Opens the schema of a new tenant within the caller's transaction: roles, law, standard tables. About 0.3 s.
 * `after` runs as the tenant's law, with its search path.
 */
export async function layTenant(db: Db, tenant: { key: string; name: string; region: string }, features: readonly string[], tables: Table[], profiles: number[], after: () => Promise<void>): Promise<void> {
  const { key, name, region } = tenant;
  await db.run(sql`insert into steward.tenant (key, name, region, release) values (${key}, ${name}, ${region}, ${RELEASE})`);
  const mac = derive('identity', key);
  const pad = (byte: number) => Buffer.concat([Buffer.from(mac.map((b) => b ^ byte)), Buffer.alloc(64 - mac.length, byte)]);
  await db.script(`${rolesText(key)} ${profiles.map((no) => profileRoleText(key, no)).join(' ')}
    set local role s_${key}_law; set local search_path = s_${key}, pg_temp; set local steward.installing = 'on';
    ${lawText(key, features)}`);
  await db.run(sql`insert into tenant (name, region) values (${name}, ${region})`);
  await db.run(sql`insert into secret (inner_pad, outer_pad) values (${pad(0x36)}, ${pad(0x5c)})`);
  for (const table of tables) await describe(db, table);
  await db.script(inTenant(key, tables.map((t) => `${functions(t, tables)}\n${createTable(t, tables)}`).join('\n')));
  await after();
  await db.script(`select lay_all_grants(); set local steward.installing = 'off'; reset role; reset search_path`);
}
