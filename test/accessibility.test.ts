/** Every screen without a violation, in both themes; the whole way by keyboard; on a phone. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Locator } from 'playwright-core';
import { button, createMeeting, inCall, meetTogether, pressJoin } from './journey.ts';
import { names } from './names.ts';
import { call_screens, drawn } from './screens/call-screens.ts';
import { page_screens } from './screens/page-screens.ts';
import { serveStage } from './screens/stage-server.ts';
import { openStand } from './stand.ts';
import { until } from './until.ts';
import type { Visitor } from './visitor.ts';

const axe_script = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
);
// As small as meetings get, so that one can be full.
const { browsers, house } = openStand({ CONCLAVE_PEOPLE_MAX: '2' });
const { en } = names;

declare global {
  interface Window {
    axe?: { run(options: RunOptions): Promise<AxeResults> };
  }
}

/** Every violation of WCAG and of good practice on the page as it is now. */
async function findViolations({ page }: Visitor, screen: string): Promise<unknown[]> {
  await page.evaluate(axe_script);
  const violations = await page.evaluate(async () => {
    // Colours on their way from one to another are nobody's choice.
    for (const animation of document.getAnimations()) animation.finish();
    const results = await window.axe?.run({ resultTypes: ['violations'], iframes: false });
    return results?.violations.map(({ id, help, nodes }) => ({
      id,
      help,
      where: nodes.map(
        ({ html, failureSummary }) => `${html.slice(0, 160)}\n    ${String(failureSummary)}`,
      ),
    }));
  });
  assert.ok(violations, 'axe has run');
  return violations.map((violation) => ({ screen, ...violation }));
}

describe('every screen', () => {
  test('outside the call, in both themes', async () => {
    const found: unknown[] = [];
    for (const { name, granted, has_devices, open } of page_screens)
      await browsers.run(house.origin, async (visit) => {
        const person = has_devices ? 0 : undefined;
        const visitor = await visit({ name: 'Ada', person, granted });
        visitor.expectProblems(/status of 4/);
        const other = (): Promise<Visitor> => visit({ name: 'Ben', person: 0 });
        await open({ origin: house.origin, visitor, other });
        for (const colorScheme of ['light', 'dark'] as const) {
          await visitor.page.emulateMedia({ colorScheme });
          found.push(...(await findViolations(visitor, `${name}, ${colorScheme}`)));
        }
      });
    assert.deepEqual(found, []);
  });

  test('of a staged call, on a phone and on a laptop', async () => {
    const stage = await serveStage();
    const { origin } = new URL(stage.address({ people: 1 }, 'en'));
    const look = async (size: 'laptop' | 'phone'): Promise<unknown[]> => {
      const found: unknown[] = [];
      await browsers.run(origin, async (visit) => {
        const visitor = await visit({ name: 'Ada', person: 0, size });
        const { page } = visitor;
        for (const { name, sample, act } of call_screens) {
          await page.goto('about:blank');
          await page.goto(stage.address(sample, 'en'));
          await drawn(page, en);
          await act?.(page, en);
          found.push(...(await findViolations(visitor, `${name} on a ${size}`)));
        }
      });
      return found;
    };
    try {
      // Beside each other: there are many screens, and each takes a second.
      const found = await Promise.all([look('laptop'), look('phone')]);
      assert.deepEqual(found.flat(), []);
    } finally {
      await stage.close();
    }
  });

  test('of a real call, in both languages', async () => {
    await browsers.run(house.origin, async (visit) => {
      const ada = await visit({ name: 'Ada', person: 0, scheme: 'dark' });
      const ben = await visit({ name: 'Ben', person: 1, size: 'phone', lang: 'fr' });
      await createMeeting(ada, house.origin);
      assert.deepEqual(await tryCall(ada, ben), []);
    });
  });
});

