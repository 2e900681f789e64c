/** What is told of breakout rooms, and to whom: as bytes, and over a real delivery service. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { Refused } from '#src/app/client.ts';
import { utf8 } from '#src/protocol/encryption/bytes.ts';
import { Refusal } from '#src/protocol/encryption/refusal.ts';
import { formatHostLink, formatLink } from '#src/protocol/link/link.ts';
import { startDelivery, type Delivery } from '#test/group/delivery.ts';
import { agree, Browser, closeBrowsers } from '#test/group/browser.ts';
import { rooms_max } from './breakout-limits.ts';
import { decodeBreakouts, encodeBreakouts } from './breakouts.ts';
import type { Breakouts } from './breakouts.ts';
import type { Heard, Saying } from './saying.ts';

let delivery: Delivery;
before(async () => {
  delivery = await startDelivery();
});
afterEach(() => closeBrowsers());
after(() => delivery.stop());

const random = (length: number): Uint8Array<ArrayBuffer> =>
  crypto.getRandomValues(new Uint8Array(length));
const place = (at: number) => ({
  room: `room${'abcdefghijklmnopqrst'[at] ?? ''}23456723456723456723a`.slice(0, 26).padEnd(26, '7'),
  version: 1,
  secret: random(32),
  fingerprint: random(16),
});
const rooms = Array.from({ length: 3 }, (_, at) => ({
  name: `Room ${at + 1}`,
  link: formatLink(place(at)),
}));
const [first, second, third] = rooms;
assert.ok(first && second && third);

test('what is told comes back as it was; what is not lawful is refused', () => {
  const whole: Breakouts = {
    rooms,
    places: [['one', 0] as const, ['two', 2] as const],
    choose: false,
  };
  assert.deepEqual(decodeBreakouts(encodeBreakouts(whole)), whole);
  const none: Breakouts = { rooms: [], places: [], choose: true };
  assert.deepEqual(decodeBreakouts(encodeBreakouts(none)), none);
  const { link } = first;
  const table: readonly [string, object][] = [
    ['another server', { ...whole, rooms: [{ name: 'A', link: `//elsewhere.example${link}` }] }],
    ['a script', { ...whole, rooms: [{ name: 'A', link: 'javascript:alert(1)' }] }],
    ['no secret', { ...whole, rooms: [{ name: 'A', link: link.split('#')[0] }] }],
    ['a query', { ...whole, rooms: [{ name: 'A', link: link.replace('#', '?a#') }] }],
    [
      'a host link',
      { ...whole, rooms: [{ name: 'A', link: formatHostLink(place(0), random(32)) }] },
    ],
    ['a long name', { ...whole, rooms: [{ name: 'A'.repeat(61), link }] }],
    ['too many', { ...whole, rooms: Array.from({ length: rooms_max + 1 }, () => first) }],
    ['a place in no room', { ...whole, places: [['one', 3]] }],
    ['a place of three', { ...whole, places: [['one', 0, 1]] }],
    ['half a place', { ...whole, places: [['one']] }],
    ['maybe', { ...whole, choose: 1 }],
    ['more', { ...whole, until: 5 }],
  ];
  for (const [what, value] of table) {
    assert.throws(
      () => decodeBreakouts(utf8(JSON.stringify(value))),
      (cause) => cause instanceof Refusal && cause.code.startsWith('json.'),
      what,
    );
  }
});

/** Ada is the host, Ben and Cy guests. */
async function start(): Promise<{ ada: Browser; ben: Browser; cy: Browser }> {
  const { link: meeting, seed } = await delivery.makeMeeting();
  const { origin } = delivery;
  const ada = await Browser.open({ origin, meeting, root_seed: seed });
  await ada.untilIn();
  const ben = await Browser.open({ origin, meeting, name: 'Ben' });
  const cy = await Browser.open({ origin, meeting, name: 'Cy' });
  await Promise.all([ben.untilIn(), cy.untilIn()]);
  await agree(ada, ben, cy);
  return { ada, ben, cy };
}

