// The only writer of DDL: from entries of the catalogue to tables, columns, policies and triggers. Pure: it answers text, the kernel runs it as the tenant's law.
import type { Field, Table } from './catalogue.ts';
import { kindOf } from './kinds.ts';

export const ident = (name: string) => `"${name.replaceAll('"', '""')}"`;
export const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** Physical columns of a field, in the order of its kind's `columns`. */
export const columnsOf = (field: Field) => kindOf(field).columns.map((c) => field.column + c.suffix);

/** More columns than this are refused: PostgreSQL ends at 1,600, the law and later releases need some. */
export const MOST_COLUMNS = 1500;

/** A readable id from the creation time on would tell counts in no form: physical names are random (SPEC 1.1). */
export const physicalName = (prefix: 't' | 'f', random: string) => `${prefix}_${random}`;

function columnDefinition(field: Field): string[] {
  if (field.computed) return [`${ident(field.column)} ${kindOf(field).columns[0].type} generated always as (${field.computed.sql}) stored`];
  return kindOf(field).columns.map((c) => `${ident(field.column + c.suffix)} ${c.type}`);
}

/** `fresh` columns hold nothing yet: not to look through a million rows keeps the lock short, and new values are checked all the same. */
function constraints(table: Table, field: Field, fresh = false): string[] {
  const names = columnsOf(field).map(ident);
  const check = kindOf(field).check(names, field);
  const made: string[] = [];
  const add = (name: string, rule: string) => made.push(`alter table ${ident(table.physical)} add constraint ${ident(`${field.column}_${name}`)} ${rule};`);
  if (check && !field.computed) add('form', `check (${check})${fresh ? ' not valid' : ''}`);
  if (field.required && !field.computed) add('required', `check (${names[0]} is not null) not valid`);
  return made;
}

/** A link to one table is a foreign key; deleting the target empties it (visible children are asked about first). */
function foreignKey(table: Table, field: Field, target: Table | undefined, fresh = false): string[] {
  const key = (name: string, to: string) => [`alter table ${ident(table.physical)} add constraint ${ident(`${field.column}_${name}`)} foreign key (${ident(field.column)}) references ${to} on delete set null${fresh ? ' not valid' : ''};`];
  if (field.kind === 'member') return key('member', 'member (no)');
  return field.kind === 'link' && target ? key('link', `${ident(target.physical)} (id)`) : [];
}

/** Index names are cut short by PostgreSQL at 63 bytes; physical names are at most 40. */
function indexes(table: Table, field: Field, fresh = false): string[] {
  const column = ident(field.column);
  const index = (what: string) => [`create index if not exists ${ident(`${table.physical}_${field.column}`)} on ${ident(table.physical)} ${what};`];
  // Without the empty ones, so that a link added to a million records is there at once.
  const filled = `(${column}, id) where ${column} is not null`;
  if (field.kind === 'link' || field.kind === 'member') return index(filled);
  if (table.title === field.name && field.kind !== 'long_text') return index(`(${column}, id)`);
  // Equality on text is leakproof, so that row security leaves this index usable; doubles and upserts look here.
  if (field.unique || field.kind === 'email') return index(fresh ? filled : `(${column}, id)`);
  return field.kind === 'links' ? index(`using gin (${column})`) : [];
}

export function createTable(table: Table, all: Table[]): string {
  const t = ident(table.physical);
  const find = (name: string | null) => all.find((x) => x.name === name);
  return [
    `create table ${t} (id uuid primary key default uuidv7(), owner_no int not null references member (no) on delete restrict,`,
    `  created_at timestamptz not null default now(), created_by int, changed_at timestamptz not null default now(), changed_by int, share_class int not null default 0, shared boolean not null default false, search text${table.fields.flatMap(columnDefinition).map((c) => `, ${c}`).join('')});`,
    `create index ${ident(`${table.physical}_owner`)} on ${t} (owner_no, id);`,
    // What was changed last is what people look at first.
    `create index ${ident(`${table.physical}_changed`)} on ${t} (changed_at, id);`,
    `create index ${ident(`${table.physical}_class`)} on ${t} (share_class, id);`,
    `create index ${ident(`${table.physical}_words`)} on ${t} using gin (search steward.gin_trgm_ops);`,
    // The planner has to know how many rows each owner has, or it walks the wrong index (measured: 2.6 s against 0.9 ms); search words stay out of the statistics.
    `alter table ${t} alter owner_no set statistics 1000, alter share_class set statistics 1000, alter search set statistics 0;`,
    ...table.fields.flatMap((f) => [...constraints(table, f), ...foreignKey(table, f, find(f.to)), ...indexes(table, f)]),
    `select lay_criteria(${table.no});`,
    sightFunctions(table),
    policies(table, all),
    triggers(table),
  ].join('\n');
}

