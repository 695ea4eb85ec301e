// The API described to whoever asks (OpenAPI 3.1): made from the contracts and his sight, so that what is hidden from him is not in it.
import { z } from 'zod';
import type { SeenTable } from '../../catalogue/catalogue.ts';
import { kindOf } from '../../catalogue/kinds.ts';
import type { Caller } from '../../kernel/caller.ts';
import type { Endpoint } from '../../kernel/contract.ts';
import { sql } from '../../kernel/database.ts';
import { serve, type Clerk } from '../../kernel/http.ts';
import { describeApi } from './description.api.ts';

type Json = Record<string, unknown>;

/** Shapes as JSON Schema 2020-12, which is OpenAPI 3.1's own; what has no such form is left open. */
function schemaOf(shape: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...schema } = z.toJSONSchema(shape, { io, unrepresentable: 'any', target: 'draft-2020-12' }) as Json;
  return schema;
}

const PROBLEM = { type: 'object', required: ['type', 'title', 'status', 'detail', 'request_id'], properties: { type: { type: 'string' }, title: { type: 'string' }, status: { type: 'integer' }, detail: { type: 'string' }, request_id: { type: 'string' },
  errors: { type: 'array', items: { type: 'object', properties: { field: { type: 'string' }, code: { type: 'string' }, message: { type: 'string' } } } } } };

function recordSchema(table: SeenTable): Json {
  const properties = Object.fromEntries(table.fields.map((f) => [f.name, { ...schemaOf(kindOf(f).input(f), 'input'), title: f.label, ...(f.level === 'read' ? { readOnly: true } : {}) }]));
  return { type: 'object', title: table.label, properties: { id: { type: 'string', format: 'uuid', readOnly: true }, owner: { title: 'Owner' }, created_at: { type: 'string', readOnly: true }, changed_at: { type: 'string', readOnly: true }, ...properties } };
}

function parameters(endpoint: Endpoint, tables: string[]): Json[] {
  const of = (shape: z.ZodType | undefined, where: 'path' | 'query') => {
    const { properties = {}, required = [] } = shape ? (schemaOf(shape, 'input') as { properties?: Record<string, Json>; required?: string[] }) : {};
    return Object.entries(properties).map(([name, schema]) => ({ name, in: where, required: where === 'path' || required.includes(name), schema: where === 'path' && name === 'table' && tables.length ? { type: 'string', enum: tables } : schema }));
  };
  return [...of(endpoint.params, 'path'), ...of(endpoint.query, 'query')];
}

function operation(endpoint: Endpoint, tables: string[]): Json {
  const status = String(endpoint.status ?? (endpoint.answer ? 200 : 204));
  const body = endpoint.multipart ? { 'multipart/form-data': { schema: { type: 'object' } } } : endpoint.body ? { 'application/json': { schema: schemaOf(endpoint.body, 'input') } } : undefined;
  return {
    summary: endpoint.summary, operationId: `${endpoint.method} ${endpoint.path}`.toLowerCase().replace(/[^a-z0-9]+/g, '_'), parameters: parameters(endpoint, tables),
    ...(body ? { requestBody: { content: body } } : {}), ...(endpoint.who === 'public' ? { security: [] } : {}),
    responses: { [status]: { description: 'Done', ...(endpoint.answer ? { content: { 'application/json': { schema: schemaOf(endpoint.answer, 'output') } } } : {}) }, default: { description: 'Refused', content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } } },
  };
}

function described(caller: Caller, clerks: Clerk[]): Json {
  const tables = [...caller.sight.tables.keys()];
  const paths: Record<string, Json> = {};
  for (const { endpoint } of clerks) {
    if ((endpoint.who === 'administer' || endpoint.who === 'dpo') && !caller.profile.rights.includes(endpoint.who)) continue;
    const path = endpoint.path.replace(/:(\w+)/g, '{$1}');
    (paths[path] ??= {})[endpoint.method.toLowerCase()] = operation(endpoint, tables);
  }
  return {
    openapi: '3.1.0', info: { title: 'Steward', version: '1', description: 'What you may see and do; what is hidden from you is not described.' }, servers: [{ url: '/api/v1' }],
    security: [{ token: [] }, { cookie: [] }], paths,
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' }, cookie: { type: 'apiKey', in: 'cookie', name: 'steward' } }, schemas: { Problem: PROBLEM, ...Object.fromEntries([...caller.sight.tables.values()].map((t) => [t.name, recordSchema(t)])) } },
  };
}

/** The clerk who describes `all` clerks, himself too. */
export const describing = (all: () => Clerk[]): Clerk => serve(describeApi, async ({ caller }) => {
  // An ended session or a changed right shows in the transaction only.
  await caller.read(sql`select 1`);
  return described(caller, all());
});
