/** The media keys of each epoch, and when to send under them. */
import { mediaKey, roster, type Group } from '../../../protocol/mls/group.ts';
import { switchEpochs, type EpochSwitch } from '../../../protocol/encryption/epoch-switch.ts';
import type { Bytes } from '../../../protocol/encryption/bytes.ts';
import type { Clock } from './clock.ts';

export interface LeafMedia {
  readonly leaf: number;
  /** Its name at the media engine. */
  readonly id: string;
  /** 32 bytes: the media key of this publisher in this epoch. */
  readonly media: Bytes;
}

export interface EpochMedia {
  readonly epoch: bigint;
  /** Whether to send in it at once: the first epoch one is in. Else a switch will say so. */
  readonly sending: boolean;
  /** It began with a Remove: older keys go after 2 s. */
  readonly removed: boolean;
  /** Oneself included. */
  readonly leaves: readonly LeafMedia[];
}

export class Sending {
  readonly #clock: Clock;
  readonly #onSwitch: (epoch: bigint) => void;
  #switch: EpochSwitch | undefined;
  #told: bigint | undefined;
  #cancel: () => void = () => undefined;

  constructor(clock: Clock, onSwitch: (epoch: bigint) => void) {
    this.#clock = clock;
    this.#onSwitch = onSwitch;
  }

  /** A new epoch: its keys, for the page's media worker. */
  async open(group: Group, removed: boolean): Promise<EpochMedia> {
    const { epoch } = group;
    const first = this.#switch === undefined;
    if (this.#switch) this.#switch.enterEpoch(epoch, removed, this.#clock.now_ms());
    else this.#switch = switchEpochs(epoch);
    if (first) this.#told = epoch;
    const seats = await roster(group);
    const leaves = await Promise.all(
      seats.map(async ({ leaf, identity }) => ({
        leaf,
        id: identity,
        media: await mediaKey(group, leaf),
      })),
    );
    return { epoch, sending: first, removed, leaves };
  }

  /** The keys that `open` gave have been handed on: the time to use them may come. */
  look(): void {
    this.#cancel();
    if (!this.#switch) return;
    const now_ms = this.#clock.now_ms();
    const epoch = this.#switch.sendingEpoch(now_ms);
    if (epoch !== this.#told) {
      this.#told = epoch;
      this.#onSwitch(epoch);
    }
    const at_ms = this.#switch.nextChange();
    if (at_ms !== null) this.#cancel = this.#clock.after(at_ms - now_ms, () => this.look());
  }

  /** The service says that all members hold the keys. */
  allReady(epoch: bigint): void {
    this.#switch?.allReady(epoch, this.#clock.now_ms());
    this.look();
  }

  drop(epoch: bigint): void {
    this.#switch?.dropEpoch(epoch);
    this.look();
  }

  end(): void {
    this.#cancel();
  }
}
