/** What guests may send: stated beside a commit, told to the engine, taken back with a void. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { startBench, type Bench } from '#test/database.ts';
import { readSends } from './index.ts';
import { appointBy, codeOf, created, gather, makeHost, Member } from './test-member.ts';
import { startStand, type Stand } from './test-stand.ts';

let bench: Bench;
let stand: Stand;

before(async () => {
  bench = await startBench();
  stand = await startStand(bench, { release_ms: 20, lost_ms: 200, parting_ms: 20 });
});
after(async () => {
  await stand.stop();
  await bench.stop();
});
beforeEach(() => void stand.media.told.splice(0));

const all = ['mic', 'cam', 'share'];

/** A host and two guests; the host's commits name it. */
async function meeting(): Promise<[Member, Member, Member]> {
  const [ada, ben, cy] = (await gather(await stand.place(), 3)) as [Member, Member, Member];
  await makeHost(ada);
  await ada.commit(1, { hosts: [ada.id] });
  return [ada, ben, cy];
}

const read = ({ place, id }: Member) => readSends(bench.db, place.room, id);
const byId = (left: { id: string }, right: { id: string }): number => (left.id < right.id ? -1 : 1);

test('a host says what guests may send; the engine is told of each guest, and of no host', async () => {
  const [ada, ben, cy] = await meeting();
  assert.deepEqual(await read(ben), all);
  assert.deepEqual(stand.media.told, []);
  await ada.commit(2, { hosts: [ada.id], guests: ['cam'] });
  const told = [ben, cy].toSorted(byId).map(({ id }) => ({ permit: id, sends: ['cam'] }));
  assert.deepEqual(stand.media.told, told);
  assert.deepEqual([await read(ada), await read(ben)], [all, ['cam']]);
  // Whoever comes later finds it so.
  const eve = await Member.arrive(ada.place);
  await ada.admit(3, [eve]);
  assert.deepEqual(await read(eve), ['cam']);
});

test('who is made a host may send all, and no more once that is taken back', async () => {
  const [ada, ben] = await meeting();
  await ada.commit(2, { hosts: [ada.id], guests: [] });
  stand.media.told.splice(0);
  await ada.commit(3, { hosts: [ada.id, ben.id] });
  assert.deepEqual(stand.media.told.splice(0), [{ permit: ben.id, sends: all }]);
  await ada.commit(4, { hosts: [ada.id] });
  assert.deepEqual(stand.media.told, [{ permit: ben.id, sends: [] }]);
});

test('who is on the stage may send all, whatever guests may', async () => {
  const [ada, ben, cy] = await meeting();
  await ada.commit(2, { hosts: [ada.id], guests: [], stage: [ben.id] });
  assert.deepEqual(stand.media.told.splice(0), [{ permit: cy.id, sends: [] }]);
  assert.deepEqual([await read(ben), await read(cy)], [all, []]);
  const answer = await ada.commit(3, { hosts: [ada.id], stage: [cy.id] });
  const swapped = [
    { permit: ben.id, sends: [] },
    { permit: cy.id, sends: all },
  ];
  const byName = (left: { permit: string }, right: { permit: string }): number =>
    left.permit < right.permit ? -1 : 1;
  assert.deepEqual(stand.media.told.splice(0), swapped.toSorted(byName));
  // Voided, the stage is what it was.
  assert.ok('seq' in answer);
  for (const who of [ben, cy]) await who.call('refuse', { seq: answer.seq });
  assert.deepEqual([await read(ben), await read(cy)], [all, []]);
  assert.equal(await codeOf(ben.commit(3, { stage: [ben.id] })), 'keys.not-host');
});

test('a commit that is voided leaves the rights as they were', async () => {
  const [ada, ben, cy] = await meeting();
  const answer = await ada.commit(2, { hosts: [ada.id], guests: [] });
  assert.ok('seq' in answer);
  stand.media.told.splice(0);
  for (const who of [ben, cy]) await who.call('refuse', { seq: answer.seq });
  const told = [ben, cy].toSorted(byId).map(({ id }) => ({ permit: id, sends: all }));
  assert.deepEqual(stand.media.told, told);
  assert.deepEqual(await read(ben), all);
});

test('a guest says nothing about rights and silences nobody', async () => {
  const [ada, ben, cy] = await meeting();
  assert.equal(await codeOf(ben.commit(2, { guests: all })), 'keys.not-host');
  const quiet = { ids: [cy.id, ada.id], sends: ['mic'] };
  assert.equal(await codeOf(ben.call('quiet', quiet)), 'keys.not-host');
  assert.deepEqual(stand.media.told, []);
});

test('a host silences whom it likes; a co-host no root host', async () => {
  const [ada, ben, cy] = await meeting();
  await ada.commit(2, { hosts: [ada.id, ben.id] });
  const own = await appointBy(ada.place.root, ada.key, ada);
  await ben.appear([await appointBy(ada.key, ben.key, ben), own], created);
  await ada.call('quiet', { ids: [ben.id, cy.id], sends: ['mic', 'share'] });
  await ben.call('quiet', { ids: [cy.id], sends: ['cam'] });
  assert.deepEqual(stand.media.told, [
    { quiet: [ben.id, cy.id], sends: ['mic', 'share'] },
    { quiet: [cy.id], sends: ['cam'] },
  ]);
  const over = { ids: [cy.id, ada.id], sends: ['cam'] };
  assert.equal(await codeOf(ben.call('quiet', over)), 'keys.not-host');
});

test('malformed rights are refused with what is wrong', async () => {
  const [ada, ben] = await meeting();
  for (const quiet of [
    { ids: [], sends: ['mic'] },
    { ids: [ben.id], sends: ['chat'] },
    { ids: ['short'], sends: ['mic'] },
    { ids: [ben.id], sends: ['mic', 'mic', 'mic', 'mic'] },
  ])
    assert.equal(await codeOf(ada.call('quiet', quiet)), 'app.bad-input', JSON.stringify(quiet));
});
