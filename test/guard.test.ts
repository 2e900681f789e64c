/** The guarded peer connection between real browsers and the real engine, and against a tap. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { startChromium } from './browser.ts';
import { admit, openMember, openTap, without_scripts } from './guard/member.ts';
import type { MemberPage } from './guard/member.ts';
import { expectSealed } from './guard/sealed.ts';
import type { GivenKeys } from './guard/page.ts';
import { startHouse } from './house.ts';
import type { TestHouse } from './house.ts';
import { toneOf } from './media/pattern.ts';
import { bare_flags } from '../bench/bare/flags.ts';
import { makeMeeting } from './program.ts';
import { elapse, until } from './until.ts';

let house: TestHouse;
let browsers: [Browser, Browser];
const patience_ms = 20_000;

before(async () => {
  house = await startHouse();
  browsers = [
    await startChromium({ person: 0, flags: bare_flags }),
    await startChromium({ person: 1, flags: bare_flags }),
  ];
});
after(async () => {
  for (const browser of browsers) await browser.close();
  await house.stop();
});

function seat(members: readonly MemberPage[]): GivenKeys[] {
  return members.map(({ identity }, leaf) => ({ identity, leaf, media: [...randomBytes(32)] }));
}

async function enter(members: readonly MemberPage[], epoch: number, keys = seat(members)) {
  for (const { page } of members) {
    await page.evaluate(([number, leaves]) => window.member.enter(number, leaves), [
      epoch,
      keys,
    ] as const);
  }
  for (const { page } of members) await page.evaluate((e) => window.member.send(e), epoch);
}

async function connect(room: string, { page, identity }: MemberPage): Promise<void> {
  const [url, token] = await admit(house, room, identity);
  await page.evaluate(([u, t]) => window.member.connect(u, t), [url, token] as const);
}

interface Scene {
  readonly room: string;
  readonly ada: MemberPage;
  readonly ben: MemberPage;
}

/** Ada and Ben in one room and epoch, both sending. */
async function withTwo(play: (scene: Scene) => Promise<void>, first = ''): Promise<void> {
  const { room } = await makeMeeting(house.origin);
  const ada = await openMember(browsers[0], house.origin, first);
  const ben = await openMember(browsers[1], house.origin);
  try {
    await enter([ada, ben], 1);
    await Promise.all([connect(room, ada), connect(room, ben)]);
    for (const { page } of [ada, ben]) await page.evaluate(() => window.member.publish());
    await play({ room, ada, ben });
    for (const { page } of [ada, ben]) {
      const { breaches } = await page.evaluate(() => window.member.report());
      assert.deepEqual(breaches, []);
    }
  } finally {
    await ada.context.close();
    await ben.context.close();
  }
}

function see({ page }: MemberPage, of: MemberPage, frames = 15) {
  return until('a moving picture', patience_ms, () =>
    page
      .locator(`video[data-of="${of.identity}"]`)
      .evaluate(
        (video: HTMLVideoElement, count) => window.readers.see(video, count, 8000),
        frames,
        { timeout: 8000 },
      ),
  );
}

function hear({ page }: MemberPage, person: number) {
  return page.evaluate((tone) => window.readers.listen(tone, true, 5, 20_000), toneOf(person));
}

async function passed({ page }: MemberPage, direction: 'send' | 'receive'): Promise<number> {
  const { lines } = await page.evaluate(() => window.member.report());
  return lines
    .filter((line) => line.direction === direction)
    .reduce((sum, line) => sum + line.passed, 0);
}

/** What came to a member so far: frames that were opened, and frames that were not. */
async function received({ page }: MemberPage): Promise<{ passed: number; dropped: number }> {
  const { lines } = await page.evaluate(() => window.member.report());
  const receiving = lines.filter((line) => line.direction === 'receive');
  const dropped = receiving.flatMap((line) => Object.values(line.dropped));
  return {
    passed: receiving.reduce((sum, line) => sum + line.passed, 0),
    dropped: dropped.reduce((sum, count) => sum + count, 0),
  };
}

/** A keyless listener who has taken down a good many frames. */
async function listenIn(room: string, act: (tap: MemberPage) => Promise<void>): Promise<void> {
  const tap = await openTap(browsers[0], house.origin);
  try {
    const [url, token] = await admit(house, room, tap.identity);
    await tap.page.evaluate(([u, t]) => window.tapped.tap(u, t), [url, token] as const);
    await act(tap);
  } finally {
    await tap.context.close();
  }
}

