import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addressBlock, Limiter } from './limit.ts';

test('a burst passes, the next waits for the refill, then one passes', () => {
  let now = 0;
  const limiter = new Limiter(() => now);
  const rate = { burst: 3, refill_ms: 100 };
  assert.deepEqual(
    [1, 2, 3].map(() => limiter.take('a', rate)),
    [0, 0, 0],
  );
  assert.equal(limiter.take('a', rate), 100);
  now = 60;
  assert.equal(limiter.take('a', rate), 40);
  now = 100;
  assert.equal(limiter.take('a', rate), 0);
  assert.equal(limiter.take('b', rate), 0, 'another key has a bucket of its own');
});

test('what is given back may be taken again, and no more', () => {
  const limiter = new Limiter(() => 0);
  const rate = { burst: 2, refill_ms: 100 };
  limiter.take('a', rate);
  limiter.giveBack('a', rate);
  limiter.giveBack('a', rate);
  assert.deepEqual(
    [1, 2, 3].map(() => limiter.take('a', rate)),
    [0, 0, 100],
  );
});

test('over any history no more passes than burst plus refills', () => {
  const steps = fc.array(fc.nat({ max: 500 }), { maxLength: 200 });
  fc.assert(
    fc.property(
      steps,
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 300 }),
      (waits, burst, refill_ms) => {
        let now = 0;
        const limiter = new Limiter(() => now);
        let passed = 0;
        for (const wait of waits) {
          now += wait;
          if (limiter.take('k', { burst, refill_ms }) === 0) passed += 1;
        }
        return passed <= burst + now / refill_ms + 1e-6;
      },
    ),
  );
});

test('waiting as long as told is enough', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 5000 }),
      (burst, refill_ms) => {
        let now = 0;
        const limiter = new Limiter(() => now);
        for (let n = 0; n < burst; n++) limiter.take('k', { burst, refill_ms });
        now += Math.ceil(limiter.take('k', { burst, refill_ms }));
        return limiter.take('k', { burst, refill_ms }) === 0;
      },
    ),
  );
});

test('a flood of different keys is bounded', () => {
  const limiter = new Limiter(() => 0);
  for (let n = 0; n < 120_000; n++) limiter.take(String(n), { burst: 1, refill_ms: 1000 });
  assert.ok(limiter.size <= 50_000);
});

const blocks: readonly [string, string][] = [
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
];
for (const [address, block] of blocks) {
  test(`limits count ${address} as ${block}`, () => assert.equal(addressBlock(address), block));
}
