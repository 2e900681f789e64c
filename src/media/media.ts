import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { UnavailableError } from '#src/app/error.ts';
import type { Log } from '#src/app/log.ts';
import { startAll, stopAll } from '#src/app/service.ts';
import type { Health, Service } from '#src/app/service.ts';
import type { Config } from '#src/config.ts';
import { chooseNodeIp } from './address.ts';
import { Engine } from './engine.ts';
import { createExternal } from './external.ts';
import { media_path } from './gate.ts';
import type { Admit } from './gate.ts';
import { readKeys } from './keys.ts';
import type { MediaKeys } from './keys.ts';
import { Presence } from './presence.ts';
import type { MediaEvent } from './presence.ts';
import { createReconciler } from './reconcile.ts';
import type { Reconciler } from './reconcile.ts';
import { createRooms } from './rooms.ts';
import type { Person, Rooms } from './rooms.ts';
import { createSignalling } from './signalling.ts';
import type { Signalling } from './signalling.ts';
import { deny } from './splice.ts';
import { mintToken } from './token.ts';
import type { Source, TokenRequest } from './token.ts';
import type { Upstream } from './upstream.ts';
import { createWebhook } from './webhook.ts';

export interface MediaOptions {
  readonly config: Pick<
    Config,
    | 'data_dir'
    | 'host'
    | 'livekit'
    | 'livekit_keys'
    | 'log_level'
    | 'media_tcp_port'
    | 'media_udp_port'
    | 'node_ip'
    | 'public_url'
    | 'turn_port'
  >;
  readonly log: Log;
  /** The built engine; not looked at when LIVEKIT_URL is set. */
  readonly engine_path: string;
  readonly admit: Admit;
  readonly onEvent: (event: MediaEvent) => void;
}

export interface Media extends Service {
  readonly name: 'media';
  readonly media_path: string;
  health(): Health;
  /** A join token (JWT) for one seat. */
  mint(request: TokenRequest): Promise<string>;
  /** For the HTTP server's `upgrade` event, for every path under `media_path`. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** For every other request under `media_path`. */
  request(request: IncomingMessage, response: ServerResponse): void;
  /**
   * Disconnects a seat. `admit` must refuse it before this is called: tokens cannot be revoked,
   * and a browser comes back at once.
   * @throws UnavailableError while the media server is down; its connections are closed anyhow
   */
  closeSeat(room: string, identity: string): Promise<void>;
  /** From now on a seat may send these only. Errors as `closeSeat`. */
  permit(room: string, identity: string, may: readonly Source[]): Promise<void>;
  /** Mutes what seats send of `what` now; they may unmute it themselves. Errors as `closeSeat`. */
  quiet(room: string, identities: readonly string[], what: readonly Source[]): Promise<void>;
  /**
   * Ends a room for everybody; `admit` must refuse its seats before. Who hears of it from us in
   * the meantime goes by themselves: the engine's own goodbye is lost where a browser is just
   * saying something, and such a browser comes back to be refused. Errors as `closeSeat`.
   */
  endRoom(room: string): Promise<void>;
  /** Who is connected, asked of the media server. @throws UnavailableError while it is down */
  people(room: string): Promise<Person[]>;
  metrics(): MediaMetrics;
  /** Process id of the running engine; undefined for an outside one, or while it is down. */
  engine_pid(): number | undefined;
}

/** Plain numbers for `/metrics`. */
export interface MediaMetrics {
  readonly media_up: 0 | 1;
  readonly media_restarts_total: number;
  readonly media_connections: number;
  readonly media_refusals_total: number;
  readonly media_rooms: number;
  readonly media_people: number;
}

/** Time a farewell, ours or the media server's, has to reach a browser before it is cut off. */
const farewell_ms = 300;
/** Time people have to come back after the engine was started again. */
const return_ms = 30_000;
const reconcile_ms = 60_000;
/** An outside LiveKit reports to nobody: it is asked. */
const poll_ms = 10_000;
const first_poll_ms = 1500;

interface Parts {
  readonly keys: MediaKeys;
  readonly upstream: Upstream;
  readonly rooms: Rooms;
  readonly presence: Presence;
  readonly signalling: Signalling;
  readonly reconciler: Reconciler;
  /** In the order of their start. */
  readonly services: readonly Service[];
}

