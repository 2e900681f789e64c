/** What a person does in Firefox, by the names of controls as journey.ts does it in Chromium. */
import type { Frame, Page } from 'puppeteer-core';
import { names } from './names.ts';
import { until } from './until.ts';

const { en } = names;
const patience_ms = 30_000;

/** Presses the control of that role and exact accessible name. */
export async function press(page: Page | Frame, name: string, role = 'button'): Promise<void> {
  await page.locator(`::-p-aria([name="${name}"][role="${role}"])`).setTimeout(patience_ms).click();
}

export async function joinInFirefox(page: Page, link: string, name: string): Promise<void> {
  await page.goto(link);
  await page
    .locator(`::-p-aria([name="${en.name_field}"][role="textbox"])`)
    .setTimeout(patience_ms)
    .fill(name);
  await press(page, en.join);
  await page.waitForSelector(`::-p-aria([name="${en.leave}"][role="button"])`, {
    timeout: patience_ms,
  });
}

/** Whose camera moves in the tile of `name`. */
export function seeInFirefox(page: Page | Frame, name: string): Promise<number> {
  return until(`${name} in Firefox`, patience_ms, async () => {
    const tile = await page.$(`::-p-aria([name="${name}"][role="group"])`);
    return tile?.evaluate(async (element, ms) => {
      const video = element.querySelector('video');
      if (!video) throw new Error('no picture yet');
      return (await window.readers.see(video, 10, ms)).person;
    }, 10_000);
  });
}
