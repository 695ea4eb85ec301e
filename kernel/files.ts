// Files of tenants: sealed in chunks under a key of the tenant, streamed both ways, never held in memory as a whole.
import { randomUUID } from 'node:crypto';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { derive, seal, unseal } from './keys.ts';
import { settings } from './settings.ts';

const CHUNK = 65_536;
/** Nonce and tag that seal() adds. */
const EXTRA = 28;

/** Thrown when a file is larger than its limit in bytes; nothing of it is left. */
export class TooLarge extends Error {}

const folderOf = (tenant: string) => join(settings.data, 'files', tenant);
function pathOf(tenant: string, id: string): string {
  if (!/^[a-z0-9]{1,40}$/.test(tenant) || !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) throw new Error('not a file of a tenant');
  return join(folderOf(tenant), id);
}

/** Bound to its place, and to being the last one, so that chunks can't be exchanged and a file can't be cut short unnoticed. */
const place = (tenant: string, id: string, index: number, last: boolean) => `${tenant}/${id}/${index}${last ? '/last' : ''}`;

/** A new id for a file. Write it down in the database before the file is written, so that no crash leaves a file that nobody knows. */
export const newFile = (): string => randomUUID();

/**
 * Writes a file from a stream, sealed and synced to disk; answers its size in bytes. `pass` sees every plain chunk.
 * @throws TooLarge beyond `limit` bytes. Whatever is thrown, the file is gone.
 */
export async function writeFile(tenant: string, id: string, source: AsyncIterable<Uint8Array>, limit: number, pass: (chunk: Buffer) => void = () => {}): Promise<number> {
  await mkdir(folderOf(tenant), { recursive: true, mode: 0o700 });
  const key = derive('file', tenant);
  const handle = await open(pathOf(tenant, id), 'wx', 0o600);
  let size = 0; let index = 0; let parts: Buffer[] = []; let held = 0;
  const flush = async (plain: Buffer, last: boolean) => { await handle.writeFile(seal(key, plain, place(tenant, id, index++, last))); };
  try {
    for await (const piece of source) {
      const chunk = Buffer.from(piece);
      size += chunk.length;
      if (size > limit) throw new TooLarge();
      pass(chunk);
      parts.push(chunk); held += chunk.length;
      if (held <= CHUNK) continue;
      let all = Buffer.concat(parts);
      // Strictly more than a chunk, so that the last one is always written below.
      for (; all.length > CHUNK; all = all.subarray(CHUNK)) await flush(all.subarray(0, CHUNK), false);
      parts = [Buffer.from(all)]; held = all.length;
    }
    await flush(Buffer.concat(parts), true);
    await handle.sync();
    await handle.close();
    return size;
  } catch (error) {
    await handle.close().catch(() => {});
    await deleteFile(tenant, id);
    throw error;
  }
}

/** The plain chunks of a file. @throws Error when it is missing, was cut or changed. */
export async function* readFile(tenant: string, id: string): AsyncGenerator<Buffer> {
  const key = derive('file', tenant);
  const handle = await open(pathOf(tenant, id), 'r');
  try {
    const { size } = await handle.stat();
    const chunks = Math.max(1, Math.ceil(size / (CHUNK + EXTRA)));
    for (let index = 0; index < chunks; index++) {
      const sealed = Buffer.alloc(Math.min(CHUNK + EXTRA, size - index * (CHUNK + EXTRA)));
      await handle.read(sealed, 0, sealed.length, index * (CHUNK + EXTRA));
      yield unseal(key, sealed, place(tenant, id, index, index === chunks - 1));
    }
  } finally {
    await handle.close();
  }
}

/** Removes a file; one that is gone already is no error. */
export async function deleteFile(tenant: string, id: string): Promise<void> {
  await rm(pathOf(tenant, id), { force: true });
}
