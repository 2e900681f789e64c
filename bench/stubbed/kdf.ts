/** For the bench alone: no key is derived. */
import type { FrameKey } from '#src/protocol/encryption/kdf.ts';

export async function deriveFrameKey(): Promise<FrameKey> {
  return { key: {} as FrameKey['key'], salt: new Uint8Array(12) };
}
