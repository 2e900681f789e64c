/** Sending application messages, one after another, each in the epoch that is open when it goes. */
import { toBase64url } from '../../../protocol/link/base64url.ts';
import type { Bytes } from '../../../protocol/encryption/bytes.ts';
import { Refusal } from '../../../protocol/encryption/refusal.ts';
import { sendApp } from '../../../protocol/mls/app.ts';
import { pause, type Clock } from './clock.ts';
import type { Following } from './following.ts';
import type { Line } from './line.ts';
import type { Queue } from './queue.ts';

interface Waiting {
  /** Made when its turn comes: what it says may depend on the epoch. */
  readonly make: () => Bytes | Promise<Bytes>;
  readonly resolve: (seq: number) => void;
  readonly reject: (cause: unknown) => void;
}

const waiting_max = 200;
const between_tries_ms = 100;

export class Outbox {
  readonly #following: Following;
  readonly #line: Line;
  readonly #clock: Clock;
  readonly #queue: Queue;
  readonly #signal: AbortSignal;
  #waiting: Waiting[] = [];
  #pumping = false;

  constructor(parts: {
    following: Following;
    line: Line;
    clock: Clock;
    queue: Queue;
    signal: AbortSignal;
  }) {
    this.#following = parts.following;
    this.#line = parts.line;
    this.#clock = parts.clock;
    this.#queue = parts.queue;
    this.#signal = parts.signal;
  }

  /**
   * Resolves with the message's place in the log.
   * @param first before everything that waits.
   * @throws Refusal `mls.size` when too many wait; Refused
   */
  send(make: Waiting['make'], first = false): Promise<number> {
    if (this.#waiting.length >= waiting_max) {
      return Promise.reject(new Refusal('mls.size', 'more messages than may wait'));
    }
    return new Promise((resolve, reject) => {
      const waiting = { make, resolve, reject };
      if (first) this.#waiting.unshift(waiting);
      else this.#waiting.push(waiting);
      void this.pump();
    });
  }

  /** Goes on, after a halt or in a new epoch. */
  async pump(): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    while (this.#following.open) {
      const next = this.#waiting.shift();
      if (!next) break;
      try {
        const seq = await this.#deliver(next);
        if (seq === null) {
          this.#waiting.unshift(next);
          break;
        }
        next.resolve(seq);
      } catch (cause) {
        next.reject(cause);
      }
    }
    this.#pumping = false;
  }

  /** Nothing will be sent any more. */
  end(cause: unknown): void {
    for (const { reject } of this.#waiting.splice(0)) reject(cause);
  }

  /** Null where it has to wait until the group goes on. */
  async #deliver({ make }: Waiting): Promise<number | null> {
    const following = this.#following;
    for (;;) {
      const sealed = await this.#queue.run(async () => {
        if (!following.open) return null;
        const body = await make();
        const { epoch } = following.group;
        const { group, message } = await sendApp(following.group, body);
        following.group = group;
        following.noteSent(message, body);
        return { epoch: Number(epoch), msg: toBase64url(message) };
      });
      if (!sealed) return null;
      const answer = await this.#line.call('app', { group: following.id, ...sealed });
      if ('seq' in answer) return answer.seq;
      // The epoch was closed meanwhile: the same again under the keys of the next one.
      await this.#queue.run(() => following.pull());
      await pause(this.#clock, between_tries_ms * Math.random(), this.#signal);
    }
  }
}
