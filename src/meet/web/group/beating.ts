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
/** Whoever can be reached only now waits no longer than this; what comes together is one beat. */
const reached_ms = 100;
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
  #over = false;
  #judged: PulseState = 'well';
  #cancel: () => void = () => undefined;
  #cancelAnswer: () => void = () => undefined;
  /** When the next answer is planned for. */
  #answer_ms = Infinity;

  constructor(clock: Clock, onBeat: (bytes: Bytes) => void, onChange: () => void) {
    this.#clock = clock;
    this.#onBeat = onBeat;
    this.#onChange = onChange;
  }

  /** An epoch has begun, or is open again. One that was opening as this ended begins nothing. */
  enterEpoch(group: Group, seats: readonly Seat[]): void {
    if (this.#over) return;
    const others = seats.filter(({ leaf }) => leaf !== group.leaf).map(({ key }) => key);
    this.#pulses.enterEpoch(others, this.#clock.now_ms());
    this.#group = group;
    this.#seats = seats;
    // Who is new may have been reachable before it had the key of a beat.
    this.beatNow();
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

  /** Somebody can be reached who could not before, or one can oneself. */
  beatNow(): void {
    if (this.#seats.length <= answering_max) this.#plan(reached_ms);
    else this.#answerSoon();
  }

  end(): void {
    this.#over = true;
    this.#cancel();
    this.#cancelAnswer();
    this.#group = undefined;
  }

  /** Names show once a leaf was heard of: newcomers need not wait for the next interval. */
  #answerSoon(): void {
    const own = this.#seats.find(({ leaf }) => leaf === this.#group?.leaf);
    const few = this.#seats.length <= answering_max;
    if (few || own?.role !== 'guest') this.#plan(between_answers_ms);
  }

  /** A beat that much after the last one: sooner than any that is planned already, or not at all. */
  #plan(between_ms: number): void {
    const now_ms = this.#clock.now_ms();
    const at_ms = Math.max(now_ms, this.#beat_ms + between_ms);
    if (at_ms >= this.#answer_ms) return;
    this.#cancelAnswer();
    this.#answer_ms = at_ms;
    this.#cancelAnswer = this.#clock.after(at_ms - now_ms, () => {
      this.#answer_ms = Infinity;
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
    if (due && this.#answer_ms === Infinity) void this.#beat();
    this.#cancel = this.#clock.after(look_ms, () => this.#look());
  }
}
