import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Releases } from './release.ts';

test('who knocks alone is shown at once, and a storm is shown twice a second, never later', () => {
  let now_ms = 10_000;
  const releases = new Releases(500, () => now_ms);
  assert.equal(releases.plan('a'), 0);
  assert.equal(releases.plan('b'), 0);
  now_ms += 600;
  assert.equal(releases.plan('a'), 0);
  // 200 within 10 s.
  let shown_ms = now_ms;
  for (let knock = 0; knock < 200; knock += 1) {
    now_ms += 50;
    const wait_ms = releases.plan('a');
    if (wait_ms === null) continue;
    assert.ok(wait_ms <= 500, String(wait_ms));
    assert.ok(now_ms + wait_ms - shown_ms >= 500);
    shown_ms = now_ms + wait_ms;
  }
  assert.ok(now_ms - shown_ms <= 500);
  now_ms += 1000;
  assert.equal(releases.plan('a'), 0);
});
