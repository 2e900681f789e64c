/**
 * One direction of one sender or receiver: encrypt or drop, decrypt or drop. A line is there from
 * the birth of its sender, before anybody knows what it will carry; until it is bound it drops.
 */
import type { Bytes } from '../../../protocol/encryption/bytes.ts';
import { readCodec } from '../../../protocol/encryption/clear.ts';
import type { FrameCodec } from '../../../protocol/encryption/clear.ts';
import { Refusal } from '../../../protocol/encryption/refusal.ts';
import type { KeyRing, Run } from './key-ring.ts';
import type { Binding, Direction, DropReason, LineCount } from './messages.ts';

/** What RTCEncodedVideoFrame and RTCEncodedAudioFrame have in common. */
export interface EncodedFrame {
  data: ArrayBuffer;
  /** Of video only. */
  readonly type?: string;
  getMetadata(): {
    readonly mimeType?: string;
    /** Another one for each size of a picture that is sent in several. */
    readonly synchronizationSource?: number;
  };
}

/** What is known of the pictures of one SSRC. */
interface Layer {
  /** Frames were lost since the last key frame that came through. */
  torn: boolean;
  /** When that came through. */
  key_ms: number;
}

/** What a line asks of its surroundings. */
export interface LineDoors {
  readonly ring: KeyRing;
  readonly isOn: (source: number) => boolean;
  readonly now_ms: () => number;
  /** Resolves when a binding or a key has come; with false if none has in that time. */
  readonly news: (wait_ms: number) => Promise<boolean>;
  /**
   * Asks for a key frame: one's own encoder, or the sender of what is received. Where the browser
   * lets a worker ask.
   */
  readonly requestKeyFrame?: () => void;
}

class Dropped extends Error {
  readonly reason: DropReason;
  constructor(reason: DropReason) {
    super(reason);
    this.reason = reason;
  }
}

/**
 * Frames may come before the page has said whose they are, and before the keys of their epoch: the
 * first ones wait so long in all. Among them is the key frame, without which a picture begins late.
 */
const early_ms_max = 500;
/** More sources than a picture has sizes are a server's invention: it is begun anew with them. */
const layers_max = 8;
/** Asking more often than this helps nobody. */
const key_frame_pause_ms = 300;
/**
 * A key frame so shortly before new keys was most likely for somebody who has come with these and
 * cannot open it; asked for through the server, the next one would take a quarter of a second.
 */
const key_frame_missed_ms = 1000;

export class Line {
  readonly #id: number;
  readonly #direction: Direction;
  readonly #doors: LineDoors;
  #binding: Binding | null = null;
  #run: Run | null = null;
  #seen = 0;
  #passed = 0;
  readonly #dropped = new Map<DropReason, number>();
  /** By SSRC: a key frame of one size of a picture mends no other. */
  readonly #layers = new Map<number, Layer>();
  #asked_ms = Number.NEGATIVE_INFINITY;
  /** Since when frames are too early; null once one came through. */
  #early_ms: number | null = null;
  /** They have waited as long as they may. */
  #waited = false;

  constructor(id: number, direction: Direction, doors: LineDoors) {
    this.#id = id;
    this.#direction = direction;
    this.#doors = doors;
  }

  /** What it carries from now on; null: nothing. */
  bind(to: Binding | null): void {
    this.#binding = to?.direction === this.#direction ? to : null;
    this.#run = null;
    this.#layers.clear();
    this.#beOnTime();
  }

  get count(): LineCount {
    return {
      id: this.#id,
      direction: this.#direction,
      seen: this.#seen,
      passed: this.#passed,
      dropped: Object.fromEntries(this.#dropped),
    };
  }

  /** For a TransformStream. Never throws: whatever goes wrong, the frame goes nowhere. */
  async pass(frame: EncodedFrame, out: { enqueue(frame: EncodedFrame): void }): Promise<void> {
    this.#seen += 1;
    try {
      // An empty frame says nothing; the pipeline of some browsers expects it back.
      if (frame.data.byteLength > 0) frame.data = await this.#convertInTime(frame);
      out.enqueue(frame);
      this.#passed += 1;
      this.#beOnTime();
      this.#watchPicture(frame);
    } catch (cause) {
      const reason = reasonOf(cause);
      this.#dropped.set(reason, (this.#dropped.get(reason) ?? 0) + 1);
      this.#layerOf(frame).torn = true;
    }
  }

  #layerOf(frame: EncodedFrame): Layer {
    const source = frame.getMetadata().synchronizationSource ?? 0;
    let layer = this.#layers.get(source);
    if (layer) return layer;
    if (this.#layers.size >= layers_max) this.#layers.clear();
    layer = { torn: true, key_ms: Number.NEGATIVE_INFINITY };
    this.#layers.set(source, layer);
    return layer;
  }

  /** Once only: a server that goes on with frames nobody can open does not hold up others. */
  async #convertInTime(frame: EncodedFrame): Promise<ArrayBuffer> {
    for (;;) {
      try {
        return await this.#convert(frame);
      } catch (cause) {
        const reason = reasonOf(cause);
        const early = reason === 'unbound' || reason === 'no-key';
        if (!early || isPast(cause) || this.#waited || this.#direction === 'send') throw cause;
        const now_ms = this.#doors.now_ms();
        this.#early_ms ??= now_ms;
        const left_ms = this.#early_ms + early_ms_max - now_ms;
        this.#waited = left_ms <= 0 || !(await this.#doors.news(left_ms));
      }
    }
  }

  #beOnTime(): void {
    this.#early_ms = null;
    this.#waited = false;
  }

