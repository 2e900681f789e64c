/** Codes that people compare (encryption design, section 2). */
import { labelled } from '../link/fingerprint.ts';
import { sha256 } from './bytes.ts';
import type { Bytes } from './bytes.ts';

const groups = 6;
const group_bytes = 5;

/**
 * Six groups of five digits: bytes 5i to 5i + 4, as a big-endian number, modulo 100,000.
 *
 * @param value at least 30 bytes, of which the first 30 count.
 */
export function formatCode(value: Uint8Array): string {
  return Array.from({ length: groups }, (_, group) => {
    const part = value.subarray(group * group_bytes, (group + 1) * group_bytes);
    const number = part.reduce((sum, byte) => sum * 256 + byte, 0);
    return String(number % 100_000).padStart(5, '0');
  }).join(' ');
}

/** The host code: the same for as long as the meeting's root key is. */
export async function hostCode(root: Bytes): Promise<string> {
  return formatCode(await sha256(labelled('conclave/hostcode/v1', root)));
}
