import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { after, before, test } from 'node:test';
import { startBench, type Bench } from '#test/database.ts';
import { expectEventsToExplain, type Explained } from '#test/explain.ts';
import type { Answer, Dispatcher } from '../app/server.ts';
import type { MeetingState } from './contract.ts';
import {
  Admission,
  arrive,
  bindMeet,
  depart,
  forget,
  listOccupied,
  reconcile,
  type MediaGate,
} from './index.ts';
import { newRoomId } from './create.ts';
import { accountOf, applyEvent, ended_kept_ms, vacant_max_ms } from './meeting.ts';

let bench: Bench;
let server: Dispatcher;
/** What was asked of the media engine; the engine itself is tested in src/media and test/. */
const asked: string[] = [];
const media: MediaGate = {
  media_path: '/lk',
  mint: async ({ identity }) => `token of ${identity}`,
  closeSeat: async (room, identity) => void asked.push(`close ${room} ${identity}`),
  endRoom: async (room) => void asked.push(`end ${room}`),
};
const guest = { actor: { kind: 'guest', address: '192.0.2.1' } } as const;

before(async () => {
  bench = await startBench();
  server = bench.dispatcher(bindMeet({ media, people_max: 3 }));
});
after(() => bench.stop());

const b64 = (bytes: Buffer): string => bytes.toString('base64url');

async function call<T>(name: string, input: unknown): Promise<T> {
  const { status, body } = await server.dispatch(name, input, guest);
  assert.equal(status, 200, JSON.stringify(body));
  return ('ok' in body ? body.ok : undefined) as T;
}

async function refusal(name: string, input: unknown): Promise<string> {
  const { body }: Answer = await server.dispatch(name, input, guest);
  assert.ok('error' in body, 'the call was expected to be refused');
  return body.error.code;
}

interface Made {
  readonly room: string;
  readonly door: string;
  readonly root_key: KeyObject;
  readonly explained: Explained<MeetingState>;
}

async function makeMeeting(): Promise<Made> {
  const { room, grant } = await call<{ room: string; grant: string }>('meet.reserve', {});
  const door = randomBytes(32);
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const { x: root = '' } = publicKey.export({ format: 'jwk' });
  const door_hash = b64(createHash('sha256').update(door).digest());
  await call('meet.create', { room, grant, root, door_hash });
  return {
    room,
    door: b64(door),
    root_key: privateKey,
    explained: {
      db: bench.db,
      account: accountOf(room),
      read: () => call('meet.hello', { room, door: b64(door) }),
      apply: applyEvent,
    },
  };
}

const newSeat = (): string => b64(randomBytes(32));

async function takeSeat(room: string, identity: string): Promise<void> {
  await server.act((ctx) => arrive(ctx, { room, identity }));
}

async function enterAndArrive({ room, door }: Made, seat = newSeat()): Promise<string> {
  const { identity } = await call<{ identity: string }>('meet.enter', {
    room,
    door,
    seat,
    name: 'Ada',
  });
  await takeSeat(room, identity);
  return identity;
}

test('room ids are 26 characters of a base32 without look-alikes, and differ', () => {
  const ids = new Set(Array.from({ length: 1000 }, newRoomId));
  assert.equal(ids.size, 1000);
  for (const id of ids) assert.match(id, /^[a-km-np-z2-9]{26}$/);
  assert.equal(new Set([...ids].join('')).size, 32, 'all 32 characters occur');
});

test('a meeting is made under a reserved id, and making it again changes nothing', async () => {
  const { room, grant } = await call<{ room: string; grant: string }>('meet.reserve', {});
  const input = { room, grant, root: newSeat(), door_hash: newSeat() };
  await call('meet.create', input);
  await call('meet.create', input);
  assert.equal(await refusal('meet.create', { ...input, door_hash: newSeat() }), 'meet.exists');
});

