/** Two people in a call: they see each other move, hear each other, and can do what people do. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromBase64url, toBase64url } from '#src/protocol/link/base64url.ts';
import { deriveDoor } from '#src/protocol/link/door.ts';
import {
  button,
  chooseOthers,
  inCall,
  joinMeeting,
  many_devices,
  meetTogether,
  ownTile,
  pressJoin,
  seeMotion,
} from './journey.ts';
import { endForEveryone } from './manage.ts';
import { names } from './names.ts';
import { must } from './program.ts';
import { openStand } from './stand.ts';
import { until } from './until.ts';
import type { Visitor } from './visitor.ts';

const { browsers, house } = openStand();
const { en } = names;

/** Ada (camera 0) and Ben (camera 1) in a meeting that Ada made. */
function withTwo(play: (ada: Visitor, ben: Visitor, link: string) => Promise<void>): Promise<void> {
  return browsers.run(house.origin, async (visit) => {
    const ada = await visit({ name: 'Ada', person: 0 });
    const ben = await visit({ name: 'Ben', person: 1 });
    const link = await meetTogether(house.origin, [ada, ben]);
    // In the call is who is seen there: until then, what others say goes past them.
    await Promise.all([ada.see('Ben'), ben.see('Ada')]);
    await play(ada, ben, link);
  });
}

test('each sees the other move in order and in colour, and hears the other', async () => {
  await withTwo(async (ada, ben) => {
    const [ben_seen, ada_seen] = await Promise.all([
      ada.see('Ben', { frames: 20 }),
      ben.see('Ada', { frames: 20 }),
    ]);
    assert.equal(ben_seen.person, 1);
    assert.equal(ada_seen.person, 0);
    for (const { colour_error } of [ben_seen, ada_seen])
      assert.ok(colour_error < 40, `colours are off by ${String(colour_error)}`);
    await Promise.all([ada.hear(1), ben.hear(0)]);
    // Nobody hears themselves, and one's own tile shows one's own picture.
    await Promise.all([ada.hearNothingOf(0), ben.hearNothingOf(1)]);
    const own = await ada.watch(ownTile(ada).locator('video'));
    assert.equal(own.person, 0);
  });
});

test('mute stops the sound, stop video takes the picture away, and both come back', async () => {
  await withTwo(async (ada, ben) => {
    await ada.hear(1);
    await button(ben, en.mute).click();
    await button(ben, en.unmute).waitFor();
    await ada.hearNothingOf(1);
    await button(ben, en.unmute).click();
    await button(ben, en.mute).waitFor();
    await ada.hear(1);
    await button(ben, en.stop_video).click();
    await ada.tile('Ben').locator('video').waitFor({ state: 'hidden' });
    // The camera itself is off, not only its picture hidden.
    await ben.page.waitForFunction(() => window.readers.liveCameras() === 0);
    await button(ben, en.start_video).click();
    const seen = await ada.see('Ben');
    assert.equal(seen.person, 1);
    await ada.hear(1);
  });
});

test('what is written arrives as text, a raised hand is seen and heard of, all are listed', async () => {
  await withTwo(async (ada, ben) => {
    const text = 'Bonjour <b>Ada</b> & https://example.org/a — ça va ?';
    for (const visitor of [ada, ben]) await button(visitor, en.chat).click();
    await ben.page.getByRole('textbox', { name: en.message, exact: true }).fill(text);
    await button(ben, en.send).click();
    for (const { page } of [ada, ben]) {
      const log = page.getByRole('log', { name: en.chat, exact: true });
      await log.getByText(text).waitFor();
      assert.equal(await log.locator('b').count(), 0);
    }
    const field = ada.page.getByRole('textbox', { name: en.message, exact: true });
    await field.fill('Oui');
    await field.press('Enter');
    await ben.page.getByRole('log', { name: en.chat }).getByText('Oui', { exact: true }).waitFor();
    const link = ada.page.getByRole('log', { name: en.chat }).getByRole('link');
    assert.equal(await link.getAttribute('href'), 'https://example.org/a');
    assert.match((await link.getAttribute('rel')) ?? '', /noopener/);
    assert.match((await link.getAttribute('rel')) ?? '', /noreferrer/);
    const said = ada.page.getByRole('status').filter({ hasText: 'Ben raised a hand' }).waitFor();
    await button(ben, en.raise).click();
    await Promise.all([said, button(ben, en.lower).waitFor()]);
    await button(ada, en.people).click();
    const list = ada.page.getByRole('list', { name: en.people, exact: true });
    await list.getByRole('listitem').filter({ hasText: 'Ben' }).waitFor();
    assert.equal(await list.getByRole('listitem').count(), 2);
    await button(ben, en.lower).click();
    await button(ben, en.raise).waitFor();
  });
});

