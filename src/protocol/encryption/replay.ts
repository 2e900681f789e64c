const window = 1024;

/** Which counters of one stream were seen: the last 1,024 exactly, all before them as seen. */
export interface ReplayWindow {
  /** Whether a counter is new. */
  isNew(counter: number): boolean;
  /** Marks a counter, once its frame was authentic; false if another was quicker. */
  accept(counter: number): boolean;
}

export function openReplayWindow(): ReplayWindow {
  const seen = new Uint8Array(window);
  let highest = -1;
  const isNew = (counter: number): boolean => {
    if (counter > highest) return true;
    return counter > highest - window && seen[counter % window] === 0;
  };
  return {
    isNew,
    accept(counter) {
      if (!isNew(counter)) return false;
      // What lies between is not seen yet; past a whole window nothing of the old one is left.
      const first = Math.max(highest + 1, counter - window + 1);
      for (let skipped = first; skipped < counter; skipped += 1) seen[skipped % window] = 0;
      seen[counter % window] = 1;
      highest = Math.max(highest, counter);
      return true;
    },
  };
}