test('an id that was not reserved is refused, and so is the grant of another', async () => {
  const { grant } = await call<{ grant: string }>('meet.reserve', {});
  const input = { room: newRoomId(), grant, root: newSeat(), door_hash: newSeat() };
  assert.equal(await refusal('meet.create', input), 'meet.bad-grant');
  assert.equal(await refusal('meet.create', { ...input, grant: 'x' }), 'meet.bad-grant');
  assert.equal(
    await refusal('meet.create', { ...input, grant: '99999999999999.AAAA' }),
    'meet.bad-grant',
  );
});

test('an absent room and a wrong door get one and the same answer', async () => {
  const { room } = await makeMeeting();
  const wrong = await server.dispatch('meet.hello', { room, door: newSeat() }, guest);
  const absent = await server.dispatch('meet.hello', { room: newRoomId(), door: newSeat() }, guest);
  assert.deepEqual(wrong, absent);
  assert.equal(wrong.status, 404);
});

test('refusals at the door leave at multiples of 50 ms, whichever they are', async () => {
  const { room } = await makeMeeting();
  for (const target of [room, newRoomId(), room, newRoomId()]) {
    const started = performance.now();
    await server.dispatch(
      'meet.enter',
      { room: target, door: newSeat(), seat: newSeat(), name: 'x' },
      guest,
    );
    assert.ok(performance.now() - started >= 50, 'released before its time');
  }
});

test('a seat is the hash of its secret: the same after a reload, and nobody else’s', async () => {
  const { room, door } = await makeMeeting();
  const seat = newSeat();
  const first = await call<{ identity: string; token: string }>('meet.enter', {
    room,
    door,
    seat,
    name: 'Ada',
  });
  const again = await call<{ identity: string }>('meet.enter', { room, door, seat, name: 'Ada' });
  assert.equal(again.identity, first.identity);
  assert.match(first.identity, /^[\w-]{22}$/);
  const other = await call<{ identity: string }>('meet.enter', {
    room,
    door,
    seat: newSeat(),
    name: 'Ada',
  });
  assert.notEqual(other.identity, first.identity);
});

test('arriving and departing are explained by their events', async () => {
  const made = await makeMeeting();
  const { room, explained } = made;
  const joined = await expectEventsToExplain(explained, () => takeSeat(room, 'a'.repeat(22)));
  assert.deepEqual(
    joined.map(({ event }) => event),
    ['meet.joined'],
  );
  await expectEventsToExplain(explained, () => takeSeat(room, 'b'.repeat(22)));
  const left = await expectEventsToExplain(explained, () =>
    server.act((ctx) => depart(ctx, { room, identity: 'a'.repeat(22) })),
  );
  assert.deepEqual(
    left.map(({ event }) => event),
    ['meet.left'],
  );
  assert.deepEqual((await explained.read()).here, ['b'.repeat(22)]);
});

test('being told twice changes nothing', async () => {
  const { room, explained } = await makeMeeting();
  const identity = 'c'.repeat(22);
  await takeSeat(room, identity);
  assert.deepEqual(await expectEventsToExplain(explained, () => takeSeat(room, identity)), []);
  const gone = (): Promise<void> => server.act((ctx) => depart(ctx, { room, identity }));
  await gone();
  assert.deepEqual(await expectEventsToExplain(explained, gone), []);
});

test('a full meeting refuses one more, but not somebody who is in it', async () => {
  const made = await makeMeeting();
  const seat = newSeat();
  await enterAndArrive(made, seat);
  await enterAndArrive(made);
  await enterAndArrive(made);
  const { room, door } = made;
  assert.equal(
    await refusal('meet.enter', { room, door, seat: newSeat(), name: 'late' }),
    'meet.full',
  );
  await call('meet.enter', { room, door, seat, name: 'Ada' });
});

test('the record is made what the engine says', async () => {
  const made = await makeMeeting();
  const { room, explained } = made;
  for (const letter of ['a', 'b']) await takeSeat(room, letter.repeat(22));
  await expectEventsToExplain(explained, () =>
    server.act((ctx) =>
      reconcile(ctx, room, [{ identity: 'b'.repeat(22) }, { identity: 'd'.repeat(22) }]),
    ),
  );
  assert.deepEqual((await explained.read()).here, ['b'.repeat(22), 'd'.repeat(22)]);
  assert.ok((await server.act(listOccupied)).includes(room));
});

