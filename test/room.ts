/** Breakout rooms: what a host does about them, and a person in one, whose page stands in a frame. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { button, inCall } from './journey.ts';
import { openPeople } from './manage.ts';
import { sensesOf } from './visitor.ts';
import type { Visitor } from './visitor.ts';

/** Once they are in the room of that name. What they do there goes through what is returned. */
export async function inRoom(visitor: Visitor, name: string): Promise<Visitor> {
  const element = visitor.page.locator(`iframe[title="${name}"]`);
  await element.waitFor();
  const frame = await (await element.elementHandle())?.contentFrame();
  assert.ok(frame, `no page in the frame of ${name}`);
  // What a page and a frame of one have in common is all that journeys use.
  const room: Visitor = { ...visitor, page: frame as unknown as Page, ...sensesOf(frame) };
  await inCall(room);
  return room;
}

/** The host opens that many rooms. */
export async function openRooms(host: Visitor, count: number, sharing: string): Promise<void> {
  const { page } = host;
  await openPeople(host);
  const number = page.getByRole('spinbutton', { name: 'Number of rooms' });
  if (!(await number.isVisible())) await page.getByText('Breakout rooms', { exact: true }).click();
  await number.fill(String(count));
  await page.getByRole('combobox', { name: 'Who goes where' }).selectOption({ label: sharing });
  await button(host, 'Open the rooms').click();
}

/** Puts somebody into a room. */
export async function place(host: Visitor, name: string, room: string): Promise<void> {
  await openPeople(host);
  await host.page.getByRole('combobox', { name: `Room of ${name}` }).selectOption({ label: room });
}

/** Goes into the room that is open for them. */
export async function goTo(visitor: Visitor, room: string): Promise<Visitor> {
  await button(visitor, `Go to ${room}`).click();
  return inRoom(visitor, room);
}

/** The host calls everybody back; `how_soon` is a choice of the list. */
export async function callBack(host: Visitor, how_soon: string): Promise<void> {
  await openPeople(host);
  await host.page.getByRole('combobox', { name: 'In', exact: true }).selectOption(how_soon);
  await button(host, 'Call everybody back').click();
}
