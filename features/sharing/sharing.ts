// The clerk of sharing: sets the default of a table, and reads from the law who sees a record and why.
import type { Table } from '../../catalogue/catalogue.ts';
import { policies } from '../../catalogue/row_security.ts';
import type { Caller } from '../../kernel/caller.ts';
import { sql, type Db } from '../../kernel/database.ts';
import { invalid, notFound } from '../../kernel/errors.ts';
import { serve, type Clerk } from '../../kernel/http.ts';
import { inTenant } from '../../kernel/install.ts';
import { pageOf } from '../../kernel/page.ts';
import { tableNamed } from '../custom_table/custom_table.ts';
import { trackFields } from '../team/team.ts';
import { changeLinkSharing, changeSharing, explainAccess, listViewers } from './sharing.api.ts';

interface Then { exact: boolean; reason?: string; data: { member: { id: string; label: string }; level: string }[] }

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Number of a table that the caller may ask about: administrators ask about each, others about those they see. */
function askedTable(caller: Caller, name: string, id: string): number {
  const table = caller.sight.tables.get(name) ?? (caller.profile.rights.includes('administer') ? tableNamed(caller, name) : undefined);
  if (!table || !ID.test(id)) throw notFound();
  return table.no;
}

/** Lays the row policies anew of those tables whose condition is another now. */
async function relay(db: Db, caller: Caller, tables: Table[]): Promise<void> {
  const before = new Map(caller.catalogue.tables.map((t) => [t.no, policies(t, caller.catalogue.tables)]));
  const moved = tables.map((t) => ({ no: t.no, text: policies(t, tables) })).filter(({ no, text }) => before.get(no) !== text);
  await db.script(inTenant(caller.tenant, moved.map(({ text }) => text).join('\n')));
}

export const clerks: Clerk[] = [
  serve(changeSharing, async ({ caller, params, body }) => {
    const table = tableNamed(caller, params.table);
    if ((body.default === 'parent') !== (body.parent !== undefined)) throw invalid('parent', body.parent === undefined ? 'Name the link field that leads to the parent.' : 'Only sharing by parent has one.', 'required');
    if (body.parent !== undefined && !table.fields.some((f) => f.name === body.parent)) throw invalid('parent', 'There is no such field.', 'unknown');
    const changed = { ...table, sharing: body.default, parent: body.parent ?? null };
    await caller.law(async (db) => {
      const link = table.fields.filter((f) => f.name === body.parent);
      await trackFields(db, caller, link.map((field) => ({ table, field })));
      await db.run(sql`update catalogue_table set sharing = ${body.default}, parent_field = ${body.parent ?? null} where no = ${table.no}`);
      // Asked for now, so that a refusal comes before the policies are laid.
      await db.script('set constraints all immediate');
      await relay(db, caller, caller.catalogue.tables.map((t) => (t.no === table.no ? changed : t)));
    });
    return body.parent === undefined ? { default: body.default } : body;
  }),
  serve(changeLinkSharing, async ({ caller, params, body }) => {
    const table = tableNamed(caller, params.table);
    const link = table.fields.find((f) => f.name === params.field && f.kind === 'link' && f.to !== '*');
    if (!link) throw notFound();
    const sight = { parent: 'label' as const, children: 'none' as const, ...link.sight, ...body };
    await caller.law(async (db) => {
      if (sight.parent === 'read' || sight.children === 'read') await trackFields(db, caller, [{ table, field: link }]);
      await db.run(sql`insert into link_sharing (field_no, parent, children) values (${link.no}, ${sight.parent}, ${sight.children}) on conflict (field_no) do update set parent = excluded.parent, children = excluded.children`);
      await relay(db, caller, caller.catalogue.tables.map((t) => (t.no === table.no ? { ...t, fields: t.fields.map((f) => (f.no === link.no ? { ...f, sight } : f)) } : t)));
    });
    return sight;
  }),
  serve(listViewers, async ({ caller, params, query }) => {
    if (query.at !== undefined) {
      const table = askedTable(caller, params.table, params.id);
      // Puts the rights of then back and undoes it again: a transaction that may write.
      const { then } = await caller.as((db) => db.one<{ then: Then }>(sql`select viewers_then(${table}, ${params.id}, ${query.at}) as then`));
      return { ...pageOf(then.data, query, (v) => v.member.id), exact: then.exact, ...(then.reason ? { reason: then.reason } : {}) };
    }
    const seen = await caller.read<{ id: string; name: string; level: string }>(sql`select * from record_viewers(${askedTable(caller, params.table, params.id)}, ${params.id})`);
    return pageOf(seen.map((v) => ({ member: { id: v.id, label: v.name }, level: v.level })), query, (v) => v.member.id);
  }),
  serve(explainAccess, async ({ caller, params }) => {
    const [{ access }] = await caller.read(sql`select access_of(${params.member}, ${askedTable(caller, params.table, params.id)}, ${params.id}) as access`);
    return access;
  }),
];
