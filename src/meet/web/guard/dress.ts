/** Gives every sender and receiver its line through the worker, once and for its whole life. */
import type { Direction, FromPage } from './messages.ts';
import type { Way } from './support.ts';

export type End = RTCRtpSender | RTCRtpReceiver;

interface EncodedStreams {
  readonly readable: ReadableStream;
  readonly writable: WritableStream;
}

/** The types of TypeScript's DOM do not have the older way. */
type Encoded = End & { createEncodedStreams?(): EncodedStreams };

export class Dresser {
  readonly #worker: Worker;
  readonly #way: Way;
  readonly #ids = new WeakMap<End, number>();
  readonly #senders = new Map<number, WeakRef<RTCRtpSender>>();
  readonly #transforms = new WeakMap<End, RTCRtpScriptTransform>();
  #next_id = 1;

  constructor(worker: Worker, way: Way) {
    this.#worker = worker;
    this.#way = way;
  }

  /** The number of its line, or undefined for one that went past us. */
  idOf(end: End): number | undefined {
    return this.#ids.get(end);
  }

  /** Whose line that is; undefined where it receives, or is gone. */
  senderOf(id: number): RTCRtpSender | undefined {
    return this.#senders.get(id)?.deref();
  }

  /** Whether what it sends or receives goes through its line and through nothing else. */
  isDressed(end: End): boolean {
    if (!this.#ids.has(end)) return false;
    return this.#way === 'streams' || readNative(end) === this.#transforms.get(end);
  }

  /** Throws where the browser refuses; then the caller closes the connection. */
  dress(end: End): void {
    if (this.#ids.has(end)) return;
    const id = this.#next_id++;
    const direction: Direction = end instanceof RTCRtpSender ? 'send' : 'receive';
    if (this.#way === 'script') this.#pin(end, id, direction);
    else this.#pipe(end, id, direction);
    this.#ids.set(end, id);
    for (const [old, sender] of this.#senders) if (!sender.deref()) this.#senders.delete(old);
    if (end instanceof RTCRtpSender) this.#senders.set(id, new WeakRef(end));
  }

  /**
   * livekit-client sets `receiver.transform = null` on every track of a room without encryption of
   * its own: unpinned, sealed frames went to the decoder, and others would too.
   */
  #pin(end: End, id: number, direction: Direction): void {
    const transform = new RTCRtpScriptTransform(this.#worker, { id, direction });
    end.transform = transform;
    this.#transforms.set(end, transform);
    Object.defineProperty(end, 'transform', {
      get: () => transform,
      set() {},
      enumerable: true,
      configurable: false,
    });
  }

  #pipe(end: Encoded, id: number, direction: Direction): void {
    const streams = end.createEncodedStreams?.();
    if (!streams) throw new DOMException('no encoded streams', 'NotSupportedError');
    const { readable, writable } = streams;
    const message: FromPage = { t: 'streams', id, direction, readable, writable };
    this.#worker.postMessage(message, [readable, writable]);
  }
}

/** What the browser itself has, whatever an own property says. */
function readNative(end: End): unknown {
  const prototype = end instanceof RTCRtpSender ? RTCRtpSender.prototype : RTCRtpReceiver.prototype;
  return Object.getOwnPropertyDescriptor(prototype, 'transform')?.get?.call(end);
}
