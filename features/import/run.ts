// Carries imports out: batch after batch, each in one transaction with its progress, in the importing member's rights, by whichever server process holds the lease.
import { findMember, type Caller } from '../../kernel/caller.ts';
import { door, sql } from '../../kernel/database.ts';
import { Problem, translate } from '../../kernel/errors.ts';
import { deleteFile, readFile } from '../../kernel/files.ts';
import { LEASE, type Job } from '../../kernel/jobs.ts';
import { codeOf, log } from '../../kernel/log.ts';
import { isPassing } from '../../kernel/records/bulk.ts';
import { CsvFault, rowsOf, type Row } from './csv.ts';
import { doneOf, importableTable, planOf, storeBatch, type Plan, type Rehearsal, type Task } from './rows.ts';

/** Rows in one transaction: more is hardly faster, and a pause or a crash costs at most one batch. */
const BATCH = 500;
/** Characters in one transaction, for files whose rows are huge. */
const BATCH_SIZE = 4_000_000;

/** One batch, its problems and its progress, together or not at all. False when the import is not this holder's (any more): paused, lost, ended. */
async function oneBatch(caller: Caller, holder: string, plan: Plan, rows: Row[], rehearsal?: Rehearsal): Promise<boolean> {
  const { task } = plan;
  return caller.as(async (db) => {
    // Takes the row's lock first: whoever else believes to hold the lease waits here and then finds the progress changed.
    const mine = await db.run(sql`update import set lease_until = clock_timestamp() + make_interval(secs => ${LEASE}) where id = ${task.id} and holder = ${holder} and state = ${task.state}
      and created + updated + skipped + errors = ${doneOf(task)}`);
    if (mine === 0) return false;
    if (rehearsal) await db.script('savepoint rehearsal');
    const { created, updated, skipped, bad } = await storeBatch(db, caller, plan, rows, rehearsal);
    if (rehearsal) await db.script('rollback to savepoint rehearsal');
    else if (created.length) await db.run(sql`insert into import_row select ${task.id}, unnest(${created}::uuid[])`);
    const problems = bad.flatMap((item) => [...item.faults].map(([column_no, reason]) => ({ line: item.line, column_no, reason })));
    if (problems.length) await db.run(sql`insert into import_problem select ${task.id}, p.line, p.column_no, p.reason from jsonb_to_recordset(${JSON.stringify(problems)}::jsonb) as p(line int, column_no int, reason text) on conflict do nothing`);
    await db.run(sql`update import set created = created + ${created.length}, updated = updated + ${updated}, skipped = skipped + ${skipped}, errors = errors + ${bad.length} where id = ${task.id}`);
    Object.assign(task, { created: task.created + created.length, updated: task.updated + updated, skipped: task.skipped + skipped, errors: task.errors + bad.length });
    return true;
  });
}

/** Data rows in batches, from row `from` on. */
async function* batches(tenant: string, task: Task, from: number): AsyncGenerator<Row[]> {
  let left = from + (task.reading.header ? 1 : 0);
  let batch: Row[] = []; let size = 0;
  for await (const rows of rowsOf(readFile(tenant, task.file!), task.reading)) {
    for (const row of rows) {
      if (left > 0) { left--; continue; }
      batch.push(row);
      size += row.cells.reduce((sum, cell) => sum + cell.length, 0);
      if (batch.length < BATCH && size < BATCH_SIZE) continue;
      yield batch;
      batch = []; size = 0;
    }
  }
  if (batch.length) yield batch;
}

async function taskOf(caller: Caller, id: string): Promise<Task | undefined> {
  const [task] = await caller.read<Task>(sql`select id, table_no, state, file, reading, columns, mapping, mode, match, created, updated, skipped, errors from import where id = ${id}`);
  return task;
}

