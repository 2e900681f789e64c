import { useEffect, useState } from 'react';

/** Twice a second: a countdown that shows seconds is never late by one. */
const between_ms = 500;

/** The time, in ms since 1970, as it passes. */
export function useNow(): number {
  const [now_ms, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), between_ms);
    return () => clearInterval(timer);
  }, []);
  return now_ms;
}
