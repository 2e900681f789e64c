/** Whatever is sent to the server gets a clear refusal; nothing is lost and nothing leaks. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { RequestOptions } from 'node:http';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { meet } from '#src/meet/contract.ts';
import { startHouse } from './house.ts';
import type { TestHouse } from './house.ts';
import { ask, askCall, makeMeeting, must, randomSeat } from './program.ts';
import type { Answer, MadeMeeting } from './program.ts';

const json = { 'Content-Type': 'application/json' };
const absent_room = 'abcdefghijkmnpqrstuvwxyz23';

let house: TestHouse;
let meeting: MadeMeeting;
/** Begun before everything else, since the server is right to wait a while. */
let slow: Promise<string[]>;

before(async () => {
  house = await startHouse();
  meeting = await makeMeeting(house.origin);
  slow = Promise.all(
    Array.from({ length: 50 }, () =>
      sendRaw(house.origin, 'GET / HTTP/1.1\r\nHost: a\r\nX-Slow: '),
    ),
  );
});
after(() => house.stop());

/** A refusal has a code and a sentence, and says nothing about the inside. */
function assertRefusal(answer: Answer, status: number, code: string | undefined): void {
  assert.equal(answer.status, status, answer.text);
  assert.doesNotMatch(answer.text, /node_modules|\.ts\b|\bat \S+:\d+|select |postgres|data_dir/i);
  if (code === undefined) return;
  const { error } = JSON.parse(answer.text) as { error: { code: string; message: string } };
  assert.equal(error.code, code);
  assert.ok(error.message.length > 10, 'a refusal says what is wrong in words');
}

interface CallCase {
  readonly says: string;
  readonly call: string;
  readonly body: string | Buffer;
  readonly options?: RequestOptions;
  readonly status: number;
  readonly code: string;
}

const hello = (change: object): string =>
  JSON.stringify({ room: absent_room, door: randomSeat(), ...change });