/** Makes a field's columns; the caller lays law and grants anew afterwards. `spares` are empty columns of the right types, in the order of the kind's columns, to be taken again. */
export function addField(table: Table, field: Field, target: Table | undefined, spares: (string | undefined)[] = []): string {
  const t = ident(table.physical);
  const columns = kindOf(field).columns.map((c, i) => (spares[i] === undefined ? `alter table ${t} add column ${ident(field.column + c.suffix)} ${c.type};` : `alter table ${t} rename column ${ident(spares[i])} to ${ident(field.column + c.suffix)};`));
  return [...columns, ...constraints(table, field, true), ...foreignKey(table, field, target, true), ...indexes(table, field, true)].join('\n');
}

/** Index for a field that has become the title or unique. */
export const addIndex = (table: Table, field: Field): string => indexes(table, field).join('\n');

/** Long text has none: its values are longer than an index can hold. */
export const dropIndex = (table: Table, field: Field): string => `drop index if exists ${ident(`${table.physical}_${field.column}`)};`;

/** Takes a field's rules away; its columns stay as spare ones, to be emptied and used again. */
export function dropField(table: Table, field: Field): string {
  const t = ident(table.physical);
  const rules = ['form', 'required', 'member', 'link'].map((rule) => `alter table ${t} drop constraint if exists ${ident(`${field.column}_${rule}`)};`);
  return [...rules, dropIndex(table, field)].join('\n');
}

/** Lays a field's checks anew after its choices or its being required changed. Whether stored values meet them is the caller's question (brokenRule), asked under the lock that this takes. */
export function changeRules(table: Table, field: Field): string {
  const t = ident(table.physical);
  return [...['form', 'required'].map((rule) => `alter table ${t} drop constraint if exists ${ident(`${field.column}_${rule}`)};`), ...constraints(table, field, true)].join('\n');
}

/** Condition of the records whose stored value breaks a field's check, or is missing where one is required. */
export function brokenRule(field: Field): { form: string; required: string } {
  const columns = columnsOf(field).map(ident);
  const check = field.computed ? null : kindOf(field).check(columns, field);
  return { form: check ? `not (${check})` : 'false', required: field.required && !field.computed ? `${columns[0]} is null` : 'false' };
}

/** Around a move of values from one column to another, which is nobody's change: no dates, no activities. */
export const triggersOff = (table: Table): string => `alter table ${ident(table.physical)} disable trigger user;`;
export const triggersOn = (table: Table): string => `alter table ${ident(table.physical)} enable trigger user;`;

export function dropTable(table: Table): string {
  const drop = (names: string[]) => names.map((f) => `drop routine if exists ${ident(`${table.physical}_${f}`)};`);
  // Functions over the table's row type go before it, those of its triggers after it.
  return [...drop(['sources', 'seen', 'owned']), `drop table ${ident(table.physical)};`, ...drop(['stamp', 'links', 'children', 'created', 'changed', 'deleted'])].join('\n');
}

/**
 * Functions through which other tables' policies ask about records of this one: is it seen (in the asker's own rights; a table that his profile
 * hides has none), does he own it. Definer functions would see everything, and a plain sub-select would fail for who may not see the table at all.
 */
export function sightFunctions(table: Table): string {
  const t = ident(table.physical);
  return [
    `create or replace function ${ident(`${table.physical}_seen`)}(record uuid) returns boolean language plpgsql stable set search_path from current as $$ begin if not has_column_privilege(${literal(t)}, 'id', 'select') then return false; end if; return exists (select 1 from ${t} x where x.id = record); end $$;`,
    `create or replace function ${ident(`${table.physical}_owned`)}(record uuid, mine bit varying) returns boolean language sql stable security definer set search_path from current as $$ select exists (select 1 from ${t} x where x.id = record and get_bit(mine, x.owner_no) = 1) $$;`,
    `grant execute on function ${ident(`${table.physical}_seen`)}(uuid), ${ident(`${table.physical}_owned`)}(uuid, bit varying) to steward_member;`,
  ].join('\n');
}

