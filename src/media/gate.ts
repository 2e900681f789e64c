import type { IncomingMessage } from 'node:http';
import { isOwnOrigin } from '#src/app/origin.ts';
import type { Log } from '#src/app/log.ts';
import type { MediaKeys } from './keys.ts';
import type { Rooms } from './rooms.ts';
import { mintToken, permissionsOf, seat_ttl_s, verifyToken } from './token.ts';
import type { Seat, Source } from './token.ts';
import type { Upstream } from './upstream.ts';

/** Where browsers find the media server on our own origin. */
export const media_path = '/lk';

/**
 * Asked before each connection of a seat: whether it may (still) be there, what it may send now, and
 * how many people its room may hold. `unavailable`: it cannot be told now; the browser tries again.
 */
export type Admit = (
  room: string,
  identity: string,
) => Promise<Admitted | 'refused' | 'unavailable'>;

export interface Admitted {
  readonly people_max: number;
  /** All that the seat may send; absent: whatever it likes. */
  readonly sources?: readonly Source[];
}

export interface GateOptions {
  readonly keys: MediaKeys;
  readonly log: Log;
  readonly upstream: Upstream;
  readonly rooms: Rooms;
  readonly admit: Admit;
  readonly public_url: string | undefined;
  /** A seat was let in, so its room is live. */
  readonly onAdmitted: () => void;
}

export interface Refusal {
  readonly status: number;
  readonly message: string;
}

/** A request that showed a good token. `query` is what to ask of the media server, without it. */
export interface Shown {
  readonly seat: Seat;
  readonly path: string;
  readonly query: URLSearchParams;
}

/** Where the media server is, and what to ask of it. */
export interface Way {
  readonly url: URL;
  readonly target: string;
}

const url_length_max = 12_000;
/** An engine that fell is back in a fraction of this; waiting spares the browser a round. */
const engine_wait_ms = 2000;
/** An engine that fell refuses connections for a moment before it is known to be down. */
const engine_fall_ms = 100;

export const refusals = {
  path: { status: 403, message: 'Nothing of this name is open here.' },
  origin: { status: 403, message: 'This page may not use this media server.' },
  length: { status: 431, message: 'The request is too long.' },
  invalid: { status: 401, message: 'The token is not valid, or no longer.' },
  forbidden: { status: 403, message: 'The token is not for a seat in a meeting.' },
  refused: { status: 403, message: 'This seat is not open.' },
  busy: { status: 429, message: 'This seat has too many connections.' },
  unavailable: { status: 503, message: 'The media server is starting.' },
} as const satisfies Record<string, Refusal>;

export interface Gate {
  /** The checks that need nobody else: path, origin, token. */
  read(request: IncomingMessage, paths: ReadonlySet<string>): Promise<Shown | Refusal>;
  /**
   * The checks that ask others; the way to the media server once the room is there. The seat goes
   * there with a token of this moment: the one it shows may be hours old, and grant what has been
   * taken away since.
   */
  pass(shown: Shown): Promise<Way | Refusal>;
}

/**
 * The checks each request under `/lk` passes. LiveKit answers any origin and any token of its key,
 * so every check of ours is made here, before a byte reaches it (media design section 3).
 *
 * The statuses are chosen for livekit-client: it takes 401 and 403 as final and leaves the call;
 * everything else it tries again, for about 45 s when it was in a call already. 404 sends it to
 * another path in circles and is never answered.
 */
export function createGate(options: GateOptions): Gate {
  async function read(
    request: IncomingMessage,
    paths: ReadonlySet<string>,
  ): Promise<Shown | Refusal> {
    const text = request.url ?? '';
    if (text.length > url_length_max) return refusals.length;
    const url = URL.canParse(text, 'http://x') ? new URL(text, 'http://x') : undefined;
    if (!url || request.method !== 'GET' || !paths.has(url.pathname)) return refusals.path;
    if (!isOurs(request, options.public_url)) return refusals.origin;
    const tokens = url.searchParams.getAll('access_token');
    const [token] = tokens;
    if (token === undefined || tokens.length !== 1) return refusals.invalid;
    const seat = await verifyToken(options.keys, token);
    if (typeof seat === 'string') return refusals[seat];
    // With `publish`, LiveKit seats "<identity>#<value>", which closing the seat would miss.
    url.searchParams.delete('publish');
    const path = url.pathname.slice(media_path.length);
    return { seat, path, query: url.searchParams };
  }

  async function passNow({ seat, path, query }: Shown): Promise<Way | Refusal> {
    const [verdict, base] = await Promise.all([
      options.admit(seat.room, seat.identity),
      options.upstream.untilUp(engine_wait_ms),
    ]);
    if (typeof verdict === 'string') return refusals[verdict];
    if (base === undefined) return refusals.unavailable;
    await options.rooms.open(seat.room, verdict.people_max);
    options.onAdmitted();
    const permissions = permissionsOf(verdict.sources);
    const fresh = { ...seat, name: '', ttl_s: seat_ttl_s, permissions };
    const asked = new URLSearchParams(query);
    asked.set('access_token', await mintToken(options.keys, fresh));
    const url = new URL(base);
    // A path in LIVEKIT_URL, without a trailing slash.
    const prefix = url.pathname.replace(/\/$/, '');
    return { url, target: `${prefix}${path}?${asked}` };
  }

  async function pass(shown: Shown): Promise<Way | Refusal> {
    const first = await passNow(shown).catch(() => null);
    if (first !== null) return first;
    await new Promise((resolve) => setTimeout(resolve, engine_fall_ms));
    try {
      return await passNow(shown);
    } catch (cause) {
      options.log.warn({ err: cause, room: shown.seat.room }, 'a seat could not be let in now');
      return refusals.unavailable;
    }
  }

  return { read, pass };
}

export function isRefusal(value: Way | Shown | Refusal): value is Refusal {
  return 'status' in value;
}

/** Browsers send Origin with every upgrade, but none with a same-origin GET (`validate`). */
function isOurs(request: IncomingMessage, public_url: string | undefined): boolean {
  if (request.headers['sec-fetch-site'] === 'cross-site') return false;
  return isOwnOrigin(request, public_url);
}
