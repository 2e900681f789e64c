/** Nothing is global: two whole servers live in one process, and neither leaves anything behind. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { closeBrowsers } from './group/browser.ts';
import { listProcesses, startHouse } from './house.ts';
import type { TestHouse } from './house.ts';
import { takeLeaf } from './leaf.ts';
import { ask, askCall, makeMeeting, must } from './program.ts';
import { until } from './until.ts';

function children(): string[] {
  return listProcesses()
    .filter(({ parent, command }) => parent === process.pid && !command.startsWith('ps '))
    .map(({ command }) => command);
}

async function assertSeparate(one: TestHouse, other: TestHouse): Promise<void> {
  const meeting = await makeMeeting(one.origin);
  const { room, door } = meeting;
  const state = await must(one.origin, 'meet.hello', { room, door });
  assert.equal(state['ended'], false);
  const elsewhere = await askCall(other.origin, 'meet.hello', { room, door });
  assert.equal(elsewhere.status, 404);
  const { token } = await takeLeaf(one.origin, meeting);
  const path = `/lk/rtc/validate?access_token=${token}`;
  assert.equal((await ask(one.origin, path)).status, 200);
  assert.equal((await ask(other.origin, path)).status, 401);
}

test('two servers in one process know nothing of each other', async () => {
  const before = children();
  const [one, other] = await Promise.all([startHouse(), startHouse()]);
  try {
    assert.notEqual(one.origin, other.origin);
    assert.notEqual(one.house.metrics_origin, other.house.metrics_origin);
    await assertSeparate(one, other);
    await assertSeparate(other, one);
    await one.stop();
    await assert.rejects(fetch(`${one.origin}/healthz`));
    const { status } = await fetch(`${other.origin}/healthz`);
    assert.equal(status, 200);
    await makeMeeting(other.origin);
  } finally {
    closeBrowsers();
    await one.stop().catch(() => undefined);
    await other.stop();
  }
  await until('every child has ended', 5000, () => children().length <= before.length);
  assert.ok(!existsSync(one.data_dir) && !existsSync(other.data_dir));
});

test('the operator’s page counts, in both languages, and names nobody', async () => {
  const house = await startHouse();
  try {
    const { room } = await makeMeeting(house.origin);
    const { door } = await makeMeeting(house.origin);
    await askCall(house.origin, 'meet.hello', { room, door });
    const { metrics_origin } = house.house;
    const page = await ask(metrics_origin, '/');
    assert.equal(page.status, 200);
    assert.match(page.text, /In the last minute<\/th><td>2<\/td>/);
    assert.match(page.text, /meet\.hello<\/th><td>1<\/td>/);
    assert.match(page.text, /Database<\/th><td>well<\/td>/);
    assert.doesNotMatch(page.text, new RegExp(`${room}|${door}|127\\.0\\.0\\.1`));
    const french = await ask(metrics_origin, '/', { headers: { 'accept-language': 'fr' } });
    assert.match(french.text, /Dans la dernière minute<\/th><td>2<\/td>/);
    // A page of the web that calls this address by a name of its own is not answered.
    for (const path of ['/', '/metrics']) {
      const foreign = await ask(metrics_origin, path, { headers: { host: 'evil.example' } });
      assert.equal(foreign.status, 403);
    }
  } finally {
    await house.stop();
  }
});

test('metrics and health tell what runs, on their own doors', async () => {
  const house = await startHouse();
  try {
    await makeMeeting(house.origin);
    const health = await ask(house.origin, '/healthz');
    assert.equal(health.status, 200);
    assert.match(health.text, /"database":.*"engine":.*"disk":/);
    assert.doesNotMatch(health.text, new RegExp(house.data_dir));
    const metrics = await ask(house.house.metrics_origin, '/metrics');
    assert.match(metrics.text, /conclave_calls_total\{call="meet\.create",outcome="ok"\} 1/);
    assert.equal((await ask(house.origin, '/metrics')).status, 404);
  } finally {
    await house.stop();
  }
});
