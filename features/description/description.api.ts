// Contract of the API's own description.
import { z } from 'zod';
import { endpoint } from '../../kernel/contract.ts';

export const describeApi = endpoint({ method: 'GET', path: '/openapi.json', summary: 'This API as OpenAPI 3.1, cut to what you may see.', who: 'member', answer: z.record(z.string(), z.unknown()) });
