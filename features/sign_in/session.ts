// What is known of the device that opens a session, and how long one lasts.
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { cookieName, cookieOptions } from '../../kernel/http.ts';
import { derive } from '../../kernel/keys.ts';

/** Then the password is asked for again. */
export const SESSION_DAYS = 14;

/** The browser as it calls itself, for the list of sessions. */
export const deviceOf = (request: FastifyRequest) => String(request.headers['user-agent'] ?? '').toWellFormed().slice(0, 200);

/** The address cut so that it names a network, not a machine: /24, in IPv6 /48. */
export function networkOf(ip: string): string {
  const v4 = ip.replace(/^::ffff:/i, '');
  if (isIPv4(v4)) return `${v4.split('.').slice(0, 3).join('.')}.0/24`;
  if (!isIPv6(ip)) return 'unknown';
  const [head, tail] = ip.split('%')[0].split('::');
  const [left, right] = [head, tail].map((part) => (part ? part.split(':') : []));
  const groups = tail === undefined ? left : [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right];
  return `${groups.slice(0, 3).map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/48`;
}

const KNOWN_DAYS = 180;
const knownName = () => `${cookieName()}-device`;
const sign = (nonce: string, address: Buffer) => createHmac('sha256', derive('device', 'installation')).update(nonce).update(address).digest('base64url');

/** What tells this device apart if it was signed in with this address before; it opens nothing, it only counts its tries by itself. */
export function knownDevice(request: FastifyRequest, address: Buffer): Buffer | undefined {
  const [, nonce, mac] = /^([\w-]{22})\.([\w-]{43})$/.exec(request.cookies[knownName()] ?? '') ?? [];
  if (!nonce || !timingSafeEqual(Buffer.from(mac), Buffer.from(sign(nonce, address)))) return undefined;
  return createHash('sha256').update(nonce).update(address).digest();
}

/** Makes the device known after a right password. */
export function knowDevice(reply: FastifyReply, address: Buffer): void {
  const nonce = randomBytes(16).toString('base64url');
  reply.setCookie(knownName(), `${nonce}.${sign(nonce, address)}`, cookieOptions(KNOWN_DAYS));
}
