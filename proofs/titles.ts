// The titles of the proofs, as they stand in the files: for headers and claims that name them.
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const project = dirname(import.meta.dirname);
const title = /\b(?:test|it|describe|suite|t\.test)\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`((?:[^`\\$]|\\.)*)`)/g;

/** Titles by file, such as `features/member/member.test.ts`. */
export function proofTitles(): Map<string, Set<string>> {
  const files = globSync('{catalogue,kernel,features,proofs}/**/*.test.ts', { cwd: project }).map((path) => path.replaceAll('\\', '/'));
  return new Map(files.map((path) => [path, new Set([...readFileSync(join(project, path), 'utf8').matchAll(title)].map((m) => (m[1] ?? m[2] ?? m[3]).replaceAll(/\\(.)/g, '$1')))]));
}
