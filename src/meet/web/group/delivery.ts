/**
 * What a member and the delivery service say to each other (docs/protocol/delivery.md), as the
 * member sees it. The types stand here and not in keys/contract.ts because a room's web folder
 * imports no other room; delivery.test.ts holds both to be the same.
 */
import type { Call, Contract, Event } from '../../../app/contract.ts';
import { fromBase64url } from '../../../protocol/link/base64url.ts';
import type { Bytes } from '../../../protocol/encryption/bytes.ts';
import { must } from '../../../protocol/encryption/refusal.ts';

export type EntryKind = 'commit' | 'resync' | 'app' | 'void';

export interface Entry {
  readonly seq: number;
  readonly kind: EntryKind;
  /** The epoch the message stands in; of a void, the epoch that is open again. */
  readonly epoch: number;
  /** Null in an event when it is too large for one: the log has it. */
  readonly msg: string | null;
  /** Of a void: the entry that does not count any more. */
  readonly of: number | null;
}

export interface WaitingKnock {
  readonly knock: string;
  readonly id: string;
  readonly link: number;
  readonly kp: string;
  readonly name: string;
  readonly mac: string;
  readonly admit: string | null;
}

export type KnockAnswer = 'welcomed' | 'denied' | 'relinked' | 'void' | 'withdrawn' | 'ended';

export interface Page {
  readonly epoch: number;
  readonly seq: number;
  readonly entries: Entry[];
}

export interface GroupState {
  readonly group: string;
  readonly epoch: number;
  readonly seq: number;
  readonly ready: boolean;
  readonly lost: string[];
  readonly knocks: WaitingKnock[];
  readonly ended: boolean;
}

export interface KnockState {
  readonly knock: string;
  readonly answer: KnockAnswer | null;
}

export type Accepted = { readonly seq: number } | { readonly conflict: Page };

export interface ShownAppointment {
  readonly key: string;
  readonly by: string;
  readonly proof: string;
}

export interface Proven {
  readonly pass: string;
  readonly id: string;
  readonly link: number;
  readonly group: { readonly group: string; readonly epoch: number; readonly leaf: boolean } | null;
}

interface Passed {
  readonly pass: string;
}

interface Placed extends Passed {
  readonly group: string;
}

interface Stated extends Placed {
  readonly epoch: number;
  readonly msg: string;
}

interface Opening extends Stated {
  readonly info: string;
}

interface Following<State> {
  readonly account: string;
  readonly seq: number;
  readonly state: State | null;
}

export interface Calls extends Record<string, Call<unknown, unknown>> {
  readonly hello: Call<
    { readonly room: string; readonly door: string | null },
    { readonly nonce: string; readonly root: string | null }
  >;
  readonly prove: Call<
    {
      readonly room: string;
      readonly key: string;
      readonly sig: string;
      readonly chain?: ShownAppointment[] | undefined;
      readonly created?: number | undefined;
    },
    Proven
  >;
  readonly create: Call<
    Placed & { readonly info: string },
    { readonly group: string; readonly made: boolean }
  >;
  readonly knock: Call<Passed & Omit<WaitingKnock, 'knock' | 'id'>, Following<KnockState>>;
  readonly welcome: Call<
    Passed & { readonly knock: string },
    {
      readonly group: string;
      readonly epoch: number;
      readonly seq: number;
      readonly welcome: string;
      readonly info: string;
    }
  >;
  readonly commit: Call<
    Opening & {
      readonly welcomes: { readonly knock: string; readonly welcome: string }[];
      readonly gone: string[];
      readonly door?: { readonly link: number; readonly hash: string } | undefined;
      readonly hosts?: string[] | undefined;
    },
    Accepted
  >;
  readonly resync: Call<Opening, Accepted>;
  readonly app: Call<Stated, Accepted>;
  readonly ready: Call<Placed & { readonly epoch: number }, object>;
  readonly refuse: Call<Placed & { readonly seq: number }, { readonly voided: boolean }>;
  readonly log: Call<Placed & { readonly from: number }, Page>;
  readonly info: Call<
    Placed,
    { readonly epoch: number; readonly seq: number; readonly info: string }
  >;
  readonly watch: Call<Placed & { readonly cursor: number | null }, Following<GroupState>>;
  readonly token: Call<Passed, { readonly token: string; readonly media_path: string }>;
}

export type Delivery = { readonly keys: Contract<Calls, Record<string, Event<unknown>>> };

/** Limits of what the service hands out, bytes. */
export const handed_bytes_max = { message: 524_288, info: 524_288, welcome: 16_384 } as const;

/** Bytes that the service handed out. Throws `mls.size`, `json.value`. */
export function bytesFrom(text: unknown, size_bytes_max: number): Bytes {
  must(typeof text === 'string', 'json.value', 'not base64url');
  must(text.length <= Math.ceil((size_bytes_max * 4) / 3), 'mls.size', 'more than was agreed');
  const bytes = fromBase64url(text);
  must(bytes !== null, 'json.value', 'not base64url');
  return bytes;
}

/** An epoch's number as the service writes it. Throws `json.value`. */
export function epochFrom(value: unknown): bigint {
  must(Number.isSafeInteger(value) && Number(value) >= 0, 'json.value', 'not an epoch');
  return BigInt(Number(value));
}
