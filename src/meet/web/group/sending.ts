/** The media keys of each epoch, and when to send under them. */
import { mediaKey, roster, type Group } from '../../../protocol/mls/group.ts';
import { switchEpochs, type EpochSwitch } from '../../../protocol/encryption/epoch-switch.ts';
import type { LeafKeys } from '../guard/messages.ts';
import type { Clock } from './clock.ts';

export interface EpochMedia {
  readonly epoch: bigint;
  /** The identity of the own leaf. */
  readonly own: string;
  /** One entered by it, or came back: to be sent in at once. Else a switch will say so. */
  readonly first: boolean;
  /** It began with a Remove: older keys go after 2 s. */
  readonly removed: boolean;
  /** Oneself included. */
  readonly leaves: readonly LeafKeys[];
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

  /**
   * A new epoch: its keys, for the worker that seals frames.
   * @param first one has entered by it, or come back: nothing before it is sent any more.
   */
  async open(
    group: Group,
    { first, removed }: { first: boolean; removed: boolean },
  ): Promise<EpochMedia> {
    const { epoch } = group;
    if (first || !this.#switch) {
      this.#switch = switchEpochs(epoch);
      this.#told = epoch;
    } else this.#switch.enterEpoch(epoch, removed, this.#clock.now_ms());
    const seats = await roster(group);
    const own = seats.find(({ leaf }) => leaf === group.leaf)?.identity ?? '';
    const leaves = await Promise.all(
      seats.map(async ({ leaf, identity }) => ({
        leaf,
        identity,
        media: await mediaKey(group, leaf),
      })),
    );
    return { epoch, own, first, removed, leaves };
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
