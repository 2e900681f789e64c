/** Breakout rooms, as hosts and guests use them: real browsers, engine and database. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { button, joinMeeting, meetTogether, told } from './journey.ts';
import { openPeople } from './manage.ts';
import { openSharedPage } from './media/shared-page.ts';
import { names } from './names.ts';
import { callBack, goTo, inRoom, openRooms, place } from './room.ts';
import { openStand } from './stand.ts';
import { reopen } from './visitor.ts';
import type { Visitor } from './visitor.ts';

const { browsers, house } = openStand();
const { en } = names;
const title = 'Figures of the spring';

/** The row of a room in the host's list, once it says that. */
async function listed(host: Visitor, room: string, text: RegExp): Promise<void> {
  const rows = host.page.getByRole('list', { name: 'Breakout rooms' }).getByRole('listitem');
  await rows.filter({ hasText: room }).filter({ hasText: text }).waitFor();
}

async function isBack(visitor: Visitor): Promise<void> {
  await visitor.page.locator('iframe').waitFor({ state: 'detached' });
  await button(visitor, en.leave).waitFor();
}

test('who is in a room is seen and heard there alone; each way back keeps its promise', async () => {
  await browsers.run(house.origin, async (visit) => {
    const ada = await visit({ name: 'Ada', person: 0 });
    const ben = await visit({ name: 'Ben', person: 1 });
    const cy = await visit({ name: 'Cy', person: 2 });
    await meetTogether(house.origin, [ada, ben, cy]);
    await Promise.all([ada.see('Ben'), ada.see('Cy'), ben.see('Ada'), cy.hear(1)]);
    await openRooms(ada, 2, 'I say who');
    await place(ada, 'Ben', 'Room 1');
    await place(ada, 'Cy', 'Room 1');
    const ben_inside = await goTo(ben, 'Room 1');
    const cy_inside = await goTo(cy, 'Room 1');
    await Promise.all([ben_inside.see('Cy'), cy_inside.see('Ben'), cy_inside.hear(1)]);
    await listed(ada, 'Room 1', /Ben.*Cy|Cy.*Ben/);
    await ada.hearNothingOf(1);
    assert.equal(await ada.tile('Ben').locator('video').count(), 0);
    // What is said in the meeting is not heard in the room either, but what hosts write to all.
    await ben.hearNothingOf(0);
    await ada.page.getByRole('textbox', { name: 'Message to all rooms' }).fill('Five minutes left');
    await button(ada, 'Send to all rooms').click();
    await Promise.all([told(ben, 'Five minutes left'), told(cy, 'Five minutes left')]);
    // By one's own press one is back as one was in the room.
    await button(ben, 'Back to the meeting').click();
    await isBack(ben);
    await Promise.all([ada.hear(1), ada.see('Ben'), ben.see('Ada')]);
    await cy_inside.tile('Ben').waitFor({ state: 'detached' });
    // Brought back by somebody else one is silent, and dark.
    const said = told(cy, 'You are back in the meeting, with microphone and camera off.');
    await callBack(ada, 'at once');
    await Promise.all([said, isBack(cy)]);
    await Promise.all([button(cy, en.unmute).waitFor(), button(cy, en.start_video).waitFor()]);
    await ada.hearNothingOf(2);
    await ada.page.getByText('Breakout rooms', { exact: true }).click();
    await button(ada, 'Open the rooms').waitFor();
    await ada.tile('Cy').waitFor();
    await button(cy, en.unmute).click();
    await ada.hear(2);
  });
});

