/** What a host does to the meeting, over a real delivery service. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { Refused } from '#src/app/client.ts';
import { Refusal } from '#src/protocol/encryption/refusal.ts';
import type { Link } from '#src/protocol/link/link.ts';
import { toBase64url } from '#src/protocol/link/base64url.ts';
import { wall_clock, type Clock } from './clock.ts';
import { turn_ms } from './committing.ts';
import { startDelivery, type Delivery } from '#test/group/delivery.ts';
import { agree, Browser, closeBrowsers, type Given } from '#test/group/browser.ts';

let delivery: Delivery;
before(async () => {
  delivery = await startDelivery();
});
afterEach(() => closeBrowsers());
after(() => delivery.stop());

async function open(given: Omit<Given, 'origin'>): Promise<Browser> {
  return Browser.open({ origin: delivery.origin, ...given });
}

interface Started {
  readonly meeting: Link;
  readonly ada: Browser;
  readonly ben: Browser;
}

/** Ada is the host, Ben a guest. */
async function start(): Promise<Started> {
  const { link: meeting, seed } = await delivery.makeMeeting();
  const ada = await open({ meeting, root_seed: seed });
  await ada.untilIn();
  const ben = await open({ meeting, name: 'Ben' });
  await ben.untilIn();
  await agree(ada, ben);
  return { meeting, ada, ben };
}

function roleOf(of: Browser, seen_by: Browser): string | undefined {
  return seen_by.view.people.find(({ id }) => id === of.view.id)?.role;
}

function knockOf(who: Browser, seen_by: Browser): string {
  const found = seen_by.view.waiting.find(({ id }) => id === who.view.id);
  assert.ok(found, 'somebody who waits');
  return found.knock;
}

function linkOf(browser: Browser): Link | undefined {
  const told = browser.events.findLast((event) => event.kind === 'link');
  return told?.kind === 'link' ? told.link : undefined;
}

function ends(browser: Browser, phase: string): Promise<void> {
  return browser.until(phase, () => browser.view.phase === phase);
}

const isCode =
  (code: string) =>
  (cause: unknown): boolean =>
    (cause instanceof Refusal || cause instanceof Refused) && cause.code === code;

test('behind a lobby one waits until a host lets one in; a guest cannot', async () => {
  const { meeting, ada, ben } = await start();
  await ada.member.host({ kind: 'gate', gate: 'lobby' });
  await ben.until('told', () => ben.view.gate === 'lobby');
  const cy = await open({ meeting, name: 'Cy' });
  const dee = await open({ meeting, name: 'Dee' });
  await ada.until('told of both', () => ada.view.waiting.length === 2);
  assert.deepEqual(ada.view.waiting.map(({ name }) => name).toSorted(), ['Cy', 'Dee']);
  assert.deepEqual([cy.view.phase, ben.view.waiting.length], ['waiting', 0]);
  ben.member.answer(knockOf(cy, ada), true);
  ada.member.answer(knockOf(dee, ada), false);
  await ends(dee, 'denied');
  assert.equal(cy.view.phase, 'waiting');
  ada.member.answer(knockOf(cy, ada), true);
  await cy.untilIn();
  await agree(ada, ben, cy);
  assert.deepEqual(ada.view.waiting, []);
});

test('who waits says something to the hosts, and keeps the place in which they came', async () => {
  const { meeting, ada } = await start();
  await ada.member.host({ kind: 'gate', gate: 'lobby' });
  const cy = await open({ meeting, name: 'Cy' });
  await ada.until('told of Cy', () => ada.view.waiting.length === 1);
  const dee = await open({ meeting, name: 'Dee' });
  await ada.until('told of both', () => ada.view.waiting.length === 2);
  cy.member.note('From the Lyon office');
  const said = (): string[] => ada.view.waiting.map(({ name, note }) => `${name}: ${note}`);
  await ada.until('told', () => said().join() === 'Cy: From the Lyon office,Dee: ');
  // Cut in the middle of a character.
  dee.member.note(`${'x'.repeat(299)}🔑`);
  await ada.until('told', () => ada.view.waiting[1]?.note === 'x'.repeat(299));
  ada.member.answer(knockOf(cy, ada), true);
  await cy.untilIn();
});

test('who waits comes in when the gate opens, and a locked meeting sends newcomers away', async () => {
  const { meeting, ada, ben } = await start();
  await ada.member.host({ kind: 'gate', gate: 'lobby' });
  const cy = await open({ meeting, name: 'Cy' });
  await ada.until('told', () => ada.view.waiting.length === 1);
  await ada.member.host({ kind: 'gate', gate: 'open' });
  await cy.untilIn();
  await ada.member.host({ kind: 'gate', gate: 'locked' });
  const dee = await open({ meeting, name: 'Dee' });
  await ends(dee, 'denied');
  await agree(ada, ben, cy);
});

test('who was in comes back through a closed gate without being asked about', async () => {
  const { meeting, ada, ben } = await start();
  await ada.member.host({ kind: 'gate', gate: 'locked' });
  await ben.until('told', () => ben.view.gate === 'locked');
  await ben.member.leave();
  await ada.untilCount(1);
  const back = await open({ meeting, name: 'Ben', key: ben.start.key });
  await back.untilIn();
  await agree(ada, back);
});

test('a removed guest is out, and its key may not come back', async () => {
  const { meeting, ada, ben } = await start();
  const cy = await open({ meeting, name: 'Cy' });
  await cy.untilIn();
  await agree(ada, ben, cy);
  await ada.member.host({ kind: 'remove', id: ben.view.id, relink: false });
  await ends(ben, 'removed');
  await agree(ada, cy);
  const back = await open({ meeting, name: 'Ben', key: ben.start.key });
  await ends(back, 'denied');
  await agree(ada, cy);
  await assert.rejects(ben.member.token());
});