/** Runs from where the import stands to its end, a pause, or the loss of the lease. */
async function carry(caller: Caller, holder: string, id: string, mine: AbortSignal): Promise<void> {
  const task = await taskOf(caller, id);
  if (!task || (task.state !== 'running' && task.state !== 'checking')) return;
  if (!task.file) throw new Problem(409, 'The file was deleted after 24 hours.');
  const rehearsal: Rehearsal | undefined = task.state === 'checking' ? { keys: new Set(), titles: new Set() } : undefined;
  // What a rehearsal has learnt is in memory only; after a crash it begins anew.
  if (rehearsal && doneOf(task) > 0) {
    await caller.as(async (db) => {
      await db.run(sql`delete from import_problem where import_id = ${id}`);
      await db.run(sql`update import set created = 0, updated = 0, skipped = 0, errors = 0 where id = ${id} and holder = ${holder} and state = 'checking'`);
    });
    Object.assign(task, { created: 0, updated: 0, skipped: 0, errors: 0 });
  }
  const plan = planOf(caller, importableTable(caller, (t) => t.no === task.table_no), task);
  for await (const rows of batches(caller.tenant, task, doneOf(task))) {
    if (mine.aborted || !(await oneBatch(caller, holder, plan, rows, rehearsal))) return;
  }
  await caller.as((db) => db.run(sql`update import set state = ${rehearsal ? 'checked' : 'done'}, rows = created + updated + skipped + errors, ended_at = ${rehearsal ? null : sql`clock_timestamp()`}, holder = null
    where id = ${id} and holder = ${holder} and state = ${task.state}`));
}

async function work(tenant: string, holder: string, id: string, member: number, mine: AbortSignal): Promise<void> {
  // A change of catalogue or rights in the middle: look again who he is and what he may now, and go on.
  for (let attempt = 0; ; attempt++) {
    try {
      const caller = await findMember(tenant, member, 'import');
      if (!caller) throw new Problem(403, 'The member who imported is not active any more.');
      return await carry(caller, holder, id, mine);
    } catch (error) {
      if (mine.aborted) return;
      if ((error as any)?.hint === 'version' && attempt < 100) continue;
      // What takes too long once takes too long again: that is told, everything else of the moment is tried anew.
      if (isPassing(error) && !['SW401', '57014'].includes(codeOf(error))) throw error;
      const problem = error instanceof CsvFault ? new Problem(422, error.message) : translate(error);
      if (problem.status >= 500) log.error('import.fault', { job: id, tenant, code: codeOf(error) });
      await door(tenant, (db) => db.run(sql`select fail_import(${id}, ${holder}, ${problem.message})`));
      return;
    }
  }
}

/** The job of the runner: due imports of a tenant, and files whose day is over. */
export const importJob: Job = {
  name: 'import',
  async claim(tenant, holder) {
    const due = await door(tenant, (db) => db.maybe<{ import_id: string; importer: number }>(sql`select * from claim_import(${holder}, ${LEASE})`));
    return due && {
      run: async (mine) => {
        await work(tenant, holder, due.import_id, due.importer, mine);
        // A server that stops gives its work back, so that another goes on at once.
        if (mine.aborted) await door(tenant, (db) => db.run(sql`select free_imports(${holder})`));
      },
      renew: () => door(tenant, async (db) => (await db.one<{ mine: boolean }>(sql`select renew_import(${due.import_id}, ${holder}, ${LEASE}) as mine`)).mine),
    };
  },
  async release(tenant, dead) {
    for (const { holder } of await door(tenant, (db) => db.rows<{ holder: string }>(sql`select import_holders() as holder`))) {
      if (dead(holder)) await door(tenant, (db) => db.run(sql`select free_imports(${holder})`));
    }
  },
  sweep: (tenant) => sweepImports(tenant, new Date(Date.now() - 24 * 3_600_000)),
};

/** Deletes the files of imports with which nothing was done since `before`, and what was noted about their rows. */
export async function sweepImports(tenant: string, before: Date): Promise<void> {
  for (const { import_id, sealed_file } of await door(tenant, (db) => db.rows<{ import_id: string; sealed_file: string }>(sql`select * from stale_imports(${before})`))) {
    // The file first: after a crash in between, the row still knows it, and deleting it again does no harm.
    await deleteFile(tenant, sealed_file);
    await door(tenant, (db) => db.run(sql`select forget_import(${import_id})`));
  }
}
