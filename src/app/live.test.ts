import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { WebSocket } from 'ws';
import * as z from 'zod';
import { startBench, type Bench } from '#test/database.ts';
import { openDoors } from '#test/doors.ts';
import { createApi, Refused } from './client.ts';
import { call, contract, event, type EventFrame } from './contract.ts';
import { isAway } from './database.ts';
import { openAccount, position } from './events.ts';
import type { Http } from './http.ts';
import { connectLive } from './live.ts';
import { bindRoom, type Dispatcher } from './server.ts';
import { close_codes, type Sockets } from './socket.ts';

/** A room of one account that counts: enough to test the machinery through its own doors. */
const tally = contract('tally', {
  calls: {
    open: call({ in: z.object({ account: z.string().max(40) }), out: z.object({}) }),
    add: call({
      in: z.object({ account: z.string().max(40), text: z.string().max(5000) }),
      out: z.object({ seq: z.int() }),
    }),
    fail: call({ in: z.object({}), out: z.object({}) }),
    leak: call({ in: z.object({}), out: z.object({ shown: z.string() }) }),
    seldom: call({ in: z.object({}), out: z.object({}), rate: { burst: 2, refill_ms: 60_000 } }),
    watch: call({
      in: z.object({ account: z.string().max(40), cursor: z.int().nullable() }),
      out: z.object({ account: z.string(), seq: z.int(), state: z.object({}).nullable() }),
      live: true,
    }),
    stay: call({ in: z.object({}), out: z.object({ live: z.boolean() }) }),
  },
  events: { added: event(z.object({ text: z.string() })) },
});

/** Called when the line of who called `tally.stay` is gone. */
let onLineGone = (): void => undefined;

let bench: Bench;
let http: Http;
let sockets: Sockets;
let dispatcher: Dispatcher;

before(async () => {
  bench = await startBench();
  const calls = bindRoom(tally, {
    open: async (ctx, { account }) => {
      await openAccount(ctx.tx, account);
      return {};
    },
    add: async (ctx, { account, text }) => {
      await ctx.publish(tally, 'added', account, { text, extra: 'must not leak' } as {
        text: string;
      });
      return { seq: await position(ctx.tx, account) };
    },
    fail: () => Promise.reject(new Error('inner detail')),
    leak: async () => ({ shown: 'yes', hidden: 'column' }) as { shown: string },
    seldom: async () => ({}),
    watch: async (ctx, { account, cursor }) => {
      const seq = cursor ?? (await position(ctx.tx, account));
      ctx.follow(account, seq);
      return { account, seq, state: cursor === null ? {} : null };
    },
    stay: async (ctx) => {
      ctx.line?.closed.addEventListener('abort', () => onLineGone());
      return { live: ctx.line !== undefined };
    },
  });
  dispatcher = bench.dispatcher(calls);
  ({ http, sockets } = await openDoors(bench, dispatcher));
});
after(async () => {
  await http.stop();
  await bench.stop();
});

type Rooms = { tally: typeof tally };
const wsUrl = (): string => `${http.origin.replace('http', 'ws')}/ws`;

/** Resolves with the events, once `count` of them came. */
function follow(account: string, count: number, signal: AbortSignal): Promise<EventFrame[]> {
  const live = connectLive<Rooms>(wsUrl(), signal);
  const seen: EventFrame[] = [];
  return new Promise((resolve) => {
    live.follow({
      ask: (cursor) => live.api.tally.watch({ account, cursor }),
      onState: () => ready.get(account)?.(),
      onEvent: (frame) => {
        seen.push(frame);
        if (seen.length === count) resolve(seen);
      },
      signal,
    });
  });
}
const ready = new Map<string, () => void>();
function whenReady(account: string): Promise<void> {
  return new Promise((resolve) => ready.set(account, resolve));
}

test('events reach a follower in order, each once, and only as the contract names them', async () => {
  const api = createApi<Rooms>(http.origin);
  await api.tally.open({ account: 'order' });
  const abort = new AbortController();
  const following = whenReady('order');
  const seen = follow('order', 50, abort.signal);
  await following;
  await Promise.all(
    Array.from({ length: 50 }, (_none, n) => api.tally.add({ account: 'order', text: String(n) })),
  );
  const frames = await seen;
  assert.deepEqual(
    frames.map(({ seq }) => seq),
    Array.from({ length: 50 }, (_none, n) => n + 1),
  );
  assert.equal(new Set(frames.map(({ data }) => (data as { text: string }).text)).size, 50);
  for (const { data } of frames) assert.deepEqual(Object.keys(data as object), ['text']);
  abort.abort();
});

