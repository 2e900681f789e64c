import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Diagnosis } from './diagnosis.ts';
import type { Reading, Trouble } from './diagnosis.ts';

const well: Reading = { lost_up: 0.01, lost_down: 0, busy: false, sound: 0.002 };

/** What is said after each reading. */
function said(...readings: Partial<Reading>[]): (Trouble | null)[] {
  const diagnosis = new Diagnosis();
  return readings.map((reading) => diagnosis.take({ ...well, ...reading }));
}

test('a line that loses much is told of, and taken back once it has held', () => {
  const bad = { lost_up: 0.1 };
  assert.deepEqual(said(bad, bad, {}, bad, {}, {}, {}), [
    null,
    'slow-upload',
    'slow-upload',
    'slow-upload',
    'slow-upload',
    'slow-upload',
    null,
  ]);
  assert.deepEqual(said({ lost_down: 0.2 }, { lost_down: 0.08 }), [null, 'slow-download']);
});

test('a single bad moment says nothing', () => {
  assert.deepEqual(said({ lost_up: 0.5 }, {}, { lost_up: 0.5 }, {}), [null, null, null, null]);
  assert.deepEqual(said({ busy: true }, { busy: true }, {}, { busy: true }).at(-1), null);
});

test('a device that is too slow, and a microphone that gives nothing', () => {
  const busy = { busy: true };
  assert.equal(said(busy, busy, busy).at(-1), 'busy-device');
  const silent = { sound: 0 };
  assert.equal(said(silent, silent, silent).at(-1), 'silent-microphone');
  // Muted there is nothing to judge, and a quiet room is not silence.
  assert.equal(said({ sound: null }, { sound: null }, { sound: null }).at(-1), null);
  assert.equal(said({ sound: 1e-9 }, { sound: 1e-9 }, { sound: 1e-9 }).at(-1), null);
});

test('of several troubles the one is told that hurts most', () => {
  const all = { lost_up: 0.3, lost_down: 0.3, busy: true };
  assert.equal(said(all, all, all).at(-1), 'slow-upload');
  assert.equal(
    said(all, all, { lost_down: 0.3 }, { lost_down: 0.3 }, { lost_down: 0.3 }).at(-1),
    'slow-download',
  );
});

test('nothing is known of somebody alone', () => {
  const nothing = { lost_up: null, lost_down: null, busy: false, sound: null };
  assert.deepEqual(said(nothing, nothing, nothing, nothing), [null, null, null, null]);
});
