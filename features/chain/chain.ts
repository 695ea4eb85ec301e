// The chain's keeper and its verifier: what seals is SQL, what checks computes anew outside the database.
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isoMoment } from '../../catalogue/kinds/moment.ts';
import { asInstaller, asLaw, sql, type Db } from '../../kernel/database.ts';
import { Problem } from '../../kernel/errors.ts';
import { serve, type Clerk } from '../../kernel/http.ts';
import type { Job } from '../../kernel/jobs.ts';
import { startPostgres } from '../../kernel/postgres.ts';
import { settings } from '../../kernel/settings.ts';
import { verifyActivities } from './chain.api.ts';

export interface Verdict { ok: boolean; entries: number; head: string; first_bad?: number }
interface Link { position: string; hash: Buffer; id: string; at: string; member_no: number | null; through: string; verb: string; table_no: number | null; record_id: string | null; about: string | null; salt: Buffer | null; commitment: Buffer | null; entries: string | null }

const sha256 = (...parts: (Buffer | string)[]) => parts.reduce((h, p) => h.update(p), createHash('sha256')).digest();

/** Do the values fit what the entry commits to? Without salt they were erased: then there are none, since nothing could be checked. */
function committed({ salt, commitment, entries }: Link): boolean {
  if (commitment === null) return entries === null;
  return salt === null ? (entries ?? '').split('\n').every((e) => /^(\d+:>)?$/.test(e)) : sha256(salt, entries ?? '').equals(commitment);
}

/** The position before which an entry was pushed in afterwards: older than what is sealed, but without a link. */
async function pushedIn(db: Db): Promise<number | undefined> {
  const found = await db.maybe<{ position: string }>(sql`select 1 + (select count(*) from activity_link l join activity b on b.id = l.activity_id where (b.transaction, b.id) < (a.transaction, a.id)) as position
    from activity a where a.transaction < (select sealed_before from chain_head) and not exists (select 1 from activity_link l where l.activity_id = a.id) order by a.transaction, a.id limit 1`);
  return found && Number(found.position);
}

/**
 * Walks the chain from its beginning, 5,000 entries at a time, and computes each hash anew outside the database.
 * Finds a changed, removed, moved or pushed-in entry (`first_bad` is its position), and a cut tail by the heads published outside.
 */
export async function verify(tenant: string): Promise<Verdict> {
  return asLaw(tenant, async (db) => {
    while ((await db.one<{ n: number }>(sql`select seal_activities(10000) as n`)).n === 10000);
    let hash: Buffer = Buffer.from([0]);
    let position = 0;
    const heads = published(tenant);
    for (;;) {
      const links = await db.rows<Link>(sql`select l.position, l.hash, a.id, a.at, a.member_no, a.through, a.verb, a.table_no, a.record_id, a.about::text as about, a.salt, a.commitment,
          (select string_agg(v.field_no || ':' || coalesce(v.old::text, '') || '>' || coalesce(v.new::text, ''), E'\n' order by v.field_no) from activity_value v where v.activity_id = a.id) as entries
        from activity_link l join activity a on a.id = l.activity_id where l.position > ${position} order by l.position limit 5000`);
      for (const link of links) {
        position++;
        hash = sha256(hash, [link.id, isoMoment(link.at)!.slice(0, 26), link.member_no ?? '', link.through, link.verb, link.table_no ?? '', link.record_id ?? '', link.about ?? '', link.commitment?.toString('hex') ?? ''].join('|'));
        if (Number(link.position) !== position || !committed(link) || !hash.equals(link.hash) || (heads.get(position) ?? hash.toString('hex')) !== hash.toString('hex')) return { ok: false, entries: position, head: link.hash.toString('hex'), first_bad: position };
      }
      if (links.length < 5000) break;
    }
    const head = await db.one<{ position: string; hash: Buffer }>(sql`select position, hash from chain_head`);
    const whole = Number(head.position) === position && head.hash.equals(hash) && Math.max(0, ...heads.keys()) <= position;
    const bad = whole ? await pushedIn(db) : position + 1;
    return { ok: bad === undefined, entries: position, head: head.hash.toString('hex'), ...(bad === undefined ? {} : { first_bad: bad }) };
  });
}

/** Links what was committed since the last time, if anything was. Answers how many. */
export const seal = (tenant: string) => asLaw(tenant, async (db) => {
  const { waiting } = await db.one<{ waiting: boolean }>(sql`select exists (select 1 from activity where transaction >= (select sealed_before from chain_head)) as waiting`);
  return waiting ? (await db.one<{ n: number }>(sql`select seal_activities(5000) as n`)).n : 0;
});

const headsFile = (tenant: string) => join(settings.data, 'heads', `${tenant}.txt`);

/** Heads written outside the database, by position. Whoever cuts the chain's tail can't reach them by SQL. */
function published(tenant: string): Map<number, string> {
  if (!existsSync(headsFile(tenant))) return new Map();
  return new Map(readFileSync(headsFile(tenant), 'utf8').split('\n').filter(Boolean).map((line) => {
    const [, position, hash] = line.split(' ');
    return [Number(position), hash];
  }));
}

/** Appends today's head to the tenant's file: moment, position, hash. At most one line a day. */
export async function publishHead(tenant: string, now: Date): Promise<void> {
  await seal(tenant);
  const head = await asLaw(tenant, (db) => db.one<{ position: string; hash: Buffer }>(sql`select position, hash from chain_head`));
  const lines = existsSync(headsFile(tenant)) ? readFileSync(headsFile(tenant), 'utf8').trim().split('\n') : [];
  const [last = '', position] = lines.at(-1)?.split(' ') ?? [];
  if (last.slice(0, 10) === now.toISOString().slice(0, 10) || position === head.position) return;
  mkdirSync(dirname(headsFile(tenant)), { recursive: true, mode: 0o700 });
  appendFileSync(headsFile(tenant), `${now.toISOString()} ${head.position} ${head.hash.toString('hex')}\n`, { mode: 0o600 });
}

/** Seals soon after each write, and publishes the head once a day. */
export const sealing: Job = {
  name: 'chain',
  claim: async (tenant) => { await seal(tenant); return undefined; },
  sweep: (tenant) => publishHead(tenant, new Date()),
};

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
  serve(verifyActivities, async ({ caller }) => {
    // Asked of the database as the member, since the walk itself goes on as the law.
    const [{ allowed }] = await caller.read<{ allowed: boolean }>(sql`select may('administer') or may('dpo') as allowed`);
    if (!allowed) throw new Problem(403, 'Your profile does not allow this.');
    return verify(caller.tenant);
  }),
];
