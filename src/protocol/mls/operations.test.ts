import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { chanceFrom, wander } from '#test/mls/wander.ts';

suite('random lawful operations', () => {
  test('2 to 20 members: every join succeeds, and all agree', async () => {
    // Fixed seeds, so that a failure is the same tomorrow; test/soak/groups.ts walks with others.
    for (const seed of [1, 2]) {
      const walk = { steps: 18, people: 2, people_max: 7, chance: chanceFrom(seed) };
      const walked = await wander(walk);
      assert.ok(walked.joins > 2 && walked.removes > 1, JSON.stringify(walked));
    }
    const crowd = { steps: 5, people: 16, people_max: 20, chance: chanceFrom(3) };
    assert.ok((await wander(crowd)).people > 15);
  });
});
