/** What the verbs of this room share, and what they are given from outside. */
import type { Ctx } from '../app/server.ts';
import type { Send } from '../protocol/encryption/rights.ts';
import type { Agenda } from './agenda.ts';
import type { Pace } from './pace.ts';
import type { Releases } from './release.ts';
import type { Sessions } from './session.ts';
import type { Votes } from './votes.ts';

/** An open meeting, as far as this room needs it. */
export interface Meeting {
  /** Public root key, 32 bytes. */
  readonly root: Buffer;
  /** Version of the link. */
  readonly link: number;
  /** How many may be in it at once. */
  readonly people_max: number;
}

/** A link's version and SHA-256 of its door value (32 bytes). */
export interface Door {
  readonly link: number;
  readonly hash: Buffer;
}

/** What this room needs of the meetings, which stand to its right. */
export interface Meetings {
  /**
   * The open meeting behind a door.
   * @throws CallerError one and the same for an absent room and a wrong door
   */
  enter(ctx: Ctx, room: string, door: string): Promise<Meeting>;
  /** The open meeting, for who is known already. */
  find(ctx: Ctx, room: string): Promise<Meeting | undefined>;
  /** The same, with its row locked: a meeting that ends must not cross a group that begins. */
  hold(ctx: Ctx, room: string): Promise<Meeting | undefined>;
  /** Sets link and door, and tells those who follow the meeting. Returns what they were. */
  relink(ctx: Ctx, room: string, door: Door): Promise<Door>;
}

/** What this room needs of the media engine. */
export interface Media {
  mint(
    ctx: Ctx,
    leaf: { room: string; id: string },
  ): Promise<{ token: string; media_path: string }>;
  /** From now on this is what an identity may send; what it sends beside that ends. */
  permit(room: string, id: string, sends: readonly Send[]): void;
  /** Ends what identities send of that now. */
  quiet(room: string, ids: readonly string[], sends: readonly Send[]): void;
  /** Ends the connection of an identity and its token. */
  close(room: string, id: string): Promise<void>;
}

export interface Desk {
  readonly meetings: Meetings;
  readonly media: Media;
  readonly pace: Pace;
  readonly now_ms: () => number;
  readonly sessions: Sessions;
  readonly votes: Votes;
  readonly agenda: Agenda;
  /** Looks after a room in `wait_ms` (tend.ts). */
  tendLater(room: string, wait_ms: number): void;
  readonly releases: Releases;
}
