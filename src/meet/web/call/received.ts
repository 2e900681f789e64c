import { Track } from './media.ts';
import type { Received } from './receiving.ts';

/** Whether what comes from there is received at all. */
export function isReceived(source: Track.Source, received: Received): boolean {
  const { Camera, ScreenShare, ScreenShareAudio } = Track.Source;
  if (received === 'shares') return source === ScreenShare || source === ScreenShareAudio;
  return received !== 'none' || (source !== Camera && source !== ScreenShare);
}
