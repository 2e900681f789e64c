/** Hosts, beats, and when to send under new keys. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { startDelivery, type Delivery } from '#test/group/delivery.ts';
import { agree, Browser, closeBrowsers, type Given } from '#test/group/browser.ts';
import { fastClock } from '#test/group/fast.ts';

let delivery: Delivery;
before(async () => {
  delivery = await startDelivery();
});
afterEach(() => closeBrowsers());
after(() => delivery.stop());

async function open(given: Omit<Given, 'origin'>): Promise<Browser> {
  return Browser.open({ origin: delivery.origin, ...given });
}

function roleOf(of: Browser, seen_by: Browser): string | undefined {
  return seen_by.view.people.find(({ id }) => id === of.view.id)?.role;
}

/** Beats go from each to all the others, as a media engine would carry them. */
function connect(...browsers: Browser[]): void {
  for (const from of browsers)
    from.onBeat = (bytes) => {
      for (const to of browsers) if (to !== from) to.member.hearBeat(from.view.id, bytes);
    };
}

/** A beat made in that epoch: of those told after its keys, and before the next one's. */
async function untilBeat(of: Browser, epoch: bigint): Promise<Uint8Array<ArrayBuffer>> {
  const find = (): Uint8Array<ArrayBuffer> | undefined => {
    let at: bigint | undefined;
    for (const event of of.events) {
      if (event.kind === 'keys') at = event.epoch;
      if (event.kind === 'beat' && at === epoch) return event.bytes;
    }
    return undefined;
  };
  await of.until('beating', () => find() !== undefined);
  return find() as Uint8Array<ArrayBuffer>;
}

test('who made the meeting is its host from the start, and in everybody’s eyes', async () => {
  const { link: meeting, seed } = await delivery.makeMeeting();
  const ada = await open({ meeting, hosted: true, root_seed: seed });
  await ada.untilIn();
  const ben = await open({ meeting, hosted: true, name: 'Ben' });
  await ben.untilIn();
  await agree(ada, ben);
  for (const browser of [ada, ben]) assert.equal(roleOf(ada, browser), 'root host');
  assert.equal(roleOf(ben, ada), 'guest');
});

test('a hosted meeting waits for its host, who takes in who waits', async () => {
  const { link: meeting, seed } = await delivery.makeMeeting();
  const ben = await open({ meeting, hosted: true, name: 'Ben' });
  await ben.until('waiting', () => ben.view.phase === 'waiting');
  const ada = await open({ meeting, hosted: true, root_seed: seed });
  await Promise.all([ada.untilIn(), ben.untilIn()]);
  await agree(ada, ben);
  assert.equal(roleOf(ada, ben), 'root host');
});

test('the holder of the root key who comes later claims to be host', async () => {
  const { link: meeting, seed } = await delivery.makeMeeting();
  const ben = await open({ meeting, name: 'Ben' });
  await ben.untilIn();
  const ada = await open({ meeting, root_seed: seed });
  await ada.until('host', () => roleOf(ada, ada) === 'root host');
  await agree(ada, ben);
  assert.equal(roleOf(ada, ben), 'root host');
  // A host that leaves takes its leaf along: its leave lets a guest remove it.
  await ada.member.leave();
  await ben.untilCount(1);
});

test('a host whose browser vanished keeps its leaf, shown away, until it is back', async () => {
  const { link: meeting, seed } = await delivery.makeMeeting();
  const world = { clock: fastClock(5) };
  const ada = await open({ meeting, root_seed: seed, world });
  await ada.untilIn();
  const ben = await open({ meeting, name: 'Ben', world });
  const cy = await open({ meeting, name: 'Cy', world });
  await Promise.all([ben.untilIn(), cy.untilIn()]);
  await agree(ada, ben, cy);
  ada.vanish();
  cy.vanish();
  await ben.until('without Cy', () => ben.view.people.length === 2);
  const host = ben.view.people.find(({ role }) => role === 'root host');
  assert.deepEqual([host?.id, host?.away], [ada.view.id, true]);
  const back = await ada.reload({ world });
  await agree(back, ben);
  assert.equal(roleOf(back, ben), 'root host');
  assert.equal(ben.view.people.find(({ role }) => role === 'root host')?.away, false);
});

