/** The ticket into a meeting: asked for when Join is pressed, or a little ahead of it. */
import { Refused } from '../../app/client.ts';
import { api } from './api.ts';
import type { Ticket } from './entry.ts';

export type TicketInput = Parameters<typeof api.meet.enter>[0];

/** How long a server that is away is asked again before the person is told. */
const patience_ms = 15_000;
/** A name is finished when nothing was typed for this long. */
const typing_ms = 250;
/** One asked for earlier than this is asked for anew: the meeting may have changed. */
const ahead_max_ms = 10 * 60_000;

/** Asks for a ticket, and again while the server is starting or the line is coming back. */
export async function askTicket(input: TicketInput): Promise<Ticket> {
  const until = performance.now() + patience_ms;
  for (;;) {
    try {
      return await api.meet.enter(input);
    } catch (cause) {
      const may_pass = cause instanceof Refused && cause.fault === 'ours' && navigator.onLine;
      if (!may_pass || performance.now() > until) throw cause;
      const wait_ms = cause.retry_after_ms ?? 1000;
      await new Promise((resolve) => setTimeout(resolve, wait_ms));
    }
  }
}

/** The name as it will be shown: without white space around or runs of it within. */
export function readName(field: HTMLInputElement | null): string {
  return field?.value.trim().replace(/\s+/g, ' ') ?? '';
}

interface Ahead {
  readonly asked: TicketInput;
  readonly at_ms: number;
  readonly ticket: Ticket;
}

/**
 * A ticket for the name in the field, asked for while the person looks at their picture. A ticket
 * takes no place in the meeting: it only spares the wait for the server after the press.
 */
export class TicketAhead {
  #held: Ahead | null = null;

  /** Asks now and after every change of the name, until `signal`. `compose` may say no. */
  watch(compose: (name: string) => Promise<TicketInput | null>, signal: AbortSignal): void {
    const field = document.querySelector<HTMLInputElement>('input[name=name]');
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async (): Promise<void> => {
      const name = readName(field);
      const input = name === '' ? null : await compose(name);
      if (input === null || signal.aborted) return;
      const ticket = await api.meet.enter(input);
      this.#held = { asked: input, at_ms: performance.now(), ticket };
    };
    // A refusal is told when Join is pressed, not before.
    const quietly = (): void => void ask().catch(() => undefined);
    const onInput = (): void => {
      clearTimeout(timer);
      timer = setTimeout(quietly, typing_ms);
    };
    field?.addEventListener('input', onInput, { signal });
    signal.addEventListener('abort', () => clearTimeout(timer));
    quietly();
  }

  /** The ticket for exactly this seat and name, once; null where there is none, or an old one. */
  take(input: TicketInput): Ticket | null {
    const held = this.#held;
    this.#held = null;
    if (held === null || performance.now() - held.at_ms > ahead_max_ms) return null;
    const { asked } = held;
    return asked.seat === input.seat && asked.name === input.name ? held.ticket : null;
  }
}
