/** A host's signed consent to one key (encryption design, section 3.5). */
import { toBase64url } from '../link/base64url.ts';
import { concat, sha256, u64 } from './bytes.ts';
import type { Bytes } from './bytes.ts';
import { verify } from './ed25519.ts';
import type { Signer } from './ed25519.ts';
import { bytesOf, readBytes, readFields, readWhole } from './json.ts';
import { isHost } from './policy.ts';
import type { Policy } from './policy.ts';
import { must } from './refusal.ts';

export interface Admit {
  /** SHA-256 of the signature key, base64url. */
  readonly keyHash: string;
  /** The last epoch in which a commit may use it. */
  readonly until: number;
  /** A listed host's key, or the root, base64url. */
  readonly by: string;
  readonly proof: string;
}

const label = 'conclave/admit/v1';
/** Counted in epochs, since members must agree and clocks do not. */
const epochs_max = 1000;

function admitMessage(group: Bytes, key_hash: Bytes, until: number): Bytes {
  return concat(group, key_hash, u64(until));
}

/** Consent to `key` (32 bytes), from now and for 1,000 epochs. */
export async function admit(
  signer: Signer,
  key: Bytes,
  group: Bytes,
  epoch: bigint,
): Promise<Admit> {
  const key_hash = await sha256(key);
  const until = Number(epoch) + epochs_max;
  return {
    keyHash: toBase64url(key_hash),
    until,
    by: toBase64url(signer.public_key),
    proof: toBase64url(await signer.sign(label, admitMessage(group, key_hash, until))),
  };
}

/** The shape only. Throws `json.*`. */
export function readAdmit(value: unknown): Admit {
  const fields = readFields(value, ['keyHash', 'until', 'by', 'proof']);
  return {
    keyHash: readBytes(fields.keyHash, 32),
    until: readWhole(fields.until, 0),
    by: readBytes(fields.by, 32),
    proof: readBytes(fields.proof, 64),
  };
}

/**
 * Whether an Admit counts in `epoch` under `policy`: by a listed host, present or not, or by the
 * root. Throws `admit.until`, `admit.by`, `admit.proof`.
 */
export async function checkAdmit(
  entry: Admit,
  policy: Policy,
  group: Bytes,
  epoch: bigint,
): Promise<void> {
  const left = entry.until - Number(epoch);
  must(left >= 0 && left <= epochs_max, 'admit.until', 'an admit of another time');
  must(entry.by === policy.root || isHost(policy, entry.by), 'admit.by', 'not signed by a host');
  const message = admitMessage(group, bytesOf(entry.keyHash), entry.until);
  const valid = await verify(bytesOf(entry.by), label, message, bytesOf(entry.proof));
  must(valid, 'admit.proof', 'an admit with a wrong signature');
}
