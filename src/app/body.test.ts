/** How large a body may be: as its call says, else the common limit; unknown names are no calls. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { after, before, test } from 'node:test';
import * as z from 'zod';
import { startBench, type Bench } from '#test/database.ts';
import { openDoors } from '#test/doors.ts';
import { call, contract } from './contract.ts';
import type { Http } from './http.ts';
import { LargeBodies } from './large-bodies.ts';
import { bindRoom } from './server.ts';

const common = 64 * 1024;
const large = 4 * 1024 * 1024;
const text = z.object({ text: z.string().max(large) });
const length = z.object({ length: z.int() });
const sample = contract('sample', {
  calls: {
    small: call({ in: text, out: length }),
    large: call({ in: text, out: length, body_bytes_max: large }),
  },
  events: {},
});

let bench: Bench;
let http: Http;

before(async () => {
  bench = await startBench();
  const dispatcher = bench.dispatcher(
    bindRoom(sample, {
      small: async (_ctx, input) => ({ length: input.text.length }),
      large: async (_ctx, input) => ({ length: input.text.length }),
    }),
  );
  ({ http } = await openDoors(bench, dispatcher));
});
after(async () => {
  await http.stop();
  await bench.stop();
});

/** A body of JSON with exactly this many bytes. */
function bodyOf(bytes: number): string {
  return JSON.stringify({ text: 'a'.repeat(bytes - '{"text":""}'.length) });
}

function open(name: string, headers: Record<string, string>): ClientRequest {
  const { hostname, port } = new URL(http.origin);
  const path = `/rpc/${name}`;
  const type = { 'Content-Type': 'application/json' };
  // A connection of its own: after a refusal the server closes the one the rest was to come on.
  const options = { hostname, port, path, method: 'POST', agent: false };
  return request({ ...options, headers: { ...type, ...headers } });
}

async function answerTo(sent: ClientRequest): Promise<{ status: number; text: string }> {
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer);
  return { status: response.statusCode ?? 0, text: Buffer.concat(parts).toString() };
}

async function post(
  name: string,
  body: string,
  chunked = false,
): Promise<{ status: number; text: string }> {
  const headers: Record<string, string> = chunked
    ? { 'Transfer-Encoding': 'chunked' }
    : { 'Content-Length': String(body.length) };
  const sent = open(name, headers);
  // The rest of a body that is refused need not be taken by the server.
  sent.on('error', () => undefined);
  const answer = answerTo(sent);
  sent.end(body);
  return answer;
}

for (const chunked of [false, true]) {
  const how = chunked ? 'in chunks' : 'with its length';
  test(`a body is taken up to its call's limit and refused beyond, ${how}`, async () => {
    for (const [name, limit] of [
      ['sample.small', common],
      ['sample.large', large],
    ] as const) {
      const taken = await post(name, bodyOf(limit), chunked);
      assert.equal(taken.text, JSON.stringify({ ok: { length: limit - '{"text":""}'.length } }));
      const refused = await post(name, bodyOf(limit + 1), chunked);
      assert.equal(refused.status, 413, name);
      assert.match(refused.text, new RegExp(`app.too-large.* ${limit} bytes`));
    }
  });

  test(`a name that is no call has the common limit, ${how}`, async () => {
    for (const name of ['sample.none', 'constructor', '__proto__', 'sample.toString'])
      assert.equal((await post(name, bodyOf(common + 1), chunked)).status, 413, name);
  });
}

test('a body that is too large is refused before it has arrived', async () => {
  const sent = open('sample.large', { 'Content-Length': String(large + 1) });
  sent.on('error', () => undefined);
  sent.flushHeaders();
  const answer = await answerTo(sent);
  assert.equal(answer.status, 413);
  sent.destroy();
});

test('large bodies that are still arriving are held to what the server can hold', async () => {
  const slow = Array.from({ length: 16 }, () => {
    const sent = open('sample.large', { 'Content-Length': String(large) });
    sent.on('error', () => undefined);
    sent.write('{');
    return sent;
  });
  const refusal = async (): Promise<{ status: number; text: string }> => {
    for (;;) {
      const answer = await post('sample.large', bodyOf(common + 1));
      if (answer.status !== 200) return answer;
    }
  };
  const refused = await refusal();
  assert.equal(refused.status, 503);
  assert.match(refused.text, /app\.busy/);
  assert.equal((await post('sample.large', bodyOf(common))).status, 200, 'small ones pass');
  const [first] = slow;
  assert.ok(first);
  const done = answerTo(first);
  first.end(bodyOf(large).slice(1));
  assert.equal((await done).status, 200);
  assert.equal((await post('sample.large', bodyOf(common + 1))).status, 200, 'room is given back');
  for (const sent of slow) sent.destroy();
});

test('one network cannot take the room of all', () => {
  const bodies = new LargeBodies();
  const megabyte = 1024 * 1024;
  const takeAll = (address: string): (() => void)[] => {
    const taken: (() => void)[] = [];
    for (;;) {
      const release = bodies.take(address, megabyte);
      if (!release) return taken;
      taken.push(release);
    }
  };
  const first = takeAll('2001:db8::1');
  assert.equal(first.length, 64);
  assert.equal(bodies.take('2001:db8::2', megabyte), undefined, 'the same /64');
  const others = ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4'].flatMap(takeAll);
  assert.equal(first.length + others.length, 256);
  for (const release of [...first, ...others]) release();
  assert.equal(takeAll('192.0.2.9').length, 64);
});
