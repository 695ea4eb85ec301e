// Work that outlives a request: rows in the tenants' tables are the jobs, claimed by lease, so that any number of server processes share them and none is lost.
import { createHash, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { codeOf, log } from './log.ts';

/** A claimed piece of work. `run` must look at `mine` between steps, and prove in each of its transactions that the lease is still its own. */
export interface Work {
  run(mine: AbortSignal): Promise<void>;
  /** Prolongs the lease; false when it was lost. */
  renew(): Promise<boolean>;
}

export interface Job {
  name: string;
  /** Takes one due piece of work of a tenant for `holder`, or nothing. What `holder` held before is due too. */
  claim(tenant: string, holder: string): Promise<Work | undefined>;
  /** Gives back what surely dead holders had claimed, so that a restart goes on at once instead of after the lease. */
  release?(tenant: string, dead: (holder: string) => boolean): Promise<void>;
  /** Housekeeping, about once an hour. */
  sweep?(tenant: string): Promise<void>;
}

/** Seconds that a claim lasts unless renewed. */
export const LEASE = 10;
const POLL = 2_000;
const SWEEP = 3_600_000;
/** Tenants looked at in one poll; with more of them they take turns. */
const PER_POLL = 50;

const machine = createHash('sha256').update(hostname()).digest('hex').slice(0, 16);
const holder = `${machine}.${process.pid}.${randomUUID().slice(0, 8)}`;

/** Only of this machine's own processes can it be known that they are dead; of others the lease tells. */
function isDead(other: string): boolean {
  const [where, pid] = other.split('.');
  if (where !== machine || other === holder) return false;
  if (Number(pid) === process.pid) return true;
  try { process.kill(Number(pid), 0); return false; } catch (error) { return codeOf(error) === 'ESRCH'; }
}

interface Runner { jobs: Job[]; tenants: () => Promise<string[]>; busy: Map<string, Promise<void>>; met: Set<string>; swept: Map<string, number>; turn: number; stopping: AbortController; timer?: NodeJS.Timeout; polling: Promise<void> }
let runner: Runner | undefined;

/** Begins to look for work, for all tenants that `tenants` names. */
export function startJobs(jobs: Job[], tenants: () => Promise<string[]>): void {
  runner = { jobs, tenants, busy: new Map(), met: new Set(), swept: new Map(), turn: 0, stopping: new AbortController(), polling: Promise.resolve() };
  const r = runner;
  const tick = () => { r.polling = poll(r).finally(() => { if (!r.stopping.signal.aborted) r.timer = setTimeout(tick, POLL).unref(); }); };
  tick();
}

/** Lets the running step of each job end, then answers. What is not done is taken up again at the next start. */
export async function stopJobs(): Promise<void> {
  const r = runner;
  runner = undefined;
  if (!r) return;
  r.stopping.abort();
  clearTimeout(r.timer);
  await r.polling;
  await Promise.all(r.busy.values());
}

/** Call this after a commit that made work: it begins at once instead of at the next poll. */
export function wake(tenant: string): void {
  if (runner) look(runner, tenant);
}

async function poll(r: Runner): Promise<void> {
  try {
    const all = await r.tenants();
    const first = r.turn % Math.max(1, all.length);
    r.turn = first + PER_POLL;
    for (const tenant of [...all, ...all].slice(first, first + Math.min(PER_POLL, all.length))) {
      if (r.stopping.signal.aborted) return;
      await tidy(r, tenant);
      look(r, tenant);
    }
  } catch (error) {
    log.warn('jobs.poll_failed', { code: codeOf(error) });
  }
}

async function tidy(r: Runner, tenant: string): Promise<void> {
  for (const job of r.jobs) {
    if (!r.met.has(tenant)) await job.release?.(tenant, isDead);
    if (Date.now() - (r.swept.get(tenant) ?? 0) > SWEEP) await job.sweep?.(tenant);
  }
  r.met.add(tenant);
  if (Date.now() - (r.swept.get(tenant) ?? 0) > SWEEP) r.swept.set(tenant, Date.now());
}

/** One piece of work at a time for each kind of job and tenant, so that no tenant takes the whole server. */
function look(r: Runner, tenant: string): void {
  for (const job of r.jobs) {
    const key = `${job.name} ${tenant}`;
    if (r.busy.has(key) || r.stopping.signal.aborted) continue;
    r.busy.set(key, workOff(r, job, tenant).catch((error) => log.warn('jobs.failed', { job: job.name, tenant, code: codeOf(error) })).finally(() => r.busy.delete(key)));
  }
}

async function workOff(r: Runner, job: Job, tenant: string): Promise<void> {
  while (!r.stopping.signal.aborted) {
    const work = await job.claim(tenant, holder);
    if (!work) return;
    const lost = new AbortController();
    const heart = setInterval(() => void keep(work, lost), LEASE * 250).unref();
    try {
      await work.run(AbortSignal.any([lost.signal, r.stopping.signal]));
    } finally {
      clearInterval(heart);
    }
  }
}

async function keep(work: Work, lost: AbortController): Promise<void> {
  try {
    if (!(await work.renew())) lost.abort();
  } catch (error) {
    // Not yet a lost lease: the database may be restarting. The transactions of the work judge for themselves.
    log.warn('jobs.renew_failed', { code: codeOf(error) });
  }
}
