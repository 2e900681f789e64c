/** How this browser lets a worker stand between its codecs and the network, if it does. */

/**
 * `script`: WebRTC Encoded Transform (Chromium ≥ 141, Firefox ≥ 117, Safari ≥ 15.4).
 * `streams`: createEncodedStreams of older Chromium. Never both on one connection.
 */
export type Way = 'script' | 'streams';

/** Null where frames cannot be sealed: nobody joins a meeting from there. */
export function findWay(): Way | null {
  if (typeof RTCRtpSender === 'undefined') return null;
  const has = (name: string): boolean =>
    name in RTCRtpSender.prototype && name in RTCRtpReceiver.prototype;
  if ('RTCRtpScriptTransform' in globalThis && has('transform')) return 'script';
  return has('createEncodedStreams') ? 'streams' : null;
}
