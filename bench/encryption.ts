/**
 * *Join* pressed → first decrypted remote frame, against the same build whose encryption computes
 * nothing (stubbed/), turn by turn: what MLS and the sealing of frames cost a person who joins.
 */
import { startChromium } from '#test/browser.ts';
import { createMeeting, pressJoin } from '#test/journey.ts';
import { startHouse, type TestHouse } from '#test/house.ts';
import { openVisitor } from '#test/visitor.ts';
import { bare_flags } from './bare/flags.ts';
import { heading, line, say, spreadOf } from './figure.ts';
import { joinOurs } from './join.ts';
import { buildStubbed } from './stubbed/build.ts';

const rounds = 20;

export async function benchEncryption(): Promise<void> {
  heading(`Join pressed → first remote frame painted, with and without the work of encryption`);
  const stubbed = await buildStubbed();
  const houses: TestHouse[] = [];
  const browser = await startChromium({ person: 0, flags: bare_flags });
  const host_browser = await startChromium({ person: 1, flags: bare_flags });
  try {
    const sides: { name: string; link: string; times: number[] }[] = [];
    for (const [name, web_dir] of [
      ['Conclave', undefined],
      ['stubbed', stubbed.folder],
    ] as const) {
      const test = await startHouse({ LOG_LEVEL: 'warn' }, web_dir);
      houses.push(test);
      const host = await openVisitor(host_browser, test.origin, { name: 'Host' });
      const link = await createMeeting(host, test.origin);
      await pressJoin(host);
      sides.push({ name, link, times: [] });
    }
    // The first of each is not counted: it fills caches that both use.
    for (let round = 0; round <= rounds; round += 1) {
      for (const { link, times } of round % 2 === 0 ? sides : sides.toReversed()) {
        const took_ms = await joinOurs(browser, link);
        if (round > 0) times.push(took_ms);
      }
    }
    const [ours, bare] = sides.map(({ name, times }) => {
      const spread = spreadOf(times);
      line(name, say(spread, 'ms'));
      return spread.median;
    });
    line('ratio of medians', `${((ours ?? NaN) / (bare ?? NaN)).toFixed(2)} ×`);
  } finally {
    await browser.close();
    await host_browser.close();
    for (const house of houses) await house.stop();
    await stubbed.remove();
  }
}