test('a reload brings back the same seat, seen and heard, without a question', async () => {
  await withTwo(async (ada, ben, link) => {
    const seats = await listSeats(link);
    assert.equal(seats.length, 2);
    await ben.page.reload();
    await inCall(ben);
    await Promise.all([ada.see('Ben', { frames: 20 }), ben.see('Ada', { frames: 20 })]);
    await Promise.all([ada.hear(1), ben.hear(0)]);
    assert.deepEqual(await listSeats(link), seats);
    assert.equal(await ada.tile('Ben').count(), 1);
    assert.equal(
      await ada.page
        .getByRole('group')
        .filter({ has: ada.page.locator('video') })
        .count(),
      2,
    );
  });
});

/** The identities in the meeting, as whoever has the link may ask. */
async function listSeats(link: string): Promise<string[]> {
  const { pathname, hash } = new URL(link);
  const room = pathname.slice('/m/'.length);
  const secret = fromBase64url(hash.split('.')[1] ?? '');
  assert.ok(secret);
  const door = toBase64url(await deriveDoor(secret, room));
  return until('two in the meeting', 5000, async () => {
    const { here } = await must(house.origin, 'meet.hello', { room, door });
    return Array.isArray(here) && here.length === 2 && here.map(String).toSorted();
  });
}

test('who leaves is gone for the others, and may rejoin', async () => {
  await withTwo(async (ada, ben) => {
    await button(ben, en.leave).click();
    await ada.tile('Ben').waitFor({ state: 'detached' });
    await ben.page.waitForFunction(() => window.readers.liveCameras() === 0);
    await ben.page.getByRole('button', { name: 'Rejoin' }).click();
    await inCall(ben).catch(() => pressJoin(ben));
    await ada.see('Ben');
    await ada.hear(1);
  });
});

test('the host ends the meeting for everyone; the link is then dead', async () => {
  await withTwo(async (ada, ben, link) => {
    assert.equal(await button(ben, en.end).count(), 0);
    await button(ada, en.leave).click({ trial: true });
    await endForEveryone(ada);
    await ben.page.getByRole('heading', { name: 'The meeting is over' }).waitFor();
    await button(ben, en.leave).waitFor({ state: 'detached' });
    ben.expectProblems(/status of 4(?:04|10)/);
    await ben.page.goto('about:blank');
    await ben.page.goto(link);
    await ben.page.getByRole('heading', { name: 'The meeting is over' }).waitFor();
  });
});

test('what is written while somebody comes in reaches them', async () => {
  await browsers.run(house.origin, async (visit) => {
    const ada = await visit({ name: 'Ada', person: 0 });
    const ben = await visit({ name: 'Ben', person: 1 });
    const link = await meetTogether(house.origin, [ada]);
    await button(ada, en.chat).click();
    await ada.page.getByRole('textbox', { name: en.message }).fill('come in');
    // At once, when Ben is shown: his data channel is not open by then.
    const greeted = ada
      .tile('Ben')
      .waitFor()
      .then(() => ada.page.keyboard.press('Enter'));
    await joinMeeting(ben, link);
    await greeted;
    await button(ben, en.chat).click();
    await ben.page.getByRole('log', { name: en.chat }).getByText('come in').waitFor();
  });
});

test('another camera and microphone are taken without leaving', async () => {
  await browsers.run(house.origin, async (visit) => {
    const ada = await visit({ name: 'Ada', person: 0 });
    const ben = await visit({ name: 'Ben', person: undefined, flags: [many_devices] });
    await meetTogether(house.origin, [ada, ben]);
    await seeMotion(ada, 'Ben');
    await chooseOthers(ben);
    await seeMotion(ada, 'Ben');
  });
});

test('a meeting joined by the link field of the home page', async () => {
  await browsers.run(house.origin, async (visit) => {
    const ada = await visit({ name: 'Ada', person: 0 });
    const ben = await visit({ name: 'Ben', person: 1 });
    const link = await meetTogether(house.origin, [ada]);
    await ben.page.goto(house.origin);
    await ben.page.getByRole('textbox', { name: en.link_field, exact: true }).fill(link);
    await button(ben, en.join).click();
    await pressJoin(ben);
    await Promise.all([ada.see('Ben'), ben.see('Ada')]);
    assert.equal(ben.page.url(), link);
  });
});

test('the shortcut of the installed app makes a meeting at once', async () => {
  await browsers.run(house.origin, async (visit) => {
    const ada = await visit({ name: 'Ada', person: 0 });
    const manifest = await ada.page.request.get(`${house.origin}/manifest.webmanifest`);
    const { shortcuts } = (await manifest.json()) as { shortcuts: { url: string }[] };
    await ada.page.goto(new URL(shortcuts[0]?.url ?? '', house.origin).href);
    await ada.page.waitForURL(/\/m\/[a-z2-9]{26}#/);
    await pressJoin(ada);
    // Back on the home page there is none made anew.
    await ada.page.goto(house.origin);
    await button(ada, en.create).waitFor();
  });
});
