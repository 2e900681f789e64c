import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { startBench, type Bench } from '#test/database.ts';
import { expectEventsToExplain } from '#test/explain.ts';
import { until } from '#test/until.ts';
import type { EventFrame } from '../app/contract.ts';
import { accountOf, applyEvent } from './group.ts';
import { bindKeys } from './index.ts';
import * as made from './test-member.ts';
import { appointBy, codeOf, created, gather, makeHost, Member, random } from './test-member.ts';
import { startStand, type Stand } from './test-stand.ts';

let bench: Bench;
let keys: Stand['keys'];
let dispatcher: Stand['dispatcher'];
let media: Stand['media'];
let place: Stand['place'];
let stop: Stand['stop'];

before(async () => {
  bench = await startBench();
  const pace = { release_ms: 20, lost_ms: 40, vacant_ms: 300, parting_ms: 20 };
  ({ keys, dispatcher, media, place, stop } = await startStand(bench, pace));
});
after(async () => {
  await stop();
  await bench.stop();
});

type Four = [Member, Member, Member, Member];
const four = async (): Promise<Four> => (await gather(await place(), 4)) as Four;

async function explain(group: string, act: () => Promise<unknown>): Promise<string[]> {
  const read = () => made.stateOf(dispatcher, group);
  const explained = { db: bench.db, account: accountOf(group), read, apply: applyEvent };
  const frames = await expectEventsToExplain(explained, act);
  return frames.map(({ event }) => event);
}

async function leavesOf(group: string): Promise<Set<string>> {
  const query = bench.db.selectFrom('mls_leaf').select('id').where('mls_group', '=', group);
  return new Set((await query.execute()).map(({ id }) => id));
}

async function lose(who: Member, seen_by: Member): Promise<void> {
  who.wire.cut();
  await seen_by.until(() => seen_by.state?.lost.includes(who.id) === true);
}

/** Follows a group from its beginning without being in it: resolves with the first such event. */
function firstEvent(group: string, name: string): Promise<EventFrame> {
  const wire = new made.Wire(bench.events);
  return new Promise((resolve) => {
    wire.onEvent = (frame) => {
      if (frame.event !== name) return;
      wire.cut();
      resolve(frame);
    };
    wire.caller.follow?.(accountOf(group), 0);
  });
}

const hashOf = (door: string): string =>
  made.b64(createHash('sha256').update(Buffer.from(door, 'base64url')).digest());

async function linkOf({ place: { room } }: Member): Promise<{ link: number; door: string }> {
  const query = bench.db.selectFrom('meeting').select(['link', 'door_hash']);
  const { link, door_hash } = await query.where('id', '=', room).executeTakeFirstOrThrow();
  return { link, door: made.b64(door_hash) };
}

test('who is away is lost, and found when back; the ones who are here are all ready then', async () => {
  const [ada, ben, cy, dan] = await four();
  for (const who of [ada, cy, dan]) await who.call('ready', { epoch: 1 });
  assert.deepEqual(await explain(ada.group, () => lose(ben, ada)), ['keys.lost', 'keys.readied']);
  assert.deepEqual(await explain(ada.group, () => ben.reconnect()), ['keys.found']);
  await ada.until(() => ada.state?.lost.length === 0);
  assert.deepEqual(await ben.commit(1), { seq: 2 });
});

test('whom a host removes is no leaf any more, hears of it, and then nothing', async () => {
  const [ada, ben] = await four();
  await makeHost(ada);
  const quiet = new Promise<string>((resolve) => (ben.wire.onLeave = resolve));
  assert.deepEqual(await explain(ada.group, () => ada.commit(1, { gone: [ben.id] })), [
    'keys.appended',
    'keys.parted',
  ]);
  await ben.hears('keys.parted');
  assert.equal(await quiet, accountOf(ada.group));
  assert.ok(media.closed.includes(ben.id));
  assert.equal(await codeOf(ben.call('app', { epoch: 2, msg: random(9) })), 'keys.not-leaf');
  assert.equal(await codeOf(ben.call('token')), 'keys.not-leaf');
  await ada.admit(2, [ben]);
  await ben.call('token');
});

