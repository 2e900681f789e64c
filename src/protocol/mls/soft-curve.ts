/** X25519 by noble, for browsers whose WebCrypto has none. */
import { x25519 } from '@noble/curves/ed25519.js';
import type { Curve } from './hpke.ts';

export const soft_curve: Curve = {
  publicOf: async (secret) => Promise.resolve(x25519.getPublicKey(secret)),
  sharedSecret: async (secret, public_key) =>
    Promise.resolve(x25519.getSharedSecret(secret, public_key)),
};
