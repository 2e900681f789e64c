/** The whole room: what happens to people in a call when the engine, or we, end. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { AccessToken } from 'livekit-server-sdk';
import { until } from '#test/until.ts';
import { createMedia } from './index.ts';
import type { MediaEvent } from './index.ts';
import { Presence } from './presence.ts';
import {
  call,
  createTestLog,
  engine_path,
  isAlive,
  keys,
  pathFor,
  sit,
  startStand,
  testConfig,
  upgradeStatus,
} from './test-stand.ts';
import type { Stand } from './test-stand.ts';
import { createWebhook } from './webhook.ts';

describe('the engine dies in a call', () => {
  let stand: Stand;
  before(async () => {
    stand = await startStand();
  });
  after(() => stand.stop());

  test('everybody can come back at once, to a room made anew, with the token they hold', async () => {
    const token = await stand.token('room', 'ada');
    const first = call(stand.port, pathFor(token));
    await first.hear('join');
    const pid = stand.media.engine_pid();
    assert.ok(pid !== undefined);
    process.kill(pid, 'SIGKILL');
    await first.closed;
    // No waiting here: a browser comes back as soon as it notices, and is held until it can.
    const again = await Promise.all(
      ['ada', 'bob', 'eve'].map(async (identity) => {
        const caller = call(stand.port, pathFor(await stand.token('room', identity)));
        await caller.hear('join');
        return caller;
      }),
    );
    const people = await stand.media.people('room');
    assert.deepEqual(people.map(({ identity }) => identity).toSorted(), ['ada', 'bob', 'eve']);
    assert.deepEqual(stand.events, [{ kind: 'restarted' }]);
    assert.equal(stand.media.metrics().media_restarts_total, 1);
    for (const caller of again) caller.socket.close();
  });
});

test('stop with people in calls is quick and leaves no process', async () => {
  const stand = await startStand();
  const callers = await Promise.all(['ada', 'bob'].map((name) => sit(stand, 'room', name)));
  const pid = stand.media.engine_pid();
  assert.ok(pid !== undefined);
  const stopped = stand.media.stop();
  await Promise.all(callers.map((caller) => caller.closed));
  for (const caller of callers)
    await assert.rejects(caller.hear('leave'), 'cut off, so that browsers come back by themselves');
  const path = pathFor(await stand.token('room', 'ada'));
  assert.equal(await upgradeStatus(stand.port, path), 503);
  await stopped;
  assert.equal(isAlive(pid), false);
  assert.equal(stand.media.health().ok, false);
  await stand.stop();
});

test('before its start the room says to come again', async () => {
  const media = createMedia({
    config: testConfig('/nowhere'),
    log: createTestLog().log,
    engine_path,
    admit: () => Promise.resolve('refused'),
    onEvent: () => undefined,
  });
  assert.equal(media.health().ok, false);
  assert.equal(media.metrics().media_up, 0);
  await assert.rejects(media.people('room'), { code: 'media.unavailable' });
  await media.stop();
});

describe('an outside LiveKit', () => {
  let inside: Stand;
  let outside: Stand;
  before(async () => {
    inside = await startStand();
    const line = inside.log_lines.find((each) => each.includes('media engine is up')) ?? '';
    const port = /"http":(\d+)/.exec(line)?.[1];
    const livekit = { url: `http://127.0.0.1:${port}`, ...keys };
    outside = await startStand({ config: { livekit, livekit_keys: undefined } });
  });
  after(async () => {
    await outside.stop();
    await inside.stop();
  });

  test('is reached through the same door, and polled for who is there', async () => {
    assert.deepEqual(outside.media.health(), { ok: true });
    assert.equal(outside.media.engine_pid(), undefined);
    const caller = await sit(outside, 'far', 'ada');
    await until('the poll found Ada', 10_000, () =>
      outside.events.some((event) => event.kind === 'joined' && event.identity === 'ada'),
    );
    await outside.media.closeSeat('far', 'ada');
    await caller.closed;
    assert.deepEqual(await inside.media.people('far'), []);
  });

  test('that does not answer is said to be down, and joins may be tried again', async () => {
    const livekit = { url: 'http://127.0.0.1:1', ...keys };
    const stand = await startStand({ config: { livekit } });
    assert.match(stand.media.health().detail ?? '', /LiveKit at http:\/\/127.0.0.1:1 does not/);
    assert.equal(await upgradeStatus(stand.port, pathFor(await stand.token('r', 'ada'))), 503);
    await stand.stop();
  });
});

describe('reports of the engine', () => {
  const events: MediaEvent[] = [];
  const { log, lines } = createTestLog();
  const presence = new Presence((event) => void events.push(event));
  const webhook = createWebhook({ keys, log, presence });
  before(() => webhook.start(new AbortController().signal));
  after(() => webhook.stop());

  async function report(body: string, change: { secret?: string; sha256?: string } = {}) {
    const token = new AccessToken(keys.key, change.secret ?? keys.secret, { ttl: '1m' });
    token.sha256 = change.sha256 ?? createHash('sha256').update(body).digest('base64');
    const headers = { authorization: await token.toJwt() };
    const response = await fetch(webhook.url(), { method: 'POST', body, headers });
    await response.arrayBuffer();
    return response.status;
  }

  const about = (event: string, sid = 'PA_1') =>
    JSON.stringify({ event, room: { name: 'room' }, participant: { identity: 'ada', sid } });

  test('are told on', async () => {
    assert.equal(await report(about('participant_joined')), 200);
    assert.equal(await report(about('track_published')), 200);
    assert.equal(await report(about('participant_left')), 200);
    assert.equal(await report(about('participant_joined', 'PA_2')), 200);
    assert.equal(await report(about('room_finished')), 200);
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ['joined', 'left', 'joined', 'left', 'finished'],
    );
  });

  test('that are not the engine’s are refused', async () => {
    const heard = events.length;
    const body = about('participant_joined');
    assert.equal(await report(body, { secret: 'f'.repeat(40) }), 401);
    assert.equal(await report(body, { sha256: 'other' }), 401);
    const bare = await fetch(webhook.url(), { method: 'POST', body });
    assert.equal(bare.status, 401);
    assert.equal((await fetch(webhook.url())).status, 400);
    assert.equal(await report(`"${'x'.repeat(1_100_000)}"`).catch(() => 400), 400);
    assert.equal(events.length, heard);
    assert.ok(lines.some((line) => line.includes('not from the media engine')));
  });
});
