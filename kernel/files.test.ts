// Proof that files are sealed on disk, come back whole, and neither grow beyond a limit nor can be changed unnoticed.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { deleteFile, newFile, readFile, TooLarge, writeFile } from './files.ts';
import { settings } from './settings.ts';

const tenant = 'filesproof';
const path = (id: string) => join(settings.data, 'files', tenant, id);

async function* stream(bytes: Buffer, size: number) {
  for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size);
}

async function whole(id: string): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of readFile(tenant, id)) parts.push(part);
  return Buffer.concat(parts);
}

async function kept(bytes: Buffer, size = 10_000): Promise<string> {
  const id = newFile();
  assert.equal(await writeFile(tenant, id, stream(bytes, size), 10_000_000), bytes.length);
  return id;
}

test('what goes in comes out, whatever its length, and nothing of it is readable on the disk', async () => {
  for (const length of [0, 1, 65_535, 65_536, 65_537, 131_072, 300_001]) {
    const bytes = Buffer.alloc(length, 'canary in the file ');
    const id = await kept(bytes, length === 300_001 ? 200_000 : 10_000);
    assert.ok(bytes.equals(await whole(id)), `${length} bytes`);
    assert.ok(!readFileSync(path(id)).includes('canary'));
    await deleteFile(tenant, id);
    await deleteFile(tenant, id);
  }
});

test('beyond its limit a file is refused while it comes in, and nothing of it stays', async () => {
  const id = newFile();
  let seen = 0;
  await assert.rejects(writeFile(tenant, id, stream(Buffer.alloc(1_000_000), 10_000), 500_000, (chunk) => { seen += chunk.length; }), TooLarge);
  assert.ok(seen <= 500_000);
  assert.ok(!readdirSync(join(settings.data, 'files', tenant)).includes(id));
});

test('a file that was changed, cut, or put in the place of another is not read', async () => {
  const bytes = Buffer.alloc(200_000, 'x');
  const [one, two] = [await kept(bytes), await kept(bytes)];
  const sealed = readFileSync(path(one));
  const spoil = async (change: Buffer) => { writeFileSync(path(one), change); await assert.rejects(whole(one)); };
  const flipped = Buffer.from(sealed);
  flipped[100_000] ^= 1;
  await spoil(flipped);
  await spoil(sealed.subarray(0, 65_564));
  await spoil(Buffer.concat([sealed.subarray(65_564, 131_128), sealed.subarray(0, 65_564), sealed.subarray(131_128)]));
  await spoil(readFileSync(path(two)));
  writeFileSync(path(one), sealed);
  assert.ok(bytes.equals(await whole(one)));
});

test('the name of a file leads nowhere else', async () => {
  for (const id of ['../escape', 'a'.repeat(36), '../../../../etc/passwd']) await assert.rejects(writeFile(tenant, id, stream(Buffer.from('x'), 1), 10));
  await assert.rejects(writeFile('../x', newFile(), stream(Buffer.from('x'), 1), 10));
});
