// Begins and ends a view as another member. What it may do is the law's answer (enter); here cookies change hands.
import type { Caller } from '../../kernel/caller.ts';
import { hashOf } from '../../kernel/caller.ts';
import { door, sql } from '../../kernel/database.ts';
import { Problem } from '../../kernel/errors.ts';
import { answer, cookieName, cookieOptions, serve, type Clerk } from '../../kernel/http.ts';
import { personOf } from '../../kernel/records/reading.ts';
import { newSecret } from '../tenant/tenant.ts';
import { SESSION_DAYS } from '../sign_in/session.ts';
import { beginView, endView, readView } from './view_as.api.ts';

/** Keeps one's own session while the browser is in another's view. */
const ownName = () => `${cookieName()}-own`;

async function view(caller: Caller) {
  const [{ by }] = await caller.read<{ by: number | null }>(sql`select viewer() as by`);
  return by === null ? { member: null, by: null } : { member: { id: caller.member.id, label: caller.member.name }, by: personOf(caller.people, by) };
}

export const clerks: Clerk[] = [
  serve(readView, ({ caller }) => view(caller)),
  serve(beginView, async ({ caller, body, request, reply }) => {
    const own = request.cookies[cookieName()];
    if (caller.through !== 'screen' || !own) throw new Problem(409, 'A view begins in a browser that is signed in.');
    const secret = newSecret(caller.tenant);
    await caller.as((db) => db.run(sql`select view_as(${body.member}, ${hashOf(secret)})`));
    reply.setCookie(cookieName(), secret, cookieOptions(SESSION_DAYS));
    reply.setCookie(ownName(), own, cookieOptions(SESSION_DAYS));
    const wanted = body.member.toLowerCase();
    const seen = [...caller.people.values()].find((p) => p.id === wanted || p.email === wanted);
    return answer(201, { member: seen ? { id: seen.id, label: seen.label } : null, by: { id: caller.member.id, label: caller.member.name } });
  }),
  serve(endView, async ({ caller, request, reply }) => {
    const held = request.cookies[cookieName()];
    if (!caller.viewing || !held) throw new Problem(409, 'You see Steward as yourself.');
    await door(caller.tenant, (db) => db.run(sql`select end_view(${hashOf(held)})`));
    const own = request.cookies[ownName()];
    if (own) reply.setCookie(cookieName(), own, cookieOptions(SESSION_DAYS)); else reply.clearCookie(cookieName(), cookieOptions(0));
    reply.clearCookie(ownName(), cookieOptions(0));
    return answer(204, undefined);
  }),
];
