/**
 * Script of a change of layout: 49 tiles of a staged call go to other places, against a bare page that
 * moves 49 boxes by hand. What the browser spends on painting is not counted.
 */
import type { CDPSession, Page } from 'playwright-core';
import { startChromium } from '#test/browser.ts';
import { names } from '#test/names.ts';
import { drawn } from '#test/screens/call-screens.ts';
import { serveStage } from '#test/screens/stage-server.ts';
import { heading, line, say, spreadOf } from './figure.ts';

const tiles = 49;
const rounds = 20;

/** A grid, then one column at the side, as the layouts of the call: set, and glided to. */
function bareMoves(count: number): void {
  const boxes = Array.from({ length: count }, () => {
    const box = document.createElement('div');
    box.style.position = 'absolute';
    document.body.append(box);
    return box;
  });
  let is_grid = true;
  addEventListener('resize', () => {
    is_grid = !is_grid;
    for (const [at, box] of boxes.entries()) {
      const before = box.style.transform;
      const x = is_grid ? (at % 7) * 180 : 1100;
      const y = is_grid ? Math.floor(at / 7) * 110 : at * 16;
      const after = `translate(${x}px, ${y}px)`;
      Object.assign(box.style, { transform: after, width: '170px', height: '100px' });
      box.animate([{ transform: before }, { transform: after }], { duration: 180 });
    }
  });
}

async function scriptMs(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return (metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? 0) * 1000;
}

/** Milliseconds of script for each change. */
async function measure(
  page: Page,
  change: (page: Page, round: number) => Promise<void>,
): Promise<number[]> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const found: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const before = await scriptMs(session);
    await change(page, round);
    // What it sets off is over once it has been painted twice.
    await page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    );
    found.push((await scriptMs(session)) - before);
  }
  return found.slice(rounds / 4);
}

/** Other sizes: every tile moves, none comes or goes. */
function resize(page: Page, round: number): Promise<void> {
  return page.setViewportSize({ width: 1920 - (round % 2) * 80, height: 1080 });
}

/** Between grid and speaker: most tiles come or go. */
function toggle(page: Page): Promise<void> {
  return page.keyboard.press('g');
}

export async function benchTiles(): Promise<void> {
  heading(`Script of a change of layout, ${tiles} tiles`);
  const stage = await serveStage();
  const browser = await startChromium({ person: undefined });
  try {
    const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
    await page.goto(stage.address({ people: tiles }, 'en'));
    await drawn(page, names.en);
    const ours = spreadOf(await measure(page, resize));
    const toggled = spreadOf(await measure(page, toggle));
    const rival = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
    await rival.evaluate(bareMoves, tiles);
    const bare = spreadOf(await measure(rival, resize));
    line('all tiles move', say(ours, 'ms'), 'goal 4 ms');
    line('grid to speaker and back', say(toggled, 'ms'));
    line('boxes moved by hand', say(bare, 'ms'));
    line('ours over bare', `${(ours.median / bare.median).toFixed(1)} ×`);
  } finally {
    await browser.close();
    await stage.close();
  }
}
