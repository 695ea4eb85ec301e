// What happens in the database with every write of a record: checks of links, stamps, words for search, activities.
import type { Field, Table } from './catalogue.ts';
import { columnsOf, ident, literal } from './physical.ts';

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
  const aside = ['search', 'share_class', 'shared', ...table.fields.filter((f) => f.computed).map((f) => f.column)].map(literal).join(', ');
  return triggerFunction(table, 'stamp', false, [
    ...pair('email', 'emails', 'address'), ...pair('phone', 'phones', 'number'),
    `if current_user <> current_schema() || '_law' and coalesce(old.owner_no, new.owner_no) <> ${actor} then perform only_the_owner_writes(${table.no}, to_jsonb(new), to_jsonb(old)); end if;`,
    `if tg_op = 'INSERT' then`,
    `  new.share_class := class_of(${table.no}, ${ident(`${table.physical}_sources`)}(new)); new.shared := false;`,
    `  new.created_at := now(); new.created_by := ${actor}; new.changed_at := now(); new.changed_by := new.created_by;`,
    // Share class and mark of sharing follow from other things; a change of these alone is nobody's.
    `else`,
    `  aside := restricted_columns(${table.no}) || array[${aside}];`,
    `  if to_jsonb(new) - aside is distinct from to_jsonb(old) - aside then new.changed_at := now(); new.changed_by := ${actor}; end if;`,
    `end if;`,
    `new.search := ${words(table)};`,
    `return new;`,
  ], 'aside text[];');
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