/** The next that `listener` hears of that kind; what was said before it is forgotten. */
async function heard(listener: Browser, kind: Heard['kind']) {
  const find = () => listener.said.findIndex(({ saying }) => saying.kind === kind);
  await listener.until(`told of ${kind}`, () => find() >= 0);
  const { saying, lawful } = listener.said.splice(0, find() + 1).at(-1) ?? assert.fail();
  return { saying, lawful };
}

const told = (breakouts: Breakouts | null) => ({
  saying: { kind: 'breakouts', breakouts },
  lawful: true,
});

test('each learns of the rooms that are open to them, and of no others', async () => {
  const { ada, ben, cy } = await start();
  const places = [[ben.view.id, 1]] as const;
  const assigned: Breakouts = { rooms, places, choose: false };
  await ada.member.host({ kind: 'breakouts', breakouts: assigned, to: null });
  assert.deepEqual(await heard(ada, 'breakouts'), told(assigned));
  const own: Breakouts = { rooms: [second], places: [], choose: false };
  assert.deepEqual(await heard(ben, 'breakouts'), told(own));
  const nothing: Breakouts = { rooms: [], places: [], choose: false };
  assert.deepEqual(await heard(cy, 'breakouts'), told(nothing));
  // Said again to who comes, it is told to them alone.
  await ada.member.host({ kind: 'breakouts', breakouts: assigned, to: [ben.view.id] });
  assert.deepEqual(await heard(ben, 'breakouts'), told(own));
  assert.deepEqual(await heard(cy, 'breakouts'), told(null));
  // A co-host is told all of it.
  await ada.member.host({ kind: 'appoint', id: cy.view.id });
  const isHost = () => cy.view.people.some(({ id, role }) => id === cy.view.id && role !== 'guest');
  await cy.until('a host', isHost);
  ada.said.splice(0);
  const chosen: Breakouts = { ...assigned, places: [], choose: true };
  await cy.member.host({ kind: 'breakouts', breakouts: chosen, to: null });
  for (const each of [ada, ben, cy]) {
    assert.deepEqual(await heard(each, 'breakouts'), told(chosen));
  }
});

test('where each is they say themselves; a host calls them back', async () => {
  const { ada, ben, cy } = await start();
  await ben.member.send({ kind: 'aside', room: 'Room 2' });
  for (const each of [ada, cy]) {
    const saying = { kind: 'aside', room: 'Room 2' };
    assert.deepEqual(await heard(each, 'aside'), { saying, lawful: true });
  }
  await ada.member.host({ kind: 'recall', seconds: 30 });
  const saying = { kind: 'recall', seconds: 30 };
  for (const each of [ben, cy]) {
    assert.deepEqual(await heard(each, 'recall'), { saying, lawful: true });
  }
  await assert.rejects(ada.member.host({ kind: 'recall', seconds: 601 }), Refusal);
});

test('a guest opens no rooms and calls nobody back, whatever their client sends', async () => {
  const { ada, ben, cy } = await start();
  const breakouts: Breakouts = { rooms, places: [], choose: true };
  const isRefused = (cause: unknown): boolean =>
    (cause instanceof Refusal || cause instanceof Refused) && cause.code === 'commit.policy';
  await assert.rejects(ben.member.host({ kind: 'breakouts', breakouts, to: null }), isRefused);
  await assert.rejects(ben.member.host({ kind: 'recall', seconds: 0 }), isRefused);
  const list = [{ to: cy.view.id, sealed: 'AAAA' }];
  await ben.member.send({ kind: 'rooms', list } as unknown as Saying);
  await ben.member.send({ kind: 'recall', seconds: 0 });
  for (const each of [ada, cy]) {
    assert.equal((await heard(each, 'breakouts')).lawful, false);
    assert.equal((await heard(each, 'recall')).lawful, false);
  }
});
