// The bad rows of an import, put together from what was noted (line, column, reason) and what stands in the sealed file.
import type { Caller } from '../../kernel/caller.ts';
import { sql } from '../../kernel/database.ts';
import { readFile } from '../../kernel/files.ts';
import { rowsOf, type Row } from './csv.ts';
import type { Task } from './rows.ts';

interface Noted { line: number; column_no: number; reason: string }

/** Rows of the file at these ascending lines, in one pass that ends with the last of them. */
async function* rowsAt(caller: Caller, task: Task, wanted: AsyncIterable<number> | Iterable<number>): AsyncGenerator<Row> {
  const lines = Symbol.asyncIterator in wanted ? wanted[Symbol.asyncIterator]() : wanted[Symbol.iterator]();
  let next = await lines.next();
  if (next.done) return;
  for await (const rows of rowsOf(readFile(caller.tenant, task.file!), task.reading)) {
    for (const row of rows) {
      while (!next.done && next.value < row.line) next = await lines.next();
      if (next.done) return;
      if (next.value === row.line) yield row;
    }
  }
}

const noted = (caller: Caller, id: string, line: number, column: number, limit: number) =>
  caller.read<Noted>(sql`select line, column_no, reason from import_problem where import_id = ${id} and (line, column_no) > (${line}, ${column}) order by line, column_no limit ${limit}`);

const nameOf = (task: Task, no: number) => (no === 0 ? null : (task.columns?.[no - 1] ?? null));

/** One page of problems with the values that are to blame. */
export async function problemsOf(caller: Caller, task: Task, limit: number, cursor = '0.0') {
  const [line, column] = cursor.split('.').map(Number);
  const found = await noted(caller, task.id, line, column === 0 && line === 0 ? -1 : column, limit + 1);
  const page = found.slice(0, limit);
  const cells = new Map<number, string[]>();
  if (task.file) for await (const row of rowsAt(caller, task, new Set(page.map((p) => p.line)))) cells.set(row.line, row.cells);
  const data = page.map((p) => ({ line: p.line, column: nameOf(task, p.column_no), reason: p.reason, value: p.column_no === 0 ? null : (cells.get(p.line)?.[p.column_no - 1]?.slice(0, 1_000) ?? null) }));
  const last = page.at(-1);
  return { data, next: found.length > limit && last ? `${last.line}.${last.column_no}` : null };
}

/** A cell that a spreadsheet would run as a formula gets a leading quote, which our own import takes away again. Numbers and telephone numbers stay. */
const guarded = (cell: string) => (/^[=@\t\r]|^'['=+\-@\t\r]/.test(cell) || (/^[+-]/.test(cell) && !/^[+-][\d\s().,/-]*$/.test(cell)) ? `'${cell}` : cell);
const cellText = (cell: string) => (/[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
const lineText = (cells: string[]) => `${cells.map(cellText).join(',')}\r\n`;

interface BadLine { line: number; problems: { column_no: number; reason: string }[] }

/** errors.csv as it is sent: `line,column,reason`, then the file's own columns; one line for each bad row, in the order of the file. */
export async function* badRows(caller: Caller, task: Task): AsyncGenerator<string> {
  yield lineText(['line', 'column', 'reason', ...task.columns.map(guarded)]);
  const said = new Map<number, BadLine['problems']>();
  async function* lines(): AsyncGenerator<number> {
    for (let last = 0; ;) {
      const page: BadLine[] = await caller.read<BadLine>(sql`select line, jsonb_agg(jsonb_build_object('column_no', column_no, 'reason', reason) order by column_no) as problems
        from import_problem where import_id = ${task.id} and line > ${last} group by line order by line limit 1000`);
      if (page.length === 0) return;
      for (const bad of page) said.set(bad.line, bad.problems);
      for (const { line } of page) yield line;
      last = page.at(-1)!.line;
    }
  }
  for await (const row of rowsAt(caller, task, lines())) {
    const problems = said.get(row.line) ?? [];
    said.delete(row.line);
    const names = problems.map((p) => nameOf(task, p.column_no)).filter((n) => n !== null);
    const reasons = problems.length > 1 ? problems.map((p) => [nameOf(task, p.column_no), p.reason].filter(Boolean).join(': ')) : problems.map((p) => p.reason);
    yield lineText([String(row.line), names.join('; '), reasons.join('; '), ...row.cells.map(guarded)]);
  }
}
