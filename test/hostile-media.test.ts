/**
 * A media server that lies, in calls as people have them: nothing is rendered that its person did
 * not seal, nothing leaves that was switched off, and the lock says that something is wrong.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  MuteTrackRequest,
  Room,
  RoomMovedResponse,
  SignalResponse,
  TrackSource,
} from '@livekit/protocol';
import { bare_flags } from '../bench/bare/flags.ts';
import { startChromium } from './browser.ts';
import { admit, openTap } from './guard/member.ts';
import type { MemberPage } from './guard/member.ts';
import { framesDecoded } from './guard/decoded.ts';
import { expectSealed } from './guard/sealed.ts';
import {
  button,
  chooseOthers,
  createMeeting,
  joinMeeting,
  many_devices,
  meetTogether,
  pressJoin,
  roomOf,
  seeMotion,
} from './journey.ts';
import { standBetween } from './media/hostile-signalling.ts';
import type { HostileSignalling } from './media/hostile-signalling.ts';
import { participantsOf } from './media/participants.ts';
import { names } from './names.ts';
import { openStand } from './stand.ts';
import { elapse } from './until.ts';
import type { Visitor } from './visitor.ts';

const { browsers, house } = openStand();
const { en } = names;

interface Scene {
  readonly ada: Visitor;
  readonly ben: Visitor;
  readonly link: string;
  readonly room: string;
  /** What Ada is told by the media server. */
  readonly server: HostileSignalling;
  readonly visit: Parameters<Parameters<typeof browsers.run>[1]>[0];
}

/** Ada's server lies from the first message on, or once it is told to. */
function withAda(play: (scene: Scene) => Promise<void>, lie?: HostileSignalling['lie']) {
  return browsers.run(house.origin, async (visit) => {
    const ada = await visit({ name: 'Ada', person: 0 });
    const ben = await visit({ name: 'Ben', person: 1 });
    const server = await standBetween(ada.page);
    // What stands between is a socket of the test's making, and not as calm as a browser's.
    ada.expectProblems(/WebSocket is already in CLOSING/);
    if (lie) server.lie = lie;
    const link = await createMeeting(ada, house.origin);
    await pressJoin(ada);
    await joinMeeting(ben, link);
    await play({ ada, ben, link, room: roomOf(link), server, visit });
  });
}

function lockSays({ page }: Visitor, text: string): Promise<void> {
  return page.getByRole('banner').or(page.locator('header')).getByText(text).first().waitFor();
}

/** Ada's connections are made anew, from nothing: she hears what the server says from then on. */
async function comeBack({ page }: Visitor, server: HostileSignalling): Promise<void> {
  await server.cut();
  for (const event of ['offline', 'online'])
    await page.evaluate((name) => window.dispatchEvent(new Event(name)), event);
}

async function enterRoom(tap: MemberPage, room: string): Promise<void> {
  const [url, token] = await admit(house, room, tap.identity);
  await tap.page.evaluate(([u, t]) => window.tapped.tap(u, t), [url, token] as const);
}

test('what a person switched off stays off, whatever the server asks', async () => {
  await withAda(async ({ ada, ben, server }) => {
    await Promise.all([ben.see('Ada'), ben.hear(0)]);
    await button(ada, en.mute).click();
    await button(ada, en.stop_video).click();
    await ben.hearNothingOf(0);
    await ben.tile('Ada').locator('video').waitFor({ state: 'hidden' });
    assert.equal(server.own_tracks.length, 2);
    for (const { sid } of server.own_tracks) {
      const value = new MuteTrackRequest({ sid, muted: false });
      server.say(new SignalResponse({ message: { case: 'mute', value } }));
    }
    await ben.hearNothingOf(0);
    assert.equal(await ada.page.evaluate(() => window.readers.liveCameras()), 0);
    await button(ada, en.unmute).waitFor();
    await button(ada, en.start_video).waitFor();
    // The switches are the person's own, and work as before.
    await button(ada, en.unmute).click();
    await button(ada, en.start_video).click();
    await Promise.all([ben.see('Ada'), ben.hear(0)]);
  });
});

