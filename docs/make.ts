// Writes what can be read off the tree and a fresh tenant: schema, access, endpoints, rooms. `steward docs` keeps it, a proof compares it.
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { z } from 'zod';
import { ORDER } from '../features/order.ts';
import type { Endpoint } from '../kernel/contract.ts';

const project = dirname(import.meta.dirname);
const head = (title: string, about: string) => `# ${title}\n\nMade from the code by \`steward docs\`; do not edit.\n${about}\n`;
type Ask = <T>(text: string) => Promise<T[]>;

const TABLES = `select c.relname as name, obj_description(c.oid) as holds,
  (select string_agg(format('%s %s%s%s', a.attname, format_type(a.atttypid, a.atttypmod), case when a.attnotnull then ' not null' else '' end,
    case when a.attgenerated <> '' then ' generated' when d.oid is not null then ' default ' || pg_get_expr(d.adbin, d.adrelid) else '' end), E'\\n' order by a.attnum)
    from pg_attribute a left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
  (select string_agg(format('- "%s": %s, %s%s%s', p.policyname, lower(p.cmd), array_to_string(p.roles, ', '), ' using ' || replace(p.qual, E'\\n', ' '), ' check ' || replace(p.with_check, E'\\n', ' ')), E'\\n' order by p.policyname)
    from pg_policies p where p.schemaname = current_schema() and p.tablename = c.relname and p.policyname <> 'the law itself') as policies,
  (select string_agg(t.tgname || ' → ' || t.tgfoid::regproc, ', ' order by t.tgname) from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal) as triggers,
  (select string_agg(pg_get_constraintdef(k.oid), '; ' order by pg_get_constraintdef(k.oid)) from pg_constraint k where k.conrelid = c.oid and k.contype in ('p', 'u', 'f')) as keys,
  (select string_agg(g.said, E'\\n' order by g.said) from (
    select format('- %s: %s', grantee, string_agg(distinct lower(privilege_type), ', ')) as said from information_schema.table_privileges
      where table_schema = current_schema() and table_name = c.relname and grantee !~ '_law$' group by grantee
    union all
    select format('- %s: %s of %s', grantee, privilege, columns) from (select grantee, string_agg(privilege, ', ' order by privilege) as privilege, columns from (
      select grantee, lower(privilege_type) as privilege, string_agg(column_name, ', ' order by column_name) as columns from information_schema.column_privileges v
        where table_schema = current_schema() and table_name = c.relname and grantee !~ '_law$'
        and not exists (select from information_schema.table_privileges w where w.table_schema = v.table_schema and w.table_name = v.table_name and w.grantee = v.grantee and w.privilege_type = v.privilege_type)
        group by grantee, privilege_type) x group by grantee, columns) y) g) as grants
  from pg_class c where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' order by c.relname`;
const FUNCTIONS = `select format('%s(%s)', p.proname, pg_get_function_identity_arguments(p.oid)) as name, case when p.prosecdef then 'as the law' else 'as the caller' end as acts,
  case p.provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end as volatility,
  coalesce((select string_agg(grantee::regrole::text, ', ' order by grantee::regrole::text) from aclexplode(p.proacl) where grantee <> p.proowner), '') as callers
  from pg_proc p where p.pronamespace = current_schema()::regnamespace and p.prorettype <> 'trigger'::regtype order by 1`;

/** Tables, policies, triggers, grants and functions of a tenant as PostgreSQL has them; `key` is taken out. */
export async function schema(ask: Ask, key: string): Promise<string> {
  const tables = await ask<Record<'name' | 'holds' | 'columns' | 'policies' | 'triggers' | 'keys' | 'grants', string | null>>(TABLES);
  const functions = await ask<Record<'name' | 'acts' | 'volatility' | 'callers', string>>(FUNCTIONS);
  const sections = tables.map((t) => [`## ${t.name}`, t.holds ?? '', `\`\`\`\n${t.columns}\n\`\`\``, t.keys && `Keys: ${t.keys}`, t.policies && `Policies:\n${t.policies}`, t.grants && `Grants:\n${t.grants}`, t.triggers && `Triggers: ${t.triggers}`].filter(Boolean).join('\n\n'));
  const calls = functions.map((f) => `| \`${f.name}\` | ${f.acts} | ${f.volatility} | ${f.callers} |`);
  const text = [head('Schema of a fresh tenant', 'Row security is enabled and forced on every table; the policy "the law itself" for the owning role is left out here. `p1`, `p2`, `p3` are the roles of the standard profiles Administrator, Member, Data protection officer.'),
    ...sections, '## Functions', '| function | acts | | may be called by |\n|---|---|---|---|', ...calls].join('\n\n').replaceAll('|\n\n|', '|\n|');
  return `${text.replaceAll(new RegExp(`s_${key}_?\\.?`, 'g'), '').replaceAll(/[ \t]+$/gm, '')}\n`;
}