  async #convert(frame: EncodedFrame): Promise<ArrayBuffer> {
    const binding = this.#binding;
    if (binding === null) throw new Dropped('unbound');
    const codec = codecOf(frame);
    const bytes = new Uint8Array(frame.data);
    const converted =
      binding.direction === 'send'
        ? await this.#seal(binding.source, codec, bytes)
        : await this.#open(binding.identity, binding.source, codec, bytes);
    // It may have been bound to something else, or switched off, while this was computed.
    if (this.#binding !== binding) throw new Dropped('unbound');
    if (binding.direction === 'send' && !this.#doors.isOn(binding.source)) throw new Dropped('off');
    return converted.byteLength === converted.buffer.byteLength
      ? converted.buffer
      : converted.slice().buffer;
  }

  async #seal(source: number, codec: FrameCodec, bytes: Bytes): Promise<Bytes> {
    const { ring, isOn } = this.#doors;
    if (!isOn(source)) throw new Dropped('off');
    if (ring.held) throw new Dropped('held');
    if (this.#run === null || this.#run.under !== ring.current) {
      this.#run = await ring.openRun(source);
      this.#tearFresh();
    }
    if (this.#run === null) throw new Dropped('no-key');
    return this.#run.sealer.seal(codec, bytes);
  }

  #open(identity: string, source: number, codec: FrameCodec, bytes: Bytes): Promise<Bytes> {
    const opener = this.#doors.ring.openerOf(identity, source);
    if (opener === null) throw new Dropped('no-key');
    return opener.open(codec, bytes, this.#doors.now_ms());
  }

  /**
   * A decoder that lost frames waits for a key frame, or shows ruins without noticing: it is asked for
   * at once, by whichever side dropped them.
   */
  #watchPicture(frame: EncodedFrame): void {
    const { type } = frame;
    if (type === undefined) return;
    const layer = this.#layerOf(frame);
    const now_ms = this.#doors.now_ms();
    if (type === 'key') {
      layer.torn = false;
      layer.key_ms = now_ms;
    }
    if (type !== 'delta' || !layer.torn) return;
    if (now_ms - this.#asked_ms < key_frame_pause_ms) return;
    this.#asked_ms = now_ms;
    this.#doors.requestKeyFrame?.();
  }

  /** New keys: whoever has just come cannot open the key frame they asked for. */
  #tearFresh(): void {
    const since_ms = this.#doors.now_ms() - key_frame_missed_ms;
    for (const layer of this.#layers.values()) {
      if (layer.key_ms <= since_ms) continue;
      layer.torn = true;
      this.#asked_ms = Number.NEGATIVE_INFINITY;
    }
  }
}

/** Opus for sound and VP8 for pictures; a browser that says otherwise is believed, and refused. */
function codecOf(frame: EncodedFrame): FrameCodec {
  const assumed = frame.type === undefined ? 'opus' : 'vp8';
  const { mimeType } = frame.getMetadata();
  if (mimeType === undefined) return assumed;
  return readCodec(mimeType.replace(/^(audio|video)\//i, ''));
}

function reasonOf(cause: unknown): DropReason {
  if (cause instanceof Dropped) return cause.reason;
  if (!(cause instanceof Refusal)) return 'failed';
  if (cause.code === 'frame.codec') return 'codec';
  return cause.code === 'frame.epoch' || isPast(cause) ? 'no-key' : 'refused';
}

/** Of an epoch before one came: its key is not on its way, and what follows must not wait for it. */
function isPast(cause: unknown): boolean {
  return cause instanceof Refusal && cause.code === 'frame.past';
}
