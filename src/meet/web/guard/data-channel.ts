/**
 * Data channels pass sealed payloads only. The media client sends nothing in clear by itself, but
 * it answers remote procedure calls, and a server could ask it to.
 */
import type { Bytes } from '../../../protocol/encryption/bytes.ts';
import { readUserPayload } from './data-packet.ts';

/** A packet holds one payload of at most 16 KiB and a few names. */
const packet_bytes_max = 65_536;

/** Which payloads are ours to send. */
export interface Payloads {
  /** Whether the worker has sealed exactly these bytes; once. */
  take(payload: Bytes): boolean;
}

/** Remembers what was sealed until it is sent. */
export class SealedPayloads implements Payloads {
  readonly #waiting = new Set<string>();
  readonly #most = 256;

  add(payload: Bytes): void {
    this.#waiting.add(textOf(payload));
    // One that was never sent makes room for those that will be.
    for (const old of this.#waiting) {
      if (this.#waiting.size <= this.#most) break;
      this.#waiting.delete(old);
    }
  }

  take(payload: Bytes): boolean {
    return this.#waiting.delete(textOf(payload));
  }
}

function textOf(bytes: Bytes): string {
  return String.fromCharCode(...bytes);
}

/** The same channel, which drops whatever it should not send; a drop is silent, as a lost packet. */
export function guardChannel(channel: RTCDataChannel, payloads: Payloads): RTCDataChannel {
  const send = channel.send.bind(channel) as (data: Bytes) => void;
  const guarded = (data: unknown): void => {
    const bytes = bytesOf(data);
    if (bytes === null || bytes.length > packet_bytes_max) return;
    const payload = readUserPayload(bytes);
    if (payload !== null && payloads.take(payload)) send(bytes);
  };
  // The media client's browser shims put a function of their own there: it is not taken.
  Object.defineProperty(channel, 'send', {
    get: () => guarded,
    set() {},
    configurable: false,
  });
  return channel;
}

function bytesOf(data: unknown): Bytes | null {
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  if (!ArrayBuffer.isView(data) || !(data.buffer instanceof ArrayBuffer)) return null;
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
