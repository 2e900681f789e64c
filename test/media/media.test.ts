/** The proof that the proving picture and tone prove something: two connections in one page. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { openBrowsers } from '../browser.ts';
import { framesBetween, readBlocks, toneOf, writeBlocks } from './pattern.ts';

const page = `<!doctype html><title>loop</title><video muted autoplay playsinline></video>
<audio autoplay></audio>
<script>
  async function connect() {
    const from = new RTCPeerConnection(), to = new RTCPeerConnection();
    from.onicecandidate = ({ candidate }) => to.addIceCandidate(candidate);
    to.onicecandidate = ({ candidate }) => from.addIceCandidate(candidate);
    to.ontrack = ({ track }) => {
      const element = document.querySelector(track.kind);
      element.srcObject = new MediaStream([track]);
    };
    window.own = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
    for (const track of own.getTracks()) from.addTrack(track, own);
    await from.setLocalDescription();
    await to.setRemoteDescription(from.localDescription);
    await to.setLocalDescription();
    await from.setRemoteDescription(to.localDescription);
  }
  connect();
</script>`;

const browsers = openBrowsers();
const server = createServer((_request, response) => {
  response.setHeader('content-type', 'text/html').end(page);
});
let origin = '';

before(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  origin = `http://127.0.0.1:${String(address.port)}`;
});

after(async () => {
  await browsers.close();
  server.closeAllConnections();
  server.close();
});

test('blocks give back person and frame, and refuse a damaged picture', () => {
  for (const person of [0, 5, 15])
    for (const frame of [0, 1, 128, 255]) {
      const grey: number[] = writeBlocks(person, frame).map((white) => (white ? 210 : 40));
      assert.deepEqual(readBlocks(grey), { person, frame });
      const damaged = grey.with(4, 250 - (grey[4] ?? 0));
      assert.equal(readBlocks(damaged), undefined);
    }
  assert.equal(readBlocks(Array.from({ length: 16 }, () => 128)), undefined);
  assert.equal(framesBetween(254, 1), 3);
  assert.ok(framesBetween(10, 9) > 128);
});

test('camera and microphone are read at the other end of a connection', async () => {
  await browsers.run(origin, async (visit) => {
    const visitor = await visit({ person: 3 });
    await visitor.page.goto(origin);
    const seen = await visitor.watch(visitor.page.locator('video'), { frames: 20 });
    assert.equal(seen.person, 3);
    assert.equal(seen.frames.length, 20);
    assert.ok(seen.colour_error < 30, `colours are off by ${String(seen.colour_error)}`);
    assert.ok(seen.stripe_contrast > 0.7, `stripes are blurred to ${String(seen.stripe_contrast)}`);
    const heard = await visitor.hear(3);
    assert.equal(heard.elements, 1);
    await visitor.hearNothingOf(4);
    await visitor.page.evaluate('own.getAudioTracks()[0].enabled = false');
    await visitor.hearNothingOf(3);
    await visitor.page.evaluate('own.getVideoTracks()[0].enabled = false');
    await assert.rejects(
      visitor.watch(visitor.page.locator('video'), { frames: 3, timeout_ms: 1500 }),
      /moving picture/,
    );
    await assert.rejects(
      visitor.hear(3, 1000),
      new RegExp(`${String(toneOf(3))} Hz was not heard`),
    );
  });
});

test('a page that complains or asks another origin fails its test', async () => {
  const provocations = [
    "console.error('broken')",
    "setTimeout(() => { throw new Error('broken'); })",
    "fetch('http://cdn.test/x').catch(() => {})",
    "void new WebSocket('ws://cdn.test/x')",
  ];
  for (const provocation of provocations)
    await assert.rejects(
      browsers.run(origin, async (visit) => {
        const visitor = await visit({ person: 3 });
        await visitor.page.goto(origin);
        const { context } = visitor;
        const thrown = /throw/.test(provocation);
        const said = thrown ? context.waitForEvent('weberror') : context.waitForEvent('console');
        await visitor.page.evaluate(provocation);
        await said;
      }),
      /was not quiet[^]*(?:broken|cdn\.test)/,
    );
});
