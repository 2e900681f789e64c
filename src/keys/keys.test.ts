import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startBench, type Bench } from '#test/database.ts';
import { expectEventsToExplain } from '#test/explain.ts';
import { generateLeafKey } from '../protocol/encryption/ed25519.ts';
import { accountOf, applyEvent } from './group.ts';
import { hasSeat } from './index.ts';
import * as limits from './limits.ts';
import * as made from './test-member.ts';
import { codeOf, gather, makeHost, Member, newRoom, random } from './test-member.ts';
import { startStand, type Stand } from './test-stand.ts';

let bench: Bench;
let dispatcher: Stand['dispatcher'];
let place: Stand['place'];
let stop: Stand['stop'];

before(async () => {
  bench = await startBench();
  const pace = { release_ms: 30, lost_ms: 5_000, knock_kept_ms: 30, parting_ms: 30 };
  ({ dispatcher, place, stop } = await startStand(bench, pace));
});
after(async () => {
  await stop();
  await bench.stop();
});

async function explain(group: string, act: () => Promise<unknown>): Promise<string[]> {
  const read = () => made.stateOf(dispatcher, group);
  const explained = { db: bench.db, account: accountOf(group), read, apply: applyEvent };
  const frames = await expectEventsToExplain(explained, act);
  return frames.map(({ event }) => event);
}

test('an absent room and a wrong door get one answer, in one time', async () => {
  const where = await place();
  const other = { ...where, room: 'a'.repeat(26) };
  const shown: unknown[] = [];
  for (const [at, door] of [
    [where, random(32)],
    [other, where.door],
  ] as const) {
    const stranger = new Member(at, await generateLeafKey());
    const started = performance.now();
    const input = { room: at.room, door };
    shown.push(await dispatcher.dispatch('keys.hello', input, stranger.wire.caller));
    assert.ok(performance.now() - started >= 49, 'released before its time');
  }
  assert.deepEqual(shown[0], shown[1]);
});

test('without the door only the root key can be proven, and any other learns nothing', async () => {
  const where = await place();
  const absent = { ...where, room: 'b'.repeat(26) };
  const stranger = new Member(where, await generateLeafKey());
  assert.equal(await codeOf(stranger.prove({}, null)), 'keys.no-meeting');
  assert.equal(await codeOf(new Member(absent, where.root).prove({}, null)), 'keys.no-meeting');
  const root = new Member(where, where.root);
  assert.equal((await root.prove({}, null)).group, null);
});

test('a proof holds for one key, one room and one connection', async () => {
  const where = await place();
  const ada = await Member.arrive(where);
  const sig = random(64);
  const input = { room: where.room, key: made.b64(ada.key.public_key), sig };
  assert.equal(await codeOf(ada.call('prove', input)), 'keys.bad-proof');
  const silent = new Member(where, ada.key);
  silent.pass = random(32);
  assert.equal(await codeOf(silent.call('prove', input)), 'keys.no-hello');
  assert.equal(
    await codeOf(silent.call('create', { group: random(16), info: '' })),
    'keys.not-proven',
  );
  ada.wire.cut();
  assert.equal(
    await codeOf(ada.call('create', { group: random(16), info: '' })),
    'keys.not-proven',
  );
});

test('of several who begin a group at once one does, and may say so again', async () => {
  const where = await place();
  const members = await Promise.all(Array.from({ length: 4 }, () => Member.arrive(where)));
  const ids = members.map(() => random(16));
  const answers = await Promise.all(
    members.map((member, at) => member.call('create', { group: ids[at], info: random(9) })),
  );
  const winners = answers.flatMap(({ made: won }, at) => (won ? [at] : []));
  assert.equal(winners.length, 1);
  const winner = winners[0] ?? 0;
  for (const { group } of answers) assert.equal(group, ids[winner]);
  const again = { group: ids[winner], info: random(9) };
  assert.equal((await members[winner]?.call('create', again))?.made, true);
  assert.equal((await members[(winner + 1) % 4]?.call('create', again))?.made, false);
  const elsewhere = await Member.arrive(await place());
  assert.equal(await codeOf(elsewhere.call('create', again)), 'keys.taken');
});

