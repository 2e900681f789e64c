/**
 * Chat as messages of the group: encrypted and signed by the leaf that wrote them. Whoever comes
 * later cannot read what was written before.
 */
import { cleanName } from './face.ts';
import type { Group } from './group.ts';
import { follow } from './signal.ts';
import type { Signal } from './signal.ts';
import { message_max } from './model.ts';
import type { Message } from './model.ts';

const kept_max = 500;
/** How much one person may say in a while: more is not shown, and one's own is not sent. */
const rate_max = 20;
const rate_window_ms = 10_000;

/** Counts what each person said lately. */
class Pace {
  readonly #times = new Map<string, number[]>();

  /** Whether one more is within bounds; counts it where it is. */
  allow(who: string): boolean {
    const now = performance.now();
    const recent = (this.#times.get(who) ?? []).filter((time) => now - time < rate_window_ms);
    this.#times.set(who, recent);
    if (recent.length >= rate_max) return false;
    recent.push(now);
    return true;
  }
}

export interface ChatParts {
  readonly group: Group;
  readonly messages: Signal<readonly Message[]>;
  readonly name: string;
}

export class Chat {
  readonly #parts: ChatParts;
  readonly #pace = new Pace();
  #posting = false;

  constructor(parts: ChatParts, life: AbortSignal) {
    this.#parts = parts;
    follow(parts.group.view, life, ({ phase }) => phase === 'in' && void this.#post());
  }

  /** Sends, or keeps until the group is there. False where nothing may be sent. */
  send(text: string): boolean {
    const clean = text.trim();
    if (clean === '' || clean.length > message_max || !this.#pace.allow('')) return false;
    const { group, name } = this.#parts;
    this.#add({
      id: crypto.randomUUID(),
      identity: group.view.get().own,
      name,
      you: true,
      at: Date.now(),
      text: clean,
      waiting: true,
    });
    void this.#post();
    return true;
  }

  /** What waits, in the order in which it was written. */
  async #post(): Promise<void> {
    if (this.#posting) return;
    this.#posting = true;
    const { messages, group } = this.#parts;
    for (;;) {
      const next = messages.get().find((one) => one.waiting);
      if (next === undefined) break;
      const { id, text } = next;
      try {
        await group.say({ kind: 'chat', id, text });
      } catch {
        // It stays marked as waiting, and leaves when the group is back.
        break;
      }
      const sent = (one: Message): Message => (one === next ? { ...one, waiting: false } : one);
      messages.set(messages.get().map(sent));
    }
    this.#posting = false;
  }

  /** What a member wrote; the group says who it was. */
  receive(identity: string, { id, text }: { readonly id: string; readonly text: string }): void {
    const usable = text.trim() !== '' && text.length <= message_max && id.length <= 64;
    if (!usable || !this.#pace.allow(identity)) return;
    const known = this.#parts.messages
      .get()
      .some((one) => one.identity === identity && one.id === id);
    if (known) return;
    const said = this.#parts.group.view.get().leaves.get(identity)?.name ?? '';
    const name = cleanName(said) || identity.slice(0, 6);
    this.#add({ id, text, identity, name, you: false, at: Date.now(), waiting: false });
  }

  #add(message: Message): void {
    const { messages } = this.#parts;
    messages.set([...messages.get(), message].slice(-kept_max));
  }
}
