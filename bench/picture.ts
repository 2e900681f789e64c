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

async function open(browser: Browser, url: string, body?: string): Promise<number> {
  const { origin } = new URL(url);
  const context = await browser.newContext({ locale: 'en-US' });
  await context.grantPermissions(['camera', 'microphone'], { origin });
  const page = await context.newPage();
  await page.addInitScript(watchPicture);
  if (body !== undefined)
    await page.route(url, (route) => route.fulfill({ contentType: 'text/html', body }));
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
    for (let round = 0; round <= rounds; round++) {
      const a = await open(browser, link);
      const b = await open(browser, `${test.origin}/bare`, bare_page);
      if (round > 0) {
        ours.push(a);
        bare.push(b);
      }
    }
    line('Conclave', say(spreadOf(ours), 'ms'));
    line('only getUserMedia', say(spreadOf(bare), 'ms'));
    line('ratio of medians', `${(spreadOf(ours).median / spreadOf(bare).median).toFixed(2)} ×`);
  } finally {
    await browser.close();
    await test.stop();
  }
}
