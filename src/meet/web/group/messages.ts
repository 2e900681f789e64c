/**
 * What stands in the body of an application message: canonical JSON with the field `kind` first, or
 * 0x00 and bytes that mean something to a tool. What carries a person's name or authority goes this
 * way, signed by MLS.
 */
import { toBase64url } from '../../../protocol/link/base64url.ts';
import { concat, u8 } from '../../../protocol/encryption/bytes.ts';
import type { Bytes } from '../../../protocol/encryption/bytes.ts';
import { bytesOf, decodeJson, encodeJson } from '../../../protocol/encryption/json.ts';
import { readBytes, readFields, readList, readText } from '../../../protocol/encryption/json.ts';
import { readLeave } from '../../../protocol/encryption/leave.ts';
import type { Leave } from '../../../protocol/encryption/leave.ts';
import type { SignedProfile } from '../../../protocol/encryption/profile.ts';
import { Refusal, must } from '../../../protocol/encryption/refusal.ts';
import { body_bytes_max } from '../../../protocol/mls/app.ts';

/** What a person or a tool sends to everybody. */
export type Saying =
  | { readonly kind: 'chat'; readonly text: string }
  | { readonly kind: 'hand'; readonly raised: boolean }
  | { readonly kind: 'reaction'; readonly reaction: string }
  | { readonly kind: 'bytes'; readonly bytes: Bytes };

/** What members say to each other besides. */
export type Message =
  | Saying
  | { readonly kind: 'profiles'; readonly list: readonly SignedProfile[] }
  | { readonly kind: 'leave'; readonly leave: Leave };

/** UTF-16 units. */
export const text_length_max = 4000;
const reaction_length_max = 32;
/** Each has 1.5 kB at most, so that a message of them stays below what a body may have. */
export const profiles_max = 64;
const raw_kind = 0;

/** Throws `json.*`, `mls.size`. */
export function encodeMessage(message: Message): Bytes {
  if (message.kind === 'bytes') {
    must(message.bytes.length < body_bytes_max, 'mls.size', 'larger than a message may be');
    return concat(u8(raw_kind), message.bytes);
  }
  const body = encodeJson(toJson(message), body_bytes_max);
  decodeMessage(body);
  return body;
}

function toJson(message: Exclude<Message, { kind: 'bytes' }>): unknown {
  const { kind } = message;
  if (kind === 'chat') return { kind, text: message.text };
  if (kind === 'hand') return { kind, raised: message.raised };
  if (kind === 'reaction') return { kind, reaction: message.reaction };
  if (kind === 'leave') return { kind, leave: message.leave };
  const list = message.list.map(({ json, proof }) => ({
    json: toBase64url(json),
    proof: toBase64url(proof),
  }));
  return { kind, list };
}

/** Throws `json.*`. */
export function decodeMessage(body: Bytes): Message {
  if (body[0] === raw_kind) return { kind: 'bytes', bytes: body.slice(1) };
  const value = decodeJson(body, body_bytes_max);
  const kind = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : null;
  switch (kind) {
    case 'chat': {
      const text = readText(readFields(value, ['kind', 'text']).text, text_length_max);
      must(text !== '', 'json.value', 'a message that says nothing');
      return { kind, text };
    }
    case 'hand': {
      const { raised } = readFields(value, ['kind', 'raised']);
      must(typeof raised === 'boolean', 'json.value', 'neither up nor down');
      return { kind, raised };
    }
    case 'reaction': {
      const { reaction } = readFields(value, ['kind', 'reaction']);
      return { kind, reaction: readText(reaction, reaction_length_max) };
    }
    case 'profiles': {
      const { list } = readFields(value, ['kind', 'list']);
      return { kind, list: readList(list, profiles_max, readSigned) };
    }
    case 'leave':
      return { kind, leave: readLeave(readFields(value, ['kind', 'leave']).leave) };
    default:
      throw new Refusal('json.value', 'a kind of message that is not known');
  }
}

function readSigned(value: unknown): SignedProfile {
  const { json, proof } = readFields(value, ['json', 'proof']);
  must(typeof json === 'string' && json.length <= 1400, 'json.value', 'not a profile');
  return { json: bytesOf(json), proof: bytesOf(readBytes(proof, 64)) };
}
