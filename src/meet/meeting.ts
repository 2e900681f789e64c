/**
 * A meeting and its rules, as pure functions. The server holds of a link only the hash of its
 * door value and the public root key; the link's secret and the root key's private half never
 * reach it (e2ee design, §2).
 */
import type { EventFrame } from '../app/contract.ts';
import type { MeetingState } from './contract.ts';

/** An unclaimed meeting ends when nobody was in it for this long. */
export const vacant_max_ms = 24 * 3600 * 1000;
/** How long an ended meeting is still known, so that its link says "ended". */
export const ended_kept_ms = 24 * 3600 * 1000;
/** How long a reserved room id may be used to create the meeting. */
export const grant_ms = 10 * 60 * 1000;

/** What the root key signs to end the meeting for everyone: label ‖ 0x00 ‖ room id. */
export const end_label = 'conclave/end/v1';

/** The account under which the meeting's events are numbered. */
export function accountOf(room: string): string {
  return `meet:${room}`;
}

/**
 * The state after `frame`. The same function serves browsers and the test that proves every
 * verb's events: old state + events = new state.
 */
export function applyEvent<State extends Pick<MeetingState, 'here' | 'ended' | 'link'>>(
  state: State,
  frame: EventFrame,
): State {
  const data = frame.data as { identity?: string; link?: number };
  switch (frame.event) {
    case 'meet.joined':
      if (data.identity === undefined || state.here.includes(data.identity)) return state;
      return { ...state, here: [...state.here, data.identity] };
    case 'meet.left':
      return { ...state, here: state.here.filter((identity) => identity !== data.identity) };
    case 'meet.relinked':
      return { ...state, link: data.link ?? state.link };
    case 'meet.ended':
      return { ...state, here: [], ended: true };
    default:
      return state;
  }
}
