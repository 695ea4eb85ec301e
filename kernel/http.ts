// From request to clerk and back: who is asking, is the input well formed, what may be answered. It decides nothing about who may see what.
import { randomUUID } from 'node:crypto';
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import multipart from '@fastify/multipart';
import rateLimit from '@fastify/rate-limit';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { findCaller, type Caller } from './caller.ts';
import type { Endpoint } from './contract.ts';
import { sql } from './database.ts';
import { notFound, Problem, TITLES, translate, unknownField } from './errors.ts';
import { firstAnswer } from './idempotency.ts';
import { codeOf, log } from './log.ts';
import { settings } from './settings.ts';

type Out<S> = z.output<Extract<S, z.ZodType>>;

export interface Call<E extends Endpoint<any, any, any, any> = Endpoint<any, any, any, any>> {
  /** Who asks; on public endpoints there is nobody: do not touch it there. */
  caller: Caller;
  params: Out<E['params']>;
  query: Out<E['query']>;
  body: Out<E['body']>;
  request: FastifyRequest;
  reply: FastifyReply;
}
export interface Answer { status: number; body: unknown; headers: Record<string, string> }
class Said { readonly answer: Answer; constructor(answer: Answer) { this.answer = answer; } }

/** An answer with a status and headers of its own. */
export const answer = (status: number, body: unknown, headers: Record<string, string> = {}) => new Said({ status, body, headers });

export interface Clerk { endpoint: Endpoint<any, any, any, any>; work: (call: Call<any>) => Promise<unknown> }

/** Joins a contract with the work behind it. */
export function serve<E extends Endpoint<any, any, any, any>>(endpoint: E, work: (call: Call<E>) => Promise<unknown>): Clerk {
  return { endpoint, work };
}

export const overTls = () => settings.url?.startsWith('https:') ?? false;
export const cookieName = () => (overTls() ? '__Host-steward' : 'steward');
/** HttpOnly, so that no script reads it; Lax, so that links from mails work. */
export const cookieOptions = (days: number) => ({ httpOnly: true, sameSite: 'lax' as const, secure: overTls(), path: '/', maxAge: days * 86_400 });

function secretOf(request: FastifyRequest): { secret: string; through: string } | undefined {
  const header = request.headers.authorization;
  if (header !== undefined) {
    const token = /^Bearer (\S{1,200})$/i.exec(header)?.[1];
    return { secret: token ?? '', through: 'api' };
  }
  const held = request.cookies[cookieName()];
  return held ? { secret: held, through: 'screen' } : undefined;
}

/** Input by its schema. @throws Problem 422 with a fault per field. */
export function parse<S extends z.ZodType>(schema: S | undefined, value: unknown, where: string): any {
  if (!schema) return undefined;
  // Shapes pass over this name in silence.
  if (typeof value === 'object' && value !== null && Object.hasOwn(value, '__proto__')) throw unknownField('__proto__');
  const result = schema.safeParse(value ?? {});
  if (result.success) return result.data;
  const errors = result.error.issues.slice(0, 50).flatMap((issue) => {
    const path = issue.path.map(String).join('.');
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ field: [path, key].filter(Boolean).join('.').slice(0, 200), code: 'unknown', message: 'There is no such field.' }));
    return [{ field: path || where, code: issue.code, message: issue.message }];
  });
  throw new Problem(422, `${errors[0].field}: ${errors[0].message}`, errors);
}

function problemBody(problem: Problem, id: string) {
  return { type: 'about:blank', title: TITLES[problem.status] ?? 'Refused', status: problem.status, detail: problem.message, ...(problem.errors.length ? { errors: problem.errors } : {}), request_id: id };
}

function sendProblem(reply: FastifyReply, request: FastifyRequest, error: unknown, caller?: Caller): FastifyReply {
  const problem = translate(error, (column) => fieldOf(caller, column));
  if (problem.status >= 500) log.error('fault', { request: request.id, status: problem.status, code: codeOf(error) });
  return reply.code(problem.status).headers(problem.headers).type('application/problem+json').send(JSON.stringify(problemBody(problem, request.id)));
}

