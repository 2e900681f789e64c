/**
 * What members say to each other as application messages of the group (RFC 9420 section 15):
 * canonical JSON with the field `kind` first. What carries a person's name or authority goes this
 * way; who said it is the leaf that signed the message.
 */
import { toBase64url } from '../../../protocol/link/base64url.ts';
import type { Bytes } from '../../../protocol/encryption/bytes.ts';
import { bytesOf, decodeJson, encodeJson } from '../../../protocol/encryption/json.ts';
import {
  readBytes,
  readFields,
  readList,
  readText,
  readWhole,
} from '../../../protocol/encryption/json.ts';
import { readLeave } from '../../../protocol/encryption/leave.ts';
import type { Leave } from '../../../protocol/encryption/leave.ts';
import { name_length_max } from '../../../protocol/encryption/profile.ts';
import type { SignedProfile } from '../../../protocol/encryption/profile.ts';
import type { Send } from '../../../protocol/encryption/rights.ts';
import { sends } from '../../../protocol/encryption/rights.ts';
import { Refusal, must } from '../../../protocol/encryption/refusal.ts';
import { body_bytes_max } from '../../../protocol/mls/app.ts';
import { room_name_length_max, sealed_max } from './breakout-limits.ts';
import type { Breakouts, SealedFor } from './breakouts.ts';
import { readAgenda, readTurn } from './schedule.ts';
import { signs } from './signs.ts';
import type { Sign } from './signs.ts';
import type { Agenda, Turn } from './schedule.ts';

/** What a host has others do; `ids` are their names at the media engine. */
export type Order =
  /** They stop sending that. Who may send it begins again by their own hand only. */
  | { readonly kind: 'quiet'; readonly ids: readonly string[]; readonly what: readonly Send[] }
  /** Their hands go down. */
  | { readonly kind: 'lower'; readonly ids: readonly string[] }
  /** Who stands large for everybody; null for nobody. */
  | { readonly kind: 'spotlight'; readonly id: string | null }
  /** How somebody is to be called. */
  | { readonly kind: 'rename'; readonly id: string; readonly name: string }
  /** What the meeting is at, and who speaks for how long; null: nothing of that is kept any more. */
  | { readonly kind: 'agenda'; readonly agenda: Agenda | null }
  | { readonly kind: 'turn'; readonly turn: Turn | null }
  /** Whoever is in a breakout room comes back within so many seconds. */
  | { readonly kind: 'recall'; readonly seconds: number };

/** A message by its author's name at the media engine, and its own id. */
export interface Ref {
  readonly by: string;
  readonly id: string;
}

/** `id` is the sender's: the same message said again, where its answer was lost, has the same. */
export interface Chat {
  readonly id: string;
  readonly text: string;
  /** What it answers. */
  readonly re: Ref | null;
}

/** To one member alone; said again under the same id it takes the place of what it was. */
export type Direct = { readonly kind: 'direct'; readonly to: string } & Chat;

/** What a person says to everybody. */
export type Saying =
  | Order
  | ({ readonly kind: 'chat' } & Chat)
  /** Of one's own message; without text it is taken back. */
  | { readonly kind: 'edit'; readonly id: string; readonly text: string }
  /** An answer without words, or the end of it. */
  | ({ readonly kind: 'react'; readonly sign: Sign; readonly on: boolean } & Ref)
  /** When the hand was raised, ms since 1970; null when it is down. */
  | { readonly kind: 'hand'; readonly at: number | null }
  /** The name of the breakout room one is in; null for none. */
  | { readonly kind: 'aside'; readonly room: string | null };

/** What others are told of it; of breakout rooms, what of them is for this member, if anything. */
export type Heard =
  | Saying
  | Direct
  /** To somebody else: of that, nothing can be read. */
  | { readonly kind: 'elsewhere' }
  | { readonly kind: 'breakouts'; readonly breakouts: Breakouts | null };

/** What members say to each other besides. */
export type Message =
  | Saying
  | { readonly kind: 'rooms'; readonly list: readonly SealedFor[] }
  | ({ readonly kind: 'sealed' } & SealedFor)
  | { readonly kind: 'profiles'; readonly list: readonly SignedProfile[] }
  | { readonly kind: 'leave'; readonly leave: Leave };

/** UTF-16 units. */
export const text_length_max = 4000;
export const id_length_max = 64;
const ids_max = 500;
const recall_s_max = 600;
/** Base64url of a body sealed to a leaf: what a host is told of all rooms. */
const sealed_length_max = 44_000;
/** Each has 1.5 kB at most, so that a message of them stays below what a body may have. */
export const profiles_max = 64;

/** Throws `json.*`. */
export function encodeMessage(message: Message): Bytes {
  const body = encodeJson(toJson(message), body_bytes_max);
  decodeMessage(body);
  return body;
}

