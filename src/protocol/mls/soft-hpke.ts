/**
 * HPKE base mode (RFC 9180) for MLS cipher suite 1 with noble's X25519, for browsers whose WebCrypto
 * has none. `ts-mls` has no such provider: its noble one takes X25519 from WebCrypto too.
 */
import type { Hpke, PrivateKey, PublicKey } from 'ts-mls';
import { x25519 } from '@noble/curves/ed25519.js';
import { expand, extract } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concat, utf8, wipe } from '../encryption/bytes.ts';
import type { Bytes } from '../encryption/bytes.ts';

type Aead = Pick<Hpke, 'encryptAead' | 'decryptAead' | 'keyLength' | 'nonceLength'>;

const kem_id = concat(utf8('KEM'), Uint8Array.of(0, 0x20));
const suite_id = concat(utf8('HPKE'), Uint8Array.of(0, 0x20, 0, 1, 0, 1));
const nothing = new Uint8Array();

function labeledExtract(id: Bytes, salt: Uint8Array, label: string, ikm: Uint8Array): Uint8Array {
  return extract(sha256, concat(utf8('HPKE-v1'), id, utf8(label), ikm), salt);
}

function labeledExpand(
  id: Bytes,
  secret: Uint8Array,
  label: string,
  info: Uint8Array,
  length: number,
): Uint8Array {
  const head = concat(Uint8Array.of(length >> 8, length & 0xff), utf8('HPKE-v1'), id, utf8(label));
  return expand(sha256, secret, concat(head, info), length);
}

/** Raw keys stand where `ts-mls` expects handles; it only hands them back. */
const asPublic = (raw: Uint8Array): PublicKey => raw as unknown as PublicKey;
const asPrivate = (raw: Uint8Array): PrivateKey => raw as unknown as PrivateKey;
const rawOf = (key: PublicKey | PrivateKey): Uint8Array => key as unknown as Uint8Array;

function checkLength(raw: Uint8Array): Uint8Array {
  if (raw.length !== 32) throw new Error('An X25519 key has 32 bytes.');
  return raw.slice();
}

function sharedSecret(dh: Uint8Array, enc: Uint8Array, recipient: Uint8Array): Uint8Array {
  const prk = labeledExtract(kem_id, nothing, 'eae_prk', dh);
  return labeledExpand(kem_id, prk, 'shared_secret', concat(enc, recipient), 32);
}

interface Schedule {
  readonly key: Uint8Array;
  readonly nonce: Uint8Array;
  readonly exporter: Uint8Array;
}

/** RFC 9180 section 5.1, base mode: no PSK. */
function schedule(shared: Uint8Array, info: Uint8Array): Schedule {
  const context = concat(
    Uint8Array.of(0),
    labeledExtract(suite_id, nothing, 'psk_id_hash', nothing),
    labeledExtract(suite_id, nothing, 'info_hash', info),
  );
  const secret = labeledExtract(suite_id, shared, 'secret', nothing);
  const made = {
    key: labeledExpand(suite_id, secret, 'key', context, 16),
    nonce: labeledExpand(suite_id, secret, 'base_nonce', context, 12),
    exporter: labeledExpand(suite_id, secret, 'exp', context, 32),
  };
  wipe(shared, secret);
  return made;
}

function encapsulate(recipient: Uint8Array): readonly [Uint8Array, Uint8Array] {
  const own = x25519.utils.randomSecretKey();
  const enc = x25519.getPublicKey(own);
  const dh = x25519.getSharedSecret(own, recipient);
  const shared = sharedSecret(dh, enc, recipient);
  wipe(own, dh);
  return [enc, shared];
}

function decapsulate(own: Uint8Array, enc: Uint8Array): Uint8Array {
  const dh = x25519.getSharedSecret(own, enc);
  const shared = sharedSecret(dh, enc, x25519.getPublicKey(own));
  wipe(dh);
  return shared;
}

const pairOf = (secret: Uint8Array): { privateKey: PrivateKey; publicKey: PublicKey } => ({
  privateKey: asPrivate(secret),
  publicKey: asPublic(x25519.getPublicKey(secret)),
});

/** @param aead AES-128-GCM, which every WebCrypto has. */
export function makeSoftHpke(aead: Aead): Hpke {
  return {
    keyLength: aead.keyLength,
    nonceLength: aead.nonceLength,
    encryptAead: (...given) => aead.encryptAead(...given),
    decryptAead: (...given) => aead.decryptAead(...given),
    async seal(recipient, plaintext, info, aad) {
      const [enc, shared] = encapsulate(rawOf(recipient));
      const { key, nonce } = schedule(shared, info);
      return { enc, ct: await aead.encryptAead(key, nonce, aad, plaintext) };
    },
    async open(own, enc, ciphertext, info, aad) {
      const { key, nonce } = schedule(decapsulate(rawOf(own), enc), info);
      return aead.decryptAead(key, nonce, aad, ciphertext);
    },
    async exportSecret(recipient, context, length, info) {
      const [enc, shared] = encapsulate(rawOf(recipient));
      const { exporter } = schedule(shared, info);
      const secret = labeledExpand(suite_id, exporter, 'sec', context, length);
      return Promise.resolve({ enc, secret });
    },
    async importSecret(own, context, enc, length, info) {
      const { exporter } = schedule(decapsulate(rawOf(own), enc), info);
      return Promise.resolve(labeledExpand(suite_id, exporter, 'sec', context, length));
    },
    importPrivateKey: async (raw) => Promise.resolve(asPrivate(checkLength(raw))),
    importPublicKey: async (raw) => Promise.resolve(asPublic(checkLength(raw))),
    exportPublicKey: async (key) => Promise.resolve(rawOf(key).slice()),
    exportPrivateKey: async (key) => Promise.resolve(rawOf(key).slice()),
    async deriveKeyPair(ikm) {
      const prk = labeledExtract(kem_id, nothing, 'dkp_prk', ikm);
      return Promise.resolve(pairOf(labeledExpand(kem_id, prk, 'sk', nothing, 32)));
    },
    generateKeyPair: async () => Promise.resolve(pairOf(x25519.utils.randomSecretKey())),
  };
}

/** The public key of a raw X25519 private key. */
export function softPublicOf(secret: Uint8Array): Uint8Array {
  return x25519.getPublicKey(secret);
}
