// The server of the demo: the real one, plus two public endpoints that exist in this process only.
import { z } from 'zod';
import { start } from '../bin/serve.ts';
import { CLERKS } from '../features/clerks.ts';
import { SESSION_DAYS } from '../features/sign_in/session.ts';
import { newSecret } from '../features/tenant/tenant.ts';
import { hashOf } from '../kernel/caller.ts';
import { endpoint } from '../kernel/contract.ts';
import { door, sql } from '../kernel/database.ts';
import { invalid } from '../kernel/errors.ts';
import { buildServer, cookieName, cookieOptions, serve, type Clerk } from '../kernel/http.ts';
import { loadCast, TENANT, whatIsHere, type Ask } from './cast.ts';
import { MEMBERS, type CastMember } from './people.ts';

const Person = z.object({ name: z.string(), email: z.string(), role: z.string(), about: z.string() });
const readCast = endpoint({ method: 'GET', path: '/demo/cast', summary: 'Those of the demo company who can sign in.', who: 'public', answer: z.object({ tenant: z.string(), data: z.array(Person), next: z.null() }) });
const signInAs = endpoint({ method: 'POST', path: '/demo/sign-in', summary: 'Signs in as one of the cast, without a password.', who: 'public', body: z.strictObject({ email: z.string().max(254) }), answer: Person });

const shown = ({ name, email, role, about }: CastMember) => ({ name, email, role, about });

/** Opens a session as the tenant's door would after a right password. */
async function openSession(tenant: string, email: string): Promise<string | undefined> {
  const secret = newSecret(tenant);
  const { opened } = await door(tenant, (db) => db.one<{ opened: string | null }>(sql`select open_session(p.member_no, ${hashOf(secret)}, 'demo', now() + make_interval(days => ${SESSION_DAYS})) as opened from (select member_no from password_of(${email}) union all select null limit 1) p`));
  return opened ? secret : undefined;
}

function demoClerks(tenant: () => string): Clerk[] {
  return [
    serve(readCast, async () => ({ tenant: TENANT, data: MEMBERS.filter((m) => !m.leaves).map(shown), next: null })),
    serve(signInAs, async ({ body, reply }) => {
      const person = MEMBERS.find((m) => m.email === body.email);
      const secret = person && (await openSession(tenant(), person.email));
      if (!secret) throw invalid('email', person ? 'has left the company and cannot sign in' : 'is none of the cast', 'unknown');
      reply.setCookie(cookieName(), secret, cookieOptions(SESSION_DAYS));
      return shown(person);
    }),
  ];
}

/** Fills an empty installation; through a server without a port, since the address shall not answer before the cast is whole. */
async function prepare(): Promise<string> {
  const here = await whatIsHere();
  if (here.state === 'cast') return here.tenant;
  if (here.state === 'other') throw new Error('This data folder holds something else, or a demo whose loading was broken off. Delete the folder of the demo (data/demo unless STEWARD_DATA says otherwise), then start again.');
  const app = await buildServer(CLERKS);
  const ask: Ask = async (method, path, body, headers = {}) => {
    const sent = body === undefined ? {} : { payload: JSON.stringify(body), headers: { ...headers, 'content-type': 'application/json' } };
    const response = await app.inject({ method, url: `/api/v1${path}`, headers, ...sent });
    return { status: response.statusCode, headers: response.headers, body: /json/.test(String(response.headers['content-type'])) ? response.json() : response.body };
  };
  try {
    return (await loadCast(ask)).tenant;
  } finally {
    await app.close();
  }
}

/** Starts the server with the cast. */
export async function serveDemo(): Promise<void> {
  let tenant = '';
  await start({ prepare: async () => { tenant = await prepare(); }, also: demoClerks(() => tenant) });
  process.stdout.write('This is the demo: sign in as anyone of Maple & Fjord, without a password.\n');
}
