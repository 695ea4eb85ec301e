// Brings tenants forward to this release: tables move by dated steps, everything else of the law is taken away and laid anew.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { policies, sightFunctions } from '../catalogue/row_security.ts';
import { functions, triggers } from '../catalogue/triggers.ts';
import { asInstaller, sql, type Db } from './database.ts';
import { inTenant, lawText, RELEASE } from './install.ts';
import { projectFolder } from './settings.ts';

/** Steps of released tables: features/x/x.steps/<release>-<what>.sql, in the order of release and feature. */
function steps(features: readonly string[], from: number): string[] {
  return features.flatMap((feature) => {
    const folder = join(projectFolder, 'features', feature, `${feature}.steps`);
    return existsSync(folder) ? readdirSync(folder).map((file) => ({ release: Number.parseInt(file, 10), text: readFileSync(join(folder, file), 'utf8') })) : [];
  }).filter((s) => s.release > from).sort((a, b) => a.release - b.release).map((s) => s.text);
}

/** Policies, triggers, functions and grants of the schema go; tables with their rows stay. */
const TAKE_AWAY = (key: string) => `
do $$ declare x record; begin
  for x in select policyname, tablename from pg_policies where schemaname = 's_${key}' loop execute format('drop policy %I on %I', x.policyname, x.tablename); end loop;
  for x in select t.tgname, c.relname from pg_trigger t join pg_class c on c.oid = t.tgrelid where c.relnamespace = 's_${key}'::regnamespace and not t.tgisinternal loop execute format('drop trigger %I on %I', x.tgname, x.relname); end loop;
  for x in select p.oid::regprocedure as called from pg_proc p where p.pronamespace = 's_${key}'::regnamespace loop execute format('drop function %s', x.called); end loop;
  for x in select rolname from pg_roles where rolname ~ '^s_${key}_(member|door|p[0-9]+)$' loop execute format('revoke all on all tables in schema s_${key} from %I', x.rolname); end loop;
end $$;`;

/** The law's text for a schema whose tables exist: what is missing is made, what is there stays. */
const again = (text: string) => text.replace(/^create table /gm, 'create table if not exists ').replace(/^create (unique )?index /gm, 'create $1index if not exists ');

async function upgradeTenant(db: Db, key: string, from: number, features: readonly string[]): Promise<void> {
  await db.script(`select key from steward.tenant where key = '${key}' for update;
    set local role s_${key}_law; set local search_path = s_${key}, pg_temp; set local steward.installing = 'on'; ${inTenant(key, steps(features, from).join('\n'))} ${TAKE_AWAY(key)} ${again(lawText(key, features))}`);
  const { catalogue } = await db.one<{ catalogue: Catalogue }>(sql`select read_catalogue() as catalogue`);
  const { tables } = catalogue;
  await db.script(inTenant(key, [...tables.map((t) => `${functions(t, tables)}\n${sightFunctions(t)}\nselect lay_criteria(${t.no});`), ...tables.map((t) => `${policies(t, tables)}\n${triggers(t)}`)].join('\n')));
  await db.script(`select lay_all_grants(); update tenant set version = version + 1; set local steward.installing = 'off'; reset role; reset search_path`);
  await db.run(sql`update steward.tenant set release = ${RELEASE} where key = ${key}`);
}

/**
 * Brings every tenant of an older release forward, each in a transaction of its own: a failing one stays as it was and stops the rest.
 * @param features the order of the law. @param only lays this one tenant anew whatever its release. @returns how many were laid anew.
 */
export async function upgrade(features: readonly string[], only?: string): Promise<number> {
  const behind = await asInstaller((db) => db.rows<{ key: string; release: number }>(sql`select key, release from steward.tenant where ${only ? sql`key = ${only}` : sql`release < ${RELEASE}`} order by opened_at`));
  for (const { key, release } of behind) await asInstaller((db) => upgradeTenant(db, key, release, features));
  return behind.length;
}
