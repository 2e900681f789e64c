/** The page of a breakout room towards the meeting that it stands in a frame of. */
import type { LeaveReason } from '../entry.ts';
import type { FromRoom, ToRoom } from './model.ts';

/** No other site can frame this page (Content-Security-Policy: frame-ancestors). */
export const is_framed = window.parent !== window;

/** Calls `leave` when the meeting wants its person back, until the returned function is called. */
export function onCalledBack(leave: () => void): () => void {
  const hear = ({ source, origin, data }: MessageEvent<Partial<ToRoom> | undefined>): void => {
    if (source !== window.parent || origin !== location.origin) return;
    if (data?.t === 'breakout-leave') leave();
  };
  if (is_framed) window.addEventListener('message', hear);
  return () => window.removeEventListener('message', hear);
}

/** The stay in the room is over. */
export function tellMeeting(reason: LeaveReason): void {
  const message: FromRoom = { t: 'breakout-over', reason };
  if (is_framed) window.parent.postMessage(message, location.origin);
}
