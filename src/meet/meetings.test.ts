/** What the delivery of MLS messages asks of the meetings. */
import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { startBench, type Bench } from '#test/database.ts';
import { expectEventsToExplain } from '#test/explain.ts';
import { CallerError } from '../app/error.ts';
import { openAccount } from '../app/events.ts';
import type { Dispatcher } from '../app/server.ts';
import type { Meeting } from '../keys/index.ts';
import { newRoomId } from './create.ts';
import { accountOf, applyEvent } from './meeting.ts';
import { meetings } from './meetings.ts';
import { findMeeting, readState } from './store.ts';

let bench: Bench;
let server: Dispatcher;

before(async () => {
  bench = await startBench();
  server = bench.dispatcher([]);
});
after(() => bench.stop());

const hashOf = (door: Buffer): Buffer => createHash('sha256').update(door).digest();

interface Made {
  readonly room: string;
  readonly door: Buffer;
  readonly root: Buffer;
}

async function makeMeeting(ended_at: Date | null = null): Promise<Made> {
  const room = newRoomId();
  const door = randomBytes(32);
  const { x = '' } = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
  const root = Buffer.from(x, 'base64url');
  const account = accountOf(room);
  const row = { id: room, account, root, link: 1, people_max: 5, door_hash: hashOf(door) };
  await bench.db.transaction().execute((tx) => openAccount(tx, account));
  await bench.db
    .insertInto('meeting')
    .values({ ...row, created_at: new Date(), ended_at })
    .execute();
  return { room, door, root };
}

function enter(room: string, door: Buffer): Promise<Meeting> {
  return server.act((ctx) => meetings.enter(ctx, room, door.toString('base64url')));
}

type Refused = Pick<CallerError, 'code' | 'message' | 'status'>;

async function refusal(room: string, door: Buffer): Promise<Refused> {
  const cause: unknown = await enter(room, door).then(
    () => assert.fail('the door should not open'),
    (reason: unknown) => reason,
  );
  assert.ok(cause instanceof CallerError);
  const { code, message, status } = cause;
  return { code, message, status };
}

test('the door opens to an open meeting; absent and wrong are one answer', async () => {
  const { room, door, root } = await makeMeeting();
  assert.deepEqual(await enter(room, door), { root, link: 1, people_max: 5 });
  const absent = await refusal(newRoomId(), door);
  assert.deepEqual([absent.code, absent.status], ['meet.no-meeting', 404]);
  const ended = await makeMeeting(new Date());
  for (const [name, shown] of [
    [room, randomBytes(32)],
    [ended.room, randomBytes(32)],
  ] as const)
    assert.deepEqual(await refusal(name, shown), absent);
  // Who has the link is told that it is over.
  const over = await refusal(ended.room, ended.door);
  assert.deepEqual([over.code, over.status], ['meet.ended', 410]);
});

test('an open meeting is found without its door, an ended or absent one is not', async () => {
  const { room, root } = await makeMeeting();
  const ended = await makeMeeting(new Date());
  for (const look of ['find', 'hold'] as const) {
    assert.deepEqual(await server.act((ctx) => meetings[look](ctx, room)), {
      root,
      link: 1,
      people_max: 5,
    });
    for (const none of [ended.room, newRoomId()])
      assert.equal(await server.act((ctx) => meetings[look](ctx, none)), undefined);
  }
});

test('a held meeting cannot end before it is let go', async () => {
  const { room } = await makeMeeting();
  const lock = (): Promise<unknown> =>
    bench.db
      .selectFrom('meeting')
      .select('id')
      .where('id', '=', room)
      .forUpdate()
      .noWait()
      .execute();
  await server.act(async (ctx) => {
    await meetings.find(ctx, room);
    await lock();
    await meetings.hold(ctx, room);
    await assert.rejects(lock, { code: '55P03' });
  });
  await lock();
});

test('another link opens by another door, and its event explains it', async () => {
  const { room, door } = await makeMeeting();
  const next = randomBytes(32);
  let shown = door;
  const explained = {
    db: bench.db,
    account: accountOf(room),
    read: () =>
      server.act(async (ctx) =>
        readState(ctx, await findMeeting(ctx, room, shown.toString('base64url'))),
      ),
    apply: applyEvent,
  };
  const relink = async (link: number, to: Buffer): Promise<void> => {
    const old = await server.act((ctx) => meetings.relink(ctx, room, { link, hash: hashOf(to) }));
    assert.deepEqual(old, { link: link === 2 ? 1 : 2, hash: hashOf(shown) });
    shown = to;
  };
  const events = await expectEventsToExplain(explained, () => relink(2, next));
  assert.deepEqual(
    events.map(({ event, data }) => [event, data]),
    [['meet.relinked', { link: 2 }]],
  );
  assert.equal((await enter(room, next)).link, 2);
  assert.equal((await refusal(room, door)).code, 'meet.no-meeting');
  // As when the commit that changed it is voided.
  await expectEventsToExplain(explained, () => relink(1, door));
  assert.equal((await enter(room, door)).link, 1);
});