test('only the root key ends the meeting for everyone', async () => {
  const made = await makeMeeting();
  const { room, door, explained, root_key } = made;
  await enterAndArrive(made);
  const stranger = generateKeyPairSync('ed25519').privateKey;
  const prove = (key: KeyObject, text: string): string => b64(sign(null, Buffer.from(text), key));
  const end = { room, door };
  assert.equal(
    await refusal('meet.end', { ...end, proof: prove(stranger, `conclave/end/v1\0${room}`) }),
    'meet.not-host',
  );
  assert.equal(
    await refusal('meet.end', {
      ...end,
      proof: prove(root_key, `conclave/end/v1\0${newRoomId()}`),
    }),
    'meet.not-host',
  );
  const proof = prove(root_key, `conclave/end/v1\0${room}`);
  const events = await expectEventsToExplain(explained, () => call('meet.end', { ...end, proof }));
  assert.deepEqual(
    events.map(({ event }) => event),
    ['meet.ended'],
  );
  await expectEventsToExplain(explained, () => call('meet.end', { ...end, proof }));
  assert.ok(asked.includes(`end ${room}`));
  assert.equal(
    await refusal('meet.enter', { room, door, seat: newSeat(), name: 'late' }),
    'meet.ended',
  );
  assert.equal(await new Admission(bench.db).admit(room), 'refused');
});

test('leaving closes the seat whose secret is shown, and no other', async () => {
  const { room, door } = await makeMeeting();
  const seat = newSeat();
  const { identity } = await call<{ identity: string }>('meet.enter', {
    room,
    door,
    seat,
    name: 'Ada',
  });
  await call('meet.leave', { room, door, seat });
  assert.equal(asked.at(-1), `close ${room} ${identity}`);
});

test('a meeting nobody was in for a day ends, and is forgotten a day later with its events', async () => {
  const { room, door, explained } = await makeMeeting();
  const occupied = await makeMeeting();
  await enterAndArrive(occupied);
  const age = (column: 'vacant_since' | 'ended_at', ms: number): Promise<unknown> =>
    bench.db
      .updateTable('meeting')
      .set({ [column]: new Date(Date.now() - ms - 1000) })
      .where('id', '=', room)
      .execute();
  await age('vacant_since', vacant_max_ms);
  await expectEventsToExplain(explained, () => server.act((ctx) => forget(ctx)));
  assert.equal((await explained.read()).ended, true);
  await age('ended_at', ended_kept_ms);
  await server.act((ctx) => forget(ctx));
  assert.equal(await refusal('meet.hello', { room, door }), 'meet.no-meeting');
  const kept = await bench.db
    .selectFrom('event')
    .select('seq')
    .where('account', '=', accountOf(room))
    .execute();
  assert.deepEqual(kept, []);
  assert.equal((await occupied.explained.read()).ended, false);
});

test('following needs the live connection', async () => {
  const { room, door } = await makeMeeting();
  assert.equal(await refusal('meet.watch', { room, door, cursor: null }), 'app.live-only');
});

test('a watcher gets the state, then resumes from its cursor', async () => {
  const made = await makeMeeting();
  const { room, door } = made;
  const followed: [string, number][] = [];
  const live = {
    ...guest,
    follow: (account: string, cursor: number) => void followed.push([account, cursor]),
  };
  const first = await server.dispatch('meet.watch', { room, door, cursor: null }, live);
  const { seq, state } = (first.body as { ok: { seq: number; state: MeetingState | null } }).ok;
  assert.deepEqual(state?.here, []);
  await enterAndArrive(made);
  const again = await server.dispatch('meet.watch', { room, door, cursor: seq }, live);
  assert.equal((again.body as { ok: { state: unknown } }).ok.state, null);
  const ahead = await server.dispatch('meet.watch', { room, door, cursor: seq + 50 }, live);
  assert.notEqual((ahead.body as { ok: { state: unknown } }).ok.state, null);
  assert.deepEqual(followed.slice(0, 2), [
    [accountOf(room), seq],
    [accountOf(room), seq],
  ]);
});
