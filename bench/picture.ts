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

/** From an empty tab, or by a link in a page of another site, as a mail or a chat would have it. */
type Way = 'empty tab' | 'another site';

async function open(browser: Browser, url: string, way: Way, bare?: Bare): Promise<number> {
  const { origin, port } = new URL(url);
  const context = await browser.newContext({ locale: 'en-US' });
  await context.grantPermissions(['camera', 'microphone'], { origin });
  const page = await context.newPage();
  await page.addInitScript(watchPicture);
  if (bare !== undefined) {
    const answer = { contentType: 'text/html', body: bare_page, headers: { ...bare.headers } };
    await page.route(url, (route) => route.fulfill(answer));
  }
  if (way === 'empty tab') {
    await page.goto(url);
  } else {
    const letter = `http://localhost:${port}/letter`;
    const body = `<!doctype html><a href="${url}">the meeting</a>`;
    await page.route(letter, (route) => route.fulfill({ contentType: 'text/html', body }));
    await page.goto(letter);
    await page.getByRole('link').click();
    await page.waitForURL(url);
  }
  await page.waitForFunction(() => window.shown_ms !== undefined);
  const shown = await page.evaluate(() => window.shown_ms ?? Number.NaN);
  await context.close();
  return shown;
}

async function compare(browser: Browser, origin: string, link: string, way: Way): Promise<void> {
  const times: Record<'ours' | 'bare' | 'alike', number[]> = { ours: [], bare: [], alike: [] };
  for (let round = 0; round <= rounds; round++) {
    const ours = await open(browser, link, way);
    const bare = await open(browser, `${origin}/bare`, way, { headers: {} });
    const alike = await open(browser, `${origin}/bare`, way, { headers: isolated });
    // The first of each fills caches.
    if (round === 0) continue;
    times.ours.push(ours);
    times.bare.push(bare);
    times.alike.push(alike);
  }
  const ratio = (rival: readonly number[]): string =>
    `${(spreadOf(times.ours).median / spreadOf(rival).median).toFixed(2)} ×`;
  line(`Conclave, from ${way}`, say(spreadOf(times.ours), 'ms'));
  line('only getUserMedia', say(spreadOf(times.bare), 'ms'), ratio(times.bare));
  line('the same, isolated as ours is', say(spreadOf(times.alike), 'ms'), ratio(times.alike));
}

export async function benchPicture(): Promise<void> {
  heading(`Page opened → own picture visible, median of ${rounds}`);
  const test = await startHouse({ LOG_LEVEL: 'warn' });
  const browser = await startChromium({ person: 0, flags: bare_flags });
  try {
    const host = await openVisitor(browser, test.origin, { name: 'Host' });
    const link = await createMeeting(host, test.origin);
    await host.close();
    for (const way of ['empty tab', 'another site'] as const) {
      await compare(browser, test.origin, link, way);
    }
  } finally {
    await browser.close();
    await test.stop();
  }
}