/** Rows of a table that its owners, criteria and shares open to the asker, as one condition; `editing` asks for the right to change. */
function opened(table: Table, editing: boolean): string {
  const [owners, classes] = editing ? ['edited_owners', 'edited_classes'] : ['seen_owners', 'seen_classes'];
  return [
    `get_bit((select ${owners}(${table.no})), owner_no) = 1`,
    `get_bit((select ${classes}(${table.no})), share_class) = 1`,
    `(shared and exists (select 1 from share s where s.table_no = ${table.no} and s.record_id = ${ident(table.physical)}.id and (s.until is null or s.until > now())${editing ? ` and s.level = 'edit'` : ''} and s.to_code = any ((select my_codes())::int[])))`,
  ].join(' or ');
}

const childFunction = (child: Table, link: Field) => ident(`${child.physical}_${link.column}_opens`);

/** Children that open their parents: a function per link, in the law's rights, over the child's own paths only, so that links do not chain. */
function parentSight(table: Table, all: Table[]): { functions: string[]; conditions: string[] } {
  const links = all.filter((c) => c.sharing !== 'parent').flatMap((child) => child.fields.filter((f) => f.kind === 'link' && f.to === table.name && f.sight?.parent === 'read').map((link) => ({ child, link })));
  return {
    functions: links.map(({ child, link }) => `create or replace function ${childFunction(child, link)}(record uuid, everything boolean, owners bit varying, classes bit varying, codes int[]) returns boolean language sql stable security definer set search_path from current as $$
      select exists (select 1 from ${ident(child.physical)} c where c.${ident(link.column)} = record and (everything or get_bit(owners, c.owner_no) = 1 or get_bit(classes, c.share_class) = 1
        or (c.shared and exists (select 1 from share s where s.table_no = ${child.no} and s.record_id = c.id and (s.until is null or s.until > now()) and s.to_code = any (codes))))) $$;
      grant execute on function ${childFunction(child, link)}(uuid, boolean, bit varying, bit varying, int[]) to steward_member;`),
    conditions: links.map(({ child, link }) => `((select table_right(${child.no}, 'may_see')) and ${childFunction(child, link)}(id, ${child.sharing !== 'private'}, (select seen_owners(${child.no})), (select seen_classes(${child.no})), (select my_codes())))`),
  };
}

/** Parents that open their children to whoever owns them. */
const childSight = (table: Table, all: Table[]) => table.fields.filter((f) => f.kind === 'link' && f.sight?.children === 'read').flatMap((link) => {
  const parent = all.find((t) => t.name === link.to);
  return parent ? [`(${ident(link.column)} is not null and ${ident(`${parent.physical}_owned`)}(${ident(link.column)}, (select reach())))`] : [];
});

/** Conditions for seeing, changing and having full, by the table's sharing. By parent the level is exactly the parent's; without a parent owner and managers have it. */
function conditions(table: Table, all: Table[]): { see: string; change: string; full: string } {
  const reached = 'get_bit((select reach()), owner_no) = 1';
  const link = table.sharing === 'parent' ? table.fields.find((f) => f.name === table.parent) : undefined;
  const parent = link && all.find((t) => t.name === link.to);
  const [sees, edits] = [`(select sees_all(${table.no}))`, `(select edits_all(${table.no}))`];
  if (!link || !parent) {
    const linked = [...parentSight(table, all).conditions, ...childSight(table, all)];
    return { see: [sees, opened(table, false), ...linked].join(' or '), change: `${edits} or ${opened(table, true)}`, full: reached };
  }
  const byParent = (test: string) => `case when ${ident(link.column)} is null then ${reached} else ${test} end`;
  const level = `my_level(${parent.no}, ${ident(link.column)})`;
  return { see: `${sees} or ${byParent(`${ident(`${parent.physical}_seen`)}(${ident(link.column)})`)}`, change: `${edits} or ${byParent(`${level} in ('edit', 'full')`)}`, full: byParent(`${level} = 'full'`) };
}

