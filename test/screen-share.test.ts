/** A shared tab arrives sharp, in colour and with its sound, beside the people. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { button, joinMeeting, meetTogether } from './journey.ts';
import { openSharedPage } from './media/shared-page.ts';
import { names } from './names.ts';
import { openStand } from './stand.ts';
import { until } from './until.ts';
import type { Visitor } from './visitor.ts';

const { browsers, house } = openStand();
const { en } = names;
/** Who the shared page says it is: nobody's camera. */
const shown = 9;
const title = 'Quarterly figures';

test('a tab is shared, read and heard by the others, and gone when it is stopped', async () => {
  await browsers.run(house.origin, async (visit) => {
    const flags = [`--auto-select-tab-capture-source-by-title=${title}`];
    const ada = await visit({ name: 'Ada', person: 0, flags });
    const ben = await visit({ name: 'Ben', person: 1 });
    await meetTogether(house.origin, [ada, ben]);
    await openSharedPage(ada, title, shown);
    await ada.page.bringToFront();
    await button(ada, en.share).click();
    await button(ada, en.stop_share).waitFor();
    const share = ben.page.getByRole('group', { name: 'Screen shared by Ada' }).locator('video');
    const seen = await until('the screen in all of its pixels', 30_000, async () => {
      const looked = await ben.watch(share, { frames: 5 });
      return looked.height === 800 && looked;
    });
    assert.equal(seen.person, shown);
    assert.ok(seen.colour_error < 30, `colours are off by ${String(seen.colour_error)}`);
    // Letters have strokes as thin as these stripes.
    assert.ok(seen.stripe_contrast > 0.6, `stripes are blurred to ${String(seen.stripe_contrast)}`);
    await ben.hear(shown);
    // The person is still there beside their screen.
    assert.equal((await ben.see('Ada')).person, 0);
    await button(ada, en.stop_share).click();
    await share.waitFor({ state: 'detached' });
    await ben.hearNothingOf(shown);
    await button(ada, en.share).waitFor();
    assert.equal((await ben.see('Ada')).person, 0);
  });
});

test('two screens are shared at once, and a late comer sees both', async () => {
  await browsers.run(house.origin, async (visit) => {
    const flags = [`--auto-select-tab-capture-source-by-title=${title}`];
    const ada = await visit({ name: 'Ada', person: 0, flags });
    const ben = await visit({ name: 'Ben', person: 0, flags });
    const link = await meetTogether(house.origin, [ada, ben]);
    await openSharedPage(ada, title, shown);
    for (const sharer of [ada, ben]) {
      await sharer.page.bringToFront();
      await button(sharer, en.share).click();
      await button(sharer, en.stop_share).waitFor();
    }
    const cleo = await visit({ name: 'Cleo', person: 1, size: 'phone' });
    await cleo.page.goto(link);
    await cleo.page.getByRole('textbox', { name: en.name_field, exact: true }).fill('Cleo');
    await button(cleo, en.join).click();
    for (const sharer of ['Ada', 'Ben']) {
      const group = cleo.page.getByRole('group', { name: `Screen shared by ${sharer}` });
      const seen = await cleo.watch(group.locator('video'));
      assert.equal(seen.person, shown);
    }
  });
});

test('who declines the browser’s question shares nothing and is told nothing', async () => {
  await browsers.run(house.origin, async (visit) => {
    const ada = await visit({ name: 'Ada', person: 0 });
    await meetTogether(house.origin, [ada]);
    // The person closes the browser's own chooser.
    await ada.page.evaluate(() => {
      const refusal = new DOMException('Permission denied', 'NotAllowedError');
      navigator.mediaDevices.getDisplayMedia = () => Promise.reject(refusal);
    });
    await button(ada, en.share).click();
    await button(ada, en.share).waitFor();
    assert.equal(await button(ada, en.stop_share).count(), 0);
    assert.equal(await ada.page.getByRole('group', { name: /^Screen/ }).count(), 0);
  });
});

/** The codecs of what is being sent as pictures, from the browser's own report. */
async function sentCodecs(visitor: Visitor): Promise<string[]> {
  const connections = await visitor.page.evaluate(() => window.readers.describeConnections());
  const stats = connections.flatMap((each) => reportOf(each));
  const mime = new Map(stats.map(({ id, mimeType }) => [id, mimeType]));
  // What was withdrawn stays in the report, without a size.
  const sent = stats.filter(
    ({ type, kind, frameWidth }) =>
      type === 'outbound-rtp' && kind === 'video' && frameWidth !== undefined,
  );
  return [...new Set(sent.map(({ codecId }) => mime.get(codecId ?? '') ?? ''))].toSorted();
}

interface Stat {
  readonly id: string;
  readonly type: string;
  readonly kind?: string;
  readonly codecId?: string;
  readonly mimeType?: string;
  readonly frameWidth?: number;
}

function reportOf(connection: unknown): readonly Stat[] {
  const known = typeof connection === 'object' && connection !== null && 'report' in connection;
  return known && Array.isArray(connection.report) ? (connection.report as Stat[]) : [];
}

test('a screen is sent in VP9 where everybody decodes it, and in VP8 from when somebody does not', async () => {
  await browsers.run(house.origin, async (visit) => {
    const flags = [`--auto-select-tab-capture-source-by-title=${title}`];
    const ada = await visit({ name: 'Ada', person: 0, flags });
    const ben = await visit({ name: 'Ben', person: 1 });
    const link = await meetTogether(house.origin, [ada, ben]);
    await Promise.all([ada.see('Ben'), ben.see('Ada')]);
    await openSharedPage(ada, title, shown);
    await ada.page.bringToFront();
    await button(ada, en.share).click();
    const share = (visitor: Visitor) =>
      visitor.page.getByRole('group', { name: 'Screen shared by Ada' }).locator('video');
    assert.equal((await ben.watch(share(ben))).person, shown);
    assert.deepEqual(await sentCodecs(ada), ['video/VP8', 'video/VP9']);
    const cy = await visit({ name: 'Cy', person: 2 });
    // A browser that says it has no VP9; the browser itself is the same.
    await cy.page.addInitScript(() => {
      const { codecs = [], headerExtensions = [] } = RTCRtpReceiver.getCapabilities('video') ?? {};
      const others = codecs.filter(({ mimeType }) => mimeType !== 'video/VP9');
      const value = () => ({ codecs: others, headerExtensions });
      Object.defineProperty(RTCRtpReceiver, 'getCapabilities', { value });
    });
    await joinMeeting(cy, link);
    assert.equal((await cy.watch(share(cy))).person, shown);
    await until('all in VP8', 20_000, async () => {
      const codecs = await sentCodecs(ada);
      return codecs.join() === 'video/VP8';
    });
    for (const visitor of [ben, cy])
      assert.equal((await visitor.watch(share(visitor), { frames: 5 })).person, shown);
  });
});
