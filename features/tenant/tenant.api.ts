// The contract of the tenant's own settings.
import { z } from 'zod';
import { endpoint, label } from '../../kernel/contract.ts';

const Tenant = z.object({ name: z.string(), region: z.string(), currency: z.string(), language: z.string() });

export const readTenant = endpoint({ method: 'GET', path: '/tenant', summary: 'The company as it is set up.', who: 'member', answer: Tenant });

export const changeTenant = endpoint({
  method: 'PATCH', path: '/tenant', summary: 'Changes name, currency and language of the company.', who: 'administer', answer: Tenant,
  body: z.strictObject({
    name: label().transform((s) => s.trim()).optional(),
    currency: z.string().regex(/^[A-Z]{3}$/, 'is a code of three capital letters, like EUR').optional(),
    language: z.enum(['en', 'de']).optional(),
  }),
});