test('a picture under another’s name is not shown, and the lock is red', async () => {
  const swapped = new Map<string, string>();
  let armed = false;
  let own = '';
  await withAda(
    async ({ ada, ben, link, server, visit }) => {
      const cy = await visit({ name: 'Cy', person: 2 });
      await joinMeeting(cy, link);
      await Promise.all([ada.see('Ben'), ada.see('Cy'), cy.see('Ben')]);
      const [one, two] = swapped.keys();
      assert.ok(one !== undefined && two !== undefined);
      swapped.set(one, two);
      swapped.set(two, one);
      armed = true;
      await comeBack(ada, server);
      await lockSays(ada, 'Foreign frames are held back');
      await Promise.all([ada.hearNothingOf(1), ada.hearNothingOf(2)]);
      assert.equal(await framesDecoded(ada.page), 0);
      await Promise.all([cy.see('Ben'), ben.see('Cy')]);
    },
    (message) => {
      const { message: told } = message;
      if (told.case === 'join') own = told.value.participant?.identity ?? '';
      for (const person of participantsOf(message)) {
        if (person.identity === own) continue;
        if (!armed) swapped.set(person.identity, person.identity);
        else person.identity = swapped.get(person.identity) ?? person.identity;
      }
      return message;
    },
  );
});

test('a camera said to be a screen is not shown, and the lock is red', async () => {
  await withAda(
    async ({ ada, ben }) => {
      await ben.see('Ada');
      await lockSays(ada, 'Foreign frames are held back');
      await ada.hearNothingOf(1);
      assert.equal(await framesDecoded(ada.page), 0);
    },
    (message) => {
      for (const { tracks } of participantsOf(message)) {
        for (const track of tracks) {
          const is_sound = track.source === TrackSource.MICROPHONE;
          track.source = is_sound ? TrackSource.SCREEN_SHARE_AUDIO : TrackSource.SCREEN_SHARE;
        }
      }
      return message;
    },
  );
});

test('who connects without keys decodes nothing, is not shown, and the lock tells of them', async () => {
  const browser = await startChromium({ person: 3, flags: bare_flags });
  try {
    await withAda(async ({ ada, ben, room }) => {
      await Promise.all([ada.see('Ben'), ben.see('Ada')]);
      const tap = await openTap(browser, house.origin);
      await enterRoom(tap, room);
      await tap.page.evaluate(() => window.tapped.publishClear());
      await lockSays(ada, 'Somebody without keys is connected');
      await expectSealed(tap);
      assert.equal(await ada.page.getByRole('group').count(), 2);
      await ada.hearNothingOf(3);
      await tap.context.close();
      await lockSays(ada, 'End-to-end encrypted');
    });
  } finally {
    await browser.close();
  }
});

test('a keyless listener has noise over all that a person does in a call', async () => {
  const browser = await startChromium({ person: 3, flags: bare_flags });
  const title = 'Shared';
  const flags = [many_devices, `--auto-select-tab-capture-source-by-title=${title}`];
  try {
    await browsers.run(house.origin, async (visit) => {
      const ada = await visit({ name: 'Ada', person: undefined, flags });
      const ben = await visit({ name: 'Ben', person: 1 });
      const server = await standBetween(ada.page);
      ada.expectProblems(/WebSocket is already in CLOSING/);
      const link = await meetTogether(house.origin, [ada, ben]);
      const tap = await openTap(browser, house.origin);
      await enterRoom(tap, roomOf(link));
      await expectSealed(tap);
      for (const quality of ['low', 'high'] as const) {
        await tap.page.evaluate((wanted) => window.tapped.ask(wanted), quality);
        await expectSealed(tap);
      }
      await openMovingPage(ada, title);
      await button(ada, en.share).click();
      const screen = 'Screen shared by Ada';
      await seeMotion(ben, screen);
      await expectSealed(tap);
      await chooseOthers(ada);
      await expectSealed(tap);
      await comeBack(ada, server);
      await seeMotion(ben, screen);
      await expectSealed(tap);
      for (const name of [en.mute, en.stop_video, en.unmute, en.start_video]) {
        await button(ada, name).click();
      }
      await seeMotion(ben, screen);
      await expectSealed(tap);
      await tap.context.close();
    });
  } finally {
    await browser.close();
  }
});

