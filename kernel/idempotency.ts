// Idempotency-Key: the first answer is kept in the same transaction as the work, so that a retry after a cut finds one record, not two.
import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Caller } from './caller.ts';
import { sql, type Db } from './database.ts';
import { Problem } from './errors.ts';
import type { Answer } from './http.ts';
import { derive, seal, unseal } from './keys.ts';

interface Kept { asked: Buffer; answer: Buffer | null }

const sealing = (caller: Caller) => derive('first_answer', caller.tenant);

async function claim(db: Db, caller: Caller, key: string, asked: Buffer): Promise<Answer | undefined> {
  await db.run(sql`delete from first_answer where member_no = ${caller.member.no} and key = ${key} and at < now() - interval '24 hours'`);
  // A second request with the same key waits here until the first one ends.
  const made = await db.run(sql`insert into first_answer (member_no, key, asked) values (${caller.member.no}, ${key}, ${asked}) on conflict do nothing`);
  if (made === 1) return undefined;
  const kept = await db.one<Kept>(sql`select asked, answer from first_answer where member_no = ${caller.member.no} and key = ${key}`);
  if (!kept.asked.equals(asked)) throw new Problem(422, 'This Idempotency-Key was used with another request.', [{ field: 'Idempotency-Key', code: 'used', message: 'Use a new key for a new request.' }]);
  if (!kept.answer) throw new Problem(409, 'The first request with this key is still under way.', [], { 'retry-after': '2' });
  return JSON.parse(unseal(sealing(caller), kept.answer, key).toString('utf8'));
}

/**
 * Runs `work` once per member, key and body within 24 hours and replays its answer afterwards.
 * @throws Problem 422 for the same key with another body.
 */
export async function firstAnswer(caller: Caller, key: string, request: FastifyRequest, work: (caller: Caller) => Promise<Answer>): Promise<Answer> {
  if (!/^[\x21-\x7e]{1,200}$/.test(key)) throw new Problem(422, 'An Idempotency-Key has 1 to 200 visible characters.', [{ field: 'Idempotency-Key', code: 'invalid', message: 'is not usable' }]);
  const asked = createHash('sha256').update(`${request.method} ${request.url}\n${JSON.stringify(request.body ?? null)}`).digest();
  return caller.as(async (db) => {
    const replay = await claim(db, caller, key, asked);
    if (replay) return replay;
    const inside: Caller = { ...caller, as: (inner) => inner(db), read: (query) => db.rows(query), reader: () => db };
    const answer = await work(inside);
    await db.run(sql`update first_answer set answer = ${seal(sealing(caller), Buffer.from(JSON.stringify(answer)), key)} where member_no = ${caller.member.no} and key = ${key}`);
    return answer;
  });
}
