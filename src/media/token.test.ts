import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, test } from 'node:test';
import { mintToken, participant, verifyToken } from './token.ts';

const keys = { key: 'ours', secret: 'a secret of the tests, of 32 characters and more' };
const seat = { room: 'room', identity: 'ada' };

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function sign(body: object, by = keys.secret, alg = 'HS256'): string {
  const text = `${encode({ alg, typ: 'JWT' })}.${encode(body)}`;
  const hash = { HS256: 'sha256', HS384: 'sha384', HS512: 'sha512' }[alg];
  const signature = hash ? createHmac(hash, by).update(text).digest('base64url') : '';
  return `${text}.${signature}`;
}

function claims(change: object = {}, grants: object = {}): object {
  const now_s = Math.floor(Date.now() / 1000);
  const video = { roomJoin: true, room: seat.room, ...grants };
  return { iss: keys.key, sub: seat.identity, nbf: now_s, exp: now_s + 600, video, ...change };
}

function past(age_s: number): number {
  return Math.floor(Date.now() / 1000) - age_s;
}

test('what is minted is taken, and says what was asked for', async () => {
  const token = await mintToken(keys, {
    ...seat,
    name: 'Ada',
    ttl_s: 600,
    permissions: { ...participant, canPublish: false, canPublishSources: ['camera'] },
  });
  assert.deepEqual(await verifyToken(keys, token), seat);
  const body: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  assert.ok(typeof body === 'object' && body !== null && 'video' in body && 'exp' in body);
  assert.deepEqual(body.video, {
    roomJoin: true,
    room: 'room',
    canPublish: false,
    canPublishData: true,
    canSubscribe: true,
    canUpdateOwnMetadata: true,
    canPublishSources: ['camera'],
  });
  assert.ok(Math.abs(Number(body.exp) - past(-600)) <= 1);
});

test('without permissions it is for a whole participant', async () => {
  const token = await mintToken(keys, { ...seat, name: 'Ada', ttl_s: 600 });
  const body = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
  for (const grant of Object.keys(participant)) assert.ok(body.includes(`"${grant}":true`), grant);
});

test('a token that the media server renewed is taken', async () => {
  const renewed = claims({ identity: 'ada', kind: 'standard', iat: past(0), name: 'Ada' });
  assert.deepEqual(await verifyToken(keys, sign(renewed)), seat);
});

const good = sign(claims());
const invalid: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['rubbish', 'a.b.c'],
  ['two parts', good.split('.').slice(0, 2).join('.')],
  ['a foreign key', sign(claims({ iss: 'theirs' }))],
  ['a foreign secret', sign(claims(), 'b'.repeat(40))],
  ['a foreign key and secret', sign(claims({ iss: 'theirs' }), 'b'.repeat(40))],
  ['no signature', sign(claims(), keys.secret, 'none')],
  ['HS384', sign(claims(), keys.secret, 'HS384')],
  ['HS512', sign(claims(), keys.secret, 'HS512')],
  ['a changed body', good.replace(/\.[^.]+\./, `.${encode(claims({ sub: 'eve' }))}.`)],
  ['expired', sign(claims({ exp: past(60) }))],
  ['expired just now', sign(claims({ exp: past(1) }))],
  ['no expiry', sign(claims({ exp: undefined }))],
  ['not valid yet', sign(claims({ nbf: past(-3600) }))],
  ['far too long', sign(claims({ name: 'a'.repeat(5000) }))],
];
describe('invalid', () => {
  for (const [says, token] of invalid)
    test(says, async () => assert.equal(await verifyToken(keys, token), 'invalid'));
});

const forbidden: readonly (readonly [string, object])[] = [
  ['no grants', claims({ video: undefined })],
  ['no joining', claims({}, { roomJoin: false })],
  ['no room', claims({}, { room: '' })],
  ['no identity', claims({ sub: undefined })],
  ['an empty identity', claims({ sub: '' })],
  ['two identities', claims({ identity: 'eve' })],
  ['an identity that is none', claims({ sub: 7 })],
  ...[
    'roomAdmin',
    'roomCreate',
    'roomList',
    'roomRecord',
    'ingressAdmin',
    'hidden',
    'recorder',
    'agent',
    'canManageAgentSession',
    'aGrantOfTheFuture',
  ].map((grant) => [grant, claims({}, { [grant]: true })] as const),
  ['another room', claims({}, { destinationRoom: 'elsewhere' })],
  ['an agent', claims({ kind: 'agent' })],
  ['a phone', claims({ sip: { call: true } })],
  ['a room of its own making', claims({ roomConfig: { agents: [{}] } })],
  ['a preset', claims({ roomPreset: 'big' })],
  ['attributes', claims({ attributes: { role: 'host' } })],
];
describe('forbidden', () => {
  for (const [says, body] of forbidden)
    test(says, async () => assert.equal(await verifyToken(keys, sign(body)), 'forbidden'));
});
