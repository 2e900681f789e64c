/**
 * Chat over the media connection: reliable data of topic `chat`, JSON `{ id, text }`. The author
 * is whoever the media server says sent the packet, never what the packet says. Whoever comes
 * later does not see what was written before.
 */
import { RoomEvent } from './media.ts';
import type { Participant, RemoteParticipant, Room } from './media.ts';
import { cleanName } from './face.ts';
import { follow } from './signal.ts';
import type { Readable, Signal } from './signal.ts';
import { chat_topic, message_max } from './model.ts';
import type { Message, Phase } from './model.ts';

/** Four bytes a character at most, and the envelope. */
const packet_bytes_max = message_max * 4 + 200;
const kept_max = 500;
/** Messages sent again to somebody who was just coming in. */
const catch_up_max = 10;
/** The server tells arrivals in whole seconds, by its own clock. */
const clock_slack_ms = 2000;
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

/** A packet's message, or null where it is none of ours. */
export function readMessage(payload: Uint8Array): { id: string; text: string } | null {
  if (payload.length > packet_bytes_max) return null;
  try {
    const data: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
    if (typeof data !== 'object' || data === null) return null;
    const { id, text } = data as { id?: unknown; text?: unknown };
    if (typeof id !== 'string' || id.length === 0 || id.length > 64) return null;
    if (typeof text !== 'string' || text.trim() === '' || text.length > message_max) return null;
    return { id, text };
  } catch {
    return null;
  }
}

function encode({ id, text }: Message): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify({ id, text }));
}

export interface ChatParts {
  /** The room while the media line stands; what waits is sent into each new one. */
  readonly room: Readable<Room | null>;
  readonly phase: Readable<Phase>;
  readonly messages: Signal<readonly Message[]>;
  readonly name: string;
  readonly identity: () => string;
}

export class Chat {
  readonly #parts: ChatParts;
  readonly #pace = new Pace();

  constructor(parts: ChatParts, life: AbortSignal) {
    this.#parts = parts;
    follow(parts.phase, life, (phase) => {
      if (phase !== 'connected') return;
      for (const message of parts.messages.get()) if (message.waiting) void this.#post(message);
    });
    follow(parts.room, life, (room) => {
      room?.on(RoomEvent.ParticipantActive, (participant) => void this.#catchUp(room, participant));
    });
  }

  /** Sends, or keeps until there is a connection. False where nothing may be sent. */
  send(text: string): boolean {
    const clean = text.trim();
    if (clean === '' || clean.length > message_max || !this.#pace.allow('')) return false;
    const message: Message = {
      id: crypto.randomUUID(),
      identity: this.#parts.identity(),
      name: this.#parts.name,
      you: true,
      at: Date.now(),
      text: clean,
      waiting: true,
    };
    this.#add(message);
    void this.#post(message);
    return true;
  }

  async #post(message: Message): Promise<void> {
    const room = this.#parts.room.get();
    if (room === null || this.#parts.phase.get() !== 'connected') return;
    const { id } = message;
    const options = { reliable: true, topic: chat_topic };
    try {
      await room.localParticipant.publishData(encode(message), options);
    } catch {
      // It stays marked as waiting, and leaves with the next connection.
      return;
    }
    const { messages } = this.#parts;
    const sent = (one: Message): Message =>
      one.id === id && one.you ? { ...one, waiting: false } : one;
    messages.set(messages.get().map(sent));
  }

  /**
   * Somebody is shown a moment before data can reach them: what one wrote in between is sent to
   * them alone. What was written before they came stays theirs who were there.
   */
  async #catchUp(room: Room, { identity, joinedAt }: Participant): Promise<void> {
    const came_ms = (joinedAt?.getTime() ?? Date.now()) - clock_slack_ms;
    const missed = this.#parts.messages.get().filter((one) => one.you && one.at >= came_ms);
    const options = { reliable: true, topic: chat_topic, destinationIdentities: [identity] };
    for (const message of missed.slice(-catch_up_max)) {
      // Whoever is gone again needs nothing.
      await room.localParticipant.publishData(encode(message), options).catch(() => undefined);
    }
  }

  /** A packet of the chat, from whom the media server says. */
  receive(payload: Uint8Array, participant: RemoteParticipant): void {
    const { identity } = participant;
    const read = readMessage(payload);
    if (read === null || !this.#pace.allow(identity)) return;
    // Sent again after a reconnection: the author and their id tell.
    const known = this.#parts.messages
      .get()
      .some((one) => one.identity === identity && one.id === read.id);
    if (known) return;
    const name = cleanName(participant.name ?? '') || identity.slice(0, 6);
    this.#add({ ...read, identity, name, you: false, at: Date.now(), waiting: false });
  }

  #add(message: Message): void {
    const { messages } = this.#parts;
    messages.set([...messages.get(), message].slice(-kept_max));
  }
}