const roomOf = (path: string) => (path.startsWith('features/') ? path.split('/').slice(0, 2).join('/') : path.split('/')[0]);

/** Who imports whom, by room and feature. */
export function rooms(): string {
  const files = globSync('{bin,catalogue,kernel,features,web,world,proofs,bench,docs}/**/*.{ts,tsx}', { cwd: project }).map((path) => path.replaceAll('\\', '/')).filter((path) => !path.endsWith('.test.ts'));
  const arrows = new Map<string, Set<string>>(files.map((path) => [roomOf(path), new Set()]));
  for (const from of files) {
    for (const [, to] of readFileSync(join(project, from), 'utf8').matchAll(/(?:\bfrom\s+|\bimport\s*\(\s*|^import\s+)'(\.[^']+)'/gm)) {
      const other = roomOf(posix.join(posix.dirname(from), to));
      if (other !== roomOf(from)) arrows.get(roomOf(from))!.add(other);
    }
  }
  const place = (room: string) => ['catalogue', 'kernel', ...ORDER.map((f) => `features/${f}`), 'web', 'features/clerks.ts', 'features/order.ts', 'world', 'docs', 'bench', 'proofs', 'bin'].indexOf(room);
  const lines = [...arrows].sort(([a], [b]) => place(a) - place(b)).map(([room, others]) => `${room.padEnd(22)} → ${[...others].sort((a, b) => place(a) - place(b)).join(', ') || 'nothing'}`);
  return `${head('Rooms', 'Each room or feature, and what it imports (proofs left out).')}\n\`\`\`\n${lines.join('\n')}\n\`\`\`\n`;
}

/** Keys of a body or query, those that may be left out with a question mark. */
function keysOf(shape: z.ZodType | undefined): string {
  if (!shape) return '';
  const said = z.toJSONSchema(shape, { unrepresentable: 'any', io: 'input' }) as { properties?: object; required?: string[] };
  return Object.keys(said.properties ?? {}).map((key) => (said.required?.includes(key) ? key : `${key}?`)).join(', ');
}

/** Every endpoint of every contract, in the order of the promises. */
export async function endpoints(): Promise<string> {
  const sections: string[] = [];
  for (const feature of ORDER) {
    if (globSync(`features/${feature}/${feature}.api.ts`, { cwd: project }).length === 0) continue;
    const contract = (await import(`../features/${feature}/${feature}.api.ts`)) as Record<string, Endpoint>;
    const lines = Object.values(contract).filter((e) => e?.method && e.path).map((e) =>
      `| ${e.method} | \`${e.path.replace(/:(\w+)/g, '{$1}')}\` | ${e.who} | ${e.status ?? 200} | ${[keysOf(e.query), keysOf(e.body)].filter(Boolean).join(' · ')} | ${e.summary.replaceAll('|', '\\|')} |`);
    if (lines.length) sections.push(`## ${feature}\n\n| method | path | for | status | query · body | |\n|---|---|---|---|---|---|\n${lines.join('\n')}\n`);
  }
  return `${head('Endpoints', 'Below `/api/v1`. For: anyone (public), a signed-in member, or one whose profile has the right named.')}\n${sections.join('\n')}`;
}

export interface Outcome { sharing: string; who: string; see: boolean; change: boolean; delete: boolean; hand_over: boolean }
export interface ProfileRights { name: string; rights: string[]; tables: Record<string, Record<string, boolean>> }

/** What came out when each sort of member asked for a record of somebody else, and what the standard profiles grant. */
export function access(outcomes: Outcome[], profiles: ProfileRights[]): string {
  const yes = (is: boolean) => (is ? 'yes' : '');
  const asked = outcomes.map((o) => `| ${o.sharing} | ${o.who} | ${yes(o.see)} | ${yes(o.change)} | ${yes(o.delete)} | ${yes(o.hand_over)} |`);
  const verbs = Object.keys(Object.values(profiles[0].tables)[0]);
  const granted = profiles.flatMap((p) => Object.entries(p.tables).sort(([a], [b]) => a.localeCompare(b)).map(([table, may]) => `| ${p.name} | ${table} | ${verbs.filter((verb) => may[verb]).join(', ').replaceAll('_', ' ')} |`));
  return `${head('Access', 'Taken from the answers of a fresh tenant.')}
## Who may do what with a contact that Olga owns

| sharing default | who asks | see | change | delete | hand over |
|---|---|---|---|---|---|
${asked.join('\n')}

## What the standard profiles grant

Rights over the tenant: ${profiles.map((p) => `${p.name} ${p.rights.length ? `has ${p.rights.join(', ')}` : 'has none'}`).join('; ')}.

| profile | table | may |
|---|---|---|
${granted.join('\n')}
`;
}
