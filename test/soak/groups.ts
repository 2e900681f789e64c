/**
 * Random lawful operations of MLS groups for as long as wanted, with 2 to 60 members:
 * `node test/soak/groups.ts [seconds] [first seed]`. Prints one line a walk; stops at the first
 * walk in which something lawful was refused, and says its seed.
 */
import { chanceFrom, wander } from '#test/mls/wander.ts';

const [seconds = '60', first_seed = '1000'] = process.argv.slice(2);
const end_ms = Date.now() + Number(seconds) * 1000;

let joins = 0;
let steps = 0;
for (let seed = Number(first_seed); Date.now() < end_ms; seed += 1) {
  const chance = chanceFrom(seed);
  const people = 2 + Math.floor(chance() ** 2 * 50);
  const walk = { steps: 30, people, people_max: Math.min(60, people + 10), chance };
  try {
    const walked = await wander(walk);
    joins += walked.joins + people - 1;
    steps += walk.steps;
    process.stdout.write(`seed ${String(seed)}  ${JSON.stringify(walked)}\n`);
  } catch (cause) {
    throw new Error(`The walk of seed ${String(seed)} failed.`, { cause });
  }
}
process.stdout.write(`${String(steps)} steps, ${String(joins)} joins, none refused\n`);
