import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import * as fc from 'fast-check';
import { concat } from './bytes.ts';
import type { Bytes } from './bytes.ts';
import { clearLength, frame_codecs, readCodec } from './clear.ts';
import { switchEpochs } from './epoch-switch.ts';
import { frame_bytes_max, readTrailer, sealFrame } from './frame.ts';
import { deriveFrameBits, deriveFrameKey } from './kdf.ts';
import { openSource } from './opening.ts';
import type { FrameOpener } from './opening.ts';
import type { RefusalCode } from './refusal.ts';
import { Refusal } from './refusal.ts';
import { openReplayWindow } from './replay.ts';
import { numberStreams, openSealer } from './sealing.ts';

const random = (length: number): Bytes => crypto.getRandomValues(new Uint8Array(length));

async function refuses(act: () => unknown, code: RefusalCode): Promise<void> {
  await assert.rejects(
    async () => act(),
    (error) => {
      assert.ok(error instanceof Refusal, String(error));
      assert.equal(error.code, code);
      return true;
    },
  );
}

function opener(leaf: number, source: number, epoch: bigint, media: Bytes): FrameOpener {
  const made = openSource(leaf, source);
  made.enterEpoch(epoch, media, false, 0);
  return made;
}

const anyBytes = fc.uint8Array({ maxLength: 60 }).map((bytes) => new Uint8Array(bytes));