/** Row security of a record table. Each question to the law is a sub-select, so that it is asked once per query and not per row. */
export function policies(table: Table, all: Table[]): string {
  const t = ident(table.physical);
  const { see, change, full } = conditions(table, all);
  const lay = (name: string, rule: string) => `drop policy if exists ${ident(name)} on ${t};\ncreate policy ${ident(name)} on ${t} ${rule};`;
  return [
    ...parentSight(table, all).functions,
    `alter table ${t} enable row level security;`,
    `alter table ${t} force row level security;`,
    lay('the law itself', 'for all to steward_law using (true) with check (true)'),
    lay('owner, managers and sharing see', `for select to steward_member using (${see})`),
    lay('one creates for oneself, for others by right', `for insert to steward_member with check (owner_no = (select me()) or (select table_right(${table.no}, 'may_hand_over')))`),
    lay('owner, managers and sharing change', `for update to steward_member using (${change})`),
    lay('owner and managers delete', `for delete to steward_member using (${full})`),
  ].join('\n');
}

const body = (lines: string[], variables: string) => ['$$', ...(variables ? [`declare ${variables}`] : []), 'begin', ...lines, 'end $$'].join('\n');
const triggerFunction = (table: Table, name: string, definer: boolean, lines: string[], variables = '') =>
  `create or replace function ${ident(`${table.physical}_${name}`)}() returns trigger language plpgsql volatile ${definer ? 'security definer ' : ''}set search_path from current as ${body(lines, variables)};`;

const DIGITS = (column: string) => `regexp_replace(${column}, '\\D', '', 'g')`;

/** How the words of a field are marked in `search`: its number in signs that no word has, or a search for a number would find the marks. As it stands in an E'' literal. */
export const mark = (no: number) => `\\x01${[...String(no)].map((d) => `\\x${(14 + Number(d)).toString(16).padStart(2, '0')}`).join('')}\\x02`;

/** The words of one field for search after its mark, so that those of a field that a reader may not see can be left out. `row` is how its row is called. */
export function segment(f: Field, row: string): string {
  const column = `${row}.${ident(f.column)}`;
  const made = (text: string) => `E'${mark(f.no)} ' || plain(${text})`;
  if (f.kind === 'emails' || f.kind === 'phones') return made(`jsonb_path_query_array(${column}, '$[*].${f.kind === 'emails' ? 'address' : 'number'}')::text`);
  if (f.kind === 'choices') return made(`array_to_string(${column}, ' ')`);
  if (f.computed) return made(f.computed.sql.replace(/\b([a-z_]+)\b(?=[,)]|\s*\|\|)/g, (_, c) => `${row}.${c}`));
  return `${made(`${column}::text`)}${f.kind === 'phone' ? ` || ' ' || ${DIGITS(column)}` : ''}`;
}

function words(table: Table): string {
  const parts = table.fields.filter((f) => f.searchable).map((f) => segment(f, 'new'));
  return parts.length ? `concat(${parts.join(', ')})` : 'null';
}

function stamp(table: Table): string {
  // Verified by enter() at the beginning of the transaction; to check the signature per row would cost 15 µs each.
  const actor = `nullif(split_part(current_setting('steward.identity', true), '.', 1), '')::int`;
  const has = (name: string) => table.fields.find((f) => f.name === name);
  const pair = (one: string, many: string, key: string) => {
    const [single, all] = [has(one), has(many)];
    if (!single || !all) return [];
    const [a, b] = [`new.${ident(single.column)}`, `new.${ident(all.column)}`];
    const primary = `(select e ->> '${key}' from jsonb_array_elements(${b}) e where (e ->> 'primary')::boolean)`;
    return [
      `if tg_op = 'INSERT' then`,
      `  if ${b} is not null then ${a} := coalesce(${primary}, ${a}); elsif ${a} is not null then ${b} := primary_address(null, '${key}', ${a}); end if;`,
      `elsif ${b} is distinct from old.${ident(all.column)} then ${a} := ${primary};`,
      `elsif ${a} is distinct from old.${ident(single.column)} then ${b} := primary_address(${b}, '${key}', ${a}); end if;`,
    ];
  };
  // What PostgreSQL computes itself is still empty before the row is stored; it changes with what it is made from.
  const shown = (row: string) => `to_jsonb(${row}) - restricted_columns(${table.no}) - array[${['search', 'share_class', 'shared', ...table.fields.filter((f) => f.computed).map((f) => f.column)].map(literal).join(', ')}]`;
  return triggerFunction(table, 'stamp', false, [
    ...pair('email', 'emails', 'address'), ...pair('phone', 'phones', 'number'),
    `if current_user <> current_schema() || '_law' and coalesce(old.owner_no, new.owner_no) is distinct from ${actor} then perform only_the_owner_writes(${table.no}, to_jsonb(new), to_jsonb(old)); end if;`,
    `if tg_op = 'INSERT' then`,
    `  new.share_class := class_of(${table.no}, ${ident(`${table.physical}_sources`)}(new)); new.shared := false;`,
    `  new.created_at := now(); new.created_by := ${actor}; new.changed_at := now(); new.changed_by := new.created_by;`,
    // Share class and mark of sharing follow from other things; a change of these alone is nobody's.
    `elsif ${shown('new')} is distinct from ${shown('old')} then`,
    `  new.changed_at := now(); new.changed_by := ${actor};`,
    `end if;`,
    `new.search := ${words(table)};`,
    `return new;`,
  ]);
}

