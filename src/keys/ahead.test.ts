import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startBench, type Bench } from '#test/database.ts';
import { until } from '#test/until.ts';
import type { Dispatcher } from '../app/server.ts';
import { bindKeys, hasSeat } from './index.ts';
import * as made from './test-member.ts';
import { codeOf, gather, makeHost, Member, random } from './test-member.ts';

let bench: Bench;
let dispatcher: Dispatcher;
let stop: () => Promise<void>;
const media = made.noteMedia();
const ahead_ms = 600;

before(async () => {
  bench = await startBench();
  const keys = bindKeys({ meetings: made.meetings, media, pace: { release_ms: 20, ahead_ms } });
  dispatcher = bench.dispatcher(keys.calls);
  const service = keys.service(dispatcher, bench.log);
  await service.start(new AbortController().signal);
  stop = () => service.stop();
});
after(async () => {
  await stop();
  await bench.stop();
});

/** A host whose meeting is open or not, and somebody at its door. */
async function meet(open: boolean): Promise<[Member, Member]> {
  const place = await made.makePlace(bench.db, { dispatcher, events: bench.events });
  const [host] = await gather(place, 1);
  await makeHost(host);
  await host.commit(0, { open });
  return [host, await Member.arrive(place)];
}

async function knock(guest: Member) {
  const bytes = { kp: random(300), name: random(60), mac: random(32), admit: null };
  const { state } = await guest.call('knock', { link: guest.link, ...bytes });
  return { knock: state?.knock ?? '', media: state?.media ?? null };
}

const seated = ({ place, id }: Member): Promise<boolean> => hasSeat(bench.db, place.room, id);

test('who knocks at an open gate has a seat at once, and keeps it as a leaf', async () => {
  const [host, guest] = await meet(true);
  const asked = await knock(guest);
  assert.deepEqual(asked.media, { token: `token of ${guest.id}`, media_path: '/lk', people: 1 });
  assert.equal(await seated(guest), true);
  // It is a seat at the media engine and nothing else.
  assert.equal(await codeOf(guest.call('token')), 'keys.not-leaf');
  assert.equal(await codeOf(guest.call('watch', { cursor: null })), 'keys.not-leaf');
  await host.commit(1, { welcomes: [{ knock: asked.knock, welcome: random(300) }] });
  assert.equal(await seated(guest), true);
  assert.equal((await guest.enter(asked.knock)).people, 2);
  assert.equal((await guest.call('token')).people, 2);
  assert.equal(await seated(guest), true);
  await host.commit(2, { gone: [guest.id] });
  assert.equal(await seated(guest), false);
});

test('at a gate that is not open nobody has one', async () => {
  const [, guest] = await meet(false);
  assert.equal((await knock(guest)).media, null);
  assert.equal(await seated(guest), false);
});

test('a seat that leads to no leaf is closed', async () => {
  const [host, guest] = await meet(true);
  const { knock: number } = await knock(guest);
  await until('the seat is closed', 5000, () => media.closed.includes(guest.id));
  assert.equal(await seated(guest), false);
  // The knock itself waits on.
  await host.commit(1, { welcomes: [{ knock: number, welcome: random(300) }] });
  await guest.enter(number);
  assert.equal(await seated(guest), true);
});

test('a leaf is not closed when its time ahead is over', async () => {
  const [host, guest] = await meet(true);
  const { knock: number } = await knock(guest);
  await host.commit(1, { welcomes: [{ knock: number, welcome: random(300) }] });
  await guest.enter(number);
  const other = await Member.arrive(guest.place);
  await knock(other);
  // The one who came later is closed, so the time of the other is over too.
  await until('the other is closed', 5000, () => media.closed.includes(other.id));
  assert.ok(!media.closed.includes(guest.id));
});

test('who is removed before taking the Welcome has none', async () => {
  const [host, guest] = await meet(true);
  const { knock: number } = await knock(guest);
  await host.commit(1, { welcomes: [{ knock: number, welcome: random(300) }] });
  assert.equal(await seated(guest), true);
  await host.commit(2, { gone: [guest.id] });
  assert.equal(await seated(guest), false);
});

test('who is sent away, and who waits while the gate is closed, has none any more', async () => {
  const [host, guest] = await meet(true);
  const { knock: number } = await knock(guest);
  await host.call('deny', { knock: number });
  assert.equal(await seated(guest), false);
  const late = await Member.arrive(host.place);
  await knock(late);
  assert.equal(await seated(late), true);
  await host.commit(1, { open: false });
  assert.equal(await seated(late), false);
  await until('both are closed', 5000, () =>
    [guest, late].every(({ id }) => media.closed.includes(id)),
  );
});

test('nobody but a host opens the gate, and a void closes it again', async () => {
  const [host, guest] = await meet(false);
  const { knock: number } = await knock(guest);
  await host.commit(1, { welcomes: [{ knock: number, welcome: random(300) }] });
  await guest.enter(number);
  assert.equal(await codeOf(guest.commit(2, { open: true })), 'keys.not-host');
  const answer = await host.commit(2, { open: true });
  assert.ok('seq' in answer);
  await host.call('refuse', { seq: answer.seq });
  assert.equal((await knock(await Member.arrive(host.place))).media, null);
});
