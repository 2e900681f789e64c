/**
 * The guarded peer connection: the boundary of a meeting's encryption is the connection itself, so
 * that no code above it, the media client's or a server's, can make anything leave or enter in
 * clear (encryption design, section 6).
 */
import type { Dresser, End } from './dress.ts';
import { guardChannel } from './data-channel.ts';
import type { Payloads } from './data-channel.ts';
import type { Way } from './support.ts';

export type Breach = 'undressed' | 'refused-transform';

export interface ConnectionDoors {
  readonly way: Way;
  readonly dresser: Dresser;
  readonly payloads: Payloads;
  /** Told at the birth of a sender that begins with a track. */
  readonly onTrack: (track: MediaStreamTrack, sender: RTCRtpSender) => void;
  /** Told before the connection is closed: something went past the guard. */
  readonly onBreach: (breach: Breach) => void;
}

/** With the older way, the browser wants to be told before there is a sender. */
type Configuration = RTCConfiguration & { encodedInsertableStreams?: boolean };

function configure(given: RTCConfiguration | undefined, way: Way): Configuration {
  return way === 'streams' ? { ...given, encodedInsertableStreams: true } : { ...given };
}

/** What watches one connection: dresses its ends, and shuts it when one went past. */
class Watch {
  readonly #connection: RTCPeerConnection;
  readonly #doors: ConnectionDoors;

  constructor(connection: RTCPeerConnection, doors: ConnectionDoors) {
    this.#connection = connection;
    this.#doors = doors;
    // First of all listeners: the event fires before setRemoteDescription resolves.
    connection.addEventListener('track', ({ receiver, transceiver }) => {
      this.dress(receiver, transceiver.sender);
    });
    connection.addEventListener('datachannel', ({ channel }) => {
      guardChannel(channel, doors.payloads);
    });
  }

  dress(...ends: readonly End[]): void {
    try {
      for (const end of ends) this.#doors.dresser.dress(end);
    } catch {
      this.#shut('refused-transform');
    }
  }

  /** After every negotiation: what has no line of ours is shut before a frame passes. */
  sweep(): void {
    const { dresser } = this.#doors;
    const bare = this.#connection
      .getTransceivers()
      .some(({ sender, receiver }) => !dresser.isDressed(sender) || !dresser.isDressed(receiver));
    if (bare) this.#shut('undressed');
  }

  #shut(breach: Breach): void {
    for (const sender of this.#connection.getSenders()) {
      void sender.replaceTrack(null).catch(() => undefined);
    }
    this.#doors.onBreach(breach);
    this.#connection.close();
  }
}

/** A subclass of the browser's RTCPeerConnection in which everything is dressed at birth. */
export function guardConnection(
  Native: typeof RTCPeerConnection,
  doors: ConnectionDoors,
): typeof RTCPeerConnection {
  const { way, payloads, onTrack } = doors;

  return class GuardedConnection extends Native {
    readonly #watch: Watch;

    constructor(configuration?: RTCConfiguration) {
      super(configure(configuration, way));
      this.#watch = new Watch(this, doors);
    }

    override setConfiguration(configuration?: RTCConfiguration): void {
      super.setConfiguration(configure(configuration, way));
    }

    override addTransceiver(
      track: MediaStreamTrack | string,
      init?: RTCRtpTransceiverInit,
    ): RTCRtpTransceiver {
      const transceiver = super.addTransceiver(track, init);
      this.#watch.dress(transceiver.sender, transceiver.receiver);
      if (track instanceof MediaStreamTrack) onTrack(track, transceiver.sender);
      return transceiver;
    }

    override addTrack(track: MediaStreamTrack, ...streams: MediaStream[]): RTCRtpSender {
      const sender = super.addTrack(track, ...streams);
      const { receiver } = this.getTransceivers().find((each) => each.sender === sender) ?? {};
      this.#watch.dress(sender, ...(receiver ? [receiver] : []));
      onTrack(track, sender);
      return sender;
    }

    /** Of Chromium and Safari only, and past its time: it would add senders of its own. */
    addStream(): never {
      throw new DOMException('not through the guard', 'NotSupportedError');
    }

    override createDataChannel(label: string, init?: RTCDataChannelInit): RTCDataChannel {
      return guardChannel(super.createDataChannel(label, init), payloads);
    }

    override async setLocalDescription(given?: RTCLocalSessionDescriptionInit): Promise<void> {
      await super.setLocalDescription(given);
      this.#watch.sweep();
    }

    override async setRemoteDescription(given: RTCSessionDescriptionInit): Promise<void> {
      await super.setRemoteDescription(given);
      this.#watch.sweep();
    }
  };
}