test('whom another leaf removes parts once its connection is lost', async () => {
  const [ada, ben, cy, dan] = await four();
  await lose(dan, ada);
  await ben.commit(1, { gone: [cy.id, dan.id, random(16)] });
  await ada.hears('keys.parted');
  assert.deepEqual(await leavesOf(ada.group), new Set([ada.id, ben.id, cy.id]));
  assert.ok(media.closed.includes(dan.id) && !media.closed.includes(cy.id));
  await cy.call('app', { epoch: 2, msg: random(9) });
  assert.deepEqual(
    await explain(ada.group, async () => {
      cy.wire.cut();
      await ada.until(() => ada.heard.filter(({ event }) => event === 'keys.parted').length === 2);
    }),
    ['keys.parted'],
  );
  assert.ok(media.closed.includes(cy.id));
});

test('nobody but a host removes a host that is away', async () => {
  const [ada, ben, cy] = await four();
  await makeHost(ada);
  await ada.commit(1, { hosts: [ada.id] });
  await lose(ada, ben);
  await ben.commit(2, { gone: [ada.id] });
  await ada.reconnect();
  await ada.call('resync', { epoch: 3, msg: random(9), info: random(9) });
  await cy.until(() => cy.state?.seq === 4);
  assert.ok(!media.closed.includes(ada.id));
});

test('a Welcome that was not taken is void once its leaf is removed', async () => {
  const [ada] = await gather(await place(), 1);
  const eve = await Member.arrive(ada.place);
  const knock = await eve.knock();
  await ada.commit(0, { welcomes: [{ knock, welcome: random(9) }] });
  await ada.commit(1, { gone: [eve.id] });
  assert.equal(await codeOf(eve.enter(knock)), 'keys.no-welcome');
});

test('a host voids a commit, and everything beside it is as before', async () => {
  const [ada, ben, cy, dan] = await four();
  const eve = await Member.arrive(ada.place);
  await makeHost(ada);
  await lose(dan, ada);
  const { info } = await ada.call('info');
  const knock = await eve.knock();
  const rubbish = { msg: random(99), info: random(99) };
  await ben.commit(1, {
    ...rubbish,
    welcomes: [{ knock, welcome: random(9) }],
    gone: [cy.id, dan.id],
  });
  await eve.enter(knock);
  for (const who of [ada, ben, cy]) await who.call('ready', { epoch: 2 });
  assert.equal(await codeOf(eve.call('refuse', { seq: 9 })), 'keys.too-late');
  const events = await explain(ada.group, () => ada.call('refuse', { seq: 2 }));
  assert.deepEqual(events, ['keys.appended', 'keys.parted', 'keys.lost']);
  await ada.until(() => ada.state?.epoch === 1 && ada.state.lost[0] === dan.id);
  assert.deepEqual(await leavesOf(ada.group), new Set([ada, ben, cy, dan].map(({ id }) => id)));
  assert.equal((await ada.call('info')).info, info);
  assert.equal(await codeOf(eve.enter(knock)), 'keys.no-welcome');
  // Sent again it is what it was; another commit of a sender out of sync is not taken.
  assert.deepEqual(await ben.commit(1, rubbish), { seq: 2 });
  assert.equal(await codeOf(ben.commit(1)), 'keys.adrift');
  await ben.call('resync', { epoch: 1, msg: random(9), info: random(9) });
  const ready = (): Promise<string[]> => explain(ada.group, () => ada.call('ready', { epoch: 2 }));
  assert.deepEqual(await ready(), [], 'others were ready for the voided epoch only');
  await ben.commit(2);
  assert.deepEqual(await ada.call('refuse', { seq: 2 }), { voided: true });
  assert.equal(await codeOf(ada.call('refuse', { seq: 4 })), 'keys.too-late');
  const { entries } = await cy.call('log', { from: 2 });
  assert.deepEqual(
    entries.map(({ kind, epoch, of }) => [kind, epoch, of]),
    [
      ['commit', 1, null],
      ['void', 1, 2],
      ['resync', 1, null],
      ['commit', 2, null],
    ],
  );
});