test('a link that was changed inside the group lets nobody in who has only the old one', async () => {
  const { meeting, ada, ben } = await start();
  const cy = await open({ meeting, name: 'Cy' });
  await cy.untilIn();
  await ada.member.host({ kind: 'gate', gate: 'lobby' });
  const dee = await open({ meeting, name: 'Dee' });
  await ada.until('told', () => ada.view.waiting.length === 1);
  await ada.member.host({ kind: 'remove', id: ben.view.id, relink: true });
  await Promise.all([ends(ben, 'removed'), ends(dee, 'refused')]);
  assert.equal(dee.view.fault, 'keys.relinked');
  await cy.until('told of the link', () => linkOf(cy) !== undefined);
  const [hers, his] = [linkOf(ada), linkOf(cy)];
  assert.ok(hers && his);
  assert.equal(his.version, 2);
  assert.equal(toBase64url(hers.secret), toBase64url(his.secret));
  const old = await open({ meeting, name: 'Eve' });
  await ends(old, 'refused');
  const fay = await open({ meeting: his, name: 'Fay' });
  await ada.until('told', () => ada.view.waiting.length === 1);
  ada.member.answer(knockOf(fay, ada), true);
  await fay.untilIn();
  await agree(ada, cy, fay);
  // A line that breaks finds the door of the new link.
  cy.cut();
  cy.mend();
  await ada.member.host({ kind: 'gate', gate: 'open' });
  await cy.until('told', () => cy.view.gate === 'open');
});

test('who is offline while the link changes comes back by the old door, as nobody else does', async () => {
  const { meeting, ada, ben } = await start();
  const cy = await open({ meeting, name: 'Cy' });
  await cy.untilIn();
  cy.cut();
  await ada.member.host({ kind: 'remove', id: ben.view.id, relink: true });
  await ends(ben, 'removed');
  cy.mend();
  await cy.until('told of the link', () => linkOf(cy) !== undefined);
  await agree(ada, cy);
  assert.equal(cy.view.leaf, 2);
  await ends(await open({ meeting, name: 'Eve' }), 'refused');
});

test('a co-host acts as a host, until it is taken back; nobody touches a root host', async () => {
  const { meeting, ada, ben } = await start();
  await assert.rejects(ben.member.host({ kind: 'gate', gate: 'locked' }), isCode('commit.policy'));
  await ada.member.host({ kind: 'appoint', id: ben.view.id });
  await ben.until('a host', () => roleOf(ben, ben) === 'co-host');
  const cy = await open({ meeting, name: 'Cy' });
  await cy.untilIn();
  await agree(ada, ben, cy);
  await ben.member.host({ kind: 'appoint', id: cy.view.id });
  await ada.until('three hosts', () => roleOf(cy, ada) === 'co-host');
  await ben.member.host({ kind: 'gate', gate: 'lobby' });
  const dee = await open({ meeting, name: 'Dee' });
  await ben.until('told', () => ben.view.waiting.length === 1);
  ben.member.answer(knockOf(dee, ben), true);
  await dee.untilIn();
  await assert.rejects(
    ben.member.host({ kind: 'remove', id: ada.view.id, relink: false }),
    isCode('commit.policy'),
  );
  // Whom Ben appointed stays a host.
  await ada.member.host({ kind: 'dismiss', id: ben.view.id });
  await ben.until('a guest', () => roleOf(ben, ben) === 'guest');
  assert.equal(roleOf(cy, ada), 'co-host');
  await assert.rejects(ben.member.host({ kind: 'gate', gate: 'open' }), isCode('commit.policy'));
  await cy.member.host({ kind: 'gate', gate: 'open' });
  await agree(ada, ben, cy, dee);
});

test('what a host does does not wait for a turn that is far away', async () => {
  const { link: meeting, seed } = await delivery.makeMeeting();
  // Every turn but the first is never: as in a large meeting, where it is half a minute away.
  const turns: number[] = [];
  const clock: Clock = {
    ...wall_clock,
    after(wait_ms, act) {
      // From five turns on it is another wait, such as for the last word of who leaves.
      const turn = wait_ms > 0 && wait_ms < 5 * turn_ms && wait_ms % turn_ms === 0;
      if (!turn) return wall_clock.after(wait_ms, act);
      turns.push(wait_ms);
      return () => undefined;
    },
  };
  const ada = await open({ meeting, root_seed: seed, world: { clock } });
  await ada.untilIn();
  const ben = await open({ meeting, name: 'Ben' });
  await ben.untilIn();
  // Ben's commits never arrive. Ada waits for her turn in every second epoch or so.
  ben.bend = { call: (name, _input, go) => (name === 'commit' ? new Promise(() => {}) : go()) };
  for (let guest = 1; turns.length === 0; guest += 1) {
    assert.ok(guest < 20, 'a turn that is not the first');
    const cy = await open({ meeting, name: `Guest ${String(guest)}` });
    await cy.until('in, or kept waiting', () => cy.view.phase === 'in' || turns.length > 0);
  }
  await ada.member.host({ kind: 'gate', gate: 'lobby' });
  assert.equal(ada.view.gate, 'lobby');
});

test('two hosts who change the link at once both get what they asked for', async () => {
  const { ada, ben } = await start();
  await ada.member.host({ kind: 'appoint', id: ben.view.id });
  await ben.until('a host', () => roleOf(ben, ben) === 'co-host');
  await Promise.all([ada.member.host({ kind: 'relink' }), ben.member.host({ kind: 'relink' })]);
  await agree(ada, ben);
  await ben.until('version 3', () => linkOf(ben)?.version === 3);
  await ada.until('version 3', () => linkOf(ada)?.version === 3);
});
