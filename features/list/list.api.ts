// Contract of lists: filter, sort, page, count, group.
import { z } from 'zod';
import { endpoint, text } from '../../kernel/contract.ts';

const Rec = z.record(z.string(), z.unknown());
const Sort = z.union([z.array(z.string().max(200)).max(10), z.string().max(600).transform((s) => s.split(',').filter(Boolean))]);
const Limit = z.coerce.number().int().min(1).max(500);
const Count = z.enum(['exact', 'estimate']);
const InTable = z.strictObject({ table: z.string().max(200) });
const Page = z.object({ data: z.array(Rec), next: z.string().nullable(), count: z.number().optional(), count_more: z.boolean().optional() });

/** Filters come as `filter[field]=value` and `filter[field][operator]=value`; anything else unknown is refused by the clerk. */
export const listRecords = endpoint({
  method: 'GET', path: '/records/:table', summary: 'A page of the records that you may see.', who: 'member', params: InTable,
  query: z.object({ fields: z.string().max(10_000).optional(), sort: Sort.optional(), q: text(200).optional(), limit: Limit.optional(), cursor: z.string().max(4_000).optional(), count: Count.optional() }).catchall(z.union([z.string(), z.array(z.string())])), answer: Page,
});

const Aggregate = z.strictObject({ op: z.enum(['count', 'sum', 'avg', 'min', 'max']), field: z.string().max(200).optional() });

export const queryRecords = endpoint({
  method: 'POST', path: '/records/:table/query', summary: 'The same with nested filters, groups and aggregates.', who: 'member', params: InTable,
  body: z.strictObject({ filter: z.unknown().optional(), fields: z.array(z.string().max(200)).max(500).optional(), sort: Sort.optional(), q: text(200).optional(), limit: Limit.optional(), cursor: z.string().max(4_000).optional(), count: Count.optional(), group: z.array(z.string().max(200)).max(2).optional(), aggregate: z.array(Aggregate).max(10).optional() }), answer: Page,
});
