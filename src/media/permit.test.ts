/** What a seat may send, and the silence of a host: against the real engine. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { SignalResponse } from '@livekit/protocol';
import { until } from '#test/until.ts';
import type { Admitted } from './gate.ts';
import { call, pathFor, sit, startStand } from './test-stand.ts';
import type { Stand } from './test-stand.ts';
import type { Source } from './token.ts';

const may = new Map<string, readonly Source[]>();
let stand: Stand;

before(async () => {
  stand = await startStand({
    admit: async (_room, identity): Promise<Admitted> => {
      const sources = may.get(identity);
      return { people_max: 10, ...(sources && { sources }) };
    },
  });
});
after(() => stand.stop());

/** The sources by the numbers of LiveKit's protocol; `null` for all. */
async function rightsOf(path: string): Promise<{ publishes: boolean; sources: number[] }> {
  const caller = call(stand.port, path);
  const { value } = await caller.hear('join');
  const permission = value.participant?.permission;
  caller.socket.close();
  await caller.closed;
  assert.ok(permission);
  assert.equal(permission.canPublishData, true);
  assert.equal(permission.canSubscribe, true);
  assert.equal(permission.canUpdateMetadata, false);
  return { publishes: permission.canPublish, sources: [...permission.canPublishSources] };
}

test('a token counts for what its seat may send now, not for what it grants', async () => {
  const path = pathFor(await stand.token('room', 'ada'));
  assert.deepEqual(await rightsOf(path), { publishes: true, sources: [] });
  may.set('ada', ['camera']);
  assert.deepEqual(await rightsOf(path), { publishes: true, sources: [1] });
  may.set('ada', []);
  assert.deepEqual(await rightsOf(path), { publishes: false, sources: [] });
});

test('rights change while one is there, and who is not there is no error', async () => {
  const ada = await sit(stand, 'other', 'ben');
  const changed = ada.hear('update');
  await stand.media.permit('other', 'ben', ['screen_share', 'screen_share_audio']);
  const { value } = await changed;
  const permission = value.participants.find(({ identity }) => identity === 'ben')?.permission;
  assert.deepEqual(permission?.canPublishSources, [3, 4]);
  // Of many changes at once the last one stays.
  const orders = Array.from({ length: 20 }, (_, at): readonly Source[] =>
    at % 2 === 0 ? [] : ['camera'],
  );
  let publishes: boolean | undefined;
  ada.socket.on('message', (data: Buffer) => {
    const { message } = SignalResponse.fromBinary(data);
    if (message.case !== 'update') return;
    const own = message.value.participants.find(({ identity }) => identity === 'ben');
    publishes = own?.permission?.canPublish ?? publishes;
  });
  await Promise.all(orders.map((sources) => stand.media.permit('other', 'ben', sources)));
  await until('the last of them', 5000, () => publishes === true);
  await stand.media.permit('other', 'nobody', []);
  await stand.media.permit('nowhere', 'ben', []);
  await stand.media.quiet('nowhere', ['ben'], ['microphone']);
  await stand.media.quiet('other', ['nobody', 'ben'], ['microphone']);
  ada.socket.close();
});
