/**
 * `npm run shots`: a picture of every screen, in every size, scheme and language, in shots/.
 * `npm run shots -- chat phone` takes only those of these screens or variants.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { startChromium } from './browser.ts';
import { startHouse } from './house.ts';
import { names } from './names.ts';
import { call_screens, drawn } from './screens/call-screens.ts';
import { page_screens } from './screens/page-screens.ts';
import { serveStage } from './screens/stage-server.ts';
import { openVisitor } from './visitor.ts';
import type { Visitor } from './visitor.ts';

const folder = fileURLToPath(new URL('../shots', import.meta.url));
const words = process.argv.slice(2);

interface Variant {
  readonly size: 'phone' | 'laptop' | 'desk';
  readonly scheme: 'light' | 'dark';
  readonly lang: 'en' | 'fr';
}

const variants: readonly Variant[] = (['phone', 'laptop', 'desk'] as const).flatMap((size) =>
  (['light', 'dark'] as const).flatMap((scheme) =>
    (['en', 'fr'] as const).map((lang) => ({ size, scheme, lang })),
  ),
);

function fileName(screen: string, { size, scheme, lang }: Variant): string {
  return `${screen}.${size}.${scheme}.${lang}.png`;
}

function isWanted(screen: string, variant: Variant): boolean {
  const parts: string[] = Object.values(variant);
  const known = variants.flatMap((each): string[] => Object.values(each));
  return words.every(
    (word) => parts.includes(word) || (!known.includes(word) && screen.includes(word)),
  );
}

/** Takes the picture once every video shows something and nothing is on its way. */
async function take(page: Page, name: string): Promise<void> {
  await page.evaluate(async () => {
    await document.fonts.ready;
    const videos = [...document.querySelectorAll('video')].filter((video) => video.srcObject);
    const painted = videos.map(async (video) => {
      if (video.readyState >= 2) return;
      await new Promise((resolve) => {
        video.addEventListener('loadeddata', resolve, { once: true });
      });
    });
    const patience = new Promise((_resolve, reject) => setTimeout(reject, 3000));
    await Promise.race([Promise.all(painted), patience]).catch(() => undefined);
  });
  // The toolbar goes away by itself, and comes back when the mouse moves.
  await page.mouse.move(200, 200);
  await page.mouse.move(220, 220);
  await page.screenshot({ path: join(folder, name), animations: 'disabled', caret: 'hide' });
  process.stdout.write(`  ${name}\n`);
}

async function shoot(name: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    process.exitCode = 1;
    process.stderr.write(`✗ ${name}: ${cause instanceof Error ? cause.message : String(cause)}\n`);
  }
}

async function shootCalls(browser: Browser): Promise<void> {
  const stage = await serveStage();
  try {
    for (const variant of variants) {
      const screens = call_screens.filter(({ name }) => isWanted(name, variant));
      if (screens.length === 0) continue;
      const visitor = await openVisitor(browser, 'http://127.0.0.1', variant);
      for (const { name, sample, act } of screens)
        await shoot(fileName(name, variant), async () => {
          const page = await visitor.context.newPage();
          await page.goto(stage.address(sample, variant.lang));
          await drawn(page, names[variant.lang]);
          await act?.(page, names[variant.lang]);
          await take(page, fileName(name, variant));
          await page.close();
        });
      await visitor.close();
    }
  } finally {
    await stage.close();
  }
}

async function shootPages(withDevices: Browser, without: Browser): Promise<void> {
  // As small as meetings get: two people fill it.
  const house = await startHouse({ CONCLAVE_PEOPLE_MAX: '2', LOG_LEVEL: 'warn' });
  const { origin } = house;
  try {
    for (const variant of variants)
      for (const { name, granted, has_devices, open } of page_screens) {
        if (!isWanted(name, variant)) continue;
        const opened: Visitor[] = [];
        const enter = async (browser: Browser, options: object): Promise<Visitor> => {
          const visitor = await openVisitor(browser, origin, { ...variant, ...options });
          opened.push(visitor);
          return visitor;
        };
        await shoot(fileName(name, variant), async () => {
          const visitor = await enter(has_devices ? withDevices : without, { granted });
          await open({ origin, visitor, other: () => enter(withDevices, { name: 'Ben' }) });
          await take(visitor.page, fileName(name, variant));
        });
        for (const visitor of opened) await visitor.close();
      }
  } finally {
    await house.stop();
  }
}

mkdirSync(folder, { recursive: true });
const browsers = await Promise.all([0, undefined].map((person) => startChromium({ person })));
const [withDevices, without] = browsers;
try {
  if (withDevices && without) {
    await shootCalls(withDevices);
    await shootPages(withDevices, without);
  }
} finally {
  await Promise.all(browsers.map((browser) => browser.close()));
}
