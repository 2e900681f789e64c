/** Time as the member of a group sees it: a parameter, so that a test can let it run faster. */
export interface Clock {
  /** Milliseconds since 1970. */
  now_ms(): number;
  /** Runs `act` once after that many milliseconds, unless what it returns was called before. */
  after(wait_ms: number, act: () => void): () => void;
}

export const wall_clock: Clock = {
  now_ms: () => Date.now(),
  after: (wait_ms, act) => {
    const timer = setTimeout(act, wait_ms);
    return () => clearTimeout(timer);
  },
};

/** Resolves after that many milliseconds; rejects with the signal's reason when it ends before. */
export function pause(clock: Clock, wait_ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (): void => {
      cancel();
      reject(signal.reason as Error);
    };
    const cancel = clock.after(wait_ms, () => {
      signal.removeEventListener('abort', fail);
      resolve();
    });
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}
