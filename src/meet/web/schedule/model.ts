/** The time of a meeting as the view shows it. */
import type { AgendaItem } from '../group/schedule.ts';
import type { Readable } from '../call/signal.ts';

export interface RunningAgenda {
  readonly items: readonly AgendaItem[];
  readonly at: number;
  /** When the time of the item is up, ms since 1970 by this browser's clock. */
  readonly ends_ms: number;
}

export interface RunningTurn {
  readonly identity: string;
  readonly ends_ms: number;
}

export interface ScheduleModel {
  readonly agenda: Readable<RunningAgenda | null>;
  /** Who has the word, and until when. */
  readonly turn: Readable<RunningTurn | null>;
  /** For hosts: goes to an item, or ends the agenda after the last one. */
  go(items: readonly AgendaItem[], at: number): void;
  /** For hosts: so many minutes for somebody; 0 ends it. */
  give(identity: string, minutes: number): void;
}
