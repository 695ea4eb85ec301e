// Row security of record tables: from sharing settings in the catalogue to policies, and the functions they ask.
import type { Field, Table } from './catalogue.ts';
import { ident, literal } from './physical.ts';

/**
 * Functions through which other tables' policies ask about records of this one: is it seen (in the asker's own rights; a table that his profile
 * hides has none), does he own it. Definer functions would see everything, and a plain sub-select would fail for who may not see the table at all.
 */
export function sightFunctions(table: Table): string {
  const t = ident(table.physical);
  return [
    `create or replace function ${ident(`${table.physical}_seen`)}(record uuid) returns boolean language plpgsql stable set search_path from current as $$ begin if not has_column_privilege(${literal(t)}, 'id', 'select') then return false; end if; return exists (select 1 from ${t} x where x.id = record); end $$;`,
    `create or replace function ${ident(`${table.physical}_owned`)}(record uuid, mine bit varying) returns boolean language sql stable security definer set search_path from current as $$ select exists (select 1 from ${t} x where x.id = record and get_bit(mine, x.owner_no) = 1) $$;`,
    // For who sees few rows (are_few): all that could be his. A hint only, the policy judges each of them again. One look-up for each owner and class, or a plan for many would read the whole table for none.
    `create or replace function ${ident(`${table.physical}_few`)}() returns uuid[] language plpgsql stable security definer set search_path from current as $$ declare acting int := me(); begin return array(
      select x.id from (select unnest(r.owners) as o from member_reach r where r.member_no = acting
        union all select g from access_source_member y join access_source a on a.no = y.source_no cross join lateral generate_series(1, length(a.owners) - 1) g where y.member_no = acting and a.table_no = ${table.no} and a.owners is not null and get_bit(a.owners, g) = 1) w
        cross join lateral (select z.id from ${t} z where z.owner_no = w.o offset 0) x
      union all select x.id from access_source_member y join access_source a on a.no = y.source_no and a.table_no = ${table.no} and a.test is not null join share_class c on c.table_no = ${table.no} and a.no = any (c.sources)
        cross join lateral (select z.id from ${t} z where z.share_class = c.no offset 0) x where y.member_no = acting
      union all select s.record_id from share s where s.table_no = ${table.no} and s.to_code = any (my_codes())); end $$;`,
    `grant execute on function ${ident(`${table.physical}_seen`)}(uuid), ${ident(`${table.physical}_owned`)}(uuid, bit varying), ${ident(`${table.physical}_few`)}() to steward_member;`,
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