test('everybody chooses a room; a screen that is shared with all is seen in it', async () => {
  await browsers.run(house.origin, async (visit) => {
    const flags = [`--auto-select-tab-capture-source-by-title=${title}`];
    const ada = await visit({ name: 'Ada', person: 0, flags });
    const ben = await visit({ name: 'Ben', person: 1 });
    await meetTogether(house.origin, [ada, ben]);
    await Promise.all([ada.see('Ben'), ben.see('Ada')]);
    await openRooms(ada, 2, 'Everybody chooses');
    await button(ben, 'Go to Room 1').waitFor();
    const inside = await goTo(ben, 'Room 2');
    await listed(ada, 'Room 2', /Ben/);
    // A host visits, is seen there, and leaves as one leaves a meeting.
    await ada.page.getByRole('button', { name: 'Go to Room 2', exact: true }).click();
    const visiting = await inRoom(ada, 'Room 2');
    await Promise.all([inside.see('Ada'), visiting.see('Ben')]);
    await button(visiting, en.leave).click();
    await isBack(ada);
    await button(ada, en.mute).waitFor();
    await openSharedPage(ada, title, 9);
    await ada.page.bringToFront();
    await button(ada, en.share).click();
    const share = ben.page.getByRole('group', { name: 'Screen shared by Ada' }).locator('video');
    assert.equal((await ben.watch(share)).person, 9);
    await ben.hearNothingOf(0);
    await button(ada, en.stop_share).click();
    await share.waitFor({ state: 'detached' });
  });
});

test('six in three rooms: a reload, a crash and somebody late lose nobody', async () => {
  await browsers.run(house.origin, async (visit) => {
    // Without devices: many pictures would say nothing more here.
    const enter = (name: string): Promise<Visitor> =>
      visit({ name, person: undefined, size: name === 'Ada' ? 'laptop' : 'phone' });
    const ada = await enter('Ada');
    const guests = await Promise.all(['Ben', 'Cy', 'Dee', 'Eve', 'Fay'].map(enter));
    const link = await meetTogether(house.origin, [ada, ...guests]);
    await Promise.all(guests.map(({ name }) => ada.tile(name).waitFor()));
    await openRooms(ada, 3, 'Shared out by chance');
    const rooms = new Map<string, Visitor[]>();
    for (const guest of guests) {
      const text = await guest.page.getByRole('button', { name: /^Go to Room/ }).textContent();
      const room = text?.replace('Go to ', '') ?? '';
      rooms.set(room, [...(rooms.get(room) ?? []), guest]);
    }
    const shared = [...rooms].toSorted(([, one], [, other]) => other.length - one.length);
    assert.deepEqual(
      shared.map(([, { length }]) => length),
      [2, 2, 1],
    );
    const [[pair, [first, second]], [other, [third]]] = shared as [
      [string, [Visitor, Visitor]],
      [string, [Visitor, Visitor]],
    ];
    await Promise.all(shared.map(([room, all]) => Promise.all(all.map((who) => goTo(who, room)))));
    const meet = async (one: Visitor, two: Visitor, room: string): Promise<void> => {
      const [here, there] = [await inRoom(one, room), await inRoom(two, room)];
      await Promise.all([here.tile(two.name).waitFor(), there.tile(one.name).waitFor()]);
    };
    await meet(first, second, pair);
    // A reload is back in the room.
    await first.page.reload();
    await meet(first, second, pair);
    await listed(ada, pair, new RegExp(first.name));
    // The host's browser crashes: rooms go on, and it finds them again.
    await ada.page.close();
    const back = await reopen(ada);
    await joinMeeting(back, link);
    await openPeople(back);
    await listed(
      back,
      pair,
      new RegExp(`${first.name}.*${second.name}|${second.name}.*${first.name}`),
    );
    await meet(first, second, pair);
    // Who crashed comes back as somebody new, and is put into the room again, as who comes late.
    await third.page.close();
    const again = await reopen(third);
    await joinMeeting(again, link);
    const gus = await enter('Gus');
    await joinMeeting(gus, link);
    for (const late of [again, gus]) {
      await place(back, late.name, other);
      await goTo(late, other);
    }
    await meet(again, gus, other);
    await callBack(back, '30 seconds');
    await told(gus, /Back in the meeting in 0:/);
    await callBack(back, 'at once');
    const all = [gus, again, ...guests.filter((guest) => guest !== third)];
    await Promise.all(all.map(isBack));
    await Promise.all(all.map(({ name }) => back.tile(name).waitFor()));
  });
});
