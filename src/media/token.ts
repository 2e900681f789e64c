import { AccessToken, TokenVerifier, TrackSource } from 'livekit-server-sdk';
import * as z from 'zod';
import type { ParticipantPermission } from '@livekit/protocol';
import type { MediaKeys } from './keys.ts';

const source_names = ['camera', 'microphone', 'screen_share', 'screen_share_audio'] as const;
export type Source = (typeof source_names)[number];

/** What the media server lets a seat do; LiveKit's own names. */
export interface Permissions {
  readonly canPublish: boolean;
  /** Only these sources; absent: every one. */
  readonly canPublishSources?: readonly Source[];
  readonly canPublishData: boolean;
  readonly canSubscribe: boolean;
  readonly canUpdateOwnMetadata: boolean;
}

/** One person's place in one room of the media server. */
export interface Seat {
  readonly room: string;
  readonly identity: string;
}

/** A token is good for this long; the engine renews it while its holder is connected. */
export const seat_ttl_s = 6 * 3600;

export interface TokenRequest extends Seat {
  readonly name: string;
  readonly ttl_s: number;
  /** Absent: `participant`. */
  readonly permissions?: Permissions;
}

/** Who takes part like everybody else: sends, receives, and may describe themselves. */
export const participant: Permissions = {
  canPublish: true,
  canPublishData: true,
  canSubscribe: true,
  canUpdateOwnMetadata: true,
};

const sources: Readonly<Record<Source, TrackSource>> = {
  camera: TrackSource.CAMERA,
  microphone: TrackSource.MICROPHONE,
  screen_share: TrackSource.SCREEN_SHARE,
  screen_share_audio: TrackSource.SCREEN_SHARE_AUDIO,
};

/** A seat that may send only some sources. Without any it may send none: to LiveKit an empty list is all. */
export function permissionsOf(may: readonly Source[] | undefined): Permissions {
  const seat = { ...participant, canUpdateOwnMetadata: false };
  if (may === undefined) return seat;
  return { ...seat, canPublish: may.length > 0, canPublishSources: may };
}

/** The same in the words of the media server's own API. */
export function permissionOf(may: readonly Source[]): Partial<ParticipantPermission> {
  const { canPublishSources, canUpdateOwnMetadata, ...rest } = permissionsOf(may);
  return {
    ...rest,
    canPublishSources: canPublishSources?.map((source) => sources[source]) ?? [],
    canUpdateMetadata: canUpdateOwnMetadata,
  };
}

/** Whether a track of the media server's API is of that source. */
export function isOf({ source }: { readonly source: TrackSource }, name: Source): boolean {
  return source === sources[name];
}

/** A join token: a JWT (HS256) that lets its holder sit in one seat, and nothing more. */
export async function mintToken(keys: MediaKeys, request: TokenRequest): Promise<string> {
  const { room, identity, name, ttl_s, permissions = participant } = request;
  const { canPublishSources, ...flags } = permissions;
  const token = new AccessToken(keys.key, keys.secret, { identity, name, ttl: ttl_s });
  token.addGrant({
    roomJoin: true,
    room,
    ...flags,
    ...(canPublishSources
      ? { canPublishSources: canPublishSources.map((source) => sources[source]) }
      : {}),
  });
  return token.toJwt();
}

/** `invalid`: not ours, forged or expired. `forbidden`: ours, but not a plain seat in a room. */
export type TokenRefusal = 'invalid' | 'forbidden';

const token_length_max = 4000;

/** What a plain seat's token may hold; each other claim and grant must be absent or empty. */
const claims_known = new Set([
  'iss',
  'sub',
  'nbf',
  'exp',
  'iat',
  'jti',
  'identity',
  'name',
  'video',
  'kind',
]);
const grants_known = new Set([
  'roomJoin',
  'room',
  'canPublish',
  'canPublishSources',
  'canPublishData',
  'canSubscribe',
  'canUpdateOwnMetadata',
]);

const seat_shape = z.object({
  sub: z.string().min(1).max(256),
  exp: z.number(),
  /** In the media server's own tokens, beside `sub`. */
  identity: z.string().optional(),
  kind: z.enum(['', 'standard']).optional(),
  video: z.looseObject({ roomJoin: z.literal(true), room: z.string().min(1).max(256) }),
});

/**
 * The seat a token is for. It must be signed by our key with HS256, be unexpired, and grant
 * joining one room as an ordinary participant. Also the tokens the media server itself sends
 * along while a call runs are such ones.
 *
 * Known grants are listed, not bad ones: `roomAdmin`, `hidden`, `recorder`, `agent` and what
 * LiveKit may add later would let a holder do what our own rules never gave.
 */
export async function verifyToken(keys: MediaKeys, token: string): Promise<Seat | TokenRefusal> {
  if (token.length > token_length_max || !isHs256(token)) return 'invalid';
  const claims = await readClaims(keys, token);
  if (claims === undefined) return 'invalid';
  const parsed = seat_shape.safeParse(claims);
  if (!parsed.success) return 'forbidden';
  const { sub, exp, identity = sub, video } = parsed.data;
  if (exp * 1000 <= Date.now()) return 'invalid';
  if (identity !== sub) return 'forbidden';
  if (!holdsOnly(claims, claims_known)) return 'forbidden';
  if (!holdsOnly(video, grants_known)) return 'forbidden';
  return { room: video.room, identity };
}

async function readClaims(
  keys: MediaKeys,
  token: string,
): Promise<Record<string, unknown> | undefined> {
  try {
    return { ...(await new TokenVerifier(keys.key, keys.secret).verify(token)) };
  } catch {
    return undefined;
  }
}

/** The library also takes HS384 and HS512 with the same secret; we sign with one algorithm only. */
function isHs256(token: string): boolean {
  try {
    const [header = ''] = token.split('.');
    const parsed: unknown = JSON.parse(Buffer.from(header, 'base64url').toString('utf8'));
    return z.object({ alg: z.literal('HS256') }).safeParse(parsed).success;
  } catch {
    return false;
  }
}

function holdsOnly(record: Record<string, unknown>, known: ReadonlySet<string>): boolean {
  return Object.entries(record).every(([name, value]) => known.has(name) || isEmpty(value));
}

function isEmpty(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return !value;
}
