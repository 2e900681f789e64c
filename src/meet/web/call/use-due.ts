import { useEffect, useState } from 'react';

/** Whether so many milliseconds have passed since the component was first on screen. */
export function useDue(wait_ms: number): boolean {
  const [due, setDue] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setDue(true), wait_ms);
    return () => clearTimeout(timer);
  }, [wait_ms]);
  return due;
}
