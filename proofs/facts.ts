// One small world and what is so in it: who does what, on what, and how it ends. Breaking any piece of the law must make one of these lines false.
import { createHmac } from 'node:crypto';
import type { Catalogue, Field, Table } from '../catalogue/catalogue.ts';
import { brokenRule } from '../catalogue/ddl.ts';
import { columnsOf, ident } from '../catalogue/physical.ts';
import { derive } from '../kernel/keys.ts';
import { freshTenant, type FreshTenant } from './start.ts';

/**
 * who: `law`, `door` or a member by first name. does: one line of SQL; steps are parted by `;;` and the last one is judged.
 * outcome: SQLSTATE of the refusal, number of rows, or true for what the last step must answer.
 */
export interface Fact { about: string; kind: 'row' | 'grant' | 'check' | 'effect'; who: string; does: string; outcome: string | number | true }
export interface World { t: FreshTenant; tables: Table[]; names: Record<string, string>; roles: Record<string, string> }

const EVERY = { see: true, create: true, change: true, delete: true };
const KINDS: [name: string, kind: string, more?: object][] = [
  ['long', 'long_text'], ['amount', 'number'], ['price', 'money'], ['day', 'date'], ['instant', 'moment'], ['state', 'choice', { choices: ['a', 'b'] }], ['marks', 'choices', { choices: ['a', 'b'] }], ['words', 'choices'],
  ['mail', 'email'], ['call', 'phone'], ['page', 'web_address'], ['topic', 'link', { to: '*' }], ['others', 'links', { to: 'account' }], ['lead', 'member'],
];
/** Where each record table is written, linked and tracked in the facts. */
const WRITTEN: Record<string, string> = { account: 'name', contact: 'first_name', deal: 'name', task: 'title', note: 'text', project: 'name', waiver: 'wording' };

async function must(answer: Promise<{ status: number; body: any }>): Promise<any> {
  const { status, body } = await answer;
  if (status >= 400) throw new Error(`the world could not be made: ${JSON.stringify(body)}`);
  return body;
}

async function makeTables(t: FreshTenant): Promise<void> {
  const adam = t.as('adam');
  const plain = { kind: 'text', personal: 'no' };
  await must(adam.post('/tables', { name: 'waiver', label: 'Waiver', append_only: true, fields: [{ name: 'wording', ...plain }, { name: 'account', kind: 'link', to: 'account', personal: 'no' }] }));
  const links = ['account', 'contact', 'deal', 'task', 'note', 'waiver', 'project'].map((to) => ({ name: `to_${to}`, kind: 'link', to, personal: 'no' }));
  await must(adam.post('/tables', { name: 'project', label: 'Project', fields: [{ name: 'name', ...plain, required: true, unique: true, tracked: true }, ...links, ...KINDS.map(([name, kind, more]) => ({ name, kind, personal: 'no', ...more }))] }));
  for (const [table, field] of [['deal', 'lost_reason'], ['note', 'text'], ['task', 'title']]) await must(adam.patch(`/tables/${table}/fields/${field}`, { tracked: true }));
  await must(adam.post('/tables/project/fields', { name: 'passing', ...plain }));
  await must(adam.delete('/tables/project/fields/passing'));
  const all = Object.fromEntries(Object.keys(WRITTEN).map((name) => [name, EVERY]));
  await must(adam.patch('/profiles/Member', { tables: all }));
  await must(adam.post('/profiles', { name: 'Reader', tables: Object.fromEntries(Object.entries(all).map(([name, may]) => [name, { ...may, reads_all: true }])), fields: { 'deal.lost_reason': 'none' } }));
  await must(adam.post('/profiles', { name: 'Bare', tables: Object.fromEntries(Object.keys(all).map((name) => [name, { see: true }])) }));
}

