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
