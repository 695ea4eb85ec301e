// Sessions, tokens, the password, and who one is.
import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { emailAddress } from '../../catalogue/kinds/email.ts';
import { isoMoment } from '../../catalogue/kinds/moment.ts';
import type { SeenTable } from '../../catalogue/catalogue.ts';
import { findCaller, hashOf, type Caller } from '../../kernel/caller.ts';
import { asInstaller, door, sql } from '../../kernel/database.ts';
import { notFound, Problem } from '../../kernel/errors.ts';
import { answer, cookieName, cookieOptions, serve, type Clerk } from '../../kernel/http.ts';
import { personOf } from '../../kernel/records/reading.ts';
import { addressHash, newSecret } from '../tenant/tenant.ts';
import { hashPassword, isPassword } from './password.ts';
import * as api from './sign_in.api.ts';
import { clerks as signUp } from './sign_up.ts';
import { deviceOf, knowDevice, knownDevice, SESSION_DAYS } from './session.ts';

interface Place { key: string; name: string; booked: boolean }
interface Match extends Place { member_no: number }
interface Open { id: string; kind: 'cookie' | 'token'; name: string; created_at: string; seen_at: string; expires_at: string }

/**
 * The tenants where an address may belong to somebody. An unknown one is looked for in one tenant all the same, always in the same: its tries
 * are counted there, and the work is that of a known one.
 */
async function placesOf(address: Buffer): Promise<Place[]> {
  const from = address.toString('hex').slice(0, 10);
  const rows = await asInstaller((db) => db.rows<Place>(sql`
    select t.key, t.name, true as booked from steward.address_book b join steward.tenant t on t.key = b.tenant where b.address = ${address}
    union all (select key, name, false from steward.tenant where key >= ${from} order by key limit 1)
    union all (select key, name, false from steward.tenant order by key limit 1)`));
  const booked = rows.filter((p) => p.booked);
  return booked.length > 0 ? booked : rows.slice(0, 1);
}

/** Counted before any password is looked at, so that tries at the same moment count too. */
async function countTry(places: { key: string }[], tried: Buffer, known: boolean): Promise<void> {
  const waits = await Promise.all(places.map(({ key }) => door(key, (db) => db.one<{ seconds: number }>(sql`select try_sign_in(${tried}, ${known}) as seconds`))));
  const seconds = Math.max(0, ...waits.map((w) => w.seconds));
  if (seconds > 0) throw new Problem(429, 'Too many tries. Wait a while, then try again.', [], { 'retry-after': String(seconds) });
}

/** Those of the places where the password is right; each is looked at, so that the time does not tell which. */
async function matches(places: Place[], email: string, password: string): Promise<Match[]> {
  const right: Match[] = [];
  if (places.length === 0) await isPassword(password, undefined);
  for (const place of places) {
    const kept = await door(place.key, (db) => db.maybe<{ member_no: number; password: string }>(sql`select * from password_of(${email})`));
    if (await isPassword(password, kept?.password) && kept) right.push({ ...place, member_no: kept.member_no });
  }
  return right;
}

const wrong = () => new Problem(401, 'E-mail address or password is wrong.');

/** Names only after the password was right for them. Two tenants of one name are told apart by key. */
function choose(right: Match[], tenant: string | undefined): Match {
  if (right.length === 0) throw wrong();
  const called = (m: Match) => (right.some((other) => other !== m && other.name === m.name) ? `${m.name} (${m.key})` : m.name);
  const chosen = tenant === undefined ? right : right.filter((m) => [m.key, called(m)].includes(tenant));
  if (chosen.length === 1) return chosen[0];
  const names = right.map(called).sort().join(', ');
  throw new Problem(409, `Your address belongs to several companies: ${names}. Name the one to sign in to.`, [{ field: 'tenant', code: 'choose', message: names }]);
}

/** A browser that signs in anew leaves no older session of its own behind; nothing that was set before sign-in is ever taken over. */
async function endHeld(request: FastifyRequest): Promise<void> {
  const held = request.cookies[cookieName()];
  const before = held && (await findCaller(held, 'screen', true));
  if (before) await before.as((db) => db.run(sql`select end_session(${before.session}::uuid)`)).catch(() => undefined);
}

async function enterByPassword(body: { email: string; password: string; tenant?: string }, request: FastifyRequest, reply: FastifyReply) {
  const email = emailAddress(body.email) ?? body.email;
  const address = addressHash(email);
  const places = await placesOf(address);
  const device = knownDevice(request, address);
  const tried = device ?? address;
  await countTry(places, tried, device !== undefined);
  const right = await matches(places, email, body.password);
  const place = choose(right, body.tenant);
  const secret = newSecret(place.key);
  const { session } = await door(place.key, (db) => db.one<{ session: string | null }>(sql`select open_session(${place.member_no}, ${hashOf(secret)}, ${deviceOf(request)}, now() + make_interval(days => ${SESSION_DAYS})) as session`));
  if (!session) throw wrong();
  await Promise.all(right.map(({ key }) => door(key, (db) => db.run(sql`select forgive_tries(${tried})`))));
  await endHeld(request);
  const signed = await signedIn(secret, reply);
  // After the session's cookie: simple clients read the first one only.
  if (!device) knowDevice(reply, address);
  return signed;
}

async function signedIn(secret: string, reply: FastifyReply) {
  const caller = await findCaller(secret, 'screen', true);
  if (!caller) throw wrong();
  reply.setCookie(cookieName(), secret, cookieOptions(SESSION_DAYS));
  const { id, name, email } = caller.member;
  return { member: { id, name, email }, tenant: { name: caller.company.name } };
}