suite('frames', () => {
  test('what is sealed is opened, 20 to 22 bytes longer; an empty frame stays empty', async () => {
    const anyCodec = fc.constantFrom(...frame_codecs);
    await fc.assert(
      fc.asyncProperty(
        anyBytes,
        anyCodec,
        fc.nat(255),
        fc.nat(70_000),
        async (payload, codec, stream, counter) => {
          const media = random(32);
          const place = { leaf: 3, source: 2, stream, key_index: 7 };
          const frame = await sealFrame(
            await deriveFrameKey(media, 2, stream),
            place,
            counter,
            codec,
            payload,
          );
          const clear = clearLength(codec, payload[0] ?? 0, payload.length);
          assert.deepEqual(frame.subarray(0, clear), payload.subarray(0, clear));
          const added = frame.length - payload.length;
          if (payload.length === 0) assert.equal(added, 0);
          else assert.ok(added >= 20 && added <= 22);
          assert.deepEqual(await opener(3, 2, 263n, media).open(codec, frame, 0), payload);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('clear bytes by codec', () => {
    const table = [
      ['opus', 0, 100, 1],
      ['vp8', 0x10, 100, 10],
      ['vp8', 0x11, 100, 1],
      ['vp8', 0x10, 4, 4],
      ['vp9', 0x82, 100, 0],
      ['data', 1, 100, 0],
    ] as const;
    for (const [codec, first, length, clear] of table) {
      assert.equal(clearLength(codec, first, length), clear, codec);
    }
    assert.equal(readCodec('VP8'), 'vp8');
    for (const name of ['AV1', 'H265', 'H264', 'red', '']) {
      assert.throws(() => readCodec(name), Refusal);
    }
  });

  test('a frame opens for its leaf, source, epoch, stream and codec, and unchanged only', async () => {
    const media = random(32);
    const sealer = await openSealer(media, 9n, { leaf: 3, source: 2, stream: 1 });
    const payload = concat(Uint8Array.of(0x10), random(50));
    const frame = await sealer.seal('vp8', payload);
    const open = (by: FrameOpener, given = frame): Promise<Bytes> => by.open('vp8', given, 0);
    await refuses(() => open(opener(4, 2, 9n, media)), 'frame.auth');
    await refuses(() => open(opener(3, 3, 9n, media)), 'frame.auth');
    await refuses(() => open(opener(3, 2, 10n, media)), 'frame.past');
    await refuses(() => open(opener(3, 2, 8n, media)), 'frame.epoch');
    await refuses(() => open(opener(3, 2, 9n, random(32))), 'frame.auth');
    await refuses(() => opener(3, 2, 9n, media).open('opus', frame, 0), 'frame.auth');
    const own = opener(3, 2, 9n, media);
    for (const at of frame.keys()) {
      const bad = frame.slice();
      bad[at] = (bad[at] ?? 0) ^ 0x40;
      await assert.rejects(open(own, bad), Refusal, `byte ${String(at)}`);
      if (at === 0) continue;
      await assert.rejects(open(own, frame.slice(at)), Refusal);
      await assert.rejects(open(own, frame.slice(0, at)), Refusal);
    }
    assert.deepEqual(await open(own), payload);
  });

  test('trailers: one spelling of a counter, and nothing before it is parsed', async () => {
    const tag = new Uint8Array(16);
    const tail = (...bytes: number[]): Bytes => concat(tag, Uint8Array.from(bytes));
    const table: readonly (readonly [Bytes, RefusalCode])[] = [
      [Uint8Array.of(0), 'frame.trailer'],
      [tail(1, 0, 0, 0), 'frame.trailer'],
      [tail(1, 0, 0, 0xc0), 'frame.trailer'],
      [tail(1, 0, 0, 0xc9), 'frame.trailer'],
      [tail(1, 0, 0, 0x81), 'frame.trailer'],
      [tail(0, 1, 0, 0, 0xc2), 'frame.trailer'],
      [tail(0xff, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0xc8), 'frame.trailer'],
      [tail(0, 0, 0xc8), 'frame.short'],
      [tail(0, 0, 0, 0xc1).slice(1), 'frame.short'],
      [new Uint8Array(frame_bytes_max + 65), 'frame.limit'],
    ];
    for (const [frame, code] of table) await refuses(() => readTrailer(frame), code);
    const sealer = await openSealer(random(32), 1n, { leaf: 0, source: 2, stream: 0 });
    const huge = new Uint8Array(frame_bytes_max + 1);
    await refuses(() => sealer.seal('vp8', huge), 'frame.limit');
    assert.deepEqual(readTrailer(tail(0, 4, 5, 0xc1)), {
      counter: 0,
      stream: 4,
      key_index: 5,
      sealed_bytes: 16,
    });
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        try {
          readTrailer(bytes);
        } catch (error) {
          assert.ok(error instanceof Refusal);
        }
      }),
    );
  });
});

suite('replay window', () => {
  test('behaves as a set of what was seen, with all before the window seen', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(4000), { maxLength: 400 }), (counters) => {
        const window = openReplayWindow();
        const seen = new Set<number>();
        let highest = -1;
        for (const counter of counters) {
          const expected = !seen.has(counter) && counter > highest - 1024;
          assert.equal(window.isNew(counter), expected);
          assert.equal(window.accept(counter), expected);
          if (expected) seen.add(counter);
          highest = Math.max(highest, expected ? counter : highest);
        }
      }),
    );
  });

  test('a frame is opened once, also when it comes twice at the same time', async () => {
    const media = random(32);
    const sealer = await openSealer(media, 1n, { leaf: 0, source: 1, stream: 0 });
    const frames = await Promise.all(
      Array.from({ length: 5 }, () => sealer.seal('opus', random(20))),
    );
    const receiver = opener(0, 1, 1n, media);
    const results = await Promise.allSettled(
      [...frames, ...frames].map((frame) => receiver.open('opus', frame, 0)),
    );
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 5);
    const [first] = frames;
    assert.ok(first);
    await refuses(() => receiver.open('opus', first, 0), 'frame.replay');
  });

  test('a forged counter does not move the window', async () => {
    const media = random(32);
    const sealer = await openSealer(media, 1n, { leaf: 0, source: 1, stream: 0 });
    const frame = await sealer.seal('opus', random(20));
    const forged = concat(frame.slice(0, -4), Uint8Array.of(0xff, 0xff, 0, 1, 0xc2));
    const receiver = opener(0, 1, 1n, media);
    await refuses(() => receiver.open('opus', forged, 0), 'frame.auth');
    await receiver.open('opus', frame, 0);
  });
});