const call_cases: readonly CallCase[] = [
  { says: 'an unknown call', call: 'meet.open', body: '{}', status: 404, code: 'app.unknown-call' },
  { says: 'a call of no room', call: 'open', body: '{}', status: 404, code: 'app.unknown-call' },
  {
    says: 'a name that every object has',
    call: 'meet.constructor',
    body: '{}',
    status: 404,
    code: 'app.unknown-call',
  },
  { says: 'the same alone', call: '__proto__', body: '{}', status: 404, code: 'app.unknown-call' },
  {
    says: 'an escaped name',
    call: 'meet%2Ehello%00',
    body: '{}',
    status: 404,
    code: 'app.unknown-call',
  },
  { says: 'no JSON', call: 'meet.hello', body: '{"room":', status: 400, code: 'app.bad-input' },
  { says: 'no body', call: 'meet.hello', body: '', status: 400, code: 'app.bad-input' },
  {
    says: 'bytes that are no UTF-8',
    call: 'meet.hello',
    body: Buffer.from([0x22, 0xff, 0xfe, 0x22]),
    status: 400,
    code: 'app.bad-input',
  },
  { says: 'null', call: 'meet.hello', body: 'null', status: 400, code: 'app.bad-input' },
  { says: 'a list', call: 'meet.hello', body: '[]', status: 400, code: 'app.bad-input' },
  { says: 'a number', call: 'meet.hello', body: '1e999', status: 400, code: 'app.bad-input' },
  {
    says: 'JSON 20,000 levels deep',
    call: 'meet.hello',
    body: '['.repeat(20_000) + ']'.repeat(20_000),
    status: 400,
    code: 'app.bad-input',
  },
  { says: 'nothing asked for', call: 'meet.hello', body: '{}', status: 400, code: 'app.bad-input' },
  {
    says: 'a room of another type',
    call: 'meet.hello',
    body: hello({ room: 1 }),
    status: 400,
    code: 'app.bad-input',
  },
  ...[
    '',
    '../../etc/passwd',
    'ABCDEFGHIJKMNPQRSTUVWXYZ23',
    `${absent_room}\n`,
    `${absent_room}2`,
  ].map((room): CallCase => ({
    says: `the room ${JSON.stringify(room)}`,
    call: 'meet.hello',
    body: hello({ room }),
    status: 400,
    code: 'app.bad-input',
  })),
  {
    says: 'SQL as a room',
    call: 'meet.hello',
    body: hello({ room: "' or 1=1; drop table meeting--" }),
    status: 400,
    code: 'app.bad-input',
  },
  {
    says: 'a door that is too short',
    call: 'meet.hello',
    body: hello({ door: 'a' }),
    status: 400,
    code: 'app.bad-input',
  },
  {
    says: 'a door as an object',
    call: 'meet.hello',
    body: hello({ door: { $ne: null } }),
    status: 400,
    code: 'app.bad-input',
  },
  {
    says: 'a key proven over HTTP',
    call: 'keys.prove',
    body: JSON.stringify({ room: absent_room, key: randomSeat(), sig: 'a'.repeat(86) }),
    status: 400,
    code: 'app.live-only',
  },
  {
    says: 'a media token for nobody',
    call: 'keys.token',
    body: JSON.stringify({ pass: randomSeat() }),
    status: 401,
    code: 'keys.not-proven',
  },
  {
    says: 'a knock that is larger than a knock',
    call: 'keys.knock',
    body: JSON.stringify({
      pass: randomSeat(),
      link: 1,
      kp: 'a'.repeat(8000),
      name: '',
      mac: randomSeat(),
      admit: null,
    }),
    status: 400,
    code: 'app.bad-input',
  },
  {
    says: 'a grant that nobody gave',
    call: 'meet.create',
    body: JSON.stringify({
      room: absent_room,
      grant: 'a'.repeat(80),
      root: randomSeat(),
      door_hash: randomSeat(),
    }),
    status: 409,
    code: 'meet.bad-grant',
  },
  {
    says: 'a call for the live connection',
    call: 'meet.watch',
    body: hello({ cursor: null }),
    status: 400,
    code: 'app.live-only',
  },
  {
    says: 'a form',
    call: 'meet.hello',
    body: hello({}),
    options: { headers: { 'Content-Type': 'text/plain' } },
    status: 415,
    code: 'app.json-only',
  },
  {
    says: 'no type',
    call: 'meet.hello',
    body: hello({}),
    options: { headers: {} },
    status: 415,
    code: 'app.json-only',
  },
  {
    says: 'GET',
    call: 'meet.hello',
    body: '',
    options: { method: 'GET' },
    status: 405,
    code: 'app.post-only',
  },
  {
    says: 'a page of another site',
    call: 'meet.reserve',
    body: '{}',
    options: { headers: { ...json, Origin: 'https://evil.example' } },
    status: 403,
    code: 'app.foreign-origin',
  },
  {
    says: 'a page without an origin of its own',
    call: 'meet.reserve',
    body: '{}',
    options: { headers: { ...json, Origin: 'null' } },
    status: 403,
    code: 'app.foreign-origin',
  },
  {
    says: 'another site whose name was pointed at this machine',
    call: 'meet.reserve',
    body: '{}',
    options: { headers: { ...json, Host: 'evil.example', Origin: 'http://evil.example' } },
    status: 403,
    code: 'app.foreign-origin',
  },
  {
    says: '65 kB',
    call: 'meet.hello',
    body: hello({ filler: 'a'.repeat(65_536) }),
    status: 413,
    code: 'app.too-large',
  },
  {
    says: '65 kB in chunks',
    call: 'meet.hello',
    body: hello({ filler: 'a'.repeat(65_536) }),
    options: { headers: { ...json, 'Transfer-Encoding': 'chunked' } },
    status: 413,
    code: 'app.too-large',
  },
];

describe('calls over HTTP', () => {
  for (const { says, call, body, options, status, code } of call_cases)
    test(says, async () => {
      const sent = { method: 'POST', headers: json, body, ...options };
      assertRefusal(await ask(house.origin, `/rpc/${call}`, sent), status, code);
    });

  test('an absent room and a wrong door get the same answer', async () => {
    for (const [name, rest] of [
      ['meet.hello', {}],
      ['meet.end', { proof: 'a'.repeat(86) }],
    ] as const) {
      const door = randomSeat();
      const absent = await askCall(house.origin, name, { room: absent_room, door, ...rest });
      const wrong = await askCall(house.origin, name, { room: meeting.room, door, ...rest });
      assertRefusal(absent, 404, 'meet.no-meeting');
      assert.equal(wrong.text, absent.text);
      assert.equal(wrong.status, absent.status);
      assert.deepEqual(Object.keys(wrong.headers), Object.keys(absent.headers));
    }
  });

  test('a host key that is not the meeting’s ends nothing', async () => {
    const { room, door } = meeting;
    const answer = await askCall(house.origin, 'meet.end', { room, door, proof: 'a'.repeat(86) });
    assertRefusal(answer, 403, undefined);
    assert.equal((await must(house.origin, 'meet.hello', { room, door }))['ended'], false);
  });

  test('a room is made once', async () => {
    const { room, grant } = await must(house.origin, 'meet.reserve', {});
    const made = { room, grant, root: randomSeat(), door_hash: randomSeat() };
    await must(house.origin, 'meet.create', made);
    const again = { ...made, door_hash: randomSeat() };
    const answer = await askCall(house.origin, 'meet.create', again);
    assert.ok(answer.status >= 400 && answer.status < 500, answer.text);
  });
});

