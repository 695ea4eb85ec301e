// Stores many things of which some may be bad: all at once, and by halves only where that fails.
import type { Db } from '../database.ts';
import { translate, type Problem } from '../errors.ts';

/** Faults of the moment, not of the data: deadlock, cancelled, connection or server gone. The transaction has to be tried again as a whole. */
export const isPassing = (error: any): boolean => /^(08|40|53|57|58)/.test(error?.code ?? '') || translate(error).status === 503 || error?.hint === 'version' || error?.code === 'SW401';

/**
 * Runs `work` on all items within a savepoint; if the database or a clerk refuses, on each half, down to single ones.
 * `refused` hears of each item that fails alone. Costs about 2·log₂(n) statements for each bad item.
 * @throws what is no fault of the items.
 */
export async function halving<T>(db: Db, items: T[], work: (some: T[]) => Promise<void>, refused: (item: T, problem: Problem) => void): Promise<void> {
  if (items.length === 0) return;
  await db.script('savepoint halving');
  try {
    await work(items);
    await db.script('release savepoint halving');
    return;
  } catch (error) {
    if (isPassing(error)) throw error;
    const problem = translate(error);
    // A fault of ours is not one of the data: it must not be reported as a bad row.
    if (problem.status >= 500) throw error;
    await db.script('rollback to savepoint halving; release savepoint halving');
    if (items.length === 1) { refused(items[0], problem); return; }
  }
  const middle = Math.ceil(items.length / 2);
  await halving(db, items.slice(0, middle), work, refused);
  await halving(db, items.slice(middle), work, refused);
}
