/** The signalling proxy takes our own fresh tokens for plain seats and nothing else; never 404. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { WebSocket } from 'ws';
import { closeBrowsers } from './group/browser.ts';
import { startHouse } from './house.ts';
import type { TestHouse } from './house.ts';
import { takeLeaf } from './leaf.ts';
import { ask, makeMeeting } from './program.ts';
import type { MadeMeeting } from './program.ts';
import { until } from './until.ts';

const key = 'testkey';
const secret = 'a secret of the tests, 32 characters and more';

let house: TestHouse;
let meeting: MadeMeeting;
let good = '';
let identity = '';

before(async () => {
  house = await startHouse({ LIVEKIT_API_KEY: key, LIVEKIT_API_SECRET: secret });
  meeting = await makeMeeting(house.origin);
  const eve = await takeLeaf(house.origin, meeting);
  good = eve.token;
  identity = eve.identity;
});
after(async () => {
  closeBrowsers();
  await house.stop();
});

type Claims = Record<string, unknown>;

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function sign(claims: Claims, by = secret, header: Claims = { alg: 'HS256', typ: 'JWT' }): string {
  const text = `${encode(header)}.${encode(claims)}`;
  const hash = header['alg'] === 'HS512' ? 'sha512' : 'sha256';
  const signature = createHmac(hash, by).update(text).digest('base64url');
  return `${text}.${header['alg'] === 'none' ? '' : signature}`;
}

function seat(change: Claims = {}, grants: Claims = {}): Claims {
  const now_s = Math.floor(Date.now() / 1000);
  const video = {
    roomJoin: true,
    room: meeting.room,
    canPublish: true,
    canSubscribe: true,
    ...grants,
  };
  return { iss: key, sub: identity, nbf: now_s - 10, exp: now_s + 600, video, ...change };
}

interface TokenCase {
  readonly says: string;
  readonly token: () => string;
  readonly status: number;
}

const token_cases: readonly TokenCase[] = [
  { says: 'an empty token', token: () => '', status: 401 },
  { says: 'rubbish', token: () => 'a.b.c', status: 401 },
  { says: 'one that is too long', token: () => 'a'.repeat(9000), status: 401 },
  { says: 'one signed by another key', token: () => sign(seat(), 'b'.repeat(40)), status: 401 },
  {
    says: 'one of another server',
    token: () => sign(seat({ iss: 'other' }), 'b'.repeat(40)),
    status: 401,
  },
  {
    says: 'one without a signature',
    token: () => sign(seat(), secret, { alg: 'none' }),
    status: 401,
  },
  {
    says: 'one with another algorithm',
    token: () => sign(seat(), secret, { alg: 'HS512' }),
    status: 401,
  },
  { says: 'one that has expired', token: () => sign(seat({ exp: 1_700_000_000 })), status: 401 },
  { says: 'one that never expires', token: () => sign(seat({ exp: undefined })), status: 401 },
  { says: 'one that was changed', token: () => `${good.slice(0, -4)}AAAA`, status: 401 },
  { says: 'one that may not join', token: () => sign(seat({}, { roomJoin: false })), status: 403 },
  { says: 'one of a room admin', token: () => sign(seat({}, { roomAdmin: true })), status: 403 },
  {
    says: 'one of a hidden participant',
    token: () => sign(seat({}, { hidden: true })),
    status: 403,
  },
  { says: 'one of a recorder', token: () => sign(seat({}, { recorder: true })), status: 403 },
  {
    says: 'one of an agent',
    token: () => sign(seat({ kind: 'agent' }, { agent: true })),
    status: 403,
  },
  {
    says: 'one for a room that is none',
    token: () => sign(seat({}, { room: 'nowhere' })),
    status: 403,
  },
];

/** The status with which an upgrade is refused, or 101. */
async function upgradeStatus(path: string, headers: Record<string, string> = {}): Promise<number> {
  const socket = new WebSocket(`${house.origin.replace('http', 'ws')}${path}`, { headers });
  const opened = once(socket, 'open').then(() => 101);
  const refused = new Promise<number>((resolve, reject) => {
    socket.once('unexpected-response', (_request, response) => {
      resolve(response.statusCode ?? 0);
    });
    socket.once('error', reject);
  });
  try {
    return await Promise.race([opened, refused]);
  } finally {
    opened.catch(() => undefined);
    refused.catch(() => undefined);
    socket.terminate();
  }
}

