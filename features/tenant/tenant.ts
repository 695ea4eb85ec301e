// Opens tenants: schema, roles, law, standard tables, first profiles and the first administrator, in one transaction.
import { createHmac, randomBytes } from 'node:crypto';
import { standardTables } from '../../catalogue/standard.ts';
import type { SharingDefault } from '../../catalogue/catalogue.ts';
import { emailAddress } from '../../catalogue/kinds/email.ts';
import { alsoInstalled, asInstaller, closeDatabase, sql, type Db, type Query } from '../../kernel/database.ts';
import { label } from '../../kernel/contract.ts';
import { notFound } from '../../kernel/errors.ts';
import { layTenant, newKey, prepareInstallation } from '../../kernel/install.ts';
import { hashOf } from '../../kernel/caller.ts';
import { derive } from '../../kernel/keys.ts';
import { serve, type Clerk } from '../../kernel/http.ts';
import { startPostgres } from '../../kernel/postgres.ts';
import { settings } from '../../kernel/settings.ts';
import { ORDER } from '../order.ts';
import { changeTenant, readTenant } from './tenant.api.ts';

export interface Opening {
  name: string; email: string; member: string; region?: string; sharing?: SharingDefault;
  /** Refused like an unknown address when the installation has a tenant already. */
  onlyFirst?: boolean;
  /** Goes on as the new tenant's law in the same transaction. */
  andThen?: (db: Db, opened: Opened) => Promise<void>;
}
export interface Opened { tenant: string; invitation_token: string }

/** Keyed hash of an address: the installation finds a member's tenant by it without keeping a list of addresses. */
export const addressHash = (email: string) => createHmac('sha256', derive('address_book', 'installation')).update(email.trim().toLowerCase()).digest();

/** An opaque secret that names its tenant (the prefix is no secret: it only says where to look). */
export const newSecret = (tenant: string, prefix = '') => `${prefix}${tenant}${prefix ? '_' : '.'}${randomBytes(32).toString('base64url')}`;

/** Keeps an address findable for sign-in; with alsoInstalled() in the transaction that makes the member. */
export const addressEntry = (email: string, tenant: string): Query => sql`insert into steward.address_book (address, tenant) values (${addressHash(email)}, ${tenant}) on conflict do nothing`;
export const noAddressEntry = (email: string, tenant: string): Query => sql`delete from steward.address_book where address = ${addressHash(email)} and tenant = ${tenant}`;

/** Links are made from the configured address, never from a request's Host header (A-74). `port`: the one that the server found, where the setting is 0. */
export const addressOf = (path: string, port = settings.port) => `${settings.url ?? `http://127.0.0.1:${port}`}${path}`;

const every = { may_see: true, may_create: true, may_change: true, may_delete: true, may_export: true, may_import: true, may_hand_over: true, may_share: true, may_mass_message: true };

/** The profiles that a tenant begins with; it may change them all. Settings and data are two things: the administrator has both only because his profile says so. */
async function firstProfiles(db: Db, tables: { no: number }[]): Promise<void> {
  await db.run(sql`insert into profile (no, name, rights) values (1, 'Administrator', '{administer}'), (2, 'Member', '{}'), (3, 'Data protection officer', '{dpo,erase}')`);
  const rights = tables.flatMap(({ no }) => [
    { profile_no: 1, table_no: no, ...every }, { profile_no: 2, table_no: no, ...every, may_mass_message: false },
    { profile_no: 3, table_no: no, ...every, may_mass_message: false, may_import: false, reads_all: true },
  ].map((r) => ({ reads_all: false, edits_all: false, ...r })));
  await db.run(sql`insert into profile_table select * from jsonb_populate_recordset(null::profile_table, ${JSON.stringify(rights)}::jsonb)`);
}

/** Invites within the caller's transaction as the law; the token works once, for this member, and ends the ones before it. */
export async function invite(db: Db, tenant: string, member: number): Promise<string> {
  await db.run(sql`delete from invitation where member_no = ${member}`);
  const token = newSecret(tenant);
  await db.run(sql`insert into invitation (hash, member_no, expires_at) values (${hashOf(token)}, ${member}, now() + interval '14 days')`);
  return token;
}

/** The lock makes a second first run wait, and find that it is not the first. */
async function mustBeFirst(db: Db): Promise<void> {
  await db.script('lock table steward.tenant in share row exclusive mode');
  if (await db.maybe(sql`select from steward.tenant limit 1`)) throw notFound();
}

/**
 * Opens a tenant in under a second; all of it or nothing. The address must be in its one spelling.
 * @returns its key and the administrator's invitation.
 */
export async function openTenant(opening: Opening): Promise<Opened> {
  const key = newKey();
  const tables = standardTables(opening.sharing ?? 'edit');
  const opened: Opened = { tenant: key, invitation_token: '' };
  await asInstaller(async (db) => {
    if (opening.onlyFirst) await mustBeFirst(db);
    await layTenant(db, { key, name: opening.name, region: opening.region ?? 'eu' }, ORDER, tables, [1, 2, 3], async () => {
      await firstProfiles(db, tables);
      const member = await db.one<{ no: number }>(sql`insert into member (name, email, profile_no) values (${opening.member}, ${opening.email}, 1) returning no`);
      opened.invitation_token = await invite(db, key, member.no);
      await opening.andThen?.(db, opened);
    });
    await db.run(addressEntry(opening.email, key));
  });
  return opened;
}

interface Typed { name?: string; email?: string; member?: string; region?: string; json?: boolean }

function checked(values: Typed): { name: string; email: string; member: string; region: string } {
  const [name, member, region] = [values.name, values.member, values.region ?? 'eu'].map((s) => label().transform((t) => t.trim()).safeParse(s));
  const email = emailAddress(values.email ?? '');
  const wrong = [!name.success && '--name', !email && '--email', !member.success && '--member', !region.success && '--region'].filter(Boolean);
  if (!name.success || !member.success || !region.success || !email) throw Object.assign(new Error(`Missing or not usable: ${wrong.join(', ')}.`), { code: 'ERR_PARSE_ARGS' });
  return { name: name.data, email, member: member.data, region: region.data };
}

/**
 * `steward tenant open`: works beside a running server and without one. Prints the invitation, as JSON with --json.
 * @throws Error with a sentence for people when an option is missing or no e-mail address.
 */
export async function openTenantCommand(values: Typed): Promise<void> {
  const opening = checked(values);
  const postgres = await startPostgres();
  try {
    await prepareInstallation();
    const { tenant, invitation_token } = await openTenant(opening);
    const invitation_url = addressOf(`/invitation/${invitation_token}`);
    process.stdout.write(values.json ? `${JSON.stringify({ tenant, invitation_url, invitation_token })}\n` : `The tenant is open. Its first administrator accepts the invitation here, once, within 14 days:\n${invitation_url}\n`);
  } finally {
    await closeDatabase();
    await postgres.stop();
  }
}

const own = sql`select name, region, currency, language from tenant`;

export const clerks: Clerk[] = [
  serve(readTenant, async ({ caller }) => (await caller.read(own))[0]),
  serve(changeTenant, ({ caller, body }) => caller.law(async (db) => {
    await db.run(sql`update tenant set name = coalesce(${body.name ?? null}, name), currency = coalesce(${body.currency ?? null}, currency), language = coalesce(${body.language ?? null}, language)`);
    if (body.name) await alsoInstalled(db, caller.tenant, sql`update steward.tenant set name = ${body.name} where key = ${caller.tenant}`);
    return db.one(own);
  })),
];
