// Contract of batches: up to a thousand operations in one request.
import { z } from 'zod';
import { endpoint } from '../../kernel/contract.ts';

const Operation = z.strictObject({
  op: z.enum(['create', 'change', 'delete', 'upsert']), id: z.string().max(100).optional(), match: z.union([z.string().max(200), z.array(z.string().max(200)).min(1).max(5)]).optional(), values: z.record(z.string().max(200), z.unknown()).optional(),
});

export const runBatch = endpoint({
  method: 'POST', path: '/records/:table/batch', summary: 'Up to 1,000 operations: all or nothing, or each for itself.', who: 'member', params: z.strictObject({ table: z.string().max(200) }),
  body: z.strictObject({ mode: z.enum(['all', 'each']), operations: z.array(z.unknown()) }),
  answer: z.object({ results: z.array(z.object({ status: z.number(), record: z.record(z.string(), z.unknown()).optional(), problem: z.unknown().optional() })) }),
});
export { Operation };
