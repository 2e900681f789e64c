/**
 * *Join* pressed → first remote frame painted: our join page against a bare page on the same
 * engine in the same run, turn by turn.
 */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { startChromium } from '#test/browser.ts';
import { names } from '#test/names.ts';
import { createMeeting, pressJoin } from '#test/journey.ts';
import { startHouse, type TestHouse } from '#test/house.ts';
import { openVisitor } from '#test/visitor.ts';
import { buildBare } from './bare/build.ts';
import { bare_flags } from './bare/flags.ts';
import { heading, line, say, spreadOf } from './figure.ts';

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

async function newPage(
  browser: Browser,
  origin: string,
): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({
    locale: 'en-US',
    viewport: { width: 1280, height: 800 },
  });
  await context.grantPermissions(['camera', 'microphone'], { origin });
  return { context, page: await context.newPage() };
}

async function joinOurs(browser: Browser, link: string): Promise<number> {
  const { context, page } = await newPage(browser, new URL(link).origin);
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
  await context.close();
  return (painted_ms ?? Number.NaN) - (pressed_ms ?? Number.NaN);
}

async function joinBare(
  browser: Browser,
  test: TestHouse,
  script: string,
  link: string,
): Promise<number> {
  const room = /\/m\/(\w+)/.exec(link)?.[1] ?? '';
  const { context, page } = await newPage(browser, test.origin);
  await page.route(`${test.origin}/bare`, (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<!doctype html><script type="module">${script}</script>`,
    }),
  );
  await page.goto(`${test.origin}/bare`);
  await page.waitForFunction(() => 'join' in window);
  const identity = Array.from({ length: 22 }, () => 'abcdefgh'[Math.floor(Math.random() * 8)]).join(
    '',
  );
  const token = await test.house.media.mint({ room, identity, name: 'Bare', ttl_s: 600 });
  await page.evaluate(([url, text]) => window.join(url, text), [
    `${test.origin}/lk`,
    token,
  ] as const);
  await page.waitForFunction(() => window.bare.painted_ms !== undefined, undefined, {
    timeout: patience_ms,
  });
  const { pressed_ms, painted_ms } = await page.evaluate(() => window.bare);
  await context.close();
  return (painted_ms ?? Number.NaN) - pressed_ms;
}

export async function benchJoin(): Promise<void> {
  heading(`Join pressed → first remote frame painted, median of ${rounds}`);
  const script = (await buildBare('join.ts')).replaceAll('</script', '<\\/script');
  const test = await startHouse({ LOG_LEVEL: 'warn' });
  const browser = await startChromium({ person: 0, flags: bare_flags });
  const host_browser = await startChromium({ person: 1 });
  try {
    const host = await openVisitor(host_browser, test.origin, { name: 'Host' });
    const link = await createMeeting(host, test.origin);
    await pressJoin(host);
    const ours: number[] = [];
    const bare: number[] = [];
    // The first of each is not counted: it fills caches that both use.
    for (let round = 0; round <= rounds; round++) {
      const a = await joinOurs(browser, link);
      const b = await joinBare(browser, test, script, link);
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
