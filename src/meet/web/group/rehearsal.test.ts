import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rehearse } from './rehearsal.ts';

test('a joining goes through for nobody', async () => {
  assert.equal(await rehearse(Date.now()), true);
});
