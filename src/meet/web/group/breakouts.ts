/**
 * Breakout rooms, as hosts tell of them in the group. Each is a meeting of its own, with a group,
 * keys and a link of its own; what is told is which rooms there are and who is to go where. A link
 * lets in whoever has it, so each learns only of rooms that are open to them: it is sealed to their
 * leaf (encryption design, section 5: private messages). Hosts learn of all.
 */
import { toBase64url } from '../../../protocol/link/base64url.ts';
import { parseFragment } from '../../../protocol/link/link.ts';
import type { Bytes } from '../../../protocol/encryption/bytes.ts';
import { bytesOf, decodeJson, encodeJson } from '../../../protocol/encryption/json.ts';
import { readFields, readList, readText, readWhole } from '../../../protocol/encryption/json.ts';
import { Refusal, must } from '../../../protocol/encryption/refusal.ts';
import { openDirect, sealDirect } from '../../../protocol/mls/app.ts';
import type { Group, Seat } from '../../../protocol/mls/group.ts';
import { room_name_length_max, rooms_max } from './breakout-limits.ts';

export interface BreakoutRoom {
  readonly name: string;
  /** Path and fragment of its link, on the same server. */
  readonly link: string;
}

export interface Breakouts {
  /** None: there are none any more, and everybody comes back. */
  readonly rooms: readonly BreakoutRoom[];
  /** Whose room is which, by their name at the media engine; told to hosts only. */
  readonly places: readonly (readonly [id: string, room: number])[];
  /** Everybody goes into whichever they like. */
  readonly choose: boolean;
}

/** A body that one leaf alone can open. */
export interface SealedFor {
  readonly to: string;
  readonly sealed: string;
}

const places_max = 500;
const link_length_max = 120;
const id_length_max = 64;
const body_bytes_max = 32_768;

/** What somebody is told: a host all of it, others the rooms that are open to them. */
export function breakoutsFor(all: Breakouts, { identity, role }: Seat): Breakouts {
  if (role !== 'guest') return all;
  const { rooms, choose } = all;
  const place = all.places.find(([id]) => id === identity)?.[1];
  return { rooms: rooms.filter((_, at) => choose || at === place), places: [], choose };
}

/**
 * To each of them what concerns them, oneself included.
 * @throws Refusal `json.*` where it is more than may be told
 */
export async function sealBreakouts(
  group: Group,
  seats: readonly Seat[],
  all: Breakouts,
): Promise<SealedFor[]> {
  return Promise.all(
    seats.map(async (seat) => {
      const body = encodeBreakouts(breakoutsFor(all, seat));
      return { to: seat.identity, sealed: toBase64url(await sealDirect(group, seat.leaf, body)) };
    }),
  );
}

/** What of it is for `id`; null where nothing is, or it is not what it should be. */
export async function openBreakouts(
  group: Group,
  id: string,
  list: readonly SealedFor[],
): Promise<Breakouts | null> {
  const own = list.find(({ to }) => to === id);
  if (!own) return null;
  try {
    return decodeBreakouts(await openDirect(group, bytesOf(own.sealed)));
  } catch (cause) {
    if (cause instanceof Refusal) return null;
    throw cause;
  }
}

/** Throws `json.*`. */
export function encodeBreakouts({ rooms, places, choose }: Breakouts): Bytes {
  const spelled = rooms.map(({ name, link }) => ({ name, link }));
  const body = encodeJson({ rooms: spelled, places, choose }, body_bytes_max);
  decodeBreakouts(body);
  return body;
}

/** Throws `json.*`. */
export function decodeBreakouts(body: Bytes): Breakouts {
  const { rooms, places, choose } = readFields(decodeJson(body, body_bytes_max), [
    'rooms',
    'places',
    'choose',
  ]);
  must(typeof choose === 'boolean', 'json.value', 'not whether one may choose');
  const list = readList(rooms, rooms_max, readRoom);
  const readPlace = (value: unknown): readonly [string, number] => {
    const [id, room, ...more] = readList(value, 2, (each) => each);
    const place = readWhole(room, 0);
    must(place < list.length && more.length === 0, 'json.value', 'a place in no room');
    return [readText(id, id_length_max), place];
  };
  return { rooms: list, places: readList(places, places_max, readPlace), choose };
}

/** A link to elsewhere, or one that makes a host, is none that a member may be sent through. */
function readRoom(value: unknown): BreakoutRoom {
  const { name, link } = readFields(value, ['name', 'link']);
  const text = readText(link, link_length_max);
  const [, room = '', fragment = ''] = /^\/m\/([a-z0-9]{26})(#.*)$/.exec(text) ?? [];
  const parsed = parseFragment(room, fragment);
  must(parsed.link !== null && !('seed' in parsed), 'json.value', 'not the link of a room');
  return { name: readText(name, room_name_length_max), link: text };
}
