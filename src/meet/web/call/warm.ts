/** What can be done before Join is pressed, while the person looks at their own picture. */
import { setLogLevel } from './media.ts';

/**
 * Loads the media client, which this module imports, and lets the browser start its WebRTC
 * machinery, which costs tens of milliseconds the first time. Opens no connection; never rejects.
 */
export async function warm(): Promise<void> {
  // Its log would name rooms, tracks and devices.
  setLogLevel('silent');
  try {
    const line = new RTCPeerConnection();
    line.addTransceiver('audio', { direction: 'recvonly' });
    line.addTransceiver('video', { direction: 'recvonly' });
    line.createDataChannel('warm');
    await line.createOffer();
    line.close();
  } catch {
    // A browser without WebRTC is told so by the page, not here.
  }
}