async function makeRecords(t: FreshTenant): Promise<Record<string, string>> {
  const olga = t.as('olga');
  const ids: Record<string, string> = {};
  const make = async (as: string, table: string, values: object) => { ids[as] = (await must(olga.post(`/records/${table}`, values, as === 'account' ? { 'idempotency-key': 'one' } : {}))).id; };
  await make('account', 'account', { name: 'Globex' });
  await make('contact', 'contact', { first_name: 'Ada', account: ids.account });
  await make('deal', 'deal', { name: 'Big', account: ids.account });
  await make('shared_deal', 'deal', { name: 'Shared' });
  await make('task', 'task', { title: 'Call', about: { table: 'deal', id: ids.deal } });
  await make('note', 'note', { text: 'Said', about: { table: 'deal', id: ids.deal } });
  await make('team_task', 'task', { title: 'for the team' });
  await make('bound_account', 'account', { name: 'Bound' });
  await make('waiver', 'waiver', { wording: 'Agreed', account: ids.bound_account });
  await make('project', 'project', { name: 'Apollo', topic: { table: 'deal', id: ids.deal }, ...Object.fromEntries(['account', 'contact', 'deal', 'task', 'note', 'waiver'].map((to) => [`to_${to}`, ids[to]])) });
  await must(olga.patch(`/records/project/${ids.project}`, { to_project: ids.project }));
  await must(olga.patch(`/records/deal/${ids.deal}`, { lost_reason: 'price' }));
  return ids;
}

/** Team, groups, rules and shares; numbers by name. */
async function makeSharing(t: FreshTenant, ids: Record<string, string>): Promise<void> {
  const adam = t.as('adam');
  const id = (who: string) => t.as(who).id;
  await must(adam.post('/groups', { name: 'Named', members: [id('sam')] }));
  await must(adam.post('/groups', { name: 'Shared with', members: [id('sam')] }));
  await must(adam.post('/teams', { name: 'Team', level: 'read', members: [id('tina')], criteria: [{ table: 'task', field: 'title', op: 'in', values: ['for the team'] }] }));
  await must(adam.post('/teams', { name: 'Shared team', level: 'read', members: [id('sam')] }));
  await must(adam.post('/sharing-rules', { table: 'note', from: { member: id('sam') }, to: { group: 'Named' }, level: 'read' }));
  await must(adam.post('/sharing-rules', { table: 'note', from: { member: id('sam') }, to: { team: 'Team' }, level: 'read' }));
  await must(adam.post('/sharing-rules', { table: 'note', from: { criteria: [{ field: 'text', op: 'in', values: ['for all'] }] }, to: { member: id('sam') }, level: 'read' }));
  for (const to of [{ member: id('sam') }, { group: 'Shared with' }, { team: 'Shared team' }]) await must(t.as('olga').post(`/records/deal/${ids.shared_deal}/shares`, { to, level: 'read' }));
}

/** Rows that only come about by the way, so that no table of the law is empty. */
const BY_THE_WAY = (olga: number) => `
  insert into duplicate (table_no, record_id, other_id, field_no) select 1, gen_random_uuid(), gen_random_uuid(), 1;
  insert into held_value values (1, '\\x01'); insert into sign_in_try (address) values ('\\x01'); insert into refill (table_no, total) values (2, 1);
  insert into link_sharing (field_no) select f.no from catalogue_field f join catalogue_table c on c.no = f.table_no where c.name = 'waiver' and f.name = 'account' on conflict do nothing;
  insert into import (id, member_no, table_no, state, file, file_name) values ('00000000-0000-7000-8000-000000000001', ${olga}, 1, 'uploaded', gen_random_uuid(), 'x.csv');
  insert into import_problem (import_id, line, column_no, reason) values ('00000000-0000-7000-8000-000000000001', 1, 1, 'x');
  insert into import_row (import_id, record_id) values ('00000000-0000-7000-8000-000000000001', gen_random_uuid());
  insert into profile_field select 1, f.no, 'write' from catalogue_field f where f.name = 'lost_reason';`;

