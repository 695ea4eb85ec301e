// Random organisations through the API, and random changes of them, for proofs that compare before and after.
import assert from 'node:assert/strict';
import { freshTenant, type Answer, type FreshTenant } from './start.ts';

export interface Change { method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'; path: string; body?: unknown }

/** Small and fast, and the same for the same seed everywhere. */
function random(seed: number) {
  let state = seed >>> 0;
  const next = () => { state = (state * 1664525 + 1013904223) >>> 0; return state / 4294967296; };
  return { chance: (p: number) => next() < p, pick: <T>(all: readonly T[]) => all[Math.floor(next() * all.length)], some: <T>(all: readonly T[], p: number) => all.filter(() => next() < p) };
}
type Random = ReturnType<typeof random>;

export const NAMES = ['Bea', 'Carl', 'Dora', 'Emil', 'Fay', 'Gus', 'Hal', 'Ida', 'Jon', 'Kim'];
const first = (name: string) => name.toLowerCase();
export const made = async (answer: Promise<Answer>) => { const { status, body } = await answer; assert.ok(status < 300, JSON.stringify(body)); return body; };

export interface Office { t: FreshTenant; r: Random; accounts: string[]; teams: string[]; groups: string[]; rules: string[] }

/** Ten members with managers, teams by criteria, a group, rules, shares, and forty accounts with contacts and deals. */
export async function office(seed: number): Promise<Office> {
  const r = random(seed);
  const t = await freshTenant({ sharing: 'private' });
  const adam = t.as('adam');
  await made(adam.post('/profiles', { name: 'Other', tables: Object.fromEntries(['account', 'contact', 'deal'].map((name) => [name, { see: r.chance(0.8), create: true, reads_all: r.chance(0.2) }])) }));
  for (const [i, name] of NAMES.entries()) await t.member({ name, ...(i > 0 && r.chance(0.7) ? { manager: first(NAMES[Math.floor((i - 1) / 2)]) } : {}) });
  const ids = (p: number) => r.some(NAMES, p).map((name) => t.as(first(name)).id);
  const accounts: string[] = [];
  for (const name of NAMES) {
    const owner = t.as(first(name));
    for (let i = 0; i < 3; i++) {
      const account = await made(owner.post('/records/account', { name: `${name} ${i}`, country: r.pick(['CA', 'us', 'DE', null]) }));
      accounts.push(account.id);
      await made(owner.post('/records/contact', { last_name: `${name} ${i}`, ...(r.chance(0.7) ? { account: account.id } : {}) }));
      await made(owner.post('/records/deal', { name: `${name} ${i}`, ...(r.chance(0.7) ? { account: account.id } : {}) }));
    }
    for (const id of r.some(accounts.slice(-3), 0.4)) await made(owner.post(`/records/account/${id}/shares`, { to: { member: t.as(first(r.pick(NAMES))).id }, level: r.pick(['read', 'edit']) }));
  }
  const team = (parent?: string) => made(adam.post('/teams', { name: `T${Math.random()}`, level: r.pick(['read', 'edit']), members: ids(0.2), ...(parent ? { parent } : {}), criteria: r.chance(0.8) ? [{ table: 'account', field: 'country', op: 'in', values: [r.pick(['CA', 'US', 'DE'])] }] : [] }));
  const top = (await team()).id;
  const teams = [top, (await team(top)).id, (await team(top)).id];
  const group = (await made(adam.post('/groups', { name: 'G', members: ids(0.3) }))).id;
  const rules = [(await made(adam.post('/sharing-rules', { table: 'deal', from: { below: t.as('carl').id }, to: { group }, level: 'edit' }))).id,
    (await made(adam.post('/sharing-rules', { table: 'account', from: { criteria: [{ field: 'country', op: 'is_empty' }] }, to: { member: t.as('kim').id }, level: 'read' }))).id];
  return { t, r, accounts, teams, groups: [group], rules };
}

/** A change that is allowed most of the time; a refused one is tried too. */
export function invent({ t, r, teams, groups, rules }: Office): Change {
  const who = () => t.as(first(r.pick(NAMES))).id;
  const people = () => r.some(NAMES, 0.3).map((name) => t.as(first(name)).id);
  const criteria = () => [{ table: 'account', field: 'country', op: 'in', values: [r.pick(['CA', 'US', 'DE'])] }];
  return r.pick<() => Change>([
    () => ({ method: 'PATCH', path: `/members/${who()}`, body: { manager: r.chance(0.2) ? null : who() } }), () => ({ method: 'PATCH', path: `/members/${who()}`, body: { manager: who() } }),
    () => ({ method: 'PATCH', path: `/members/${who()}`, body: { profile: r.pick(['Other', 'Member']) } }),
    () => ({ method: 'PATCH', path: `/members/${who()}`, body: { active: r.chance(0.5) } }),
    () => ({ method: 'PATCH', path: '/profiles/Member', body: { tables: { [r.pick(['account', 'contact', 'deal'])]: { see: r.chance(0.8), edits_all: r.chance(0.3) } } } }),
    () => ({ method: 'PATCH', path: '/profiles/Other', body: { tables: { [r.pick(['account', 'contact', 'deal'])]: r.chance(0.2) ? null : { see: true, reads_all: r.chance(0.5) } } } }),
    () => ({ method: 'PATCH', path: `/teams/${r.pick(teams)}`, body: { members: people() } }), () => ({ method: 'PATCH', path: `/teams/${r.pick(teams)}`, body: { level: r.pick(['read', 'edit']), criteria: criteria() } }),
    () => ({ method: 'PATCH', path: `/teams/${r.pick(teams)}`, body: { parent: r.chance(0.3) ? null : r.pick(teams) } }), () => ({ method: 'DELETE', path: `/teams/${r.pick(teams)}` }),
    () => ({ method: 'POST', path: '/teams', body: { name: `N${Math.random()}`, level: 'edit', members: people(), criteria: criteria() } }),
    () => ({ method: 'PATCH', path: `/groups/${groups[0]}`, body: { members: people() } }),
    () => ({ method: 'POST', path: '/sharing-rules', body: { table: r.pick(['account', 'contact', 'deal']), from: r.chance(0.5) ? { member: who() } : { group: groups[0] }, to: r.chance(0.5) ? { team: r.pick(teams) } : { below: who() }, level: r.pick(['read', 'edit']) } }),
    () => ({ method: 'DELETE', path: `/sharing-rules/${r.pick(rules)}` }),
    () => ({ method: 'PUT', path: `/tables/${r.pick(['account', 'contact', 'deal'])}/sharing`, body: { default: r.pick(['private', 'read', 'edit']) } }),
    () => ({ method: 'PUT', path: '/tables/contact/sharing', body: { default: 'parent', parent: 'account' } }),
    () => ({ method: 'PUT', path: '/tables/deal/links/account/sharing', body: { parent: r.pick(['label', 'read']), children: r.pick(['none', 'read']) } }),
  ])();
}

/** Makes a change as the administrator. */
export const send = (t: FreshTenant, { method, path, body }: Change) => (method === 'DELETE' ? t.as('adam').delete(path) : t.as('adam')[method.toLowerCase() as 'post' | 'put' | 'patch'](path, body));
