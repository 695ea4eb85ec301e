// Activities for people to read: of one record, or of the tenant.
import { isDeepStrictEqual } from 'node:util';
import type { SeenField } from '../../catalogue/catalogue.ts';
import { kindOf } from '../../catalogue/kinds.ts';
import { isoMoment } from '../../catalogue/kinds/moment.ts';
import type { Caller } from '../../kernel/caller.ts';
import { sql, type Db, type Query } from '../../kernel/database.ts';
import { uuid } from '../../kernel/contract.ts';
import { Problem } from '../../kernel/errors.ts';
import { serve, type Clerk } from '../../kernel/http.ts';
import { openPlace, questionOf, sealPlace } from '../../kernel/records/paging.ts';
import { personOf } from '../../kernel/records/reading.ts';
import { listActivities, recordActivities } from './tracking.api.ts';

interface Row { id: string; at: string; member_no: number | null; verb: string; through: string; table_no: number | null; record_id: string | null; about: unknown; changes: { field: number; old: unknown; new: unknown }[] | null }

/** Names of the linked records that the reader sees, by id. */
type Labels = Map<string, string | null>;

/** A tracked value back in API form; links and members with their labels as far as seen. */
function valueOf(caller: Caller, field: SeenField, kept: unknown, labels: Labels): unknown {
  if (kept === null) return field.kind === 'links' ? [] : null;
  if (field.kind === 'member') return personOf(caller.people, kept);
  if (field.kind === 'link' && field.to !== '*') return labels.has(kept as string) ? { id: kept, label: labels.get(kept as string) } : null;
  if (field.kind === 'links') return (kept as string[]).filter((id) => labels.has(id)).map((id) => ({ id, label: labels.get(id) }));
  if (field.kind === 'link') {
    const [id, no] = kept as [string, number];
    return labels.has(id) ? { table: tableOf(caller, no)?.name, id, label: labels.get(id) } : null;
  }
  const columns = kindOf(field).columns.length > 1 ? (kept as unknown[]) : [kept];
  return kindOf(field).fromColumns(columns, field);
}

const tableOf = (caller: Caller, no: number) => [...caller.sight.tables.values()].find((t) => t.no === no);

/** Table and ids that a tracked link leads to. */
function linked(caller: Caller, field: SeenField, kept: unknown): [table: string | undefined, ids: string[]] {
  if (kept === null || (field.kind !== 'link' && field.kind !== 'links')) return [undefined, []];
  if (field.kind === 'links') return [field.to!, kept as string[]];
  return field.to === '*' ? [tableOf(caller, (kept as [string, number])[1])?.name, [(kept as [string, number])[0]]] : [field.to!, [kept as string]];
}

/** Names of linked records, one query a table, under the reader's own row security. */
async function linkLabels(db: Db, caller: Caller, rows: Row[], fields: Map<number, SeenField>): Promise<Labels> {
  const wanted = new Map<string, Set<string>>();
  for (const change of rows.flatMap((r) => r.changes ?? [])) {
    const field = fields.get(change.field);
    for (const kept of field ? [change.old, change.new] : []) {
      const [table, ids] = linked(caller, field!, kept);
      for (const id of ids) wanted.set(table ?? '', (wanted.get(table ?? '') ?? new Set()).add(id));
    }
  }
  const labels: Labels = new Map();
  for (const [name, ids] of wanted) {
    const table = caller.sight.tables.get(name);
    const title = table?.fields.find((f) => f.name === table.title);
    if (!table) continue;
    for (const row of await db.rows<{ id: string; label: string | null }>(sql`select id, ${title ? sql`left(${sql.ref(title.column)}::text, 200)` : sql`null`} as label from ${sql.table(table.physical)} where id = any(${[...ids]}::uuid[])`)) labels.set(row.id, row.label);
  }
  return labels;
}

async function activities(db: Db, caller: Caller, where: Query, question: unknown, limit: number, cursor: string | undefined) {
  const asked = questionOf(caller, { name: 'activity' } as never, question);
  const place = cursor === undefined ? undefined : openPlace(caller, asked, cursor);
  const rows = await db.rows<Row>(sql`select a.id, a.at, a.member_no, a.verb, a.through, a.table_no, a.record_id, a.about,
      (select jsonb_agg(jsonb_build_object('field', v.field_no, 'old', v.old, 'new', v.new) order by v.field_no) from activity_value v where v.activity_id = a.id) as changes
    from activity a where ${where} and ${place ? sql`a.id < ${place.id}` : sql`true`} order by a.id desc limit ${limit + 1}`);
  const fields = new Map([...caller.sight.tables.values()].flatMap((t) => t.fields.map((f) => [f.no, f] as const)));
  const tables = new Map([...caller.sight.tables.values()].map((t) => [t.no, t.name]));
  const labels = await linkLabels(db, caller, rows, fields);
  const data = rows.slice(0, limit).map((r) => ({
    id: r.id, at: isoMoment(r.at), by: personOf(caller.people, r.member_no), verb: r.verb, through: r.through, table: tables.get(r.table_no ?? 0) ?? null, record: r.record_id, ...(r.about ? { about: r.about } : {}),
    changes: (r.changes ?? []).flatMap((c) => {
      const field = fields.get(c.field);
      if (!field) return [];
      const [old, fresh] = [valueOf(caller, field, c.old, labels), valueOf(caller, field, c.new, labels)];
      // From one hidden record to another, or to none: to this reader nothing happened.
      return isDeepStrictEqual(old, fresh) ? [] : [{ field: field.name, old, new: fresh }];
    }),
  })).filter((a) => a.verb !== 'change' || a.changes.length > 0);
  return { data, next: rows.length > limit ? sealPlace(caller, asked, { values: [], id: rows[limit - 1].id, empty: false }) : null };
}

export const clerks: Clerk[] = [
  serve(recordActivities, async ({ caller, params, query: { limit, cursor } }) => {
    const table = caller.sight.tables.get(params.table);
    const id = uuid.safeParse(params.id).data;
    return caller.as(async (db) => {
      const seen = table && id && (await db.one<{ seen: boolean }>(sql`select record_seen(${table.no}, ${id}) as seen`)).seen;
      if (!seen) throw new Problem(404, 'There is nothing here that you may see.');
      return activities(db, caller, sql`a.record_id = ${id} and a.table_no = ${table.no}`, [params.table, id], limit, cursor);
    });
  }),
  serve(listActivities, async ({ caller, query: { limit, cursor, verb } }) =>
    caller.as((db) => activities(db, caller, verb ? sql`a.verb = ${verb}` : sql`true`, [verb ?? null], limit, cursor))),
];