export async function openWorld(): Promise<World> {
  const t = await freshTenant({ sharing: 'private' });
  await makeTables(t);
  for (const [name, profile, manager] of [['Mia'], ['Olga', 'Member', 'mia'], ['Peter'], ['Rae', 'Reader'], ['Bea', 'Bare'], ['Tina'], ['Sam']] as [string, string?, string?][]) await t.member({ name, profile, manager });
  const ids = await makeRecords(t);
  await makeSharing(t, ids);
  for (const line of BY_THE_WAY(t.as('olga').no).split(';').filter((l) => l.trim())) await t.sql(line);
  await t.sql('select seal_activities(100000)');
  const [{ tables, version }] = await t.sql<{ tables: Catalogue['tables']; version: string }>(`select read_catalogue() -> 'tables' as tables, version from tenant`);
  const people = ['adam', 'mia', 'olga', 'peter', 'rae', 'bea', 'tina', 'sam'];
  const numbered = await t.sql<{ name: string; no: number }>(`select case name when 'Named' then 'group' else 'shared_group' end as name, no from member_group union all select case name when 'Team' then 'team' else 'shared_team' end, no from team
    union all select case when from_kind is null then 'rule' when to_kind = 'group' then 'group_rule' else 'team_rule' end, no from sharing_rule`);
  const names: Record<string, string> = { version, schema: `s_${t.key}`, ...Object.fromEntries(numbered.map((n) => [n.name, String(n.no)])), ...Object.fromEntries(people.map((p) => [p, String(t.as(p).no)])), ...Object.fromEntries(Object.entries(ids).map(([name, id]) => [`${name}_id`, `'${id}'`])) };
  for (const table of tables) for (const field of table.fields) names[`${table.name}.${field.name}`] = ident(field.column);
  for (const table of tables) Object.assign(names, { [table.name]: ident(table.physical), [`${table.name}_no`]: String(table.no) });
  const roles: Record<string, string> = { law: `set local role s_${t.key}_law`, door: `set local role s_${t.key}_door` };
  for (const p of people) {
    const { member, profile, session } = (await t.caller(p)).identity;
    const claim = `${member}.${profile}.${session}.${version}`;
    roles[p] = `set local role s_${t.key}_p${profile}; set local steward.identity = '${claim}.${createHmac('sha256', derive('identity', t.key)).update(claim).digest('hex')}'; set local steward.through = 'api'`;
  }
  return { t, tables, names, roles };
}

const BAD: Partial<Record<Field['kind'], string>> = {
  text: `repeat('x', 2001)`, long_text: `repeat('x', 1000001)`, number: `'NaN'`, money: '5', choice: `'zebra'`, choices: `array_fill(repeat('z', 101), array[51])`, email: `'x'`, phone: `'x'`, web_address: `'x'`,
  links: 'array_fill({account_id}::uuid, array[501])', link: 'null', emails: `'[]'`, phones: `'[]'`, date: `'infinity'`, moment: `'infinity'`,
};

/** Who sees, changes, deletes and makes the records of one table, and what follows by itself. */
function recordFacts(name: string, table: Table): Fact[] {
  const [R, id, col] = [`{${name}}`, `{${name}_id}`, `{${name}.${WRITTEN[name]}}`];
  const fact = (kind: Fact['kind'], who: string, does: string, outcome: Fact['outcome']): Fact => ({ about: table.physical, kind, who, does, outcome });
  const make = (owner: string, value = `'Fresh'`) => `insert into ${R} (owner_no, ${col}) values ({${owner}}, ${value})`;
  const gone = `set local steward.children = 'detach';; delete from ${R} where id = ${id}`;
  const link = table.fields.find((f) => f.kind === 'link');
  const [linked, target] = link?.to === '*' ? [`${ident(link.column)}, ${ident(`${link.column}_table`)}`, '{account_id}, 1'] : [ident(link!.column), '{account_id}'];
  const noted = (verb: string) => `select exists (select 1 from activity where transaction = pg_current_xact_id() and verb = '${verb}' and table_no = ${table.no})`;
  const facts = [
    fact('row', 'olga', `select id from ${R} where id = ${id}`, 1), fact('row', 'mia', `select id from ${R} where id = ${id}`, 1), fact('row', 'rae', `select id from ${R} where id = ${id}`, 1),
    fact('row', 'peter', `select id from ${R} where id = ${id}`, 0), fact('row', 'law', `select id from ${R} where id = ${id}`, 1),
    fact('row', 'peter', make('peter'), 1), fact('row', 'rae', make('olga'), '42501'),
    fact('grant', 'bea', `select search from ${R}`, '42501'), fact('grant', 'bea', `insert into ${R} (search) values ('x')`, '42501'), fact('grant', 'bea', `update ${R} set owner_no = owner_no`, '42501'), fact('grant', 'bea', `delete from ${R}`, '42501'), fact('grant', 'bea', `truncate ${R}`, '42501'),
    fact('effect', 'peter', `insert into ${R} (owner_no, ${col}, ${linked}) values ({peter}, 'Fresh', ${target})`, 'SW422'),
    fact('effect', 'olga', `${make('olga')} returning created_by = {olga} and changed_at = now()`, true), fact('effect', 'law', `${make('olga')};; ${noted('create')}`, true),
  ];
  for (const field of table.fields.filter((f) => !f.computed)) {
    const rule = brokenRule(field);
    if (rule.required !== 'false') facts.push(fact('check', 'law', `update ${R} set ${ident(field.column)} = null`, '23514'));
    // Append-only rows cannot be changed to try; a new one can.
    if (rule.form !== 'false') facts.push(fact('check', 'law', table.append_only ? `insert into ${R} (owner_no, ${columnsOf(field)[0]}) values ({olga}, ${BAD[field.kind]})` : `update ${R} set ${ident(field.column)} = ${BAD[field.kind]}`, '23514'));
  }
  if (table.append_only) return [...facts, fact('effect', 'law', `update ${R} set ${col} = 'x'`, 'SW403'), fact('effect', 'law', `truncate ${R} cascade`, 'SW403'), fact('effect', 'law', `set local steward.children = 'detach';; delete from ${R}`, 'SW403')];
  const about = name === 'note' ? 'task' : 'note';
  return [...facts,
    fact('row', 'olga', `update ${R} set ${col} = 'x' where id = ${id}`, 1), fact('row', 'mia', `update ${R} set ${col} = 'x' where id = ${id}`, 1), fact('row', 'rae', `update ${R} set ${col} = 'x' where id = ${id}`, 0),
    fact('row', 'olga', gone, 1), fact('row', 'rae', gone, 0),
    fact('effect', 'olga', `delete from ${R} where id = ${id}`, 'SW409'), fact('effect', 'law', `${gone};; ${noted('delete')}`, true), fact('effect', 'law', `update ${R} set ${col} = 'x';; ${noted('change')}`, true),
    fact('effect', 'olga', `update {${about}} set about = ${id}, about_table = ${table.no} where id = {${about}_id};; ${gone};; select about is null from {${about}} where id = {${about}_id}`, true),
  ];
}

