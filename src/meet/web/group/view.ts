/** What the page is shown of a member and its group; told whole on every change. */
import type { Gate, Role } from '../../../protocol/encryption/policy.ts';
import type { GuestRight, Mode } from '../../../protocol/encryption/rights.ts';
import type { ExtraCodec } from '../../../protocol/encryption/profile.ts';
import type { Waiting } from './waiting.ts';
import type { PulseState } from '../../../protocol/encryption/pulse.ts';

/**
 * - `connecting`, `waiting` (to be let in), `in`;
 * - `out-of-sync`: something was committed that this member does not follow; sending stops;
 * - `refused`: what the server or a committer offered was not accepted, or the server refuses;
 * - `denied`: a host sent this visitor away;
 * - `removed`: put out of the group while connected;
 * - `over`: one has left, or there is no meeting any more.
 */
export type Phase =
  | 'connecting'
  | 'waiting'
  | 'in'
  | 'out-of-sync'
  | 'refused'
  | 'denied'
  | 'over'
  | 'removed';

/** Phases that nothing follows. */
export const final: ReadonlySet<Phase> = new Set(['refused', 'denied', 'over', 'removed']);

/** One is out, and will not come in again by oneself. */
export class Over extends Error {
  readonly phase: Phase;
  /** A code of docs/protocol, or null. */
  readonly fault: string | null;
  constructor(phase: Phase, fault: string | null) {
    super(`Out of the group: ${phase}.`);
    this.name = 'Over';
    this.phase = phase;
    this.fault = fault;
  }
}

export interface PersonView {
  readonly leaf: number;
  /** Its name at the media engine. */
  readonly id: string;
  /** SHA-256 of its signature key, base64url. */
  readonly key_hash: string;
  /** What it said of itself; to be shown once it was heard of (`beaten`). */
  readonly name: string | null;
  readonly role: Role;
  /** Whether a beat of it was heard: until then it may be a leaf the server copied. */
  readonly beaten: boolean;
  /** Its connections are gone, as the server says. */
  readonly away: boolean;
}

export interface MemberView {
  readonly phase: Phase;
  /** A code of docs/protocol, or null. */
  readonly fault: string | null;
  readonly epoch: bigint | null;
  readonly leaf: number | null;
  /** One's own name at the media engine. */
  readonly id: string;
  /** Six groups of five digits, to compare. */
  readonly code: string | null;
  readonly gate: Gate | null;
  readonly mode: Mode;
  /** What guests may do. */
  readonly guests: readonly GuestRight[];
  /** Of an event: who may send all the same, by their names at the media engine. */
  readonly stage: readonly string[];
  /** Codecs that everybody's browser decodes, besides Opus and VP8. */
  readonly codecs: readonly ExtraCodec[];
  readonly pulse: PulseState;
  /** Whom a host has to let in or send away; empty for others. */
  readonly waiting: readonly Waiting[];
  /** By leaf, oneself included. */
  readonly people: readonly PersonView[];
}

/** A host removed somebody for good. */
export interface PutOut {
  /** Of who was removed, at the media engine. */
  readonly id: string;
  /** What they and the host called themselves. */
  readonly name: string | null;
  readonly by: string | null;
}

/** Whether two views show the same. */
export function sameView(one: MemberView, other: MemberView): boolean {
  return spell(one) === spell(other);
}

function spell(view: MemberView): string {
  return JSON.stringify({ ...view, epoch: String(view.epoch) });
}
