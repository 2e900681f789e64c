/** RFC 9420's vectors and a recorded meeting, in the bundle and the browsers that people have. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { SuiteKind } from '#src/protocol/mls/suite.ts';
import { startChromium } from './browser.ts';
import { findFirefox } from './find-browser.ts';
import { startFirefox } from './firefox.ts';
import { bundleScript } from './media/readers.ts';
import { serveHtml } from './serve-html.ts';
import type { Served } from './serve-html.ts';

declare global {
  interface Window {
    readonly vectors: typeof import('./mls/vectors.ts');
  }
}

const kinds: readonly SuiteKind[] = ['web', 'soft'];
const firefox_path = findFirefox();
let served: Served;
let script: string;

before(async () => {
  served = await serveHtml('<!doctype html><title>Vectors</title>');
  const entry = fileURLToPath(new URL('./mls/vectors.ts', import.meta.url));
  script = await bundleScript('vectors', entry);
});
after(() => served.close());

interface BrowserPage {
  goto(url: string): Promise<unknown>;
  /** Adds the script to the page that is open. */
  add(content: string): Promise<unknown>;
  run(kind: SuiteKind): Promise<{ checked: number; wrong: readonly string[] }>;
}

async function checkIn(page: BrowserPage): Promise<void> {
  await page.goto(served.origin);
  await page.add(script);
  for (const kind of kinds) {
    const { checked, wrong } = await page.run(kind);
    assert.deepEqual(wrong, [], kind);
    assert.ok(checked > 20, `${String(checked)} checks of ${kind}`);
  }
}

/** Runs in the page. */
async function runAll(kind: SuiteKind): Promise<{ checked: number; wrong: string[] }> {
  const outcomes = [
    await window.vectors.checkVectors(kind),
    await window.vectors.followSession(kind),
  ];
  return {
    checked: outcomes.reduce((sum, { checked }) => sum + checked, 0),
    wrong: outcomes.flatMap(({ wrong }) => wrong),
  };
}

describe('vectors of RFC 9420 and a recorded meeting', () => {
  test('in Chromium', async () => {
    const browser = await startChromium({ person: undefined });
    try {
      const page = await browser.newPage();
      await checkIn({
        goto: (url) => page.goto(url),
        add: (content) => page.addScriptTag({ content }),
        run: (kind) => page.evaluate(runAll, kind),
      });
    } finally {
      await browser.close();
    }
  });

  if (firefox_path !== undefined) {
    test('in Firefox', async () => {
      const firefox = await startFirefox(firefox_path);
      try {
        const page = await firefox.open(0);
        await checkIn({
          goto: (url) => page.goto(url),
          add: (content) => page.addScriptTag({ content }),
          run: (kind) => page.evaluate(runAll, kind),
        });
      } finally {
        await firefox.close();
      }
    });
  }
});
