/**
 * `npm run soak`: what takes too long for every run. Meetings come and go while memory is watched,
 * then parts of the server are killed at random, again and again, under one running call.
 *
 * Before that, groups take random lawful steps, and members find together after storms.
 *
 * At the end a class is held, as it is held by people (soak/lesson.ts).
 *
 * `npm run soak -- 200 40` runs 200 meetings and 40 kills; 60 and 15 unless given. The third number
 * is the seconds for groups and for storms each, 120 unless given; the fourth the minutes of the class,
 * 10 unless given; the fifth the seed of all that is random, which is printed.
 */
import { readFileSync } from 'node:fs';
import { openBrowsers, type Browsers } from './browser.ts';
import { startHouseProcess, type HouseProcess } from './house.ts';
import { button, meetTogether } from './journey.ts';
import { names } from './names.ts';
import { walkGroups } from './soak/groups.ts';
import { holdLesson } from './soak/lesson.ts';
import { playStorms } from './soak/storms.ts';
import { until } from './until.ts';
import type { Visitor } from './visitor.ts';

const numbers = process.argv.slice(2).map(Number);
const [meetings = 60, kills = 15, seconds = 120, minutes = 10] = numbers;
const seed = numbers[4] ?? Date.now() % 2 ** 31;
const report_every = 10;
const broken_lines = /WebSocket|ERR_|Failed to load resource|Failed to fetch/;

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function residentMb(pid: number | undefined): number {
  if (pid === undefined) return Number.NaN;
  const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024;
}

/** Both see and hear what comes in from now on. */
async function together(ada: Visitor, ben: Visitor, timeout_ms: number): Promise<void> {
  await Promise.all([
    ada.see('Ben', { frames: 20, timeout_ms }),
    ben.see('Ada', { frames: 20, timeout_ms }),
    ada.hear(1, timeout_ms),
    ben.hear(0, timeout_ms),
  ]);
}

async function churn(house: HouseProcess, browsers: Browsers): Promise<void> {
  say(`${String(meetings)} meetings of two`);
  for (let n = 1; n <= meetings; n++) {
    await browsers.run(house.origin, async (visit) => {
      const ada = await visit({ name: 'Ada', person: 0 });
      const ben = await visit({ name: 'Ben', person: 1 });
      await meetTogether(house.origin, [ada, ben]);
      await Promise.all([ada.see('Ben', { frames: 3 }), ben.see('Ada', { frames: 3 })]);
      for (const visitor of [ada, ben]) await button(visitor, names.en.leave).click();
    });
    if (n % report_every !== 0) continue;
    const { node, engine } = house.pids();
    const sizes = `Node ${residentMb(node).toFixed(0)} MB, engine ${residentMb(engine).toFixed(0)} MB`;
    say(`  after ${String(n)}: ${sizes}`);
  }
}

/** Numbers from 0 to 1 that a seed repeats (mulberry32). */
function random(state: number): () => number {
  let now = state;
  return () => {
    now = (now + 0x6d2b79f5) | 0;
    let mixed = Math.imul(now ^ (now >>> 15), 1 | now);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function killOne(house: HouseProcess, part: 'engine' | 'postgres' | 'server'): Promise<void> {
  if (part === 'server') {
    await house.kill();
    await house.restart();
    return;
  }
  const pid = await until(`a ${part} to kill`, 15_000, () => house.pids()[part]);
  process.kill(pid, 'SIGKILL');
}

async function disturb(house: HouseProcess, browsers: Browsers): Promise<void> {
  say(`${String(kills)} kills under one call, seed ${String(seed)}`);
  const next = random(seed);
  const parts = ['engine', 'postgres', 'server'] as const;
  await browsers.run(house.origin, async (visit) => {
    const ada = await visit({ name: 'Ada', person: 0 });
    const ben = await visit({ name: 'Ben', person: 1 });
    for (const visitor of [ada, ben]) visitor.expectProblems(broken_lines);
    await meetTogether(house.origin, [ada, ben]);
    await together(ada, ben, 30_000);
    for (let n = 1; n <= kills; n++) {
      const part = parts[Math.floor(next() * parts.length)] ?? 'engine';
      await killOne(house, part);
      const start = performance.now();
      await together(ada, ben, 30_000);
      const took_s = (performance.now() - start) / 1000;
      say(`  ${String(n)}: ${part} killed, together after ${took_s.toFixed(1)} s`);
    }
  });
}

say(`groups and storms, ${String(seconds)} s each, from seed ${String(seed)}`);
const walked = await walkGroups(seconds, seed);
say(`  ${String(walked.steps)} steps, ${String(walked.joins)} joins, none refused`);
say(`  ${String(await playStorms(seconds, seed))} storms, all found together`);
const house = await startHouseProcess({ LOG_LEVEL: 'warn' });
const browsers = openBrowsers();
try {
  await churn(house, browsers);
  await disturb(house, browsers);
  say(`a class of ${String(minutes)} minutes`);
  await holdLesson(browsers, house.origin, minutes, say);
  say('nothing failed');
} finally {
  await browsers.close();
  await house.stop();
}
