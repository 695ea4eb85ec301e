// Contract of shares: one record, by hand.
import { z } from 'zod';
import { endpoint, text } from '../../kernel/contract.ts';

const one = text();
const To = z.union([z.strictObject({ member: one }), z.strictObject({ group: one }), z.strictObject({ team: one })]);
const Share = z.object({ id: z.string(), to: z.record(z.string(), z.unknown()), level: z.enum(['read', 'edit']), reason: z.string(), until: z.string().nullable(), by: z.object({ id: z.string().nullable(), label: z.string() }).nullable(), at: z.string() });
const params = z.strictObject({ table: z.string().max(200), id: z.string().max(100) });

export const listShares = endpoint({ method: 'GET', path: '/records/:table/:id/shares', summary: 'With whom this record is shared; for those who have full on it.', who: 'member', params, answer: z.object({ data: z.array(Share), next: z.null() }) });
export const createShare = endpoint({ method: 'POST', path: '/records/:table/:id/shares', summary: 'Shares the record; never gives full and cannot be passed on.', who: 'member', params, body: z.strictObject({ to: To, level: z.enum(['read', 'edit']), reason: text(500).default(''), until: z.iso.datetime({ offset: true }).nullable().optional() }), answer: Share, status: 201 });
export const deleteShare = endpoint({ method: 'DELETE', path: '/records/:table/:id/shares/:share', summary: 'Ends a share at once.', who: 'member', params: params.extend({ share: z.string().max(100) }), status: 204 });
