// `steward check`: says in plain lines whether settings, keys and database of this installation are as they must be.
import { Client } from 'pg';
import { startPostgres } from './postgres.ts';
import { settings } from './settings.ts';

const facts = `select current_setting('server_version') as version, current_setting('fsync') as fsync, current_setting('data_checksums') as checksums,
  (select rolsuper from pg_roles where rolname = current_user) as superuser`;

// Only a superuser may read the rules, and those of a given server are its keeper's matter.
const trusting = `select count(*)::int as lines from pg_hba_file_rules where auth_method = 'trust'`;

/** Prints one line per fact on standard output; the exit code is 1 when one of them must be mended. */
export async function check(_options: object): Promise<void> {
  const { stop, embedded, ...access } = await startPostgres();
  const client = new Client(access);
  await client.connect();
  try {
    const {
      rows: [{ version, fsync, checksums, superuser }],
    } = await client.query<Record<'version' | 'fsync' | 'checksums', string> & { superuser: boolean }>(facts);
    const trust = embedded ? (await client.query<{ lines: number }>(trusting)).rows[0].lines : 0;
    const lines: [boolean, string][] = [
      [true, `data folder ${settings.data}, its keys are there`],
      [true, `PostgreSQL ${version}, ${embedded ? 'embedded' : 'given by DATABASE_URL'}, ${superuser ? 'as superuser' : 'without superuser'}`],
      [fsync === 'on', `fsync ${fsync}`],
      [checksums === 'on', `data checksums ${checksums}`],
      [trust === 0, `${trust} rules let people in without a password`],
    ];
    for (const [good, line] of lines) process.stdout.write(`${good ? 'good ' : 'MEND '} ${line}\n`);
    process.exitCode = lines.every(([good]) => good) ? 0 : 1;
  } finally {
    await client.end();
    await stop();
  }
}
