/** What the view of breakout rooms shows, and what it can ask for. */
import type { Breakouts, BreakoutRoom } from '../group/breakouts.ts';
import type { Readable } from '../call/signal.ts';
import type { LeaveReason } from '../entry.ts';

/** One is in a breakout room; the meeting goes on without one's picture and voice. */
export interface Aside {
  readonly room: BreakoutRoom;
  /** On the way back: the room is told goodbye. */
  readonly leaving: boolean;
}

export interface BreakoutsModel {
  /** The rooms open to oneself; for a host all, and who is to go where. Null while there are none. */
  readonly told: Readable<Breakouts | null>;
  /** The name of the room each is in, by identity, as they say. */
  readonly where: Readable<ReadonlyMap<string, string>>;
  /** When everybody is brought back, in ms since 1970; null while nobody said so. */
  readonly recalled: Readable<number | null>;
  /** Makes the rooms and tells of them. For hosts. @throws Refused */
  open(names: readonly string[], sharing: Sharing): Promise<void>;
  /** Says whose room is which; null: none. For hosts. */
  place(identity: string, room: number | null): Promise<void>;
  /** Everybody is to come back within so many seconds; then there are no rooms. For hosts. */
  recall(seconds: number): Promise<void>;
  enter(room: BreakoutRoom): void;
  /** By a press of one's own: with microphone and camera as they were in the room. */
  comeBack(): void;
  /** The page of the room says that it is over. */
  left(reason: LeaveReason): void;
}

/** How people come into rooms: shared out by chance, by a host one by one, or as they like. */
export type Sharing = 'chance' | 'hand' | 'choice';

/** What the page of a breakout room and the meeting around it say to each other. */
export type FromRoom = { readonly t: 'breakout-over'; readonly reason: LeaveReason };
export type ToRoom = { readonly t: 'breakout-leave' };
