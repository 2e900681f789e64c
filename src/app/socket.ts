/**
 * The live connection: calls and events over one WebSocket.
 *
 * Writes are coalesced: every connection has an outbox that is flushed at most each `flush_ms`, its
 * frames in one write, which costs 18 to 20 times less than one write a frame (stack design §4).
 * A connection that floods, sends rubbish or does not read is closed with a code that says so;
 * nothing is buffered for it without limit.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Events, Reader } from './events.ts';
import { addressBlock, Limiter } from './limit.ts';
import type { Log } from './log.ts';
import type { Actor, Caller, Dispatcher, Line } from './server.ts';

/** Close codes of ours (RFC 6455 §7.4.2: 4000–4999 are private). */
export const close_codes = { too_slow: 4008, too_many: 4029, bad_frame: 4000, unanswered: 4001 };

const flush_ms = 15;
const flush_slice = 200;
const beat_ms = 20_000;
const frame_bytes_max = 64 * 1024;
const outbox_frames_max = 2_000;
const buffered_bytes_max = 1024 * 1024;
const accounts_max = 20;
const per_address_max = 2_000;
const connections_max = 20_000;
const calls_max = 32;
const flood = { burst: 200, refill_ms: 20 };

interface Connection {
  readonly socket: WebSocket;
  readonly raw: Duplex;
  readonly actor: Actor;
  readonly readers: Map<string, Reader>;
  readonly gone: AbortController;
  readonly line: Line;
  closed: boolean;
  outbox: string[];
  calls: number;
  heard: boolean;
}

type Deps = { dispatcher: Dispatcher; events: Events; log: Log };