function at(path: string, token: string): string {
  return `/lk/${path}?access_token=${encodeURIComponent(token)}&auto_subscribe=1&protocol=16`;
}

describe('tokens', () => {
  for (const { says, token, status } of token_cases)
    test(`${says} is refused with ${String(status)}, in the open and to validate`, async () => {
      const shown = token();
      const text = await ask(house.origin, at('rtc/v1/validate', shown));
      assert.equal(text.status, status, text.text);
      assert.ok(shown === '' || !text.text.includes(shown), 'the token is not repeated');
      for (const path of ['rtc', 'rtc/v1'])
        assert.equal(await upgradeStatus(at(path, shown)), status);
    });

  test('two tokens at once are refused', async () => {
    const path = `${at('rtc/v1/validate', good)}&access_token=${good}`;
    assert.equal((await ask(house.origin, path)).status, 401);
  });

  test('a token in a header does not count', async () => {
    const headers = { Authorization: `Bearer ${good}` };
    assert.equal((await ask(house.origin, '/lk/rtc/v1/validate', { headers })).status, 401);
    assert.equal(await upgradeStatus('/lk/rtc/v1', headers), 401);
  });

  test('a good token is let in', async () => {
    assert.equal((await ask(house.origin, at('rtc/validate', good))).status, 200);
    assert.equal(await upgradeStatus(at('rtc', good)), 101);
    assert.equal(await upgradeStatus(at('rtc', good), { Origin: house.origin }), 101);
  });

  test('and not from a page of another site', async () => {
    const headers = { Origin: 'https://evil.example' };
    assert.equal(await upgradeStatus(at('rtc/v1', good), headers), 403);
    assert.equal((await ask(house.origin, at('rtc/v1/validate', good), { headers })).status, 403);
  });
});

describe('paths', () => {
  for (const path of [
    '/lk',
    '/lk/',
    '/lk/rtc/v2',
    '/lk/rtc/v1/../../twirp/livekit.RoomService/ListRooms',
    '/lk/twirp/livekit.RoomService/ListRooms',
    '/lk//rtc',
    '/lk/agent',
    '/lk/metrics',
    '/lk/whip/v1',
    '/lk/settings',
    '/lk/debug/pprof',
  ])
    test(`${path} is closed, and not by 404`, async () => {
      const query = `?access_token=${good}`;
      for (const method of ['GET', 'POST', 'DELETE']) {
        const { status } = await ask(house.origin, path + query, { method });
        assert.ok([401, 403].includes(status), `${method} ${String(status)}`);
      }
      assert.ok([401, 403].includes(await upgradeStatus(path + query)));
    });
});

test('a seat of a meeting that has ended is refused', async () => {
  const ended = await makeMeeting(house.origin);
  const { token } = await takeLeaf(house.origin, ended);
  await house.house.database
    .updateTable('meeting')
    .set({ ended_at: new Date() })
    .where('id', '=', ended.room)
    .execute();
  assert.equal((await ask(house.origin, at('rtc/v1/validate', token))).status, 403);
  assert.equal(await upgradeStatus(at('rtc/v1', token)), 403);
});

test('a token names a leaf and nothing of its person, and is dead once the leaf has parted', async () => {
  const made = await makeMeeting(house.origin);
  const ada = await takeLeaf(house.origin, made);
  const ben = await takeLeaf(house.origin, made);
  const claims = JSON.parse(
    Buffer.from(ben.token.split('.')[1] ?? '', 'base64url').toString(),
  ) as Claims;
  assert.equal(claims['sub'], ben.identity);
  assert.equal(claims['name'] ?? '', '');
  assert.equal(claims['metadata'] ?? '', '');
  assert.equal((claims['video'] as Claims)['canUpdateOwnMetadata'], false);
  const path = at('rtc/validate', ben.token);
  assert.equal((await ask(house.origin, path)).status, 200);
  await ben.leave();
  await until('the door is shut', 5000, async () => {
    return (await ask(house.origin, path)).status === 403;
  });
  assert.equal(await upgradeStatus(at('rtc/v1', ben.token)), 403);
  assert.equal((await ask(house.origin, at('rtc/validate', ada.token))).status, 200);
});

test('no token was written to the log', () => {
  assert.ok(house.log_lines.length > 0);
  for (const line of house.log_lines) assert.ok(!line.includes(good.split('.')[2] ?? '?'), line);
});