async function tryCall(ada: Visitor, ben: Visitor): Promise<unknown[]> {
  const found: unknown[] = [];
  await pressJoin(ada);
  found.push(...(await findViolations(ada, 'call alone')));
  await ben.page.goto(ada.page.url());
  await ben.page.getByRole('textbox').waitFor();
  found.push(...(await findViolations(ben, 'join in French')));
  await pressJoin(ben);
  await ada.see('Ben');
  found.push(...(await findViolations(ada, 'call of two')));
  for (const panel of ['people', 'chat', 'settings'] as const) {
    await openPanel(ada, en[panel]);
    found.push(...(await findViolations(ada, `call with ${panel}`)));
    await ada.page.keyboard.press('Escape');
  }
  await button(ada, en.encryption).click();
  found.push(...(await findViolations(ada, 'encryption')));
  await button(ben, names.fr.leave).click();
  await button(ben, names.fr.leave).waitFor({ state: 'detached' });
  await ben.page.getByRole('heading', { level: 1 }).waitFor();
  found.push(...(await findViolations(ben, 'left')));
  return found;
}

/** On a phone some controls are behind *More*. */
async function openPanel(visitor: Visitor, name: string): Promise<void> {
  const { page } = visitor;
  const direct = button(visitor, name);
  if (!(await direct.isVisible())) await button(visitor, 'More').click();
  await direct
    .or(page.getByRole('menuitem', { name, exact: true }))
    .first()
    .click();
}

function isFocused(target: Locator): Promise<boolean> {
  return target.evaluate((element) => element === document.activeElement);
}

/** Presses Tab until `target` has the focus, as a person without a mouse does. */
async function tabTo({ page }: Visitor, target: Locator): Promise<void> {
  await target.waitFor();
  for (let presses = 0; presses < 40; presses += 1) {
    if (await isFocused(target)) {
      const ring = await target.evaluate((element) => {
        const style = getComputedStyle(element);
        return style.outlineStyle !== 'none' || style.boxShadow !== 'none';
      });
      assert.ok(ring, `${String(target)} does not show that it has the focus`);
      return;
    }
    await page.keyboard.press('Tab');
  }
  assert.fail(`${String(target)} is not reached by Tab`);
}

