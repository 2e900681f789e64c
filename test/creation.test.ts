/** Making meetings where very many are made: browsers work for one, and nobody notices. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMeeting, pressJoin } from './journey.ts';
import { openStand } from './stand.ts';

const { browsers, house } = openStand({ CONCLAVE_CREATIONS_CALM: '1' });

test('the second meeting of a minute takes work, which the browser does', async () => {
  await browsers.run(house.origin, async (visit) => {
    const ada = await visit({ name: 'Ada', person: 0 });
    const nonces: unknown[] = [];
    ada.page.on('request', (request) => {
      if (!request.url().endsWith('/rpc/meet.create')) return;
      nonces.push((request.postDataJSON() as { nonce?: string }).nonce);
    });
    const first = await createMeeting(ada, house.origin);
    const second = await createMeeting(ada, house.origin);
    assert.notEqual(first, second);
    assert.deepEqual(
      nonces.map((nonce) => typeof nonce),
      ['undefined', 'string'],
    );
    await pressJoin(ada);
  });
});
