/**
 * What the lock says, from facts alone (encryption design, section 0): nothing of it is taken from
 * what the server says about itself.
 */
import type { LineCount } from '../guard/messages.ts';
import type { GroupView } from './group.ts';

export type LockState = 'green' | 'amber' | 'red';

/** The one sentence that goes with it. */
export type LockReason =
  | 'sealed'
  /** On the way into the group, or back into it. */
  | 'joining'
  /** Somebody has not confirmed yet that they are in the same epoch. */
  | 'unconfirmed'
  /** Members miss each other's confirmations. */
  | 'missing'
  | 'no-host'
  /** Frames arrive that were not sealed by whom they should be; they are not shown. */
  | 'refused'
  /** What is sent does not go out sealed. */
  | 'unsent'
  /** Somebody is connected to the media server who is not in the group. */
  | 'stranger'
  /** Most others confirm nothing: sending has stopped. */
  | 'alone'
  /** Something went past the guard; the connection was closed. */
  | 'breach';

export interface Lock {
  readonly state: LockState;
  readonly reason: LockReason;
}

export interface LockFacts {
  readonly breach: boolean;
  readonly view: GroupView;
  /** Somebody without a leaf is connected. */
  readonly strangers: boolean;
  /** What the lines did since the last look. */
  readonly lines: readonly LineCount[];
}

/** A few frames are always on their way across a change of keys. */
const refused_max = 10;

export function judgeLock({ breach, view, strangers, lines }: LockFacts): Lock {
  if (breach) return { state: 'red', reason: 'breach' };
  if (view.pulse === 'alone') return { state: 'red', reason: 'alone' };
  if (view.phase !== 'in') return { state: 'amber', reason: 'joining' };
  // Also beside frames that open: whoever can put some in could put in a whole picture.
  const refused = lines.some(({ dropped }) => (dropped.refused ?? 0) > refused_max);
  if (refused) return { state: 'red', reason: 'refused' };
  const failed = lines.some(({ direction, dropped }) => {
    const { failed: wrong = 0, codec = 0 } = dropped;
    return direction === 'send' && wrong + codec > 0;
  });
  if (failed) return { state: 'amber', reason: 'unsent' };
  if (strangers) return { state: 'amber', reason: 'stranger' };
  if (view.pulse !== 'well') return { state: 'amber', reason: view.pulse };
  const others = [...view.leaves.values()].filter(({ identity }) => identity !== view.own);
  if (others.some(({ confirmed }) => !confirmed)) return { state: 'amber', reason: 'unconfirmed' };
  return { state: 'green', reason: 'sealed' };
}

/** What happened between two counts of the same lines. */
export function countSince(
  before: readonly LineCount[],
  now: readonly LineCount[],
): readonly LineCount[] {
  const old = new Map(before.map((line) => [line.id, line]));
  return now.map((line) => {
    const was = old.get(line.id);
    if (was === undefined) return line;
    const dropped = Object.fromEntries(
      Object.entries(line.dropped).map(([reason, count]) => [
        reason,
        count - (was.dropped[reason as keyof typeof was.dropped] ?? 0),
      ]),
    );
    return { ...line, seen: line.seen - was.seen, passed: line.passed - was.passed, dropped };
  });
}
