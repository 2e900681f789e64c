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
  Price,
  reconcile,
  Trials,
  type MediaGate,
  type Groups,
} from './index.ts';
import type { Seats } from './admission.ts';
import { findNonce } from '../protocol/link/work.ts';
import { newRoomId } from './create.ts';
import { accountOf, applyEvent, ended_kept_ms, vacant_max_ms } from './meeting.ts';

let bench: Bench;
let server: Dispatcher;
/** What was asked of the media engine; the engine itself is tested in src/media and test/. */
const asked: string[] = [];
const media: MediaGate = {
  endRoom: async (room) => {
    asked.push(`end ${room}`);
  },
};
const groups: Groups = {
  endRoom: async (_ctx, room) => void asked.push(`end the group of ${room}`),
  forgetRooms: async (_ctx, rooms) => void asked.push(...rooms.map((room) => `forget ${room}`)),
};
const trials = new Trials({
  media_path: '/lk',
  mint: async (room, identity) => `${room} ${identity}`,
  endRoom: async (room) => void asked.push(`end ${room}`),
});
const creations = { calm_max: 10_000, hourly_max: 10_000 };
const guest = { actor: { kind: 'guest', address: '192.0.2.1' } } as const;

before(async () => {
  bench = await startBench();
  server = bench.dispatcher(
    bindMeet({ media, groups, people_max: 3, price: new Price(creations), trials }),
  );
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

interface Reserved {
  readonly room: string;
  readonly grant: string;
  readonly bits: number;
}

const newSecret = (): string => b64(randomBytes(32));

async function takeSeat(room: string, identity: string): Promise<void> {
  await server.act((ctx) => arrive(ctx, { room, identity }));
}

/** What the delivery service would say: everybody may send a picture. */
function seatsOf(has: Seats['has']): Seats {
  return { has, sends: async () => ['cam'] };
}

const newIdentity = (): string => randomBytes(16).toString('base64url');

test('room ids are 26 characters of a base32 without look-alikes, and differ', () => {
  const ids = new Set(Array.from({ length: 1000 }, newRoomId));
  assert.equal(ids.size, 1000);
  for (const id of ids) assert.match(id, /^[a-km-np-z2-9]{26}$/);
  assert.equal(new Set([...ids].join('')).size, 32, 'all 32 characters occur');
});

test('a meeting is made under a reserved id, and making it again changes nothing', async () => {
  const { room, grant } = await call<{ room: string; grant: string }>('meet.reserve', {});
  const input = { room, grant, root: newSecret(), door_hash: newSecret() };
  await call('meet.create', input);
  await call('meet.create', input);
  assert.equal(await refusal('meet.create', { ...input, door_hash: newSecret() }), 'meet.exists');
});

interface Tried {
  readonly seats: readonly { readonly identity: string; readonly token: string }[];
}

test('a trial has two seats, of which one sends a picture, and nobody else comes in', async () => {
  const { seats } = await call<Tried>('meet.trial', {});
  const [sender, receiver] = seats;
  assert.ok(sender && receiver);
  const [room = ''] = sender.token.split(' ');
  const now_ms = Date.now();
  assert.ok(trials.isTrial(room) && !trials.isTrial(newRoomId()));
  assert.deepEqual(trials.admit(room, sender.identity, now_ms), { people_max: 4, sends: ['cam'] });
  assert.deepEqual(trials.admit(room, receiver.identity, now_ms), { people_max: 4, sends: [] });
  assert.equal(trials.admit(room, 'somebody', now_ms), 'refused');
  assert.equal(trials.admit('trial-of-nobody', sender.identity, now_ms), 'refused');
  assert.equal(trials.admit(room, sender.identity, now_ms + 121_000), 'refused');
});

test('the 31st trial at once is refused, with when to come back', async () => {
  const ask = () => server.dispatch('meet.trial', {}, another());
  let at = 0;
  const another = () => ({ actor: { kind: 'guest', address: `198.51.100.${at++}` } }) as const;
  const answers = [];
  for (let count = 0; count < 32; count += 1) answers.push((await ask()).body);
  const refused = answers.flatMap((body) => ('error' in body ? [body.error] : []));
  assert.ok(refused.length > 0 && answers.length - refused.length <= 30);
  for (const { code, retry_after_ms } of refused) {
    assert.equal(code, 'meet.trials-full');
    assert.ok((retry_after_ms ?? 0) > 0 && (retry_after_ms ?? 0) <= 120_000);
  }
  await trials.stop();
});

test('an id that was not reserved is refused, and so is the grant of another', async () => {
  const { grant } = await call<{ grant: string }>('meet.reserve', {});
  const input = { room: newRoomId(), grant, root: newSecret(), door_hash: newSecret() };
  assert.equal(await refusal('meet.create', input), 'meet.bad-grant');
  assert.equal(await refusal('meet.create', { ...input, grant: 'x' }), 'meet.bad-grant');
  assert.equal(
    await refusal('meet.create', { ...input, grant: '99999999999999.AAAA' }),
    'meet.bad-grant',
  );
});

test('where many meetings are made each takes work, and past a limit there are no more', async () => {
  const busy = bench.dispatcher(
    bindMeet({
      media,
      groups,
      people_max: 3,
      price: new Price({ calm_max: 1, hourly_max: 3 }),
      trials,
    }),
  );
  const ask = async (name: string, input: unknown): Promise<unknown> => {
    const { body } = await busy.dispatch(name, input, guest);
    return 'ok' in body ? body.ok : body.error.code;
  };
  const reserve = async () => (await ask('meet.reserve', {})) as Reserved;
  const wanted = ({ room, grant }: Reserved, nonce?: string) => ({
    room,
    grant,
    root: newSecret(),
    door_hash: newSecret(),
    ...(nonce !== undefined && { nonce }),
  });
  const first = await reserve();
  assert.equal(first.bits, 0);
  assert.deepEqual(await ask('meet.create', wanted(first)), { room: first.room });
  const second = await reserve();
  assert.equal(second.bits, 13);
  const nonce = await findNonce(second.room, 13);
  assert.equal(await ask('meet.create', wanted(second)), 'meet.no-work');
  assert.equal(await ask('meet.create', wanted(second, `${nonce}x`)), 'meet.no-work');
  // Nobody lowers the price of a grant.
  const cheap = { ...second, grant: second.grant.replace('.13.', '.0.') };
  assert.equal(await ask('meet.create', wanted(cheap, nonce)), 'meet.bad-grant');
  const third = await reserve();
  assert.equal(await ask('meet.create', wanted(third, nonce)), 'meet.no-work');
  assert.deepEqual(await ask('meet.create', wanted(second, nonce)), { room: second.room });
  const found = await findNonce(third.room, third.bits);
  assert.deepEqual(await ask('meet.create', wanted(third, found)), { room: third.room });
  const last = await reserve();
  const more = await findNonce(last.room, last.bits);
  assert.equal(await ask('meet.create', wanted(last, more)), 'meet.too-many');
});

test('an absent room and a wrong door get one and the same answer', async () => {
  const { room } = await makeMeeting();
  const wrong = await server.dispatch('meet.hello', { room, door: newSecret() }, guest);
  const absent = await server.dispatch(
    'meet.hello',
    { room: newRoomId(), door: newSecret() },
    guest,
  );
  assert.deepEqual(wrong, absent);
  assert.equal(wrong.status, 404);
});

test('refusals at the door leave at multiples of 50 ms, whichever they are', async () => {
  const { room } = await makeMeeting();
  for (const target of [room, newRoomId(), room, newRoomId()]) {
    const started = performance.now();
    await server.dispatch('meet.hello', { room: target, door: newSecret() }, guest);
    assert.ok(performance.now() - started >= 50, 'released before its time');
  }
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
  await takeSeat(room, newIdentity());
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
  const admission = new Admission(
    bench.db,
    seatsOf(async () => true),
  );
  assert.equal(await admission.admit(room, newIdentity()), 'refused');
});

test('the media engine is opened to the leaves of an open meeting, and to nobody else', async () => {
  const { room } = await makeMeeting();
  const leaves = new Set(['ada']);
  const admission = new Admission(
    bench.db,
    seatsOf(async (_room, id) => leaves.has(id)),
  );
  assert.deepEqual(await admission.admit(room, 'ada'), { people_max: 3, sends: ['cam'] });
  assert.equal(await admission.admit(room, 'ben'), 'refused');
  assert.equal(await admission.admit(newRoomId(), 'ada'), 'refused');
  leaves.delete('ada');
  assert.equal(await admission.admit(room, 'ada'), 'refused');
});

test('who connects a moment before their knock is waited for', async () => {
  const { room } = await makeMeeting();
  let looks = 0;
  const admission = new Admission(
    bench.db,
    seatsOf(async () => (looks += 1) > 3),
  );
  assert.deepEqual(await admission.admit(room, 'ada'), { people_max: 3, sends: ['cam'] });
  assert.equal(looks, 4);
});

test('a meeting nobody was in for a day ends, and is forgotten a day later with its events', async () => {
  const { room, door, explained } = await makeMeeting();
  const occupied = await makeMeeting();
  await takeSeat(occupied.room, newIdentity());
  const age = (column: 'vacant_since' | 'ended_at', ms: number): Promise<unknown> =>
    bench.db
      .updateTable('meeting')
      .set({ [column]: new Date(Date.now() - ms - 1000) })
      .where('id', '=', room)
      .execute();
  await age('vacant_since', vacant_max_ms);
  await expectEventsToExplain(explained, () => server.act((ctx) => forget(ctx, groups)));
  assert.equal((await explained.read()).ended, true);
  await age('ended_at', ended_kept_ms);
  await server.act((ctx) => forget(ctx, groups));
  assert.ok(asked.includes(`end the group of ${room}`));
  assert.ok(asked.includes(`forget ${room}`));
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
  await takeSeat(made.room, newIdentity());
  const again = await server.dispatch('meet.watch', { room, door, cursor: seq }, live);
  assert.equal((again.body as { ok: { state: unknown } }).ok.state, null);
  const ahead = await server.dispatch('meet.watch', { room, door, cursor: seq + 50 }, live);
  assert.notEqual((ahead.body as { ok: { state: unknown } }).ok.state, null);
  assert.deepEqual(followed.slice(0, 2), [
    [accountOf(room), seq],
    [accountOf(room), seq],
  ]);
});
