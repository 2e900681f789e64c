/** What a member and the delivery service say to each other (docs/protocol/delivery.md). */
import type { Output } from '../../../app/contract.ts';
import type { keys } from '../../../keys/contract.ts';
import { fromBase64url } from '../../../protocol/link/base64url.ts';
import type { Bytes } from '../../../protocol/encryption/bytes.ts';
import { must } from '../../../protocol/encryption/refusal.ts';

export type {
  Answer as KnockAnswer,
  Entry,
  GroupState,
  Knock as WaitingKnock,
} from '../../../keys/contract.ts';

export type Calls = typeof keys.calls;
export type Proven = Output<Calls['prove']>;
export type Delivery = { readonly keys: typeof keys };

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
