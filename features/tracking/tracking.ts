// Activities for people to read, sealed into a chain, and the verifier that shares nothing with what wrote them.
import { createHash } from 'node:crypto';
import type { SeenField } from '../../catalogue/catalogue.ts';
import { kindOf } from '../../catalogue/kinds.ts';
import { isoMoment } from '../../catalogue/kinds/moment.ts';
import type { Caller } from '../../kernel/caller.ts';
import { asInstaller, asLaw, sql, type Db, type Query } from '../../kernel/database.ts';
import { Problem } from '../../kernel/errors.ts';
import { serve, type Clerk } from '../../kernel/http.ts';
import { startPostgres } from '../../kernel/postgres.ts';
import { openPlace, questionOf, sealPlace } from '../../kernel/records/paging.ts';
import { personOf } from '../../kernel/records/reading.ts';
import { listActivities, recordActivities, verifyActivities } from './tracking.api.ts';

interface Row { id: string; at: string; member_no: number | null; verb: string; through: string; table_no: number | null; record_id: string | null; about: unknown; changes: { field: number; old: unknown; new: unknown }[] | null }

/** A tracked value back in API form; links and members with their labels as far as seen. */
function valueOf(caller: Caller, field: SeenField, kept: unknown, labels: Map<string, string>): unknown {
  if (kept === null) return null;
  if (field.kind === 'member') return personOf(caller.people, kept);
  if (field.kind === 'link' && field.to !== '*') return labels.has(kept as string) ? { id: kept, label: labels.get(kept as string) } : null;
  if (field.kind === 'link' || field.kind === 'links') return null;
  const columns = kindOf(field).columns.length > 1 ? (kept as unknown[]) : [kept];
  return kindOf(field).fromColumns(columns, field);
}

/** Names of linked records, one query a table, under the reader's own row security. */
async function linkLabels(db: Db, caller: Caller, rows: Row[], fields: Map<number, SeenField>): Promise<Map<string, string>> {
  const wanted = new Map<string, Set<string>>();
  for (const change of rows.flatMap((r) => r.changes ?? [])) {
    const field = fields.get(change.field);
    if (field?.kind !== 'link' || field.to === '*') continue;
    for (const id of [change.old, change.new]) if (typeof id === 'string') wanted.set(field.to!, (wanted.get(field.to!) ?? new Set()).add(id));
  }
  const labels = new Map<string, string>();
  for (const [name, ids] of wanted) {
    const table = caller.sight.tables.get(name);
    const title = table?.fields.find((f) => f.name === table.title);
    if (!table || !title) continue;
    for (const row of await db.rows<{ id: string; label: string }>(sql`select id, left(${sql.ref(title.column)}::text, 200) as label from ${sql.table(table.physical)} where id = any(${[...ids]}::uuid[])`)) labels.set(row.id, row.label);
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
      return field ? [{ field: field.name, old: valueOf(caller, field, c.old, labels), new: valueOf(caller, field, c.new, labels) }] : [];
    }),
  }));
  return { data, next: rows.length > limit ? sealPlace(caller, asked, { values: [], id: rows[limit - 1].id, empty: false }) : null };
}

export interface Verdict { ok: boolean; entries: number; head: string; first_bad?: number }
interface Link { position: string; hash: Buffer; id: string; at: string; member_no: number | null; through: string; verb: string; table_no: number | null; record_id: string | null; about: string | null; salt: Buffer | null; commitment: Buffer | null; entries: string | null }

const sha256 = (...parts: (Buffer | string)[]) => parts.reduce((h, p) => h.update(p), createHash('sha256')).digest();

/**
 * Walks the chain from its beginning, 5,000 entries at a time, and computes each hash anew outside the database.
 * Finds a changed, removed or moved entry (`first_bad` is its position) and a cut tail (head does not match).
 */
