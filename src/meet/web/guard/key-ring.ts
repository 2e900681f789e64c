/** The media keys of the present epochs, and what they seal and open. */
import { wipe } from '../../../protocol/encryption/bytes.ts';
import {
  old_keys_after_remove_ms,
  old_keys_ms,
  openSource,
} from '../../../protocol/encryption/opening.ts';
import type { FrameOpener } from '../../../protocol/encryption/opening.ts';
import { openSealer } from '../../../protocol/encryption/sealing.ts';
import type { FrameSealer } from '../../../protocol/encryption/sealing.ts';
import type { FromKeeper, LeafKeys } from './messages.ts';

type Enter = Extract<FromKeeper, { t: 'enter' }>;

interface Epoch {
  readonly epoch: bigint;
  readonly own: string;
  readonly removed: boolean;
  readonly entered_ms: number;
  readonly leaves: ReadonlyMap<string, LeafKeys>;
}

interface Opening {
  readonly leaf: number;
  readonly opener: FrameOpener;
}

/** One run of an encryptor, good while `under` is the ring's current one. */
export interface Run {
  readonly under: object;
  readonly sealer: FrameSealer;
}

/** The number of a new run of an encryptor, or null where none is left. */
export type TakeNumber = (epoch: bigint, source: number) => Promise<number | null>;

export class KeyRing {
  readonly #takeNumber: TakeNumber;
  #epochs: Epoch[] = [];
  #sending: bigint | null = null;
  #held = false;
  readonly #openings = new Map<string, Opening>();

  constructor(takeNumber: TakeNumber) {
    this.#takeNumber = takeNumber;
  }

  /**
   * What is to be sealed under now, to be compared only: an epoch whose commit was void comes again
   * with other keys, so its number alone does not say it.
   */
  get current(): object | null {
    return this.#epochs.find(({ epoch }) => epoch === this.#sending) ?? null;
  }

  enter({ epoch, own, removed, leaves }: Enter, now_ms: number): void {
    this.#forget(now_ms, removed ? old_keys_after_remove_ms : old_keys_ms);
    const entered = {
      epoch,
      own,
      removed,
      entered_ms: now_ms,
      leaves: new Map(leaves.map((leaf) => [leaf.identity, leaf])),
    };
    this.#epochs = [...this.#epochs.filter((old) => old.epoch < epoch), entered];
    for (const [name, { leaf, opener }] of this.#openings) {
      const keys = entered.leaves.get(name.slice(name.indexOf(' ') + 1));
      // Who is not in the group any more is not heard any more. Another seat is another opener.
      if (keys?.leaf === leaf) opener.enterEpoch(epoch, keys.media, removed, now_ms);
      else this.#openings.delete(name);
    }
  }

  /** Whether frames are to stay, though there are keys for them. */
  get held(): boolean {
    return this.#held;
  }

  send(epoch: bigint, held: boolean): void {
    this.#sending = epoch;
    this.#held = held;
  }

  drop(epoch: bigint): void {
    for (const old of this.#epochs) if (old.epoch >= epoch) forgetEpoch(old);
    this.#epochs = this.#epochs.filter((old) => old.epoch < epoch);
    for (const { opener } of this.#openings.values()) opener.dropEpoch(epoch);
    if (this.#sending !== null && this.#sending >= epoch) this.#sending = epoch - 1n;
  }

  /** All keys go: nothing is sealed or opened until there is an epoch again. */
  end(): void {
    for (const old of this.#epochs) forgetEpoch(old);
    this.#epochs = [];
    this.#sending = null;
    this.#openings.clear();
  }

  /** A new run of an encryptor in the sending epoch; null without a key for it. */
  async openRun(source: number): Promise<Run | null> {
    const current = this.#epochs.find(({ epoch }) => epoch === this.#sending);
    const own = current?.leaves.get(current.own);
    if (current === undefined || own === undefined) return null;
    const { epoch } = current;
    // The keys may be wiped while the number is on its way.
    const media = own.media.slice();
    const stream = await this.#takeNumber(epoch, source);
    const sealer =
      stream === null ? null : await openSealer(media, epoch, { leaf: own.leaf, source, stream });
    wipe(media);
    return sealer && { under: current, sealer };
  }

  /** What opens a leaf's frames of one source; null for who has no leaf. */
  openerOf(identity: string, source: number): FrameOpener | null {
    const name = `${String(source)} ${identity}`;
    const known = this.#openings.get(name);
    if (known) return known.opener;
    const leaf = this.#epochs.at(-1)?.leaves.get(identity)?.leaf;
    if (leaf === undefined) return null;
    const opener = openSource(leaf, source);
    for (const { epoch, leaves, removed, entered_ms } of this.#epochs) {
      const keys = leaves.get(identity);
      if (keys?.leaf === leaf) opener.enterEpoch(epoch, keys.media, removed, entered_ms);
    }
    this.#openings.set(name, { leaf, opener });
    return opener;
  }

  #forget(now_ms: number, old_ms: number): void {
    const last = this.#epochs.at(-1);
    const kept = this.#epochs.filter((old) => old === last || now_ms - old.entered_ms < old_ms);
    for (const old of this.#epochs) if (!kept.includes(old)) forgetEpoch(old);
    this.#epochs = kept;
  }
}

function forgetEpoch({ leaves }: Epoch): void {
  for (const { media } of leaves.values()) wipe(media);
}
