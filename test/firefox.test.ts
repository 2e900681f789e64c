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
import { button, createMeeting, meetTogether, pressJoin } from './journey.ts';
import { toneOf } from './media/pattern.ts';
import { openSharedPage } from './media/shared-page.ts';
import { names } from './names.ts';
import { goTo, openRooms } from './room.ts';
import { until } from './until.ts';

const path = findFirefox();
const browsers = openBrowsers();
const { en } = names;
const patience_ms = 30_000;
/** Who the shared page says it is: nobody's camera. */
const shown = 9;
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

  test('a host’s rules hold for a guest in Firefox, and in what Firefox shows of others', async () => {
    await browsers.run(house.origin, async (visit) => {
      const ada = await visit({ name: 'Ada', person: 0 });
      const ben = await visit({ name: 'Ben', person: 1 });
      const link = await meetTogether(house.origin, [ada, ben]);
      const page = await firefox.open(2);
      await joinInFirefox(page, link, 'Fox');
      await Promise.all([ada.see('Fox'), ada.hear(2), seeInFirefox(page, 'Ben')]);
      await button(ada, en.people).click();
      await ada.page.getByText('Guests may', { exact: true }).click();
      const video = ada.page.getByRole('checkbox', { name: 'Show their video' });
      await video.setChecked(false);
      await button(ada, 'Mute all').click();
      await ada.hearNothingOf(2);
      const gone = (name: string) => ada.tile(name).locator('video').waitFor({ state: 'hidden' });
      await Promise.all([gone('Fox'), gone('Ben')]);
      await until('Ben without a picture in Firefox', patience_ms, () =>
        page.evaluate(() => document.querySelectorAll('[aria-label="Ben"] video').length === 0),
      );
      const again = ben.page.getByRole('status').getByText(/^You may show your video again/);
      const told = again.first().waitFor();
      await video.setChecked(true);
      await told;
      await button(ben, en.start_video).click();
      await press(page, en.start_video);
      await press(page, en.unmute);
      await Promise.all([ada.see('Fox'), ada.hear(2), seeInFirefox(page, 'Ben')]);
      await page.close();
    });
  });

  test('in a breakout room Firefox and Chromium see each other, and come back', async () => {
    await browsers.run(house.origin, async (visit) => {
      const ada = await visit({ name: 'Ada', person: 0 });
      const ben = await visit({ name: 'Ben', person: 1 });
      const link = await meetTogether(house.origin, [ada, ben]);
      const page = await firefox.open(2);
      await joinInFirefox(page, link, 'Fox');
      await Promise.all([ada.see('Fox'), seeInFirefox(page, 'Ada')]);
      await openRooms(ada, 2, 'Everybody chooses');
      await press(page, 'Go to Room 1');
      const inside = await goTo(ben, 'Room 1');
      const element = await page.waitForSelector('iframe[title="Room 1"]');
      const room = await element?.contentFrame();
      assert.ok(room);
      await Promise.all([inside.see('Fox'), inside.hear(2), seeInFirefox(room, 'Ben')]);
      await press(page, 'Back to the meeting');
      await Promise.all([ada.see('Fox'), ada.hear(2), seeInFirefox(page, 'Ada')]);
      await page.close();
    });
  });

  test('a screen shared in Chromium is seen in Firefox', async () => {
    await browsers.run(house.origin, async (visit) => {
      const title = 'Minutes';
      const flags = [`--auto-select-tab-capture-source-by-title=${title}`];
      const ada = await visit({ name: 'Ada', person: 0, flags });
      const link = await meetTogether(house.origin, [ada]);
      const page = await firefox.open(2);
      await joinInFirefox(page, link, 'Fox');
      await Promise.all([ada.see('Fox'), seeInFirefox(page, 'Ada')]);
      await openSharedPage(ada, title, shown);
      await ada.page.bringToFront();
      await button(ada, en.share).click();
      assert.equal(await seeInFirefox(page, 'Screen shared by Ada'), shown);
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
