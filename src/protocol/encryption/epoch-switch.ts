/**
 * When to send under the keys of a new epoch (encryption design, section 3.6): once all members
 * are ready, or after a while, which is shorter when somebody was removed. Neither a late member nor
 * the server can put it off.
 */
const wait_ms = 1000;
const wait_after_remove_ms = 500;

export interface EpochSwitch {
  /** The epoch to send in at this time. */
  sendingEpoch(now_ms: number): bigint;
  /** When `sendingEpoch` will next change by time alone, or null. */
  nextChange(): number | null;
  /** A commit was applied. */
  enterEpoch(epoch: bigint, removed: boolean, now_ms: number): void;
  /** The server says that all members are ready; it can only make the wait shorter. */
  allReady(epoch: bigint, now_ms: number): void;
  /** The commit that began `epoch` is void: the epoch before it goes on. The only way back. */
  dropEpoch(epoch: bigint): void;
}

/** @param first the epoch in which one joined: sent in at once. */
export function switchEpochs(first: bigint): EpochSwitch {
  let sending = first;
  let waiting: { epoch: bigint; at_ms: number }[] = [];
  const advance = (now_ms: number): void => {
    for (const { epoch, at_ms } of waiting) {
      if (at_ms <= now_ms && epoch > sending) sending = epoch;
    }
    waiting = waiting.filter(({ epoch }) => epoch > sending);
  };
  return {
    sendingEpoch(now_ms) {
      advance(now_ms);
      return sending;
    },
    nextChange() {
      return waiting.reduce<number | null>(
        (soonest, { at_ms }) => (soonest === null ? at_ms : Math.min(soonest, at_ms)),
        null,
      );
    },
    enterEpoch(epoch, removed, now_ms) {
      waiting.push({ epoch, at_ms: now_ms + (removed ? wait_after_remove_ms : wait_ms) });
    },
    allReady(epoch, now_ms) {
      waiting = waiting.map((entry) =>
        entry.epoch <= epoch ? { ...entry, at_ms: Math.min(entry.at_ms, now_ms) } : entry,
      );
      advance(now_ms);
    },
    dropEpoch(epoch) {
      waiting = waiting.filter((entry) => entry.epoch < epoch);
      if (sending >= epoch) sending = epoch - 1n;
    },
  };
}