test('more than half of the connected leaves void even a host’s commit, its link and hosts too', async () => {
  const [ada, ben, cy, dan] = await four();
  await makeHost(ada);
  const old_link = await linkOf(ada);
  await ada.commit(1, { hosts: [ada.id, ben.id], door: { link: 2, hash: random(32) } });
  assert.equal((await linkOf(ada)).link, 2);
  assert.deepEqual(await ben.call('refuse', { seq: 2 }), { voided: false });
  assert.deepEqual(await ben.call('refuse', { seq: 2 }), { voided: false });
  assert.deepEqual(await cy.call('refuse', { seq: 2 }), { voided: false });
  await explain(ada.group, async () =>
    assert.deepEqual(await dan.call('refuse', { seq: 2 }), { voided: true }),
  );
  assert.deepEqual(await linkOf(ada), old_link);
  await ben.appear([await appointBy(ada.place.root, ada.key, ada)], created).then(
    () => assert.fail('another’s appointment was taken'),
    ({ code }) => assert.equal(code, 'keys.bad-chain'),
  );
});

test('a co-host is one as long as the hosts say so', async () => {
  const [ada, ben, cy] = await four();
  await makeHost(ada);
  const own = await appointBy(ada.place.root, ada.key, ada);
  const chain = [await appointBy(ada.key, ben.key, ben), own];
  await ben.appear(chain, created);
  assert.equal(await codeOf(ben.call('deny', { knock: random(16) })), 'keys.not-host');
  await ada.commit(1, { hosts: [ada.id, ben.id] });
  const eve = await Member.arrive(ada.place);
  const knock = await eve.knock();
  await ada.until(() => ada.state?.knocks.length === 1);
  assert.deepEqual(await explain(ada.group, () => ben.call('deny', { knock })), ['keys.answered']);
  await ben.call('deny', { knock });
  assert.equal((await eve.hears('keys.answered')).account, `keys.knock:${knock}`);
  await ada.commit(2, { hosts: [ada.id] });
  assert.equal(await codeOf(ben.call('deny', { knock })), 'keys.not-host');
  // Of another time, of another's root, of nobody.
  for (const [list, at] of [
    [chain, created + 1],
    [[await appointBy(cy.key, cy.key, cy)], created],
    [[await appointBy(ada.key, cy.key, cy)], created],
  ] as const)
    assert.equal(await codeOf(cy.appear(list, at)), 'keys.bad-chain');
});

test('a new link lands with its commit; who waited with the old one is told', async () => {
  const [ada] = await gather(await place(), 1);
  await makeHost(ada);
  const eve = await Member.arrive(ada.place);
  await eve.knock();
  await ada.until(() => ada.state?.knocks.length === 1);
  const door = random(32);
  const next = { link: 2, hash: hashOf(door) };
  assert.deepEqual(await explain(ada.group, () => ada.commit(0, { door: next })), [
    'keys.appended',
    'keys.answered',
  ]);
  const { data } = await eve.hears('keys.answered');
  assert.deepEqual((data as { knocks: { answer: string }[] }).knocks[0]?.answer, 'relinked');
  assert.equal(await codeOf(eve.knock()), 'keys.relinked');
  assert.equal(await codeOf(eve.knock({ link: 2 })), 'keys.relinked');
  assert.equal(await codeOf(Member.arrive(ada.place)), 'meet.no-meeting');
  const fay = await Member.arrive({ ...ada.place, door });
  await fay.knock();
  // A leaf whose line was down comes back by the door before, and by none that is older.
  await ada.reconnect();
  assert.equal((await ada.prove()).group?.leaf, true);
  await ada.appear([await appointBy(ada.place.root, ada.key, ada)], created);
  await ada.commit(1, { door: { link: 3, hash: random(32) } });
  assert.equal(await codeOf(ada.reconnect()), 'meet.no-meeting');
});