test('a group is made, joined, followed and read', async () => {
  const where = await place();
  const ada = await Member.arrive(where);
  const group = random(16);
  assert.deepEqual(await explain(group, () => ada.create(group)), ['keys.created']);
  await ada.watch();
  const ben = await Member.arrive(where);
  let knock = '';
  const knocked = await explain(group, async () => {
    knock = await ben.knock();
    await ada.until(() => ada.state?.knocks[0]?.id === ben.id);
  });
  assert.deepEqual(knocked, ['keys.knocked']);
  const welcome = random(200);
  assert.deepEqual(await explain(group, () => ada.commit(0, { welcomes: [{ knock, welcome }] })), [
    'keys.appended',
    'keys.answered',
  ]);
  await ben.hears('keys.answered');
  assert.equal(await codeOf(ben.call('log', { group, from: 1 })), 'keys.not-leaf');
  const taken = await ben.enter(knock);
  assert.deepEqual([taken.welcome, taken.epoch, taken.seq], [welcome, 1, 1]);
  assert.deepEqual(await ben.enter(knock), taken);
  await ben.watch();
  const msg = random(30);
  await explain(group, () => ben.call('app', { epoch: 1, msg }));
  await ada.until(() => ada.state?.seq === 2);
  const { entries } = await ben.call('log', { from: 2 });
  assert.deepEqual(entries, [{ seq: 2, kind: 'app', epoch: 1, msg, of: null }]);
  assert.deepEqual(await explain(group, () => ada.call('ready', { epoch: 1 })), []);
  assert.deepEqual(await explain(group, () => ben.call('ready', { epoch: 1 })), ['keys.readied']);
  assert.equal((await ben.call('token')).token, `token of ${ben.id}`);
  const { info, epoch } = await ben.call('info');
  assert.deepEqual([info, epoch], [taken.info, 1]);
  await ada.until(() => ada.state?.ready === true);
  assert.deepEqual(ada.state, await made.stateOf(dispatcher, group));
});

test('a knock is one with its bytes, and gives way to another of the same key', async () => {
  const [ada] = await gather(await place(), 1);
  const ben = await Member.arrive(ada.place);
  const bytes = { kp: random(300), name: random(40), mac: random(32) };
  const first = await ben.knock(bytes);
  assert.equal(await ben.knock(bytes), first);
  await ada.until(() => ada.state?.knocks.length === 1);
  const second = await ben.knock();
  assert.notEqual(second, first);
  await ada.until(() => ada.state?.knocks[0]?.knock === second);
  assert.equal(ben.wire.accounts.length, 1);
  assert.equal(await codeOf(ben.knock({ link: 2 })), 'keys.relinked');
});

test('a knock is withdrawn when its knocker’s connection stays away', async () => {
  const [ada] = await gather(await place(), 1);
  const ben = await Member.arrive(ada.place);
  const bytes = { kp: random(300), name: random(40), mac: random(32) };
  const first = await ben.knock(bytes);
  await ada.until(() => ada.state?.knocks.length === 1);
  assert.deepEqual(
    await explain(ada.group, async () => {
      ben.wire.cut();
      await ada.until(() => ada.state?.knocks.length === 0);
    }),
    ['keys.answered'],
  );
  await ben.reconnect();
  assert.notEqual(await ben.knock(bytes), first);
  await ada.until(() => ada.state?.knocks[0]?.id === ben.id);
});

test('knocks are shown to members together, at most as many as one commit can add', async () => {
  const [ada] = await gather(await place(), 1);
  const guests = await Promise.all(Array.from({ length: 70 }, () => Member.arrive(ada.place)));
  await Promise.all(guests.map((guest) => guest.knock()));
  await ada.until(() => ada.state?.knocks.length === 70);
  const batches = ada.heard.filter(({ event }) => event === 'keys.knocked');
  assert.ok(batches.length <= 12, `${batches.length} events`);
  const welcomes = (ada.state?.knocks ?? []).map(({ knock }) => ({ knock, welcome: random(300) }));
  assert.equal(await codeOf(ada.commit(0, { welcomes })), 'app.bad-input');
  await ada.commit(0, { welcomes: welcomes.slice(0, limits.welcomes_max) });
  await ada.until(() => ada.state?.knocks.length === 70 - limits.welcomes_max);
});