/** The media server and everything around it, as one service. Nothing runs before `start`. */
export function createMedia(options: MediaOptions): Media {
  let parts: Parts | undefined;
  let running = false;

  function ready(): Parts {
    if (!parts) throw new UnavailableError('media.unavailable', 'The media server is starting.');
    return parts;
  }

  return {
    name: 'media',
    media_path,
    async start(signal) {
      parts = await assemble(options);
      await startAll(parts.services, signal);
      running = true;
    },
    async stop() {
      if (!running || !parts) return;
      running = false;
      // Cut, not said goodbye to: a browser that was cut off comes back to the next server, one
      // that the engine says goodbye to leaves the call.
      parts.signalling.closeAll();
      await stopAll(parts.services);
    },
    health: () =>
      parts?.upstream.health() ?? { ok: false, detail: 'The media server is starting.' },
    mint: async (request) => mintToken(ready().keys, request),
    upgrade(request, socket, head) {
      if (running && parts) parts.signalling.upgrade(request, socket, head);
      else deny(socket, 503, 'The media server is starting.');
    },
    request(request, response) {
      if (running && parts) parts.signalling.request(request, response);
      else response.writeHead(503, { 'retry-after': '1', 'cache-control': 'no-store' }).end();
    },
    async closeSeat(room, identity) {
      const { rooms, signalling } = ready();
      const connections = signalling.hold({ room, identity });
      try {
        await rooms.remove({ room, identity });
        if (connections.length > 0) await sleep(farewell_ms);
      } finally {
        for (const connection of connections) connection.destroy();
      }
    },
    permit: async (room, identity, may) => ready().rooms.permit({ room, identity }, may),
    quiet: async (room, identities, what) => ready().rooms.quiet(room, new Set(identities), what),
    async endRoom(room) {
      const { rooms } = ready();
      await sleep(farewell_ms);
      await rooms.end(room);
    },
    people: async (room) => ready().rooms.people(room),
    metrics: () => measure(parts),
    engine_pid: () => parts?.upstream.pid(),
  };
}

async function assemble(options: MediaOptions): Promise<Parts> {
  const { config, log } = options;
  const keys = config.livekit ?? config.livekit_keys ?? (await readKeys(config.data_dir));
  const presence = new Presence(options.onEvent);
  const webhook = createWebhook({ keys, log, presence });
  const upstream = config.livekit
    ? createExternal(config.livekit.url, log)
    : new Engine({
        log,
        log_level: config.log_level,
        engine_path: options.engine_path,
        keys,
        ports: {
          udp: config.media_udp_port,
          tcp: config.media_tcp_port,
          turn: config.turn_port,
        },
        chooseNodeIp: () => chooseNodeIp(config),
        node_ip_follows: config.node_ip === undefined,
        webhook_url: () => webhook.url(),
        onRestart: () => {
          reconciler.next(return_ms);
          options.onEvent({ kind: 'restarted' });
        },
      });
  const rooms = createRooms(upstream, keys);
  const signalling = createSignalling({
    keys,
    log,
    upstream,
    rooms,
    admit: options.admit,
    public_url: config.public_url,
    onAdmitted: () => {
      if (config.livekit) reconciler.soon(first_poll_ms);
    },
  });
  const reconciler = createReconciler({
    interval_ms: config.livekit ? poll_ms : reconcile_ms,
    log,
    rooms,
    presence,
    live: () => signalling.rooms(),
  });
  const services = config.livekit ? [upstream, reconciler] : [webhook, upstream, reconciler];
  return { keys, upstream, rooms, presence, signalling, reconciler, services };
}

function measure(parts: Parts | undefined): MediaMetrics {
  const counts = parts?.signalling.counts() ?? { open: 0, refused: 0 };
  return {
    media_up: parts?.upstream.health().ok ? 1 : 0,
    media_restarts_total: parts?.upstream.restarts() ?? 0,
    media_connections: counts.open,
    media_refusals_total: counts.refused,
    media_rooms: parts?.presence.rooms().length ?? 0,
    media_people: parts?.presence.countPeople() ?? 0,
  };
}
