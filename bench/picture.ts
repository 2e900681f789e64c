/** Page opened → own picture visible: our join page against a page with only getUserMedia. */
import type { Browser } from 'playwright-core';
import { startChromium } from '#test/browser.ts';
import { createMeeting } from '#test/journey.ts';
import { startHouse } from '#test/house.ts';
import { openVisitor } from '#test/visitor.ts';
import { bare_flags } from './bare/flags.ts';
import { heading, line, say, spreadOf } from './figure.ts';

const rounds = 10;

const bare_page = `<!doctype html><video autoplay muted playsinline></video><script>
navigator.mediaDevices.getUserMedia({ video: true, audio: true }).then((stream) => {
  document.querySelector('video').srcObject = stream;
});
</script>`;

/** As ours is sent: the browser then gives the page a process of its own. */
const isolated = { 'Cross-Origin-Opener-Policy': 'same-origin' };

declare global {
  interface Window {
    shown_ms: number | undefined;
  }
}

/** Notes when the first video of the page shows its first frame, from the start of navigation. */
function watchPicture(): void {
  window.shown_ms = undefined;
  const watched = new WeakSet<HTMLVideoElement>();
  new MutationObserver(() => {
    for (const video of document.querySelectorAll('video')) {
      if (watched.has(video)) continue;
      watched.add(video);
      video.requestVideoFrameCallback(() => {
        window.shown_ms ??= performance.now();
      });
    }
  }).observe(document, { childList: true, subtree: true });
}

interface Bare {
  readonly headers: Readonly<Record<string, string>>;
}

async function open(browser: Browser, url: string, bare?: Bare): Promise<number> {
  const { origin } = new URL(url);
  const context = await browser.newContext({ locale: 'en-US' });
  await context.grantPermissions(['camera', 'microphone'], { origin });
  const page = await context.newPage();
  await page.addInitScript(watchPicture);
  if (bare !== undefined) {
    const answer = { contentType: 'text/html', body: bare_page, headers: { ...bare.headers } };
    await page.route(url, (route) => route.fulfill(answer));
  }
  await page.goto(url);
  await page.waitForFunction(() => window.shown_ms !== undefined);
  const shown = await page.evaluate(() => window.shown_ms ?? Number.NaN);
  await context.close();
  return shown;
}

export async function benchPicture(): Promise<void> {
  heading(`Page opened → own picture visible, median of ${rounds}`);
  const test = await startHouse({ LOG_LEVEL: 'warn' });
  const browser = await startChromium({ person: 0, flags: bare_flags });
  try {
    const host = await openVisitor(browser, test.origin, { name: 'Host' });
    const link = await createMeeting(host, test.origin);
    await host.close();
    const ours: number[] = [];
    const bare: number[] = [];
    const alike: number[] = [];
    for (let round = 0; round <= rounds; round++) {
      const a = await open(browser, link);
      const b = await open(browser, `${test.origin}/bare`, { headers: {} });
      const c = await open(browser, `${test.origin}/bare`, { headers: isolated });
      if (round > 0) {
        ours.push(a);
        bare.push(b);
        alike.push(c);
      }
    }
    const ratio = (rival: readonly number[]): string =>
      `${(spreadOf(ours).median / spreadOf(rival).median).toFixed(2)} ×`;
    line('Conclave', say(spreadOf(ours), 'ms'));
    line('only getUserMedia', say(spreadOf(bare), 'ms'), ratio(bare));
    line('the same, isolated as ours is', say(spreadOf(alike), 'ms'), ratio(alike));
  } finally {
    await browser.close();
    await test.stop();
  }
}