/** A tab in which something moves, and back to the call. */
async function openMovingPage({ context, page }: Visitor, title: string): Promise<void> {
  const moving = await context.newPage();
  await moving.setContent(`<!doctype html><title>${title}</title>
    <style>@keyframes turn { to { rotate: 1turn } } div { width: 50vh; height: 50vh; margin: 20vh;
    background: linear-gradient(red, blue); animation: turn 1s linear infinite }</style><div></div>`);
  await page.bringToFront();
}

test('frames in clear under the name of somebody here are not shown, and the lock is red', async () => {
  const browser = await startChromium({ person: 3, flags: bare_flags });
  let own = '';
  let taken = '';
  let intruder = '';
  let armed = false;
  try {
    await withAda(
      async ({ ada, ben, room, server }) => {
        await Promise.all([ada.see('Ben'), ben.see('Ada')]);
        const tap = await openTap(browser, house.origin);
        intruder = tap.identity;
        await enterRoom(tap, room);
        await tap.page.evaluate(() => window.tapped.publishClear());
        armed = true;
        await comeBack(ada, server);
        await lockSays(ada, 'Foreign frames are held back');
        await Promise.all([ada.hearNothingOf(3), ada.hearNothingOf(1)]);
        assert.equal(await framesDecoded(ada.page), 0);
        await tap.context.close();
      },
      (message) => {
        const { message: told } = message;
        if (told.case === 'join') own = told.value.participant?.identity ?? '';
        // The one whose name is taken is not told of any more.
        for (const person of participantsOf(message)) {
          if (person.identity === own) continue;
          if (person.identity === intruder) person.identity = armed ? taken : intruder;
          else if (armed) person.identity = 'nobody';
          else taken = person.identity;
        }
        return message;
      },
    );
  } finally {
    await browser.close();
  }
});

test('a server that moves somebody, or gives them another name, has them for a moment only', async () => {
  let renamed = false;
  await withAda(
    async ({ ada, ben, server }) => {
      await Promise.all([ada.see('Ben'), ben.see('Ada')]);
      const value = new RoomMovedResponse({ room: new Room({ name: 'elsewhere', sid: 'RM_x' }) });
      server.say(new SignalResponse({ message: { case: 'roomMoved', value } }));
      await Promise.all([ada.see('Ben'), ben.see('Ada')]);
      renamed = true;
      await comeBack(ada, server);
      await ada.page.getByText('Reconnecting…').waitFor();
      await ben.tile('Ada').locator('video').waitFor({ state: 'hidden' });
      await ben.hearNothingOf(0);
      renamed = false;
      await Promise.all([ada.see('Ben'), ben.see('Ada')]);
    },
    (message) => {
      const { message: told } = message;
      if (renamed && told.case === 'join' && told.value.participant) {
        told.value.participant.identity = 'somebody else';
      }
      return message;
    },
  );
});

test('a removed guest whom the server keeps connected decodes nothing a second later', async () => {
  const { media } = house.house;
  const close = media.closeSeat.bind(media);
  Object.assign(media, { closeSeat: () => Promise.resolve() });
  try {
    await withAda(async ({ ada, ben }) => {
      await Promise.all([ada.see('Ben'), ben.see('Ada')]);
      await button(ada, en.people).click();
      await button(ada, 'Options for Ben').click();
      await button(ada, 'Remove Ben').click();
      const asked = ada.page.getByRole('dialog');
      await asked.getByRole('button', { name: 'Remove', exact: true }).click();
      // Once Ada has the new epoch: others send under it half a second later at most.
      await ada.tile('Ben').waitFor({ state: 'detached' });
      await elapse(1000);
      const decoded = await framesDecoded(ben.page);
      await elapse(700);
      assert.equal(await framesDecoded(ben.page), decoded);
      await ben.page.getByRole('heading', { name: 'You were removed' }).waitFor();
    });
  } finally {
    Object.assign(media, { closeSeat: close });
  }
});
