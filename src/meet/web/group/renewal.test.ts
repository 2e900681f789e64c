import assert from 'node:assert/strict';
import { test } from 'node:test';
import { between_renewals_ms, Renewal, renewal_ms, storm_min, storm_ranks } from './renewal.ts';

const here = new Set<string>();
const keys = Array.from({ length: 30 }, (_none, at) => `key ${at}`);
const quiet = { added: 0, path: false, place: 0 };

/** All members of one meeting, who see the same. */
function meet(count: number) {
  const present = keys.slice(0, count);
  const all = new Map(present.map((key) => [key, new Renewal(key)]));
  const enter = (by: string | null, now_ms: number, more: Partial<typeof quiet> = {}): void => {
    for (const [at, each] of [...all.values()].entries()) {
      each.enterEpoch({ keys: present, by, ...quiet, place: at, ...more }, now_ms);
    }
  };
  /** Who is due first, and when. */
  const next = (): [string, number] => {
    const due = [...all].map(([key, each]): [string, number] => [key, each.dueAt(here)]);
    return due.toSorted(([, one], [, other]) => one - other)[0] ?? ['', 0];
  };
  return { all, enter, next };
}

test('each renews once in ten minutes, in the order of the leaves, ten seconds apart', () => {
  const { enter, next } = meet(3);
  enter(null, 0);
  const made: [string, number][] = [];
  for (let n = 0; n < 6; n += 1) {
    const [key, at_ms] = next();
    made.push([key, at_ms]);
    enter(key, at_ms, { path: true });
  }
  const gap = between_renewals_ms;
  assert.deepEqual(made, [
    ['key 0', renewal_ms],
    ['key 1', renewal_ms + gap],
    ['key 2', renewal_ms + 2 * gap],
    ['key 0', 2 * renewal_ms],
    ['key 1', 2 * renewal_ms + gap],
    ['key 2', 2 * renewal_ms + 2 * gap],
  ]);
});

test('nobody waits for who is not connected', () => {
  const { all, enter } = meet(3);
  enter(null, 0);
  const last = all.get('key 2');
  assert.equal(last?.dueAt(here), renewal_ms + 2 * between_renewals_ms);
  assert.equal(last?.dueAt(new Set(['key 0', 'key 1'])), renewal_ms);
});

test('who has committed for another reason has renewed; an Add alone renews nothing', () => {
  const { all, enter } = meet(2);
  enter(null, 0);
  const first = all.get('key 0');
  enter('key 0', 500, { added: 1 });
  assert.equal(first?.dueAt(here), renewal_ms);
  enter('key 0', 600, { path: true });
  assert.equal(first?.dueAt(here), 600 + renewal_ms + between_renewals_ms);
});

test('after many have joined at once fifteen fill the tree, one a second, once it is over', () => {
  const { all, enter } = meet(30);
  enter(null, 0);
  enter('key 3', 1000, { added: storm_min });
  enter('key 4', 1500, { added: storm_min });
  const due = [...all.values()].map((each) => each.dueAt(here));
  for (const [place, at_ms] of due.entries()) {
    if (place < storm_ranks) assert.equal(at_ms, 1500 + (place + 1) * 1000);
    else assert.ok(at_ms >= renewal_ms);
  }
  enter('key 0', 2500, { path: true });
  assert.ok((all.get('key 0')?.dueAt(here) ?? 0) > renewal_ms);
  assert.equal(all.get('key 1')?.dueAt(here), 3500);
});

test('whose frames have used up their keys renews them at once, and once', () => {
  const { all, enter } = meet(2);
  enter(null, 0);
  const first = all.get('key 0');
  first?.want();
  assert.equal(first?.dueAt(here), Number.NEGATIVE_INFINITY);
  enter('key 0', 10, { path: true });
  assert.ok((first?.dueAt(here) ?? 0) > renewal_ms);
});