/** The name of a physical column, if the caller may know it. */
function fieldOf(caller: Caller | undefined, column: string): string {
  for (const table of caller?.sight.tables.values() ?? []) {
    const field = table.fields.find((f) => f.column === column);
    if (field) return field.name;
  }
  return /^f_[0-9a-f]{12}$/.test(column) ? 'field' : column;
}

/** True when the server's shortcut was out of date (session, profile, version): worth one more look. */
const stale = (error: any) => error?.code === 'SW401' || (error?.code === 'SW409' && error?.hint === 'version');

/** A refusal that came from the shortcut alone is believed only if the shortcut still holds: a right just given counts at the next request. */
async function outdated(error: unknown, caller: Caller): Promise<boolean> {
  if (!(error instanceof Problem)) return stale(error);
  try {
    await caller.read(sql`select 1`);
    return false;
  } catch (refusal) {
    return stale(refusal);
  }
}

async function callerOf(request: FastifyRequest, fresh: boolean): Promise<Caller> {
  const held = secretOf(request);
  const caller = held && (await findCaller(held.secret, held.through, fresh));
  if (!caller) throw new Problem(401, 'You are not signed in.', [], { 'www-authenticate': 'Bearer' });
  if (held.through === 'screen' && !['GET', 'HEAD'].includes(request.method) && request.headers['x-steward'] !== '1') {
    throw new Problem(403, 'Changes by cookie need the header X-Steward: 1.');
  }
  return caller;
}

/** What a view as somebody else may ask besides GET: the way back, and questions that are too long for an address. The database refuses to write all the same. */
const LOOKING = ['DELETE /view-as', 'POST /records/:table/query'];
function mustNotLook({ endpoint: { method, path } }: Clerk, caller: Caller): void {
  if (caller.viewing && method !== 'GET' && !LOOKING.includes(`${method} ${path}`)) throw new Problem(403, 'You see Steward as somebody else does: nothing can be changed.');
}

/** The database says so, not the shortcut; and before the input is looked at: what a request must look like is nothing for those who may not make it. */
async function mustHaveRight({ who }: Clerk['endpoint'], caller: Caller): Promise<void> {
  if (who === 'administer' || who === 'dpo') await caller.read(sql`select must(${who})`);
}

async function perform(clerk: Clerk, call: Call, caller: Caller | undefined): Promise<Answer> {
  const { endpoint, work } = clerk;
  const run = async (asked: Caller | undefined): Promise<Answer> => {
    const result = await work({ ...call, caller: asked as Caller });
    return result instanceof Said ? result.answer : { status: endpoint.status ?? (result === undefined ? 204 : 200), body: result, headers: {} };
  };
  const key = call.request.headers['idempotency-key'];
  if (caller && endpoint.method === 'POST' && typeof key === 'string' && !endpoint.multipart) return firstAnswer(caller, key, call.request, run);
  return run(caller);
}

function handler(clerk: Clerk) {
  const { endpoint } = clerk;
  return async (request: FastifyRequest, reply: FastifyReply) => {
    let caller: Caller | undefined;
    try {
      for (let fresh = false; ; fresh = true) {
        try {
          // An upload can't be asked for twice.
          if (endpoint.who !== 'public') await mustHaveRight(endpoint, (caller = await callerOf(request, fresh || endpoint.multipart === true)));
          if (caller) mustNotLook(clerk, caller);
          const call = { caller: caller as Caller, request, reply, params: parse(endpoint.params, request.params, 'path'), query: parse(endpoint.query ?? z.strictObject({}), request.query, 'query'), body: endpoint.multipart ? undefined : parse(endpoint.body, request.body, 'body') };
          const said = await perform(clerk, call, caller);
          if (reply.sent) return reply;
          reply.code(said.status).headers(said.headers);
          return said.body === undefined ? reply.send() : Buffer.isBuffer(said.body) || typeof (said.body as any)?.pipe === 'function' ? reply.send(said.body) : reply.type('application/json; charset=utf-8').send(JSON.stringify(said.body));
        } catch (error) {
          if (!fresh && caller && !endpoint.multipart && await outdated(error, caller)) continue;
          throw error;
        }
      }
    } catch (error) {
      return sendProblem(reply, request, error, caller);
    }
  };
}

