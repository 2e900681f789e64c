/**
 * The MLS group as the call needs it: who has a leaf, what they say, and whether all is well. It
 * runs in a worker (../group/); the call never has a key.
 */
import type { Gate, Role } from '../../../protocol/encryption/policy.ts';
import type { GuestRight, Mode } from '../../../protocol/encryption/rights.ts';
import type { ExtraCodec } from '../../../protocol/encryption/profile.ts';
import type { PulseState } from '../../../protocol/encryption/pulse.ts';
import type { Link } from '../../../protocol/link/link.ts';
import type { HostAct } from '../group/hosting.ts';
import type { PutOut } from '../group/view.ts';
import type { Waiting } from '../group/waiting.ts';
import type { Direct, Heard, Saying } from '../group/saying.ts';
import type { Readable } from './signal.ts';
import type { LeaveReason, Ticket } from '../entry.ts';

/** How far one has come into the group. */
export type GroupPhase =
  | 'connecting'
  /** A member has yet to let one in. */
  | 'waiting'
  | 'in'
  /** The state was lost, or cannot be followed: on the way back. */
  | 'out-of-sync'
  | 'over';

/** Whether members confirm to each other that they are in one epoch. */
export type Pulse = PulseState;

export interface Leaf {
  /** The LiveKit identity of this leaf and of no other. */
  readonly identity: string;
  /** What its owner calls themself, signed; null while it has not arrived. */
  readonly name: string | null;
  readonly role: Role;
  /** Whether a beat of this leaf has arrived here: until then a server might have copied it. */
  readonly confirmed: boolean;
}

export interface GroupView {
  readonly phase: GroupPhase;
  /** Why it is over, as a code; null before that. */
  readonly end: string | null;
  /** The own leaf's identity; '' before there is one. */
  readonly own: string;
  readonly epoch: string | null;
  /** 30 digits that are the same for everybody in this epoch. */
  readonly code: string | null;
  readonly pulse: Pulse;
  /** Who comes in without being let in; null while it is not known. */
  readonly gate: Gate | null;
  /** What everybody's browser decodes, besides Opus and VP8. */
  readonly codecs: readonly ExtraCodec[];
  readonly mode: Mode;
  /** Of an event: the identities of guests who may send all the same. */
  readonly stage: readonly string[];
  /** What guests may do. */
  readonly guests: readonly GuestRight[];
  /** Whom a host has to let in or send away; empty for others. */
  readonly waiting: readonly Waiting[];
  readonly leaves: ReadonlyMap<string, Leaf>;
}

/** What members say to each other, beside sound and pictures. */
export type Said = Heard;

export interface Group {
  readonly view: Readable<GroupView>;
  /** Once the link is another one than one came with. */
  readonly link: Readable<Link | null>;
  /** A media token for the own leaf; waits until one is in. */
  ticket(): Promise<Ticket>;
  /** Resolves once it stands in the log of the group. */
  say(saying: Saying | Direct): Promise<void>;
  /** What others said, in order, until `life` ends. */
  hear(life: AbortSignal, listener: (identity: string, said: Said) => void): void;
  /** One's own next beats, to be sent to all over the media line. */
  onBeat(life: AbortSignal, listener: (beat: Uint8Array<ArrayBuffer>) => void): void;
  hearBeat(identity: string, beat: Uint8Array<ArrayBuffer>): void;
  /** What a host may do. @throws Refused with the code of what forbids it */
  host(act: HostAct): Promise<void>;
  /** What the hosts are to read while one waits. */
  note(text: string): void;
  /** Lets in or sends away who waits. */
  answer(knock: string, admit: boolean): void;
  /** Somebody said what the policy does not let them say; nobody acts on it. */
  onUnlawful(life: AbortSignal, listener: (identity: string) => void): void;
  /** Somebody came, or came back by a reload: what was said before, they do not know. */
  onGreeting(life: AbortSignal, listener: (identity: string) => void): void;
  /** A host removed somebody. */
  onPutOut(life: AbortSignal, listener: (put_out: PutOut) => void): void;
  /** Somebody can be reached who could not before. */
  beatNow(): void;
  /** Tells the others and ends; never rejects. */
  leave(): Promise<void>;
}

/** Why a call is over, of the code with which its group is. */
export function reasonOf(code: string): LeaveReason {
  if (code === 'meet.ended') return 'ended';
  if (code === 'meet.removed') return 'removed';
  if (code === 'meet.denied') return 'denied';
  return code === 'meet.left' ? 'left' : 'failed';
}

export const no_leaves: ReadonlyMap<string, Leaf> = new Map();
