import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '../../../protocol/encryption/refusal.ts';
import { bytesFrom, epochFrom } from './delivery.ts';

test('what the service hands out is read only if it is what it should be', () => {
  assert.deepEqual([...bytesFrom('AQID', 3)], [1, 2, 3]);
  assert.equal(epochFrom(7), 7n);
  for (const text of [null, 7, 'AQIDBA', 'A', 'AQ=='])
    assert.throws(() => bytesFrom(text, 3), Refusal);
  for (const value of [-1, 1.5, '7', null, 2 ** 60]) assert.throws(() => epochFrom(value), Refusal);
});
