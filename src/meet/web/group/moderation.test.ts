/** What hosts have others do, and what is said against the rules: over a real delivery service. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { Refused } from '#src/app/client.ts';
import { Refusal } from '#src/protocol/encryption/refusal.ts';
import type { Link } from '#src/protocol/link/link.ts';
import { guest_rights } from '#src/protocol/encryption/rights.ts';
import { startDelivery, type Delivery } from '#test/group/delivery.ts';
import { agree, Browser, closeBrowsers } from '#test/group/browser.ts';
import type { Saying } from './saying.ts';

let delivery: Delivery;
before(async () => {
  delivery = await startDelivery();
});
afterEach(() => closeBrowsers());
after(() => delivery.stop());

interface Started {
  readonly meeting: Link;
  readonly ada: Browser;
  readonly ben: Browser;
  readonly cy: Browser;
}

/** Ada is the host, Ben and Cy guests. */
async function start(): Promise<Started> {
  const { link: meeting, seed } = await delivery.makeMeeting();
  const { origin } = delivery;
  const ada = await Browser.open({ origin, meeting, root_seed: seed });
  await ada.untilIn();
  const ben = await Browser.open({ origin, meeting, name: 'Ben' });
  const cy = await Browser.open({ origin, meeting, name: 'Cy' });
  await Promise.all([ben.untilIn(), cy.untilIn()]);
  await agree(ada, ben, cy);
  delivery.told.splice(0);
  return { meeting, ada, ben, cy };
}

/** Whether the engine was told it of that leaf. */
function isOf(told: unknown, id: string): boolean {
  return typeof told === 'object' && told !== null && 'permit' in told && told.permit === id;
}

/** What `listener` heard of `speaker`, once it is there; and whether the policy lets them. */
async function heard(listener: Browser, speaker: Browser, kind: Saying['kind']) {
  const find = () =>
    listener.said.findLast(({ id, saying }) => id === speaker.view.id && saying.kind === kind);
  await listener.until(`told of ${kind}`, () => find() !== undefined);
  const { saying, lawful } = find() ?? assert.fail();
  return { saying, lawful };
}

const isCode =
  (code: string) =>
  (cause: unknown): boolean =>
    (cause instanceof Refusal || cause instanceof Refused) && cause.code === code;

test('a host says what guests may do; members and engine hear it, and a guest cannot', async () => {
  const { meeting, ada, ben, cy } = await start();
  assert.deepEqual(ben.view.guests, guest_rights);
  // Each from what it is then, so that two at once do not undo each other.
  await Promise.all(
    (['mic', 'share', 'react'] as const).map((right) =>
      ada.member.host({ kind: 'right', right, may: false }),
    ),
  );
  await Promise.all(
    [ben, cy].map((each) => each.until('told', () => each.view.guests.join() === 'cam,chat')),
  );
  for (const { view } of [ben, cy]) {
    const told = delivery.told.filter((each) => isOf(each, view.id));
    assert.deepEqual(told.at(-1), { permit: view.id, sends: ['cam'] });
  }
  // Nothing to commit where it is so already.
  const { epoch } = ada.view;
  await ada.member.host({ kind: 'right', right: 'mic', may: false });
  assert.equal(ada.view.epoch, epoch);
  await assert.rejects(
    ben.member.host({ kind: 'right', right: 'mic', may: true }),
    isCode('commit.policy'),
  );
  const dee = await Browser.open({ origin: delivery.origin, meeting, name: 'Dee' });
  await dee.untilIn();
  assert.deepEqual(dee.view.guests, ['cam', 'chat']);
});

test('a host silences somebody: they hear it, and the engine mutes them', async () => {
  const { ada, ben, cy } = await start();
  const quiet = { kind: 'quiet', ids: [ben.view.id], what: ['mic', 'share'] } as const;
  await ada.member.host(quiet);
  for (const each of [ben, cy])
    assert.deepEqual(await heard(each, ada, 'quiet'), { saying: quiet, lawful: true });
  assert.deepEqual(delivery.told, [{ quiet: [ben.view.id], sends: ['mic', 'share'] }]);
});

test('a guest with a changed client silences nobody, and everybody can tell', async () => {
  const { ada, ben, cy } = await start();
  await assert.rejects(
    ben.member.host({ kind: 'quiet', ids: [cy.view.id], what: ['mic'] }),
    isCode('commit.policy'),
  );
  const forged: Saying[] = [
    { kind: 'quiet', ids: [cy.view.id], what: ['mic'] },
    { kind: 'lower', ids: [cy.view.id] },
    { kind: 'spotlight', id: ben.view.id },
  ];
  for (const saying of forged) await ben.member.send(saying);
  for (const saying of forged) {
    const answer = { saying, lawful: false };
    for (const each of [ada, cy]) assert.deepEqual(await heard(each, ben, saying.kind), answer);
  }
  assert.deepEqual(delivery.told, []);
});

test('where guests may not write, what a guest writes counts for nobody', async () => {
  const { ada, ben, cy } = await start();
  await ben.member.send({ kind: 'chat', id: '1', text: 'before', re: null });
  assert.equal((await heard(cy, ben, 'chat')).lawful, true);
  await ada.member.host({ kind: 'right', right: 'chat', may: false });
  await Promise.all(
    [ben, cy].map((each) => each.until('told', () => !each.view.guests.includes('chat'))),
  );
  cy.said.splice(0);
  await ben.member.send({ kind: 'chat', id: '2', text: 'after', re: null });
  assert.equal((await heard(cy, ben, 'chat')).lawful, false);
  await ada.member.send({ kind: 'chat', id: '3', text: 'a host may', re: null });
  assert.equal((await heard(cy, ada, 'chat')).lawful, true);
});

