/** A recorded meeting, followed again: what another implementation must come to as well. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { followSession } from '#test/mls/vectors.ts';

test('a recorded meeting is joined and followed by both kinds of suite', async () => {
  for (const kind of ['web', 'soft'] as const) {
    const { checked, wrong } = await followSession(kind);
    assert.deepEqual(wrong, []);
    assert.ok(checked > 5, `${String(checked)} checks`);
  }
});
