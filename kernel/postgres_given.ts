// A PostgreSQL server given by DATABASE_URL: TLS with a verified certificate unless it is on this machine, and version 18 or later.
import { readFileSync } from 'node:fs';
import { Client } from 'pg';
import { codeOf } from './log.ts';
import type { Access } from './postgres.ts';
import { isLoopback } from './settings.ts';

/** What node:tls is told. A certificate that does not verify is refused by Node, whatever the URL says. */
export type Tls = { rejectUnauthorized: true; minVersion: 'TLSv1.2'; ca?: string };

const verified = ['require', 'verify-ca', 'verify-full'];
const unverified = ['disable', 'allow', 'prefer', 'no-verify'];

/**
 * Reads a URL into the fields of a connection. ?host=/folder or an encoded folder as host means a socket; ?sslrootcert= names a file with
 * the certificate authority.
 * @throws Error with a sentence, never with the URL, which holds a password.
 */
export function parseDatabaseUrl(text: string): Access {
  const url = URL.parse(text);
  if (!url) throw new Error('DATABASE_URL is no address like postgresql://steward:password@db.example.org/steward?sslmode=verify-full.');
  const host = url.searchParams.get('host') ?? (decodeURIComponent(url.hostname).replace(/^\[|\]$/g, '') || 'localhost');
  const access: Access = {
    host,
    port: Number(url.port || url.searchParams.get('port') || 5432),
    user: decodeURIComponent(url.username) || 'postgres',
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)) || 'postgres',
  };
  const mode = url.searchParams.get('sslmode');
  if (mode !== null && ![...verified, ...unverified].includes(mode)) throw new Error('DATABASE_URL has an unknown sslmode. Use sslmode=verify-full.');
  const near = host.startsWith('/') || isLoopback(host);
  if (!near && mode !== null && unverified.includes(mode)) {
    throw new Error(
      'DATABASE_URL names a server on another machine without verified TLS. Use sslmode=verify-full, with sslrootcert=<file> for an authority of your own.',
    );
  }
  if (!near || verified.includes(mode ?? '')) access.ssl = tls(url.searchParams.get('sslrootcert'));
  return access;
}

function tls(rootCertificate: string | null): Tls {
  const checked: Tls = { rejectUnauthorized: true, minVersion: 'TLSv1.2' };
  if (!rootCertificate || rootCertificate === 'system') return checked;
  try {
    return { ...checked, ca: readFileSync(rootCertificate, 'utf8') };
  } catch (error) {
    throw new Error(`The file that sslrootcert in DATABASE_URL names can't be read (${codeOf(error)}).`, { cause: error });
  }
}

/** Connects once. @throws Error with a sentence when it does not answer or is too old. */
export async function checkGiven(access: Access): Promise<Access> {
  const client = new Client({ ...access, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    throw new Error(`The PostgreSQL server of DATABASE_URL refuses the connection (${codeOf(error)}). Check address, user, password and certificate.`, {
      cause: error,
    });
  }
  try {
    const { rows } = await client.query<{ version: number }>(`select current_setting('server_version_num')::int as version`);
    if (rows[0].version >= 180000) return access;
    throw new Error('The PostgreSQL server of DATABASE_URL is too old. Steward needs PostgreSQL 18 or later.');
  } finally {
    await client.end();
  }
}
