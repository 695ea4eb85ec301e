// Builds the web application when its sources have changed, so that a clone starts with one command.
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from './settings.ts';

const sources = [
  'web/**/*',
  'features/**/*.tsx',
  'features/**/*.api.ts',
  'catalogue/**/*',
  'kernel/contract.ts',
  'kernel/errors.ts',
  'vite.config.ts',
  'tsconfig.json',
  'package-lock.json',
];

/** SHA-256 of everything that goes into the build: names and contents, since times differ between clones. */
function stampOfSources(): string {
  const hash = createHash('sha256');
  for (const name of globSync(sources, { cwd: projectFolder }).toSorted()) {
    const path = join(projectFolder, name);
    if (!statSync(path).isFile()) continue;
    const content = readFileSync(path);
    hash.update(`${name}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/**
 * The folder with the built web application, made anew only when a source has changed.
 * @throws Error of Vite when a source does not compile; the last good build stays.
 */
export async function buildWeb(): Promise<string> {
  const folder = join(projectFolder, 'dist/web');
  const stampFile = join(projectFolder, 'dist/web.stamp');
  const stamp = stampOfSources();
  if (existsSync(stampFile) && existsSync(join(folder, 'index.html')) && readFileSync(stampFile, 'utf8') === stamp) return folder;
  process.stderr.write('Steward builds its web application (once per version, a few seconds) …\n');
  const draft = `${folder}.${process.pid}`;
  const { build } = await import('vite');
  const before = process.env.NODE_ENV;
  // Otherwise a NODE_ENV of the person who starts would put the slow development form of React into the build.
  process.env.NODE_ENV = 'production';
  try {
    await build({
      root: join(projectFolder, 'web'),
      configFile: join(projectFolder, 'vite.config.ts'),
      mode: 'production',
      logLevel: 'warn',
      build: { outDir: draft, emptyOutDir: true },
    });
    // Two server processes may build at once: each in its own folder, then one rename.
    rmSync(folder, { recursive: true, force: true });
    renameSync(draft, folder);
    mkdirSync(join(projectFolder, 'dist'), { recursive: true });
    writeFileSync(stampFile, stamp);
  } finally {
    rmSync(draft, { recursive: true, force: true });
    if (before === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = before;
  }
  return folder;
}
