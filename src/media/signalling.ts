import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { createGate, isRefusal, media_path, refusals } from './gate.ts';
import type { Gate, GateOptions, Refusal, Shown, Way } from './gate.ts';
import { Splices, deny, outwardStatus, splice } from './splice.ts';
import type { Seat } from './token.ts';

export interface Signalling {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  request(request: IncomingMessage, response: ServerResponse): void;
  /** Ends the seat's connections that are still being checked, and returns those let in by now. */
  hold(seat: Seat): Duplex[];
  closeAll(): void;
  /** Names of the rooms with connections. */
  rooms(): string[];
  /** Connections now, and refusals since the start. */
  counts(): { readonly open: number; readonly refused: number };
}

/** Who was found to show a good token. */
interface Caller {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly shown: Shown;
}

const validate_ms = 3000;
const upgrade_paths = new Set([`${media_path}/rtc`, `${media_path}/rtc/v1`]);
const validate_paths = new Set([`${media_path}/rtc/validate`, `${media_path}/rtc/v1/validate`]);

/**
 * The media server's signalling on our own origin. A browser cannot see why an upgrade was
 * refused: livekit-client then asks `validate`, which therefore makes the same checks.
 */
export function createSignalling(options: GateOptions): Signalling {
  const { log } = options;
  const gate = createGate(options);
  const splices = new Splices();
  let refused = 0;

  async function join(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    if (request.headers.upgrade?.toLowerCase() !== 'websocket')
      return refuse(socket, refusals.path);
    const shown = await gate.read(request, upgrade_paths);
    if (isRefusal(shown)) return refuse(socket, shown);
    if (!splices.claim(shown.seat, socket)) return refuse(socket, refusals.busy);
    await enter({ request, socket, head, shown }, { gate, splices, refuse });
  }

  function refuse(socket: Duplex, { status, message }: Refusal): void {
    refused += 1;
    deny(socket, status, message);
  }

  async function validate(request: IncomingMessage): Promise<Refusal> {
    const shown = await gate.read(request, validate_paths);
    if (isRefusal(shown)) return shown;
    const way = await gate.pass(shown);
    if (isRefusal(way)) return way;
    const status = await askStatus(way);
    if (status === 200) return { status, message: 'success' };
    return { status: outwardStatus(status), message: 'The media server refused.' };
  }

  async function answerValidate(request: IncomingMessage, response: ServerResponse) {
    const answer = await validate(request);
    if (answer.status !== 200) refused += 1;
    send(response, answer);
  }

  return {
    upgrade(request, socket, head) {
      socket.on('error', () => socket.destroy());
      join(request, socket, head).catch((cause: unknown) => {
        log.error({ err: cause }, 'a media connection failed');
        socket.destroy();
      });
    },
    request(request, response) {
      if (request.method === 'HEAD' && request.url === media_path) {
        // livekit-client's prepareConnection: only opens the connection.
        response.writeHead(204, { 'cache-control': 'no-store' }).end();
        return;
      }
      answerValidate(request, response).catch((cause: unknown) => {
        log.error({ err: cause }, 'a media validation failed');
        response.destroy();
      });
    },
    hold: (seat) => splices.hold(seat),
    closeAll: () => splices.closeAll(),
    rooms: () => splices.rooms(),
    counts: () => ({ open: splices.count(), refused }),
  };
}

interface Doors {
  readonly gate: Gate;
  readonly splices: Splices;
  readonly refuse: (socket: Duplex, refusal: Refusal) => void;
}

/** Tries once more where the engine ends a connection without a word: it fell just now. */
async function enter(caller: Caller, doors: Doors, again = true): Promise<void> {
  const { request, socket, head, shown } = caller;
  const { gate, splices, refuse } = doors;
  const way = await gate.pass(shown);
  if (socket.destroyed) return;
  if (isRefusal(way)) return refuse(socket, way);
  splices.admit(socket);
  splice(request, socket, head, way, () => {
    if (again) enter(caller, doors, false).catch(() => socket.destroy());
    else refuse(socket, refusals.unavailable);
  });
}

function send(response: ServerResponse, answer: Refusal): void {
  if (response.destroyed) return;
  response.writeHead(answer.status, {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    ...(answer.status === 503 ? { 'retry-after': '1' } : {}),
  });
  response.end(`${answer.message}\n`);
}

/** 503 when there is no answer. The body is left alone: LiveKit repeats tokens in it. */
function askStatus({ url, target }: Way): Promise<number> {
  const ask = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve) => {
    const request = ask(
      new URL(target, url),
      { agent: false, timeout: validate_ms },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 503);
      },
    );
    request.once('timeout', () => request.destroy());
    request.once('error', () => resolve(503));
    request.end();
  });
}
