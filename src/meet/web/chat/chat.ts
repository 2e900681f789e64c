/**
 * Chat as messages of the group: encrypted and signed by the leaf that wrote them. Whoever comes
 * later cannot read what was written before.
 */
import { cleanName } from '../call/face.ts';
import type { Group, Said } from '../call/group.ts';
import { follow } from '../call/signal.ts';
import type { Signal } from '../call/signal.ts';
import type { Notice } from '../call/model.ts';
import { mayDo } from '../call/rights.ts';
import type { Chat as Written, Direct, Ref, Saying } from '../group/saying.ts';
import type { Sign } from '../group/signs.ts';
import { forget, keep, readKept } from './kept.ts';
import * as log from './log.ts';
import { isMentioned } from './mentions.ts';
import { isOf, message_max } from './model.ts';
import type { ChatModel, Draft, Message } from './model.ts';

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

/** Half of a character, cut or typed, could not be sent, and would hold up all that comes after it. */
function cleaned(text: string): string {
  return text.replaceAll(/\p{Cs}/gu, '').trim();
}

/** A message as it is said, to all or to one. */
function sayingOf({ id, text, re, to }: Message): Saying | Direct {
  const said = { id, text, re };
  return to ? { kind: 'direct', to: to.identity, ...said } : { kind: 'chat', ...said };
}

/** So many changes as come at once are kept once. */
const kept_after_ms = 300;

export interface ChatParts {
  /** The meeting's id. */
  readonly meeting: string;
  readonly group: Group;
  readonly messages: Signal<readonly Message[]>;
  readonly name: string;
  readonly announce: (notice: Notice) => void;
}

export class Chat implements ChatModel {
  readonly messages: Signal<readonly Message[]>;
  readonly #parts: ChatParts;
  readonly #pace = new Pace();
  /** What is to be said, in order; the first is under way. */
  readonly #queue: (Saying | Direct)[] = [];
  #posting = false;

  constructor(parts: ChatParts, life: AbortSignal) {
    this.#parts = parts;
    this.messages = parts.messages;
    this.#restore();
    this.#keep(life);
    follow(parts.group.view, life, ({ phase, end }) => {
      if (phase === 'in') void this.#post();
      if (end === 'meet.ended' || end === 'meet.removed') forget(parts.meeting);
    });
  }

  /** As it was before a reload; what had not left yet leaves now. */
  #restore(): void {
    const kept = readKept(this.#parts.meeting);
    this.messages.set([...kept, ...this.messages.get()]);
    for (const message of kept) if (message.waiting) this.#say(sayingOf(message));
  }

