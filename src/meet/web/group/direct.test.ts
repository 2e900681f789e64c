/** Private messages, edits and signs between members, over a real delivery service. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { Refusal } from '#src/protocol/encryption/refusal.ts';
import { startDelivery, type Delivery } from '#test/group/delivery.ts';
import { agree, Browser, closeBrowsers } from '#test/group/browser.ts';
import type { Heard } from './saying.ts';

let delivery: Delivery;
before(async () => {
  delivery = await startDelivery();
});
afterEach(() => closeBrowsers());
after(() => delivery.stop());

async function meet(...names: string[]): Promise<Browser[]> {
  const { link: meeting } = await delivery.makeMeeting();
  const browsers: Browser[] = [];
  for (const name of names) {
    const browser = await Browser.open({ origin: delivery.origin, meeting, name });
    await browser.untilIn();
    browsers.push(browser);
  }
  await agree(...browsers);
  return browsers;
}

function heardBy(browser: Browser): Heard[] {
  return browser.said.map(({ saying }) => saying);
}

test('a private message is read by the one it is for, and by nobody else', async () => {
  const [ada, ben, cy] = (await meet('Ada', 'Ben', 'Cy')) as [Browser, Browser, Browser];
  const text = 'Canary: between the two of us';
  const re = { by: ben.view.id, id: '7' };
  await ada.member.send({ kind: 'direct', to: ben.view.id, id: '1', text, re });
  await Promise.all([ada, ben, cy].map((each) => each.until('told', () => each.said.length === 1)));
  assert.deepEqual(heardBy(ben), [{ kind: 'direct', to: ben.view.id, id: '1', text, re }]);
  // That one writes to the other, all know; what, only the two.
  for (const other of [ada, cy]) assert.deepEqual(heardBy(other), [{ kind: 'elsewhere' }]);
  assert.ok(!ada.sent.join('\n').includes('Canary'));
  await assert.rejects(
    ada.member.send({ kind: 'direct', to: 'nobody', id: '2', text, re: null }),
    (cause) => cause instanceof Refusal && cause.code === 'mls.sender',
  );
});

test('an edit and a sign go to all, with who said them', async () => {
  const [ada, ben] = (await meet('Ada', 'Ben')) as [Browser, Browser];
  await ada.member.send({ kind: 'chat', id: '1', text: 'Helo', re: null });
  await ada.member.send({ kind: 'edit', id: '1', text: 'Hello' });
  await ben.member.send({ kind: 'react', by: ada.view.id, id: '1', sign: 'cheer', on: true });
  await ada.until('told', () => ada.said.length === 3);
  await ben.until('told', () => ben.said.length === 3);
  assert.deepEqual(
    ben.said.map(({ id, lawful, saying }) => [id === ada.view.id, lawful, saying.kind]),
    [
      [true, true, 'chat'],
      [true, true, 'edit'],
      [false, true, 'react'],
    ],
  );
});

test('where guests may not write, a private message or an edit of theirs is as little', async () => {
  const { link: meeting, seed } = await delivery.makeMeeting();
  const ada = await Browser.open({
    origin: delivery.origin,
    meeting,
    name: 'Ada',
    root_seed: seed,
  });
  await ada.untilIn();
  const ben = await Browser.open({ origin: delivery.origin, meeting, name: 'Ben' });
  await ben.untilIn();
  await agree(ada, ben);
  await ada.member.host({ kind: 'right', right: 'chat', may: false });
  await ben.until('ruled', () => !ben.view.guests.includes('chat'));
  const to = ada.view.id;
  await ben.member.send({ kind: 'direct', to, id: '1', text: 'psst', re: null });
  await ben.member.send({ kind: 'edit', id: '0', text: 'psst' });
  await ben.member.send({ kind: 'react', by: to, id: '0', sign: 'agree', on: true });
  await ada.until('told', () => ada.said.length === 3);
  assert.deepEqual(
    ada.said.map(({ lawful }) => lawful),
    [false, false, true],
  );
});
