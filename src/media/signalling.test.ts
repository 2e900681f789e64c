/** The door under /lk over real sockets, with the real engine behind it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { DisconnectReason } from '@livekit/protocol';
import { AccessToken } from 'livekit-server-sdk';
import type { VideoGrant } from 'livekit-server-sdk';
import { until } from '#test/until.ts';
import type { Admit } from './index.ts';
import { call, keys, pathFor, sit, startStand, upgradeStatus } from './test-stand.ts';
import type { Stand } from './test-stand.ts';

type Verdict = Awaited<ReturnType<Admit>>;

const verdicts = new Map<string, () => Promise<Verdict>>();
let stand: Stand;
let good = '';

before(async () => {
  stand = await startStand({
    admit: (room) => verdicts.get(room)?.() ?? Promise.resolve({ people_max: 10 }),
  });
  good = await stand.token('room', 'ada');
});
after(() => stand.stop());

function ask(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`http://127.0.0.1:${stand.port}${path}`, init);
}

/** Both doors must say the same: a browser asks `validate` why an upgrade was refused. */
async function bothStatuses(token: string, headers: Record<string, string> = {}) {
  const path = pathFor(token);
  const upgrade = await upgradeStatus(stand.port, path, headers);
  const validate = await ask(path.replace('/rtc?', '/rtc/validate?'), { headers });
  assert.ok(!(await validate.text()).includes(token || '-'), 'the token is not repeated');
  return { upgrade, validate: validate.status };
}

async function sign(
  grants: VideoGrant,
  { by = keys, ttl = '1m' }: { by?: typeof keys; ttl?: string } = {},
): Promise<string> {
  const token = new AccessToken(by.key, by.secret, { identity: 'eve', ttl });
  token.addGrant({ roomJoin: true, room: 'room', ...grants });
  return token.toJwt();
}

describe('tokens', () => {
  const foreign = { key: 'foreign', secret: 'f'.repeat(40) };
  const forged = { ...keys, secret: 'f'.repeat(40) };
  const table: readonly (readonly [string, () => Promise<string>, number])[] = [
    ['none', () => Promise.resolve(''), 401],
    ['a forged one', () => sign({}, { by: forged }), 401],
    ['one of another server', () => sign({}, { by: foreign }), 401],
    ['an expired one', () => sign({}, { ttl: '-1m' }), 401],
    ['one for administrators', () => sign({ roomAdmin: true }), 403],
    ['one for a hidden listener', () => sign({ hidden: true }), 403],
    ['one without a room', () => sign({ room: '' }), 403],
  ];
  for (const [says, make, status] of table)
    test(`${says}: ${status}, and nothing in the log`, async () => {
      const token = await make();
      assert.deepEqual(await bothStatuses(token), { upgrade: status, validate: status });
      const [, , signature = ''] = token.split('.');
      for (const line of stand.log_lines) assert.ok(!signature || !line.includes(signature), line);
    });

  test('a good one is let in', async () => {
    assert.deepEqual(await bothStatuses(good), { upgrade: 101, validate: 200 });
  });

  test('two at once are refused', async () => {
    const path = pathFor(good, `&access_token=${good}`);
    assert.equal(await upgradeStatus(stand.port, path), 401);
  });

  test('one in a header does not count, and does not ride along', async () => {
    const admin = await sign({ roomAdmin: true });
    const headers = { authorization: `Bearer ${good}` };
    assert.equal(await upgradeStatus(stand.port, '/lk/rtc', headers), 401);
    const caller = call(stand.port, pathFor(good), { authorization: `Bearer ${admin}` });
    const { value } = await caller.hear('join');
    assert.equal(value.participant?.identity, 'ada');
    caller.socket.close();
  });

  test('one that the engine renewed is as good', async () => {
    const caller = await sit(stand, 'room', 'bob');
    const { value: renewed } = await caller.hear('refreshToken');
    assert.deepEqual(await bothStatuses(renewed), { upgrade: 101, validate: 200 });
    caller.socket.close();
  });
});

