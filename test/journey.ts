/** The way through, as people take it: a meeting made on the home page, and joined by its link. */
import type { Locator } from 'playwright-core';
import { names } from './names.ts';
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