export async function verify(tenant: string): Promise<Verdict> {
  return asLaw(tenant, async (db) => {
    while ((await db.one<{ n: number }>(sql`select seal_activities(10000) as n`)).n === 10000);
    let hash: Buffer = Buffer.from([0]);
    let position = 0;
    for (;;) {
      const links = await db.rows<Link>(sql`select l.position, l.hash, a.id, a.at, a.member_no, a.through, a.verb, a.table_no, a.record_id, a.about::text as about, a.salt, a.commitment,
          case when a.salt is not null then (select string_agg(v.field_no || ':' || coalesce(v.old::text, '') || '>' || coalesce(v.new::text, ''), E'\n' order by v.field_no) from activity_value v where v.activity_id = a.id) end as entries
        from activity_link l join activity a on a.id = l.activity_id where l.position > ${position} order by l.position limit 5000`);
      for (const link of links) {
        position++;
        const committed = link.salt === null || sha256(link.salt, link.entries ?? '').equals(link.commitment!);
        hash = sha256(hash, [link.id, isoMoment(link.at)!.slice(0, 26), link.member_no ?? '', link.through, link.verb, link.table_no ?? '', link.record_id ?? '', link.about ?? '', link.commitment?.toString('hex') ?? ''].join('|'));
        if (Number(link.position) !== position || !committed || !hash.equals(link.hash)) return { ok: false, entries: position, head: link.hash.toString('hex'), first_bad: position };
      }
      if (links.length < 5000) break;
    }
    const head = await db.one<{ position: string; hash: Buffer }>(sql`select position, hash from chain_head`);
    const whole = Number(head.position) === position && head.hash.equals(hash);
    return { ok: whole, entries: position, head: head.hash.toString('hex'), ...(whole ? {} : { first_bad: position + 1 }) };
  });
}

/** Links what was committed since the last time; called after writes settle. Answers how many. */
export const seal = (tenant: string) => asLaw(tenant, async (db) => (await db.one<{ n: number }>(sql`select seal_activities(5000) as n`)).n);

/** `steward verify [--tenant key]`: all tenants unless one is named; exit code 1 when a chain is broken. */
export async function verifyCommand({ tenant, json }: { tenant?: string; json?: boolean }): Promise<void> {
  const server = await startPostgres();
  const tenants = tenant ? [tenant] : (await asInstaller((db) => db.rows<{ key: string }>(sql`select key from steward.tenant order by opened_at`))).map((t) => t.key);
  for (const key of tenants) {
    const verdict = await verify(key);
    if (!verdict.ok) process.exitCode = 1;
    process.stdout.write(json ? `${JSON.stringify({ tenant: key, ...verdict })}\n` : `${key}: ${verdict.ok ? 'whole' : `broken at entry ${verdict.first_bad}`}, ${verdict.entries} entries, head ${verdict.head}\n`);
  }
  await server.stop();
}


export const clerks: Clerk[] = [
  serve(recordActivities, async ({ caller, params, query: { limit, cursor } }) => {
    const table = caller.sight.tables.get(params.table);
    const id = /^[0-9a-f-]{36}$/i.test(params.id) ? params.id.toLowerCase() : undefined;
    return caller.as(async (db) => {
      const seen = table && id && (await db.one<{ seen: boolean }>(sql`select record_seen(${table.no}, ${id}) as seen`)).seen;
      if (!seen) throw new Problem(404, 'There is nothing here that you may see.');
      return activities(db, caller, sql`a.record_id = ${id} and a.table_no = ${table.no}`, [params.table, id], limit, cursor);
    });
  }),
  serve(listActivities, async ({ caller, query: { limit, cursor, verb } }) =>
    caller.as((db) => activities(db, caller, verb ? sql`a.verb = ${verb}` : sql`true`, [verb ?? null], limit, cursor))),
  serve(verifyActivities, async ({ caller }) => {
    if (!caller.profile.rights.some((r) => r === 'administer' || r === 'dpo')) throw new Problem(403, 'Your profile does not allow this.');
    return verify(caller.tenant);
  }),
];
