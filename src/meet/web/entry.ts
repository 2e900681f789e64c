import type { Group } from './call/group.ts';

/** What the join page hands to the call. */
export interface Ticket {
  /** A media token; for the media server only, and never for a log. */
  readonly token: string;
  /** Where the media signalling is proxied on our own origin. */
  readonly media_path: string;
  /** How many were in the group when it was given. */
  readonly people: number;
}

export interface Entry {
  /** The group that was asked to let this person in; the call leaves it. */
  readonly group: Group;
  readonly room: string;
  /** The door value of the link as it is now, B64: proves to the server that it is known. */
  readonly door: () => Promise<string>;
  readonly name: string;
  /** The whole link as it is now, to be copied. */
  readonly link_url: () => string;
  /** The same for the host's other devices; null where this browser is not the host's. */
  readonly host_link_url: () => string | null;
  /** The root key's seed where this browser made the meeting: whoever has it is the host. */
  readonly root_seed: Uint8Array<ArrayBuffer> | null;
  /** Live tracks, handed over: the call stops them. Null where there is none, or it is off. */
  readonly audio: MediaStreamTrack | null;
  readonly video: MediaStreamTrack | null;
  readonly audio_on: boolean;
  readonly video_on: boolean;
  /** `deviceId` of the chosen loudspeaker; null for the system's. */
  readonly speaker_id: string | null;
  /** One comes anew, and not back into a call by a reload. */
  readonly fresh: boolean;
  /** Asked for when Join was pressed. */
  readonly ticket: Promise<Ticket>;
}

/** Why the call is over. */
export type LeaveReason = 'left' | 'ended' | 'removed' | 'denied' | 'failed';
