/**
 * What hosts do while a call runs, as people see and hear it: by those who obey, by a client that
 * does not, and where the server does not do its part.
 */
import assert from 'node:assert/strict';
import { afterEach, mock, test } from 'node:test';
import { parseFragment } from '#src/protocol/link/link.ts';
import { Browser, closeBrowsers } from './group/browser.ts';
import { button, joinMeeting, meetTogether, roomOf, told } from './journey.ts';
import { openSharedPage } from './media/shared-page.ts';
import { manage, openPeople } from './manage.ts';
import { names } from './names.ts';
import { openStand } from './stand.ts';
import type { Visitor } from './visitor.ts';

const { browsers, house } = openStand();
const { en } = names;
const title = 'Minutes of the meeting';

afterEach(() => closeBrowsers());

type Visit = Parameters<Parameters<typeof browsers.run>[1]>[0];

/** Ada is the host, Ben a guest, with a client of his own where `change` makes one. */
function withHost(
  play: (ada: Visitor, ben: Visitor, link: string, visit: Visit) => Promise<void>,
  change: (ben: Visitor) => Promise<void> = async () => undefined,
): Promise<void> {
  return browsers.run(house.origin, async (visit) => {
    const ada = await visit({ name: 'Ada', person: 0 });
    const ben = await visit({ name: 'Ben', person: 1 });
    await change(ben);
    const link = await meetTogether(house.origin, [ada, ben]);
    await Promise.all([ada.see('Ben'), ben.see('Ada')]);
    await play(ada, ben, link, visit);
  });
}

/** Lets guests do that, or not. */
async function allow(host: Visitor, right: string, may: boolean): Promise<void> {
  await openPeople(host);
  const box = host.page.getByRole('checkbox', { name: right, exact: true });
  if (!(await box.isVisible())) await host.page.getByText('Guests may', { exact: true }).click();
  await box.setChecked(may);
}

async function hidden(visitor: Visitor, name: string): Promise<void> {
  await visitor.tile(name).locator('video').waitFor({ state: 'hidden' });
}

test('a host mutes somebody, who sees it and can speak again by their own hand', async () => {
  await withHost(async (ada, ben) => {
    await ada.hear(1);
    const said = told(ben, 'A host muted your microphone.');
    await manage(ada, 'Ben', 'Mute Ben');
    await Promise.all([said, button(ben, en.unmute).waitFor(), ada.hearNothingOf(1)]);
    await button(ben, en.unmute).click();
    await ada.hear(1);
    await button(ada, 'Mute all').click();
    await Promise.all([button(ben, en.unmute).waitFor(), ada.hearNothingOf(1)]);
    await button(ada, en.mute).waitFor();
  });
});

test('a host stops a picture: the camera is off, and nobody but its owner turns it on', async () => {
  await withHost(async (ada, ben) => {
    await manage(ada, 'Ben', 'Stop video of Ben');
    await Promise.all([told(ben, 'A host stopped your video.'), hidden(ada, 'Ben')]);
    await ben.page.waitForFunction(() => window.readers.liveCameras() === 0);
    await button(ben, en.start_video).click();
    await ada.see('Ben');
    await ada.hear(1);
  });
});

test('a host stops a shared screen, and the next one is seen again', async () => {
  await browsers.run(house.origin, async (visit) => {
    const flags = [`--auto-select-tab-capture-source-by-title=${title}`];
    const ada = await visit({ name: 'Ada', person: 0 });
    const ben = await visit({ name: 'Ben', person: 1, flags });
    await meetTogether(house.origin, [ada, ben]);
    await Promise.all([ada.see('Ben'), ben.see('Ada')]);
    await openSharedPage(ben, title, 9);
    await ben.page.bringToFront();
    const share = ada.page.getByRole('group', { name: 'Screen shared by Ben' });
    for (let round = 0; round < 2; round++) {
      await button(ben, en.share).click();
      assert.equal((await ada.watch(share.locator('video'))).person, 9);
      await manage(ada, 'Ben', 'Stop screen share of Ben');
      await told(ben, 'A host stopped your screen share.');
      await Promise.all([share.waitFor({ state: 'detached' }), button(ben, en.share).waitFor()]);
    }
  });
});

