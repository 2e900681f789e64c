/** Random lawful operations of MLS groups with 2 to 60 members, for as long as wanted. */
import { chanceFrom, wander } from '#test/mls/wander.ts';

/**
 * Stops at the first walk in which something lawful was refused, and says its seed.
 * @returns steps and joins that were made
 */
export async function walkGroups(
  seconds: number,
  first_seed: number,
): Promise<{ steps: number; joins: number }> {
  const end_ms = Date.now() + seconds * 1000;
  let joins = 0;
  let steps = 0;
  for (let seed = first_seed; Date.now() < end_ms; seed += 1) {
    const chance = chanceFrom(seed);
    const people = 2 + Math.floor(chance() ** 2 * 50);
    const walk = { steps: 30, people, people_max: Math.min(60, people + 10), chance };
    try {
      const walked = await wander(walk);
      joins += walked.joins + people - 1;
      steps += walk.steps;
    } catch (cause) {
      throw new Error(`The walk of seed ${seed} failed.`, { cause });
    }
  }
  return { steps, joins };
}
