import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LimitError } from '../app/error.ts';
import { work_bits_max } from '../protocol/link/work.ts';
import { Price } from './price.ts';

/** Makes that many meetings at `at_ms`. */
function make(price: Price, count: number, at_ms: number): void {
  for (let made = 0; made < count; made += 1) price.count(at_ms);
}

test('calm costs nothing; twice as many meetings cost twice the work; calm comes back', () => {
  const price = new Price({ calm_max: 10, hourly_max: 1_000_000 });
  make(price, 9, 0);
  assert.equal(price.bits(1000), 0);
  make(price, 1, 1000);
  assert.equal(price.bits(1000), 13);
  make(price, 10, 6000);
  assert.equal(price.bits(6000), 14);
  make(price, 20, 12_000);
  assert.equal(price.bits(12_000), 15);
  make(price, 100_000, 13_000);
  assert.equal(price.bits(59_000), work_bits_max);
  assert.equal(price.bits(75_000), 0);
});

test('past the limit of an hour nobody makes one, and is told when', () => {
  const price = new Price({ calm_max: 10, hourly_max: 3 });
  make(price, 2, 0);
  make(price, 1, 60_000);
  assert.throws(
    () => price.count(100_000),
    (cause) =>
      cause instanceof LimitError &&
      cause.code === 'meet.too-many' &&
      cause.retry_after_ms === 3_500_000,
  );
  make(price, 2, 3_600_000);
  assert.throws(() => price.count(3_600_001), LimitError);
});
