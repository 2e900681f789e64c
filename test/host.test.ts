/** A host at work: the door, removal, a new link, co-hosts. As people see and do it. */
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { parseFragment } from '#src/protocol/link/link.ts';
import { Browser, closeBrowsers } from './group/browser.ts';
import { button, inCall, joinMeeting, meetTogether, roomOf } from './journey.ts';
import { manage, openPeople } from './manage.ts';
import { names } from './names.ts';
import { openStand } from './stand.ts';
import { until } from './until.ts';
import type { Visitor } from './visitor.ts';

const { browsers, house } = openStand();
const { en } = names;

afterEach(() => closeBrowsers());

type Visit = Parameters<Parameters<typeof browsers.run>[1]>[0];

/** Ada is the host, Ben a guest; both see each other. */
function withHost(
  play: (ada: Visitor, ben: Visitor, link: string, visit: Visit) => Promise<void>,
): Promise<void> {
  return browsers.run(house.origin, async (visit) => {
    const ada = await visit({ name: 'Ada', person: 0 });
    const ben = await visit({ name: 'Ben', person: 1 });
    const link = await meetTogether(house.origin, [ada, ben]);
    await Promise.all([ada.see('Ben'), ben.see('Ada')]);
    await play(ada, ben, link, visit);
  });
}

async function setGate(host: Visitor, gate: string): Promise<void> {
  await openPeople(host);
  const select = host.page.getByRole('combobox', { name: 'Who may come in' });
  await select.selectOption({ label: gate });
  await host.page.waitForFunction(
    ([label]) =>
      document.querySelector<HTMLSelectElement>('aside select')?.selectedOptions[0]?.label ===
      label,
    [gate],
  );
}

function heading(visitor: Visitor, name: string) {
  return visitor.page.getByRole('heading', { name });
}

async function knockAt(visitor: Visitor, link: string): Promise<void> {
  await joinMeeting(visitor, link);
  await heading(visitor, 'Waiting to be let in').waitFor();
}

test('who waits at the door has no token and no picture, until a host lets them in', async () => {
  await withHost(async (ada, _ben, link, visit) => {
    await setGate(ada, 'Whoever a host admits');
    const cy = await visit({ name: 'Cy', person: 2 });
    await knockAt(cy, link);
    await ada.page.getByText('Cy is waiting to be let in').waitFor();
    assert.equal(await cy.tile('Ada').count(), 0);
    // Without a token there is no way to the media engine, nor a byte of media.
    assert.ok(!cy.requests.some(({ url }) => url.includes('/lk')));
    // A reload keeps the place.
    await cy.page.reload();
    await heading(cy, 'Waiting to be let in').waitFor();
    const waiting = ada.page.getByRole('list', { name: 'One person is waiting' });
    await waiting.getByText('Cy').waitFor();
    await waiting.getByRole('button', { name: 'Admit', exact: true }).click();
    await Promise.all([ada.see('Cy'), cy.see('Ada'), cy.see('Ben')]);
    await waiting.waitFor({ state: 'detached' });
    // Who was let in comes back without being asked about.
    await cy.page.reload();
    await inCall(cy);
    await Promise.all([cy.see('Ada'), ada.see('Cy')]);
  });
});

test('who waits writes to the hosts; a host sees it, in the title too, and finds them by name', async () => {
  await withHost(async (ada, _ben, link, visit) => {
    await setGate(ada, 'Whoever a host admits');
    const cy = await visit({ name: 'Cý', person: 2 });
    await knockAt(cy, link);
    await ada.page.waitForFunction(() => document.title.startsWith('(1) '));
    await cy.page.getByRole('textbox', { name: 'Note to the hosts' }).fill('I am new here');
    await button(cy, 'Send note').click();
    await cy.page.getByText('The hosts can read it.').waitFor();
    const waiting = ada.page.getByRole('list', { name: /waiting$/ });
    await waiting.getByText('I am new here').waitFor();
    const parsed = parseFragment(roomOf(link), new URL(link).hash).link;
    assert.ok(parsed);
    for (let at = 0; at < 9; at++) {
      await Browser.open({ origin: house.origin, meeting: parsed, name: `Guest ${at}` });
    }
    await ada.page.getByRole('list', { name: '10 are waiting' }).waitFor();
    await ada.page.getByRole('searchbox', { name: 'Search who waits' }).fill('cy');
    const rows = waiting.getByRole('listitem');
    await until('one is left', 5000, async () => (await rows.count()) === 1);
    await rows.getByRole('button', { name: 'Admit', exact: true }).click();
    await Promise.all([ada.see('Cý'), cy.see('Ada')]);
  });
});

test('a host sends somebody away, and a locked meeting takes nobody new', async () => {
  await withHost(async (ada, _ben, link, visit) => {
    await setGate(ada, 'Whoever a host admits');
    const cy = await visit({ name: 'Cy', person: 2 });
    cy.expectProblems(/status of 4/);
    await knockAt(cy, link);
    await ada.page.getByRole('button', { name: 'Refuse', exact: true }).click();
    await heading(cy, 'You were not let in').waitFor();
    await setGate(ada, 'Nobody new');
    await button(cy, 'Try again').click();
    await heading(cy, 'You were not let in').waitFor();
    await setGate(ada, 'Everybody who has the link');
    await button(cy, 'Try again').click();
    await Promise.all([ada.see('Cy'), cy.see('Ada')]);
  });
});

