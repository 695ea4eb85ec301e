// Passwords: argon2id with OWASP's parameters (19 MiB, 2 passes), as a PHC string, so that stronger ones can follow without a change of the law.
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { Problem } from '../../kernel/errors.ts';

const MEMORY = 19_456;
const PASSES = 2;
const TAG = 32;
/** One thread of libuv's four stays free, so that a flood of sign-ins does not keep files from being read. */
const AT_ONCE = 3;
/** About ten seconds of work; whoever comes later is told to come again. */
const MOST_WAITING = 200;

let running = 0;
const waiting: (() => void)[] = [];

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= AT_ONCE) {
    if (waiting.length >= MOST_WAITING) throw new Problem(503, 'Too many people are signing in at this moment. Try again shortly.', [], { 'retry-after': '10' });
    // The place is handed over, not freed: otherwise a newcomer could take it in between.
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else running += 1;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }
}

/** One spelling for keyboards that write é as one character and as two. */
const bytesOf = (password: string) => Buffer.from(password.normalize('NFC'));

function work(password: string, nonce: Buffer, memory: number, passes: number): Promise<Buffer> {
  return inTurn(() => new Promise((resolve, reject) => {
    argon2('argon2id', { message: bytesOf(password), nonce, parallelism: 1, tagLength: TAG, memory, passes }, (error, tag) => (error ? reject(error) : resolve(tag)));
  }));
}

const base64 = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
const phc = (nonce: Buffer, tag: Buffer) => `$argon2id$v=19$m=${MEMORY},t=${PASSES},p=1$${base64(nonce)}$${base64(tag)}`;

/** The PHC string to keep for a password. @throws Problem 503 when too many wait. */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(16);
  return phc(nonce, await work(password, nonce, MEMORY, PASSES));
}

/** Random bytes in the place of a hash: an unknown address costs the same work as a known one and never matches. */
const nobody = phc(randomBytes(16), randomBytes(TAG));

/** Whether the password belongs to the PHC string; without one it works as long and says no. @throws Problem 503 when too many wait. */
export async function isPassword(password: string, kept: string | undefined): Promise<boolean> {
  const parts = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=1\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(kept ?? nobody);
  if (!parts) throw new Error('a kept password has an unknown form');
  const [, memory, passes, nonce, tag] = parts;
  const made = await work(password, Buffer.from(nonce, 'base64'), Number(memory), Number(passes));
  return timingSafeEqual(made, Buffer.from(tag, 'base64')) && kept !== undefined;
}
