/**
 * For tests: a media server that lies. It stands in the page between the media client and the real
 * engine, and may change, keep back and make up every message of the signalling.
 */
import { SignalResponse } from '@livekit/protocol';
import type { TrackInfo } from '@livekit/protocol';
import type { Page } from 'playwright-core';

/** What becomes of a message on its way to the client: itself, another one, or nothing. */
export type Lie = (message: SignalResponse) => SignalResponse | null;

export interface HostileSignalling {
  /** From now on; the truth at first. */
  lie: Lie;
  /** What the server said of one's own tracks. */
  readonly own_tracks: readonly TrackInfo[];
  /** A message that the engine never sent. */
  say(message: SignalResponse): void;
  /** The signalling connection breaks, as if the line had. */
  cut(): Promise<void>;
}

/** Before the page is opened. */
export async function standBetween(page: Page): Promise<HostileSignalling> {
  const own_tracks: TrackInfo[] = [];
  let send: (message: SignalResponse) => void = () => undefined;
  let close: () => Promise<void> = () => Promise.resolve();
  const hostile: HostileSignalling = {
    lie: (message) => message,
    own_tracks,
    say: (message) => send(message),
    cut: () => close(),
  };
  await page.routeWebSocket(/\/lk\//, (client) => {
    const engine = client.connectToServer();
    send = (message) => client.send(Buffer.from(message.toBinary()));
    close = () => client.close({ code: 3000, reason: 'cut' });
    client.onMessage((data) => engine.send(data));
    engine.onMessage((data) => {
      if (typeof data === 'string') return client.send(data);
      const told = SignalResponse.fromBinary(new Uint8Array(data));
      if (told.message.case === 'trackPublished' && told.message.value.track) {
        own_tracks.push(told.message.value.track);
      }
      const message = hostile.lie(told);
      if (message) send(message);
    });
  });
  return hostile;
}
