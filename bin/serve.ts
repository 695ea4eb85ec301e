// The server process: database, law, clerks, web application, state pages, and an orderly end.
import { existsSync, globSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { CLERKS, JOBS } from '../features/clerks.ts';
import { ORDER } from '../features/order.ts';
import { asInstaller, closeDatabase, sql } from '../kernel/database.ts';
import { buildServer, type Clerk } from '../kernel/http.ts';
import { prepareInstallation, RELEASE } from '../kernel/install.ts';
import { startJobs, stopJobs } from '../kernel/jobs.ts';
import { codeOf, log } from '../kernel/log.ts';
import { startPostgres } from '../kernel/postgres.ts';
import { isLoopback, projectFolder, settings } from '../kernel/settings.ts';
import { upgrade } from '../kernel/upgrade.ts';
import { buildWeb } from '../kernel/web_build.ts';

export interface Serving { url: string; stop(): Promise<void> }

/** Paths that answer programs; a page of the web application never stands there. */
const NO_PAGE = /^\/(?:api|assets|health|ready|metrics|hooks|opendsr|\.well-known)(?:\/|$)/;
const YEAR = 365 * 86_400;

/** A source that does not compile must not keep the API from serving: the last good build stays, or there are no pages. */
async function webFolder(): Promise<string> {
  const folder = join(projectFolder, 'dist/web');
  return buildWeb().catch((error: Error) => {
    process.stderr.write(`The web application could not be built${existsSync(folder) ? '; the one built before is served' : ''}: ${error.message}\n`);
    return folder;
  });
}

/** Hashed files for a year, the page itself never from a cache, and every path of the web application is that page. */
async function addWeb(app: FastifyInstance, folder: string): Promise<void> {
  const files = new Set(globSync('**/*', { cwd: folder }).filter((path) => statSync(join(folder, path)).isFile()).map((path) => `/${path.split(sep).join('/')}`));
  await app.register(fastifyStatic, { root: folder, serve: false, cacheControl: false, preCompressed: true });
  app.get('/*', { exposeHeadRoute: true }, (request, reply) => {
    const path = request.url.split('?')[0];
    if (files.has(path) && path !== '/index.html') return reply.header('cache-control', path.startsWith('/assets/') ? `public, max-age=${YEAR}, immutable` : 'no-cache').sendFile(path.slice(1));
    if (NO_PAGE.test(path) || !files.has('/index.html') || !/text\/html|\*\/\*/.test(request.headers.accept ?? '*/*')) return reply.callNotFound();
    return reply.header('cache-control', 'no-cache').sendFile('index.html');
  });
}

const tenantKeys = () => asInstaller(async (db) => (await db.rows<{ key: string }>(sql`select key from steward.tenant order by key`)).map(({ key }) => key));

async function isReady(): Promise<boolean> {
  const { behind } = await asInstaller((db) => db.one<{ behind: number }>(sql`select count(*)::int as behind from steward.tenant where release <> ${RELEASE}`));
  return behind === 0;
}

/** What a proxy in front passes on comes from a loopback address too; it shows by its headers. */
function asksFromHere(request: FastifyRequest): boolean {
  return isLoopback(request.ip) && isLoopback(request.hostname) && request.headers['x-forwarded-for'] === undefined && request.headers.forwarded === undefined;
}

function addMetrics(app: FastifyInstance): void {
  const register = new Registry();
  collectDefaultMetrics({ register });
  const seconds = new Histogram({ name: 'steward_http_request_seconds', help: 'Time to answer a request', labelNames: ['method', 'route', 'status'], buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10], registers: [register] });
  app.addHook('onResponse', async (request, reply) => {
    // The pattern, not the address: addresses would be without end, and hold ids.
    seconds.observe({ method: request.method, route: request.routeOptions.url ?? 'none', status: String(reply.statusCode) }, reply.elapsedTime / 1000);
  });
  app.get('/metrics', async (request, reply) => (asksFromHere(request) ? reply.type(register.contentType).send(await register.metrics()) : reply.callNotFound()));
}

function addState(app: FastifyInstance): void {
  const state = (reply: FastifyReply, good: boolean) => reply.code(good ? 200 : 503).header('cache-control', 'no-store').send({ status: good ? 'ok' : 'not ready' });
  app.get('/health', async (_, reply) => state(reply, true));
  app.get('/ready', async (_, reply) => state(reply, await isReady().catch(() => false)));
}

/** @returns the address, whose port is the system's choice where the setting is 0. */
async function listen(app: FastifyInstance): Promise<string> {
  try {
    return await app.listen({ host: '127.0.0.1', port: settings.port });
  } catch (error) {
    if (codeOf(error) === 'EADDRINUSE') throw new Error(`Port ${settings.port} is taken, perhaps by another Steward. Stop what uses it, or set STEWARD_PORT to a free port.`, { cause: error });
    if (codeOf(error) === 'EACCES') throw new Error(`Port ${settings.port} may only be used by root. Set STEWARD_PORT to a port above 1023.`, { cause: error });
    throw error;
  }
}

/** Ends in the order of dependence: no new requests, no connections, no database. */
function ending(app: FastifyInstance | undefined, stopPostgres: () => Promise<void>): () => Promise<void> {
  let ended: Promise<void> | undefined;
  const end = async () => {
    const patience = setTimeout(() => { log.error('stop.forced'); process.exit(1); }, 30_000);
    await app?.close();
    await stopJobs();
    await closeDatabase();
    await stopPostgres();
    clearTimeout(patience);
  };
  return () => (ended ??= end());
}

/**
 * Serves until SIGINT, SIGTERM or SIGHUP and says so with the line `Steward is ready at …` on standard output. `prepare` runs before that line,
 * when database and law are there (the demo fills its tenant then); `also` are clerks of this process only.
 * @throws Error with a sentence for people: port taken, PostgreSQL does not start.
 */
export async function start({ prepare, also = [] }: { prepare?: () => Promise<void>; also?: Clerk[] } = {}): Promise<Serving> {
  const web = webFolder();
  const postgres = await startPostgres();
  let stop = ending(undefined, postgres.stop);
  try {
    await prepareInstallation();
    await upgrade(ORDER);
    await prepare?.();
    const folder = await web;
    const app = await buildServer([...CLERKS, ...also], async (app) => {
      addMetrics(app);
      addState(app);
      if (existsSync(folder)) await addWeb(app, folder);
    });
    stop = ending(app, postgres.stop);
    const url = await listen(app);
    startJobs(JOBS, tenantKeys);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop().then(() => process.exit(0)));
    process.stdout.write(`Steward is ready at ${url}\n`);
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** `steward upgrade`: brings all tenants to this release without serving. */
export async function upgradeOnly(): Promise<void> {
  const postgres = await startPostgres();
  try {
    await prepareInstallation();
    const count = await upgrade(ORDER);
    process.stdout.write(`${count === 0 ? 'Every tenant is on this release.' : `${count} tenants were brought to this release.`}\n`);
  } finally {
    await ending(undefined, postgres.stop)();
  }
}