describe('pages', () => {
  for (const path of [
    '/../../package.json',
    '/..%2f..%2fpackage.json',
    '/assets/../../../package.json',
    '/assets/%2e%2e/%2e%2e/package.json',
    '/files/../manifest.json',
    '/manifest.json',
    '//etc/passwd',
    '/%00',
    '/%',
    '/m/a/b/c',
    '/.env',
    '/twirp/livekit.RoomService/ListRooms',
    '/metrics',
  ])
    test(`GET ${path} finds nothing`, async () => {
      const answer = await ask(house.origin, path);
      assert.ok([400, 404].includes(answer.status), `${String(answer.status)} ${answer.text}`);
      assert.doesNotMatch(answer.text, /"dependencies"|root:|"scripts"/);
    });

  for (const method of ['PUT', 'DELETE', 'PROPFIND', 'TRACE', 'OPTIONS'])
    test(`${method} / is refused`, async () => {
      const answer = await ask(house.origin, '/', { method });
      assert.ok([404, 405, 501].includes(answer.status), String(answer.status));
    });

  test('headers of 20 kB', async () => {
    const answer = await ask(house.origin, '/', { headers: { 'X-Long': 'a'.repeat(20_000) } });
    assert.equal(answer.status, 431);
  });
});

/** Sends bytes as they are and gives back all that came until the server closed. */
async function sendRaw(origin: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(origin);
  const socket = connect(Number(port), hostname);
  let received = '';
  socket.setEncoding('utf8').on('data', (text: string) => (received += text));
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(bytes);
  await once(socket, 'close');
  return received;
}

describe('what is hardly HTTP', () => {
  for (const [says, bytes] of [
    ['no HTTP at all', '\x16\x03\x01\x02\x00\x01\x00\r\n\r\n'],
    [
      'two lengths',
      'POST /rpc/meet.hello HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}',
    ],
    [
      'a length and chunks',
      'POST /rpc/meet.hello HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}',
    ],
    ['no host', 'GET / HTTP/1.1\r\n\r\n'],
  ] as const)
    test(says, async () => {
      const received = await sendRaw(house.origin, bytes);
      assert.match(received, /^HTTP\/1\.1 400 /);
    });
});

test('10,000 creations from one address are held back, with when to try again', async () => {
  // An address of its own, so that the other tests keep their share.
  const from = { localAddress: '127.0.0.77' };
  const { burst, refill_ms } = meet.calls.create.rate ?? { burst: 0, refill_ms: 1 };
  const before_ms = performance.now();
  const count = async (): Promise<number> => {
    const row = await house.house.database
      .selectFrom('meeting')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    return row.count;
  };
  const existing = await count();
  let made = 0;
  let tried = 0;
  const refused: Answer[] = [];
  let may_reserve = true;
  const create = async (): Promise<void> => {
    while (tried < 10_000) {
      tried += 1;
      let seat = { room: absent_room, grant: 'a'.repeat(80) };
      if (may_reserve) {
        const reserved = await askCall(house.origin, 'meet.reserve', {}, from);
        const { ok } = JSON.parse(reserved.text) as { ok?: typeof seat };
        if (ok) seat = ok;
        else may_reserve = false;
      }
      const input = { ...seat, root: randomSeat(), door_hash: randomSeat() };
      const created = await askCall(house.origin, 'meet.create', input, from);
      if (created.status === 200) made += 1;
      else if (created.status === 429) refused.push(created);
    }
  };
  await Promise.all(Array.from({ length: 20 }, create));
  const allowed = burst + Math.ceil((performance.now() - before_ms) / refill_ms);
  assert.ok(made > 0 && made <= allowed, `${String(made)} made, ${String(allowed)} allowed`);
  assert.equal(await count(), existing + made);
  assert.ok(refused.length > 9000);
  const last = refused.at(-1);
  assert.ok(last);
  assertRefusal(last, 429, 'app.too-often');
  const { error } = JSON.parse(last.text) as { error: { fault: string; retry_after_ms: number } };
  assert.equal(error.fault, 'limit');
  assert.ok(error.retry_after_ms > 0);
  assert.ok(Number(last.headers['retry-after']) >= 1);
  await makeMeeting(house.origin);
});

test('headers that never end are not waited for, and hindered nobody', async () => {
  for (const received of await slow) assert.match(received, /^HTTP\/1\.1 408 |^$/);
});
