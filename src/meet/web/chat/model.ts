/** What the view shows of the chat, and what a person can do in it. */
import type { Readable } from '../call/signal.ts';
import type { Ref } from '../group/saying.ts';
import type { Sign } from '../group/signs.ts';

export interface Message {
  readonly id: string;
  readonly identity: string;
  readonly name: string;
  readonly you: boolean;
  /** When it arrived or was written, in ms since 1970, by this browser's clock. */
  readonly at: number;
  /** Empty where its author took it back. */
  readonly text: string;
  readonly edited: boolean;
  /** Written while there was no connection; leaves when there is one. */
  readonly waiting: boolean;
  /** What it answers. */
  readonly re: Ref | null;
  /** To whom alone it was written; null for everybody. */
  readonly to: { readonly identity: string; readonly name: string } | null;
  /** Who answered it with which sign, in the order in which the signs came. */
  readonly reactions: readonly Reaction[];
}

export interface Reaction {
  readonly sign: Sign;
  /** Identities. */
  readonly by: readonly string[];
}

export interface Draft {
  readonly text: string;
  readonly re: Ref | null;
  /** Identity of whoever is to read it alone; null for everybody. */
  readonly to: string | null;
}

export interface ChatModel {
  readonly messages: Readable<readonly Message[]>;
  /** False where the text is empty, too long, or comes too fast; then nothing was sent. */
  write(draft: Draft): boolean;
  /** Of one's own message; without text it is taken back. False as `write`. */
  edit(id: string, text: string): boolean;
  /** Answers with a sign, or takes it away where one has done so already. */
  react(message: Message, sign: Sign): boolean;
}

/** UTF-16 units; as the group reads them (group/saying.ts). */
export const message_max = 4000;

/** Whether the reference is to that message. */
export function isOf(ref: Ref, { identity, id }: Message): boolean {
  return ref.by === identity && ref.id === id;
}