test('what guests may not do is off for them, and for who comes later', async () => {
  await withHost(async (ada, ben, link, visit) => {
    for (const right of ['Speak', 'Show their video', 'Share their screen', 'Write in the chat'])
      await allow(ada, right, false);
    await Promise.all([button(ben, en.unmute).waitFor(), button(ben, en.start_video).waitFor()]);
    await Promise.all([ada.hearNothingOf(1), hidden(ada, 'Ben')]);
    await button(ben, en.unmute).click();
    await told(ben, 'The hosts do not let guests speak at the moment. You can raise your hand.');
    await button(ben, en.chat).click();
    const closed = ben.page.getByText('The hosts do not let guests write at the moment.');
    await closed.waitFor();
    const cy = await visit({ name: 'Cy', person: 2 });
    await joinMeeting(cy, link);
    await cy.see('Ada');
    await Promise.all([button(cy, en.unmute).waitFor(), button(cy, en.start_video).waitFor()]);
    // Without the right to send anything the keys are confirmed all the same.
    await cy.page.getByText('End-to-end encrypted', { exact: true }).waitFor();
    // What is allowed again begins with a press of one's own.
    const said = [/^You may speak again/, /^You may show your video/].map((text) =>
      told(ben, text),
    );
    await allow(ada, 'Speak', true);
    await allow(ada, 'Show their video', true);
    await allow(ada, 'Write in the chat', true);
    await Promise.all([...said, closed.waitFor({ state: 'detached' })]);
    await button(ben, en.unmute).click();
    await button(ben, en.start_video).click();
    await Promise.all([ada.hear(1), ada.see('Ben'), cy.see('Ben')]);
  });
});

/** A client that goes on as if guests might do everything, and does not hear hosts' orders. */
async function ignoreRules({ page }: Visitor): Promise<void> {
  await page.addInitScript(() => {
    const all = ['mic', 'cam', 'share', 'chat', 'react'];
    interface Told {
      readonly t?: string;
      readonly view?: { guests: readonly string[] };
      readonly saying?: { readonly kind: string };
    }
    type Listen = EventTarget['addEventListener'];
    const hear = function hear(this: Worker, ...[type, listener, options]: Parameters<Listen>) {
      const heard = (event: Event): void => {
        const { data } = event as MessageEvent<Told>;
        if (data.t === 'view' && data.view) data.view.guests = all;
        if (data.t === 'said' && data.saying?.kind === 'quiet') return;
        if (typeof listener === 'function') listener.call(this, event);
      };
      const taken = type === 'message' ? heard : listener;
      EventTarget.prototype.addEventListener.call(this, type, taken, options);
    };
    Object.defineProperty(Worker.prototype, 'addEventListener', { value: hear });
  });
}

test('a client that ignores the rules is neither heard nor read, and the host is told of it', async () => {
  await withHost(async (ada, ben) => {
    ben.expectProblems(/./);
    await allow(ada, 'Speak', false);
    await allow(ada, 'Show their video', false);
    await allow(ada, 'Write in the chat', false);
    await Promise.all([ada.hearNothingOf(1), hidden(ada, 'Ben')]);
    for (const name of [en.unmute, en.start_video]) await button(ben, name).click();
    await button(ben, en.chat).click();
    await ben.page.getByRole('textbox', { name: en.message, exact: true }).fill('All the same');
    await button(ben, en.send).click();
    await told(ada, 'Ben tried what only hosts may, or what guests may not. It had no effect.');
    await ada.page.getByText('ignores the rules here, to no effect').waitFor();
    await ada.hearNothingOf(1);
    await hidden(ada, 'Ben');
    await button(ada, en.chat).click();
    assert.equal(await ada.page.getByText('All the same').count(), 0);
  }, ignoreRules);
});

test('where neither the client nor the server does its part, nobody renders what is forbidden', async () => {
  const { media } = house.house;
  const deaf = [mock.method(media, 'permit'), mock.method(media, 'quiet')];
  for (const { mock: each } of deaf) each.mockImplementation(async () => undefined);
  try {
    await withHost(async (ada, ben, link, visit) => {
      const cy = await visit({ name: 'Cy', person: 2 });
      await joinMeeting(cy, link);
      await Promise.all([cy.see('Ben'), cy.hear(1)]);
      await manage(ada, 'Ben', 'Mute Ben');
      await Promise.all([ada.hearNothingOf(1), cy.hearNothingOf(1)]);
      await button(ben, en.mute).waitFor();
      await allow(ada, 'Show their video', false);
      await Promise.all([hidden(ada, 'Ben'), hidden(cy, 'Ben')]);
      await button(ben, en.stop_video).waitFor();
      await allow(ada, 'Show their video', true);
      await Promise.all([ada.see('Ben'), cy.see('Ben')]);
    }, ignoreRules);
  } finally {
    for (const { mock: each } of deaf) each.restore();
  }
});

