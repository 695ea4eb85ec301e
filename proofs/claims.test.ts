// CLAIMS.md is true: each claim names proofs that exist, or says that it is not kept yet.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { proofTitles } from './titles.ts';

const text = readFileSync(join(dirname(import.meta.dirname), 'CLAIMS.md'), 'utf8');
const claims = text.split(/^### /m).slice(1).map((section) => {
  const [title, ...lines] = section.split(/^## /m)[0].split('\n');
  const proofs = lines.flatMap((line) => [...line.matchAll(/^- `([^`]+)` · (.+)$/g)].map(([, file, proof]) => ({ file, proof })));
  return { title, lines, proofs, open: lines.find((line) => line.startsWith('Not yet')) };
});

test('every proof that a claim names exists', () => {
  const titles = proofTitles();
  const missing = claims.flatMap((c) => c.proofs.filter(({ file, proof }) => !titles.get(file)?.has(proof)).map(({ file, proof }) => `${c.title}: ${file} has no proof "${proof}"`));
  assert.equal(missing.join('\n'), '');
  assert.ok(claims.flatMap((c) => c.proofs).length > 40);
});

test('every claim has proofs or says that it is not kept yet', () => {
  assert.deepEqual(claims.filter((c) => c.proofs.length === 0 && !c.open).map((c) => c.title), []);
  assert.ok(claims.length > 20);
});

test('every claim says where it comes from', () => {
  assert.deepEqual(claims.filter((c) => !/\((\d+(\.\d+)?(, )?)+\)$/.test(c.title)).map((c) => c.title), []);
});
