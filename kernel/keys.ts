// The keys outside the database: a folder that no backup of the database holds, so that what was sealed can be forgotten.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, linkSync, lstatSync, mkdirSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { settings } from './settings.ts';

const nonceLength = 12;
const tagLength = 16;

function keysFolder(): string {
  // Enterable, not readable: as root, PostgreSQL runs as another user who must pass through to its own folder.
  mkdirSync(settings.data, { recursive: true, mode: 0o711 });
  const folder = join(settings.data, 'keys');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/** Syncs the folder entry too: without it a power cut can leave the database but no key. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  fsyncSync(handle);
  closeSync(handle);
}

/** Writes a key file unless there is one. link() refuses an existing name, so that of two processes one wins and nothing is overwritten. */
function createOnce(folder: string, name: string, content: Buffer | string): void {
  const draft = join(folder, `.${name}.${randomBytes(6).toString('hex')}`);
  const handle = openSync(draft, 'wx', 0o600);
  try {
    writeSync(handle, content as string);
    fsyncSync(handle);
    linkSync(draft, join(folder, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    closeSync(handle);
    unlinkSync(draft);
  }
  syncFolder(folder);
}

/** lstat, since the database folder may be a link whose target the caller can't reach. */
function databaseExists(): boolean {
  return lstatSync(join(settings.data, 'postgres'), { throwIfNoEntry: false }) !== undefined;
}

/**
 * A secret of this installation, made at first use and kept in <data>/keys/<name>.
 * @throws Error when it is missing although the database is there: a new one would make everything sealed unreadable.
 */
export function secret(name: string, make: () => Buffer | string): Buffer {
  const folder = keysFolder();
  const path = join(folder, name);
  if (!existsSync(path)) {
    if (databaseExists()) {
      throw new Error(
        `The key file ${name} is missing from the keys folder, but the database is there. ` +
          'Put the keys folder back from its recovery kit; Steward does not make a new key, since it could not read the old data.',
      );
    }
    createOnce(folder, name, make());
  }
  return readFileSync(path);
}

let master: Buffer | undefined;

/** The 32 random bytes from which all keys of this installation come. @throws Error when missing or of a wrong length. */
export function masterKey(): Buffer {
  master ??= secret('master', () => randomBytes(32));
  if (master.length !== 32) throw new Error('The key file master is damaged. Put the keys folder back from its recovery kit.');
  return master;
}

const derived = new Map<string, Buffer>();

/** A 32-byte key for one purpose and one id (HKDF-SHA256): knowing it tells nothing about the others. Kept, since every page seals a cursor. */
export function derive(purpose: string, id: string): Buffer {
  // A length in front, so that ('a', 'bc') and ('ab', 'c') differ.
  const name = `${purpose.length}:${purpose}:${id}`;
  const known = derived.get(name) ?? Buffer.from(hkdfSync('sha256', masterKey(), 'steward', name, 32));
  if (derived.size > 10_000) derived.clear();
  derived.set(name, known);
  return Buffer.from(known);
}

/** AES-256-GCM: nonce, text, tag. aad binds it to its place, such as tenant and record. */
export function seal(key: Buffer, plain: Buffer, aad: string): Buffer {
  const nonce = randomBytes(nonceLength);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(aad));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** Opens what seal() made. @throws Error when key, place or bytes are not the same. */
export function unseal(key: Buffer, sealed: Buffer, aad: string): Buffer {
  if (sealed.length < nonceLength + tagLength) throw new Error('This is not a sealed value.');
  const tagAt = sealed.length - tagLength;
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceLength), { authTagLength: tagLength });
  decipher.setAAD(Buffer.from(aad)).setAuthTag(sealed.subarray(tagAt));
  return Buffer.concat([decipher.update(sealed.subarray(nonceLength, tagAt)), decipher.final()]);
}

/** seal() for texts such as cursors: base64url. */
export function sealText(key: Buffer, plain: string, aad: string): string {
  return seal(key, Buffer.from(plain), aad).toString('base64url');
}

/** Opens what sealText() made. @throws Error as unseal(). */
export function unsealText(key: Buffer, sealed: string, aad: string): string {
  return unseal(key, Buffer.from(sealed, 'base64url'), aad).toString();
}
