/** A meeting's guest without a browser: speaks to a server as any program could. */
import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import type { IncomingHttpHeaders, RequestOptions } from 'node:http';
import { toBase64url } from '#src/protocol/link/base64url.ts';
import { deriveDoor, hashDoor } from '#src/protocol/link/door.ts';
import { formatLink } from '#src/protocol/link/link.ts';
import { rootFingerprint } from '#src/protocol/link/fingerprint.ts';
import { openRoot } from '#src/protocol/link/root.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** One HTTP request exactly as given: `path` is not normalised. */
export function ask(
  origin: string,
  path: string,
  options: RequestOptions & { readonly body?: string | Buffer } = {},
): Promise<Answer> {
  const { hostname, port } = new URL(origin);
  const { body, ...rest } = options;
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, ...rest }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.once('error', reject);
      response.once('end', () => {
        const text = Buffer.concat(parts).toString('utf8');
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

/** One call over HTTP. */
export function askCall(
  origin: string,
  name: string,
  input: unknown,
  options: RequestOptions = {},
): Promise<Answer> {
  return ask(origin, `/rpc/${name}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(input),
    ...options,
  });
}

export interface MadeMeeting {
  readonly room: string;
  readonly door: string;
  readonly secret: string;
  /** 32 bytes: whoever has them is the host. */
  readonly root_seed: Uint8Array<ArrayBuffer>;
  /** Path and fragment. */
  readonly link: string;
}

/** Makes a meeting as a browser does. @throws Error with the server's answer when it refuses. */
export async function makeMeeting(origin: string): Promise<MadeMeeting> {
  const secret = new Uint8Array(randomBytes(32));
  const root_seed = new Uint8Array(randomBytes(32));
  const root = await openRoot(root_seed);
  const { room, grant } = await must(origin, 'meet.reserve', {});
  const door = await deriveDoor(secret, String(room));
  const door_hash = toBase64url(await hashDoor(door));
  const public_key = toBase64url(root.public_key);
  await must(origin, 'meet.create', { room, grant, root: public_key, door_hash });
  const fingerprint = await rootFingerprint(root.public_key);
  return {
    room: String(room),
    door: toBase64url(door),
    secret: toBase64url(secret),
    root_seed,
    link: formatLink({ room: String(room), version: 1, secret, fingerprint }),
  };
}

/** The output of a call. @throws Error with the server's answer when it refuses. */
export async function must(
  origin: string,
  name: string,
  input: unknown,
): Promise<Record<string, unknown>> {
  const { status, text } = await askCall(origin, name, input);
  if (status !== 200) throw new Error(`${name} answered ${String(status)}: ${text}`);
  const answer: unknown = JSON.parse(text);
  if (typeof answer === 'object' && answer !== null && 'ok' in answer) {
    const { ok } = answer;
    if (typeof ok === 'object' && ok !== null) return { ...ok };
  }
  throw new Error(`${name} answered ${text}`);
}

/** 32 random bytes as the wire has them: a seat, or a door that opens nothing. */
export function randomSeat(): string {
  return randomBytes(32).toString('base64url');
}
