/** A class and an event, as those who hold them and those who come see and hear them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { button, createMeeting, inCall, joinMeeting, pressJoin, told } from './journey.ts';
import { manage, openPeople } from './manage.ts';
import { names } from './names.ts';
import { openStand } from './stand.ts';
import type { Visitor } from './visitor.ts';

const { browsers, house } = openStand();
const { en } = names;

/** The visitor makes a meeting of that kind, and is in it. */
async function hold(host: Visitor, kind: string): Promise<string> {
  const link = await createMeeting(host, house.origin);
  await pressJoin(host);
  await openPeople(host);
  await host.page.getByRole('combobox', { name: 'Kind of meeting' }).selectOption({ label: kind });
  return link;
}

function row(host: Visitor, name: string) {
  const people = host.page.getByRole('list', { name: en.people, exact: true });
  return people.getByRole('listitem').filter({ hasText: name });
}

test('into a class one comes muted; the teacher sees who was not heard yet', async () => {
  await browsers.run(house.origin, async (visit) => {
    const ada = await visit({ name: 'Ada', person: 0 });
    const link = await hold(ada, 'Class');
    const ben = await visit({ name: 'Ben', person: 1 });
    const said = told(ben, 'This is a class: your microphone is off. Press Unmute to speak.');
    await joinMeeting(ben, link);
    await Promise.all([said, button(ben, en.unmute).waitFor(), ada.see('Ben'), ben.hear(0)]);
    await row(ada, 'Ben').filter({ hasText: 'not heard yet' }).waitFor();
    await button(ben, en.share).click();
    await told(ben, 'The hosts do not let guests share their screen at the moment.');
    await button(ben, en.unmute).click();
    await ada.hear(1);
    await row(ada, 'Ben').filter({ hasNotText: 'not heard yet' }).waitFor();
    // By a reload one comes back as one was.
    await ben.page.reload();
    await inCall(ben);
    await Promise.all([button(ben, en.mute).waitFor(), ada.hear(1)]);
  });
});

test('an event: the door until it starts, an audience that sends nothing, and the stage', async () => {
  await browsers.run(house.origin, async (visit) => {
    const ada = await visit({ name: 'Ada', person: 0 });
    const link = await hold(ada, 'Event');
    const ben = await visit({ name: 'Ben', person: 1 });
    const cy = await visit({ name: 'Cy', person: 2, size: 'phone' });
    for (const guest of [ben, cy]) {
      await guest.page.goto(link);
      await guest.page.getByRole('textbox', { name: en.name_field }).fill(guest.name);
      await button(guest, en.join).click();
      await guest.page.getByText('Waiting to be let in').waitFor();
    }
    await button(ada, 'Start the event').click();
    await Promise.all([ben.see('Ada'), cy.see('Ada')]);
    await ada.page.getByText('2 in the audience').waitFor();
    await ada.hearNothingOf(1);
    for (const name of ['Ben', 'Cy']) {
      assert.equal(await ada.tile(name).count(), 0);
      assert.equal(await row(ada, name).count(), 0);
    }
    // Neither is oneself shown, who sends nothing.
    assert.equal(await ben.tile('Ben').count(), 0);
    await button(ben, en.unmute).click();
    await told(ben, /You can raise your hand\.$/);
    await button(ben, en.raise).click();
    await manage(ada, 'Ben', 'Bring Ben on stage');
    await told(ben, /^You may speak again/);
    await button(ben, en.unmute).click();
    await button(ben, en.start_video).click();
    await Promise.all([ada.see('Ben'), cy.see('Ben'), ada.hear(1)]);
    await row(ada, 'Ben').filter({ hasText: 'on stage' }).waitFor();
    await manage(ada, 'Ben', 'Back to the audience: Ben');
    await Promise.all([button(ben, en.unmute).waitFor(), ada.hearNothingOf(1)]);
    await cy.tile('Ben').waitFor({ state: 'detached' });
    // Whom a host looks for is found.
    await ada.page.getByRole('searchbox', { name: 'Search the audience' }).fill('CY');
    await row(ada, 'Cy').waitFor();
  });
});

test('an agenda and speaking time are seen by everybody, who comes later and who reloads too', async () => {
  await browsers.run(house.origin, async (visit) => {
    const ada = await visit({ name: 'Ada', person: 0 });
    const link = await hold(ada, 'Meeting');
    await ada.page.getByText('Agenda', { exact: true }).click();
    for (const [title, minutes] of [
      ['Figures', '1'],
      ['The office', '25'],
    ] as const) {
      await ada.page.getByRole('textbox', { name: 'Item' }).fill(title);
      await ada.page.getByRole('spinbutton', { name: 'Minutes' }).fill(minutes);
      await button(ada, 'Add item').click();
    }
    await button(ada, 'Start the agenda').click();
    const ben = await visit({ name: 'Ben', person: 1, size: 'phone' });
    await joinMeeting(ben, link);
    const now = ben.page.getByRole('region', { name: 'Agenda' });
    await now.filter({ hasText: /1 of 2.*Figures.*0:\d\d left/ }).waitFor();
    await button(ada, 'Next item').click();
    await now.filter({ hasText: /2 of 2.*The office.*2[45]:\d\d left/ }).waitFor();
    await ben.page.reload();
    await inCall(ben);
    await now.filter({ hasText: /2 of 2.*The office.*2[45]:\d\d left/ }).waitFor();
    await button(ada, 'Options for Ben').click();
    const turn = ada.page.getByRole('combobox', { name: 'Speaking time of Ben' });
    await turn.selectOption({ label: '2 minutes' });
    const word = ben.page.getByRole('region', { name: 'Speaking time of Ben' });
    await word.filter({ hasText: /Ben has the word.*1:\d\d left/ }).waitFor();
    await turn.selectOption({ label: 'As long as they like' });
    await word.waitFor({ state: 'detached' });
    await button(ada, 'End the agenda').click();
    await now.waitFor({ state: 'detached' });
  });
});
