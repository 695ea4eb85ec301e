// Everything that is served at /api/v1: the clerks of all features in the order of features/order.ts.
import type { Clerk } from '../kernel/http.ts';
import { clerks as tenant } from './tenant/tenant.ts';

export const CLERKS: Clerk[] = [...tenant];
