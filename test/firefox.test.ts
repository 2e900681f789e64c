/** Firefox and Chromium in one call. Where no Firefox is installed this file says how to get one. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowsers } from './browser.ts';
import { findFirefox } from './find-browser.ts';
import { joinInFirefox, press, seeInFirefox } from './firefox-journey.ts';
import { startFirefox } from './firefox.ts';
import type { Firefox } from './firefox.ts';
import { startHouse } from './house.ts';
import type { TestHouse } from './house.ts';
import { button, createMeeting, pressJoin } from './journey.ts';
import { toneOf } from './media/pattern.ts';
import { names } from './names.ts';

const path = findFirefox();
const browsers = openBrowsers();
const { en } = names;
const patience_ms = 30_000;
let house: TestHouse;
let firefox: Firefox;

if (path === undefined) {
  test('Firefox is not installed: this is how to get it', (t) => {
    t.diagnostic('Install the package "firefox-esr" to try the call between Firefox and Chromium.');
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

  test('Firefox and Chromium see and hear each other', async () => {
    await browsers.run(house.origin, async (visit) => {
      const ada = await visit({ name: 'Ada', person: 0 });
      const link = await createMeeting(ada, house.origin);
      await pressJoin(ada);
      const page = await firefox.open(2);
      const said: string[] = [];
      page.on('pageerror', (error) => said.push(String(error)));
      await joinInFirefox(page, link, 'Fox');
      const [seen, person] = await Promise.all([ada.see('Fox'), seeInFirefox(page, 'Ada')]);
      assert.equal(seen.person, 2);
      assert.equal(person, 0);
      await ada.hear(2);
      await page.evaluate(
        (tone, ms) => window.readers.listen(tone, true, 5, ms),
        toneOf(0),
        15_000,
      );
      await press(page, en.mute);
      await ada.hearNothingOf(2);
      await button(ada, en.chat).click();
      await ada.page.getByRole('textbox', { name: en.message, exact: true }).fill('Bonjour');
      await button(ada, en.send).click();
      await press(page, en.chat);
      await page.waitForSelector('::-p-text(Bonjour)', { timeout: patience_ms });
      await press(page, en.leave);
      await ada.tile('Fox').waitFor({ state: 'detached' });
      assert.deepEqual(said, []);
      await page.close();
    });
  });

  test('the pages ask no other origin in Firefox either', async () => {
    const page = await firefox.open(2);
    const foreign: string[] = [];
    page.on('request', (request) => {
      if (!/^(?:data|blob|about):/.test(request.url()) && !request.url().startsWith(house.origin))
        foreign.push(request.url());
    });
    await page.goto(house.origin);
    await press(page, en.create);
    await page.waitForSelector(`::-p-aria([name="${en.name_field}"][role="textbox"])`);
    assert.deepEqual(foreign, []);
    await page.close();
  });
}
