// Proof: the running log holds ids, patterns, codes and numbers, and drops whatever else it is given.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { allowed, codeOf } from './log.ts';

it('fields outside the list are dropped', () => {
  const line = allowed({
    tenant: 'k3v9x',
    route: '/records/:table',
    status: 200,
    duration: 1.5,
    email: 'anna@example.test',
    body: { name: 'Anna' },
    sql: 'select 1',
  });
  assert.deepEqual(line, { tenant: 'k3v9x', route: '/records/:table', status: 200, duration: 1.5 });
});

it('an allowed field does not carry free text, addresses, lines or numbers that are none', () => {
  const slips = {
    member: 'Anna Berg',
    tenant: 'anna@example.test',
    code: 'a\nb',
    route: '/search?q=anna',
    request: 'x'.repeat(201),
    status: Number.NaN,
    count: '12',
  };
  assert.deepEqual(allowed(slips), {});
});

it('of an error only its code is told', () => {
  assert.equal(codeOf(Object.assign(new Error('Key (email)=(anna@example.test) exists'), { code: '23505' })), '23505');
  assert.equal(codeOf(new TypeError('anna@example.test')), 'TypeError');
  assert.equal(codeOf('anna@example.test'), 'unknown');
});
