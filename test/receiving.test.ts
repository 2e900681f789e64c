/** A slow line: smaller pictures, or none, and the voices go on. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowsers } from './browser.ts';
import { startHouse } from './house.ts';
import type { TestHouse } from './house.ts';
import { button, inCall, meetTogether } from './journey.ts';
import { drawnScript } from './media/readers.ts';
import { names } from './names.ts';
import type { Visitor } from './visitor.ts';

const browsers = openBrowsers();
const { en } = names;
let house: TestHouse;

before(async () => {
  house = await startHouse();
});
after(async () => {
  await browsers.close();
  await house.stop();
});

async function choose(visitor: Visitor, label: string): Promise<void> {
  const select = visitor.page.getByRole('combobox', { name: 'Pictures of others' });
  if (!(await select.isVisible())) await button(visitor, en.settings).click();
  await select.selectOption({ label });
}

/** Resolves once the picture of `name` is at most, or more than, that wide. */
async function widthOf(visitor: Visitor, name: string, is_small: boolean): Promise<void> {
  const video = await visitor.tile(name).locator('video').elementHandle();
  await visitor.page.waitForFunction(
    ([element, small]) => {
      if (!(element instanceof HTMLVideoElement) || element.videoWidth === 0) return false;
      return element.videoWidth <= 320 === small;
    },
    [video, is_small] as const,
  );
}

test('pictures come small or not at all, as chosen; voices and a reload keep to it', async () => {
  await browsers.run(house.origin, async (visit) => {
    const ada = await visit({ name: 'Ada', person: 0 });
    const ben = await visit({ name: 'Ben', person: 1 });
    // A camera that is large enough to be sent in two sizes.
    await ben.page.addInitScript({ content: `${await drawnScript()};drawn.replaceDevices(1);` });
    await meetTogether(house.origin, [ada, ben]);
    await Promise.all([ada.see('Ben'), ben.see('Ada')]);
    await widthOf(ada, 'Ben', false);
    await choose(ada, 'Small: for a slow connection');
    await widthOf(ada, 'Ben', true);
    await ada.see('Ben');
    await choose(ada, 'None: sound only');
    await ada.tile('Ben').locator('video').waitFor({ state: 'hidden' });
    await ada.hear(1);
    // It concerns oneself alone.
    await ben.see('Ada');
    await ada.page.reload();
    await inCall(ada);
    await Promise.all([ada.hear(1), ben.see('Ada')]);
    assert.equal(await ada.tile('Ben').locator('video').count(), 0);
    await choose(ada, 'As large as they are shown');
    await ada.see('Ben');
    await widthOf(ada, 'Ben', false);
  });
});
