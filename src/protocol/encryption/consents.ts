/**
 * What a commit carries in its authenticated_data: consents without which members could not judge
 * it (encryption design, section 3.5). Sent apart, a later member would judge otherwise: a fork.
 */
import { readAdmit } from './admit.ts';
import type { Admit } from './admit.ts';
import type { Bytes } from './bytes.ts';
import { decodeJson, encodeJson, readFields, readList } from './json.ts';
import { readLeave } from './leave.ts';
import type { Leave } from './leave.ts';
import { must } from './refusal.ts';

export interface Consents {
  readonly admits: readonly Admit[];
  readonly leaves: readonly Leave[];
}

export const adds_max = 64;
export const consents_bytes_max = 32_768;

/** Empty when there are none, else canonical JSON of at most 32 kB. Throws `json.size`. */
export function encodeConsents(consents: Consents): Bytes {
  const { admits, leaves } = consents;
  if (admits.length + leaves.length === 0) return new Uint8Array();
  return encodeJson({ admits, leaves }, consents_bytes_max);
}

/** Throws `json.*`. The only spelling of no consents is no bytes. */
export function decodeConsents(bytes: Uint8Array): Consents {
  if (bytes.length === 0) return { admits: [], leaves: [] };
  const fields = readFields(decodeJson(bytes, consents_bytes_max), ['admits', 'leaves']);
  const admits = readList(fields.admits, adds_max, readAdmit);
  const leaves = readList(fields.leaves, adds_max, readLeave);
  must(admits.length + leaves.length > 0, 'json.canonical', 'consents without a consent');
  return { admits, leaves };
}
