// Contract of activities: of a record, and of the tenant.
import { z } from 'zod';
import { endpoint } from '../../kernel/contract.ts';

const Who = z.object({ id: z.string().nullable(), label: z.string() }).nullable();
const Activity = z.object({
  id: z.string(), at: z.string(), by: Who, verb: z.string(), through: z.string(), table: z.string().nullable(), record: z.string().nullable(), about: z.unknown().optional(),
  changes: z.array(z.object({ field: z.string(), old: z.unknown(), new: z.unknown() })),
});
const Paged = z.strictObject({ limit: z.coerce.number().int().min(1).max(500).default(50), cursor: z.string().max(4000).optional() });
const Page = z.object({ data: z.array(Activity), next: z.string().nullable() });

export const recordActivities = endpoint({ method: 'GET', path: '/records/:table/:id/activities', summary: 'What was done with a record, newest first, as far as you may see its fields.', who: 'member', params: z.strictObject({ table: z.string().max(200), id: z.string().max(100) }), query: Paged, answer: Page });
export const listActivities = endpoint({ method: 'GET', path: '/activities', summary: 'What was done in the tenant, newest first.', who: 'member', query: Paged.extend({ verb: z.string().regex(/^[a-z_]{1,30}$/).optional() }), answer: Page });
