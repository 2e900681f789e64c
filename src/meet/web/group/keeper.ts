/** Hands the keys of each epoch to the worker that seals frames, and says which to send under. */
import { wipe } from '../../../protocol/encryption/bytes.ts';
import { Refusal } from '../../../protocol/encryption/refusal.ts';
import { numberStreams } from '../../../protocol/encryption/sealing.ts';
import type { FromKeeper, ToKeeper } from '../guard/messages.ts';
import type { MemberEvent } from './member.ts';
import type { EpochMedia } from './sending.ts';
import type { MemberView } from './view.ts';

export class Keeper {
  readonly #tell: (message: FromKeeper) => void;
  readonly #onSpent: () => void;
  /** Lost only with the group's state: then one comes back in a new epoch. */
  #numbers = numberStreams();
  #epoch: bigint | null = null;
  /** No frame is sent: most others confirm nothing, or one cannot follow what was committed. */
  #held = false;

  /** @param onSpent in this epoch no more numbers can be given: it should end soon. */
  constructor(tell: (message: FromKeeper) => void, onSpent: () => void) {
    this.#tell = tell;
    this.#onSpent = onSpent;
  }

  hear(event: MemberEvent): void {
    if (event.kind === 'keys') this.#enter(event);
    if (event.kind === 'switch') this.#send(event.epoch);
    if (event.kind === 'dropped') this.#drop(event.epoch);
    if (event.kind === 'view') this.#judge(event.view);
  }

  answer({ call, epoch, source }: ToKeeper): void {
    let stream: number | null = null;
    try {
      stream = this.#numbers.next(epoch, source);
    } catch (cause) {
      if (!(cause instanceof Refusal)) throw cause;
      if (cause.code === 'stream.exhausted') this.#onSpent();
    }
    this.#tell({ t: 'stream', call, stream });
  }

  #enter({ epoch, own, first, removed, leaves }: EpochMedia): void {
    if (first) this.#end();
    this.#tell({ t: 'enter', epoch, own, removed, leaves });
    for (const { media } of leaves) wipe(media);
    if (first) this.#send(epoch);
  }

  #send(epoch: bigint): void {
    this.#epoch = epoch;
    this.#tell({ t: 'send', epoch, held: this.#held });
  }

  #drop(epoch: bigint): void {
    this.#tell({ t: 'drop', epoch });
    if (this.#epoch !== null && this.#epoch >= epoch) this.#send(epoch - 1n);
  }

  #judge({ phase, pulse }: MemberView): void {
    if (phase !== 'in' && phase !== 'out-of-sync') return this.#end();
    const held = phase === 'out-of-sync' || pulse === 'alone';
    if (held === this.#held) return;
    this.#held = held;
    if (this.#epoch !== null) this.#send(this.#epoch);
  }

  /** Another group has other keys under the same numbers. */
  #end(): void {
    if (this.#epoch === null) return;
    this.#epoch = null;
    this.#held = false;
    this.#numbers = numberStreams();
    this.#tell({ t: 'end' });
  }
}
