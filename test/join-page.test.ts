/** The page before the call: usable before its framework, plain about what is wrong, in French. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Route } from 'playwright-core';
import { button, createMeeting, inCall, joinMeeting, ownTile, pressJoin } from './journey.ts';
import { names } from './names.ts';
import { makeMeeting } from './program.ts';
import { openStand } from './stand.ts';
import type { Visitor } from './visitor.ts';

const { browsers, house } = openStand();
const { en, fr } = names;

/** Holds every script file back until the returned function is called. */
async function holdScripts({ page }: Visitor): Promise<() => Promise<void>> {
  const held: Route[] = [];
  let holding = true;
  await page.route(/\.js$/, async (route) => {
    if (holding) held.push(route);
    else await route.continue();
  });
  return async () => {
    holding = false;
    await Promise.all(held.map((route) => route.continue()));
  };
}

/**
 * Submits the form as soon as React has adopted it, which it marks on the element, and so before
 * the first effects of the page, which come in a task of their own.
 */
function submitWhenAdopted(): void {
  const { port1, port2 } = new MessageChannel();
  port1.addEventListener('message', () => {
    const field = document.querySelector<HTMLInputElement>('input[name=name]');
    const adopted = Object.keys(field?.form ?? {}).some((key) => key.startsWith('__react'));
    if (field && adopted) {
      field.value = 'Ada';
      field.form?.requestSubmit();
    } else port2.postMessage(null);
  });
  port1.start();
  port2.postMessage(null);
}

