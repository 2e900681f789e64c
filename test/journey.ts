/** The way through, as people take it: a meeting made on the home page, and joined by its link. */
import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { names } from './names.ts';
import { until } from './until.ts';
import type { Visitor } from './visitor.ts';

/** The button of exactly that name. */
export function button(visitor: Visitor, name: string): Locator {
  return visitor.page.getByRole('button', { name, exact: true });
}

/** Presses *New meeting* on the home page of `origin`, and returns the meeting's whole link. */
export async function createMeeting(visitor: Visitor, origin: string): Promise<string> {
  const { page, lang } = visitor;
  await page.goto(origin);
  await button(visitor, names[lang].create).click();
  await page.waitForURL(/\/m\/[a-z2-9]{26}#1\.[\w-]{43}\.[\w-]{22}$/);
  return page.url();
}

/** Fills in the name and presses *Join* on the join page; resolves once in the call. */
export async function pressJoin(visitor: Visitor): Promise<void> {
  const { page, lang, name } = visitor;
  await page.getByRole('textbox', { name: names[lang].name_field, exact: true }).fill(name);
  await button(visitor, names[lang].join).click();
  await inCall(visitor);
}

/** Resolves once the visitor is in the call: *Leave* is there, and their own tile. */
export async function inCall(visitor: Visitor): Promise<void> {
  await button(visitor, names[visitor.lang].leave).waitFor();
  await ownTile(visitor).waitFor();
}

export function ownTile(visitor: Visitor): Locator {
  const name = `${visitor.name} ${names[visitor.lang].you}`;
  return visitor.tile(name);
}

/** Opens the link and joins. */
export async function joinMeeting(visitor: Visitor, link: string): Promise<void> {
  await visitor.page.goto(link);
  await pressJoin(visitor);
}

/** The first visitor makes a meeting and joins it, then the others join; returns the link. */
export async function meetTogether(
  origin: string,
  [host, ...guests]: readonly [Visitor, ...Visitor[]],
): Promise<string> {
  const link = await createMeeting(host, origin);
  await pressJoin(host);
  await Promise.all(guests.map((guest) => joinMeeting(guest, link)));
  return link;
}

/**
 * Chooses another camera and another microphone in the settings. Files play as one camera only; with
 * `many_devices` Chromium draws some of its own, of which the second one measures depth and sends no
 * picture.
 */
export async function chooseOthers(visitor: Visitor): Promise<void> {
  const { page } = visitor;
  await button(visitor, names.en.settings).click();
  for (const [label, kind] of [
    ['Camera', 'video'],
    ['Microphone', 'audio'],
  ] as const) {
    const select = page.getByRole('combobox', { name: label });
    const values = await select
      .locator('option')
      .evaluateAll((options) =>
        options.map((option) => (option instanceof HTMLOptionElement ? option.value : '')),
      );
    const [used] = await page.evaluate((of) => window.readers.liveDevices(of), kind);
    const other = values.findLast((value) => value !== '' && value !== used);
    assert.ok(other !== undefined, `no second ${label} in ${values.join()}`);
    await select.selectOption(other);
    await page.waitForFunction(([of, id]) => String(window.readers.liveDevices(of)) === id, [
      kind,
      other,
    ] as const);
  }
}

export const many_devices = '--use-fake-device-for-media-stream=device-count=3';

/** Some moving picture in the tile of `name`, whoever's; whoever comes back has another element. */
export async function seeMotion(visitor: Visitor, name: string): Promise<void> {
  const video = visitor.tile(name).locator('video');
  await until(`something moves in ${name}`, 30_000, () =>
    video.evaluate((element) => {
      if (!(element instanceof HTMLVideoElement)) throw new TypeError('not a video');
      return window.readers.seeMotion(element, 10, 5000);
    }),
  );
}

/** The room that a link of a meeting leads to. */
export function roomOf(link: string): string {
  return /\/m\/(\w+)/.exec(link)?.[1] ?? '';
}

/** Until the visitor is told that, politely, as everybody hears it. */
export function told(visitor: Visitor, text: string | RegExp): Promise<void> {
  return visitor.page.getByRole('status').getByText(text).first().waitFor();
}
