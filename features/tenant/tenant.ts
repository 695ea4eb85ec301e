// Opens tenants: schema, roles, law, standard tables, first profiles and the first administrator, in one transaction.
import { createHmac, randomBytes } from 'node:crypto';
import { standardTables } from '../../catalogue/standard.ts';
import type { SharingDefault } from '../../catalogue/catalogue.ts';
import { asInstaller, sql, type Db } from '../../kernel/database.ts';
import { layTenant, newKey } from '../../kernel/install.ts';
import { hashOf } from '../../kernel/caller.ts';
import { derive } from '../../kernel/keys.ts';
import type { Clerk } from '../../kernel/http.ts';
import { ORDER } from '../order.ts';

export interface Opening { name: string; email: string; member: string; region?: string; sharing?: SharingDefault }
export interface Opened { tenant: string; invitation_token: string }

/** Keyed hash of an address: the installation finds a member's tenant by it without keeping a list of addresses. */
export const addressHash = (email: string) => createHmac('sha256', derive('address_book', 'installation')).update(email.trim().toLowerCase()).digest();

/** An opaque secret that names its tenant (the prefix is no secret: it only says where to look). */
export const newSecret = (tenant: string, prefix = '') => `${prefix}${tenant}${prefix ? '_' : '.'}${randomBytes(32).toString('base64url')}`;

/** Keeps an address findable for sign-in. */
export const enterAddress = (db: Db, email: string, tenant: string) =>
  db.run(sql`insert into steward.address_book (address, tenant) values (${addressHash(email)}, ${tenant}) on conflict do nothing`);

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

/** Invites within the caller's transaction as the law; the token works once, for this member. */
export async function invite(db: Db, tenant: string, member: number): Promise<string> {
  const token = newSecret(tenant);
  await db.run(sql`insert into invitation (hash, member_no, expires_at) values (${hashOf(token)}, ${member}, now() + interval '14 days')`);
  return token;
}

/**
 * Opens a tenant in under a second; all of it or nothing.
 * @returns its key and the administrator's invitation.
 */
export async function openTenant(opening: Opening): Promise<Opened> {
  const key = newKey();
  const tables = standardTables(opening.sharing ?? 'edit');
  let token = '';
  await asInstaller(async (db) => {
    await layTenant(db, { key, name: opening.name, region: opening.region ?? 'eu' }, ORDER, tables, [1, 2, 3], async () => {
      await firstProfiles(db, tables);
      const member = await db.one<{ no: number }>(sql`insert into member (name, email, profile_no) values (${opening.member}, ${opening.email}, 1) returning no`);
      token = await invite(db, key, member.no);
    });
    await enterAddress(db, opening.email, key);
  });
  return { tenant: key, invitation_token: token };
}

export const clerks: Clerk[] = [];
