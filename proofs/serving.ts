// A Steward in a process of its own, as people start it, for proofs that come from outside.
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface Served { url: string; stop(): Promise<void> }

/** A data folder of its own, gone after `remove`. */
export function ownFolder(): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'steward-proof-'));
  // As root, PostgreSQL runs as another user who must pass through.
  chmodSync(folder, 0o711);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }) };
}

/** Starts `steward <command>` on a free port; `data` is its folder, that of the run unless said. @throws Error with what it said when it ends before it serves. */
export async function serving(command: 'start' | 'demo', data = process.env.STEWARD_DATA): Promise<Served> {
  const child = spawn(process.execPath, ['bin/steward.ts', command], { cwd: dirname(import.meta.dirname), env: { ...process.env, STEWARD_DATA: data, STEWARD_PORT: '0' }, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let said = '';
  const url = await new Promise<string>((resolve, reject) => {
    // Read on after the line: a process whose words nobody hears ends with the next one.
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => {
      said += chunk;
      const ready = /Steward is ready at (\S+)/.exec(said);
      if (ready) resolve(ready[1]);
    });
    void ended.then(() => reject(new Error(`Steward ended before it served: ${said}`)));
  });
  return { url, stop: async () => { child.kill(); await ended; } };
}
