import { connect as connectTcp } from 'node:net';
import { STATUS_CODES } from 'node:http';
import { connect as connectTls } from 'node:tls';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Seat } from './token.ts';

/** Browsers ping every 5 s over this connection: one that is silent for so long is dead. */
const idle_ms = 60_000;
const answer_ms = 5000;
/** A browser that was told of the end closes too; one that does not is cut off. */
const farewell_ms = 2000;
/** An old connection may linger while its browser is back already; more is a flood. */
const per_seat_max = 8;

/** The headers LiveKit needs. Not among them: cookies, and Authorization, which would beat the
 * checked token (media design section 3). */
const passed_headers = [
  'upgrade',
  'connection',
  'sec-websocket-key',
  'sec-websocket-version',
  'sec-websocket-extensions',
  'sec-websocket-protocol',
  'user-agent',
];

/**
 * Connections between browsers and the media server, joined byte by byte: the server speaks
 * WebSocket with the browser, we only look at the first request. Each is known by its seat from
 * before it is let in, so that closing a seat also ends a connection that is still being checked.
 */
export class Splices {
  readonly #by_seat = new Map<string, Set<Duplex>>();
  readonly #admitted = new WeakSet<Duplex>();
  #count = 0;

  count(): number {
    return this.#count;
  }

  /** Notes the connection; false when the seat has too many already. */
  claim(seat: Seat, socket: Duplex): boolean {
    const name = nameOf(seat);
    const sockets = this.#by_seat.get(name) ?? new Set();
    if (socket.destroyed || sockets.size >= per_seat_max) return false;
    sockets.add(socket);
    this.#by_seat.set(name, sockets);
    this.#count += 1;
    socket.once('close', () => {
      this.#count -= 1;
      sockets.delete(socket);
      if (sockets.size === 0) this.#by_seat.delete(name);
    });
    return true;
  }

  /** Notes that the connection was let in. */
  admit(socket: Duplex): void {
    this.#admitted.add(socket);
  }

  /** Ends the seat's connections that are still being checked, and returns those let in by now. */
  hold(seat: Seat): Duplex[] {
    const sockets = [...(this.#by_seat.get(nameOf(seat)) ?? [])];
    for (const socket of sockets) if (!this.#admitted.has(socket)) socket.destroy();
    return sockets.filter((socket) => this.#admitted.has(socket));
  }

  /** Names of the rooms with connections. */
  rooms(): string[] {
    return [...new Set([...this.#by_seat.keys()].map((name) => roomOf(name)))];
  }

  closeAll(): void {
    for (const sockets of this.#by_seat.values()) for (const socket of sockets) socket.destroy();
  }
}

function nameOf({ room, identity }: Seat): string {
  return JSON.stringify([room, identity]);
}

function roomOf(name: string): string {
  const [room]: unknown[] = JSON.parse(name);
  return String(room);
}

/**
 * Repeats the browser's request for `target` at the server at `url` and joins the two connections.
 *
 * Nothing of the browser's passes before the server has switched protocols: on a connection that
 * still speaks HTTP a second request, unchecked, could ride along. A refusal of the server is told
 * by its status only, since LiveKit repeats tokens in its words.
 *
 * @param onSilent told when the server ends the connection without a word: an engine that fell.
 */
export function splice(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  { url, target }: { readonly url: URL; readonly target: string },
  onSilent: () => void,
): void {
  const upstream = connect(url);
  let joined = false;
  let answered = false;
  upstream.setNoDelay(true);
  upstream.setTimeout(answer_ms, () => upstream.destroy());
  upstream.on('error', () => upstream.destroy());
  socket.once('close', () => upstream.destroy());
  upstream.once('close', () => {
    if (joined) finish(socket);
    else if (!answered) onSilent();
  });
  upstream.once('data', (answer: Buffer) => {
    answered = true;
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(answer.toString('latin1', 0, 12))?.[1] ?? 503);
    if (status !== 101) {
      deny(socket, outwardStatus(status), 'The media server refused.');
      upstream.destroy();
      return;
    }
    joined = true;
    upstream.setTimeout(idle_ms);
    socket.write(answer);
    if (head.length > 0) upstream.write(head);
    socket.pipe(upstream);
    upstream.pipe(socket);
  });
  upstream.write(requestText(request, url, target));
}

/**
 * Ends a browser's connection after what was written to it. What the browser still says is taken
 * and dropped: a connection closed over unread bytes is reset, and a reset overtakes the engine's
 * goodbye, without which the browser comes back to a seat that is none any more.
 */
function finish(socket: Duplex): void {
  const timer = setTimeout(() => socket.destroy(), farewell_ms);
  socket.once('close', () => clearTimeout(timer));
  socket.once('end', () => socket.destroy());
  socket.end();
  socket.resume();
}

/**
 * What to answer where the media server answered `status`. 404, from which livekit-client never
 * recovers, says here that the room ended just now: the next try makes it anew.
 */
export function outwardStatus(status: number): number {
  return status === 404 || status >= 500 ? 503 : status;
}

function connect(url: URL): Socket {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (url.protocol !== 'https:') return connectTcp(Number(url.port || 80), host);
  const port = Number(url.port || 443);
  return connectTls({ host, port, servername: host, ALPNProtocols: ['http/1.1'] });
}

function requestText(request: IncomingMessage, url: URL, target: string): string {
  const lines = [`GET ${target} HTTP/1.1`, `Host: ${url.host}`];
  for (const name of passed_headers) {
    const value = request.headers[name];
    if (typeof value === 'string') lines.push(`${name}: ${value}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** Answers an upgrade request with a refusal and closes the connection. */
export function deny(socket: Duplex, status: number, message: string): void {
  if (socket.destroyed) return;
  const body = `${message}\n`;
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Connection: close',
    'Cache-Control: no-store',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(status === 503 ? ['Retry-After: 1'] : []),
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