describe('two members', () => {
  test('see and hear each other; who has no key gets frames and nothing of them', async () => {
    await withTwo(async ({ room, ada, ben }) => {
      const [by_ada, by_ben] = await Promise.all([see(ada, ben), see(ben, ada)]);
      assert.equal(by_ada.person, 1);
      assert.equal(by_ben.person, 0);
      await Promise.all([hear(ada, 1), hear(ben, 0)]);
      await listenIn(room, expectSealed);
    });
  });

  test('a member with other keys decodes nothing, and is told why', async () => {
    await withTwo(async ({ room, ada, ben }) => {
      const eve = await openMember(browsers[0], house.origin);
      const keys = seat([ada, ben, eve]);
      await enter([eve], 1, keys);
      await connect(room, eve);
      const refused = await until('refused frames', patience_ms, async () => {
        const { lines } = await eve.page.evaluate(() => window.member.report());
        const counts = lines.map(({ dropped }) => dropped.refused ?? 0);
        return counts.filter((count) => count > 20).length >= 2 && lines;
      });
      assert.deepEqual(
        refused.map((line) => line.passed),
        refused.map(() => 0),
      );
      await eve.context.close();
    });
  });

  test('see and hear each other where one has the older way of browsers', async () => {
    await withTwo(async ({ ada, ben }) => {
      const [by_ada, by_ben] = await Promise.all([see(ada, ben), see(ben, ada)]);
      assert.deepEqual([by_ada.person, by_ben.person], [1, 0]);
      await Promise.all([hear(ada, 1), hear(ben, 0)]);
      await ada.page.evaluate(() => window.member.reconnectWhole());
      await Promise.all([see(ada, ben), see(ben, ada)]);
    }, without_scripts);
  });

  test('a new epoch goes by without a pause; a connection made anew is sealed too', async () => {
    await withTwo(async ({ room, ada, ben }) => {
      await see(ben, ada);
      await enter([ada, ben], 2);
      await see(ben, ada);
      await ada.page.evaluate(() => window.member.reconnectWhole());
      const again = await see(ben, ada);
      assert.equal(again.person, 0);
      await see(ada, ben);
      await listenIn(room, async ({ page }) => {
        const { frames } = await until('frames at the tap', patience_ms, async () => {
          const taken = await page.evaluate(() => window.tapped.taken());
          return taken.frames.length >= 100 && taken;
        });
        const clear = frames.filter(({ bytes }) => ((bytes.at(-1) ?? 0xc0) & 0xf0) !== 0xc0);
        assert.equal(clear.length, 0);
      });
    });
  });

  test('keys that change every 0.4 s, and come late to who receives, lose one frame of a hundred at most', async () => {
    await withTwo(async ({ ada, ben }) => {
      await see(ben, ada);
      const start = await received(ben);
      for (let epoch = 2; epoch < 22; epoch += 1) {
        const keys = seat([ada, ben]);
        await enter([ada], epoch, keys);
        await elapse(100);
        await enter([ben], epoch, keys);
        await elapse(300);
      }
      await see(ben, ada);
      const { passed: came, dropped } = await received(ben);
      const frames = came - start.passed;
      const lost = dropped - start.dropped;
      assert.ok(frames > 300, `${frames} frames are too few to judge`);
      assert.ok(lost <= frames / 100, `${lost} of ${frames} frames were lost`);
      await hear(ben, 0);
    });
  });

  test('what is switched off is not sent, and a worker that died sends nothing', async () => {
    await withTwo(async ({ ada, ben }) => {
      await see(ben, ada);
      await ada.page.evaluate(() => {
        window.member.setOn('camera', false);
        window.member.setOn('microphone', false);
      });
      const quiet = await until('sending has stopped', patience_ms, async () => {
        const first = await passed(ada, 'send');
        await until('frames that were dropped', patience_ms, async () => {
          const { lines } = await ada.page.evaluate(() => window.member.report());
          return lines.some(({ dropped }) => (dropped.off ?? 0) > 30);
        });
        return (await passed(ada, 'send')) === first;
      });
      assert.ok(quiet);
      await ada.page.evaluate(() => {
        window.member.setOn('camera', true);
        window.member.setOn('microphone', true);
      });
      await see(ben, ada);
      await ada.page.evaluate(() => window.member.killWorker());
      await until('nothing comes any more', patience_ms, async () => {
        const count = await passed(ben, 'receive');
        // Counts are told twice a second while anything flows.
        await elapse(1500);
        return (await passed(ben, 'receive')) === count;
      });
    });
  });
});

describe('data', () => {
  test('a sealed payload arrives, one in clear never leaves, an injected one is not opened', async () => {
    await withTwo(async ({ room, ada, ben }) => {
      await listenIn(room, async ({ page: tap }) => {
        await until('the tap is there', patience_ms, () =>
          tap.evaluate(() => window.tapped.taken().frames.length > 0),
        );
        const secret = [...Buffer.from('words of Ada')];
        await tap.evaluate(
          (bytes) => window.tapped.sendData(bytes),
          [...Buffer.from('words of nobody')],
        );
        await ada.page.evaluate((bytes) => window.member.sendPayload(bytes, true), secret);
        await ada.page.evaluate((bytes) => window.member.sendPayload(bytes), secret);
        const { payloads } = await until('the payload', patience_ms, async () => {
          const report = await ben.page.evaluate(() => window.member.report());
          return report.payloads.length > 0 && report;
        });
        assert.deepEqual(payloads, [secret]);
        // The reliable channel keeps the order: one in clear would have come before.
        const { packets } = await until('it passed the tap', patience_ms, async () => {
          const taken = await tap.evaluate(() => window.tapped.taken());
          return taken.packets.length > 0 && taken;
        });
        assert.equal(packets.length, 1);
        assert.equal(Buffer.from(packets[0] ?? []).includes('words'), false);
      });
    });
  });

  test('nobody gets an answer in clear by a remote procedure call', async () => {
    await withTwo(async ({ room, ada }) => {
      await ada.page.evaluate(() => window.member.answerCalls());
      await listenIn(room, async ({ page: tap }) => {
        const answer = await tap.evaluate(
          (identity) => window.tapped.callByRpc(identity),
          ada.identity,
        );
        assert.match(answer, /^refused: /);
      });
    });
  });
});
