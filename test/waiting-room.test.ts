/**
 * Two hundred at the door of a call. Those who wait are members as a page runs them, without the page;
 * the hosts and the call they are in are real browsers.
 */
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { parseFragment } from '#src/protocol/link/link.ts';
import { Browser, closeBrowsers } from './group/browser.ts';
import { meetTogether, roomOf } from './journey.ts';
import { manage, openPeople } from './manage.ts';
import { openStand } from './stand.ts';
import { until } from './until.ts';
import type { Visitor } from './visitor.ts';

const { browsers, house } = openStand();
const waiting_count = 200;

afterEach(() => closeBrowsers());

function list(host: Visitor) {
  return host.page.getByRole('list', { name: /waiting$/ });
}

/** Until that many are shown to wait. */
async function shows(host: Visitor, count: number): Promise<void> {
  await host.page.getByRole('list', { name: `${count} are waiting` }).waitFor();
}

/** Finds somebody who waits, and answers them. */
async function answer(host: Visitor, name: string, how: 'Admit' | 'Refuse'): Promise<void> {
  const search = host.page.getByRole('searchbox', { name: 'Search who waits' });
  await search.fill(name);
  const rows = list(host).getByRole('listitem');
  await until(`one ${name} is left`, 5000, async () => (await rows.count()) === 1);
  await rows.getByRole('button', { name: how, exact: true }).click();
  await search.fill('');
}

test('200 wait beside a call that goes on; each host sees the same, and finds whom they seek', async () => {
  await browsers.run(house.origin, async (visit) => {
    const ada = await visit({ name: 'Ada', person: 0 });
    const ben = await visit({ name: 'Ben', person: 1 });
    const meeting = await meetTogether(house.origin, [ada, ben]);
    await Promise.all([ada.see('Ben'), ben.see('Ada')]);
    await manage(ada, 'Ben', 'Make co-host Ben');
    await openPeople(ben);
    const gate = ada.page.getByRole('combobox', { name: 'Who may come in' });
    await gate.selectOption({ label: 'Whoever a host admits' });
    const { link } = parseFragment(roomOf(meeting), new URL(meeting).hash);
    assert.ok(link);
    const knock = (at: number): Promise<Browser> =>
      Browser.open({
        origin: house.origin,
        meeting: link,
        name: `Guest ${String(at).padStart(3, '0')}`,
      });
    const first = await knock(0);
    await list(ada).getByText('Guest 000').waitFor();
    const [seen, , ...others] = await Promise.all([
      ben.see('Ada', { frames: 60 }),
      ada.see('Ben', { frames: 60 }),
      ...Array.from({ length: waiting_count - 1 }, (_, at) => knock(at + 1)),
    ]);
    assert.equal(seen.person, 0);
    await Promise.all([shows(ada, waiting_count), shows(ben, waiting_count)]);
    await Promise.all([ada.hear(1), ben.hear(0)]);
    // In the order in which they came.
    assert.match((await list(ada).getByRole('listitem').first().textContent()) ?? '', /Guest 000/);
    await answer(ada, 'Guest 000', 'Admit');
    await first.untilIn();
    await answer(ben, 'guest 123', 'Refuse');
    const refused = others.find(({ name }) => name === 'Guest 123');
    assert.ok(refused);
    await refused.until('sent away', () => refused.view.phase === 'denied');
    await Promise.all([shows(ada, waiting_count - 2), shows(ben, waiting_count - 2)]);
    // Who reloads keeps their place, and is there once.
    const back = await others.find(({ name }) => name === 'Guest 001')?.reload();
    await back?.until('waiting', () => back.view.phase === 'waiting');
    await Promise.all([shows(ada, waiting_count - 2), shows(ben, waiting_count - 2)]);
    await answer(ben, 'Guest 001', 'Admit');
    await back?.untilIn();
    await Promise.all([ben.see('Ada'), ada.see('Ben')]);
  });
});
