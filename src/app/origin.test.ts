import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { callerAddress, isOwnOrigin, requestOrigin } from './origin.ts';

type Parts = { host?: string; origin?: string; forwarded?: string; remote?: string; tls?: boolean };

/** The parts of a request that these functions read. */
function request({
  host,
  origin,
  forwarded,
  remote = '127.0.0.1',
  tls = false,
}: Parts): IncomingMessage {
  const headers = { host, origin, 'x-forwarded-for': forwarded };
  return {
    headers,
    socket: { remoteAddress: remote, encrypted: tls },
  } as unknown as IncomingMessage;
}

const origins: readonly [string, Parts, string | undefined, string | undefined][] = [
  ['an address', { host: '127.0.0.1:8080' }, undefined, 'http://127.0.0.1:8080'],
  ['an IPv6 address', { host: '[::1]:8080' }, undefined, 'http://[::1]:8080'],
  ['localhost over TLS', { host: 'localhost', tls: true }, undefined, 'https://localhost'],
  ['a rebound name', { host: 'evil.example' }, undefined, undefined],
  ['no host', {}, undefined, undefined],
  ['nonsense', { host: 'a b' }, undefined, undefined],
  [
    'the public address',
    { host: 'evil.example' },
    'https://meet.example.org',
    'https://meet.example.org',
  ],
];
for (const [name, parts, public_url, expected] of origins) {
  test(`origin of a request to ${name}`, () =>
    assert.equal(requestOrigin(request(parts), public_url), expected));
}

test('a foreign page is refused, our own and programs are not', () => {
  const host = '127.0.0.1:8080';
  assert.equal(isOwnOrigin(request({ host }), undefined), true);
  assert.equal(isOwnOrigin(request({ host, origin: 'http://127.0.0.1:8080' }), undefined), true);
  assert.equal(isOwnOrigin(request({ host, origin: 'https://evil.example' }), undefined), false);
  assert.equal(isOwnOrigin(request({ host, origin: 'null' }), undefined), false);
  assert.equal(
    isOwnOrigin(request({ host: 'evil.example', origin: 'http://evil.example' }), undefined),
    false,
  );
});

const addresses: readonly [string, Parts, string[], string][] = [
  ['a direct caller', { remote: '192.0.2.1' }, [], '192.0.2.1'],
  [
    'a direct caller who invents a header',
    { remote: '192.0.2.1', forwarded: '10.9.9.9' },
    [],
    '192.0.2.1',
  ],
  ['behind a proxy', { remote: '10.0.0.1', forwarded: '192.0.2.1' }, ['10.0.0.1'], '192.0.2.1'],
  [
    'behind a proxy, inventing more',
    { remote: '10.0.0.1', forwarded: '1.1.1.1, 192.0.2.1' },
    ['10.0.0.1'],
    '192.0.2.1',
  ],
  [
    'behind two proxies',
    { remote: '10.0.0.1', forwarded: '192.0.2.1, 10.0.0.2' },
    ['10.0.0.1', '10.0.0.2'],
    '192.0.2.1',
  ],
  ['a proxy that says nothing', { remote: '10.0.0.1' }, ['10.0.0.1'], '10.0.0.1'],
  ['mapped IPv4', { remote: '::ffff:192.0.2.1' }, [], '192.0.2.1'],
];
for (const [name, parts, trusted, expected] of addresses) {
  test(`address of ${name}`, () => assert.equal(callerAddress(request(parts), trusted), expected));
}
