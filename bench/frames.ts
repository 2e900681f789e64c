/** What sealing and opening a frame costs, and what that makes of a large meeting. */
import { fileURLToPath } from 'node:url';
import { startChromium } from '#test/browser.ts';
import { bundleScript } from '#test/media/readers.ts';
import { serveHtml } from '#test/serve-html.ts';
import { bare_flags } from './bare/flags.ts';
import { heading, line, say, spreadOf } from './figure.ts';
import type { Cost } from './frames/page.ts';

declare global {
  interface Window {
    readonly costs: typeof import('./frames/page.ts');
  }
}

const rounds = 7;
const frames = 2000;
/** Of one person in a meeting: 25 pictures at 30 frames a second, and 25 voices at 50. */
const rates = { video: 25 * 30, audio: 25 * 50 };

export async function benchFrames(): Promise<void> {
  heading('Cost of a frame, sealed and opened one after another');
  const entry = fileURLToPath(new URL('./frames/page.ts', import.meta.url));
  const script = await bundleScript('costs', entry);
  const served = await serveHtml(`<!doctype html><script>${script}</script>`);
  const browser = await startChromium({ person: undefined, flags: bare_flags });
  try {
    const page = await browser.newPage();
    await page.goto(served.origin);
    let busy_ms = 0;
    for (const kind of ['video', 'audio'] as const) {
      const measure = () =>
        page.evaluate(([of, count]) => window.costs.measure(of, count), [kind, frames] as const);
      await measure();
      const costs: Cost[] = [];
      for (let round = 0; round < rounds; round++) costs.push(await measure());
      const spread = (of: 'bare' | 'seal' | 'open') => spreadOf(costs.map((cost) => cost[of]));
      const micro = (of: 'bare' | 'seal' | 'open'): string => {
        const { median, min, max } = spread(of);
        return say({ median: median * 1000, min: min * 1000, max: max * 1000 }, 'µs');
      };
      line(`${kind}: a stream that changes nothing`, micro('bare'));
      line(`${kind}: sealed`, micro('seal'), `${costs[0]?.added ?? 0} bytes more`);
      line(`${kind}: opened`, micro('open'), 'budget 120 µs, 22 bytes');
      busy_ms += spread('open').median * rates[kind];
    }
    line(
      '25 pictures and 25 voices opened',
      `${(busy_ms / 10).toFixed(0)} % of a core`,
      'computed',
    );
  } finally {
    await browser.close();
    await served.close();
  }
}
