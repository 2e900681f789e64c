/** Members meet through a real delivery service. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { startDelivery, type Delivery } from '#test/group/delivery.ts';
import { toBase64url } from '#src/protocol/link/base64url.ts';
import { jumpingClock } from '#test/group/fast.ts';
import { agree, Browser, closeBrowsers, type Given } from '#test/group/browser.ts';
import { between_renewals_ms, renewal_ms } from './renewal.ts';

let delivery: Delivery;
before(async () => {
  delivery = await startDelivery();
});
afterEach(() => closeBrowsers());
after(() => delivery.stop());

async function meet(...names: string[]): Promise<Browser[]> {
  const { link } = await delivery.makeMeeting();
  const browsers: Browser[] = [];
  for (const name of names) browsers.push(await enter({ meeting: link, name }));
  return browsers;
}

async function enter(given: Omit<Given, 'origin'>): Promise<Browser> {
  const browser = await Browser.open({ origin: delivery.origin, ...given });
  await browser.untilIn();
  return browser;
}

test('two members meet, agree on keys and code, and say things', async () => {
  const [ada, ben] = (await meet('Ada', 'Ben')) as [Browser, Browser];
  await agree(ada, ben);
  await Promise.all([ada, ben].map((each) => each.untilNamed('Ada', 'Ben')));
  assert.match(ada.view.code ?? '', /^(\d{5} ){5}\d{5}$/);
  const seq = await ada.member.send({ kind: 'chat', id: '1', text: 'Good morning', re: null });
  await Promise.all([ada, ben].map((each) => each.until('told', () => each.said.length === 1)));
  const heard = { leaf: ada.view.leaf, id: ada.view.id, name: 'Ada', seq, lawful: true };
  const saying = { kind: 'chat', id: '1', text: 'Good morning', re: null };
  assert.deepEqual(ben.said[0], { kind: 'app', ...heard, own: false, lawful: true, saying });
  assert.deepEqual(ada.said[0], { kind: 'app', ...heard, own: true, saying });
  assert.deepEqual(await ben.member.token(), {
    token: `token of ${ben.view.id}`,
    media_path: '/lk',
    people: 2,
  });
});

test('five members meet, each takes others in, and all know all names', async () => {
  const names = ['Ada', 'Ben', 'Cy', 'Dee', 'Eve'];
  const browsers = await meet(...names);
  await agree(...browsers);
  for (const browser of browsers) await browser.untilNamed(...names);
});

test('who comes, and who comes back by a reload, is told of to the others', async () => {
  const [ada, ben] = (await meet('Ada', 'Ben')) as [Browser, Browser];
  const greetings = (): string[] =>
    ada.events.flatMap((event) => (event.kind === 'greeting' ? [event.id] : []));
  const isGreeted = (times: number) => () =>
    greetings().filter((id) => id === ben.view.id).length === times;
  await ada.until('greeted', isGreeted(1));
  const back = await ben.reload();
  await back.untilIn();
  assert.equal(back.view.id, ben.view.id);
  await ada.until('greeted again', isGreeted(2));
});

test('who is alone comes back, after a reload and after leaving; others come in as before', async () => {
  const [ada] = (await meet('Ada')) as [Browser];
  const reloaded = await ada.reload();
  await reloaded.untilIn();
  assert.equal(reloaded.view.id, ada.view.id);
  await reloaded.member.leave();
  const back = await reloaded.reload();
  await back.untilIn();
  const meeting = { ...ada.start.link, room: ada.start.room };
  const ben = await enter({ meeting, name: 'Ben' });
  await agree(back, ben);
  await Promise.all([back, ben].map((each) => each.untilNamed('Ada', 'Ben')));
  await back.member.send({ kind: 'chat', id: '1', text: 'Here again', re: null });
  await ben.until('told', () => ben.said.length === 1);
  // With two there it goes on as ever.
  const again = await back.reload();
  await again.untilIn();
  await agree(again, ben);
});

test('ten who knock at once are all taken in', async () => {
  const [ada] = (await meet('Ada')) as [Browser];
  const meeting = { ...ada.start.link, room: ada.start.room };
  const names = Array.from({ length: 10 }, (_, at) => `Guest ${String(at)}`);
  const guests = await Promise.all(names.map((name) => enter({ meeting, name })));
  await agree(ada, ...guests);
  for (const each of [ada, ...guests]) await each.untilNamed('Ada', ...names);
  // In batches, not one by one.
  assert.ok((ada.view.epoch ?? 10n) < 6n, String(ada.view.epoch));
});

test('members renew their keys after a while, one after another, and at once where they must', async () => {
  const clock = jumpingClock();
  const world = { clock };
  const { link: meeting } = await delivery.makeMeeting();
  const ada = await enter({ meeting, name: 'Ada', world });
  const ben = await enter({ meeting, name: 'Ben', world });
  await agree(ada, ben);
  // Who has not been heard of before ten minutes pass would be taken for gone.
  for (const each of [ada, ben]) await each.untilNamed('Ada', 'Ben');
  const first = ada.view.epoch ?? 0n;
  const spell = (): string[] =>
    [ada, ben].map(
      ({ media }) => media?.leaves.map((each) => toBase64url(each.media)).join() ?? '',
    );
  let held = spell();
  const reach = async (epoch: bigint): Promise<void> => {
    // Whatever happens makes members look at the time.
    await ada.member.send({ kind: 'chat', id: String(epoch), text: 'Hm', re: null });
    for (const each of [ada, ben]) await each.until('on', () => each.view.epoch === epoch);
    await agree(ada, ben);
    const now = spell();
    assert.notDeepEqual(now, held);
    held = now;
  };
  clock.jump(renewal_ms);
  await reach(first + 1n);
  clock.jump(between_renewals_ms);
  await reach(first + 2n);
  ben.member.renew();
  await reach(first + 3n);
  await ada.untilNamed('Ada', 'Ben');
});

test('several who find an empty meeting end in one group', async () => {
  const { link: meeting } = await delivery.makeMeeting();
  const names = ['Ada', 'Ben', 'Cy', 'Dee'];
  const browsers = await Promise.all(names.map((name) => enter({ meeting, name })));
  await agree(...browsers);
});
