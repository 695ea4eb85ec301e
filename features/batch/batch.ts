// Batches: many operations in one transaction, all or nothing, or each behind its own savepoint.
import type { SeenTable } from '../../catalogue/catalogue.ts';
import type { Caller } from '../../kernel/caller.ts';
import type { Db } from '../../kernel/database.ts';
import { invalid, Problem, TITLES, translate } from '../../kernel/errors.ts';
import { serve, type Clerk } from '../../kernel/http.ts';
import { page } from '../list/list.ts';
import { changeOne, createOne, deleteOne, recordId, seenTable } from '../record/record.ts';
import { Operation, runBatch } from './batch.api.ts';

interface Result { status: number; record?: Record<string, unknown>; problem?: unknown }

async function upsert(db: Db, caller: Caller, table: SeenTable, match: string[], values: Record<string, unknown>): Promise<Result> {
  const filter = Object.fromEntries(match.map((name) => {
    if (values[name] === undefined || values[name] === null) throw invalid(name, 'is needed to match by', 'required');
    return [name, { eq: values[name] }];
  }));
  const { data } = await page(db, caller, table, { filter, fields: ['id'], limit: 2 });
  if (data.length > 1) throw new Problem(409, 'More than one record matches.');
  if (data.length === 1) return { status: 200, record: await changeOne(db, caller, table, data[0].id as string, values) };
  return { status: 201, record: await createOne(db, caller, table, values) };
}

async function operate(db: Db, caller: Caller, table: SeenTable, said: unknown): Promise<Result> {
  const parsed = Operation.safeParse(said);
  if (!parsed.success) throw invalid(parsed.error.issues[0].path.join('.') || 'operation', parsed.error.issues[0].message);
  const { op, id, match, values = {} } = parsed.data;
  if (op === 'create') return { status: 201, record: await createOne(db, caller, table, values) };
  if (op === 'upsert') {
    if (!match) throw invalid('match', 'is needed', 'required');
    return upsert(db, caller, table, [match].flat(), values);
  }
  if (id === undefined) throw invalid('id', 'is needed', 'required');
  if (op === 'change') return { status: 200, record: await changeOne(db, caller, table, recordId(id), values) };
  await deleteOne(db, caller, table, recordId(id));
  return { status: 204 };
}

function fault(table: SeenTable, error: unknown): Result {
  const problem = translate(error, (column) => table.fields.find((f) => f.column === column)?.name ?? 'field');
  if (problem.status >= 500) throw error;
  return { status: problem.status, problem: { title: TITLES[problem.status], status: problem.status, detail: problem.message, errors: problem.errors } };
}

async function all(db: Db, caller: Caller, table: SeenTable, operations: unknown[]): Promise<Result[]> {
  const results: Result[] = [];
  for (const [i, operation] of operations.entries()) {
    try {
      results.push(await operate(db, caller, table, operation));
    } catch (error) {
      const problem = translate(error, (column) => table.fields.find((f) => f.column === column)?.name ?? 'field');
      if (problem.status >= 500) throw error;
      // One fault refuses the whole, whatever its own status would have been.
      throw new Problem(422, `Operation ${i + 1}: ${problem.message}`, problem.errors.length ? problem.errors.map((e) => ({ ...e, field: `operations.${i}.${e.field}` })) : [{ field: `operations.${i}`, code: String(problem.status), message: problem.message }]);
    }
  }
  return results;
}

async function each(db: Db, caller: Caller, table: SeenTable, operations: unknown[]): Promise<Result[]> {
  const results: Result[] = [];
  for (const operation of operations) {
    await db.script('savepoint operation');
    try {
      results.push(await operate(db, caller, table, operation));
      await db.script('release savepoint operation');
    } catch (error) {
      await db.script('rollback to savepoint operation');
      results.push(fault(table, error));
    }
  }
  return results;
}

export const clerks: Clerk[] = [
  serve(runBatch, async ({ caller, params, body }) => {
    const table = seenTable(caller, params.table);
    if (body.operations.length > 1000) throw new Problem(413, 'A batch has at most 1,000 operations.');
    return { results: await caller.as((db) => (body.mode === 'all' ? all : each)(db, caller, table, body.operations)) };
  }),
];
