// `npm run demo`: Steward with the cast, in a data folder of its own, and a sign-in as anyone of it.
import { isAbsolute, join } from 'node:path';

const project = join(import.meta.dirname, '..');

/** Never the data of a real installation: the demo has a folder of its own, and brings its own PostgreSQL. */
function ownFolder(): void {
  const wanted = process.env.STEWARD_DATA || 'data/demo';
  const folder = isAbsolute(wanted) ? wanted : join(project, wanted);
  if (folder === join(project, 'data')) throw new Error('The demo does not touch the data folder of the real installation. Leave STEWARD_DATA unset, or name another folder.');
  process.env.STEWARD_DATA = folder;
  delete process.env.DATABASE_URL;
}

/** Serves the demo until it is stopped. @throws Error with a sentence for people when the folder holds something else. */
export async function demo(_options: object): Promise<void> {
  ownFolder();
  // Only now: the kernel reads the settings when it is first imported.
  const { serveDemo } = await import('./demo_server.ts');
  await serveDemo();
}