test('one commit closes an epoch; who is late gets what closed it; the same bytes the same answer', async () => {
  const [ada, ben] = await gather(await place(), 2);
  const bytes = { msg: random(300), info: random(300) };
  const [one, again] = await Promise.all([ada.commit(1, bytes), ada.commit(1, bytes)]);
  assert.deepEqual(one, again);
  assert.deepEqual(one, { seq: 2 });
  // Another's bytes are nobody else's commit.
  const late = await ben?.commit(1, bytes);
  assert.ok(late && 'conflict' in late);
  assert.equal(late.conflict.epoch, 2);
  assert.deepEqual(
    late.conflict.entries.map(({ seq, msg }) => [seq, msg]),
    [[2, bytes.msg]],
  );
  const old = await ben?.call('app', { epoch: 1, msg: random(9) });
  assert.ok(old && 'conflict' in old, 'an application message of a closed epoch');
  const returning = { epoch: 2, msg: random(300), info: random(300) };
  await explain(ada.group, async () => ben?.call('resync', returning));
  assert.deepEqual(await ada.commit(1, bytes), { seq: 2 });
  const ahead = await ada.commit(9);
  assert.ok('conflict' in ahead && ahead.conflict.epoch === 3);
});

test('a large message is fetched from the log, and the largest is still taken', async () => {
  const [ada, ben] = await gather(await place(), 2);
  const msg = random(limits.message_bytes_max);
  await ben?.call('app', { epoch: 1, msg });
  await ada.until(() => ada.state?.seq === 2);
  const shown = ada.heard.filter(({ event }) => event === 'keys.appended').at(-1)?.data;
  assert.deepEqual(shown, { seq: 2, kind: 'app', epoch: 1, msg: null, of: null });
  await ben?.call('app', { epoch: 1, msg: random(9) });
  const page = await ada.call('log', { from: 2 });
  assert.deepEqual([page.entries.length, page.entries[0]?.msg === msg, page.seq], [1, true, 3]);
  const more = random(limits.message_bytes_max + 3);
  assert.equal(await codeOf(ada.call('app', { epoch: 1, msg: more })), 'app.bad-input');
});

test('a full group takes nobody in', async () => {
  const [ada] = await gather(await place(), 1);
  const rows = Array.from({ length: limits.leaves_max - 1 }, () => ({
    mls_group: ada.group,
    id: random(16),
    joined_epoch: 0,
    named: false,
    adrift: false,
  }));
  await bench.db.insertInto('mls_leaf').values(rows).execute();
  const ben = await Member.arrive(ada.place);
  assert.equal(await codeOf(ada.admit(0, [ben])), 'keys.full');
  await ada.commit(0);
});

test('a meeting takes in no more than it may hold, and one again when somebody has parted', async () => {
  const here = await place();
  const { room } = here;
  const [ada, ben] = await gather(here, 2);
  assert.ok(ben);
  await bench.db.updateTable('meeting').set({ people_max: 2 }).where('id', '=', room).execute();
  const cy = await Member.arrive(here);
  assert.equal(await codeOf(cy.knock()), 'keys.full');
  assert.equal(await hasSeat(bench.db, room, ben.id), true);
  ben.wire.cut();
  await ada.commit(1, { gone: [ben.id] });
  await ada.hears('keys.parted');
  assert.equal(await hasSeat(bench.db, room, ben.id), false);
  assert.equal(await hasSeat(bench.db, newRoom(), ada.id), false);
  assert.equal(await hasSeat(bench.db, room, ada.id), true);
  await ada.admit(2, [cy]);
});

test('a follower resumes from its cursor; one too far behind is told the state', async () => {
  const [ada, ben] = await gather(await place(), 2);
  const mark = ada.cursor;
  ada.wire.cut();
  for (let n = 0; n < 3; n++) await ben?.call('app', { epoch: 1, msg: random(20) });
  await ada.reconnect();
  await ada.watch();
  await ada.until(() => ada.state?.seq === 4);
  assert.equal(ada.cursor, (mark ?? 0) + 3);
  ada.wire.cut();
  await bench.db.deleteFrom('event').where('account', '=', accountOf(ada.group)).execute();
  await ben?.call('app', { epoch: 1, msg: random(20) });
  await bench.db.deleteFrom('event').where('account', '=', accountOf(ada.group)).execute();
  await ada.reconnect();
  await ada.watch();
  assert.equal(ada.state?.seq, 5);
});

