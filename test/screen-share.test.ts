/** A shared tab arrives sharp, in colour and with its sound, beside the people. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { openBrowsers } from './browser.ts';
import { startHouse } from './house.ts';
import type { TestHouse } from './house.ts';
import { button, meetTogether } from './journey.ts';
import { drawnScript } from './media/readers.ts';
import { names } from './names.ts';
import { until } from './until.ts';
import type { Visitor } from './visitor.ts';

const browsers = openBrowsers();
const { en } = names;
/** Who the shared page says it is: nobody's camera. */
const shown = 9;
const title = 'Quarterly figures';
let house: TestHouse;

before(async () => {
  house = await startHouse();
});
after(async () => {
  await browsers.close();
  await house.stop();
});

/** Opens a page to be shared: the numbered picture over the whole tab, and a tone. */
async function openSharedPage(sharer: Visitor): Promise<Page> {
  const page = await sharer.context.newPage();
  await page.setContent(
    `<!doctype html><title>${title}</title>
    <style>body { margin: 0; background: #000 } canvas { width: 100vw; height: 100vh; display: block }</style>
    <canvas width="1280" height="800"></canvas>`,
  );
  await page.evaluate(await drawnScript());
  await page.evaluate((person) => {
    const canvas = document.querySelector('canvas');
    if (!canvas) throw new Error('no canvas');
    window.drawn.drawCamera(canvas, person);
    const audio = new AudioContext();
    window.drawn.hum(audio, audio.destination, person);
  }, shown);
  return page;
}

test('a tab is shared, read and heard by the others, and gone when it is stopped', async () => {
  await browsers.run(house.origin, async (visit) => {
    const flags = [`--auto-select-tab-capture-source-by-title=${title}`];
    const ada = await visit({ name: 'Ada', person: 0, flags });
    const ben = await visit({ name: 'Ben', person: 1 });
    await meetTogether(house.origin, [ada, ben]);
    await openSharedPage(ada);
    await ada.page.bringToFront();
    await button(ada, en.share).click();
    await button(ada, en.stop_share).waitFor();
    const share = ben.page.getByRole('group', { name: 'Screen shared by Ada' }).locator('video');
    const seen = await until('the screen in all of its pixels', 30_000, async () => {
      const looked = await ben.watch(share, { frames: 5 });
      return looked.height === 800 && looked;
    });
    assert.equal(seen.person, shown);
    assert.ok(seen.colour_error < 30, `colours are off by ${String(seen.colour_error)}`);
    // Letters have strokes as thin as these stripes.
    assert.ok(seen.stripe_contrast > 0.6, `stripes are blurred to ${String(seen.stripe_contrast)}`);
    await ben.hear(shown);
    // The person is still there beside their screen.
    assert.equal((await ben.see('Ada')).person, 0);
    await button(ada, en.stop_share).click();
    await share.waitFor({ state: 'detached' });
    await ben.hearNothingOf(shown);
    await button(ada, en.share).waitFor();
    assert.equal((await ben.see('Ada')).person, 0);
  });
});

test('two screens are shared at once, and a late comer sees both', async () => {
  await browsers.run(house.origin, async (visit) => {
    const flags = [`--auto-select-tab-capture-source-by-title=${title}`];
    const ada = await visit({ name: 'Ada', person: 0, flags });
    const ben = await visit({ name: 'Ben', person: 0, flags });
    const link = await meetTogether(house.origin, [ada, ben]);
    await openSharedPage(ada);
    for (const sharer of [ada, ben]) {
      await sharer.page.bringToFront();
      await button(sharer, en.share).click();
      await button(sharer, en.stop_share).waitFor();
    }
    const cleo = await visit({ name: 'Cleo', person: 1, size: 'phone' });
    await cleo.page.goto(link);
    await cleo.page.getByRole('textbox', { name: en.name_field, exact: true }).fill('Cleo');
    await button(cleo, en.join).click();
    for (const sharer of ['Ada', 'Ben']) {
      const group = cleo.page.getByRole('group', { name: `Screen shared by ${sharer}` });
      const seen = await cleo.watch(group.locator('video'));
      assert.equal(seen.person, shown);
    }
  });
});

test('who declines the browser’s question shares nothing and is told nothing', async () => {
  await browsers.run(house.origin, async (visit) => {
    const ada = await visit({ name: 'Ada', person: 0 });
    await meetTogether(house.origin, [ada]);
    // The person closes the browser's own chooser.
    await ada.page.evaluate(() => {
      const refusal = new DOMException('Permission denied', 'NotAllowedError');
      navigator.mediaDevices.getDisplayMedia = () => Promise.reject(refusal);
    });
    await button(ada, en.share).click();
    await button(ada, en.share).waitFor();
    assert.equal(await button(ada, en.stop_share).count(), 0);
    assert.equal(await ada.page.getByRole('group', { name: /^Screen/ }).count(), 0);
  });
});