  #keep(life: AbortSignal): void {
    const { meeting } = this.#parts;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const write = (): void => {
      clearTimeout(timer);
      timer = undefined;
      keep(meeting, this.messages.get());
    };
    follow(this.messages, life, () => (timer ??= setTimeout(write, kept_after_ms)));
    addEventListener('pagehide', () => timer !== undefined && write(), { signal: life });
    life.addEventListener('abort', () => clearTimeout(timer));
  }

  /** Sends, or keeps until the group is there. */
  write({ text, re, to }: Draft): boolean {
    const clean = cleaned(text);
    if (clean === '' || clean.length > message_max) return false;
    if (!this.#may('chat')) return false;
    const id = crypto.randomUUID();
    const person = to === null ? null : { identity: to, name: this.#nameOf(to) };
    const message = { ...this.#own(id, clean), re, to: person };
    this.#add(message);
    this.#say(sayingOf(message));
    return true;
  }

  edit(id: string, text: string): boolean {
    const clean = cleaned(text);
    const ref = { by: this.#parts.group.view.get().own, id };
    const own = this.#find(ref);
    if (!own || clean === own.text || clean.length > message_max) return false;
    if (!this.#may('chat')) return false;
    this.messages.set(log.edit(this.messages.get(), ref, clean));
    this.#say(own.to ? sayingOf({ ...own, text: clean }) : { kind: 'edit', id, text: clean });
    return true;
  }

  react({ identity, id }: Message, sign: Sign): boolean {
    const { own } = this.#parts.group.view.get();
    const ref = { by: identity, id };
    const message = this.#find(ref);
    if (!message || message.to || !this.#may('react')) return false;
    const mine = message.reactions.some((each) => each.sign === sign && each.by.includes(own));
    this.messages.set(log.react(this.messages.get(), ref, own, sign, !mine));
    this.#say({ kind: 'react', ...ref, sign, on: !mine });
    return true;
  }

  /** What a member said; the group says who it was. */
  hear(identity: string, said: Said): void {
    const heard = ['chat', 'direct', 'edit', 'react'].includes(said.kind);
    if (!heard || !this.#pace.allow(identity)) return;
    if (said.kind === 'chat') this.#receive(identity, said, false);
    if (said.kind === 'direct') this.#receive(identity, said, true);
    if (said.kind === 'edit') this.#change(identity, said.id, said.text);
    if (said.kind !== 'react') return;
    const { by, id, sign, on } = said;
    this.messages.set(log.react(this.messages.get(), { by, id }, identity, sign, on));
  }

  #receive(identity: string, { id, text, re }: Written, direct: boolean): void {
    const known = this.#find({ by: identity, id });
    // A private message is changed by another under its id; a public one is not, nor made private.
    if (known) return known.to && direct ? this.#change(identity, id, text) : undefined;
    if (text.trim() === '') return;
    const { own } = this.#parts.group.view.get();
    const name = this.#nameOf(identity);
    const to = direct ? { identity: own, name: this.#parts.name } : null;
    this.#add({ ...this.#own(id, text), identity, name, you: false, waiting: false, re, to });
    if (direct) this.#parts.announce({ kind: 'wrote-direct', name });
    else if (isMentioned(text, this.#nameOf(own))) {
      this.#parts.announce({ kind: 'mentioned', name });
    }
  }

  #find(ref: Ref): Message | undefined {
    return this.messages.get().find((one) => isOf(ref, one));
  }

  #change(identity: string, id: string, text: string): void {
    this.messages.set(log.edit(this.messages.get(), { by: identity, id }, text.trim()));
  }

  #own(id: string, text: string): Message {
    const { group, name } = this.#parts;
    return {
      id,
      identity: group.view.get().own,
      name,
      you: true,
      at: Date.now(),
      text,
      edited: false,
      waiting: true,
      re: null,
      to: null,
      reactions: [],
    };
  }

  /** Tells where one may not, or says too much at once. */
  #may(right: 'chat' | 'react'): boolean {
    const { group, announce } = this.#parts;
    const view = group.view.get();
    const ruled = mayDo(view, view.own, right);
    if (ruled && this.#pace.allow('')) return true;
    announce(ruled ? { kind: 'too-fast' } : { kind: 'forbidden', what: 'chat' });
    return false;
  }

  #say(saying: Saying | Direct): void {
    this.#queue.push(saying);
    void this.#post();
  }

  /** What waits, in the order in which it was written. */
  async #post(): Promise<void> {
    if (this.#posting) return;
    this.#posting = true;
    for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
      try {
        await this.#parts.group.say(next);
      } catch {
        if (next.kind !== 'direct' || this.#isThere(next.to)) {
          // It stays marked as waiting, and leaves when the group is back.
          break;
        }
        // Whom it was for is gone: nobody will read it.
        this.#parts.announce({ kind: 'not-there', name: this.#nameOf(next.to) });
      }
      this.#queue.shift();
      if (next.kind === 'chat' || next.kind === 'direct') this.#sent(next.id);
    }
    this.#posting = false;
  }

  #isThere(identity: string): boolean {
    return this.#parts.group.view.get().leaves.has(identity);
  }

  #sent(id: string): void {
    // What was written before one was in has its author only now.
    const identity = this.#parts.group.view.get().own;
    const sent = (one: Message): Message =>
      one.you && one.id === id ? { ...one, identity, waiting: false } : one;
    this.messages.set(this.messages.get().map(sent));
  }

  #nameOf(identity: string): string {
    const said = this.#parts.group.view.get().leaves.get(identity)?.name ?? '';
    return cleanName(said) || identity.slice(0, 6);
  }

  #add(message: Message): void {
    this.messages.set(log.add(this.messages.get(), message));
  }
}
