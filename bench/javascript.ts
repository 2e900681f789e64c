/** JavaScript to the encrypted call, gzip, as a browser loads it: counted from its own requests. */
import { startChromium } from '#test/browser.ts';
import { createMeeting } from '#test/journey.ts';
import { startHouse } from '#test/house.ts';
import { openVisitor } from '#test/visitor.ts';
import { heading, line } from './figure.ts';

const budget_kb = { join: 75, call: 260 };

/** Bytes on the wire when asked for gzip. */
async function sizeOf(url: string): Promise<number> {
  const response = await fetch(url, { headers: { 'accept-encoding': 'gzip' } });
  await response.arrayBuffer();
  return Number(response.headers.get('content-length'));
}

export async function benchJavascript(): Promise<void> {
  heading('JavaScript to the encrypted call, gzip');
  const test = await startHouse({ LOG_LEVEL: 'warn' });
  const browser = await startChromium({ person: 0 });
  try {
    const visitor = await openVisitor(browser, test.origin, {});
    const link = await createMeeting(visitor, test.origin);
    const { page } = visitor;
    const loaded = new Set<string>();
    await page.goto('about:blank');
    page.on('request', (request) => {
      if (request.resourceType() === 'script') loaded.add(request.url());
    });
    await page.goto(link);
    await page.waitForLoadState('networkidle');
    const sizes = await Promise.all(
      [...loaded].map(async (url) => ({ url, size: await sizeOf(url) })),
    );
    const sum = (part: readonly { size: number }[]): number =>
      part.reduce((all, { size }) => all + size, 0);
    const workers = sizes.filter(({ url }) => /\/worker-/.test(url));
    const begins_late = sizes.findIndex(({ url }) => /\/inside-/.test(url));
    const early = sizes.slice(0, begins_late);
    const late = sizes.slice(begins_late).filter((each) => !workers.includes(each));
    const say = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;
    line('the join page itself', say(sum(early)), `budget ${budget_kb.join}`);
    line('the call with its media client', say(sum(late)));
    line('the workers of the group and of the guard', say(sum(workers)));
    line('all, loaded while waiting', say(sum(sizes)), `budget ${budget_kb.call}`);
    await visitor.close();
  } finally {
    await browser.close();
    await test.stop();
  }
}
