/** The guard between Firefox and Chromium, both by script transforms. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import type { Page } from 'puppeteer-core';
import { bare_flags } from '../bench/bare/flags.ts';
import { startChromium } from './browser.ts';
import { findFirefox } from './find-browser.ts';
import { startFirefox } from './firefox.ts';
import type { Firefox } from './firefox.ts';
import { admit, guardedHtml, newIdentity, openMember, page_path } from './guard/member.ts';
import { startHouse } from './house.ts';
import type { TestHouse } from './house.ts';
import { toneOf } from './media/pattern.ts';
import { makeMeeting } from './program.ts';
import { until } from './until.ts';

const path = findFirefox();
const patience_ms = 30_000;
let house: TestHouse;
let firefox: Firefox;
let chromium: Browser;

async function openFox(person: number): Promise<{ page: Page; identity: string }> {
  const page = await firefox.open(person);
  const html = await guardedHtml();
  await page.setRequestInterception(true);
  page.on('request', (request) => {
    void (new URL(request.url()).pathname === page_path
      ? request.respond({ contentType: 'text/html', body: html })
      : request.continue());
  });
  await page.goto(house.origin + page_path);
  const identity = newIdentity();
  await page.evaluate((own) => window.member.start(own), identity);
  return { page, identity };
}

/** Whose camera moves there. Both drivers' pages run the same function. */
async function seenBy(look: () => Promise<{ person: number }>): Promise<number> {
  return (await until('a moving picture', patience_ms, look)).person;
}

if (path === undefined) {
  test('Firefox is not installed: this is how to get it', (t) => {
    t.diagnostic('Install the package "firefox-esr" to try the guard in Firefox.');
  });
} else {
  before(async () => {
    house = await startHouse();
    firefox = await startFirefox(path);
    chromium = await startChromium({ person: 0, flags: bare_flags });
  });
  after(async () => {
    await firefox.close();
    await chromium.close();
    await house.stop();
  });

  test('sealed frames of each are opened by the other, over a new epoch and a mute', async () => {
    const { room } = await makeMeeting(house.origin);
    const ada = await openMember(chromium, house.origin);
    const fox = await openFox(2);
    const keys = [ada, fox].map(({ identity }, leaf) => ({
      identity,
      leaf,
      media: [...randomBytes(32)],
    }));
    const enter = async (epoch: number): Promise<void> => {
      await ada.page.evaluate(([e, k]) => window.member.enter(e, k), [epoch, keys] as const);
      await fox.page.evaluate((e, k) => window.member.enter(e, k), epoch, keys);
      await ada.page.evaluate((e) => window.member.send(e), epoch);
      await fox.page.evaluate((e) => window.member.send(e), epoch);
    };
    await enter(1);
    const [url, token] = await admit(house, room, ada.identity);
    await ada.page.evaluate(([u, t]) => window.member.connect(u, t), [url, token] as const);
    const [, fox_token] = await admit(house, room, fox.identity);
    await fox.page.evaluate((u, t) => window.member.connect(u, t), url, fox_token);
    await ada.page.evaluate(() => window.member.publish());
    await fox.page.evaluate(() => window.member.publish());

    const adaSees = (): Promise<number> =>
      seenBy(() =>
        ada.page
          .locator(`video[data-of="${fox.identity}"]`)
          .evaluate((video: HTMLVideoElement) => window.readers.see(video, 10, 8000)),
      );
    const foxSees = (): Promise<number> =>
      seenBy(() =>
        fox.page.evaluate((identity) => {
          const video = document.querySelector<HTMLVideoElement>(`video[data-of="${identity}"]`);
          if (!video) throw new Error('no picture yet');
          return window.readers.see(video, 10, 8000);
        }, ada.identity),
      );
    assert.deepEqual(await Promise.all([adaSees(), foxSees()]), [2, 0]);
    await ada.page.evaluate((tone) => window.readers.listen(tone, true, 5, 20_000), toneOf(2));
    await fox.page.evaluate((tone) => window.readers.listen(tone, true, 5, 20_000), toneOf(0));
    await enter(2);
    assert.deepEqual(await Promise.all([adaSees(), foxSees()]), [2, 0]);
    await fox.page.evaluate(() => window.member.setOn('microphone', false));
    await ada.page.evaluate((tone) => window.readers.listen(tone, false, 40, 20_000), toneOf(2));
    for (const report of [
      await ada.page.evaluate(() => window.member.report()),
      await fox.page.evaluate(() => window.member.report()),
    ]) {
      assert.deepEqual(report.breaches, []);
      assert.ok(
        report.lines.some(({ direction, passed }) => direction === 'receive' && passed > 50),
      );
    }
    await ada.context.close();
    await fox.page.close();
  });
}