test('a removed guest is out and shown why; with a new link, the old one opens nothing', async () => {
  await withHost(async (ada, ben, link, visit) => {
    const cy = await visit({ name: 'Cy', person: 2 });
    await joinMeeting(cy, link);
    await Promise.all([cy.see('Ada'), ada.see('Cy')]);
    ben.expectProblems(/status of 4/);
    await manage(ada, 'Ben', 'Remove Ben');
    const asked = ada.page.getByRole('dialog', { name: 'Remove Ben from the meeting?' });
    await asked.getByRole('button', { name: 'Remove and change the link' }).click();
    await Promise.all([
      heading(ben, 'You were removed from the meeting').waitFor(),
      cy.page.getByText('Ada removed Ben').waitFor(),
      ada.tile('Ben').waitFor({ state: 'detached' }),
    ]);
    // Both who stayed have the new link in their address, and see each other on.
    await cy.page.waitForURL(/#2\./);
    await ada.page.waitForURL(/#2\./);
    assert.equal(cy.page.url(), ada.page.url());
    await Promise.all([cy.see('Ada'), ada.see('Cy')]);
    const eve = await visit({ name: 'Eve', person: 3 });
    eve.expectProblems(/status of 4/);
    await eve.page.goto(link);
    await heading(eve, 'There is no such meeting').waitFor();
    await eve.page.goto('about:blank');
    await joinMeeting(eve, ada.page.url());
    await Promise.all([eve.see('Ada'), cy.see('Eve')]);
  });
});

test('a removed guest is not let in again, but as somebody new', async () => {
  await withHost(async (ada, ben, link, visit) => {
    ben.expectProblems(/status of 4/);
    await manage(ada, 'Ben', 'Remove Ben');
    await ada.page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
    await heading(ben, 'You were removed from the meeting').waitFor();
    assert.equal(await ben.page.locator('video').count(), 0);
    // The row that the keyboard was in is gone: it stays in the list.
    const people = ada.page.getByRole('list', { name: en.people, exact: true });
    await until('the list has the focus', 5000, () =>
      people.evaluate((list) => list === document.activeElement),
    );
    // The same tab has the key that was banned.
    await ben.page.goto('about:blank');
    await ben.page.goto(link);
    await ben.page.getByRole('textbox', { name: en.name_field, exact: true }).fill('Ben');
    await button(ben, en.join).click();
    await heading(ben, 'You were not let in').waitFor();
    // Whoever still has the link can come as somebody else: the sheet says so.
    const other = await visit({ name: 'Somebody', person: 2 });
    await joinMeeting(other, link);
    await Promise.all([other.see('Ada'), ada.see('Somebody')]);
  });
});

test('a host link makes its holder the host on another device, and leaves the address', async () => {
  await withHost(async (ada, ben, link, visit) => {
    await ada.grant(['clipboard-read', 'clipboard-write']);
    await openPeople(ada);
    await button(ada, 'Copy host link').click();
    await ada.page.getByText('Host link copied.').waitFor();
    const host_link = await ada.page.evaluate(() => navigator.clipboard.readText());
    assert.ok(host_link.startsWith(`${link}.h`));
    const phone = await visit({ name: 'Ada on the phone', person: 2, size: 'phone' });
    await phone.page.goto(host_link);
    await phone.page.waitForURL(link);
    await joinMeeting(phone, host_link);
    assert.equal(phone.page.url(), link);
    await phone.see('Ben');
    // Whoever came by it holds the door.
    await button(phone, 'More').click();
    await phone.page.getByRole('button', { name: en.people, exact: true }).click();
    await phone.page.getByRole('combobox', { name: 'Who may come in' }).waitFor();
    const other = await visit({ name: 'Eve', person: 3 });
    const changed = `${host_link.slice(0, -2)}${host_link.endsWith('AA') ? 'BA' : 'AA'}`;
    await other.page.goto(changed);
    await heading(other, 'This link is incomplete').waitFor();
    assert.equal(await ben.page.getByRole('button', { name: 'Copy host link' }).count(), 0);
  });
});

test('a co-host holds the door as a host does, and cannot remove the host', async () => {
  await withHost(async (ada, ben, link, visit) => {
    assert.equal(await ben.page.getByRole('combobox', { name: 'Who may come in' }).count(), 0);
    await manage(ada, 'Ben', 'Make co-host Ben');
    await ben.page.getByText('You are a co-host now.').waitFor();
    await setGate(ben, 'Whoever a host admits');
    // How loud the host is, and nothing else, is for the co-host to say.
    await button(ben, 'Options for Ada').click();
    await ben.page.getByRole('slider', { name: 'Volume of Ada, for you' }).waitFor();
    for (const name of ['Remove Ada', 'Mute Ada']) assert.equal(await button(ben, name).count(), 0);
    const cy = await visit({ name: 'Cy', person: 2 });
    await knockAt(cy, link);
    await ben.page.getByRole('button', { name: 'Admit', exact: true }).click();
    await Promise.all([cy.see('Ada'), cy.see('Ben')]);
    await manage(ada, 'Ben', 'Take co-host from Ben');
    await ben.page
      .getByRole('combobox', { name: 'Who may come in' })
      .waitFor({ state: 'detached' });
  });
});
