/** Lines between two members, without a browser: the frames are ours, everything else is real. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { sources } from '../../../protocol/encryption/frame.ts';
import { payload_bytes_max } from './sealing-room.ts';
import { randomBytes, seat } from './test-keeper.ts';
import {
  closeKeepers,
  frameOf,
  oneSender,
  picture,
  Side,
  twoSides,
  type Frame,
} from './test-sides.ts';

after(closeKeepers);

describe('a line', () => {
  test('what was sealed on one side is opened on the other, and longer by 20 bytes', async () => {
    const { a, b, send, receive } = await twoSides();
    const frame = picture();
    const before = new Uint8Array(frame.data).slice();
    const [sealed] = await send(frame);
    assert.ok(sealed);
    assert.equal(sealed.data.byteLength, before.length + 20);
    assert.notDeepEqual(new Uint8Array(sealed.data).slice(10, 40), before.slice(10, 40));
    const [got] = await receive(sealed);
    assert.deepEqual(got && new Uint8Array(got.data), before);
    assert.equal(a.count(1)?.passed, 1);
    assert.equal(b.count(7)?.passed, 1);
  });

  test('before it is bound, switched on or has a key it drops, and says why', async () => {
    const a = new Side('anna');
    const send = a.line(1, 'send');
    assert.deepEqual(await send(picture()), []);
    a.room.hear({ t: 'bind', id: 1, to: { direction: 'send', source: sources.camera } });
    assert.deepEqual(await send(picture()), []);
    a.room.hear({ t: 'switch', source: sources.camera, on: true });
    assert.deepEqual(await send(picture()), []);
    assert.deepEqual(a.count(1)?.dropped, { unbound: 1, off: 1, 'no-key': 1 });
    const receive = a.line(2, 'receive');
    assert.deepEqual(await receive(picture()), []);
    const to = { direction: 'receive', identity: 'stranger', source: sources.camera } as const;
    a.room.hear({ t: 'bind', id: 2, to });
    assert.deepEqual(await receive(picture()), []);
    assert.deepEqual(a.count(2)?.dropped, { unbound: 1, 'no-key': 1 });
  });

  test('the first frames wait for their binding and for their key, and come through', async () => {
    const { a, b, leaves, send } = await twoSides();
    const receive = b.line(8, 'receive');
    const [first] = await send(picture('key'));
    assert.ok(first);
    const waits = receive(first);
    const to = { direction: 'receive', identity: 'anna', source: sources.camera } as const;
    b.room.hear({ t: 'bind', id: 8, to });
    assert.equal((await waits).length, 1);
    a.keeper.enter(2n, leaves);
    a.keeper.send(2n);
    await a.settled();
    const [next] = await send(picture());
    assert.ok(next);
    const waits_too = receive(next);
    b.keeper.enter(2n, leaves);
    assert.equal((await waits_too).length, 1);
    assert.deepEqual(b.count(8)?.dropped, {});
  });

  test('frames of an epoch before one came are dropped at once, and do not hold up what follows', async () => {
    const { a, leaves, send } = await twoSides();
    const cy = new Side('cy');
    const next = [...leaves, ...seat(['anna', 'bert', 'cy']).slice(2)];
    cy.keeper.enter(2n, next);
    const receive = cy.line(9, 'receive');
    const to = { direction: 'receive', identity: 'anna', source: sources.camera } as const;
    cy.room.hear({ t: 'bind', id: 9, to });
    await cy.settled();
    const [old] = await send(picture('key'));
    a.keeper.enter(2n, next);
    a.keeper.send(2n);
    await a.settled();
    const [fresh] = await send(picture());
    assert.ok(old && fresh);
    assert.deepEqual(await receive(old), []);
    assert.equal((await receive(fresh)).length, 1);
    // Had the old one waited for its key, the wait of this line would be used up, and time gone by.
    assert.deepEqual(cy.count(9)?.dropped, { 'no-key': 1 });
    a.keeper.enter(3n, next);
    a.keeper.send(3n);
    await a.settled();
    const [later] = await send(picture());
    assert.ok(later);
    const waits = receive(later);
    cy.keeper.enter(3n, next);
    assert.equal((await waits).length, 1);
  });

  test('a source that is switched off is dropped, whatever the server says', async () => {
    const { a, send } = await twoSides();
    a.room.hear({ t: 'switch', source: sources.camera, on: false });
    assert.deepEqual(await send(picture()), []);
    a.room.hear({ t: 'switch', source: sources.camera, on: true });
    assert.equal((await send(picture())).length, 1);
  });

  test('a frame in clear, of another source, twice, or of another leaf is not let through', async () => {
    const { a, b, send, receive } = await twoSides();
    assert.deepEqual(await receive(picture()), []);
    const [sealed] = await send(picture());
    assert.ok(sealed);
    const copy = frameOf(new Uint8Array(sealed.data), { type: 'delta' });
    assert.equal((await receive(sealed)).length, 1);
    assert.deepEqual(await receive(copy), []);
    a.room.hear({ t: 'bind', id: 1, to: { direction: 'send', source: sources.screen } });
    a.room.hear({ t: 'switch', source: sources.screen, on: true });
    const [screen] = await send(picture());
    assert.ok(screen);
    assert.deepEqual(await receive(screen), []);
    const own = { direction: 'receive', identity: 'bert', source: sources.camera } as const;
    b.room.hear({ t: 'bind', id: 7, to: own });
    a.room.hear({ t: 'bind', id: 1, to: { direction: 'send', source: sources.camera } });
    const [third] = await send(picture());
    assert.ok(third);
    assert.deepEqual(await receive(third), []);
    assert.deepEqual(b.count(7)?.dropped, { refused: 4 });
  });

  test('a codec that is not encrypted here is dropped, an empty frame passes', async () => {
    const { a, send } = await twoSides();
    const av1 = frameOf(randomBytes(50), { type: 'delta', mimeType: 'video/AV1' });
    assert.deepEqual(await send(av1), []);
    assert.equal((await send(frameOf(new Uint8Array(0), { type: 'empty' }))).length, 1);
    assert.equal((await send(frameOf(randomBytes(50), { mimeType: 'audio/opus' }))).length, 1);
    assert.deepEqual(a.count(1)?.dropped, { codec: 1 });
  });

  test('a decoder that lost frames gets a key frame asked for, once in a while', async () => {
    const { b, send, receive, asked } = await twoSides();
    const pass = async (type: string): Promise<void> => {
      const [sealed] = await send(frameOf(randomBytes(100), { type }));
      assert.ok(sealed);
      await receive(frameOf(new Uint8Array(sealed.data), { type }));
    };
    await pass('delta');
    await pass('delta');
    assert.equal(asked(), 1);
    b.now_ms = 400;
    await pass('delta');
    assert.equal(asked(), 2);
    await pass('key');
    b.now_ms = 800;
    await pass('delta');
    assert.equal(asked(), 2);
  });
});

test('an encoder whose frames were dropped is asked for a key frame when they leave again', async () => {
  const { a, send, asked } = await oneSender();
  assert.equal((await send(picture('key'))).length, 1);
  assert.equal((await send(picture())).length, 1);
  assert.equal(asked(), 0);
  a.room.hear({ t: 'switch', source: sources.screen, on: false });
  assert.equal((await send(picture())).length, 0);
  a.room.hear({ t: 'switch', source: sources.screen, on: true });
  assert.equal((await send(picture())).length, 1);
  assert.equal(asked(), 1);
  assert.equal((await send(picture('key'))).length, 1);
  a.now_ms = 1000;
  assert.equal((await send(picture())).length, 1);
  assert.equal(asked(), 1);
});

test('a key frame of one size of a picture does not mend the others', async () => {
  const { a, send, asked } = await oneSender();
  await send(picture('key', 10));
  await send(picture('delta', 20));
  assert.equal(asked(), 1);
  await send(picture('key', 20));
  a.now_ms = 1000;
  await send(picture('delta', 10));
  await send(picture('delta', 20));
  assert.equal(asked(), 1);
});

test('new keys soon after a key frame want another one, which newcomers can open', async () => {
  const { a, send, asked } = await oneSender();
  const enter = async (epoch: bigint): Promise<void> => {
    a.keeper.enter(epoch, seat(['anna', 'bert', 'carl']));
    a.keeper.send(epoch);
    await a.settled();
  };
  await send(picture('key'));
  await enter(2n);
  await send(picture());
  await send(picture());
  assert.equal(asked(), 1);
  // Where the first frame under them is one, nobody needs another.
  await send(picture('key'));
  await enter(3n);
  await send(picture('key'));
  await send(picture());
  assert.equal(asked(), 1);
  // Long after the last one, whoever came asks for themself.
  a.now_ms = 2000;
  await enter(4n);
  await send(picture());
  assert.equal(asked(), 1);
});

describe('epochs', () => {
  test('nothing is sent in a new one before it is time, and what is late still opens', async () => {
    const { a, b, send, receive } = await twoSides();
    const [old] = await send(picture());
    const next = seat(['anna', 'bert']);
    for (const side of [a, b]) side.keeper.enter(2n, next);
    await Promise.all([a.settled(), b.settled()]);
    const [still] = await send(picture());
    a.keeper.send(2n);
    await a.settled();
    const [fresh] = await send(picture());
    assert.ok(old && still && fresh);
    const index = (frame: Frame): number | undefined => new Uint8Array(frame.data).at(-2);
    assert.deepEqual([old, still, fresh].map(index), [1, 1, 2]);
    for (const frame of [old, still, fresh]) assert.equal((await receive(frame)).length, 1);
  });

  test('whoever was removed is not opened any more, nor old keys after 2 s', async () => {
    const { a, b, send, receive } = await twoSides();
    const [first] = await send(picture());
    const [second] = await send(picture());
    assert.ok(first && second);
    b.keeper.enter(2n, seat(['anna', 'bert']), true);
    await b.settled();
    b.now_ms = 1999;
    assert.equal((await receive(first)).length, 1);
    b.now_ms = 2001;
    assert.deepEqual(await receive(second), []);
    b.keeper.enter(3n, seat(['carl', 'bert']).slice(1), true);
    await b.settled();
    const [third] = await send(picture());
    assert.ok(third);
    assert.deepEqual(await receive(third), []);
    assert.equal(a.count(1)?.passed, 3);
  });

  test('a run never gets a number twice, over new bindings and epochs that came back', async () => {
    const { a, send } = await twoSides();
    const seen = new Set<string>();
    const note = async (): Promise<void> => {
      const [sealed] = await send(picture());
      assert.ok(sealed);
      const tail = [...new Uint8Array(sealed.data).slice(-4)].join();
      assert.equal(seen.has(tail), false, tail);
      seen.add(tail);
    };
    for (let round = 0; round < 5; round += 1) {
      await note();
      a.room.hear({ t: 'bind', id: 1, to: { direction: 'send', source: sources.camera } });
      await note();
      a.keeper.enter(2n, seat(['anna', 'bert']));
      a.keeper.send(2n);
      await a.settled();
      await note();
      a.keeper.drop(2n);
      await a.settled();
    }
  });
});

describe('a group that is not what it should be', () => {
  test('while sending is held no frame leaves, and payloads do', async () => {
    const { a, b, send } = await twoSides();
    a.keeper.send(1n, true);
    await a.settled();
    assert.deepEqual(await send(picture()), []);
    assert.deepEqual(a.count(1)?.dropped, { held: 1 });
    const payload = randomBytes(40);
    const sealed = await a.seal(payload);
    assert.ok(sealed);
    assert.deepEqual(await b.open('anna', sealed), payload);
    a.keeper.send(1n);
    await a.settled();
    assert.equal((await send(picture())).length, 1);
  });

  test('after its end nothing is sealed or opened, until there is another', async () => {
    const { a, b, send, receive } = await twoSides();
    const [before] = await send(picture());
    assert.ok(before);
    for (const side of [a, b]) side.keeper.end();
    await Promise.all([a.settled(), b.settled()]);
    assert.deepEqual(await send(picture()), []);
    assert.equal(await a.seal(randomBytes(40)), null);
    assert.deepEqual(await receive(before), []);
    // Another group, with an epoch of a lower number.
    const other = seat(['bert', 'anna']);
    for (const side of [a, b]) {
      side.keeper.enter(0n, other);
      side.keeper.send(0n);
      await side.settled();
    }
    const [after_it] = await send(picture());
    assert.ok(after_it);
    assert.equal((await receive(after_it)).length, 1);
  });
});

describe('data payloads', () => {
  test('are opened by whom they are for, once, and only of the leaf they are of', async () => {
    const { a, b } = await twoSides();
    const payload = randomBytes(40);
    const sealed = await a.seal(payload);
    assert.ok(sealed);
    assert.equal(await b.open('bert', sealed), null);
    assert.deepEqual(await b.open('anna', sealed), payload);
    assert.equal(await b.open('anna', sealed), null);
    assert.equal(await b.open('anna', payload), null);
  });

  test('have a limit', async () => {
    const { a, b } = await twoSides();
    assert.equal(await a.seal(new Uint8Array(payload_bytes_max + 1)), null);
    assert.ok(await a.seal(new Uint8Array(payload_bytes_max)));
    assert.equal(await b.open('anna', new Uint8Array(payload_bytes_max + 65)), null);
    assert.equal(await a.seal(new Uint8Array(0)), null);
  });
});
