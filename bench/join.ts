/**
 * *Join* pressed → first remote frame painted: our join page, encrypted, against a bare page in
 * clear on the same engine in the same run, turn by turn.
 */
import { randomBytes } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { startChromium } from '#test/browser.ts';
import { names } from '#test/names.ts';
import { createMeeting, pressJoin } from '#test/journey.ts';
import { startHouse, type TestHouse } from '#test/house.ts';
import { makeMeeting } from '#test/program.ts';
import { mintSeat } from '#test/seat.ts';
import { openVisitor } from '#test/visitor.ts';
import { buildBare } from './bare/build.ts';
import { bare_flags } from './bare/flags.ts';
import { newPage, openBarePage } from './bare/page.ts';
import { heading, line, say, spreadOf } from './figure.ts';

interface Bare {
  readonly script: string;
  readonly room: string;
}

const rounds = 10;
const patience_ms = 20_000;

declare global {
  interface Window {
    first: { pressed_ms: number | undefined; painted_ms: number | undefined };
  }
}

/** Notes when *Join* is pressed, and when a video that is not one's own first shows a frame. */
function watchJoin(own: string): void {
  window.first = { pressed_ms: undefined, painted_ms: undefined };
  addEventListener(
    'click',
    ({ target }) => {
      if (target instanceof Element && target.closest('button')?.type === 'submit') {
        window.first.pressed_ms ??= performance.now();
      }
    },
    true,
  );
  const watched = new WeakSet<HTMLVideoElement>();
  new MutationObserver(() => {
    for (const video of document.querySelectorAll('video')) {
      if (!(video instanceof HTMLVideoElement) || watched.has(video)) continue;
      const tile = video.closest('fieldset');
      if (!tile || tile.ariaLabel?.startsWith(own)) continue;
      watched.add(video);
      video.requestVideoFrameCallback(() => {
        window.first.painted_ms ??= performance.now();
      });
    }
  }).observe(document, { childList: true, subtree: true, attributes: true });
}

/** Milliseconds from Join to the first frame of somebody else. */
export async function joinOurs(browser: Browser, link: string): Promise<number> {
  const page = await newPage(browser, new URL(link).origin);
  await page.addInitScript(watchJoin, 'Guest');
  await page.goto(link);
  await page.getByRole('textbox', { name: names.en.name_field }).fill('Guest');
  // The person has looked at their picture: what can be warmed is warm.
  await page
    .locator('video')
    .first()
    .evaluate((video: HTMLVideoElement) => {
      return new Promise((resolve) => video.requestVideoFrameCallback(resolve));
    });
  await page.waitForLoadState('networkidle');
  await page.getByRole('button', { name: names.en.join, exact: true }).click();
  await page.waitForFunction(() => window.first.painted_ms !== undefined, undefined, {
    timeout: patience_ms,
  });
  const { pressed_ms, painted_ms } = await page.evaluate(() => window.first);
  await page.context().close();
  return (painted_ms ?? Number.NaN) - (pressed_ms ?? Number.NaN);
}

/** The rival's page, and a token for its room, in which nothing is encrypted. */
async function openBare(
  browser: Browser,
  test: TestHouse,
  { script, room }: Bare,
): Promise<{ page: Page; entry: readonly [string, string] }> {
  const page = await openBarePage(browser, test.origin, script, 'join');
  const token = await mintSeat(
    test.house,
    room,
    randomBytes(17).toString('base64url').slice(0, 22),
  );
  return { page, entry: [`${test.origin}/lk`, token] };
}

async function joinBare(browser: Browser, test: TestHouse, bare: Bare): Promise<number> {
  const { page, entry } = await openBare(browser, test, bare);
  await page.evaluate(([url, token]) => window.join(url, token), entry);
  await page.waitForFunction(() => window.bare.painted_ms !== undefined, undefined, {
    timeout: patience_ms,
  });
  const { pressed_ms, painted_ms } = await page.evaluate(() => window.bare);
  await page.context().close();
  return (painted_ms ?? Number.NaN) - pressed_ms;
}

export async function benchJoin(): Promise<void> {
  heading(`Join pressed → first remote frame painted, median of ${rounds}`);
  const script = (await buildBare('join.ts')).replaceAll('</script', '<\\/script');
  const test = await startHouse({ LOG_LEVEL: 'warn' });
  const browser = await startChromium({ person: 0, flags: bare_flags });
  const host_browser = await startChromium({ person: 1, flags: bare_flags });
  try {
    const host = await openVisitor(host_browser, test.origin, { name: 'Host' });
    const link = await createMeeting(host, test.origin);
    await pressJoin(host);
    const bare_room = { script, room: (await makeMeeting(test.origin)).room };
    const publisher = await openBare(host_browser, test, bare_room);
    await publisher.page.evaluate(([url, token]) => window.publish(url, token), publisher.entry);
    const ours: number[] = [];
    const bare: number[] = [];
    // The first of each is not counted: it fills caches that both use.
    for (let round = 0; round <= rounds; round++) {
      const a = await joinOurs(browser, link);
      const b = await joinBare(browser, test, bare_room);
      if (round > 0) {
        ours.push(a);
        bare.push(b);
      }
    }
    line('Conclave', say(spreadOf(ours), 'ms'));
    line('bare page', say(spreadOf(bare), 'ms'));
    line('ratio of medians', `${(spreadOf(ours).median / spreadOf(bare).median).toFixed(2)} ×`);
  } finally {
    await browser.close();
    await host_browser.close();
    await test.stop();
  }
}
