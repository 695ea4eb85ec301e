/* Proof that hostile input never makes a fault and no answer tells how Steward is made: strings of attackers go into every path, query, header and body of
   every endpoint. Each place gets some of the strings, turned by the SEED; STRINGS=all sends all of them to each. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { CLERKS } from '../features/clerks.ts';
import type { Endpoint } from '../kernel/contract.ts';
import { ask, byCookie, freshTenant, PASSWORD, theServer, type Answer, type Client, type FreshTenant } from './start.ts';

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1e6));
const STRINGS = ["'", '"', '`', ';', '--', "' or '1'='1", "'; drop table contact; --", "' union select version(), null --", '1; select pg_sleep(9)', "'||pg_sleep(9)||'", '") or 1=1 --', "admin'/*", '$1', '$$x$$', '%27%20or%201=1', "\\'; select 1", 'x"; drop schema public cascade; --',
  '<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', 'javascript:alert(1)', '{{7*7}}', '${7*7}', '<%= 7*7 %>', '=HYPERLINK("http://x")', '__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'ctid', 'xmin', 'tableoid', 'owner_no', 'search', 'share_class', 'null', 'undefined', 'true', 'NaN', 'Infinity', '-0', '1e309', '99999999999999999999', '-1', '0x10', '٣',
  '../../etc/passwd', '..%2f..%2fetc%2fpasswd', 'C:\\x', '/', '.', '..', '%00', '\u0000', 'a\u0000b', '\u0001', '\u200b', '\u202e', '\ufeff', '\ufffe', '\ud800', '😀', 'Ω≈ç√', 'ﷺ', 'İ', 'a\u0301'.repeat(40), 'x'.repeat(190), 'x'.repeat(5000), '\r\nX-Evil: 1', ' ', '', '[object Object]', '{"a":1}', '*', '1,2', 'a.b.c.d'];
const VALUES: unknown[] = [null, true, 0, -1, 1e308, [], {}, [[]], ['x'], { x: 1 }, [null], { eq: { eq: 1 } }];

let t: FreshTenant;
let [adam, bob]: Client[] = [];
let cookie: Record<string, string>;
let contact = '';
let turn = seed;
const every = process.env.STRINGS === 'all';
/** Some of the strings, other ones at each call. */
const few = <T>(list: readonly T[], n: number): T[] => (every ? [...list] : Array.from({ length: n }, () => list[(turn = (turn * 48271 + 11) % 2147483647) % list.length]));