suite('keys and nonces', () => {
  test('never the same twice over republishing, new epochs and void commits', async () => {
    const numbers = numberStreams();
    const media = new Map<bigint, Bytes>();
    const seen = new Set<string>();
    const anyStep = fc.array(fc.tuple(fc.nat(2), fc.nat(4), fc.integer({ min: 1, max: 3 })), {
      minLength: 60,
      maxLength: 60,
    });
    const [steps = []] = fc.sample(anyStep, { numRuns: 1, seed: 7 });
    let epoch = 300n;
    for (const [move, source, frames] of steps) {
      // 0: the next epoch; 1: the last commit was void and another took its place; 2: a new run.
      if (move === 0) epoch += 1n;
      if (move === 1) media.delete(epoch);
      const secret = media.get(epoch) ?? random(32);
      media.set(epoch, secret);
      const stream = numbers.next(epoch, source);
      const sealer = await openSealer(secret, epoch, { leaf: 1, source, stream });
      const key = Buffer.from(await deriveFrameBits(secret, source, stream)).toString('hex');
      const sealed = await Promise.all(
        Array.from({ length: frames }, () => sealer.seal('data', random(4))),
      );
      for (const frame of sealed) {
        const place = `${key} ${String(readTrailer(frame).counter)}`;
        assert.ok(!seen.has(place), place);
        seen.add(place);
      }
    }
    assert.ok(seen.size > 100);
  });

  test('256 streams of a source in an epoch, and none in an epoch that is over', async () => {
    const numbers = numberStreams();
    const given = Array.from({ length: 256 }, () => numbers.next(5n, 1));
    assert.equal(new Set(given).size, 256);
    await refuses(() => numbers.next(5n, 1), 'stream.exhausted');
    assert.equal(numbers.next(5n, 2), 0);
    assert.equal(numbers.next(6n, 1), 0);
    assert.equal(numbers.next(5n, 2), 1);
    assert.equal(numbers.next(7n, 1), 0);
    await refuses(() => numbers.next(5n, 2), 'stream.old-epoch');
  });
});

suite('epochs', () => {
  test('old keys live 10 s past the next epoch, and 2 s past one with a Remove', async () => {
    const media = [random(32), random(32), random(32)] as const;
    const receiver = opener(0, 1, 1n, media[0]);
    receiver.enterEpoch(2n, media[1], false, 1000);
    assert.deepEqual(receiver.epochs(10_999), [1n, 2n]);
    receiver.enterEpoch(3n, media[2], true, 5000);
    assert.deepEqual(receiver.epochs(6999), [1n, 2n, 3n]);
    assert.deepEqual(receiver.epochs(7000), [3n]);
    const sealer = await openSealer(media[1], 2n, { leaf: 0, source: 1, stream: 0 });
    const frame = await sealer.seal('opus', random(9));
    await refuses(() => receiver.open('opus', frame, 7001), 'frame.past');
  });

  test('a void commit gives the epoch before it back, and what follows has its own keys', async () => {
    const media = [random(32), random(32), random(32)] as const;
    const receiver = opener(0, 1, 1n, media[0]);
    receiver.enterEpoch(2n, media[1], true, 0);
    receiver.dropEpoch(2n);
    assert.deepEqual(receiver.epochs(60_000), [1n]);
    receiver.enterEpoch(2n, media[2], false, 60_000);
    const sealer = await openSealer(media[2], 2n, { leaf: 0, source: 1, stream: 1 });
    await receiver.open('opus', await sealer.seal('opus', random(9)), 60_001);
    const dead = await openSealer(media[1], 2n, { leaf: 0, source: 1, stream: 0 });
    const late = await dead.seal('opus', random(9));
    await refuses(() => receiver.open('opus', late, 60_001), 'frame.auth');
  });

  test('of two epochs with one index the newer has it', async () => {
    const [old, young] = [random(32), random(32)];
    const receiver = opener(0, 1, 1n, old);
    receiver.enterEpoch(257n, young, false, 1);
    assert.deepEqual(receiver.epochs(1), [257n]);
  });

  test('sending switches when all are ready, after 1 s, or 0.5 s with a Remove', () => {
    const sending = switchEpochs(1n);
    sending.enterEpoch(2n, false, 0);
    assert.equal(sending.sendingEpoch(999), 1n);
    assert.equal(sending.nextChange(), 1000);
    assert.equal(sending.sendingEpoch(1000), 2n);
    sending.enterEpoch(3n, false, 2000);
    sending.enterEpoch(4n, true, 2100);
    assert.equal(sending.sendingEpoch(2599), 2n);
    assert.equal(sending.sendingEpoch(2600), 4n);
    // The deadline of a passed epoch, and a server that speaks of it, lead nowhere.
    sending.allReady(3n, 2700);
    assert.equal(sending.sendingEpoch(9000), 4n);
    sending.enterEpoch(5n, false, 9000);
    sending.allReady(6n, 9001);
    assert.equal(sending.sendingEpoch(9001), 5n);
    sending.dropEpoch(5n);
    assert.equal(sending.sendingEpoch(99_999), 4n);
    assert.equal(sending.nextChange(), null);
  });
});
