// Contract of sharing: who sees the records of a table, and who sees one record.
import { z } from 'zod';
import { endpoint, list, pageQuery, text } from '../../kernel/contract.ts';

const Level = z.enum(['read', 'edit', 'full']);
const Default = z.enum(['private', 'read', 'edit', 'parent']);
const Reason = z.object({ path: z.enum(['owner', 'manager', 'default', 'parent', 'profile', 'team', 'rule', 'share', 'child', 'parent_owner']), level: Level, via: z.record(z.string(), z.unknown()) });

export const changeSharing = endpoint({ method: 'PUT', path: '/tables/:table/sharing', summary: 'What members may do with records that are not their own; holds from the next request on.', who: 'administer',
  params: z.strictObject({ table: text() }), body: z.strictObject({ default: Default, parent: text().optional() }), answer: z.object({ default: Default, parent: z.string().optional() }) });
export const changeLinkSharing = endpoint({ method: 'PUT', path: '/tables/:table/links/:field/sharing', summary: 'Whether who sees a child sees its parent (not, by name, whole), and who owns a parent its children.', who: 'administer',
  params: z.strictObject({ table: text(), field: text() }), body: z.strictObject({ parent: z.enum(['none', 'label', 'read']), children: z.enum(['none', 'read']) }).partial(), answer: z.object({ parent: z.string(), children: z.string() }) });
export const listViewers = endpoint({ method: 'GET', path: '/records/:table/:id/viewers', summary: 'Every active member who sees the record, or saw it at a moment in the past, with his level.', who: 'member',
  params: z.strictObject({ table: text(), id: text() }), query: pageQuery.extend({ at: z.union([z.iso.datetime({ offset: true }), z.iso.date()]).optional() }),
  /** With `at`, a moment or the beginning of a day: those who saw it then. `exact` is false where something of then is not known, and `reason` says what. */
  answer: list(z.object({ member: z.object({ id: z.string(), label: z.string() }), level: Level })).extend({ exact: z.boolean().optional(), reason: z.string().optional() }) });
export const explainAccess = endpoint({ method: 'GET', path: '/access/members/:member/records/:table/:id', summary: 'The level of a member on a record, each way by which he has it, and what is missing where he has none.', who: 'member',
  params: z.strictObject({ member: text(254), table: text(), id: text() }), answer: z.object({ level: z.enum(['none', 'read', 'edit', 'full']), reasons: z.array(Reason), missing: z.array(z.string()) }) });