// Names of PostgreSQL's messages, of our own schema, files and libraries; none is a word that people would read in a refusal.
const TELLS = /\bpg_|sqlstate|relation "|column "|constraint|violates|syntax error|input syntax|does not exist|operator does|steward_|\bs_[a-z][a-z0-9]{9}\b|[tf]_[0-9a-f]{12}|node_modules|\.ts\b|\bat \S+ \(|stack|\/work|\/tmp|errno|ECONN|postgres|kysely|fastify|FST_|zod|\[object/i;

function check(endpoint: string, sent: string, answer: Answer, said: unknown): void {
  const where = `${endpoint} ${sent.slice(0, 200)} (seed ${seed})`;
  assert.ok(answer.status < 500, `${answer.status} ${JSON.stringify(answer.body).slice(0, 300)} for ${where}`);
  if (answer.status < 400) return;
  assert.match(String(answer.headers['content-type']), /^application\/problem\+json/, where);
  assert.deepEqual(Object.keys(answer.body).filter((k) => k !== 'errors'), ['type', 'title', 'status', 'detail', 'request_id'], where);
  // What was sent may come back as it was (cut, for long ones); everything else is our own.
  let text = JSON.stringify(answer.body);
  for (const part of typeof said === 'string' && said.trim() ? [said, said.slice(0, 200), said.slice(0, 100), said.slice(0, 40)] : []) text = text.replaceAll(JSON.stringify(part).slice(1, -1), '…');
  assert.doesNotMatch(text, TELLS, `${text} for ${where}`);
}

async function send(endpoint: Endpoint<any, any, any, any>, path: string, body: unknown, headers: Record<string, string>, said: unknown): Promise<void> {
  const answer = await ask(endpoint.method, path, endpoint.method === 'GET' || endpoint.method === 'DELETE' ? undefined : body, { ...cookie, ...headers });
  check(`${endpoint.method} ${endpoint.path}`, JSON.stringify([path, body, headers]), answer, said);
  // Some of what was sent works: whoever was signed out by it comes in again.
  if (answer.status === 401 && !headers.authorization && !headers.cookie && endpoint.who !== 'public') await enter();
}
async function enter(): Promise<void> {
  const { headers } = await ask('POST', '/session', { email: adam.email, password: PASSWORD });
  cookie = byCookie(/=([^;]+)/.exec(String(headers['set-cookie']))![1]);
}

/** The keys of a shape, as far as it is an object. */
const keysOf = (shape: any): string[] => Object.keys(shape?.shape ?? shape?.def?.in?.shape ?? shape?.def?.innerType?.shape ?? {});
function params(endpoint: Endpoint<any, any, any, any>): Record<string, string> {
  const id = endpoint.path.startsWith('/members') ? bob.id : endpoint.path.startsWith('/profiles') ? 'Member' : contact;
  return { table: 'contact', field: 'city', member: bob.id, id, share: contact, token: 'x'.repeat(43) };
}
const fill = (endpoint: Endpoint<any, any, any, any>, other: Record<string, string> = {}) => endpoint.path.replace(/:(\w+)/g, (_, name) => encodeURIComponent(other[name]?.isWellFormed() === false ? '�' : (other[name] ?? params(endpoint)[name] ?? 'x')));
/** Bodies that work, by what they are for, so that the strings come in deep. */
const bodies = (): Record<string, unknown> => ({
  'POST /records/:table': { last_name: 'x', city: 'x', email: 'a@x.test', account: contact, birth_date: '2000-01-01', tags: ['x'], emails: [{ address: 'a@x.test', label: 'x', primary: true }], owner: bob.id }, 'PATCH /records/:table/:id': { last_name: 'x', phone: '112', stage: 'lead' },
  'POST /records/:table/query': { filter: { and: [{ city: { eq: 'x' } }, { 'account.name': { contains: 'x' } }] }, fields: ['city'], sort: ['-city'], q: 'x', cursor: 'x', count: 'exact', limit: 1 }, 'POST /records/:table/batch': { mode: 'each', operations: [{ op: 'upsert', match: 'email', values: { email: 'a@x.test' } }, { op: 'change', id: contact, values: { city: 'x' } }] },
  'PUT /records/:table/:id/owner': { owner: bob.id }, 'POST /records/:table/:id/shares': { to: { member: bob.id }, level: 'read', reason: 'x', until: '2030-01-01T00:00:00Z' }, 'POST /members': { name: 'x', email: 'n@x.test', profile: 'Member', manager: bob.id }, 'PATCH /members/:id': { name: 'x', manager: adam.id, profile: 'Member' },
  'POST /profiles': { name: 'x', tables: { contact: { see: true } }, fields: { 'contact.city': 'none' }, rights: [] }, 'PATCH /profiles/:id': { tables: { deal: { see: true } }, fields: { 'deal.name': 'read' } }, 'POST /tables': { name: 'x', label: 'x', subject: 'none', fields: [{ name: 'x', label: 'x', kind: 'text', personal: 'no' }] },
  'POST /tables/:table/fields': { name: 'x', label: 'x', kind: 'choice', choices: ['x'], personal: 'yes', category: 'user', purpose: 'x', origin: 'provided' }, 'PATCH /tables/:table': { label: 'x', layout: { list: ['city'], page: [{ label: 'x', fields: ['city'] }] } }, 'PATCH /tables/:table/fields/:field': { label: 'x', kind: 'text' },
  'POST /teams': { name: 'x', level: 'read', parent: 'x', members: [bob.id], criteria: [{ table: 'contact', field: 'city', op: 'in', values: ['x'] }] }, 'POST /groups': { name: 'x', members: [bob.id] }, 'POST /sharing-rules': { table: 'contact', from: { member: bob.id }, to: { below: adam.id }, level: 'read' }, 'PUT /tables/:table/sharing': { default: 'edit' },
  'PUT /tables/:table/links/:field/sharing': { parent: 'label', children: 'none' }, 'POST /session': { email: 'a@x.test', password: 'x', tenant: 'x' }, 'PATCH /me': { language: 'en', time_zone: 'UTC' }, 'POST /tokens': { name: 'x', expires_at: '2030-01-01T00:00:00Z' }, 'PATCH /tenant': { name: 'x' },
});

/** The body with each of its leaves in turn replaced, and with each object given a key more. */
function variants(body: any, said: unknown): unknown[] {
  const made: unknown[] = [said];
  const walk = (node: any, rebuild: (value: unknown) => unknown) => {
    if (Array.isArray(node)) node.forEach((x, i) => walk(x, (v) => rebuild(node.map((y, j) => (j === i ? v : y)))));
    else if (node && typeof node === 'object') {
      for (const [key, value] of Object.entries(node)) walk(value, (v) => rebuild({ ...node, [key]: v }));
      if (typeof said === 'string') made.push(rebuild({ ...node, [said]: 1 }));
    } else made.push(rebuild(said));
  };
  walk(body, (v) => v);
  return made;
}

before(async () => {
  process.stdout.write(`seed ${seed}, ${STRINGS.length} strings\n`);
  t = await freshTenant();
  adam = t.as('adam');
  bob = await t.member({ name: 'Bob' });
  await enter();
  contact = (await adam.post('/records/contact', { last_name: 'Target' })).body.id;
});

describe('hostile strings make no fault and learn nothing', () => {
  for (const { endpoint } of CLERKS) {
    test(`${endpoint.method} ${endpoint.path}`, async () => {
      const base = bodies()[`${endpoint.method} ${endpoint.path}`] ?? Object.fromEntries(keysOf(endpoint.body).map((k) => [k, 'x']));
      for (const name of [...endpoint.path.matchAll(/:(\w+)/g)].map((m) => m[1])) for (const s of few(STRINGS, 8)) await send(endpoint, fill(endpoint, { [name]: s }), base, {}, s);
      for (const key of [...keysOf(endpoint.query), 'unknown', 'filter[city]', 'filter[city][gt]', 'filter[account.name][in]']) for (const s of few(STRINGS, endpoint.query ? 4 : 1)) await send(endpoint, `${fill(endpoint)}?${key}=${encodeURIComponent(s.toWellFormed())}`, base, {}, s);
      for (const s of few(STRINGS, 4)) await send(endpoint, `${fill(endpoint)}?${encodeURIComponent(s.toWellFormed())}=1`, base, {}, s);
      for (const header of ['if-match', 'idempotency-key', 'content-type', 'authorization', 'cookie', 'x-steward', 'x-http-method-override', 'x-tenant', 'accept']) for (const s of few(STRINGS.filter((x) => /^[\x20-\x7e]+$/.test(x)), 1)) await send(endpoint, fill(endpoint), base, { [header]: s }, s);
      if (endpoint.method === 'GET' || endpoint.method === 'DELETE') return;
      for (const said of few<unknown>([...STRINGS, ...VALUES], 8)) for (const body of few(variants(base, said), 2)) await send(endpoint, fill(endpoint), body, {}, said);
      for (const raw of ['', '{', '[', 'nul', '"', '{"a":1}}', '\ufeff{}', '{"a":1,"a":2}', '{"__proto__":{"x":1}}', '{"constructor":{"prototype":{"x":1}}}', '\u0000', '1e999']) await send(endpoint, fill(endpoint), raw, {}, raw);
    });
  }
});

test('a path that is none answers like any other problem', async () => {
  const app = await theServer();
  for (const url of ['/api/v1/records/%', '/api/v1/records/%zz', '/api/v1/%c0%ae', '/api/v1//records', '/api/v1/records/contact/', '/api/v1/Records/contact', '/api/v0/me', '/api/v1', '/api/v1/', `/api/v1/records/${'x'.repeat(1000)}`, `/api/v1/${'x/'.repeat(2000)}`, '/api/v1/records/contact;x=1', '/api/v1/records/contact%3Fx', '/api/v1/%00']) {
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'] as const) {
      const response = await app.inject({ method, url, headers: cookie });
      if (method === 'HEAD') { assert.ok(response.statusCode < 500, url); continue; }
      check(method, url, { status: response.statusCode, headers: response.headers, body: JSON.parse(response.body) }, url);
      assert.ok([400, 404, 414].includes(response.statusCode) || url === '/api/v1/%00', `${response.statusCode} for ${method} ${url}`);
    }
  }
  assert.deepEqual(Object.keys(Object.prototype), []);
});
