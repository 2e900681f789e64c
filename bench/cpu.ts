/**
 * What a call costs the machine of one who takes part: CPU time of their browser, all of its processes,
 * against a bare page in clear with the same people on the same engine, turn by turn (Linux only).
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { startChromium } from '#test/browser.ts';
import { listProcesses, startHouse, type TestHouse } from '#test/house.ts';
import { createMeeting, joinMeeting, pressJoin } from '#test/journey.ts';
import { makeMeeting } from '#test/program.ts';
import { mintSeat } from '#test/seat.ts';
import { openVisitor } from '#test/visitor.ts';
import type { Visitor } from '#test/visitor.ts';
import { buildBare } from './bare/build.ts';
import { bare_flags } from './bare/flags.ts';
import { openBarePage } from './bare/page.ts';
import { heading, line, say, spreadOf } from './figure.ts';

/** People in the call, oneself included. */
const sizes = [2, 4];
const rounds = 3;
const settle_ms = 3000;
const measured_ms = 6000;
/** Of `/proc/<pid>/stat`: USER_HZ is 100 on every Linux that Node runs on. */
const ticks_s = 100;

/** CPU seconds so far of a process and all its descendants. */
function cpuOf(root: number): number {
  const all = listProcesses();
  const family = [root];
  for (let at = 0; at < family.length; at += 1) {
    family.push(...all.filter(({ parent }) => parent === family[at]).map(({ pid }) => pid));
  }
  return family.reduce((sum, pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return sum + (Number(fields[11]) + Number(fields[12])) / ticks_s;
    } catch {
      // It has ended meanwhile.
      return sum;
    }
  }, 0);
}

/** The browser that was started since: its first process. */
async function startMeasured(): Promise<{ readonly browser: Browser; readonly pid: number }> {
  const before = new Set(listProcesses().map(({ pid }) => pid));
  const browser = await startChromium({ person: 0, flags: bare_flags });
  const found = listProcesses().find(
    ({ pid, parent, command }) =>
      !before.has(pid) && parent === process.pid && !command.startsWith('ps '),
  );
  if (!found) throw new Error('the browser has no process');
  return { browser, pid: found.pid };
}

/** Per cent of a core, while the call goes on. */
async function measure(pid: number): Promise<number> {
  await delay(settle_ms);
  const before = cpuOf(pid);
  const began_ms = performance.now();
  await delay(measured_ms);
  return ((cpuOf(pid) - before) / ((performance.now() - began_ms) / 1000)) * 100;
}

async function enterBare(page: Page, test: TestHouse, room: string, people: number): Promise<void> {
  const token = await mintSeat(
    test.house,
    room,
    randomBytes(17).toString('base64url').slice(0, 22),
  );
  const columns = Math.ceil(Math.sqrt(people));
  await page.evaluate(([url, seat, count]) => window.call(url, seat, count), [
    `${test.origin}/lk`,
    token,
    columns,
  ] as const);
}

interface Turn {
  readonly test: TestHouse;
  readonly others: Browser;
  readonly people: number;
}

async function turnOfOurs({ test, others, people }: Turn): Promise<number> {
  const { browser, pid } = await startMeasured();
  const company: Visitor[] = [];
  try {
    const me = await openVisitor(browser, test.origin, { name: 'Me' });
    const link = await createMeeting(me, test.origin);
    await pressJoin(me);
    for (let count = 1; count < people; count += 1) {
      const other = await openVisitor(others, test.origin, { name: `Guest ${count}` });
      await joinMeeting(other, link);
      company.push(other);
    }
    await me.see(`Guest ${people - 1}`);
    return await measure(pid);
  } finally {
    await Promise.all(company.map((other) => other.close()));
    await browser.close();
  }
}

async function turnOfBare({ test, others, people }: Turn, script: string): Promise<number> {
  const { browser, pid } = await startMeasured();
  const { room } = await makeMeeting(test.origin);
  const company: Page[] = [];
  try {
    const me = await openBarePage(browser, test.origin, script, 'call');
    await enterBare(me, test, room, people);
    for (let count = 1; count < people; count += 1) {
      const other = await openBarePage(others, test.origin, script, 'call');
      await enterBare(other, test, room, people);
      company.push(other);
    }
    await me.waitForFunction(
      (wanted) => document.querySelectorAll('video').length === wanted,
      people,
    );
    return await measure(pid);
  } finally {
    await Promise.all(company.map((page) => page.context().close()));
    await browser.close();
  }
}

export async function benchCpu(): Promise<void> {
  heading(`CPU of one browser in a call, per cent of a core, median of ${rounds}`);
  const script = (await buildBare('call.ts')).replaceAll('</script', '<\\/script');
  const test = await startHouse({ LOG_LEVEL: 'warn' });
  const others = await startChromium({ person: 1, flags: bare_flags });
  try {
    for (const people of sizes) {
      const ours: number[] = [];
      const bare: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        ours.push(await turnOfOurs({ test, others, people }));
        bare.push(await turnOfBare({ test, others, people }, script));
      }
      const [mine, rival] = [spreadOf(ours), spreadOf(bare)];
      line(`${people} people, Conclave`, say(mine, '%'));
      line(`${people} people, bare page in clear`, say(rival, '%'));
      line('ratio of medians', `${(mine.median / rival.median).toFixed(2)} ×`, 'goal 1.3 ×');
    }
  } finally {
    await others.close();
    await test.stop();
  }
}
