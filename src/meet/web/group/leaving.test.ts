/** Leaving in the middle of something. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Link } from '#src/protocol/link/link.ts';
import { startDelivery, type Delivery } from '#test/group/delivery.ts';
import { Browser, closeBrowsers } from '#test/group/browser.ts';
import { fastClock } from '#test/group/fast.ts';

let delivery: Delivery;
before(async () => {
  delivery = await startDelivery();
});
afterEach(() => closeBrowsers());
after(() => delivery.stop());

/** Time runs faster for her: she waits for a leaf that says nothing. */
async function openAda(): Promise<{ ada: Browser; meeting: Link }> {
  const { link: meeting } = await delivery.makeMeeting();
  const { origin } = delivery;
  const ada = await Browser.open({ origin, meeting, world: { clock: fastClock(8) } });
  await ada.untilIn();
  return { ada, meeting };
}

async function leaveAt(call: 'knock' | 'welcome'): Promise<void> {
  const { ada, meeting } = await openAda();
  const { origin } = delivery;
  const ben = await Browser.open({ origin, meeting, name: 'Ben' });
  let left: Promise<void> | undefined;
  ben.bend = {
    async call(name, _input, go) {
      const answer = await go();
      if (name === call) left ??= ben.member.leave();
      return answer;
    },
  };
  await ben.until('over', () => ben.view.phase === 'over');
  await left;
  // His leaf goes, after its grace, where there was one.
  ben.cut();
  await ada.untilCount(1);
  assert.ok(ben.events.some(({ kind }) => kind === 'ticket'));
  assert.equal(ben.events.filter(({ kind }) => kind === 'keys').length, 0);
}

test('who leaves once they have knocked is gone, and nothing goes on', () => leaveAt('knock'));

test('who leaves with the Welcome, before it is opened, is gone, and nothing goes on', () =>
  leaveAt('welcome'));

test('a ticket is told ahead at an open gate, and not to who was in', async () => {
  const { ada, meeting } = await openAda();
  const { origin } = delivery;
  assert.ok(!ada.events.some(({ kind }) => kind === 'ticket'));
  const ben = await Browser.open({ origin, meeting, name: new Promise<string>(() => undefined) });
  await ben.until('told', () => ben.events.some(({ kind }) => kind === 'ticket'));
  // Nobody has asked to come in yet.
  assert.equal(ben.view.phase, 'connecting');
  assert.equal(ada.view.people.length, 1);
  const carl = await Browser.open({ origin, meeting, name: 'Carl' });
  await carl.untilIn();
  await carl.member.leave();
  await ada.untilCount(1);
  const { key } = carl.start;
  const again = await Browser.open({ origin, meeting, key, memory: carl.memory, name: 'Carl' });
  await again.untilIn();
  assert.ok(!again.events.some(({ kind }) => kind === 'ticket'));
});
