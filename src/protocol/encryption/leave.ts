/** A member's signed wish to leave (encryption design, section 3.7). */
import { toBase64url } from '../link/base64url.ts';
import { concat } from './bytes.ts';
import type { Bytes } from './bytes.ts';
import { verify } from './ed25519.ts';
import type { Signer } from './ed25519.ts';
import { bytesOf, readBytes, readFields } from './json.ts';
import { must } from './refusal.ts';

export interface Leave {
  /** Who leaves: its signature key, base64url. */
  readonly key: string;
  readonly proof: string;
}

const label = 'conclave/leave/v1';

/**
 * @param leaf_key the HPKE key of the leaf that leaves (32 bytes): who comes back has another, so an
 * old wish does not remove it again.
 */
export async function leave(signer: Signer, group: Bytes, leaf_key: Bytes): Promise<Leave> {
  return {
    key: toBase64url(signer.public_key),
    proof: toBase64url(await signer.sign(label, concat(group, leaf_key))),
  };
}

/** The shape only. Throws `json.*`. */
export function readLeave(value: unknown): Leave {
  const { key, proof } = readFields(value, ['key', 'proof']);
  return { key: readBytes(key, 32), proof: readBytes(proof, 64) };
}

/** Whether the holder of this leaf wants to leave. Throws `leave.proof`. */
export async function checkLeave(entry: Leave, group: Bytes, leaf_key: Bytes): Promise<void> {
  const message = concat(group, leaf_key);
  const valid = await verify(bytesOf(entry.key), label, message, bytesOf(entry.proof));
  must(valid, 'leave.proof', 'a leave that is not of this leaf');
}
