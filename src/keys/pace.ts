import type { Rate } from '../app/contract.ts';

/** How often one connection may do what is written to the log, or costs work. */
export interface Rates {
  readonly commit: Rate;
  readonly app: Rate;
  readonly signal: Rate;
  readonly read: Rate;
  readonly knock: Rate;
}

/** How long things wait, in milliseconds, and how often they may be done. */
export interface Pace {
  /** Knocks are shown to members together, this long after the first of them. */
  readonly release_ms: number;
  /** A leaf without a connection for this long is reported lost; a shorter break is nobody's news. */
  readonly lost_ms: number;
  /** After a start of the server everybody has this long to come back before `lost_ms` counts. */
  readonly restart_ms: number;
  /** A media seat given ahead of the leaf ends, where no leaf came of it. */
  readonly ahead_ms: number;
  /** A knock whose knocker has no connection for this long is withdrawn. */
  readonly knock_kept_ms: number;
  /** A group ends this long after its last leaf went. */
  readonly vacant_ms: number;
  /** How long the answer to a knock, or the end of a group, can still be heard. */
  readonly answer_kept_ms: number;
  /** Who was removed hears of it, and then nothing more. */
  readonly parting_ms: number;
  readonly rates: Rates;
}

export const pace: Pace = {
  release_ms: 500,
  lost_ms: 1_000,
  restart_ms: 10_000,
  ahead_ms: 4_000,
  knock_kept_ms: 10_000,
  vacant_ms: 60_000,
  answer_kept_ms: 60_000,
  parting_ms: 2_000,
  rates: {
    commit: { burst: 10, refill_ms: 400 },
    app: { burst: 100, refill_ms: 100 },
    signal: { burst: 60, refill_ms: 50 },
    read: { burst: 100, refill_ms: 50 },
    knock: { burst: 6, refill_ms: 2_000 },
  },
};
