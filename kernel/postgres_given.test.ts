// Proof: a database that is not on this machine is reached over verified TLS or not at all.
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';

process.env.STEWARD_DATA ??= mkdtempSync(join(tmpdir(), 'steward-given-'));
const { startPostgres } = await import('./postgres.ts');
const { checkGiven, parseDatabaseUrl } = await import('./postgres_given.ts');

const own = await startPostgres();
after(() => own.stop());

const far = 'postgresql://a:b@db.example.test:6000/c';

it('a URL is read into its parts, whatever characters they have', () => {
  const access = parseDatabaseUrl('postgresql://ann%40a:p%3A%2F%40w@[::1]:6000/my%20base');
  assert.deepEqual(access, { host: '::1', port: 6000, user: 'ann@a', password: 'p:/@w', database: 'my base' });
  assert.equal(parseDatabaseUrl('postgresql:///c?host=/var/run/postgresql').host, '/var/run/postgresql');
  assert.equal(parseDatabaseUrl('postgresql://%2Fvar%2Frun%2Fpostgresql/c').host, '/var/run/postgresql');
  assert.equal(parseDatabaseUrl('postgresql://localhost').port, 5432);
});

for (const query of ['', '?sslmode=require', '?sslmode=verify-ca', '?sslmode=verify-full']) {
  it(`another machine${query} gets TLS 1.2 or later with a verified certificate`, () => {
    assert.deepEqual(parseDatabaseUrl(far + query).ssl, { rejectUnauthorized: true, minVersion: 'TLSv1.2' });
  });
}

for (const query of ['sslmode=disable', 'sslmode=allow', 'sslmode=prefer', 'sslmode=no-verify', 'sslmode=DISABLE', 'sslmode=']) {
  it(`another machine with ${query} is refused, without the password`, () => {
    assert.throws(
      () => parseDatabaseUrl(`${far}?${query}`),
      (error: Error) => /sslmode/.test(error.message) && !error.message.includes('a:b'),
    );
  });
}

it('a host in the query counts, not the one before it', () => {
  assert.throws(() => parseDatabaseUrl('postgresql://a:b@localhost/c?host=db.example.test&sslmode=disable'), /verified TLS/);
});

it('a server on this machine is used as it stands', async () => {
  const { host, port, user, password, database } = own;
  assert.ok(await checkGiven(parseDatabaseUrl(`postgresql://${user}:${password}@${host}:${port}/${database}`)));
});

it('a server without TLS is refused where a verified certificate is asked for', async () => {
  const { host, port, user, password, database } = own;
  await assert.rejects(
    checkGiven(parseDatabaseUrl(`postgresql://${user}:${password}@${host}:${port}/${database}?sslmode=verify-full`)),
    /refuses the connection/,
  );
});

it('a wrong password is refused with a sentence that does not repeat it', async () => {
  const wrong = checkGiven({ ...own, password: 'guess' });
  await assert.rejects(wrong, (error: Error) => /28P01/.test(error.message) && !error.message.includes('guess'));
});