type Line = [about: string, kind: Fact['kind'], who: string, does: string, outcome: Fact['outcome']];
const change = (table: string, does: string): Line => [table, 'effect', 'law', `${does};; select exists (select 1 from activity where transaction = pg_current_xact_id() and verb = 'rights' and about ->> 'what' = '${table}')`, true];
const version = (table: string, column: string): Line => [table, 'effect', 'law', `update ${table} set ${column} = ${column} where ${table === 'tenant' ? 'true' : 'false'};; select version > {version} from tenant`, true];
const refused = (table: string, set: string): Line => [table, 'check', 'law', `update ${table} set ${set}`, '23514'];
const reaches = (table: string, does: string): Line => [table, 'effect', 'law', `${does};; select exists (select 1 from access_source_member where member_no = {peter})`, true];
const ended = (table: string, does: string): Line => [table, 'effect', 'law', `${does};; select not exists (select 1 from session where member_no = {peter} and ended_at is null)`, true];
const newcomer = `insert into member (name, email, profile_no, manager_no) values ('Zoe', 'zoe@x.test', 1, {mia})`;
const IMPORT = `'00000000-0000-7000-8000-000000000001'`;

const LAW: Line[] = [
  // People, and everyone's reach.
  ['member', 'effect', 'law', `insert into member (no, name, email, profile_no) values (99, 'Zoe', 'zoe@x.test', 2);; select not exists (select 1 from member where no = 99)`, true],
  ['member', 'effect', 'law', `${newcomer};; select owners @> array[(select max(no) from member)] from member_reach where member_no = {mia}`, true],
  ['member', 'effect', 'law', `update member set manager_no = {mia} where no = {peter};; select {peter} = any (owners) from member_reach where member_no = {mia}`, true],
  ['member', 'effect', 'law', `update member set manager_no = {olga} where no = {mia}`, 'SW422'],
  ended('member', 'update member set active = false where no = {peter}'), ended('credential', `update credential set password = 'x' where member_no = {peter}`),
  ['member', 'effect', 'law', 'update member set active = false where no = {adam}', 'SW409'], ['profile', 'effect', 'law', `update profile set rights = '{}' where no = 1`, 'SW409'],
  ['member', 'effect', 'law', `${newcomer};; insert into credential (member_no, password) select max(no), 'x' from member;; update member set active = false where no = {adam};; delete from member where email = 'zoe@x.test'`, 'SW409'],
  reaches('member', 'update member set manager_no = {peter} where no = {tina}'), reaches('group_member', 'insert into group_member values ({group}, {peter})'), reaches('team_member', 'insert into team_member values ({team}, {peter})'),
  reaches('team', `insert into team (no, name, level) values (78, 'Above', 'read');; insert into team_member values (78, {peter});; update team set parent_no = 78 where no = {team}`),
  ['team', 'effect', 'law', 'update team set parent_no = {team} where no = {team}', 'SW422'],
  ['member_group', 'effect', 'law', 'delete from member_group where no = {group}', 'SW409'], ['team', 'effect', 'law', 'delete from team where no = {team}', 'SW409'], ['member', 'effect', 'law', 'delete from member where no = {sam}', 'SW409'],
  ['member_group', 'effect', 'law', `delete from member_group where no = {shared_group};; select not exists (select 1 from share where to_kind = 'group')`, true], ['team', 'effect', 'law', `delete from team where no = {shared_team};; select not exists (select 1 from share where to_kind = 'team')`, true],
  ['member', 'effect', 'law', `${newcomer};; insert into share (table_no, record_id, to_kind, to_no, level, by_no) select {deal_no}, {deal_id}, 'member', max(no), 'read', {olga} from member;; delete from member where email = 'zoe@x.test';; select not exists (select 1 from share where to_kind = 'member' and to_no not in (select no from member))`, true],
  // What opens rows to others.
  ['share', 'effect', 'law', `insert into share (table_no, record_id, to_kind, to_no, level, by_no) values ({deal_no}, {deal_id}, 'member', {peter}, 'read', {olga});; select shared from deal where id = {deal_id}`, true],
  ['share', 'row', 'sam', 'select record_id from share', 3], ['share', 'row', 'peter', 'select record_id from share', 0], ['share', 'row', 'sam', 'select id from deal', 1], ['share', 'row', 'tina', 'select id from deal', 0], ['task', 'row', 'tina', 'select id from task', 1],
  ['team_criterion', 'effect', 'law', `update team_criterion set wanted = '["zebra"]' where team_no = {team};; select not exists (select 1 from access_source where test like '%for the team%')`, true],
  ['rule_criterion', 'effect', 'law', `update rule_criterion set wanted = '["zebra"]';; select not exists (select 1 from access_source where test like '%for all%')`, true],
  ['team', 'effect', 'law', `update team set level = 'edit' where no = {team};; select level = 'edit' from access_source where team_no = {team} and test is not null`, true],
  ['sharing_rule', 'effect', 'law', `update sharing_rule set level = 'edit' where no = {group_rule};; select level = 'edit' from access_source where rule_no = {group_rule}`, true],
  ['member', 'row', 'peter', 'select no from member where no = {olga}', 1], ['member_group', 'row', 'peter', 'select no from member_group', 2], ['team', 'row', 'peter', 'select no from team', 2], ['tenant', 'row', 'peter', 'select name from tenant', 1],
  // Rights become grants, and what members see in the catalogue has a version.
  ['profile_field', 'effect', 'law', `insert into profile_field select 2, no, 'none' from catalogue_field where name = 'lost_reason';; select not has_column_privilege('{schema}_p2', 'deal', 'lost_reason', 'select')`, true],
  ['profile_table', 'effect', 'law', `update profile_table set may_see = false where profile_no = 2 and table_no = {deal_no};; select not has_column_privilege('{schema}_p2', 'deal', 'id', 'select')`, true],
  ['catalogue_table', 'effect', 'law', `update catalogue_table set subject = 'zebra' where no = 1;; set constraints all immediate`, 'SW422'],
  ['catalogue_field', 'effect', 'law', `update catalogue_field set personal = 'yes', category = 'user', purpose = 'x', origin = 'provided' where name = 'industry';; set constraints all immediate`, 'SW422'],
  version('catalogue_table', 'icon'), version('catalogue_field', 'label'), version('profile', 'name'), version('profile_table', 'may_see'), version('profile_field', 'level'), version('member', 'name'), version('link_sharing', 'parent'), version('tenant', 'name'),
  // Every change of people, rights and catalogue is an activity.
  change('profile', `update profile set rights = '{dpo}' where no = 3`), change('profile_table', 'update profile_table set may_export = not may_export'), change('profile_field', `update profile_field set level = 'read'`), change('member', `update member set language = 'de'`),
  change('catalogue_table', `update catalogue_table set icon = 'x'`), change('catalogue_field', 'update catalogue_field set tracked = not tracked'), change('member_group', `insert into member_group (no, name) values (77, 'x')`), change('group_member', 'delete from group_member'),
  change('team', `update team set level = 'edit'`), change('team_member', 'delete from team_member'), change('team_criterion', `update team_criterion set wanted = '["y"]'`), change('sharing_rule', `update sharing_rule set level = 'edit'`), change('rule_criterion', `update rule_criterion set wanted = '["y"]'`), change('share', `update share set level = 'edit'`), change('link_sharing', `update link_sharing set parent = 'none'`),
  ['session', 'effect', 'law', `insert into session (member_no, kind, hash, expires_at) values ({peter}, 'cookie', '\\x01', now());; select exists (select 1 from activity where transaction = pg_current_xact_id() and verb = 'sign_in')`, true],
  ['import', 'effect', 'law', `update import set state = 'done';; select exists (select 1 from activity where transaction = pg_current_xact_id() and verb = 'import')`, true], ['import', 'effect', 'law', `update import set changed_at = 'epoch';; select changed_at > 'epoch' from import`, true],
  // What can only be added to.
  ...['acceptance set version = version', 'activity set verb = verb', 'activity_value set old = old', 'activity_link set hash = hash'].map((set): Line => [set.split(' ')[0], 'effect', 'law', `update ${set}`, 'SW403']),
  ...['acceptance', 'activity_value', 'activity_link'].map((table): Line => [table, 'effect', 'law', `truncate ${table}`, 'SW403']),
  ['activity', 'effect', 'law', 'truncate activity cascade', 'SW403'],
  ['activity', 'row', 'olga', 'select exists (select 1 from activity where record_id = {deal_id})', true], ['activity', 'row', 'peter', 'select id from activity where record_id = {deal_id}', 0], ['activity', 'row', 'peter', 'select id from activity where record_id is null', 0],
  ['activity_value', 'row', 'olga', `select exists (select 1 from activity_value where new = '"price"')`, true], ['activity_value', 'row', 'rae', `select new from activity_value where new = '"price"'`, 0], ['activity_value', 'row', 'peter', 'select new from activity_value', 0],
  // What belongs to one member.
  ['first_answer', 'row', 'olga', 'select key from first_answer', 1], ['first_answer', 'row', 'peter', 'select key from first_answer', 0], ['first_answer', 'row', 'peter', `insert into first_answer (member_no, key, asked) values ({olga}, 'x', '\\x01')`, '42501'],
  ['import', 'row', 'olga', 'select id from import', 1], ['import', 'row', 'peter', 'select id from import', 0], ['import', 'row', 'peter', `insert into import (member_no, file, file_name) values ({peter}, gen_random_uuid(), 'x')`, 1], ['import', 'row', 'peter', `insert into import (member_no, file, file_name) values ({olga}, gen_random_uuid(), 'x')`, '42501'],
  ['import', 'row', 'olga', `delete from import where id = ${IMPORT}`, 0], ['import', 'row', 'peter', `insert into import (member_no, file, file_name) values ({peter}, gen_random_uuid(), 'x');; delete from import`, 1],
  ['import', 'row', 'bea', `insert into import (member_no, file, file_name) values ({bea}, gen_random_uuid(), 'x');; update import set table_no = 1, state = 'mapped'`, '42501'], ['import', 'row', 'olga', `update import set rows = 1`, 1],
  ['import_problem', 'row', 'olga', 'select line from import_problem', 1], ['import_problem', 'row', 'peter', 'select line from import_problem', 0], ['import_row', 'row', 'olga', 'select record_id from import_row', 1], ['import_row', 'row', 'peter', 'select record_id from import_row', 0],
  // Forms of what the law keeps.
  ...[`tenant set currency = 'x'`, `tenant set name = ''`, 'tenant set no = 2', 'secret set no = 2', `catalogue_table set parent_field = 'x'`, `catalogue_table set label = ''`, `catalogue_table set labels = ''`, `catalogue_table set name = 'X'`, `catalogue_table set sharing = 'open'`,
    `catalogue_field set erasure = 'x'`, `catalogue_field set label = ''`, `catalogue_field set name = 'X'`, `catalogue_field set origin = 'x'`, `catalogue_field set personal = 'x', category = 'a', purpose = 'b', origin = 'provided'`, `catalogue_field set personal = 'yes', category = null`,
    `last_number set what = 'x'`, `profile set name = ''`, `profile set rights = '{administer,root}'`, `profile_field set level = 'x'`, 'member set email = null', `member set email = repeat('x', 255) where no = {peter}`, `member set name = ''`, `session set kind = 'x'`, `session set kind = 'view'`, `member_group set name = ''`,
    `team set level = 'x'`, `team set name = ''`, `team_criterion set op = 'x'`, 'sharing_rule set from_no = null where no = {group_rule}', `sharing_rule set from_kind = 'x' where no = {group_rule}`, `sharing_rule set level = 'x'`, `sharing_rule set to_kind = 'x'`, `rule_criterion set op = 'x'`,
    `share set level = 'x'`, `share set reason = repeat('x', 501)`, `share set to_kind = 'x' where to_kind = 'team'`, `link_sharing set children = 'x'`, `link_sharing set parent = 'x'`, 'chain_head set no = 2', `import set file_name = repeat('x', 201)`, `import set mode = 'x'`, `import set state = 'x'`,
  ].map((line) => refused(line.split(' ')[0], line.slice(line.indexOf(' set ') + 5))),
  ['acceptance', 'check', 'law', `insert into acceptance (member_no, document, version, wording, context) values ({olga}, 'terms', '1', 'x', '{}')`, '23514'], ['acceptance', 'check', 'law', `insert into acceptance (member_no, document, version, wording, context) values ({olga}, 'x', '1', 'x', '{"a":1}')`, '23514'],
];

