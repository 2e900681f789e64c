/** What one arranges for oneself: places of tiles, who sits beside one, devices by place. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { button, createMeeting, many_devices, meetTogether, pressJoin } from './journey.ts';
import { openPeople } from './manage.ts';
import { names } from './names.ts';
import { openStand } from './stand.ts';
import { until } from './until.ts';
import type { Visitor } from './visitor.ts';

const { browsers, house } = openStand();
const { en } = names;

interface Point {
  readonly x: number;
  readonly y: number;
}

/** The middle of the tile, once it has come to rest. */
async function middleOf(visitor: Visitor, name: string): Promise<Point> {
  const tile = visitor.tile(name);
  await tile.evaluate((element) =>
    Promise.all(element.getAnimations().map((animation) => animation.finished)),
  );
  const box = await tile.boundingBox();
  assert.ok(box, `the tile of ${name}`);
  return { x: Math.round(box.x + box.width / 2), y: Math.round(box.y + box.height / 2) };
}

function standsAt(visitor: Visitor, name: string, place: Point): Promise<boolean> {
  return until(`${name} stands there`, 5000, async () => {
    const { x, y } = await middleOf(visitor, name);
    return x === place.x && y === place.y;
  });
}

test('tiles are put in order by hand and by keyboard, for oneself alone', async () => {
  await browsers.run(house.origin, async (visit) => {
    const ada = await visit({ name: 'Ada', person: 0 });
    const ben = await visit({ name: 'Ben', person: undefined });
    const cy = await visit({ name: 'Cy', person: undefined });
    await meetTogether(house.origin, [ada, ben]);
    await cy.page.goto(ada.page.url());
    await pressJoin(cy);
    await Promise.all([ada.tile('Cy').waitFor(), ben.tile('Cy').waitFor()]);
    const places = new Map<string, Point>();
    for (const name of ['Ben', 'Cy']) places.set(name, await middleOf(ada, name));
    const [[one, first], [other, second]] = [...places].toSorted(
      ([, left], [, right]) => left.y - right.y || left.x - right.x,
    ) as [[string, Point], [string, Point]];
    const elsewhere = await middleOf(ben, 'Cy');
    const { mouse } = ada.page;
    await mouse.move(first.x, first.y);
    await mouse.down();
    await mouse.move(second.x + 20, second.y + 10, { steps: 8 });
    await ada.tile(other).and(ada.page.locator('[data-under]')).waitFor();
    // Put back.
    await ada.page.keyboard.press('Escape');
    await mouse.up();
    await standsAt(ada, one, first);
    await mouse.move(first.x, first.y);
    await mouse.down();
    await mouse.move(second.x, second.y, { steps: 8 });
    await mouse.up();
    await Promise.all([standsAt(ada, one, second), standsAt(ada, other, first)]);
    await standsAt(ben, 'Cy', elsewhere);

    await openPeople(ada);
    await button(ada, `Options for ${one}`).press('Enter');
    const place = ada.page.getByRole('group', { name: `Place of ${one}, for you` });
    await place.getByText('2 of 2').waitFor();
    await place.getByRole('button', { name: 'Show earlier' }).press('Enter');
    await place.getByText('1 of 2').waitFor();
    await button(ada, en.people).press('Enter');
    await Promise.all([standsAt(ada, one, first), standsAt(ada, other, second)]);
  });
});

test('who sits in the same room is silent for oneself alone', async () => {
  await browsers.run(house.origin, async (visit) => {
    const ada = await visit({ name: 'Ada', person: 0 });
    const ben = await visit({ name: 'Ben', person: 1 });
    const cy = await visit({ name: 'Cy', person: undefined });
    await meetTogether(house.origin, [ada, ben, cy]);
    await Promise.all([ada.hear(1), cy.hear(1)]);
    await openPeople(ada);
    await button(ada, 'Options for Ben').click();
    const same_room = ada.page.getByRole('checkbox', { name: 'In the same room as me' });
    await same_room.check();
    await ada.hearNothingOf(1);
    await cy.hear(1);
    await same_room.uncheck();
    await ada.hear(1);
  });
});

const chosen_camera = (): unknown => {
  const kept: unknown = JSON.parse(localStorage.getItem('devices') ?? '{}');
  return (kept as { camera_id?: unknown }).camera_id;
};

test('a device chosen in a call is remembered, at each place its own', async () => {
  await browsers.run(house.origin, async (visit) => {
    const ben = await visit({ name: 'Ben', person: undefined, flags: [many_devices] });
    const { page } = ben;
    await createMeeting(ben, house.origin);
    await pressJoin(ben);
    await button(ben, en.settings).click();
    const select = page.getByRole('combobox', { name: 'Camera' });
    const options = await select
      .locator('option')
      .evaluateAll((all) => all.map((each) => (each as HTMLOptionElement).value));
    const [, first = '', , third = ''] = options;
    await select.selectOption(third);
    await until('it is kept', 5000, async () => (await page.evaluate(chosen_camera)) === third);
    // Meanwhile another place, with a choice of its own.
    await page.evaluate((id) => {
      localStorage.setItem('devices', JSON.stringify({ camera_id: id }));
    }, first);
    await button(ben, en.leave).click();
    const link = page.url();
    await page.goto('about:blank');
    await page.goto(link);
    await until('the choice of this place is back', 10_000, async () => {
      return (await page.evaluate(chosen_camera)) === third;
    });
    await pressJoin(ben);
    await button(ben, en.settings).click();
    await until('it is in use', 5000, async () => (await select.inputValue()) === third);
  });
});