test('a co-host orders guests and other co-hosts, and never whoever holds the root key', async () => {
  const { ada, ben, cy } = await start();
  await ada.member.host({ kind: 'appoint', id: ben.view.id });
  const isCoHost = () =>
    ben.view.people.some(({ id, role }) => id === ben.view.id && role !== 'guest');
  await ben.until('a host', isCoHost);
  await ben.member.host({ kind: 'lower', ids: [cy.view.id] });
  assert.equal((await heard(cy, ben, 'lower')).lawful, true);
  await assert.rejects(
    ben.member.host({ kind: 'quiet', ids: [ada.view.id], what: ['cam'] }),
    isCode('keys.not-host'),
  );
  assert.equal((await heard(cy, ben, 'quiet')).lawful, false);
});

test('panic: silence for all, nobody new, and guests may do nothing', async () => {
  const { ada, ben, cy } = await start();
  await ada.member.host({ kind: 'appoint', id: cy.view.id });
  await ada.member.host({ kind: 'panic' });
  for (const each of [ada, ben, cy]) {
    await each.until('told', () => each.view.gate === 'locked' && each.view.guests.length === 0);
  }
  const { saying, lawful } = await heard(ben, ada, 'quiet');
  assert.ok(lawful && saying.kind === 'quiet');
  assert.deepEqual(new Set(saying.ids), new Set([ben.view.id, cy.view.id]));
  assert.deepEqual(saying.what, ['mic', 'cam', 'share']);
  await assert.rejects(ben.member.host({ kind: 'panic' }), isCode('commit.policy'));
});

test('a class lets guests share nothing, and what a host changes in it stays', async () => {
  const { ada, ben } = await start();
  await ada.member.host({ kind: 'mode', mode: 'class' });
  await ben.until('told', () => ben.view.mode === 'class');
  assert.deepEqual(ben.view.guests, ['mic', 'cam', 'chat', 'react']);
  assert.equal(ben.view.gate, 'open');
  await ada.member.host({ kind: 'right', right: 'cam', may: false });
  await ada.member.host({ kind: 'mode', mode: 'class' });
  await ben.until('told', () => ben.view.guests.join() === 'mic,chat,react');
  await ada.member.host({ kind: 'mode', mode: 'meeting' });
  await ben.until('told', () => ben.view.mode === 'meeting');
  assert.deepEqual(ben.view.guests, guest_rights);
  await assert.rejects(ben.member.host({ kind: 'mode', mode: 'event' }), isCode('commit.policy'));
});

test('an event has a stage: who is brought onto it may send, for engine and members', async () => {
  const { meeting, ada, ben, cy } = await start();
  const onto = (id: string, on: boolean) => ada.member.host({ kind: 'stage', id, on });
  await assert.rejects(onto(ben.view.id, true), isCode('commit.policy'));
  await ada.member.host({ kind: 'mode', mode: 'event' });
  await ben.until('told', () => ben.view.mode === 'event');
  assert.deepEqual([ben.view.guests, ben.view.stage, ben.view.gate], [['react'], [], 'lobby']);
  delivery.told.splice(0);
  await onto(ben.view.id, true);
  await Promise.all(
    [ben, cy].map((each) => each.until('told', () => each.view.stage.length === 1)),
  );
  assert.deepEqual(cy.view.stage, [ben.view.id]);
  assert.deepEqual(delivery.told, [{ permit: ben.view.id, sends: ['mic', 'cam', 'share'] }]);
  await assert.rejects(onto('nobody', true), isCode('commit.remove'));
  await assert.rejects(
    ben.member.host({ kind: 'stage', id: cy.view.id, on: true }),
    isCode('commit.policy'),
  );
  // The event starts: whoever has the link comes in, and finds who is on the stage.
  await ada.member.host({ kind: 'gate', gate: 'open' });
  const dee = await Browser.open({ origin: delivery.origin, meeting, name: 'Dee' });
  await dee.untilIn();
  assert.deepEqual([dee.view.mode, dee.view.stage], ['event', [ben.view.id]]);
  await ada.member.host({ kind: 'remove', id: ben.view.id, relink: false });
  await cy.until('told', () => cy.view.stage.length === 0);
});

test('a host renames somebody: who obeys says it, and who does not is called so all the same', async () => {
  const { meeting, ada, ben, cy } = await start();
  await ada.member.host({ kind: 'rename', id: ben.view.id, name: 'Benedict' });
  await Promise.all([ada, ben, cy].map((each) => each.untilNamed('Ada', 'Benedict', 'Cy')));
  // A client that hears no hosts goes on with a name of its own, to no effect.
  ben.bend = { event: () => undefined };
  await ada.member.host({ kind: 'rename', id: ben.view.id, name: 'Benjamin' });
  await Promise.all([ada, cy].map((each) => each.untilNamed('Ada', 'Benjamin', 'Cy')));
  await ben.member.send({ kind: 'profile', name: 'Ben again' });
  const dee = await Browser.open({ origin: delivery.origin, meeting, name: 'Dee' });
  await dee.untilNamed('Ada', 'Benjamin', 'Cy', 'Dee');
  await assert.rejects(
    cy.member.host({ kind: 'rename', id: ben.view.id, name: 'B' }),
    isCode('commit.policy'),
  );
  await cy.member.send({ kind: 'rename', id: ada.view.id, name: 'Nobody' });
  assert.equal((await heard(dee, cy, 'rename')).lawful, false);
  await dee.untilNamed('Ada', 'Benjamin', 'Cy', 'Dee');
});