/** For every table of the law: the law finds its rows, members and the login role get nothing but what is granted column by column. */
async function grantFacts({ t }: World): Promise<Fact[]> {
  const closed = (verb: string, what: string) => `(select ${what} from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and not has_column_privilege(current_schema() || '_member', c.oid, a.attnum, '${verb}') and a.attgenerated = '' order by a.attnum limit 1)`;
  const rows = await t.sql<{ name: string; open: string[]; changed: string; made: string; type: string; law: boolean }>(`select c.relname as name, c.relname not in (select physical from catalogue_table) as law,
    ${closed('update', 'a.attname')} as changed, coalesce(${closed('insert', 'a.attname')}, ${closed('update', 'a.attname')}) as made, coalesce(${closed('insert', 'format_type(a.atttypid, a.atttypmod)')}, ${closed('update', 'format_type(a.atttypid, a.atttypmod)')}) as type,
    array(select v from unnest(array['select', 'insert', 'delete']) v where case v when 'delete' then has_table_privilege(current_schema() || '_member', c.oid, v) else not exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and not has_column_privilege(current_schema() || '_member', c.oid, a.attnum, v)) end) as open
    from pg_class c where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r'`);
  return rows.flatMap(({ name, open, changed, made, type, law }) => {
    const T = ident(name);
    const statements = { select: `select * from ${T}`, insert: `insert into ${T} (${ident(made)}) select null::${type} where false`, update: `update ${T} set ${ident(changed)} = null where false`, delete: `delete from ${T} where false`, truncate: `truncate ${T}` };
    const facts: Fact[] = Object.entries(statements).flatMap(([verb, does]) => [{ about: name, kind: 'grant', who: 'door', does, outcome: '42501' }, ...(open.includes(verb) ? [] : [{ about: name, kind: 'grant', who: 'bea', does, outcome: '42501' }])] as Fact[]);
    return law ? [...facts, { about: name, kind: 'row', who: 'law', does: `select exists (select 1 from ${T})`, outcome: true }] : facts;
  });
}

/** All facts of a world. */
export async function factsOf(world: World): Promise<Fact[]> {
  const records = Object.keys(WRITTEN).flatMap((name) => recordFacts(name, world.tables.find((t) => t.name === name)!));
  return [...records, ...LAW.map(([about, kind, who, does, outcome]) => ({ about, kind, who, does, outcome })), ...await grantFacts(world)];
}

/** What a fact does, with the names of this world. */
export const statementOf = (fact: Fact, { names }: World) => fact.does.replace(/\{([a-z_.]+)\}/g, (whole, name) => names[name] ?? whole).split(';;').map((s) => s.trim()).join('; ');
