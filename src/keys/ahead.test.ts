import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { startBench, type Bench } from '#test/database.ts';
import { until } from '#test/until.ts';
import { hasSeat } from './index.ts';
import { codeOf, gather, makeHost, Member, random } from './test-member.ts';
import { startStand, type Stand } from './test-stand.ts';

let bench: Bench;
let media: Stand['media'];
let place: Stand['place'];
let stop: Stand['stop'];

before(async () => {
  bench = await startBench();
  ({ media, place, stop } = await startStand(bench, { release_ms: 20, ahead_ms: 600 }));
});
after(async () => {
  await stop();
  await bench.stop();
});

/** A host whose meeting is open or not, and somebody at its door. */
async function meet(open: boolean): Promise<[Member, Member]> {
  const [host] = await gather(await place(), 1);
  await makeHost(host);
  await host.commit(0, { open });
  return [host, await Member.arrive(host.place)];
}

const seated = ({ place: { room }, id }: Member): Promise<boolean> => hasSeat(bench.db, room, id);

test('who knocks at an open gate has a seat at once, and keeps it as a leaf', async () => {
  const [host, guest] = await meet(true);
  const asked = await guest.ask();
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

test('a ticket comes with the proof at an open gate, and opens nothing before the knock', async () => {
  const [host, guest] = await meet(true);
  const { media: ticket } = await guest.prove();
  assert.deepEqual(ticket, { token: `token of ${guest.id}`, media_path: '/lk', people: 1 });
  assert.equal(await seated(guest), false);
  await guest.knock();
  assert.equal(await seated(guest), true);
  assert.equal((await host.prove()).media, null);
  const [, late] = await meet(false);
  assert.equal((await late.prove()).media, null);
});

test('at no moment on the way from knock to leaf is there no seat', async () => {
  const [host] = await meet(true);
  for (let epoch = 1; epoch <= 8; epoch += 1) {
    const guest = await Member.arrive(host.place);
    const knock = await guest.knock();
    await host.commit(epoch, { welcomes: [{ knock, welcome: random(300) }] });
    const looks: boolean[] = [];
    const entered = guest.enter(knock).then(() => 'in' as const);
    const look = async (): Promise<'not yet'> => {
      looks.push(await seated(guest));
      return 'not yet';
    };
    while ((await Promise.race([entered, look()])) !== 'in');
    assert.ok(!looks.includes(false), `guest ${epoch}`);
  }
});

/** Resolves once a query that begins so waits for another's lock. */
async function untilLocked(beginning: string): Promise<void> {
  await until(`${beginning} … waits`, 5000, async () => {
    const { rows } = await sql`
      select 1 from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'
      and starts_with(query, ${beginning})`.execute(bench.db);
    return rows.length > 0;
  });
}

test('a knock that comes again while it is answered is told the answer', async () => {
  const [host, ...guests] = await meet(true);
  guests.push(await Member.arrive(host.place));
  const bytes = { kp: random(300), name: random(40), mac: random(32) };
  const knocks = await Promise.all(
    guests.map(async (guest) => ({ guest, knock: await guest.knock(bytes) })),
  );
  // Else the showing of the second knock waits for its lock, and looks like the commit.
  await host.until(() => host.state?.knocks.length === 2);
  // Knocks are locked in the order of their ids: the commit waits with the first one in its hand.
  const [first, second] = knocks.toSorted((one, other) => (one.knock < other.knock ? -1 : 1));
  assert.ok(first && second);
  const welcomes = [{ knock: first.knock, welcome: random(300) }];
  const [committed, again] = await bench.db
    .transaction()
    .execute(async (tx) => {
      await tx
        .selectFrom('mls_knock')
        .select('id')
        .where('id', '=', second.knock)
        .forUpdate()
        .execute();
      const commit = host.commit(1, { welcomes });
      await untilLocked('select * from "mls_knock" where "room"');
      const ask = first.guest.ask(bytes);
      await untilLocked('update "mls_knock" set "ahead"');
      return [commit, ask] as const;
    })
    .then((both) => Promise.all(both));
  assert.ok('seq' in committed);
  assert.equal(again.answer, 'welcomed');
});

test('at a gate that is not open nobody has one', async () => {
  const [, guest] = await meet(false);
  assert.equal((await guest.ask()).media, null);
  assert.equal(await seated(guest), false);
});

test('a seat that leads to no leaf is closed', async () => {
  const [host, guest] = await meet(true);
  const number = await guest.knock();
  await until('the seat is closed', 5000, () => media.closed.includes(guest.id));
  assert.equal(await seated(guest), false);
  // The knock itself waits on.
  await host.commit(1, { welcomes: [{ knock: number, welcome: random(300) }] });
  await guest.enter(number);
  assert.equal(await seated(guest), true);
});

test('a leaf is not closed when its time ahead is over', async () => {
  const [host, guest] = await meet(true);
  const number = await guest.knock();
  await host.commit(1, { welcomes: [{ knock: number, welcome: random(300) }] });
  await guest.enter(number);
  const other = await Member.arrive(guest.place);
  await other.knock();
  // The one who came later is closed, so the time of the other is over too.
  await until('the other is closed', 5000, () => media.closed.includes(other.id));
  assert.ok(!media.closed.includes(guest.id));
});

test('who is removed before taking the Welcome has none', async () => {
  const [host, guest] = await meet(true);
  const number = await guest.knock();
  await host.commit(1, { welcomes: [{ knock: number, welcome: random(300) }] });
  assert.equal(await seated(guest), true);
  await host.commit(2, { gone: [guest.id] });
  assert.equal(await seated(guest), false);
});

test('who is sent away, and who waits while the gate is closed, has none any more', async () => {
  const [host, guest] = await meet(true);
  const number = await guest.knock();
  await host.call('deny', { knock: number });
  assert.equal(await seated(guest), false);
  const late = await Member.arrive(host.place);
  await late.knock();
  assert.equal(await seated(late), true);
  await host.commit(1, { open: false });
  assert.equal(await seated(late), false);
  await until('both are closed', 5000, () =>
    [guest, late].every(({ id }) => media.closed.includes(id)),
  );
});

test('nobody but a host opens the gate, and a void closes it again', async () => {
  const [host, guest] = await meet(false);
  const number = await guest.knock();
  await host.commit(1, { welcomes: [{ knock: number, welcome: random(300) }] });
  await guest.enter(number);
  assert.equal(await codeOf(guest.commit(2, { open: true })), 'keys.not-host');
  const answer = await host.commit(2, { open: true });
  assert.ok('seq' in answer);
  await host.call('refuse', { seq: answer.seq });
  assert.equal((await (await Member.arrive(host.place)).ask()).media, null);
});