describe('before the framework', () => {
  test('the own picture is there, and a name with Enter is kept', async () => {
    await browsers.run(house.origin, async (visit) => {
      const ada = await visit({ name: 'Ada', person: 0 });
      const { link } = await makeMeeting(house.origin);
      const release = await holdScripts(ada);
      await ada.page.goto(house.origin + link, { waitUntil: 'commit' });
      const seen = await ada.watch(ada.page.locator('video'));
      assert.equal(seen.person, 0);
      const field = ada.page.getByRole('textbox', { name: en.name_field, exact: true });
      await field.fill('Ada');
      await field.press('Enter');
      assert.equal(await field.inputValue(), 'Ada');
      await release();
      await inCall(ada);
      const own = await ada.watch(ownTile(ada).locator('video'));
      assert.equal(own.person, 0);
    });
  });

  test('a press in the very moment of hydration is kept', async () => {
    await browsers.run(house.origin, async (visit) => {
      const ada = await visit({ name: 'Ada', person: 0 });
      const { link } = await makeMeeting(house.origin);
      await ada.page.addInitScript(submitWhenAdopted);
      await ada.page.goto(house.origin + link);
      await inCall(ada);
    });
  });

  test('an early press of New meeting is kept', async () => {
    await browsers.run(house.origin, async (visit) => {
      const ada = await visit({ name: 'Ada', person: 0 });
      const release = await holdScripts(ada);
      await ada.page.goto(house.origin, { waitUntil: 'commit' });
      await button(ada, en.create).click();
      await release();
      await ada.page.waitForURL(/\/m\/[a-z2-9]{26}#/);
    });
  });

  test('nothing moves when the framework arrives', async () => {
    await browsers.run(house.origin, async (visit) => {
      const ada = await visit({ name: 'Ada', person: 0 });
      const { link } = await makeMeeting(house.origin);
      for (const url of [house.origin, house.origin + link]) {
        const release = await holdScripts(ada);
        await ada.page.goto(url, { waitUntil: 'commit' });
        await ada.page.locator('main').waitFor();
        await release();
        await ada.page.waitForLoadState('networkidle');
        const shift = await ada.page.evaluate(
          () =>
            new Promise<number>((resolve) => {
              new PerformanceObserver((list) => {
                const shifts = list.getEntries() as (PerformanceEntry & { value: number })[];
                resolve(shifts.reduce((sum, { value }) => sum + value, 0));
              }).observe({ type: 'layout-shift', buffered: true });
              // No entry at all is no call of the observer.
              requestAnimationFrame(() =>
                requestAnimationFrame(() => {
                  resolve(0);
                }),
              );
            }),
        );
        assert.ok(shift < 0.01, `${url} shifted by ${String(shift)}`);
        await ada.page.unrouteAll();
      }
    });
  });
});

describe('what can be wrong is said', () => {
  test('a link without its secret, or with half of it', async () => {
    await browsers.run(house.origin, async (visit) => {
      const ada = await visit({ name: 'Ada', person: 0 });
      const { link } = await makeMeeting(house.origin);
      const [path = ''] = link.split('#');
      for (const broken of [path, link.slice(0, -30)]) {
        await ada.page.goto('about:blank');
        await ada.page.goto(house.origin + broken);
        await ada.page.getByText('This link is incomplete').waitFor();
        assert.equal(await button(ada, names.en.name_field).count(), 0);
        assert.equal(await ada.page.evaluate(() => window.readers.liveCameras()), 0);
      }
      // The whole link, pasted here, leads on.
      await ada.page.getByRole('textbox', { name: en.link_field }).fill(house.origin + link);
      await button(ada, en.join).click();
      await pressJoin(ada);
    });
  });

  test('a link to no meeting, or with another’s secret', async () => {
    await browsers.run(house.origin, async (visit) => {
      const ada = await visit({ name: 'Ada', person: 0 });
      ada.expectProblems(/status of 404/);
      const one = await makeMeeting(house.origin);
      const other = await makeMeeting(house.origin);
      const wrong = one.link.replace(one.secret, other.secret);
      for (const link of [wrong, one.link.replace(one.room, 'a'.repeat(26))]) {
        await ada.page.goto('about:blank');
        await ada.page.goto(house.origin + link);
        await ada.page.getByRole('heading', { name: 'There is no such meeting' }).waitFor();
      }
    });
  });

  test('a refused camera, and none at all: one can join all the same', async () => {
    await browsers.run(house.origin, async (visit) => {
      const blocked = await visit({ name: 'Ada', person: 0, granted: false });
      const { link } = await makeMeeting(house.origin);
      await blocked.deny(['camera', 'microphone']);
      await blocked.page.goto(house.origin + link);
      await blocked.page.getByRole('button', { name: 'Turn on camera and microphone' }).click();
      await blocked.page.getByText('Camera and microphone are blocked').waitFor();
      await pressJoin(blocked);

      const without = await visit({ name: 'Ben', person: undefined });
      await without.page.goto(house.origin + link);
      await without.page.getByText('Neither a camera nor a microphone was found').waitFor();
      await pressJoin(without);
      await blocked.tile('Ben').waitFor();
    });
  });

  test('no name', async () => {
    await browsers.run(house.origin, async (visit) => {
      const ada = await visit({ name: 'Ada', person: 0 });
      await createMeeting(ada, house.origin);
      await button(ada, en.join).click();
      await ada.page.getByText('Write your name first.').waitFor();
      const field = ada.page.getByRole('textbox', { name: en.name_field });
      await field.and(ada.page.locator(':focus')).waitFor();
    });
  });
});

describe('what is asked for', () => {
  test('camera and microphone only by a click, where they were not granted before', async () => {
    await browsers.run(house.origin, async (visit) => {
      const ada = await visit({ name: 'Ada', person: 0, granted: false });
      await createMeeting(ada, house.origin);
      await ada.page.waitForLoadState('networkidle');
      assert.equal(await ada.page.evaluate(() => window.readers.liveCameras()), 0);
      await ada.grant();
      await ada.page.getByRole('button', { name: 'Turn on camera and microphone' }).click();
      assert.equal((await ada.watch(ada.page.locator('video'))).person, 0);
    });
  });

  test('the name is remembered on this device', async () => {
    await browsers.run(house.origin, async (visit) => {
      const ada = await visit({ name: 'Ada Lovelace', person: 0 });
      await createMeeting(ada, house.origin);
      await pressJoin(ada);
      await button(ada, en.leave).click();
      await createMeeting(ada, house.origin);
      const field = ada.page.getByRole('textbox', { name: en.name_field });
      assert.equal(await field.inputValue(), 'Ada Lovelace');
    });
  });

  test('who is alone comes back by a reload, and by the link after leaving', async () => {
    await browsers.run(house.origin, async (visit) => {
      const ada = await visit({ name: 'Ada', person: 0 });
      const link = await createMeeting(ada, house.origin);
      await pressJoin(ada);
      await ada.page.reload();
      await inCall(ada);
      await button(ada, en.leave).click();
      await ada.page.getByRole('heading', { name: 'You left the meeting' }).waitFor();
      await ada.page.goto('about:blank');
      await ada.page.goto(link);
      await button(ada, en.join).click();
      await inCall(ada);
      const ben = await visit({ name: 'Ben', person: 1 });
      await joinMeeting(ben, link);
      await Promise.all([ada.see('Ben'), ben.see('Ada')]);
    });
  });

  test('the link is copied whole', async () => {
    await browsers.run(house.origin, async (visit) => {
      const ada = await visit({ name: 'Ada', person: 0 });
      await ada.grant(['clipboard-read', 'clipboard-write']);
      const link = await createMeeting(ada, house.origin);
      await button(ada, en.copy).click();
      await ada.page.getByRole('status').filter({ hasText: 'Copied' }).waitFor();
      assert.equal(await ada.page.evaluate(() => navigator.clipboard.readText()), link);
    });
  });
});

describe('French', () => {
  test('the whole way in French, by the browser’s language', async () => {
    await browsers.run(house.origin, async (visit) => {
      const ada = await visit({ name: 'Zoé', person: 0, lang: 'fr' });
      await createMeeting(ada, house.origin);
      assert.equal(await ada.page.locator('html').getAttribute('lang'), 'fr');
      await pressJoin(ada);
      const wanted = [fr.mute, fr.stop_video, fr.share, fr.people, fr.chat, fr.settings, fr.raise];
      for (const name of [...wanted, fr.encryption, fr.leave])
        await button(ada, name).first().waitFor();
    });
  });

  test('the language is switched by hand, and stays so', async () => {
    await browsers.run(house.origin, async (visit) => {
      const ada = await visit({ name: 'Ada', person: 0 });
      await ada.page.goto(house.origin);
      await button(ada, en.create).waitFor();
      const french = ada.page
        .getByRole('button', { name: 'Français' })
        .or(ada.page.getByRole('link', { name: 'Français' }));
      await french.click();
      await button(ada, fr.create).waitFor();
      await ada.page.reload();
      await button(ada, fr.create).waitFor();
    });
  });
});
