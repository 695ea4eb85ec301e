// After a day of work with the cast, mistakes and refusals included, neither log holds a name, an address or a number of anyone.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { asLaw, sql } from '../kernel/database.ts';
import { phoneNumber } from '../catalogue/kinds/phone.ts';
import { settings } from '../kernel/settings.ts';
import { loadCast, type Cast } from '../world/cast.ts';
import { ACCOUNTS, FITTINGS } from '../world/company.ts';
import { CONTACTS, MEMBERS } from '../world/people.ts';
import { ask, theServer } from './start.ts';

/** Everything that tells who somebody is. Short names and those that are words of the system would be found everywhere. */
function traces(): string[] {
  const names = [...CONTACTS.flatMap(([first, last]) => [first, last]), ...MEMBERS.map((m) => m.name), ...ACCOUNTS.map(([name]) => name)];
  const numbers = CONTACTS.flatMap((row) => (row[7] ? [row[7], phoneNumber(row[7])] : []));
  const addresses = [...CONTACTS.map((row) => row[6]), ...MEMBERS.map((m) => m.email)];
  return [...names, ...numbers, ...addresses, ...FITTINGS.map((row) => row[4])].filter((s): s is string => typeof s === 'string' && s.length > 4);
}

/** Mistakes that carry personal data where a careless program would write them down. */
async function tour(cast: Cast): Promise<number[]> {
  const frida = cast.session('Frida');
  const [id] = cast.contact;
  const answers = await Promise.all([
    ask('GET', '/search?q=Gr%C3%B6%C3%9Fl', undefined, frida),
    ask('GET', `/records/contact?filter[email]=${encodeURIComponent(CONTACTS[0][6]!)}&count=exact`, undefined, frida),
    ask('GET', `/records/Ratnasari/${CONTACTS[13][6]}`, undefined, frida),
    ask('PATCH', `/records/contact/${id}`, { email: 'Jürgen Größl <j.groessl@kontor-nord.example' }, frida),
    ask('PATCH', `/records/contact/${id}`, { Größl: 'j.groessl@kontor-nord.example' }, frida),
    ask('PATCH', `/records/contact/${id}`, `{"last_name":"Größl"`, { ...frida, 'content-type': 'application/json' }),
    ask('POST', '/records/contact', { last_name: 'Größl', account: '00000000-0000-7000-8000-000000000000' }, frida),
    ask('POST', '/records/contact/batch', { mode: 'each', operations: [{ op: 'create', values: { last_name: 'Święcicki', birth_date: 'Łukasz' } }] }, frida),
    ask('POST', '/members', { name: 'Karim Haddad', email: 'karim@maple-fjord.example', profile: 'Sales' }, cast.session('Ada')),
    ask('POST', '/session', { email: 'karim@maple-fjord.example', password: 'Karim Haddad' }),
    ask('GET', `/invitations/${encodeURIComponent('Karim Haddad')}`),
  ]);
  // Errors of the database whose DETAIL holds the row.
  await assert.rejects(asLaw(cast.tenant, (db) => db.run(sql`insert into contact (last_name, email, phone) values ('Größl', 'j.groessl@kontor-nord.example', '+493023125101')`)), { code: '23502' });
  await assert.rejects(asLaw(cast.tenant, (db) => db.run(sql`insert into member (name, email, profile_no) values ('Karim Haddad', 'karim@maple-fjord.example', 1)`)), { code: '23505' });
  await assert.rejects(asLaw(cast.tenant, (db) => db.run(sql`update contact set birth_date = ${'Größl'}::text::date`)), { code: '22007' });
  return answers.map((a) => a.status);
}

test('neither log holds a name, an address or a number of anyone', async () => {
  await theServer();
  const cast = await loadCast(ask);
  assert.deepEqual(await tour(cast), [200, 200, 404, 422, 422, 400, 422, 200, 409, 401, 404]);
  assert.ok(settings.log, 'the proofs run with a log of their own');
  const server = readFileSync(settings.log, 'utf8');
  const logs = globSync('postgres/log/*.log', { cwd: settings.data }).map((path) => readFileSync(join(settings.data, path), 'utf8')).join('\n');
  assert.match(server, /"event":"postgres.started"/);
  assert.match(logs, /ready to accept connections/);
  const found = traces().filter((trace) => server.includes(trace) || logs.includes(trace));
  assert.deepEqual(found, []);
  assert.ok(traces().length > 120);
});