test('in a crowd one arrives muted, and comes back from a reload as one was', async () => {
  await browsers.run(house.origin, async (visit) => {
    const ada = await visit({ name: 'Ada', person: 0 });
    const meeting = await meetTogether(house.origin, [ada]);
    const { link } = parseFragment(roomOf(meeting), new URL(meeting).hash);
    assert.ok(link);
    const { origin } = house;
    const crowd = await Promise.all(
      Array.from({ length: 49 }, (_, at) =>
        Browser.open({ origin, meeting: link, name: `Guest ${at}` }),
      ),
    );
    await Promise.all(crowd.map((each) => each.untilIn()));
    const ben = await visit({ name: 'Ben', person: 1 });
    await joinMeeting(ben, meeting);
    await told(ben, 'Many people are here: your microphone is off. Press Unmute to speak.');
    await Promise.all([button(ben, en.unmute).waitFor(), ada.hearNothingOf(1)]);
    await button(ben, en.unmute).click();
    await ada.hear(1);
    await ben.page.reload();
    await button(ben, en.mute).waitFor();
    await ada.hear(1);
  });
});

test('panic stops everything at once, and what may go on is let again one by one', async () => {
  await withHost(async (ada, ben, link, visit) => {
    await openPeople(ada);
    await button(ada, 'Panic').click();
    await Promise.all([ada.hearNothingOf(1), hidden(ada, 'Ben')]);
    await ben.page.waitForFunction(() => window.readers.liveCameras() === 0);
    const gate = ada.page.getByRole('combobox', { name: 'Who may come in' });
    await ada.page.waitForFunction(
      (select) => (select as HTMLSelectElement | null)?.value === 'locked',
      await gate.elementHandle(),
    );
    const cy = await visit({ name: 'Cy', person: 2 });
    cy.expectProblems(/status of 4/);
    await cy.page.goto(link);
    await cy.page.getByRole('textbox', { name: en.name_field, exact: true }).fill('Cy');
    await button(cy, en.join).click();
    await cy.page.getByRole('heading', { name: 'You were not let in' }).waitFor();
    // The host goes on as before.
    await Promise.all([ben.see('Ada'), ben.hear(0)]);
    const said = told(ben, 'You may speak again: press Unmute.');
    await allow(ada, 'Speak', true);
    await said;
    await button(ben, en.unmute).click();
    await ada.hear(1);
  });
});

test('a host puts somebody before everybody, and lowers hands', async () => {
  await withHost(async (ada, ben, link, visit) => {
    const cy = await visit({ name: 'Cy', person: 2 });
    await joinMeeting(cy, link);
    await Promise.all([cy.see('Ben'), ada.see('Cy')]);
    const large = (visitor: Visitor, name: string): Promise<unknown> =>
      visitor.page.waitForFunction((who) => {
        const tiles = [...document.querySelectorAll<HTMLElement>('[role=group]')];
        const width = (tile: HTMLElement | undefined): number => tile?.offsetWidth ?? 0;
        const called = (tile: HTMLElement): boolean =>
          tile.getAttribute('aria-label')?.startsWith(who) === true;
        const others = tiles.filter((tile) => !called(tile));
        return others.every((other) => width(tiles.find(called)) > 2 * width(other));
      }, name);
    await manage(ada, 'Ben', 'Spotlight Ben');
    await Promise.all([large(ada, 'Ben'), large(cy, 'Ben'), large(ben, 'Ben (you)')]);
    const dee = await visit({ name: 'Dee', person: 3 });
    await joinMeeting(dee, link);
    await large(dee, 'Ben');
    // Who reloads has forgotten it, and is told again.
    await dee.page.reload();
    await large(dee, 'Ben');
    await manage(ada, 'Ben', 'End spotlight of Ben');
    await button(ada, 'Options for Cy').click();
    await ada.page.getByRole('textbox', { name: 'New name of Cy' }).fill('Cyrille');
    const renamed = told(cy, 'A host calls you Cyrille here.');
    await button(ada, 'Rename Cy').click();
    await Promise.all([renamed, ben.tile('Cyrille').waitFor(), cy.tile('Cyrille (you)').waitFor()]);
    await cy.page.reload();
    await Promise.all([cy.tile('Cyrille (you)').waitFor(), ada.see('Cyrille')]);
    const raised = ['Ben', 'Cyrille'].map((name) => told(ada, `${name} raised a hand`));
    for (const who of [ben, cy]) await button(who, en.raise).click();
    await Promise.all(raised);
    await button(ada, 'Lower all hands').click();
    await Promise.all([button(ben, en.raise).waitFor(), button(cy, en.raise).waitFor()]);
    await button(ada, 'Lower all hands').waitFor({ state: 'detached' });
  });
});