test('a follower resumes from its cursor after its line was cut', async () => {
  const api = createApi<Rooms>(http.origin);
  await api.tally.open({ account: 'cut' });
  const abort = new AbortController();
  const following = whenReady('cut');
  const seen = follow('cut', 3, abort.signal);
  await following;
  await api.tally.add({ account: 'cut', text: 'before' });
  sockets.cut();
  await api.tally.add({ account: 'cut', text: 'meanwhile' });
  await api.tally.add({ account: 'cut', text: 'after' });
  assert.deepEqual(
    (await seen).map(({ data }) => (data as { text: string }).text),
    ['before', 'meanwhile', 'after'],
  );
  abort.abort();
});

test('the event listener comes back after its database connection was ended', async () => {
  const api = createApi<Rooms>(http.origin);
  await api.tally.open({ account: 'listen' });
  const abort = new AbortController();
  const following = whenReady('listen');
  const seen = follow('listen', 1, abort.signal);
  await following;
  const { rows } = await sql<{ ended: boolean }>`select pg_terminate_backend(pid) as ended
    from pg_stat_activity where application_name = 'conclave events'`.execute(bench.db);
  assert.equal(rows.length, 1);
  await api.tally.add({ account: 'listen', text: 'heard' });
  assert.equal((await seen)[0]?.seq, 1);
  abort.abort();
});

test('a verb can tell when the live connection of its caller is gone', async () => {
  const api = createApi<Rooms>(http.origin);
  assert.deepEqual(await api.tally.stay({}), { live: false });
  const abort = new AbortController();
  const live = connectLive<Rooms>(wsUrl(), abort.signal);
  assert.deepEqual(await live.api.tally.stay({}), { live: true });
  const gone = new Promise<void>((resolve) => (onLineGone = resolve));
  abort.abort();
  await gone;
});

test('a call that waits for a connection fails once none will come', async () => {
  const abort = new AbortController();
  const live = connectLive<Rooms>(wsUrl(), abort.signal);
  assert.equal(live.open, false);
  const waiting = refused(live.api.tally.stay({}));
  abort.abort();
  assert.equal((await waiting).code, 'app.unreachable');
  assert.equal((await refused(live.api.tally.stay({}))).code, 'app.unreachable');
});

test('a connection that is given up from the start is not opened, and never tried again', async () => {
  let came = 0;
  const server = createServer(() => (came += 1));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const live = connectLive<Rooms>(`ws://127.0.0.1:${port}`, AbortSignal.abort());
  assert.equal((await refused(live.api.tally.stay({}))).code, 'app.unreachable');
  // Who comes later is the first.
  const caller = connect(port, '127.0.0.1');
  await once(server, 'connection');
  assert.equal(came, 1);
  caller.destroy();
  server.close();
});

test('a connection lost within a transaction fails that call, and nothing else', async () => {
  const uncaught: unknown[] = [];
  const note = (reason: unknown): void => void uncaught.push(reason);
  process.on('uncaughtExceptionMonitor', note);
  const cause: unknown = await bench.db
    .transaction()
    .execute(async (tx) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx);
      // Waits until the backend has ended: its last words come while no query of ours runs.
      await sql`select pg_terminate_backend(${rows[0]?.pid}, 10000)`.execute(bench.db);
      await sql`select 1`.execute(tx);
    })
    .catch((reason: unknown) => reason);
  assert.ok(isAway(cause), String(cause));
  await sql`select 1`.execute(bench.db);
  process.off('uncaughtExceptionMonitor', note);
  assert.deepEqual(uncaught, []);
});

async function refused(promise: Promise<unknown>): Promise<Refused> {
  const cause = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(cause instanceof Refused, 'expected a refusal');
  return cause;
}