test('beats show who is really here; where half are missing, one is alone', async () => {
  const { link: meeting } = await delivery.makeMeeting();
  const world = { clock: fastClock(20) };
  const ada = await open({ meeting, world });
  await ada.untilIn();
  const ben = await open({ meeting, name: 'Ben', world });
  const cy = await open({ meeting, name: 'Cy', world });
  await Promise.all([ben.untilIn(), cy.untilIn()]);
  await agree(ada, ben, cy);
  assert.deepEqual(
    ada.view.people.map(({ beaten }) => beaten),
    ada.view.people.map(({ id }) => id === ada.view.id),
  );
  connect(ada, ben, cy);
  for (const browser of [ada, ben, cy])
    await browser.until('heard of', () => browser.view.people.every(({ beaten }) => beaten));
  assert.equal(ada.view.pulse, 'well');
  // The media engine carries nothing between Ada and the others any more.
  connect(ada);
  connect(ben, cy);
  await ada.until('alone', () => ada.view.pulse === 'alone');
  connect(ada, ben, cy);
  await ada.until('well', () => ada.view.pulse === 'well');
});

test('a beat of another epoch, of another, or twice is not heard', async () => {
  const { link: meeting } = await delivery.makeMeeting();
  const ada = await open({ meeting });
  await ada.untilIn();
  const ben = await open({ meeting, name: 'Ben' });
  await ben.untilIn();
  await agree(ada, ben);
  const old = await untilBeat(ada, 1n);
  const cy = await open({ meeting, name: 'Cy' });
  await cy.untilIn();
  await agree(ada, ben, cy);
  const fresh = await untilBeat(ada, 2n);
  const heard = (of: Browser): boolean | undefined =>
    ben.view.people.find(({ id }) => id === of.view.id)?.beaten;
  ben.member.hearBeat(ada.view.id, old);
  ben.member.hearBeat(ada.view.id, new Uint8Array(77));
  ben.member.hearBeat(cy.view.id, fresh);
  ben.member.hearBeat('somebody else', fresh);
  // Cy's own comes after those: when it is heard, they were judged.
  const hers = await untilBeat(cy, 2n);
  ben.member.hearBeat(cy.view.id, hers);
  await ben.until('heard of Cy', () => heard(cy) === true);
  assert.equal(heard(ada), false);
  ben.member.hearBeat(ada.view.id, fresh);
  await ben.until('heard of Ada', () => heard(ada) === true);
});

test('sending goes over to an epoch when all are ready, and without that after a second', async () => {
  const { link: meeting } = await delivery.makeMeeting();
  const ada = await open({ meeting });
  await ada.untilIn();
  assert.equal(ada.media?.first, true);
  const ben = await open({ meeting, name: 'Ben' });
  await ben.untilIn();
  await agree(ada, ben);
  assert.equal(ben.media?.first, true);
  await ada.until('switched', () => ada.switches.includes(1n));
  // Now nobody says that all are ready.
  ada.bend = {
    event: (frame, pass) => {
      if (frame.event !== 'keys.readied') pass(frame);
    },
  };
  const cy = await open({ meeting, name: 'Cy' });
  await ada.until('in the next epoch', () => ada.media?.epoch === 2n);
  const opened_ms = performance.now();
  assert.equal(ada.media?.first, false);
  await ada.until('switched', () => ada.switches.includes(2n));
  const waited_ms = performance.now() - opened_ms;
  assert.ok(waited_ms > 900, `${waited_ms.toFixed(0)} ms`);
  await cy.untilIn();
});
