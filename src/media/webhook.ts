import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { WebhookReceiver } from 'livekit-server-sdk';
import type { WebhookEvent } from 'livekit-server-sdk';
import type { Log } from '#src/app/log.ts';
import type { Service } from '#src/app/service.ts';
import type { MediaKeys } from './keys.ts';
import type { Presence } from './presence.ts';

const body_bytes_max = 1_000_000;

/**
 * The door for the engine's own reports: an HTTP listener on a loopback port of its own, so that
 * nothing from outside can even reach it. Each report carries a JWT with the hash of its body,
 * signed with our key.
 */
export function createWebhook(options: {
  readonly keys: MediaKeys;
  readonly log: Log;
  readonly presence: Presence;
}): Service & { url(): string } {
  const receiver = new WebhookReceiver(options.keys.key, options.keys.secret);
  let url = '';

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = request.method === 'POST' ? await readBody(request) : undefined;
    if (body === undefined) {
      response.writeHead(400, { connection: 'close' }).end();
      return;
    }
    let event: WebhookEvent;
    try {
      event = await receiver.receive(body, request.headers.authorization);
    } catch (cause) {
      options.log.warn({ err: cause }, 'a report that is not from the media engine was refused');
      response.writeHead(401, { connection: 'close' }).end();
      return;
    }
    report(options.presence, event);
    response.writeHead(200).end();
  }

  const server: Server = createServer({ requestTimeout: 10_000 }, (request, response) => {
    take(request, response).catch((cause: unknown) => {
      options.log.error({ err: cause }, 'a report of the media engine was lost');
      response.destroy();
    });
  });

  return {
    name: 'media webhook',
    url: () => url,
    start: () =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(0, '127.0.0.1', () => {
          const address = server.address();
          url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/`;
          resolve();
        });
      }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function report(presence: Presence, event: WebhookEvent): void {
  const room = event.room?.name ?? '';
  const { identity = '', sid = '' } = event.participant ?? {};
  switch (event.event) {
    case 'participant_joined':
      presence.join(room, identity, sid);
      return;
    case 'participant_left':
    case 'participant_connection_aborted':
      presence.leave(room, identity, sid);
      return;
    case 'room_finished':
      presence.finish(room);
      return;
    default:
  }
}

/** Undefined when it is longer than any report of the engine is. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let size_bytes = 0;
  for await (const part of request) {
    if (!(part instanceof Buffer)) return undefined;
    size_bytes += part.length;
    if (size_bytes > body_bytes_max) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
