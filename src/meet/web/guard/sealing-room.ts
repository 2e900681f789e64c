/** All lines of one worker, and the messages that govern them. Runs without a browser in tests. */
import type { Bytes } from '../../../protocol/encryption/bytes.ts';
import { sources } from '../../../protocol/encryption/frame.ts';
import { KeyRing } from './key-ring.ts';
import type { Run } from './key-ring.ts';
import { Line } from './line.ts';
import type { EncodedFrame, LineDoors } from './line.ts';
import type {
  Binding,
  Direction,
  FromKeeper,
  FromPage,
  LineCount,
  ToKeeper,
  ToPage,
} from './messages.ts';

/** Data payloads are small: a beat, a reaction, a pointer. */
export const payload_bytes_max = 16_384;

export interface RoomDoors {
  readonly now_ms: () => number;
  readonly tell: (message: ToPage) => void;
}

export class SealingRoom {
  readonly #doors: RoomDoors;
  readonly #ring: KeyRing;
  readonly #lines = new Map<number, Line>();
  /** What a line was bound to before its stream came. */
  readonly #bindings = new Map<number, Binding | null>();
  readonly #on = new Set<number>([sources.data]);
  readonly #asked = new Map<number, (stream: number | null) => void>();
  #calls = 0;
  #keeper: MessagePort | null = null;
  #data: Run | null = null;
  /** Who waits for a binding or a key. */
  readonly #waiting = new Set<() => void>();

  constructor(doors: RoomDoors) {
    this.#doors = doors;
    this.#ring = new KeyRing((epoch, source) => this.#takeNumber(epoch, source));
  }

  get counts(): LineCount[] {
    return [...this.#lines.values()].map((line) => line.count);
  }

  /** The line of a sender or receiver, for the stream of its frames. */
  line(
    id: number,
    direction: Direction,
    requestKeyFrame?: () => void,
  ): TransformStream<EncodedFrame, EncodedFrame> {
    const doors: LineDoors = {
      ring: this.#ring,
      isOn: (source) => this.#on.has(source),
      now_ms: this.#doors.now_ms,
      news: (wait_ms) => this.#news(wait_ms),
      ...(requestKeyFrame && { requestKeyFrame }),
    };
    const line = new Line(id, direction, doors);
    line.bind(this.#bindings.get(id) ?? null);
    this.#lines.set(id, line);
    return new TransformStream<EncodedFrame, EncodedFrame>({
      transform: (frame, out) => line.pass(frame, out),
    });
  }

  #news(wait_ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (came: boolean): void => {
        clearTimeout(timer);
        this.#waiting.delete(come);
        resolve(came);
      };
      const come = (): void => end(true);
      const timer = setTimeout(() => end(false), wait_ms);
      this.#waiting.add(come);
    });
  }

  #tellNews(): void {
    for (const come of this.#waiting) come();
  }

  /** Its sender or receiver is gone. */
  forget(id: number): void {
    this.#lines.delete(id);
    this.#bindings.delete(id);
  }

  hear(message: Exclude<FromPage, { t: 'streams' }>): void {
    switch (message.t) {
      case 'bind':
        this.#bindings.set(message.id, message.to);
        this.#lines.get(message.id)?.bind(message.to);
        this.#tellNews();
        return;
      case 'switch':
        if (message.on) this.#on.add(message.source);
        else this.#on.delete(message.source);
        return;
      case 'keys':
        this.#followKeeper(message.port);
        return;
      case 'seal':
        void this.#answer(message.call, this.#seal(message.payload));
        return;
      case 'open':
        void this.#answer(message.call, this.#open(message.identity, message.payload));
        return;
    }
  }

  /** A keeper that was started anew brings a port of its own; the old one is not heard any more. */
  #followKeeper(port: MessagePort): void {
    this.#keeper?.close();
    this.#keeper = port;
    port.addEventListener('message', ({ data }: MessageEvent<FromKeeper>) => {
      if (this.#keeper === port) this.#hearKeeper(data);
    });
    port.start();
  }

  #hearKeeper(message: FromKeeper): void {
    switch (message.t) {
      case 'enter':
        this.#ring.enter(message, this.#doors.now_ms());
        this.#tellNews();
        return;
      case 'send':
        this.#ring.send(message.epoch, message.held);
        return;
      case 'drop':
        this.#ring.drop(message.epoch);
        return;
      case 'end':
        this.#ring.end();
        return;
      case 'stream':
        this.#asked.get(message.call)?.(message.stream);
        this.#asked.delete(message.call);
        return;
    }
  }

  #takeNumber(epoch: bigint, source: number): Promise<number | null> {
    const call = this.#calls++;
    const question: ToKeeper = { t: 'number', call, epoch, source };
    return new Promise((resolve) => {
      this.#asked.set(call, resolve);
      this.#keeper?.postMessage(question, []);
    });
  }

  async #answer(call: number, work: Promise<Bytes | null>): Promise<void> {
    const payload = await work.catch(() => null);
    this.#doors.tell({ t: 'payload', call, payload });
  }

  async #seal(payload: Bytes): Promise<Bytes | null> {
    if (payload.length === 0 || payload.length > payload_bytes_max) return null;
    if (this.#data === null || this.#data.under !== this.#ring.current) {
      this.#data = await this.#ring.openRun(sources.data);
    }
    return (await this.#data?.sealer.seal('data', payload)) ?? null;
  }

  async #open(identity: string, payload: Bytes): Promise<Bytes | null> {
    if (payload.length === 0 || payload.length > payload_bytes_max + 64) return null;
    const opener = this.#ring.openerOf(identity, sources.data);
    return (await opener?.open('data', payload, this.#doors.now_ms())) ?? null;
  }
}
