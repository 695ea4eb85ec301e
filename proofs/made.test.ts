// docs/made is what the tree and a fresh tenant say now; with STEWARD_DOCS=write it is written instead of compared.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { access, endpoints, rooms, schema, type Outcome, type ProfileRights } from '../docs/make.ts';
import { freshTenant } from './start.ts';

const folder = join(import.meta.dirname, '../docs/made');

function same(name: string, text: string): void {
  const path = join(folder, name);
  if (process.env.STEWARD_DOCS === 'write') {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, text);
  }
  const [kept, now] = [readFileSync(path, 'utf8').split('\n'), text.split('\n')];
  const at = now.findIndex((line, i) => line !== kept[i]);
  const first = at < 0 && now.length === kept.length ? undefined : `line ${at + 1} is "${kept[at]}", should be "${now[at]}"`;
  assert.equal(first, undefined, `docs/made/${name} is out of date (run "node bin/steward.mjs docs"): ${first}`);
}

test('docs/made/schema.md is the schema of a fresh tenant', async () => {
  const t = await freshTenant();
  same('schema.md', await schema(t.sql, t.key));
});

test('docs/made/rooms.md is what imports what', () => same('rooms.md', rooms()));

test('docs/made/api.md has every endpoint', async () => same('api.md', await endpoints()));

/** Each asks for the access to a contact of Olga's; a member further up, level, below, and the DPO. */
async function outcomes(sharing: 'private' | 'read' | 'edit'): Promise<Outcome[]> {
  const t = await freshTenant({ sharing });
  await t.member({ name: 'Tessa Top' });
  await t.member({ name: 'Max Middle', manager: 'tessa' });
  const olga = await t.member({ name: 'Olga Owner', manager: 'max' });
  await t.member({ name: 'Ben Below', manager: 'olga' });
  await t.member({ name: 'Cora Colleague', manager: 'max' });
  await t.member({ name: 'Dora Dpo', profile: 'Data protection officer' });
  const { body } = await olga.post('/records/contact', { last_name: 'Asked' });
  const people: [string, string][] = [['olga', 'the owner'], ['max', 'her manager'], ['tessa', 'a manager above him'], ['cora', 'a colleague'], ['ben', 'someone below her'], ['dora', 'a DPO who reads all'], ['adam', 'an administrator, not above her']];
  return Promise.all(people.map(async ([name, who]) => {
    const answer = await t.as(name).get(`/records/contact/${body.id}/access`);
    const may = answer.status === 200 ? answer.body : { see: false, change: false, delete: false, hand_over: false };
    return { sharing, who, see: may.see, change: may.change, delete: may.delete, hand_over: may.hand_over };
  }));
}

test('docs/made/access.md is how members of a fresh tenant are answered', async () => {
  const asked = [...(await outcomes('private')), ...(await outcomes('read')), ...(await outcomes('edit'))];
  const t = await freshTenant();
  const { body } = await t.as('adam').get('/profiles');
  same('access.md', access(asked, body.data as ProfileRights[]));
});
