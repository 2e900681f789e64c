/** A slow line: smaller pictures, or none, and the voices go on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { button, inCall, meetTogether } from './journey.ts';
import { drawnScript } from './media/readers.ts';
import { names } from './names.ts';
import { openStand } from './stand.ts';
import type { Visitor } from './visitor.ts';

const { browsers, house } = openStand();
const { en } = names;

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
    // The engine probes the line before it sends more over it.
    { timeout: 40_000 },
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
  });
});

async function setVolume(visitor: Visitor, name: string, percent: number): Promise<void> {
  const { page } = visitor;
  const slider = page.getByRole('slider', { name: `Volume of ${name}, for you` });
  const list = page.getByRole('list', { name: en.people });
  if (!(await list.isVisible())) await button(visitor, en.people).click();
  if (!(await slider.isVisible())) await button(visitor, `Options for ${name}`).click();
  await slider.fill(String(percent));
}

/** What the elements that play the others are set to. */
function volumes(visitor: Visitor): Promise<number[]> {
  return visitor.page.evaluate(() =>
    [...document.querySelectorAll('audio')].map(({ volume, muted }) => (muted ? 0 : volume)),
  );
}

/** Counts in `data-added` how often an element that plays somebody is put into the page. */
function countAdded(): void {
  const { dataset } = document.documentElement;
  new MutationObserver((changes) => {
    const added = changes.flatMap(({ addedNodes }) => [...addedNodes]);
    const played = added.filter((node) => node instanceof HTMLAudioElement);
    dataset['added'] = String(Number(dataset['added'] ?? 0) + played.length);
  }).observe(document.body, { childList: true, subtree: true });
}

test('each can make another quieter for oneself, and it stays so over a new connection', async () => {
  await browsers.run(house.origin, async (visit) => {
    const ada = await visit({ name: 'Ada', person: 0 });
    const ben = await visit({ name: 'Ben', person: 1 });
    await meetTogether(house.origin, [ada, ben]);
    await Promise.all([ada.hear(1), ben.hear(0)]);
    await setVolume(ben, 'Ada', 25);
    assert.deepEqual(await volumes(ben), [0.25]);
    assert.deepEqual(await volumes(ada), [1]);
    // Another track of the same person.
    await ben.page.evaluate(countAdded);
    await ada.page.reload();
    await ben.page.waitForFunction(() => Number(document.documentElement.dataset['added']) > 0);
    await ben.hear(0);
    assert.deepEqual(new Set(await volumes(ben)), new Set([0.25]));
    await setVolume(ben, 'Ada', 100);
    assert.deepEqual(new Set(await volumes(ben)), new Set([1]));
  });
});

test('where elements have no volume of their own, the sound goes through a gain', async () => {
  await browsers.run(house.origin, async (visit) => {
    const ada = await visit({ name: 'Ada', person: 0 });
    const ben = await visit({ name: 'Ben', person: 1 });
    // As on an iPhone.
    await ben.page.addInitScript(() => {
      Object.defineProperty(HTMLMediaElement.prototype, 'volume', {
        get: () => 1,
        set: (_volume: number) => {},
      });
      const gains: GainNode[] = [];
      Object.defineProperty(AudioContext.prototype, 'createGain', {
        value(this: AudioContext) {
          const gain = new GainNode(this);
          gains.push(gain);
          return gain;
        },
      });
      Object.assign(window, { gains });
    });
    await meetTogether(house.origin, [ada, ben]);
    await ben.hear(0);
    const gains = (): Promise<number[]> =>
      ben.page.evaluate(() =>
        (window as unknown as { gains: GainNode[] }).gains.map(({ gain }) => gain.value),
      );
    assert.deepEqual([await volumes(ben), await gains()], [[1], []]);
    await setVolume(ben, 'Ada', 40);
    assert.deepEqual(await volumes(ben), [0]);
    assert.ok(Math.abs(((await gains())[0] ?? 0) - 0.4) < 0.001);
    await setVolume(ben, 'Ada', 100);
    assert.deepEqual(await gains(), [1]);
  });
});
