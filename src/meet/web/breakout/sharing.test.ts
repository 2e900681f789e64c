import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dice, shareOut } from './sharing.ts';

const people = (count: number): string[] => Array.from({ length: count }, (_, at) => `p${at}`);

test('everybody has one room, and the rooms differ by one person at most', () => {
  for (let count = 0; count <= 40; count += 1) {
    for (let rooms = 1; rooms <= 20; rooms += 1) {
      const shared = shareOut(people(count), rooms);
      assert.deepEqual(shared.map(([id]) => id).toSorted(), people(count).toSorted());
      const sizes = Array.from(
        { length: rooms },
        (_, room) => shared.filter(([, at]) => at === room).length,
      );
      assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1, `${count} in ${rooms}`);
    }
  }
});

test('every order comes out as often as any other', () => {
  // All ways in which dice can fall for four: 4 · 3 · 2 throws, each once.
  const seen = new Set<string>();
  for (let throws = 0; throws < 24; throws += 1) {
    let rest = throws;
    const roll = (bound: number): number => {
      const drawn = rest % bound;
      rest = Math.floor(rest / bound);
      return drawn;
    };
    seen.add(shareOut(people(4), 4, roll).join());
  }
  assert.equal(seen.size, 24);
});

test('dice stay within their bound', () => {
  for (let bound = 1; bound < 50; bound += 1) {
    for (let round = 0; round < 50; round += 1) {
      const drawn = dice(bound);
      assert.ok(Number.isInteger(drawn) && drawn >= 0 && drawn < bound);
    }
  }
});
