/** Who made whom a host (encryption design, section 4). */
import { toBase64url } from '../link/base64url.ts';
import { concat, u64, utf8 } from './bytes.ts';
import type { Bytes } from './bytes.ts';
import { verify } from './ed25519.ts';
import type { Signer } from './ed25519.ts';
import { bytesOf, readBytes, readFields } from './json.ts';
import { Refusal, must } from './refusal.ts';

/** `by` makes `key` a host of one occurrence of one room. Base64url. */
export interface Appointment {
  readonly key: string;
  readonly by: string;
  readonly proof: string;
}

/** The occurrence an appointment holds in: void in every other. */
export interface Occurrence {
  readonly room: string;
  /** 16 bytes. */
  readonly group: Bytes;
  /** The policy's `created`, milliseconds since 1970. */
  readonly created: number;
}

const label = 'conclave/appoint/v1';
const steps_max = 8;

function appointmentMessage(occurrence: Occurrence, key: Bytes): Bytes {
  return concat(occurrence.group, u64(occurrence.created), key, utf8(occurrence.room));
}

/** The appointment of `key` (32 bytes) by `signer`: a host's leaf key, or the root for itself. */
export async function appoint(
  signer: Signer,
  key: Bytes,
  occurrence: Occurrence,
): Promise<Appointment> {
  const proof = await signer.sign(label, appointmentMessage(occurrence, key));
  return {
    key: toBase64url(key),
    by: toBase64url(signer.public_key),
    proof: toBase64url(proof),
  };
}

/** The shape only. Throws `json.shape`, `json.value`. */
export function readAppointment(value: unknown): Appointment {
  const { key, by, proof } = readFields(value, ['key', 'by', 'proof']);
  return { key: readBytes(key, 32), by: readBytes(by, 32), proof: readBytes(proof, 64) };
}

/**
 * Whether each of `hosts` leads through `hosts` and `past` to the root in at most 8 steps, and
 * every proof holds. Throws `policy.twice`, `policy.chain`, `policy.proof`.
 */
export async function checkAppointments(
  root: string,
  hosts: readonly Appointment[],
  past: readonly Appointment[],
  occurrence: Occurrence,
): Promise<void> {
  const all = [...hosts, ...past];
  const by_key = new Map(all.map((entry) => [entry.key, entry]));
  must(by_key.size === all.length && !by_key.has(root), 'policy.twice', 'a key is listed twice');
  for (const entry of all) followChain(entry, root, by_key);
  const proved = await Promise.all(all.map((entry) => proves(entry, occurrence)));
  must(!proved.includes(false), 'policy.proof', 'an appointment is not signed by who it names');
}

function followChain(entry: Appointment, root: string, by_key: Map<string, Appointment>): void {
  let at = entry;
  for (let step = 1; step <= steps_max; step += 1) {
    if (at.by === root) return;
    const next = by_key.get(at.by);
    must(next !== undefined, 'policy.chain', 'an appointment does not lead to the root');
    at = next;
  }
  throw new Refusal('policy.chain', 'an appointment is more than 8 steps from the root');
}

function proves(entry: Appointment, occurrence: Occurrence): Promise<boolean> {
  const message = appointmentMessage(occurrence, bytesOf(entry.key));
  return verify(bytesOf(entry.by), label, message, bytesOf(entry.proof));
}

/**
 * Whether a list of appointments, as a host shows the server, proves that `key` is one: its own
 * entry first, then each appointer's. Throws as `checkAppointments` does.
 */
export async function checkChain(
  root: string,
  key: string,
  chain: readonly Appointment[],
  occurrence: Occurrence,
): Promise<void> {
  must(
    chain.length <= steps_max && chain[0]?.key === key,
    'policy.chain',
    'not a chain of this key',
  );
  await checkAppointments(root, chain, [], occurrence);
}
