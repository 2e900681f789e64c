import { useEffect, useRef, useState } from 'react';

/**
 * A lifetime that begins with the first rendering, so that what it carries can start before
 * anything is on screen, and ends when the component is gone for good.
 */
export function useLife(): AbortSignal {
  const [life] = useState(() => new AbortController());
  const ending = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    // React's strict mode takes every effect back once and runs it again at once.
    clearTimeout(ending.current);
    return () => {
      ending.current = setTimeout(() => life.abort(), 0);
    };
  }, [life]);
  return life.signal;
}
