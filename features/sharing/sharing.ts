// The clerk of sharing: sets the default of a table, and reads from the law who sees a record and why.
import type { Caller } from '../../kernel/caller.ts';
import { sql } from '../../kernel/database.ts';
import { invalid, notFound } from '../../kernel/errors.ts';
import { serve, type Clerk } from '../../kernel/http.ts';
import { pageOf } from '../../kernel/page.ts';
import { tableNamed } from '../custom_table/custom_table.ts';
import { changeSharing, explainAccess, listViewers } from './sharing.api.ts';

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Number of a table that the caller may ask about: administrators ask about each, others about those they see. */
function askedTable(caller: Caller, name: string, id: string): number {
  const table = caller.sight.tables.get(name) ?? (caller.profile.rights.includes('administer') ? tableNamed(caller, name) : undefined);
  if (!table || !ID.test(id)) throw notFound();
  return table.no;
}

export const clerks: Clerk[] = [
  serve(changeSharing, async ({ caller, params, body }) => {
    const table = tableNamed(caller, params.table);
    if (body.default === 'parent' || body.parent !== undefined) throw invalid('default', '"parent" is not offered yet: choose private, read or edit.', 'not_offered');
    await caller.law((db) => db.run(sql`update catalogue_table set sharing = ${body.default} where no = ${table.no}`));
    return { default: body.default };
  }),
  serve(listViewers, async ({ caller, params, query }) => {
    if (query.at !== undefined) throw invalid('at', 'Past dates are not offered yet.', 'not_offered');
    const seen = await caller.read<{ id: string; name: string; level: string }>(sql`select * from record_viewers(${askedTable(caller, params.table, params.id)}, ${params.id})`);
    return pageOf(seen.map((v) => ({ member: { id: v.id, label: v.name }, level: v.level })), query, (v) => v.member.id);
  }),
  serve(explainAccess, async ({ caller, params }) => {
    const [{ access }] = await caller.read(sql`select access_of(${params.member}, ${askedTable(caller, params.table, params.id)}, ${params.id}) as access`);
    return access;
  }),
];
