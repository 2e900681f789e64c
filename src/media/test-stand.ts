/** A media room behind a web server of its own, with the real engine, for this room's tests. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SignalResponse } from '@livekit/protocol';
import { WebSocket } from 'ws';
import { createLog } from '#src/app/log.ts';
import type { Log } from '#src/app/log.ts';
import { createMedia } from './index.ts';
import type { Admit, Media, MediaEvent, MediaOptions } from './index.ts';

export const engine_path = fileURLToPath(
  new URL('../../dist/engine/conclave-engine', import.meta.url),
);

export const keys = { key: 'standkey', secret: 'a secret of the tests, of 32 characters and more' };

export interface Stand {
  readonly media: Media;
  readonly port: number;
  readonly events: readonly MediaEvent[];
  readonly log_lines: readonly string[];
  token(room: string, identity: string): Promise<string>;
  stop(): Promise<void>;
}

/** A log whose lines can be read. */
export function createTestLog(): { readonly log: Log; readonly lines: string[] } {
  const lines: string[] = [];
  return { log: createLog('trace', { write: (line) => void lines.push(line) }), lines };
}

/** Settings under which nothing but loopback is spoken to. */
export function testConfig(
  data_dir: string,
  change: Partial<MediaOptions['config']> = {},
): MediaOptions['config'] {
  return {
    data_dir,
    host: '127.0.0.1',
    livekit: undefined,
    livekit_keys: keys,
    log_level: 'trace',
    media_tcp_port: 0,
    media_udp_port: 0,
    node_ip: '127.0.0.1',
    public_url: undefined,
    turn_port: 0,
    ...change,
  };
}

export async function startStand(
  options: { admit?: Admit; config?: Partial<MediaOptions['config']> } = {},
): Promise<Stand> {
  const data_dir = await mkdtemp(join(tmpdir(), 'conclave-media-'));
  const { log, lines } = createTestLog();
  const events: MediaEvent[] = [];
  const media = createMedia({
    config: testConfig(data_dir, options.config),
    log,
    engine_path,
    admit: options.admit ?? (() => Promise.resolve({ people_max: 10 })),
    onEvent: (event) => void events.push(event),
  });
  const server = createServer((request, response) => media.request(request, response));
  server.on('upgrade', (request, socket, head) => media.upgrade(request, socket, head));
  await media.start(new AbortController().signal);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    media,
    port: typeof address === 'object' && address ? address.port : 0,
    events,
    log_lines: lines,
    token: (room, identity) => media.mint({ room, identity, name: identity, ttl_s: 600 }),
    async stop() {
      await media.stop();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      await rm(data_dir, { recursive: true, force: true });
    },
  };
}

/** Somebody's signalling connection, as livekit-client makes it in its older form. */
export interface Caller {
  readonly socket: WebSocket;
  /** The first answer of this kind, also one that came already. */
  hear<Kind extends Message['case']>(kind: Kind): Promise<Extract<Message, { case: Kind }>>;
  readonly closed: Promise<void>;
}

type Message = SignalResponse['message'];

export function pathFor(token: string, more = ''): string {
  return `/lk/rtc?access_token=${token}&auto_subscribe=1&protocol=16&sdk=js${more}`;
}

export function call(port: number, path: string, headers: Record<string, string> = {}): Caller {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
  const heard: Message[] = [];
  const listeners = new Set<(message: Message) => void>();
  socket.on('message', (data: Buffer) => {
    const { message } = SignalResponse.fromBinary(data);
    heard.push(message);
    for (const listener of listeners) listener(message);
  });
  socket.on('error', () => undefined);
  return {
    socket,
    closed: new Promise((resolve) => {
      socket.once('close', () => resolve());
    }),
    hear: (kind) =>
      new Promise((resolve, reject) => {
        const take = (message: Message): void => {
          if (isKind(message, kind)) resolve(message);
        };
        heard.forEach(take);
        listeners.add(take);
        const end = (): void => reject(new Error(`closed without ${kind}`));
        if (socket.readyState === socket.CLOSED) end();
        else socket.once('close', end);
      }),
  };
}

function isKind<Kind extends Message['case']>(
  message: Message,
  kind: Kind,
): message is Extract<Message, { case: Kind }> {
  return message.case === kind;
}

/** Sits down and stays: resolves once the engine has let the caller in. */
export async function sit(stand: Stand, room: string, identity: string): Promise<Caller> {
  const caller = call(stand.port, pathFor(await stand.token(room, identity)));
  await caller.hear('join');
  return caller;
}

/** The status an upgrade is answered with. */
export async function upgradeStatus(
  port: number,
  path: string,
  headers: Record<string, string> = {},
): Promise<number> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
  const status = await new Promise<number>((resolve, reject) => {
    socket.once('open', () => resolve(101));
    socket.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    socket.once('error', reject);
  });
  socket.on('error', () => undefined);
  socket.terminate();
  return status;
}

/** True while a process of this id exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