describe('origins', () => {
  for (const [says, origin, status] of [
    ['our own', () => `http://127.0.0.1:${stand.port}`, [101, 200]],
    ['another site', () => 'https://evil.example', [403, 403]],
    ['a name that was pointed at us', () => `http://evil.example:${stand.port}`, [403, 403]],
    ['a page without an origin', () => 'null', [403, 403]],
  ] as const)
    test(`${says}: ${status[0]}`, async () => {
      const [upgrade, validate] = status;
      assert.deepEqual(await bothStatuses(good, { origin: origin() }), { upgrade, validate });
    });
});

describe('paths', () => {
  for (const path of [
    '',
    '/',
    '/rtc/v2',
    '/agent',
    '/metrics',
    '/twirp/livekit.RoomService/ListRooms',
  ])
    for (const method of ['GET', 'POST', 'OPTIONS'])
      test(`${method} /lk${path} is closed, but not by 404`, async () => {
        const query = `?access_token=${good}`;
        assert.equal((await ask(`/lk${path}${query}`, { method })).status, 403);
        assert.equal(await upgradeStatus(stand.port, `/lk${path}${query}`), 403);
      });

  test('a request that is too long is refused', async () => {
    assert.equal(await upgradeStatus(stand.port, pathFor(good, `&x=${'x'.repeat(12_000)}`)), 431);
  });

  test('a HEAD that only warms the connection up is fine', async () => {
    assert.equal((await ask('/lk', { method: 'HEAD' })).status, 204);
  });
});

describe('what could ride along', () => {
  /** Sends `text` as it is and reads until the connection ends. */
  async function raw(text: string): Promise<string> {
    const socket = connect(stand.port, '127.0.0.1');
    let answer = '';
    socket.setEncoding('latin1').on('data', (part: string) => (answer += part));
    socket.on('error', () => undefined);
    socket.write(text);
    await once(socket, 'close');
    return answer;
  }

  const upgrade = (path: string, version: number) =>
    [
      `GET ${path} HTTP/1.1`,
      'Host: 127.0.0.1',
      'Connection: Upgrade',
      'Upgrade: websocket',
      `Sec-WebSocket-Version: ${version}`,
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      '',
      '',
    ].join('\r\n');
  const second = 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n';

  test('a second request behind one that the engine does not upgrade', async () => {
    const answer = await raw(upgrade(pathFor(good), 7) + second);
    assert.equal(answer.match(/HTTP\/1\.1/g)?.length, 1, answer);
    assert.match(answer, /^HTTP\/1\.1 400 /);
    assert.ok(!answer.includes('OK'), 'the health page of the engine is not reached');
  });

  test('an upgrade to something else than WebSocket', async () => {
    const answer = await raw(upgrade(pathFor(good), 13).replace('websocket', 'h2c') + second);
    assert.match(answer, /^HTTP\/1\.1 403 /);
  });

  test('a second identity by the publish parameter', async () => {
    const caller = call(stand.port, pathFor(good, '&publish=second'));
    const { value } = await caller.hear('join');
    assert.equal(value.participant?.identity, 'ada');
    caller.socket.close();
  });
});

test('browsers are told of no STUN or TURN server but ours', async () => {
  const caller = call(stand.port, pathFor(good));
  const { value } = await caller.hear('join');
  const urls = value.iceServers.flatMap((server) => server.urls);
  assert.ok(urls.some((url) => url.startsWith('turn:')));
  for (const url of urls) assert.match(url, /^(?:stun|turn):127\.0\.0\.1:\d+(?:\?transport=udp)?$/);
  caller.socket.close();
});

