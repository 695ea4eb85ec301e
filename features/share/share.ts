// The clerk of shares. Whether the caller may share is the law's answer (share_record, unshare_record).
import { isoMoment } from '../../catalogue/kinds/moment.ts';
import { sql } from '../../kernel/database.ts';
import { notFound } from '../../kernel/errors.ts';
import { answer, serve, type Clerk } from '../../kernel/http.ts';
import { personOf } from '../../kernel/records/reading.ts';
import type { Caller } from '../../kernel/caller.ts';
import { partyOf } from '../sharing_rule/sharing_rule.ts';
import { createShare, deleteShare, listShares } from './share.api.ts';

interface Row { id: string; to: Record<string, unknown>; level: string; reason: string; until: string | null; by_no: number; at: string }

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const said = (caller: Caller, { by_no, ...share }: Row) => ({ ...share, until: share.until && isoMoment(share.until), at: isoMoment(share.at), by: personOf(caller.people, by_no) });

function asked(caller: Caller, params: { table: string; id: string }): number {
  const table = caller.sight.tables.get(params.table);
  if (!table || !ID.test(params.id)) throw notFound();
  return table.no;
}

export const clerks: Clerk[] = [
  serve(listShares, async ({ caller, params }) => {
    const rows = await caller.read<Row>(sql`select * from shares_of(${asked(caller, params)}, ${params.id})`);
    return { data: rows.map((r) => said(caller, r)), next: null };
  }),
  serve(createShare, async ({ caller, params, body }) => {
    const table = asked(caller, params);
    return caller.as(async (db) => {
      const to = await partyOf(db, caller, body.to as Record<string, string>, 'to');
      const { id } = await db.one<{ id: string }>(sql`select share_record(${table}, ${params.id}, ${to.kind}, ${to.no}, ${body.level}, ${body.reason}, ${body.until ?? null}) as id`);
      return said(caller, await db.one<Row>(sql`select * from shares_of(${table}, ${params.id}) s where s.id = ${id}`));
    });
  }),
  serve(deleteShare, async ({ caller, params }) => {
    const table = asked(caller, params);
    if (!ID.test(params.share)) throw notFound();
    await caller.as((db) => db.run(sql`select unshare_record(${table}, ${params.id}, ${params.share})`));
    return answer(204, undefined);
  }),
];
