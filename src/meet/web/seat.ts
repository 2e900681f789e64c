import { toBase64url } from '../../protocol/link/base64url.ts';

/**
 * What one tab keeps about its place in a meeting, so that a reload is back in the same seat.
 * It dies with the tab.
 */
export interface Place {
  /** 32 random bytes, B64: the server's and the media server's name for the seat is their hash. */
  readonly seat: string;
  /** In the call: a reload goes straight back into it. */
  readonly inside: boolean;
  readonly name: string;
  readonly audio_on: boolean;
  readonly video_on: boolean;
  /** Identities of the leaves with whom the numbers of the encryption were compared. */
  readonly compared: readonly string[];
}

const keyOf = (room: string): string => `seat:${room}`;

/** The tab's place in a room; a new seat where it has none. */
export function readPlace(room: string): Place {
  const kept = readKept(room);
  if (kept) return kept;
  const place = freshPlace();
  keep(room, place);
  return place;
}

/** A place with a seat that nobody sits in. */
export function freshPlace(): Place {
  const seat = toBase64url(crypto.getRandomValues(new Uint8Array(32)));
  return { seat, inside: false, name: '', audio_on: true, video_on: true, compared: [] };
}

function readKept(room: string): Place | null {
  try {
    return JSON.parse(sessionStorage.getItem(keyOf(room)) ?? 'null') as Place | null;
  } catch {
    return null;
  }
}

/** Changes the tab's place: the call keeps its switches here, so that a reload finds them. */
export function keepPlace(room: string, change: Partial<Place>): void {
  keep(room, { ...readPlace(room), ...change });
}

function keep(room: string, place: Place): void {
  try {
    sessionStorage.setItem(keyOf(room), JSON.stringify(place));
  } catch {
    // Without storage a reload takes a new seat.
  }
}
