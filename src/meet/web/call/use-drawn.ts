import { useEffect, useState } from 'react';
import type { Room } from './media.ts';
import type { Readable } from './signal.ts';

/** After the media engine's answer, so long: what follows from it at once is done by then. */
const after_answer_ms = 40;
/** Where it does not answer, the call is drawn all the same. */
const unanswered_ms_max = 300;

/**
 * Whether the call is to be drawn. That takes tens of milliseconds, in which the page does nothing
 * else: it is done while the network is waited for, and not before the first steps of connecting.
 */
export function useDrawn(room: Readable<Room | null>): boolean {
  const [drawn, setDrawn] = useState(false);
  useEffect(() => {
    let timer = setTimeout(() => setDrawn(true), unanswered_ms_max);
    const stop = room.subscribe(() => {
      stop();
      clearTimeout(timer);
      timer = setTimeout(() => setDrawn(true), after_answer_ms);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [room]);
  return drawn;
}
