/**
 * What the page, the worker that seals frames and the keeper of the group's keys say to each
 * other (encryption design, section 6). Keys go from their keeper to the worker by a port of their
 * own: the page never has them.
 */
import type { Bytes } from '../../../protocol/encryption/bytes.ts';

export type Direction = 'send' | 'receive';

/** What a sender or receiver of the connection stands for. */
export type Binding =
  | { readonly direction: 'send'; readonly source: number }
  | {
      readonly direction: 'receive';
      /** The LiveKit identity of whom the track is rendered as: the id of a leaf. */
      readonly identity: string;
      readonly source: number;
    };

/** Why a frame was dropped. */
export type DropReason =
  /** The worker does not know yet, or any more, what the line stands for. */
  | 'unbound'
  /** The person has this source switched off. */
  | 'off'
  /** Sending has stopped: the group is not what it should be. */
  | 'held'
  /** No key of ours, or of this leaf, for the frame's epoch. */
  | 'no-key'
  /** Not sealed by this leaf for this source, or seen before, or not sealed at all. */
  | 'refused'
  /** A codec that is not encrypted here. */
  | 'codec'
  /** Whatever was not foreseen: dropped all the same. */
  | 'failed';

/** What happened to the frames of one line since it began. */
export interface LineCount {
  readonly id: number;
  readonly direction: Direction;
  /** Frames that came in; sealed or opened are those that went out again. */
  readonly seen: number;
  readonly passed: number;
  readonly dropped: Readonly<Partial<Record<DropReason, number>>>;
}

export type FromPage =
  | { readonly t: 'bind'; readonly id: number; readonly to: Binding | null }
  | { readonly t: 'switch'; readonly source: number; readonly on: boolean }
  | { readonly t: 'keys'; readonly port: MessagePort }
  | {
      readonly t: 'streams';
      readonly id: number;
      readonly direction: Direction;
      readonly readable: ReadableStream;
      readonly writable: WritableStream;
    }
  | { readonly t: 'seal'; readonly call: number; readonly payload: Bytes }
  | {
      readonly t: 'open';
      readonly call: number;
      readonly identity: string;
      readonly payload: Bytes;
    };

export type ToPage =
  | { readonly t: 'counts'; readonly lines: readonly LineCount[] }
  /** The encoder of that line is to make a key frame, which the worker cannot ask of it. */
  | { readonly t: 'key-frame'; readonly id: number }
  /** A sealed or opened data payload; null where there is no key, or it was not sealed so. */
  | { readonly t: 'payload'; readonly call: number; readonly payload: Bytes | null };

/** One leaf's media key of one epoch, 32 bytes. */
export interface LeafKeys {
  readonly identity: string;
  readonly leaf: number;
  readonly media: Bytes;
}

export type FromKeeper =
  | {
      readonly t: 'enter';
      readonly epoch: bigint;
      /** The identity of the own leaf. */
      readonly own: string;
      /** Somebody was removed: old keys go sooner. */
      readonly removed: boolean;
      readonly leaves: readonly LeafKeys[];
    }
  /**
   * The epoch to send in from now on. While `held`, no frame leaves; payloads do, for only the
   * beats among them can end it.
   */
  | { readonly t: 'send'; readonly epoch: bigint; readonly held: boolean }
  /** The commit that began `epoch` is void. */
  | { readonly t: 'drop'; readonly epoch: bigint }
  /** The stay in the group is over: all keys go. Another group has others under the same numbers. */
  | { readonly t: 'end' }
  /** The answer to `number`; null where none is left in that epoch. */
  | { readonly t: 'stream'; readonly call: number; readonly stream: number | null };

/** Asks for the number of a run of an encryptor (encryption design, section 5: stream). */
export interface ToKeeper {
  readonly t: 'number';
  readonly call: number;
  readonly epoch: bigint;
  readonly source: number;
}