function toJson(message: Message): unknown {
  const { kind } = message;
  if (kind === 'chat') return { kind, id: message.id, text: message.text, re: message.re };
  if (kind === 'edit') return { kind, id: message.id, text: message.text };
  if (kind === 'react') {
    const { by, id, sign, on } = message;
    return { kind, by, id, sign, on };
  }
  if (kind === 'sealed') return { kind, to: message.to, sealed: message.sealed };
  if (kind === 'hand') return { kind, at: message.at };
  if (kind === 'leave') return { kind, leave: message.leave };
  if (kind === 'quiet') return { kind, ids: message.ids, what: message.what };
  if (kind === 'lower') return { kind, ids: message.ids };
  if (kind === 'spotlight') return { kind, id: message.id };
  if (kind === 'rename') return { kind, id: message.id, name: message.name };
  if (kind === 'agenda') return { kind, agenda: message.agenda };
  if (kind === 'turn') return { kind, turn: message.turn };
  if (kind === 'recall') return { kind, seconds: message.seconds };
  if (kind === 'aside') return { kind, room: message.room };
  if (kind === 'rooms') return { kind, list: message.list };
  const list = message.list.map(({ json, proof }) => ({
    json: toBase64url(json),
    proof: toBase64url(proof),
  }));
  return { kind, list };
}

/** Throws `json.*`. */
export function decodeMessage(body: Bytes): Message {
  const value = decodeJson(body, body_bytes_max);
  const kind = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : null;
  switch (kind) {
    case 'chat':
    case 'edit':
    case 'react':
    case 'sealed':
      return decodeWritten(kind, value);
    case 'hand': {
      const { at } = readFields(value, ['kind', 'at']);
      return { kind, at: at === null ? null : readWhole(at, 0) };
    }
    case 'quiet': {
      const { ids, what } = readFields(value, ['kind', 'ids', 'what']);
      return { kind, ids: readIds(ids), what: readList(what, sends.length, readSend) };
    }
    case 'lower':
      return { kind, ids: readIds(readFields(value, ['kind', 'ids']).ids) };
    case 'spotlight': {
      const { id } = readFields(value, ['kind', 'id']);
      return { kind, id: id === null ? null : readId(id) };
    }
    case 'rename': {
      const { id, name } = readFields(value, ['kind', 'id', 'name']);
      const text = readText(name, name_length_max);
      must(text.trim() !== '', 'json.value', 'an empty text');
      return { kind, id: readId(id), name: text };
    }
    case 'agenda':
      return { kind, agenda: readAgenda(readFields(value, ['kind', 'agenda']).agenda) };
    case 'turn':
      return { kind, turn: readTurn(readFields(value, ['kind', 'turn']).turn) };
    case 'recall': {
      const seconds = readWhole(readFields(value, ['kind', 'seconds']).seconds, 0);
      must(seconds <= recall_s_max, 'json.value', 'too long');
      return { kind, seconds };
    }
    case 'aside': {
      const { room } = readFields(value, ['kind', 'room']);
      return { kind, room: room === null ? null : readText(room, room_name_length_max) };
    }
    case 'rooms': {
      const { list } = readFields(value, ['kind', 'list']);
      return { kind, list: readList(list, sealed_max, readSealed) };
    }
    case 'profiles': {
      const { list } = readFields(value, ['kind', 'list']);
      return { kind, list: readList(list, profiles_max, readSigned) };
    }
    case 'leave':
      return { kind, leave: readLeave(readFields(value, ['kind', 'leave']).leave) };
    default:
      throw new Refusal('json.value', 'an unknown kind');
  }
}

type WrittenKind = 'chat' | 'edit' | 'react' | 'sealed';

function decodeWritten(kind: WrittenKind, value: unknown): Message {
  switch (kind) {
    case 'chat': {
      const { id, text, re } = readFields(value, ['kind', 'id', 'text', 're']);
      must(text !== '', 'json.value', 'an empty text');
      const said = { id: readId(id), text: readText(text, text_length_max) };
      return { kind, ...said, re: re === null ? null : readRef(re) };
    }
    case 'edit': {
      const { id, text } = readFields(value, ['kind', 'id', 'text']);
      return { kind, id: readId(id), text: readText(text, text_length_max) };
    }
    case 'react': {
      const { by, id, sign, on } = readFields(value, ['kind', 'by', 'id', 'sign', 'on']);
      const known = signs.find((each) => each === sign);
      must(known !== undefined && typeof on === 'boolean', 'json.value', 'no sign');
      return { kind, by: readId(by), id: readId(id), sign: known, on };
    }
    default: {
      const { kind: _, ...sealed } = readFields(value, ['kind', 'to', 'sealed']);
      return { kind, ...readSealed(sealed) };
    }
  }
}

export function readRef(value: unknown): Ref {
  const { by, id } = readFields(value, ['by', 'id']);
  return { by: readId(by), id: readId(id) };
}

function readId(value: unknown): string {
  return readText(value, id_length_max);
}

function readIds(value: unknown): string[] {
  const ids = readList(value, ids_max, readId);
  must(ids.length > 0, 'json.value', 'an order to nobody');
  return ids;
}

function readSend(value: unknown): Send {
  const send = sends.find((known) => known === value);
  if (send === undefined) throw new Refusal('json.value', `not one of ${sends.join()}`);
  return send;
}

function readSealed(value: unknown): SealedFor {
  const { to, sealed } = readFields(value, ['to', 'sealed']);
  return { to: readId(to), sealed: readText(sealed, sealed_length_max) };
}

function readSigned(value: unknown): SignedProfile {
  const { json, proof } = readFields(value, ['json', 'proof']);
  must(typeof json === 'string' && json.length <= 1400, 'json.value', 'not a profile');
  return { json: bytesOf(json), proof: bytesOf(readBytes(proof, 64)) };
}