describe('admission', () => {
  for (const [verdict, status] of [
    ['refused', 403],
    ['unavailable', 503],
  ] as const)
    test(`${verdict}: ${status}`, async () => {
      verdicts.set(verdict, () => Promise.resolve(verdict));
      const token = await stand.token(verdict, 'ada');
      assert.deepEqual(await bothStatuses(token), { upgrade: status, validate: status });
    });

  test('one that fails is as good as none: try again', async () => {
    verdicts.set('failing', () => Promise.reject(new Error('the database went away')));
    const token = await stand.token('failing', 'ada');
    assert.deepEqual(await bothStatuses(token), { upgrade: 503, validate: 503 });
  });

  test('no more people than the room may hold', async () => {
    verdicts.set('pair', () => Promise.resolve({ people_max: 2 }));
    const callers = [await sit(stand, 'pair', 'ada'), await sit(stand, 'pair', 'bob')];
    const third = call(stand.port, pathFor(await stand.token('pair', 'eve')));
    await assert.rejects(third.hear('join'));
    callers.push(await sit(stand, 'pair', 'ada'));
    for (const caller of callers) caller.socket.close();
  });
});

describe('closing a seat', () => {
  test('tells the one who sits there, and closes', async () => {
    const [ada, bob] = [await sit(stand, 'closing', 'ada'), await sit(stand, 'closing', 'bob')];
    await stand.media.closeSeat('closing', 'ada');
    await ada.closed;
    const { value } = await ada.hear('leave').catch(() => assert.fail('no farewell'));
    assert.equal(value.reason, DisconnectReason.PARTICIPANT_REMOVED);
    assert.deepEqual(
      (await stand.media.people('closing')).map(({ identity }) => identity),
      ['bob'],
    );
    assert.equal(bob.socket.readyState, bob.socket.OPEN);
    bob.socket.close();
  });

  test('also ends a connection that is just being let in', async () => {
    let decide: (verdict: Verdict) => void = () => undefined;
    const asked = new Promise<void>((resolve) => {
      verdicts.set('slow', () => {
        resolve();
        return new Promise((answer) => {
          decide = answer;
        });
      });
    });
    const caller = call(stand.port, pathFor(await stand.token('slow', 'ada')));
    await asked;
    await stand.media.closeSeat('slow', 'ada');
    decide({ people_max: 10 });
    await caller.closed;
    assert.deepEqual(await stand.media.people('slow'), []);
  });

  test('an empty seat, and an unknown room, are no error', async () => {
    await stand.media.closeSeat('closing', 'nobody');
    await stand.media.closeSeat('nowhere', 'nobody');
    await stand.media.endRoom('nowhere');
    assert.deepEqual(await stand.media.people('nowhere'), []);
  });

  test('the end of a room disconnects everybody', async () => {
    const callers = [await sit(stand, 'ending', 'ada'), await sit(stand, 'ending', 'bob')];
    await stand.media.endRoom('ending');
    await Promise.all(callers.map((caller) => caller.closed));
    assert.deepEqual(await stand.media.people('ending'), []);
  });
});

test('one seat cannot hold many connections', async () => {
  let answer: (verdict: Verdict) => void = () => undefined;
  const late = new Promise<Verdict>((resolve) => {
    answer = resolve;
  });
  let asked = 0;
  verdicts.set('crowd', () => {
    asked += 1;
    return late;
  });
  const path = pathFor(await stand.token('crowd', 'ada'));
  const callers = Array.from({ length: 8 }, () => call(stand.port, path));
  await until('eight are waiting', 5000, () => asked === 8);
  assert.equal(await upgradeStatus(stand.port, path), 429);
  answer('refused');
  await Promise.all(callers.map((caller) => caller.closed));
});

test('connections are counted, and forgotten when they end', async () => {
  const before_count = stand.media.metrics().media_connections;
  const caller = await sit(stand, 'count', 'ada');
  assert.equal(stand.media.metrics().media_connections, before_count + 1);
  caller.socket.close();
  await until('it is forgotten', 5000, () => {
    return stand.media.metrics().media_connections === before_count;
  });
});