/**
 * Attaching to what one may not see is refused like attaching to what does not exist: foreign keys alone would accept it (A-07). Runs in the writer's own
 * rights, so each question to another table stands alone: in one expression with `and` PostgreSQL would demand the right to read that table every time.
 */
function links(table: Table, all: Table[]): string {
  const lines = table.fields.filter((f) => f.kind === 'link' || f.kind === 'links').flatMap((f) => {
    const column = ident(f.column);
    const refuse = `raise exception 'There is no such record to link to.' using errcode = 'SW422', column = ${literal(f.column)};`;
    const target = all.find((x) => x.name === f.to);
    if (!target && f.to !== '*') return [];
    const hidden = f.to === '*' ? `not record_seen(new.${ident(`${f.column}_table`)}, new.${column})`
      : f.kind === 'link' ? `not exists (select 1 from ${ident(target!.physical)} t where t.id = new.${column})`
      : `exists (select 1 from unnest(new.${column}) l(id) where not exists (select 1 from ${ident(target!.physical)} t where t.id = l.id))`;
    const asked = [`if new.${column} is not null and (tg_op = 'INSERT' or new.${column} is distinct from old.${column}) then`, `  if ${hidden} then ${refuse} end if;`, 'end if;'];
    return f.kind === 'links' ? [...asked, ...keepHidden(column, target!)] : asked;
  });
  return triggerFunction(table, 'links', false, [...lines, ...table.fields.filter((f) => f.unique).flatMap((f) => double(table, f)), 'return new;']);
}

/** Who writes a list of links writes the ones he sees; those he does not see stay. The law itself takes links back to what was deleted. */
const keepHidden = (column: string, target: Table): string[] => [
  `if tg_op = 'UPDATE' and old.${column} is not null and new.${column} is distinct from old.${column} and current_user <> current_schema() || '_law' then`,
  `  new.${column} := nullif(coalesce(new.${column}, '{}') || array(select l.id from unnest(old.${column}) l(id) where not exists (select 1 from ${ident(target.physical)} t where t.id = l.id)), '{}');`,
  'end if;',
];

/** A visible record with the same value refuses the writer; hidden ones do not tell (A-31). */
function double(table: Table, f: Field): string[] {
  const column = ident(f.column);
  return [
    `if new.${column} is not null and (tg_op = 'INSERT' or new.${column} is distinct from old.${column}) then`,
    `  perform hold_value(${f.no}, new.${column}::text);`,
    `  if has_column_privilege(${literal(ident(table.physical))}, ${literal(f.column)}, 'select') then`,
    `    if exists (select 1 from ${ident(table.physical)} u where u.${column} = new.${column} and u.id <> new.id) then`,
    `      raise exception 'Another record has this value already.' using errcode = 'SW409', column = ${literal(f.column)};`,
    `    end if;`,
    `  end if;`,
    `end if;`,
  ];
}

/** Deleting never silently touches another's records: visible children are refused unless the member chose to detach them; hidden ones are detached without a word (SPEC 3.6, A-10). */
export function children(table: Table, all: Table[]): string {
  const asked = all.flatMap((child) => child.fields.filter((f) => f.kind === 'link' && f.to === table.name).flatMap((f) => [
    `if has_column_privilege(${literal(ident(child.physical))}, ${literal(f.column)}, 'select') then`,
    `  if exists (select 1 from ${ident(child.physical)} c where c.${ident(f.column)} = old.id) then raise exception 'Other records are linked to this one. Detach or hand them over first.' using errcode = 'SW409', hint = 'children'; end if;`,
    'end if;',
  ]));
  return triggerFunction(table, 'children', false, [`if coalesce(current_setting('steward.children', true), '') <> 'detach' then`, ...asked, 'null;', 'end if;', 'return old;']);
}

