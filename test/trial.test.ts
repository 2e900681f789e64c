/** *Test my connection*: every way to the media server, the line, the encryption, the devices. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findFirefox } from './find-browser.ts';
import { press } from './firefox-journey.ts';
import { startFirefox } from './firefox.ts';
import { button, told } from './journey.ts';
import { openStand } from './stand.ts';
import { until } from './until.ts';
import type { Visitor } from './visitor.ts';

const { browsers, house } = openStand();
const patience_ms = 60_000;

type States = Readonly<Record<string, string>>;

async function run(visitor: Visitor): Promise<States> {
  const { page } = visitor;
  await page.goto(`${house.origin}/test`);
  await button(visitor, 'Start the test').click();
  await button(visitor, 'Test again').waitFor({ timeout: patience_ms });
  const items = page.locator('[data-step]');
  const found = await items.evaluateAll((each) =>
    each.map((item) => [item.getAttribute('data-step'), item.getAttribute('data-state')]),
  );
  return Object.fromEntries(found) as States;
}

/** Where all is well; of the line on a busy machine only that a call could be held over it. */
function assertWell({ line, ...others }: States): void {
  assert.deepEqual(others, {
    browser: 'good',
    server: 'good',
    socket: 'good',
    udp: 'good',
    tcp: 'good',
    relay: 'good',
    keys: 'good',
  });
  assert.ok(line === 'good' || line === 'fair', line);
}

test('every way is open, and the report says what was measured', async () => {
  await browsers.run(house.origin, async (visit) => {
    const ada = await visit({ name: 'Ada', person: undefined });
    assertWell(await run(ada));
    const report = await ada.page.getByRole('textbox', { name: 'Report' }).inputValue();
    assert.match(report, /\(UDP\): works \(\d+ ms there and back\)/);
    assert.match(report, /[1-9]\d* pictures encrypted, [1-9]\d* opened/);
    await ada.page.getByText('For whoever runs this server').click();
    for (const way of ['udp', 'tcp', 'relay']) {
      await ada.page.locator(`[data-offer=${way}][data-state=good]`).first().waitFor();
    }
    // A second run on the same page, with the encryption of the first still there.
    await button(ada, 'Test again').click();
    await button(ada, 'Stop').waitFor();
    await button(ada, 'Test again').waitFor({ timeout: patience_ms });
    assert.equal(await ada.page.locator('[data-step=keys][data-state=good]').count(), 1);
  });
});

test('where UDP is blocked it says that a call goes over TCP, and which port is not reached', async () => {
  await browsers.run(house.origin, async (visit) => {
    const flags = ['--webrtc-ip-handling-policy=disable_non_proxied_udp'];
    const ada = await visit({ name: 'Ada', person: undefined, flags });
    const found = await run(ada);
    assert.deepEqual(
      [found['udp'], found['tcp'], found['relay'], found['keys']],
      ['bad', 'good', 'bad', 'good'],
    );
    await told(ada, 'Your network blocks the best way (UDP)');
    await ada.page.getByText('For whoever runs this server').click();
    const closed = ada.page.locator('[data-offer=udp][data-state=bad]');
    await closed.filter({ hasText: 'CONCLAVE_MEDIA_UDP_PORT' }).first().waitFor();
  });
});

test('a filter that cuts lasting connections, and a server that is away, are told apart', async () => {
  await browsers.run(house.origin, async (visit) => {
    const ada = await visit({ name: 'Ada', person: undefined });
    ada.expectProblems(/WebSocket|ERR_|Failed to load/);
    await ada.page.routeWebSocket(/\/lk\//, (socket) => socket.close());
    const cut = await run(ada);
    assert.deepEqual([cut['server'], cut['socket'], cut['udp']], ['good', 'bad', 'bad']);
    await told(ada, 'does not let a lasting connection through');
    await ada.page.route('**/rpc/meet.trial', (route) => route.abort());
    const away = await run(ada);
    assert.deepEqual([away['server'], away['socket']], ['bad', 'skipped']);
    await told(ada, 'The server cannot be reached.');
  });
});

test('camera, microphone and speakers are tried on this device alone', async () => {
  await browsers.run(house.origin, async (visit) => {
    const ada = await visit({ name: 'Ada', person: 0 });
    const { page } = ada;
    const sent: string[] = [];
    await page.goto(`${house.origin}/test`);
    page.on('request', (request) => sent.push(new URL(request.url()).pathname));
    await button(ada, 'Try camera and microphone').click();
    await page.locator('[data-device=camera][data-state=good]').waitFor();
    await page.locator('[data-device=microphone][data-state=good]').waitFor();
    await button(ada, 'Play a sound').click();
    await button(ada, 'I heard nothing').click();
    await page.locator('[data-device=speaker]').filter({ hasText: 'turn the sound up' }).waitFor();
    await button(ada, 'Play a sound').click();
    await button(ada, 'I heard it').click();
    await page.locator('[data-device=speaker][data-state=good]').waitFor();
    await button(ada, 'Switch off').click();
    await page.locator('video').waitFor({ state: 'detached' });
    const files = /^\/(assets\/|favicon|manifest)/;
    assert.deepEqual(
      sent.filter((path) => !files.test(path)),
      [],
    );
  });
});

test('a device that is not there is told of by itself', async () => {
  await browsers.run(house.origin, async (visit) => {
    const ada = await visit({ name: 'Ada', person: undefined });
    await ada.page.goto(`${house.origin}/test`);
    await button(ada, 'Try camera and microphone').click();
    await ada.page.locator('[data-device=camera][data-state=absent]').waitFor();
    await ada.page.locator('[data-device=microphone][data-state=absent]').waitFor();
  });
});

const firefox_path = findFirefox();

test('in Firefox, where there is one', async (t) => {
  if (firefox_path === undefined) {
    t.diagnostic('Install the package "firefox-esr" to try it there.');
    return;
  }
  const firefox = await startFirefox(firefox_path);
  try {
    const page = await firefox.open(0);
    await page.goto(`${house.origin}/test`);
    await press(page, 'Start the test');
    await page.waitForSelector('::-p-aria([name="Test again"][role="button"])', {
      timeout: patience_ms,
    });
    const found = await until('the steps', 5000, () =>
      page.$$eval('[data-step]', (items) =>
        items.map((item) => [item.getAttribute('data-step'), item.getAttribute('data-state')]),
      ),
    );
    assertWell(Object.fromEntries(found) as States);
  } finally {
    await firefox.close();
  }
});
