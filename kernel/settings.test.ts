// Proof: good settings are read, bad ones are named without their values.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { isLoopback, loadSettings, projectFolder } from './settings.ts';

it('without any setting there are defaults, and an empty value counts as none', () => {
  const defaults = { data: `${projectFolder}/data`, port: 4310, url: undefined, databaseUrl: undefined, log: undefined, providerHosts: {} };
  assert.deepEqual(loadSettings({}), defaults);
  assert.deepEqual(loadSettings({ STEWARD_DATA: '', STEWARD_PORT: '', DATABASE_URL: '', STEWARD_PROVIDER_HOSTS: '' }), defaults);
});

it('good settings are read', () => {
  const read = loadSettings({
    STEWARD_DATA: '/srv/steward',
    STEWARD_PORT: '0',
    STEWARD_URL: 'https://crm.example.org/',
    STEWARD_PROVIDER_HOSTS: '{"api.twilio.com":"http://127.0.0.1:9999"}',
  });
  assert.deepEqual(
    [read.data, read.port, read.url, read.providerHosts],
    ['/srv/steward', 0, 'https://crm.example.org', { 'api.twilio.com': 'http://127.0.0.1:9999' }],
  );
});

const bad: [string, string][] = [
  ['STEWARD_PORT', '65536'],
  ['STEWARD_PORT', '-1'],
  ['STEWARD_PORT', '80a'],
  ['STEWARD_URL', 'ftp://secret-value'],
  ['STEWARD_URL', 'secret-value'],
  ['DATABASE_URL', 'mysql://a:secret-value@b/c'],
  ['STEWARD_LOG', 'secret-value.txt'],
  ['STEWARD_PROVIDER_HOSTS', 'secret-value'],
  ['STEWARD_PROVIDER_HOSTS', '["secret-value"]'],
  ['STEWARD_PROVIDER_HOSTS', '{"api.twilio.com":"https://secret-value.example"}'],
  ['STEWARD_PROVIDER_HOSTS', '{"api.twilio.com":"http://127.0.0.1.secret-value.example"}'],
  ['STEWARD_PROVIDER_HOSTS', '{"api.twilio.com":"http://10.0.0.1"}'],
];

for (const [name, value] of bad) {
  it(`${name}=${value} is refused by name, without its value`, () => {
    assert.throws(
      () => loadSettings({ [name]: value }),
      (error: Error) => error.message.startsWith(`${name} `) && !error.message.includes('secret-value'),
    );
  });
}

it('only this machine is loopback', () => {
  for (const host of ['localhost', '127.0.0.1', '127.9.9.9', '::1', '[::1]']) assert.ok(isLoopback(host), host);
  for (const host of ['localhost.example', '128.0.0.1', '0.0.0.0', '127.0.0.1.nip.io', '']) assert.ok(!isLoopback(host), host);
});
