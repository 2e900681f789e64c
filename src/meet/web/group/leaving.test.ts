/** Leaving in the middle of something. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { startDelivery, type Delivery } from '#test/group/delivery.ts';
import { Browser, closeBrowsers } from '#test/group/browser.ts';

let delivery: Delivery;
before(async () => {
  delivery = await startDelivery();
});
afterEach(() => closeBrowsers());
after(() => delivery.stop());

test('who leaves with the token, before the Welcome is opened, is gone and nothing goes on', async () => {
  const { link: meeting } = await delivery.makeMeeting();
  const { origin } = delivery;
  const ada = await Browser.open({ origin, meeting });
  await ada.untilIn();
  const ben = await Browser.open({ origin, meeting, name: 'Ben' });
  const { token } = await ben.member.token();
  assert.ok(token.length > 0);
  assert.notEqual(ben.view.phase, 'in');
  await ben.member.leave();
  assert.equal(ben.view.phase, 'over');
  await ada.untilCount(2);
  // Ben's line goes, and with it, after its grace, his leaf.
  ben.cut();
  await ada.untilCount(1);
  assert.equal(ben.events.filter(({ kind }) => kind === 'keys').length, 0);
});