const forMe = ({ name, label, labels, icon, title, subject, append_only, standard, sharing, can, layout, fields }: SeenTable) => ({
  name, label, labels, icon, title, subject, append_only, standard, sharing, can, layout,
  fields: fields.map((f) => ({ name: f.name, label: f.label, kind: f.kind, required: f.required, unique: f.unique, tracked: f.tracked, personal: f.personal, category: f.category, purpose: f.purpose, origin: f.origin, to: f.to, choices: f.choices, computed: f.computed !== null, level: f.level })),
});

async function me(caller: Caller) {
  // Also the entrance: a session that has ended, or rights that have changed, show here.
  const [{ views, ...tenant }] = await caller.read<{ name: string; currency: string; views: { by_no: number; at: string }[] }>(sql`select name, currency, coalesce((select jsonb_agg(to_jsonb(v) order by v.at desc) from viewed_by() v), '[]') as views from tenant`);
  const { id, name, email, language, time_zone } = caller.member;
  return { member: { id, name, email, language, time_zone }, profile: { id: caller.profile.id, name: caller.profile.name, rights: caller.profile.rights }, tenant, viewed_by: views.map((v) => ({ by: personOf(caller.people, v.by_no), at: isoMoment(v.at) })), tables: [...caller.sight.tables.values()].map(forMe) };
}

async function opened(caller: Caller, kind: Open['kind'], { limit, cursor }: { limit: number; cursor?: string }) {
  const rows = await caller.read<Open>(sql`select * from my_sessions() where kind = ${kind} order by created_at desc, id`);
  const from = cursor ? rows.findIndex((s) => s.id === cursor) + 1 : 0;
  return { rows: rows.slice(from, from + limit), next: rows.length > from + limit ? rows[from + limit - 1].id : null };
}

const moment = (at: string) => new Date(at).toISOString();
const shownToken = (s: Open) => ({ id: s.id, name: s.name, created_at: moment(s.created_at), used_at: s.seen_at === s.created_at ? null : moment(s.seen_at), expires_at: moment(s.expires_at) });

async function end(caller: Caller, kind: Open['kind'], id: string): Promise<void> {
  const ended = await caller.as((db) => db.maybe(sql`select from my_sessions() s where s.id = ${id}::uuid and s.kind = ${kind} and end_session(s.id)`));
  if (!ended) throw notFound();
}

async function newToken(caller: Caller, body: { name: string; expires_at?: string | null }) {
  const token = newSecret(caller.tenant, 'stw_');
  return caller.as(async (db) => {
    const { id } = await db.one(sql`select new_token(${body.name}, ${hashOf(token)}, coalesce(${body.expires_at ?? null}::timestamptz, now() + interval '90 days')) as id`);
    return { ...shownToken(await db.one<Open>(sql`select * from my_sessions() where id = ${id}`)), token };
  });
}

async function setPassword(caller: Caller, body: { current: string; new: string }, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  // Whoever found an open session may not try out passwords here either; counted apart, so that a flood at the front door changes nothing.
  const tried = createHash('sha256').update('password').update(addressHash(caller.member.email)).digest();
  await countTry([{ key: caller.tenant }], tried, true);
  const kept = await door(caller.tenant, (db) => db.maybe<{ password: string }>(sql`select password from password_of(${caller.member.email})`));
  if (!kept || !(await isPassword(body.current, kept.password))) throw new Problem(422, 'The current password is wrong.', [{ field: 'current', code: 'wrong', message: 'The current password is wrong.' }]);
  const fresh = await hashPassword(body.new);
  const secret = caller.through === 'screen' ? newSecret(caller.tenant) : null;
  await caller.as((db) => db.run(sql`select change_password(${kept.password}, ${fresh}, ${secret && hashOf(secret)}::bytea, ${deviceOf(request)}, now() + make_interval(days => ${SESSION_DAYS}))`));
  await door(caller.tenant, (db) => db.run(sql`select forgive_tries(${tried})`));
  if (secret) reply.setCookie(cookieName(), secret, cookieOptions(SESSION_DAYS));
}

export const clerks: Clerk[] = [
  ...signUp,
  serve(api.signIn, ({ body, request, reply }) => enterByPassword(body, request, reply)),
  serve(api.signOut, async ({ caller, reply }) => {
    await caller.as((db) => db.run(sql`select end_session(${caller.session}::uuid)`));
    reply.clearCookie(cookieName(), cookieOptions(0));
  }),
  serve(api.readMe, ({ caller }) => me(caller)),
  serve(api.changeMe, async ({ caller, body }) => {
    await caller.as((db) => db.run(sql`select change_me(${body.language ?? null}, ${body.time_zone ?? null})`));
    const { id, name, email, language, time_zone } = caller.member;
    return { id, name, email, language: body.language ?? language, time_zone: body.time_zone ?? time_zone };
  }),
  serve(api.listSessions, async ({ caller, query }) => {
    const { rows, next } = await opened(caller, 'cookie', query);
    return { data: rows.map((s) => ({ id: s.id, device: s.name, created_at: moment(s.created_at), seen_at: moment(s.seen_at), expires_at: moment(s.expires_at), current: s.id === caller.session })), next };
  }),
  serve(api.endSession, ({ caller, params }) => end(caller, 'cookie', params.id)),
  serve(api.listTokens, async ({ caller, query }) => {
    const { rows, next } = await opened(caller, 'token', query);
    return { data: rows.map(shownToken), next };
  }),
  serve(api.makeToken, async ({ caller, body }) => answer(201, await newToken(caller, body))),
  serve(api.endToken, ({ caller, params }) => end(caller, 'token', params.id)),
  serve(api.changePassword, ({ caller, body, request, reply }) => setPassword(caller, body, request, reply)),
];
