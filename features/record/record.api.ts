// Contract of single records: get, create, change, delete, hand over, and what the caller may do with one.
import { z } from 'zod';
import { endpoint, name } from '../../kernel/contract.ts';

const Values = z.record(z.string().max(200), z.unknown());
const Rec = z.record(z.string(), z.unknown());
const InTable = z.strictObject({ table: name.or(z.string().max(200)) });
const OneRecord = z.strictObject({ table: z.string().max(200), id: z.string().max(100) });

export const getRecord = endpoint({ method: 'GET', path: '/records/:table/:id', summary: 'One record, with all fields that you may read, or those named.', who: 'member', params: OneRecord, query: z.strictObject({ fields: z.string().max(10_000).optional() }), answer: Rec });
export const createRecord = endpoint({ method: 'POST', path: '/records/:table', summary: 'Creates a record; you own it unless you name an owner and may hand over.', who: 'member', params: InTable, body: Values, answer: Rec, status: 201 });
export const changeRecord = endpoint({ method: 'PATCH', path: '/records/:table/:id', summary: 'Changes the fields named; with If-Match only if nobody changed what you see meanwhile.', who: 'member', params: OneRecord, body: Values, answer: Rec });
export const deleteRecord = endpoint({ method: 'DELETE', path: '/records/:table/:id', summary: 'Deletes for good. Refused while records that you see are linked to it, unless you detach them.', who: 'member', params: OneRecord, query: z.strictObject({ children: z.literal('detach').optional() }), status: 204 });
export const handOver = endpoint({ method: 'PUT', path: '/records/:table/:id/owner', summary: 'Hands the record over to another member.', who: 'member', params: OneRecord, body: z.strictObject({ owner: z.string().max(254) }), answer: Rec });
export const recordAccess = endpoint({ method: 'GET', path: '/records/:table/:id/access', summary: 'What you may do with this record and its fields.', who: 'member', params: OneRecord,
  answer: z.object({ see: z.boolean(), change: z.boolean(), delete: z.boolean(), share: z.boolean(), hand_over: z.boolean(), fields: z.record(z.string(), z.enum(['read', 'write'])) }) });
