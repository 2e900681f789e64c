import { concat, utf8 } from './bytes.ts';
import type { Bytes } from './bytes.ts';
import { verify } from './ed25519.ts';
import type { Signer } from './ed25519.ts';

const label = 'conclave/conn/v1';

function connectionMessage(nonce: Bytes, key: Bytes, room: string): Bytes {
  return concat(nonce, key, utf8(room));
}

/** Proof that this connection holds a key: of a leaf, or the root. The server chose the nonce. */
export function proveKey(signer: Signer, nonce: Bytes, room: string): Promise<Bytes> {
  return signer.sign(label, connectionMessage(nonce, signer.public_key, room));
}

export function checkProof(key: Bytes, nonce: Bytes, room: string, proof: Bytes): Promise<boolean> {
  return verify(key, label, connectionMessage(nonce, key, room), proof);
}