/** More levels of JSON than any endpoint knows; a million of them hold up everyone for seconds. */
const DEEPEST = 100;

function tooDeep(text: string): boolean {
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted) { if (c === '\\') i++; else if (c === '"') quoted = false; } else if (c === '"') quoted = true;
    else if (c === '[' || c === '{') { if (++depth > DEEPEST) return true; } else if (c === ']' || c === '}') depth--;
  }
  return false;
}

/** JSON as it is; `__proto__` is no field, wherever it stands, and only a text that may hold it pays for the look. */
function readJson(text: string): unknown {
  if (tooDeep(text)) throw new Problem(422, 'The input is too deeply nested.');
  const refuse = (key: string, value: unknown) => { if (key === '__proto__') throw unknownField(key); return value; };
  return JSON.parse(text.replace(/^\ufeff/, ''), /__proto__|\\u00[57]/i.test(text) ? refuse : undefined);
}

const CSP = { 'default-src': ["'self'"], 'style-src': ["'self'", "'unsafe-inline'"], 'img-src': ["'self'", 'data:'], 'font-src': ["'self'"], 'script-src': ["'self'"], 'object-src': ["'none'"], 'frame-ancestors': ["'none'"], 'base-uri': ["'self'"], 'form-action': ["'self'"], 'upgrade-insecure-requests': null };

/** The HTTP server with all clerks at /api/v1; `more` adds what is not an endpoint of the contract (files of the web app, health). */
export async function buildServer(clerks: Clerk[], more: (app: FastifyInstance) => Promise<void> = async () => {}): Promise<FastifyInstance> {
  const app = fastify({ logger: false, bodyLimit: 12 * 1024 * 1024, genReqId: () => randomUUID(), requestTimeout: 60_000, forceCloseConnections: 'idle', routerOptions: { maxParamLength: 200 }, return503OnClosing: false, frameworkErrors: (_error, request, reply) => sendProblem(reply, request, notFound()) });
  app.setErrorHandler((error: any, request, reply) => {
    const status = error instanceof Problem ? undefined : error.statusCode;
    const detail: Record<number, string> = { 400: 'The body is not valid JSON.', 413: 'The body is too large.', 415: 'Send JSON.', 429: 'Too many requests.' };
    return sendProblem(reply, request, status && status < 500 ? new Problem(status, detail[status] ?? 'The request was not understood.') : error);
  });
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, text, done) => {
    // Many programs name JSON even where they send no body.
    try { done(null, text === '' ? undefined : readJson(text as string)); } catch (error) { done(error instanceof Problem ? error : Object.assign(new Error('not JSON'), { statusCode: 400 })); }
  });
  app.setNotFoundHandler((request, reply) => sendProblem(reply, request, notFound()));
  await app.register(helmet, { contentSecurityPolicy: { useDefaults: false, directives: CSP as any }, strictTransportSecurity: overTls() ? { maxAge: 31_536_000 } : false, referrerPolicy: { policy: 'no-referrer' }, crossOriginEmbedderPolicy: false });
  await app.register(cookie);
  await app.register(multipart, { limits: { files: 1, fileSize: 1024 ** 3, fields: 20, fieldSize: 10_000 } });
  await app.register(rateLimit, { global: false });
  app.addHook('onSend', async (request, reply, payload) => {
    if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-store');
    return payload;
  });
  for (const clerk of clerks) app.route({ method: clerk.endpoint.method, url: `/api/v1${clerk.endpoint.path}`, handler: handler(clerk), exposeHeadRoute: false });
  await more(app);
  return app;
}