/** Activities in the same transaction, one statement for all rows, so that bulk writes stay fast. */
function tracking(table: Table): string[] {
  // A double of a record that the writer may not see must not tell him (A-31): it is accepted, and noted for those who keep the data clean.
  const doubles = table.fields.filter((f) => f.unique).map((f) => `insert into duplicate (table_no, record_id, other_id, field_no) select ${table.no}, n.id, u.id, ${f.no} from fresh n join ${ident(table.physical)} u on u.${ident(f.column)} = n.${ident(f.column)} and u.id <> n.id on conflict do nothing;`);
  const head = `insert into activity (member_no, through, verb, table_no, record_id) select acting(), through()`;
  const tracked = table.fields.filter((f) => f.tracked && !f.computed).map((f) => `(${f.no}, ${trackedValue(f, 'o')}, ${trackedValue(f, 'n')})`);
  // After the change was judged, so that an edit may end its maker's own sight (SPEC 3.5).
  const classes = [`if has_criteria(${table.no}) and exists (select 1 from fresh n join stale o using (id) where n.share_class = o.share_class) then perform set_class(${table.no}, ${literal(table.physical)}, (select array_agg(id) from fresh)); end if;`];
  const changed = tracked.length === 0 ? [...doubles, ...classes, 'return null;'] : [
    ...doubles, ...classes,
    `with v as materialized (select n.id as record, v.* from fresh n join stale o using (id) cross join lateral (values ${tracked.join(', ')}) v(field_no, old, new) where v.old is distinct from v.new),`,
    `  a as (insert into activity (id, member_no, through, verb, table_no, record_id, salt, commitment)`,
    `    select uuidv7(), acting(), through(), 'change', ${table.no}, r.record, r.salt, commitment(r.salt, r.entries) from (`,
    `      select record, uuid_send(gen_random_uuid()) as salt, string_agg(v.field_no || ':' || coalesce(v.old::text, '') || '>' || coalesce(v.new::text, ''), E'\\n' order by v.field_no) as entries from v group by v.record) r`,
    `    returning id, record_id)`,
    `insert into activity_value select a.id, ${table.no}, v.field_no, v.old, v.new from a join v on v.record = a.record_id;`,
    'return null;',
  ];
  return [
    triggerFunction(table, 'created', true, [`${head}, 'create', ${table.no}, id from fresh;`, ...doubles, 'return null;']),
    triggerFunction(table, 'changed', true, changed),
    triggerFunction(table, 'deleted', true, [`${head}, 'delete', ${table.no}, id from stale;`, 'return null;']),
  ];
}

function trackedValue(field: Field, row: 'o' | 'n'): string {
  const columns = columnsOf(field).map((c) => `${row}.${ident(c)}`);
  return columns.length === 1 ? `to_jsonb(${columns[0]})` : `case when ${columns[0]} is null then null else jsonb_build_array(${columns.join(', ')}) end`;
}

/** All trigger functions of a table, laid anew whenever one of its fields changes. */
export function functions(table: Table, all: Table[]): string {
  return [stamp(table), links(table, all), children(table, all), ...tracking(table)].join('\n');
}

export function triggers(table: Table): string {
  const t = ident(table.physical);
  const call = (f: string) => `execute function ${ident(`${table.physical}_${f}`)}()`;
  return [
    // Names decide the order: links are checked before stamps are set.
    `create trigger a_links before insert or update on ${t} for each row ${call('links')};`,
    `create trigger b_stamp before insert or update on ${t} for each row ${call('stamp')};`,
    `create trigger c_children before delete on ${t} for each row ${call('children')};`,
    `create trigger d_unlink after delete on ${t} for each row execute function unlink_record(${literal(table.name)});`,
    `create trigger e_created after insert on ${t} referencing new table as fresh for each statement ${call('created')};`,
    `create trigger f_changed after update on ${t} referencing old table as stale new table as fresh for each statement ${call('changed')};`,
    `create trigger g_deleted after delete on ${t} referencing old table as stale for each statement ${call('deleted')};`,
    ...(table.append_only ? [`create trigger z_never_changed before update or delete on ${t} for each row execute function never_changed();`, `create trigger z_never_emptied before truncate on ${t} for each statement execute function never_changed();`] : []),
  ].join('\n');
}
