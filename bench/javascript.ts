/** JavaScript before joining, gzip, as a browser loads it: counted from its own requests. */
import { startChromium } from '#test/browser.ts';
import { createMeeting } from '#test/journey.ts';
import { startHouse } from '#test/house.ts';
import { openVisitor } from '#test/visitor.ts';
import { heading, line } from './figure.ts';

const budget_kb = { join: 75, media: 225 };

/** Bytes on the wire when asked for gzip. */
async function sizeOf(url: string): Promise<number> {
  const response = await fetch(url, { headers: { 'accept-encoding': 'gzip' } });
  await response.arrayBuffer();
  return Number(response.headers.get('content-length'));
}

export async function benchJavascript(): Promise<void> {
  heading('JavaScript before joining, gzip');
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
    const sizes = await Promise.all([...loaded].map(sizeOf));
    const largest = Math.max(...sizes);
    const all = sizes.reduce((sum, size) => sum + size, 0);
    line(
      'the join page itself',
      `${((all - largest) / 1000).toFixed(1)} kB`,
      `budget ${budget_kb.join}`,
    );
    line(
      'with the media client, loaded while waiting',
      `${(all / 1000).toFixed(1)} kB`,
      `budget ${budget_kb.media}`,
    );
    await visitor.close();
  } finally {
    await browser.close();
    await test.stop();
  }
}