/** Every live connection of this process. */
export class Sockets {
  /** How many connections were closed by us, by reason. */
  readonly dropped = new Map<string, number>();
  readonly #deps: Deps;
  readonly #wss = new WebSocketServer({
    noServer: true,
    maxPayload: frame_bytes_max,
    perMessageDeflate: false,
    clientTracking: false,
  });
  readonly #connections = new Set<Connection>();
  readonly #per_address = new Map<string, number>();
  readonly #dirty = new Set<Connection>();
  readonly #beats: NodeJS.Timeout;
  #flushing: NodeJS.Timeout | undefined;
  #flushed_ms = Number.NEGATIVE_INFINITY;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#beats = setInterval(() => this.#beat(), beat_ms);
    this.#beats.unref();
  }

  get open(): number {
    return this.#connections.size;
  }

  upgrade(req: IncomingMessage, raw: Duplex, head: Buffer, actor: Actor): void {
    const block = addressBlock(actor.address);
    const open = this.#per_address.get(block) ?? 0;
    if (open >= per_address_max || this.#connections.size >= connections_max) {
      raw.end('HTTP/1.1 429 Too Many Requests\r\nRetry-After: 5\r\nConnection: close\r\n\r\n');
      return;
    }
    this.#per_address.set(block, open + 1);
    raw.once('close', () => {
      const left = (this.#per_address.get(block) ?? 1) - 1;
      if (left <= 0) this.#per_address.delete(block);
      else this.#per_address.set(block, left);
    });
    this.#wss.handleUpgrade(req, raw, head, (socket) => this.#accept(socket, raw, actor));
  }

  /** Ends every connection without a word, as a broken line does. Clients come back. */
  cut(): void {
    for (const { raw } of this.#connections) raw.destroy();
  }

  async stop(): Promise<void> {
    clearInterval(this.#beats);
    clearTimeout(this.#flushing);
    const closing = [...this.#connections].map(
      ({ socket }) => new Promise<void>((resolve) => socket.once('close', () => resolve())),
    );
    for (const { socket } of this.#connections) {
      socket.close(1012, 'restarting');
      setTimeout(() => socket.terminate(), 500).unref();
    }
    await Promise.all(closing);
    this.#wss.close();
  }

  #accept(socket: WebSocket, raw: Duplex, actor: Actor): void {
    const gone = new AbortController();
    const connection: Connection = {
      socket,
      raw,
      actor,
      readers: new Map(),
      gone,
      line: { closed: gone.signal, leave: (account) => this.#leave(connection, account) },
      closed: false,
      outbox: [],
      calls: 0,
      heard: true,
    };
    const limiter = new Limiter();
    this.#connections.add(connection);
    socket.on('pong', () => (connection.heard = true));
    socket.on('error', (err) => this.#deps.log.debug({ err }, 'a live connection failed'));
    socket.on('close', () => this.#forget(connection));
    socket.on('message', (data, binary) => {
      connection.heard = true;
      if (limiter.take('', flood) > 0) return this.#close(connection, 'too_many');
      if (binary) return this.#close(connection, 'bad_frame');
      void this.#receive(connection, data instanceof Buffer ? data.toString() : '');
    });
  }

  #forget(connection: Connection): void {
    connection.closed = true;
    this.#connections.delete(connection);
    this.#dirty.delete(connection);
    for (const reader of connection.readers.values()) this.#deps.events.leave(reader);
    connection.gone.abort();
  }

  async #receive(connection: Connection, text: string): Promise<void> {
    const frame = parseFrame(text);
    if (frame === undefined) return this.#close(connection, 'bad_frame');
    if (connection.calls >= calls_max) return this.#close(connection, 'too_many');
    connection.calls += 1;
    const caller: Caller = {
      actor: connection.actor,
      follow: (account, cursor) => this.#follow(connection, account, cursor),
      line: connection.line,
    };
    const { body } = await this.#deps.dispatcher.dispatch(frame.call, frame.in, caller);
    connection.calls -= 1;
    this.#send(connection, JSON.stringify({ id: frame.id, ...body }));
  }

  #follow(connection: Connection, account: string, cursor: number): void {
    if (connection.closed) return;
    const { events } = this.#deps;
    const old = connection.readers.get(account);
    if (old !== undefined) events.leave(old);
    else if (connection.readers.size >= accounts_max) return this.#close(connection, 'too_many');
    const reader: Reader = { account, cursor, take: (frame) => this.#send(connection, frame) };
    connection.readers.set(account, reader);
    events.follow(reader);
  }

  #leave(connection: Connection, account: string): void {
    const reader = connection.readers.get(account);
    if (reader === undefined) return;
    connection.readers.delete(account);
    this.#deps.events.leave(reader);
  }

  #send(connection: Connection, frame: string): void {
    if (connection.socket.readyState !== connection.socket.OPEN) return;
    connection.outbox.push(frame);
    if (connection.outbox.length > outbox_frames_max) return this.#close(connection, 'too_slow');
    this.#dirty.add(connection);
    // Alone, a frame leaves at once; only what follows within `flush_ms` leaves together.
    const wait_ms = Math.max(0, this.#flushed_ms + flush_ms - performance.now());
    this.#flushing ??= setTimeout(() => this.#flush(), wait_ms);
  }

  /** Flushes one slice, and the next in a turn of its own, so that calls are served in between. */
  #flush(): void {
    this.#flushing = undefined;
    this.#flushed_ms = performance.now();
    let left = flush_slice;
    for (const connection of this.#dirty) {
      if (left-- === 0) {
        this.#flushing = setTimeout(() => this.#flush(), 0);
        return;
      }
      this.#dirty.delete(connection);
      this.#write(connection);
    }
  }

  #write(connection: Connection): void {
    const { socket, raw } = connection;
    if (socket.bufferedAmount > buffered_bytes_max) return this.#close(connection, 'too_slow');
    const frames = connection.outbox;
    connection.outbox = [];
    raw.cork();
    for (const frame of frames) socket.send(frame);
    raw.uncork();
  }

  #beat(): void {
    for (const connection of this.#connections) {
      if (!connection.heard) {
        this.#close(connection, 'unanswered');
        continue;
      }
      connection.heard = false;
      connection.socket.ping();
      // Browsers do not show pings to scripts; this lets the client notice a dead line.
      this.#send(connection, '{"beat":true}');
    }
  }

  #close(connection: Connection, why: keyof typeof close_codes): void {
    this.dropped.set(why, (this.dropped.get(why) ?? 0) + 1);
    connection.outbox = [];
    connection.socket.close(close_codes[why], why);
    // Who does not read does not answer a close either.
    setTimeout(() => connection.socket.terminate(), 1000).unref();
  }
}

function parseFrame(text: string): { id: number; call: string; in: unknown } | undefined {
  try {
    const frame = JSON.parse(text) as { id?: unknown; call?: unknown; in?: unknown } | null;
    if (frame === null || !Number.isSafeInteger(frame.id) || typeof frame.call !== 'string')
      return undefined;
    return { id: Number(frame.id), call: frame.call, in: frame.in };
  } catch {
    return undefined;
  }
}
