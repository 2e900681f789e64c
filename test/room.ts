/** A person in a breakout room: what they do, see and hear in its page, which stands in a frame. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { inCall } from './journey.ts';
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
