import { RoomServiceClient, ServerError } from 'livekit-server-sdk';
import { UnavailableError } from '#src/app/error.ts';
import type { MediaKeys } from './keys.ts';
import { isOf, permissionOf } from './token.ts';
import type { Seat, Source } from './token.ts';
import { Turns } from './turns.ts';
import type { Upstream } from './upstream.ts';

/** Somebody connected to a room. `sid` is new with each connection, `identity` is the seat's. */
export interface Person {
  readonly identity: string;
  readonly sid: string;
  /** Milliseconds since the epoch. */
  readonly joined_ms: number;
}

/** The media server's rooms, asked for over its own API. */
export interface Rooms {
  /** Makes the room unless it is there. Safe to repeat. */
  open(room: string, people_max: number): Promise<void>;
  /** Ends the room; everybody in it is told and disconnected. */
  end(room: string): Promise<void>;
  /** Disconnects whoever sits there. */
  remove(seat: Seat): Promise<void>;
  /** From now on the seat may send these only. What it sends beside them ends. */
  permit(seat: Seat, may: readonly Source[]): Promise<void>;
  /** Mutes what these seats send of `what` now. They can unmute it themselves where they may. */
  quiet(room: string, identities: ReadonlySet<string>, what: readonly Source[]): Promise<void>;
  /** Who is connected, in order of arrival; nobody when there is no such room. */
  people(room: string): Promise<Person[]>;
}

const request_timeout_s = 3;

/**
 * `failover` is off: the client would look for other regions at the server's word, and repeat on
 * its own what must be answered now.
 * @returns calls that throw UnavailableError while the media server is down
 */
export function createRooms(upstream: Upstream, keys: MediaKeys): Rooms {
  const opening = new Map<string, Promise<void>>();
  const rights = new Turns();

  function client(): RoomServiceClient {
    const url = upstream.url();
    if (url === undefined) throw unavailable();
    return new RoomServiceClient(url, keys.key, keys.secret, {
      requestTimeout: request_timeout_s,
      failover: false,
    });
  }

  return {
    open(room, people_max) {
      // Everybody comes back at once after a restart: one request serves those who wait for it.
      const under_way = opening.get(room);
      if (under_way) return under_way;
      const request = ask(async () => {
        await client().createRoom({ name: room, maxParticipants: people_max });
      }).finally(() => opening.delete(room));
      opening.set(room, request);
      return request;
    },
    end: (room) => unlessAbsent(() => client().deleteRoom(room), undefined),
    remove: ({ room, identity }) =>
      unlessAbsent(() => client().removeParticipant(room, identity), undefined),
    permit: ({ room, identity }, may) =>
      rights.take(`${room} ${identity}`, () =>
        unlessAbsent(async () => {
          await client().updateParticipant(room, identity, { permission: permissionOf(may) });
        }, undefined),
      ),
    quiet: (room, identities, what) =>
      unlessAbsent(async () => {
        const found = await client().listParticipants(room);
        const open = found
          .filter(({ identity }) => identities.has(identity))
          .flatMap(({ identity, tracks }) => tracks.map((track) => ({ identity, track })))
          .filter(({ track }) => !track.muted && what.some((name) => isOf(track, name)));
        await Promise.all(
          open.map(({ identity, track: { sid } }) =>
            // Who is gone by now is as silent as can be.
            unlessAbsent(() => client().mutePublishedTrack(room, identity, sid, true), undefined),
          ),
        );
      }, undefined),
    people: (room) =>
      unlessAbsent(async () => {
        const found = await client().listParticipants(room);
        return found
          .map(({ identity, sid, joinedAtMs, joinedAt }) => ({
            identity,
            sid,
            joined_ms: Number(joinedAtMs) || Number(joinedAt) * 1000,
          }))
          .toSorted((left, right) => left.joined_ms - right.joined_ms);
      }, []),
  };
}

async function ask<Answer>(request: () => Promise<Answer>): Promise<Answer> {
  try {
    return await request();
  } catch (cause) {
    throw cause instanceof UnavailableError ? cause : unavailable(cause);
  }
}

/** `absent` is the answer where the room, or the seat, does not exist. */
function unlessAbsent<Answer>(request: () => Promise<Answer>, absent: Answer): Promise<Answer> {
  return ask(async () => {
    try {
      return await request();
    } catch (cause) {
      if (cause instanceof ServerError && cause.status === 404) return absent;
      throw cause;
    }
  });
}

function unavailable(cause?: unknown): UnavailableError {
  const error = new UnavailableError('media.unavailable', 'The media server is starting.', 1000);
  if (cause !== undefined) error.cause = cause;
  return error;
}
