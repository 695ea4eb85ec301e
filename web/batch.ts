// Many records changed or deleted at once: in batches, each record for itself, with progress and a count of refusals by reason.
import { call, sentence } from './client.ts';

/** The server takes 1,000 a batch; fewer make a livelier bar. */
const BATCH = 100;

export type Operation = { op: 'delete'; id: string } | { op: 'change'; id: string; values: Record<string, unknown> };
interface Result { status: number; problem?: { detail?: string } }
/** How far it got: records done with, ids that worked, refusals by reason. */
export interface Outcome { done: number; worked: Set<string>; refused: Map<string, number> }

/** Does all operations, each for itself; tells after every batch, and ends early once `stopped`. */
export async function runEach(table: string, operations: Operation[], tell: (o: Outcome) => void, stopped: () => boolean): Promise<Outcome> {
  const out: Outcome = { done: 0, worked: new Set(), refused: new Map() };
  for (let from = 0; from < operations.length && !stopped(); from += BATCH) {
    const part = operations.slice(from, from + BATCH);
    const { results } = await call<{ results: Result[] }>('POST', `/records/${table}/batch`, { body: { mode: 'each', operations: part } });
    results.forEach(({ status, problem }, i) => {
      const why = sentence(problem?.detail ?? String(status));
      if (status < 400) out.worked.add(part[i].id); else out.refused.set(why, (out.refused.get(why) ?? 0) + 1);
    });
    out.done += part.length;
    tell({ ...out });
  }
  return out;
}