describe('by keyboard alone', () => {
  test('make a meeting, join, mute, write, raise a hand, leave', async () => {
    await browsers.run(house.origin, async (visit) => {
      const ada = await visit({ name: 'Ada', person: 0 });
      const ben = await visit({ name: 'Ben', person: 1 });
      const { page } = ada;
      const { keyboard } = page;
      const press = async (name: string, key = 'Enter'): Promise<void> => {
        await tabTo(ada, button(ada, name));
        await keyboard.press(key);
      };
      await page.goto(house.origin);
      await press(en.create);
      await page.waitForURL(/#1\./);
      const field = page.getByRole('textbox', { name: en.name_field, exact: true });
      await tabTo(ada, field);
      await keyboard.type('Ada');
      await keyboard.press('Enter');
      await inCall(ada);
      await ben.page.goto(page.url());
      await pressJoin(ben);
      await press(en.mute, 'Space');
      await button(ada, en.unmute).waitFor();
      await ben.hearNothingOf(0);
      await press(en.chat);
      const message = page.getByRole('textbox', { name: en.message, exact: true });
      await tabTo(ada, message);
      await keyboard.type('By hand');
      await keyboard.press('Enter');
      await button(ben, en.chat).click();
      await ben.page.getByRole('log', { name: en.chat }).getByText('By hand').waitFor();
      await keyboard.press('Escape');
      // Back to where it was opened, and not to the top of the page.
      await until('the focus is back', 5000, () => isFocused(button(ada, en.chat)));
      await press(en.raise);
      await button(ada, en.lower).waitFor();
      await press(en.leave);
      const asked = page.getByRole('button', { name: 'Leave now' });
      const gone = page.getByRole('button', { name: 'Rejoin' });
      await asked.or(gone).first().waitFor();
      if (await asked.isVisible()) await keyboard.press('Enter');
      await gone.waitFor();
      await ben.tile('Ada').waitFor({ state: 'detached' });
    });
  });

  test('shortcuts of one letter, and none of them while typing', async () => {
    await browsers.run(house.origin, async (visit) => {
      const ada = await visit({ name: 'Ada', person: 0 });
      await meetTogether(house.origin, [ada]);
      const { page } = ada;
      await page.keyboard.press('m');
      await button(ada, en.unmute).waitFor();
      await page.keyboard.press('m');
      await button(ada, en.mute).waitFor();
      await page.keyboard.press('v');
      await button(ada, en.start_video).waitFor();
      await page.keyboard.press('h');
      await button(ada, en.lower).waitFor();
      await page.keyboard.press('c');
      const message = page.getByRole('textbox', { name: en.message, exact: true });
      await message.click();
      await message.pressSequentially('mvhcp');
      assert.equal(await message.inputValue(), 'mvhcp');
      await button(ada, en.mute).waitFor();
      await button(ada, en.start_video).waitFor();
    });
  });
});

describe('on a phone', () => {
  test('everything fits, and every control is large enough for a thumb', async () => {
    await browsers.run(house.origin, async (visit) => {
      const ada = await visit({ name: 'Ada', person: 0, size: 'phone', lang: 'fr' });
      const ben = await visit({ name: 'Ben', person: 1 });
      await ada.page.goto(house.origin);
      await assertFits(ada, 'home');
      await createMeeting(ada, house.origin);
      await assertFits(ada, 'join');
      await pressJoin(ada);
      await ben.page.goto(ada.page.url());
      await pressJoin(ben);
      await Promise.all([ada.see('Ben'), ben.see('Ada')]);
      await assertFits(ada, 'call');
      for (const name of [names.fr.mute, names.fr.stop_video, names.fr.leave]) {
        const box = await button(ada, name).boundingBox();
        assert.ok(box && box.y > 844 / 2, `${name} is in reach of the thumb`);
      }
      await ada.page.setViewportSize({ width: 320, height: 640 });
      await ada.page.goto(house.origin);
      await assertFits(ada, 'home at 320 px');
    });
  });
});

interface Fit {
  /** How many pixels stick out at the side. */
  readonly overflow: number;
  readonly small: readonly { label: string; width: number; height: number }[];
}

/** Measures inside the page what a thumb can hit: also what a control adds around itself. */
function measureFit(): Fit {
  const { scrollWidth, clientWidth } = document.documentElement;
  const reach = (element: Element, x: number, y: number, across: number, down: number): number => {
    let steps = 0;
    const isHit = (): boolean => {
      const hit = document.elementFromPoint(x + across * (steps + 1), y + down * (steps + 1));
      return hit !== null && (element.contains(hit) || hit.closest('label')?.control === element);
    };
    while (steps < 200 && isHit()) steps += 1;
    return steps;
  };
  const controls = [...document.querySelectorAll<HTMLElement>('button, select, input')];
  const shown = controls.filter((element) => {
    const { width } = element.getBoundingClientRect();
    return (
      width > 1 && element.checkVisibility({ visibilityProperty: true, opacityProperty: true })
    );
  });
  const small = shown.flatMap((element) => {
    const box = element.getBoundingClientRect();
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const width = Math.max(box.width, 1 + reach(element, x, y, -1, 0) + reach(element, x, y, 1, 0));
    const height = Math.max(
      box.height,
      1 + reach(element, x, y, 0, -1) + reach(element, x, y, 0, 1),
    );
    const label = element.getAttribute('aria-label') ?? element.textContent;
    return width < 43.5 || height < 43.5 ? [{ label, width, height }] : [];
  });
  return { overflow: scrollWidth - clientWidth, small };
}

/** Nothing is cut off at the side, and what is pressed is 44 × 44 px or more. */
async function assertFits({ page }: Visitor, screen: string): Promise<void> {
  const { overflow, small } = await page.evaluate(measureFit);
  assert.ok(overflow <= 0, `${screen} is ${String(overflow)} px too wide`);
  assert.deepEqual(small, [], `${screen}: too small for a thumb`);
}
