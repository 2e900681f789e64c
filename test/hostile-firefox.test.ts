/** A media server that lies to Firefox, in a call with Chromium. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'puppeteer-core';
import { bare_flags } from '../bench/bare/flags.ts';
import { openBrowsers, startChromium } from './browser.ts';
import { findFirefox } from './find-browser.ts';
import { joinInFirefox, press, seeInFirefox } from './firefox-journey.ts';
import { startFirefox } from './firefox.ts';
import type { Firefox } from './firefox.ts';
import { framesDecoded } from './guard/decoded.ts';
import { admit, openTap } from './guard/member.ts';
import { expectSealed } from './guard/sealed.ts';
import { startHouse } from './house.ts';
import type { TestHouse } from './house.ts';
import { createMeeting, pressJoin, roomOf } from './journey.ts';
import { toneOf } from './media/pattern.ts';
import { liesScript } from './media/readers.ts';
import { names } from './names.ts';
import type { Visitor } from './visitor.ts';

const path = findFirefox();
const browsers = openBrowsers();
const { en } = names;
const patience_ms = 30_000;
let house: TestHouse;
let firefox: Firefox;

/** Ada in Chromium and Fox in Firefox, both seen and heard; Fox's server may lie. */
function withFox(play: (ada: Visitor, fox: Page, room: string) => Promise<void>): Promise<void> {
  return browsers.run(house.origin, async (visit) => {
    const ada = await visit({ name: 'Ada', person: 0 });
    const link = await createMeeting(ada, house.origin);
    await pressJoin(ada);
    const fox = await firefox.open(2);
    try {
      await fox.evaluateOnNewDocument(await liesScript());
      await joinInFirefox(fox, link, 'Fox');
      await Promise.all([ada.see('Fox'), ada.hear(2), seeInFirefox(fox, 'Ada')]);
      await play(ada, fox, roomOf(link));
    } finally {
      await fox.close();
    }
  });
}

async function hearsNothingOf(page: Page, person: number): Promise<void> {
  const tone = toneOf(person);
  await page.evaluate((hz) => window.readers.listen(hz, false, 5, 10_000), tone);
}

if (path === undefined) {
  test('Firefox is not installed: this is how to get it', (t) => {
    t.diagnostic('Install the package "firefox-esr" to lie to Firefox.');
  });
} else {
  before(async () => {
    house = await startHouse();
    firefox = await startFirefox(path);
  });
  after(async () => {
    await firefox.close();
    await browsers.close();
    await house.stop();
  });

  test('what a person switched off in Firefox stays off, whatever the server asks', async () => {
    await withFox(async (ada, fox) => {
      await press(fox, en.mute);
      await press(fox, en.stop_video);
      await ada.hearNothingOf(2);
      await ada.tile('Fox').locator('video').waitFor({ state: 'hidden' });
      assert.equal(await fox.evaluate(() => window.lies.switchOn()), 2);
      await ada.hearNothingOf(2);
      await ada.tile('Fox').locator('video').waitFor({ state: 'hidden' });
      await press(fox, en.unmute);
      await press(fox, en.start_video);
      await Promise.all([ada.see('Fox'), ada.hear(2)]);
    });
  });

  test('a keyless listener has noise of Firefox, and cannot speak there under another name', async () => {
    const browser = await startChromium({ person: 3, flags: bare_flags });
    try {
      await withFox(async (ada, fox, room) => {
        const tap = await openTap(browser, house.origin);
        const [url, token] = await admit(house, room, tap.identity);
        await tap.page.evaluate(([u, t]) => window.tapped.tap(u, t), [url, token] as const);
        await expectSealed(tap);
        await tap.page.evaluate(() => window.tapped.publishClear());
        await fox.waitForSelector('::-p-text(Somebody without keys is connected)', {
          timeout: patience_ms,
        });
        const others = await tap.page.evaluate(() => window.tapped.others());
        const fox_identity = await fox.evaluate(() => window.lies.ownIdentity());
        const [ada_identity = ''] = others.filter((identity) => identity !== fox_identity);
        await fox.evaluate(
          (one, other) => {
            window.lies.rename([
              [one, other],
              [other, 'nobody'],
            ]);
            window.lies.cut();
          },
          tap.identity,
          ada_identity,
        );
        await fox.waitForSelector('::-p-text(Foreign frames are held back)', {
          timeout: patience_ms,
        });
        await hearsNothingOf(fox, 3);
        await hearsNothingOf(fox, 0);
        assert.equal(await framesDecoded(fox), 0);
        await tap.context.close();
      });
    } finally {
      await browser.close();
    }
  });
}
