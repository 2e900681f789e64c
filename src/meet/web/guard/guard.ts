/**
 * The page's side of the guard: takes the browser's peer connection away before the media client
 * is loaded, tells the worker what each line stands for, and what it counts.
 */
import type { Bytes } from '../../../protocol/encryption/bytes.ts';
import { guardConnection } from './connection.ts';
import type { Breach } from './connection.ts';
import { SealedPayloads } from './data-channel.ts';
import { Dresser } from './dress.ts';
import type { End } from './dress.ts';
import { makeKeyFrame } from './key-frame.ts';
import type { Binding, FromPage, LineCount, ToPage } from './messages.ts';
import { findWay } from './support.ts';

export interface GuardDoors {
  /** Sealed or dropped frames by line, twice a second while any flow. */
  readonly onCounts: (lines: readonly LineCount[]) => void;
  /** Something went past the guard, or its worker ended: nothing leaves any more. */
  readonly onBreach: (breach: Breach | 'worker') => void;
}

type Constructor = typeof RTCPeerConnection;
/** Safari's older name beside the standard one. */
type Scope = { RTCPeerConnection?: Constructor; webkitRTCPeerConnection?: Constructor };

export class Guard {
  readonly #worker: Worker;
  readonly #dresser: Dresser;
  readonly #payloads = new SealedPayloads();
  readonly #expected = new WeakMap<MediaStreamTrack, number>();
  readonly #calls = new Map<number, (payload: Bytes | null) => void>();
  #next_call = 1;

  /**
   * @param worker a fresh one of worker.ts, which is the guard's alone
   * @throws DOMException NotSupportedError where frames cannot be sealed
   */
  constructor(worker: Worker, doors: GuardDoors) {
    const way = findWay();
    const scope = globalThis as Scope;
    const Native = scope.RTCPeerConnection;
    if (way === null || Native === undefined)
      throw new DOMException('This browser cannot encrypt calls', 'NotSupportedError');
    this.#worker = worker;
    this.#dresser = new Dresser(worker, way);
    worker.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
      if (data.t === 'counts') doors.onCounts(data.lines);
      else if (data.t === 'key-frame') this.#makeKeyFrame(data.id);
      else this.#settle(data.call, data.payload);
    });
    worker.addEventListener('error', () => doors.onBreach('worker'));
    const Guarded = guardConnection(Native, {
      way,
      dresser: this.#dresser,
      payloads: this.#payloads,
      onTrack: (track, sender) => {
        const source = this.#expected.get(track);
        if (source !== undefined) this.bind(sender, { direction: 'send', source });
      },
      onBreach: doors.onBreach,
    });
    for (const name of ['RTCPeerConnection', 'webkitRTCPeerConnection'] as const) {
      if (!(name in scope)) continue;
      Object.defineProperty(scope, name, { value: Guarded, writable: false, configurable: false });
    }
  }

  /** A sender that is born with this track carries that source: its first frame is not lost. */
  expect(track: MediaStreamTrack, source: number): void {
    this.#expected.set(track, source);
  }

  /** Says what a sender or receiver stands for; null: nothing any more. Until then it drops. */
  bind(end: End, to: Binding | null): void {
    const id = this.#dresser.idOf(end);
    if (id !== undefined) this.#tell({ t: 'bind', id, to });
  }

  /** The person's own switch of a source, and nobody else's. All are off at first. */
  setOn(source: number, on: boolean): void {
    this.#tell({ t: 'switch', source, on });
  }

  /** From here the worker gets its keys; a later port takes the place of an earlier one. */
  followKeeper(port: MessagePort): void {
    this.#tell({ t: 'keys', port }, [port]);
  }

  /** A data payload of at most 16 KiB, sealed and allowed to leave once; null without a key. */
  async seal(payload: Bytes): Promise<Bytes | null> {
    const sealed = await this.#call((call) => ({ t: 'seal', call, payload }));
    if (sealed) this.#payloads.add(sealed);
    return sealed;
  }

  /** What a leaf sealed, or null where it was not sealed by it, or came before. */
  open(identity: string, payload: Bytes): Promise<Bytes | null> {
    return this.#call((call) => ({ t: 'open', call, identity, payload }));
  }

  #makeKeyFrame(id: number): void {
    const sender = this.#dresser.senderOf(id);
    // One that has stopped meanwhile needs none.
    if (sender) makeKeyFrame(sender).catch(() => undefined);
  }

  #call(message: (call: number) => FromPage): Promise<Bytes | null> {
    const call = this.#next_call++;
    return new Promise((resolve) => {
      this.#calls.set(call, resolve);
      this.#tell(message(call));
    });
  }

  #settle(call: number, payload: Bytes | null): void {
    this.#calls.get(call)?.(payload);
    this.#calls.delete(call);
  }

  #tell(message: FromPage, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }
}
