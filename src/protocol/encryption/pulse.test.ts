import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { openBeat, signBeat } from './beat.ts';
import type { Bytes } from './bytes.ts';
import { generateLeafKey } from './ed25519.ts';
import { beatInterval, watchPulses } from './pulse.ts';
import type { RefusalCode } from './refusal.ts';
import { Refusal } from './refusal.ts';

const random = (length: number): Bytes => crypto.getRandomValues(new Uint8Array(length));
const place = { group: random(16), epoch: 3n, confirmed_transcript_hash: random(32) };

function refused(code: RefusalCode): (error: unknown) => boolean {
  return (error) => error instanceof Refusal && error.code === code;
}

suite('beats', () => {
  test('vouch for one group, epoch and history', async () => {
    const key = await generateLeafKey();
    const body = await signBeat(key, place, { count: 4, sent_ms: 1788e9 });
    assert.equal(body.length, 77);
    const opened = await openBeat(body, key.public_key, place);
    assert.deepEqual(opened, { count: 4, sent_ms: 1788e9 });
    const others = [
      { ...place, epoch: 4n },
      { ...place, group: random(16) },
      { ...place, confirmed_transcript_hash: random(32) },
    ];
    for (const other of others) {
      await assert.rejects(openBeat(body, key.public_key, other), refused('beat.proof'));
    }
    const stranger = await generateLeafKey();
    await assert.rejects(openBeat(body, stranger.public_key, place), refused('beat.proof'));
    const far = body.slice();
    far[5] = 0xff;
    for (const bad of [far, body.slice(1), new Uint8Array(0), new Uint8Array(77).fill(0xff)]) {
      await assert.rejects(openBeat(bad, key.public_key, place), refused('beat.shape'));
    }
  });

  test('the interval grows with the meeting', () => {
    assert.equal(beatInterval(2), 10_000);
    assert.equal(beatInterval(500), 50_000);
  });
});

suite('pulse', () => {
  test('nobody is known before the first beat', () => {
    const watch = watchPulses();
    watch.enterEpoch(['a', 'b'], 0);
    assert.deepEqual(watch.pulseOf('a', 0), { heard: false, current: false, missed: 0 });
    watch.hear('a', { count: 0, sent_ms: 0 }, 10);
    assert.deepEqual(watch.pulseOf('a', 10), { heard: true, current: true, missed: 0 });
    watch.enterEpoch(['a', 'b'], 20);
    assert.deepEqual(watch.pulseOf('a', 20), { heard: true, current: false, missed: 0 });
    assert.throws(() => watch.hear('c', { count: 0, sent_ms: 0 }, 30), refused('beat.stranger'));
    assert.deepEqual(watch.pulseOf('c', 30), { heard: false, current: false, missed: 0 });
  });

  test('a beat counts once', () => {
    const watch = watchPulses();
    watch.enterEpoch(['a'], 0);
    watch.hear('a', { count: 3, sent_ms: 0 }, 0);
    for (const count of [0, 3]) {
      assert.throws(() => watch.hear('a', { count, sent_ms: 0 }, 1), refused('beat.count'));
    }
  });

  test('old beats handed out one by one do not hide that time stands still', () => {
    const watch = watchPulses();
    watch.enterEpoch(['a'], 0);
    const clock_ms = 50_000;
    watch.hear('a', { count: 0, sent_ms: clock_ms }, 100);
    // From here on the server keeps what it gets and hands it out ever later.
    for (let count = 1; count < 20; count += 1) {
      const now_ms = 100 + count * 16_000;
      const beat = { count, sent_ms: clock_ms + count * 10_000 };
      assert.throws(() => watch.hear('a', beat, now_ms), refused('beat.late'));
    }
    assert.ok(watch.pulseOf('a', 40_000).missed >= 3);
  });

  test('a slow but steady line is no attack', () => {
    const watch = watchPulses();
    watch.enterEpoch(['a'], 0);
    for (let count = 0; count < 10; count += 1) {
      watch.hear(
        'a',
        { count, sent_ms: count * 10_000 },
        4000 + count * 10_000 + (count % 5) * 900,
      );
    }
    assert.equal(watch.pulseOf('a', 100_000).missed, 0);
  });

  test('missing, without a host, alone', () => {
    const watch = watchPulses();
    const keys = ['a', 'b', 'c', 'd', 'e'];
    watch.enterEpoch(keys, 0);
    const hearAll = (heard: readonly string[], count: number, now_ms: number): void => {
      for (const key of heard) watch.hear(key, { count, sent_ms: now_ms }, now_ms);
    };
    hearAll(keys, 0, 0);
    assert.equal(watch.judge(['a'], 29_999), 'well');
    hearAll(['a', 'b', 'c', 'd'], 1, 20_000);
    assert.equal(watch.judge(['a'], 30_000), 'missing');
    hearAll(['b', 'c', 'd'], 2, 49_000);
    assert.equal(watch.judge(['a'], 50_000), 'no-host');
    assert.equal(watch.judge([], 50_000), 'missing');
    assert.equal(watch.judge(['a', 'b'], 50_000), 'missing');
    hearAll(['b', 'c'], 3, 70_000);
    assert.equal(watch.judge(['a'], 79_000), 'alone');
  });
});