test('a group ends after its last leaf went; its log is deleted, who waits waits for the next', async () => {
  const [ada, ben] = await gather(await place(), 2);
  const eve = await Member.arrive(ada.place);
  await eve.knock();
  await ada.until(() => ada.state?.knocks.length === 1);
  const state_before = ada.state;
  const ended = firstEvent(ada.group, 'keys.ended');
  ada.wire.cut();
  ben?.wire.cut();
  const last = await ended;
  // The events before it are deleted too, so this one alone must explain the end.
  const state = await made.stateOf(dispatcher, ada.group);
  assert.deepEqual(state_before && applyEvent(state_before, last), state);
  assert.equal(state.ended, true);
  const events = bench.db.selectFrom('event').select('name');
  assert.deepEqual(await events.where('account', '=', accountOf(ada.group)).execute(), [
    { name: 'keys.ended' },
  ]);
  const left = await bench.db
    .selectFrom('mls_entry')
    .select('seq')
    .where('mls_group', '=', ada.group)
    .execute();
  assert.deepEqual(left, []);
  assert.ok(media.closed.includes(ada.id));
  const fay = await Member.arrive(ada.place);
  await fay.create();
  await fay.watch();
  await fay.until(() => fay.state?.knocks[0]?.id === eve.id);
  await bench.db
    .updateTable('mls_group')
    .set({ ended_at: new Date(Date.now() - 3_600_000) })
    .where('id', '=', ada.group)
    .execute();
  eve.wire.cut();
  await until('the ended group is forgotten', 10_000, async () => {
    const query = bench.db.selectFrom('account').select('id');
    return (await query.where('id', '=', accountOf(ada.group)).execute()).length === 0;
  });
});

test('the root key takes a meeting back, without its door', async () => {
  const [ada] = await gather(await place(), 1);
  const eve = await Member.arrive(ada.place);
  await eve.knock();
  const root = new Member(ada.place, ada.place.root);
  await root.prove({}, null);
  const door = random(32);
  const hash = hashOf(door);
  assert.equal(await codeOf(root.call('reset', { door: { link: 1, hash } })), 'keys.bad-link');
  await root.call('reset', { door: { link: root.link + 1, hash } });
  await ada.hears('keys.ended');
  await eve.hears('keys.answered');
  assert.equal(await codeOf(ada.commit(0)), 'keys.no-group');
  const again = await Member.arrive({ ...ada.place, door });
  await again.create();
  assert.notEqual(again.group, ada.group);
});

test('when the meeting ends or is forgotten, nothing of it stays', async () => {
  const [ada] = await gather(await place(), 2);
  const { room } = ada.place;
  const eve = await Member.arrive(ada.place);
  await eve.knock();
  await dispatcher.act((ctx) => keys.endRoom(ctx, room));
  await ada.hears('keys.ended');
  await eve.hears('keys.answered');
  await dispatcher.act((ctx) => keys.forgetRooms(ctx, [room]));
  for (const table of ['mls_group', 'mls_knock'] as const) {
    const rows = await bench.db.selectFrom(table).select('id').where('room', '=', room).execute();
    assert.deepEqual(rows, [], table);
  }
  const accounts = await bench.db
    .selectFrom('account')
    .select('id')
    .where('id', 'in', [accountOf(ada.group), eve.heard[0]?.account ?? ''])
    .execute();
  assert.deepEqual(accounts, []);
});

test('after a restart of the server, who does not come back in time is lost', async () => {
  const never = 1e9;
  const old = bindKeys({ meetings: made.meetings, media, pace: { lost_ms: never } });
  const [ada, ben] = await gather(
    await made.makePlace(bench.db, {
      dispatcher: bench.dispatcher(old.calls),
      events: bench.events,
    }),
    2,
  );
  const pace = { lost_ms: 40, restart_ms: 400 };
  const next = bindKeys({ meetings: made.meetings, media, pace });
  const server = bench.dispatcher(next.calls);
  const service = next.service(server, bench.log);
  await service.start(new AbortController().signal);
  const back = await Member.arrive({ ...ada.place, dispatcher: server }, ada.key);
  await back.watch();
  await back.until(() => back.state?.lost.length === 1);
  assert.deepEqual(back.state?.lost, [ben?.id]);
  await service.stop();
});
