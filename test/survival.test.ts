/**
 * What breaks mends by itself: parts are killed in a running call, and everybody is back with
 * picture and sound, without a click, within the time that was promised.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { TestContext } from 'node:test';
import { openBrowsers } from './browser.ts';
import { freeUdpPort, listProcesses, startHouseProcess } from './house.ts';
import type { HouseProcess, Pids } from './house.ts';
import { button, joinMeeting, meetTogether } from './journey.ts';
import { openLine } from './line.ts';
import type { Line } from './line.ts';
import { mediaFiles } from './media/files.ts';
import { names } from './names.ts';
import { makeMeeting } from './program.ts';
import { elapse, until } from './until.ts';
import type { Visitor } from './visitor.ts';

const browsers = openBrowsers();
const outage_ms = 30_000;
/** Browsers report lines that break on their console. */
const broken_lines = /WebSocket|ERR_|Failed to load resource|Failed to fetch/;
let house: HouseProcess;
let media_udp_port = 0;

before(async () => {
  media_udp_port = await freeUdpPort();
  house = await startHouseProcess({ CONCLAVE_MEDIA_UDP_PORT: String(media_udp_port) });
});
after(async () => {
  await browsers.close();
  await house.stop();
});

function withTwo(play: (ada: Visitor, ben: Visitor, link: string) => Promise<void>): Promise<void> {
  return browsers.run(house.origin, async (visit) => {
    const ada = await visit({ name: 'Ada', person: 0 });
    const ben = await visit({ name: 'Ben', person: 1 });
    for (const visitor of [ada, ben]) visitor.expectProblems(broken_lines);
    const link = await meetTogether(house.origin, [ada, ben]);
    await together(ada, ben, 30_000);
    await play(ada, ben, link);
  });
}

/**
 * Both see and hear each other, by pictures and sounds that come in from now on: more than any
 * buffer still holds of those before. The seats are the same: nobody is there twice.
 */
async function together(ada: Visitor, ben: Visitor, timeout_ms: number): Promise<void> {
  await Promise.all([
    ada.see('Ben', { frames: 20, timeout_ms }),
    ben.see('Ada', { frames: 20, timeout_ms }),
    ada.hear(1, timeout_ms),
    ben.hear(0, timeout_ms),
  ]);
  for (const visitor of [ada, ben]) {
    assert.equal(await visitor.tile('Ada').count(), 1);
    assert.equal(await visitor.tile('Ben').count(), 1);
    assert.equal(await button(visitor, names.en.join).count(), 0);
  }
}

/** Proves that the line is really cut: nothing of the other has moved here for two seconds. */
async function standsStill(visitor: Visitor, name: string): Promise<void> {
  await until(`${name} stands still`, 15_000, async () => {
    const moving = visitor.see(name, { frames: 3, timeout_ms: 2000 });
    return moving.then(
      () => false,
      () => true,
    );
  });
}

/** The process of that part, once it is another one than `old` and healthy. */
async function startedAgain(part: keyof Pids, old: number, timeout_ms: number): Promise<void> {
  await until(`another ${part}`, timeout_ms, () => {
    const now = house.pids()[part];
    return now !== undefined && now !== old;
  });
}

function pidOf(part: 'postgres' | 'engine'): number {
  const pid = house.pids()[part];
  assert.ok(pid !== undefined, `${part} is running`);
  return pid;
}

