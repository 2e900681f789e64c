import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findNonce, isWorth, nonce_length_max, zeroBits } from './work.ts';

const room = 'k3m9q7t2w4x6y8a5b3c2d9e7f4';

test('zero bits are counted from the first', () => {
  const table: [number[], number][] = [
    [[0x80, 0], 0],
    [[0x7f, 0], 1],
    [[0x01], 7],
    [[0, 0x40], 9],
    [[0, 0, 0x01], 23],
    [[0, 0], 16],
    [[], 0],
  ];
  for (const [bytes, bits] of table) assert.equal(zeroBits(Uint8Array.from(bytes)), bits);
});

test('a known answer', async () => {
  // Python's hashlib: SHA-256 of "k3m9q7t2w4x6y8a5b3c2d9e7f4.52485" is 0000b99f0e96…
  assert.equal(await isWorth(room, '52485', 16), true);
  assert.equal(await isWorth(room, '52485', 17), false);
  assert.equal(await isWorth(room, '52486', 16), false);
  assert.equal(await isWorth(room, 'nothing', 0), true);
});

test('what is found is worth it, for that room alone', async () => {
  for (const bits of [1, 5, 10, 12]) {
    const nonce = await findNonce(room, bits);
    assert.ok(nonce.length <= nonce_length_max);
    assert.ok(await isWorth(room, nonce, bits));
  }
  const nonce = await findNonce(room, 12);
  const others = await Promise.all(
    Array.from({ length: 20 }, (_, at) => isWorth(`${room}${at}`, nonce, 12)),
  );
  assert.ok(others.filter(Boolean).length <= 2);
  assert.equal(await findNonce(room, 0), '');
});
