// Contract of the search over all tables.
import { z } from 'zod';
import { endpoint, text } from '../../kernel/contract.ts';

export const search = endpoint({
  method: 'GET', path: '/search', summary: 'Records of all tables that you may see, best matches first.', who: 'member',
  query: z.strictObject({ q: text(200), table: z.string().max(200).optional(), limit: z.coerce.number().int().min(1).max(50).default(20) }),
  answer: z.object({ data: z.array(z.object({ table: z.string(), record: z.record(z.string(), z.unknown()) })) }),
});
