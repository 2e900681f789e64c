/** For tests: time that runs faster, where what is tested takes minutes. */
import type { Clock } from '#src/meet/web/group/clock.ts';

export function fastClock(times: number): Clock {
  const began_ms = Date.now();
  return {
    now_ms: () => Math.floor(began_ms + (Date.now() - began_ms) * times),
    after: (wait_ms, act) => {
      const timer = setTimeout(act, wait_ms / times);
      return () => clearTimeout(timer);
    },
  };
}

/** Time that a test can put forward; what waits for it looks when something happens. */
export function jumpingClock(): Clock & { jump(ms: number): void } {
  let ahead_ms = 0;
  return {
    now_ms: () => Date.now() + ahead_ms,
    after: (wait_ms, act) => {
      const timer = setTimeout(act, wait_ms);
      return () => clearTimeout(timer);
    },
    jump: (ms) => (ahead_ms += ms),
  };
}