/** Runs `mend` and says how long it took, to whoever reads the report. */
async function timed(t: TestContext, what: string, mend: () => Promise<void>): Promise<void> {
  const start = performance.now();
  await mend();
  t.diagnostic(`${what}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

test('the engine killed in a call', async (t) => {
  await withTwo(async (ada, ben) => {
    const old = pidOf('engine');
    process.kill(old, 'SIGKILL');
    await until('the engine is gone', 5000, () =>
      listProcesses().every(({ pid, command }) => pid !== old || /defunct/.test(command)),
    );
    await timed(t, 'back after the engine', () => together(ada, ben, 10_000));
    await startedAgain('engine', old, 1000);
  });
});

test('PostgreSQL killed in a call: the call goes on, and new people come in again', async (t) => {
  await withTwo(async (ada, ben, link) => {
    const old = pidOf('postgres');
    const going_on = Promise.all([ada.see('Ben', { frames: 60 }), ben.see('Ada', { frames: 60 })]);
    process.kill(old, 'SIGKILL');
    await timed(t, 'new meetings after PostgreSQL', async () => {
      await until('a new meeting', 10_000, () => makeMeeting(house.origin));
    });
    await startedAgain('postgres', old, 1000);
    await going_on;
    await browsers.run(house.origin, async (visit) => {
      const cleo = await visit({ name: 'Cleo', person: 0 });
      await joinMeeting(cleo, link);
      await cleo.see('Ben');
      await ben.see('Cleo');
    });
  });
});

test('the whole server killed and started again: nobody presses anything', async (t) => {
  await withTwo(async (ada, ben, link) => {
    const orphans = house.pids();
    await house.kill();
    await timed(t, 'listening again', () => house.restart());
    await timed(t, 'back after the server', () => together(ada, ben, 15_000));
    const now = house.pids();
    const running = new Set(
      listProcesses()
        .filter(({ command }) => !/defunct/.test(command))
        .map(({ pid }) => pid),
    );
    for (const part of ['engine', 'postgres'] as const) {
      const orphan = orphans[part];
      if (orphan !== undefined && running.has(orphan))
        assert.equal(now[part], orphan, `an orphan of ${part} runs beside the new one`);
    }
    await browsers.run(house.origin, async (visit) => {
      const cleo = await visit({ name: 'Cleo', person: 0 });
      await joinMeeting(cleo, link);
      await cleo.see('Ben');
    });
  });
});

test('30 s without network, and 30 s asleep: back in the same seats', async (t) => {
  const line = await openLine(house.origin, media_udp_port);
  try {
    await browsers.run(house.origin, async (visit) => {
      await browsers.run(line.origin, async (visitByLine) => {
        const ada = await visit({ name: 'Ada', person: 0 });
        const cut = await visitByLine({ name: 'Ben', person: 1, relay_port: line.udp_port });
        const asleep = await visit({ name: 'Cleo', person: 2 });
        for (const visitor of [ada, cut, asleep]) visitor.expectProblems(broken_lines);
        const link = await meetTogether(house.origin, [ada, asleep]);
        await joinMeeting(cut, link.replace(house.origin, line.origin));
        await together(ada, cut, 30_000);
        await Promise.all([ada.see('Cleo'), cut.see('Cleo'), asleep.see('Ben')]);
        await withoutLife(line, 2, [standsStill(ada, 'Cleo'), standsStill(cut, 'Ada')]);
        await timed(t, 'back after 30 s', async () => {
          await together(ada, cut, 20_000);
          await Promise.all([ada.see('Cleo'), ada.hear(2), asleep.see('Ada'), asleep.see('Ben')]);
        });
        for (const here of [ada, cut, asleep]) assert.equal(await here.tile('Cleo').count(), 1);
      });
    });
  } finally {
    await line.close();
  }
});

/** Cuts the line and stops the browser of `sleeper` for 30 s, in which `proofs` must come true. */
async function withoutLife(
  line: Line,
  sleeper: number,
  proofs: readonly Promise<void>[],
): Promise<void> {
  const { camera } = await mediaFiles(sleeper);
  const asleep = familyOf(camera);
  assert.ok(asleep.length > 3);
  line.cut();
  for (const pid of asleep) process.kill(pid, 'SIGSTOP');
  try {
    await Promise.all([elapse(outage_ms), ...proofs]);
  } finally {
    for (const pid of asleep) process.kill(pid, 'SIGCONT');
    line.mend();
  }
}

/** Every process of the browser whose camera plays that file. */
function familyOf(camera: string): number[] {
  const all = listProcesses();
  const browser = all.find(
    ({ command }) => command.includes(camera) && !command.includes('--type='),
  );
  const family = new Set([browser?.pid ?? -1]);
  for (let size = 0; size !== family.size;) {
    size = family.size;
    for (const { pid, parent } of all) if (family.has(parent)) family.add(pid);
  }
  return [...family].filter((pid) => pid > 0);
}