test('a pass serves the other door too, but following stays on the line it was proven on', async () => {
  const [ada] = await gather(await place(), 1);
  const { group, pass } = ada;
  const input = { pass, group, epoch: 0, msg: random(20) };
  const post = { actor: ada.wire.caller.actor };
  assert.equal((await dispatcher.dispatch('keys.app', input, post)).status, 200);
  const other = await Member.arrive(ada.place);
  assert.equal(await codeOf(other.call('watch', { pass, group, cursor: null })), 'keys.other-line');
  assert.equal(await codeOf(other.call('watch', { cursor: null })), 'keys.not-leaf');
});

type Attempt = (who: Member) => Promise<unknown>;
const bytes = { msg: random(60), info: random(60) };
const door = { link: 2, hash: random(32) };
const epoch = 1;
const leaf_only: Record<string, Attempt> = {
  commit: (who) => who.commit(epoch),
  resync: (who) => who.call('resync', { epoch, ...bytes }),
  app: (who) => who.call('app', { epoch, msg: random(9) }),
  ready: (who) => who.call('ready', { epoch }),
  refuse: (who) => who.call('refuse', { seq: 1 }),
  log: (who) => who.call('log', { from: 0 }),
  info: (who) => who.call('info'),
  token: (who) => who.call('token'),
  watch: (who) => who.call('watch', { cursor: null }),
};
const host_only: Record<string, Attempt> = {
  deny: (who) => who.call('deny', { knock: random(16) }),
  'a new door': (who) => who.commit(epoch, { door }),
  hosts: (who) => who.commit(epoch, { hosts: [who.id] }),
};

test('only leaves may speak, only hosts may open and shut, only the root may reset', async () => {
  const [ada, ben] = await gather(await place(), 2);
  assert.ok(ben);
  const guest = await Member.arrive(ada.place);
  await guest.knock();
  const root = await Member.arrive(ada.place, ada.place.root);
  const others = await gather(await place(), 1);
  for (const [name, attempt] of Object.entries(leaf_only)) {
    for (const who of [guest, root])
      assert.equal(await codeOf(attempt(who)), 'keys.not-leaf', name);
  }
  const stray = others[0];
  stray.group = ada.group;
  for (const [name, attempt] of Object.entries(leaf_only))
    if (name !== 'token') assert.equal(await codeOf(attempt(stray)), 'keys.no-group', name);
  for (const [name, attempt] of Object.entries(host_only))
    assert.equal(await codeOf(attempt(ben)), 'keys.not-host', name);
  assert.equal(await codeOf(guest.call('deny', { knock: random(16) })), 'keys.not-host');
  for (const who of [ada, ben, guest])
    assert.equal(await codeOf(who.call('reset', { door })), 'keys.not-root');
  await makeHost(ada);
  assert.equal(await codeOf(ada.call('deny', { knock: random(16) })), 'keys.no-knock');
  assert.equal(await codeOf(ada.commit(1, { door: { ...door, link: 3 } })), 'keys.bad-link');
  await root.call('reset', { door });
});

test('no log line holds what people say, nor a pass, key or name', async () => {
  const canary = Buffer.from('canary-of-the-delivery-service');
  const shown = canary.toString('base64url');
  const where = await place();
  const ada = await Member.arrive(where);
  await ada.create();
  await ada.commit(0, { msg: shown, info: shown });
  await ada.call('app', { epoch: 1, msg: shown });
  const ben = await Member.arrive(where);
  const knock = await ben.knock({ kp: shown, name: shown, admit: shown });
  await ada.commit(1, { welcomes: [{ knock, welcome: shown }] });
  // And where it fails: the message that follows meets a database without its table.
  const { db } = bench;
  await db.schema.alterTable('mls_entry').renameTo('mls_entry_away').execute();
  assert.equal(await codeOf(ada.call('app', { epoch: 2, msg: `A${shown}` })), 'app.internal');
  assert.equal(await codeOf(ada.commit(2, { msg: `B${shown}`, info: shown })), 'app.internal');
  await db.schema.alterTable('mls_entry_away').renameTo('mls_entry').execute();
  const lines = bench.log_lines.join('');
  assert.match(lines, /a call failed/);
  const hex = canary.toString('hex');
  for (const secret of [shown, hex, String(canary), ada.pass, ada.id, where.door])
    assert.ok(!lines.includes(secret), `the log has ${secret}`);
});
