/** What the page and the worker that holds the group say to each other. */
import type { Bytes } from '../../../protocol/encryption/bytes.ts';
import type { ExtraCodec } from '../../../protocol/encryption/profile.ts';
import type { Link } from '../../../protocol/link/link.ts';
import type { Ticket } from './entering.ts';
import type { HostAct } from './hosting.ts';
import type { Direct, Heard, Saying } from './saying.ts';
import type { MemberView, Phase, PutOut } from './view.ts';

/** What can be known before a person presses Join. */
export interface GroupPrepare {
  readonly t: 'prepare';
  /** Such as https://meet.example. */
  readonly origin: string;
  readonly link: Link;
  /** Under which this tab's leaf key is kept in this browser. */
  readonly seat: string;
  /** 32 bytes, in the browser that made the meeting. */
  readonly root_seed: Bytes | null;
  /** What this browser decodes besides what all do. */
  readonly codecs: readonly ExtraCodec[];
}

/** Once, after `prepare`. */
export interface GroupStart {
  readonly t: 'start';
  readonly name: string;
  /** To the worker that seals frames. */
  readonly sealer: MessagePort;
}

export type FromPage =
  | GroupPrepare
  | GroupStart
  | { readonly t: 'token'; readonly call: number }
  | { readonly t: 'say'; readonly call: number; readonly saying: Saying | Direct }
  | { readonly t: 'host'; readonly call: number; readonly act: HostAct }
  | { readonly t: 'answer'; readonly knock: string; readonly admit: boolean }
  | { readonly t: 'heard'; readonly id: string; readonly beat: Bytes }
  | { readonly t: 'note'; readonly text: string }
  | { readonly t: 'beat-now' }
  | { readonly t: 'leave'; readonly call: number };

/** Why a call failed: one is out, or the server said no; and its code, where there is one. */
export interface Failure {
  readonly over: Phase | null;
  readonly code: string | null;
}

export type ToPage =
  | { readonly t: 'view'; readonly view: MemberView }
  /** What another member said; `id` is its name at the media engine. */
  | { readonly t: 'said'; readonly id: string; readonly saying: Heard }
  /** Somebody came, or came back. */
  | { readonly t: 'greeting'; readonly id: string }
  /** They said what the policy does not let them say. */
  | { readonly t: 'unlawful'; readonly id: string }
  | { readonly t: 'beat'; readonly beat: Bytes }
  /** Before Join is pressed: good from then on. */
  | { readonly t: 'ticket'; readonly ticket: Ticket }
  | { readonly t: 'link'; readonly link: Link }
  | { readonly t: 'put-out'; readonly put_out: PutOut }
  | { readonly t: 'done'; readonly call: number; readonly ticket?: Ticket }
  | { readonly t: 'failed'; readonly call: number; readonly failure: Failure };
