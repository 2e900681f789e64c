import assert from 'node:assert/strict';
import { isAbsolute } from 'node:path';
import { test } from 'node:test';
import { OperatorError } from './app/error.ts';
import { readConfig, settings } from './config.ts';

test('an empty environment gives the documented defaults', () => {
  const config = readConfig({});
  assert.equal(config.port, 8080);
  assert.equal(config.host, '127.0.0.1');
  assert.equal(config.media_udp_port, 7882);
  assert.equal(config.media_tcp_port, 7881);
  assert.equal(config.turn_port, 3478);
  assert.equal(config.livekit, undefined);
  assert.equal(config.public_url, undefined);
  assert.ok(isAbsolute(config.data_dir));
});

test('an empty value counts as not set', () => {
  assert.equal(readConfig({ PORT: ' ', PUBLIC_URL: '' }).port, 8080);
});

test('an outside LiveKit is spoken to over HTTP, whatever scheme was given', () => {
  const config = readConfig({
    LIVEKIT_URL: 'wss://media.example.org/',
    LIVEKIT_API_KEY: 'k',
    LIVEKIT_API_SECRET: 'x'.repeat(32),
  });
  assert.deepEqual(config.livekit, {
    url: 'https://media.example.org',
    key: 'k',
    secret: 'x'.repeat(32),
  });
});

const wrong: readonly [string, Record<string, string>, RegExp][] = [
  ['a port that is no number', { PORT: 'http' }, /PORT must be a port from 0 to 65535, not "http"/],
  ['a port beyond the last', { CONCLAVE_TURN_PORT: '65536' }, /CONCLAVE_TURN_PORT must be a port/],
  ['a negative port', { CONCLAVE_MEDIA_UDP_PORT: '-1' }, /CONCLAVE_MEDIA_UDP_PORT/],
  [
    'a public address without a scheme',
    { PUBLIC_URL: 'meet.example.org' },
    /PUBLIC_URL must be an address/,
  ],
  [
    'a public address with a path',
    { PUBLIC_URL: 'https://example.org/meet' },
    /PUBLIC_URL must have no path/,
  ],
  ['an outside LiveKit without keys', { LIVEKIT_URL: 'http://10.0.0.2:7880' }, /LIVEKIT_URL needs/],
  ['a key without its secret', { LIVEKIT_API_KEY: 'k' }, /go together/],
  ['a short secret', { LIVEKIT_API_KEY: 'k', LIVEKIT_API_SECRET: 'short' }, /32 characters/],
  [
    'a certificate without its key',
    { CONCLAVE_TLS_CERT: 'c.pem' },
    /CONCLAVE_TLS_CERT and CONCLAVE_TLS_KEY/,
  ],
  [
    'a name for an address',
    { CONCLAVE_NODE_IP: 'localhost' },
    /CONCLAVE_NODE_IP must be an IP address/,
  ],
  [
    'another database',
    { DATABASE_URL: 'mysql://x' },
    /DATABASE_URL must be an address that begins with postgres/,
  ],
  ['an unknown level', { LOG_LEVEL: 'loud' }, /LOG_LEVEL must be one of/],
  [
    'a meeting for one',
    { CONCLAVE_PEOPLE_MAX: '1' },
    /CONCLAVE_PEOPLE_MAX must be a number from 2 to 1000/,
  ],
];
for (const [name, env, message] of wrong) {
  test(`refused: ${name}`, () => {
    assert.throws(
      () => readConfig(env),
      (error) => error instanceof OperatorError && message.test(error.message),
    );
  });
}

test('all wrong settings are named at once', () => {
  const read = (): unknown => readConfig({ PORT: 'x', LOG_LEVEL: 'y', PUBLIC_URL: 'z' });
  assert.throws(
    read,
    (error) => error instanceof OperatorError && error.message.split('\n').length === 3,
  );
});

test('no secret is quoted in the error about it', () => {
  const read = (): unknown => readConfig({ LIVEKIT_API_KEY: 'k', LIVEKIT_API_SECRET: 'hunter2' });
  assert.throws(read, (error) => error instanceof Error && !error.message.includes('hunter2'));
});

test('every setting has a meaning and a name of its own', () => {
  assert.equal(new Set(settings.map(({ name }) => name)).size, settings.length);
  for (const { meaning } of settings) assert.ok(meaning.length > 5);
});
