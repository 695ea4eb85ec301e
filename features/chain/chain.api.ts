// Contract of the chain: the proof that no activity was changed.
import { z } from 'zod';
import { endpoint } from '../../kernel/contract.ts';

export const verifyActivities = endpoint({ method: 'GET', path: '/activities/verify', summary: 'Checks the chain of activities: is any entry changed, removed or moved?', who: 'member', answer: z.object({ ok: z.boolean(), entries: z.number(), head: z.string(), first_bad: z.number().optional() }) });
