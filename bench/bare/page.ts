/** A page of a context of its own, and the rivals' pages, which the test answers itself. */
import type { Browser, Page } from 'playwright-core';

/** With camera and microphone allowed at `origin`. */
export async function newPage(browser: Browser, origin: string): Promise<Page> {
  const context = await browser.newContext({
    locale: 'en-US',
    viewport: { width: 1280, height: 800 },
  });
  await context.grantPermissions(['camera', 'microphone'], { origin });
  return context.newPage();
}

/** @param offers what the script puts on `window` once it is there. */
export async function openBarePage(
  browser: Browser,
  origin: string,
  script: string,
  offers: 'join' | 'call',
): Promise<Page> {
  const page = await newPage(browser, origin);
  await page.route(`${origin}/bare`, (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<!doctype html><script type="module">${script}</script>`,
    }),
  );
  await page.goto(`${origin}/bare`);
  await page.waitForFunction((name) => name in window, offers);
  return page;
}
