// How one becomes a member: the first run and invitations. What is accepted there is kept word for word, with time and context (SPEC 1.5).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { hashOf, tenantOf } from '../../kernel/caller.ts';
import { asInstaller, closeDoor, door, sql, type Db } from '../../kernel/database.ts';
import { notFound, Problem } from '../../kernel/errors.ts';
import { cookieName, cookieOptions, parse, serve, type Clerk } from '../../kernel/http.ts';
import { projectFolder } from '../../kernel/settings.ts';
import { addressOf, newSecret, openTenant } from '../tenant/tenant.ts';
import { hashPassword } from './password.ts';
import { deviceOf, networkOf, SESSION_DAYS } from './session.ts';
import * as api from './sign_in.api.ts';

interface Invited { member_no: number; member_id: string; name: string; email: string; tenant_name: string }

function notice(name: string): { version: string; text: string } {
  const [, version, text] = /^Version: (\S+)\n\n([^]+)$/.exec(readFileSync(join(projectFolder, 'docs', `${name}.md`), 'utf8').replaceAll('\r\n', '\n')) ?? [];
  if (!version) throw new Error(`docs/${name}.md must begin with a line "Version: …".`);
  return { version, text: text.trim() };
}

/** Read once: what is shown and what is kept as accepted are the same text. */
const notices = { terms: notice('terms'), privacy: notice('privacy') };
const documents = JSON.stringify(Object.entries(notices).map(([document, { version, text }]) => ({ document, version, wording: text })));

/** Where the boxes were ticked; the address of the page without its token. */
const contextOf = (request: FastifyRequest, page: string) => JSON.stringify({ ip: networkOf(request.ip), agent: deviceOf(request), url: addressOf(page, request.socket.localPort) });

/** Password, acceptance and session in one statement: all of it or nothing. Answers the session's secret. */
async function accept(db: Db, tenant: string, token: string, password: string, request: FastifyRequest, page: string): Promise<string> {
  const secret = newSecret(tenant);
  await db.run(sql`select open_session(accept_invitation(${hashOf(token)}, ${password}, ${documents}::jsonb, ${contextOf(request, page)}::jsonb), ${hashOf(secret)}, ${deviceOf(request)}, now() + make_interval(days => ${SESSION_DAYS}))`);
  return secret;
}

function welcome(invited: Invited, secret: string, reply: FastifyReply) {
  reply.setCookie(cookieName(), secret, cookieOptions(SESSION_DAYS));
  return { member: { id: invited.member_id, name: invited.name, email: invited.email }, tenant: { name: invited.tenant_name } };
}

const lookUp = (db: Db, token: string) => db.maybe<Invited>(sql`select * from find_invitation(${hashOf(token)})`);

/** Used, expired, made up or another installation's: one answer. */
const gone = () => new Problem(404, 'This invitation has been used or has expired.');

async function invitation(token: string): Promise<Invited & { tenant: string }> {
  const tenant = tenantOf(token);
  if (!tenant) throw gone();
  const invited = await door(tenant, (db) => lookUp(db, token)).catch(async (error) => {
    if (error.code !== '28P01' && error.code !== '28000') throw error;
    await closeDoor(tenant);
    return undefined;
  });
  if (!invited) throw gone();
  return { ...invited, tenant };
}

async function take(token: string, body: { password: string }, request: FastifyRequest, reply: FastifyReply) {
  // Looked at first, so that made-up tokens do not cost the work of hashing; what counts is the law's own look.
  const invited = await invitation(token);
  const password = await hashPassword(body.password);
  const secret = await door(invited.tenant, (db) => accept(db, invited.tenant, token, password, request, '/invitation')).catch((error) => {
    throw error.code === 'SW404' ? gone() : error;
  });
  return welcome(invited, secret, reply);
}

let opened = false;
async function anyTenant(): Promise<boolean> {
  opened ||= (await asInstaller((db) => db.maybe(sql`select from steward.tenant limit 1`))) !== undefined;
  return opened;
}

async function firstRun(request: FastifyRequest, reply: FastifyReply) {
  if (await anyTenant()) throw notFound();
  const body = parse(api.Setup, request.body, 'body');
  const password = await hashPassword(body.password);
  let secret = '';
  let invited: Invited | undefined;
  await openTenant({
    name: body.tenant, member: body.name, email: body.email, sharing: body.sharing, onlyFirst: true,
    andThen: async (db, { tenant, invitation_token }) => {
      invited = await lookUp(db, invitation_token);
      secret = await accept(db, tenant, invitation_token, password, request, '/setup');
    },
  });
  if (!invited) throw new Error('the first administrator has no invitation');
  return welcome(invited, secret, reply);
}

export const clerks: Clerk[] = [
  serve(api.readSetup, async () => ({ tenants: await anyTenant() })),
  serve(api.setup, ({ request, reply }) => firstRun(request, reply)),
  serve(api.readNotices, async () => notices),
  serve(api.readInvitation, async ({ params }) => {
    const { tenant_name, email, name } = await invitation(params.token);
    return { tenant: tenant_name, email, name };
  }),
  serve(api.acceptInvitation, ({ params, body, request, reply }) => take(params.token, body, request, reply)),
];
