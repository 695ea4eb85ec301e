// Members, as administrators keep them and as colleagues see them.
import type { FastifyRequest } from 'fastify';
import type { Caller } from '../../kernel/caller.ts';
import { alsoInstalled, sql, type Db, type Query } from '../../kernel/database.ts';
import { invalid, notFound, Problem } from '../../kernel/errors.ts';
import { answer, serve, type Clerk } from '../../kernel/http.ts';
import { addressEntry, addressOf, invite, noAddressEntry } from '../tenant/tenant.ts';
import { addMember, changeMember, inviteAgain, listMembers, readMember, removeMember } from './member.api.ts';

interface Row { id: string; no: number; name: string; email: string | null; profile_id: string; profile: string; manager_id: string | null; manager: string | null; active: boolean; invited: boolean }
interface Known { no: number; email: string; active: boolean }

const whole = (caller: Caller) => caller.profile.rights.some((right) => right === 'administer' || right === 'dpo');

function shown(m: Row, all: boolean) {
  const { id, name, active } = m;
  if (!all) return { id, name, active };
  return { id, name, email: m.email, profile: { id: m.profile_id, label: m.profile }, manager: m.manager_id && { id: m.manager_id, label: m.manager }, active, invited: m.invited };
}

/** Finds a member by id or e-mail as the law; undefined when there is none. */
const find = (db: Db, named: string) => db.maybe<Known>(sql`select no, email, active from member where removed_at is null and (id::text = lower(${named}) or lower(email) = lower(${named}))`);

/** The number of a member named in a request, as the law. @throws Problem 422 naming the field. */
async function memberNo(db: Db, named: string, field: string): Promise<number> {
  const found = await find(db, named);
  if (!found) throw invalid(field, 'There is no such member.', 'unknown');
  return found.no;
}

async function profileNo(db: Db, named: string): Promise<number> {
  const found = await db.maybe<{ no: number }>(sql`select no from profile where id::text = lower(${named}) or lower(normalize(name, nfkc)) = lower(normalize(${named}, nfkc))`);
  if (!found) throw invalid('profile', 'There is no such profile.', 'unknown');
  return found.no;
}

async function known(db: Db, named: string): Promise<Known> {
  const found = await find(db, named);
  if (!found) throw notFound();
  return found;
}

const read = async (db: Db, no: number) => shown(await db.one<Row>(sql`select * from members() where no = ${no}`), true);

async function page({ caller, query }: { caller: Caller; query: { limit: number; cursor?: string } }) {
  // The cursor is the last member seen; his place in the order is looked up, not believed.
  const after = query.cursor ? sql`where (lower(name), no) > (select lower(c.name), c.no from member c where c.id = ${query.cursor}::uuid)` : sql``;
  const rows = await caller.read<Row>(sql`select * from members() ${after} order by lower(name), no limit ${query.limit + 1}`);
  const data = rows.slice(0, query.limit).map((m) => shown(m, whole(caller)));
  return { data, next: rows.length > query.limit ? data[data.length - 1].id : null };
}

async function one(caller: Caller, named: string) {
  // By address only for those who see addresses; members() hides them from the others, so that guessing one tells nothing.
  const [found] = await caller.read<Row>(sql`select * from members() where id::text = lower(${named}) or lower(email) = lower(${named})`);
  if (!found) throw notFound();
  return shown(found, whole(caller));
}

async function withLink(db: Db, caller: Caller, no: number, request: FastifyRequest) {
  const invitation_token = await invite(db, caller.tenant, no);
  return { ...(await read(db, no)), invitation_token, invitation_url: addressOf(`/invitation/${invitation_token}`, request.socket.localPort) };
}

/** An address belongs to one member of a tenant. */
const taken = (error: any): never => {
  if (error.code === '23505' && error.constraint === 'member_email') throw new Problem(409, 'A member with this e-mail address exists already.', [{ field: 'email', code: 'taken', message: 'A member with this address exists already.' }]);
  throw error;
};

async function change(db: Db, named: string, body: { name?: string; profile?: string; manager?: string | null; active?: boolean }) {
  const { no } = await known(db, named);
  const sets: Query[] = [];
  if (body.name !== undefined) sets.push(sql`name = ${body.name}`);
  if (body.profile !== undefined) sets.push(sql`profile_no = ${await profileNo(db, body.profile)}`);
  if (body.manager !== undefined) sets.push(sql`manager_no = ${body.manager === null ? null : await memberNo(db, body.manager, 'manager')}`);
  if (body.active !== undefined) sets.push(sql`active = ${body.active}`);
  if (sets.length > 0) await db.run(sql`update member set ${sql.join(sets)} where no = ${no}`);
  return read(db, no);
}

async function remove(db: Db, caller: Caller, named: string): Promise<void> {
  const { no, email } = await known(db, named);
  const owned = await db.rows<{ name: string; labels: string; records: string }>(sql`select * from owned_records(${no})`);
  if (owned.length > 0) {
    const counts = owned.map((t) => `${t.records} in ${t.labels}`).join(', ');
    throw new Problem(409, `This member still owns records: ${counts}. Hand them over first.`, owned.map((t) => ({ field: t.name, code: 'owned', message: t.records })));
  }
  await db.run(sql`select remove_member(${no})`);
  await alsoInstalled(db, caller.tenant, noAddressEntry(email, caller.tenant));
}

export const clerks: Clerk[] = [
  serve(listMembers, page),
  serve(readMember, ({ caller, params }) => one(caller, params.id)),
  serve(addMember, async ({ caller, body, request }) => {
    const added = await caller.law(async (db) => {
      const profile = await profileNo(db, body.profile);
      const manager = body.manager ? await memberNo(db, body.manager, 'manager') : null;
      const { no } = await db.one<{ no: number }>(sql`insert into member (name, email, profile_no, manager_no) values (${body.name}, ${body.email}, ${profile}, ${manager}) returning no`);
      await alsoInstalled(db, caller.tenant, addressEntry(body.email, caller.tenant));
      return withLink(db, caller, no, request);
    }).catch(taken);
    return answer(201, added, { location: `/api/v1/members/${added.id}` });
  }),
  serve(changeMember, ({ caller, params, body }) => caller.law((db) => change(db, params.id, body))),
  serve(removeMember, ({ caller, params }) => caller.law((db) => remove(db, caller, params.id))),
  serve(inviteAgain, ({ caller, params, request }) => caller.law(async (db) => {
    const { no, active } = await known(db, params.id);
    if (!active) throw new Problem(409, 'This member is not active. Activate the member first.');
    return withLink(db, caller, no, request);
  })),
];
