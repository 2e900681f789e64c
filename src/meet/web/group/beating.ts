/** Signs of life: making one's own, and judging whose are missing. The caller carries the bytes. */
import { bytesOf } from '../../../protocol/encryption/json.ts';
import type { Bytes } from '../../../protocol/encryption/bytes.ts';
import { openBeat, signBeat } from '../../../protocol/encryption/beat.ts';
import { beatInterval, watchPulses, type PulseState } from '../../../protocol/encryption/pulse.ts';
import { Refusal } from '../../../protocol/encryption/refusal.ts';
import { beatPlace, type Group, type Seat } from '../../../protocol/mls/group.ts';
import type { Clock } from './clock.ts';

/** A newcomer's beat is answered at once, but not more often than this. */
const between_answers_ms = 1000;
/** Beyond that many, only hosts beat before their time: all answering all would be a flood. */
const answering_max = 32;
/** How often missing beats are looked for. */
const look_ms = 2000;

export class Beating {
  readonly #clock: Clock;
  readonly #onBeat: (bytes: Bytes) => void;
  readonly #onChange: () => void;
  readonly #pulses = watchPulses();
  #group: Group | undefined;
  #seats: readonly Seat[] = [];
  /** Never begins again: an epoch that is open again after a void has heard lower ones. */
  #count = 0;
  #beat_ms = 0;
  #judged: PulseState = 'well';
  #cancel: () => void = () => undefined;
  #cancelAnswer: (() => void) | null = null;

  constructor(clock: Clock, onBeat: (bytes: Bytes) => void, onChange: () => void) {
    this.#clock = clock;
    this.#onBeat = onBeat;
    this.#onChange = onChange;
  }

  /** An epoch has begun, or is open again. */
  enterEpoch(group: Group, seats: readonly Seat[]): void {
    const others = seats.filter(({ leaf }) => leaf !== group.leaf).map(({ key }) => key);
    this.#pulses.enterEpoch(others, this.#clock.now_ms());
    this.#group = group;
    this.#seats = seats;
    this.#answerSoon();
    this.#look();
  }

  get state(): PulseState {
    return this.#judged;
  }

  /** Whether a leaf with this key was ever heard of. */
  heard(key: string): boolean {
    return this.#pulses.pulseOf(key, this.#clock.now_ms()).heard;
  }

  /** A beat that came from the participant of that name. What does not hold is not heard. */
  async hear(id: string, bytes: Bytes): Promise<void> {
    const group = this.#group;
    const seat = this.#seats.find(({ identity }) => identity === id);
    if (!group || !seat) return;
    try {
      const beat = await openBeat(bytes, bytesOf(seat.key), beatPlace(group));
      if (group !== this.#group) return;
      const news = !this.heard(seat.key);
      this.#pulses.hear(seat.key, beat, this.#clock.now_ms());
      if (!news) return;
      this.#answerSoon();
      this.#onChange();
    } catch (cause) {
      if (!(cause instanceof Refusal)) throw cause;
    }
  }

  end(): void {
    this.#cancel();
    this.#cancelAnswer?.();
    this.#group = undefined;
  }

  /** Names show once a leaf was heard of: newcomers need not wait for the next interval. */
  #answerSoon(): void {
    const own = this.#seats.find(({ leaf }) => leaf === this.#group?.leaf);
    const few = this.#seats.length <= answering_max;
    if (this.#cancelAnswer || (!few && own?.role === 'guest')) return;
    const since_ms = this.#clock.now_ms() - this.#beat_ms;
    this.#cancelAnswer = this.#clock.after(Math.max(0, between_answers_ms - since_ms), () => {
      this.#cancelAnswer = null;
      void this.#beat();
    });
  }

  async #beat(): Promise<void> {
    const group = this.#group;
    if (!group) return;
    this.#beat_ms = this.#clock.now_ms();
    const beat = { count: this.#count, sent_ms: this.#beat_ms };
    this.#count += 1;
    const bytes = await signBeat(group.key, beatPlace(group), beat);
    if (group === this.#group) this.#onBeat(bytes);
  }

  #look(): void {
    this.#cancel();
    const now_ms = this.#clock.now_ms();
    const hosts = this.#seats.filter(({ role }) => role !== 'guest').map(({ key }) => key);
    const judged = this.#pulses.judge(hosts, now_ms);
    if (judged !== this.#judged) {
      this.#judged = judged;
      this.#onChange();
    }
    const due = now_ms - this.#beat_ms >= beatInterval(this.#seats.length);
    if (due && !this.#cancelAnswer) void this.#beat();
    this.#cancel = this.#clock.after(look_ms, () => this.#look());
  }
}
