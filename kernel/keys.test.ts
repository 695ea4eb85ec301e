// Proof: what was sealed opens only with the same key in the same place, and a key file is made once and never again.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import fc from 'fast-check';

const data = mkdtempSync(join(tmpdir(), 'steward-keys-'));
process.env.STEWARD_DATA = data;
const { derive, masterKey, seal, sealText, unseal, unsealText } = await import('./keys.ts');

it('the master key is made at first use, for its owner alone, and stays', () => {
  const key = masterKey();
  assert.equal(key.length, 32);
  assert.equal(statSync(join(data, 'keys/master')).mode & 0o777, 0o600);
  assert.deepEqual(readFileSync(join(data, 'keys/master')), key);
  const program = `process.stdout.write((await import(${JSON.stringify(join(import.meta.dirname, 'keys.ts'))})).masterKey().toString('hex'))`;
  const other = execFileSync(process.execPath, ['--input-type=module', '-e', program], { env: { ...process.env, STEWARD_DATA: data } });
  assert.equal(other.toString(), key.toString('hex'));
});

it('keys of two purposes or two ids have nothing in common', () => {
  const seen = new Set([derive('a', 'bc'), derive('ab', 'c'), derive('a', 'b'), derive('b', 'a')].map((key) => key.toString('hex')));
  assert.equal(seen.size, 4);
  assert.deepEqual(derive('a', 'bc'), derive('a', 'bc'));
});

it('anything sealed comes back, and differs each time', () => {
  const key = derive('proof', '1');
  fc.assert(
    fc.property(fc.uint8Array(), fc.string(), fc.string({ unit: 'grapheme' }), (bytes, place, text) => {
      const plain = Buffer.from(bytes);
      const sealed = seal(key, plain, place);
      assert.deepEqual(unseal(key, sealed, place), plain);
      assert.notDeepEqual(seal(key, plain, place), sealed);
      assert.equal(unsealText(key, sealText(key, text, place), place), text);
    }),
  );
});

it('a changed bit, another place, another key and a stump are refused', () => {
  const key = derive('proof', '1');
  const sealed = seal(key, Buffer.from('salary'), 'tenant 1');
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed);
    changed[at] ^= 1;
    assert.throws(() => unseal(key, changed, 'tenant 1'), `byte ${at}`);
  }
  assert.throws(() => unseal(key, sealed, 'tenant 2'));
  assert.throws(() => unseal(derive('proof', '2'), sealed, 'tenant 1'));
  for (const length of [0, 11, 12, 27, sealed.length - 1]) assert.throws(() => unseal(key, sealed.subarray(0, length), 'tenant 1'), `${length} bytes`);
  rmSync(data, { recursive: true });
});