test('a failure of ours leaves with an id only, under which the log has the cause', async () => {
  const response = await fetch(`${http.origin}/rpc/tally.fail`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  assert.equal(response.status, 500);
  const { error } = (await response.json()) as { error: { id: string } };
  assert.ok(!JSON.stringify(error).includes('inner detail'));
  const line = bench.log_lines.find((text) => text.includes(error.id));
  assert.ok(line?.includes('inner detail'));
});

test('an answer holds what its contract names and nothing else', async () => {
  const api = createApi<Rooms>(http.origin);
  assert.deepEqual(await api.tally.leak({}), { shown: 'yes' });
});

test('a rate limit says when to try again, over both doors', async () => {
  const api = createApi<Rooms>(http.origin);
  await api.tally.seldom({});
  await api.tally.seldom({});
  const limited = await refused(api.tally.seldom({}));
  assert.equal(limited.fault, 'limit');
  assert.ok((limited.retry_after_ms ?? 0) > 1000);
  const abort = new AbortController();
  const live = connectLive<Rooms>(wsUrl(), abort.signal);
  assert.equal((await refused(live.api.tally.seldom({}))).code, 'app.too-often');
  abort.abort();
});

async function openSocket(): Promise<WebSocket> {
  const socket = new WebSocket(wsUrl());
  await once(socket, 'open');
  return socket;
}
async function closeCode(socket: WebSocket): Promise<number> {
  const [code] = (await once(socket, 'close')) as [number];
  return code;
}

const rubbish: readonly [string, string | Buffer, number][] = [
  ['text that is not JSON', 'hello', close_codes.bad_frame],
  ['null', 'null', close_codes.bad_frame],
  ['a list', '[]', close_codes.bad_frame],
  ['a frame without an id', '{"call":"tally.add"}', close_codes.bad_frame],
  ['a frame without a call', '{"id":1}', close_codes.bad_frame],
  ['binary', Buffer.from('{"id":1,"call":"x"}'), close_codes.bad_frame],
  [
    'more than a frame may hold',
    JSON.stringify({ id: 1, call: 'x', in: 'y'.repeat(70_000) }),
    1009,
  ],
];
for (const [name, data, code] of rubbish) {
  test(`${name} closes the live connection with ${code}`, async () => {
    const socket = await openSocket();
    const closed = closeCode(socket);
    socket.send(data);
    assert.equal(await closed, code);
  });
}

test('a flood closes the live connection', async () => {
  const socket = await openSocket();
  const closed = closeCode(socket);
  for (let n = 0; n < 400; n++) socket.send(JSON.stringify({ id: n, call: 'no.such', in: null }));
  assert.equal(await closed, close_codes.too_many);
});

test('who does not read is dropped, and costs a bounded amount of memory', async () => {
  const api = createApi<Rooms>(http.origin);
  await api.tally.open({ account: 'slow' });
  const raw = connect(Number(new URL(http.origin).port), '127.0.0.1');
  raw.write(
    `GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n`,
  );
  await once(raw, 'data');
  raw.write(
    maskedFrame(
      JSON.stringify({ id: 1, call: 'tally.watch', in: { account: 'slow', cursor: null } }),
    ),
  );
  await once(raw, 'data');
  raw.pause();
  const dropped_before = sockets.dropped.get('too_slow') ?? 0;
  const text = 'x'.repeat(5000);
  for (let n = 0; n < 4000 && (sockets.dropped.get('too_slow') ?? 0) === dropped_before; n += 20) {
    await Promise.all(Array.from({ length: 20 }, () => api.tally.add({ account: 'slow', text })));
  }
  assert.equal(sockets.dropped.get('too_slow'), dropped_before + 1);
  raw.destroy();
});

/** One masked text frame (RFC 6455 §5.2) with a zero mask. */
function maskedFrame(text: string): Buffer {
  const body = Buffer.from(text);
  assert.ok(body.length < 126);
  return Buffer.concat([Buffer.from([0x81, 0x80 | body.length, 0, 0, 0, 0]), body]);
}

test('a page of another site cannot open the live connection', async () => {
  const socket = new WebSocket(wsUrl(), { origin: 'https://evil.example' });
  const [error] = (await once(socket, 'error')) as [Error];
  assert.match(error.message, /403/);
});

test('nothing else is upgraded', async () => {
  const socket = new WebSocket(`${http.origin.replace('http', 'ws')}/other`);
  const [error] = (await once(socket, 'error')) as [Error];
  assert.match(error.message, /404/);
});
