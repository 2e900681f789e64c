/**
 * HPKE base mode (RFC 9180) for MLS cipher suite 1: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256,
 * AES-128-GCM. Who multiplies on the curve is a parameter; HKDF is noble's, since the way to
 * WebCrypto and back costs more than the hash does.
 */
import type { Hpke, PrivateKey, PublicKey } from 'ts-mls';
import { expand, extract } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concat, own, utf8, wipe } from '../encryption/bytes.ts';
import type { Bytes } from '../encryption/bytes.ts';

/** X25519 (RFC 7748). Keys have 32 bytes; `sharedSecret` throws where it would be all zero. */
export interface Curve {
  publicOf(secret: Uint8Array): Promise<Uint8Array>;
  sharedSecret(secret: Uint8Array, public_key: Uint8Array): Promise<Uint8Array>;
}

const kem_id = concat(utf8('KEM'), Uint8Array.of(0, 0x20));
const suite_id = concat(utf8('HPKE'), Uint8Array.of(0, 0x20, 0, 1, 0, 1));
const nothing = new Uint8Array();
const key_bytes = 16;
const nonce_bytes = 12;

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

function kemSecret(dh: Uint8Array, enc: Uint8Array, recipient: Uint8Array): Uint8Array {
  const prk = labeledExtract(kem_id, nothing, 'eae_prk', dh);
  const secret = labeledExpand(kem_id, prk, 'shared_secret', concat(enc, recipient), 32);
  wipe(dh, prk);
  return secret;
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
    key: labeledExpand(suite_id, secret, 'key', context, key_bytes),
    nonce: labeledExpand(suite_id, secret, 'base_nonce', context, nonce_bytes),
    exporter: labeledExpand(suite_id, secret, 'exp', context, 32),
  };
  wipe(shared, secret);
  return made;
}

async function encapsulate(curve: Curve, recipient: Uint8Array): Promise<[Uint8Array, Uint8Array]> {
  const fresh = crypto.getRandomValues(new Uint8Array(32));
  const [enc, dh] = await Promise.all([
    curve.publicOf(fresh),
    curve.sharedSecret(fresh, recipient),
  ]);
  wipe(fresh);
  return [enc, kemSecret(dh, enc, recipient)];
}

async function decapsulate(curve: Curve, secret: Uint8Array, enc: Uint8Array): Promise<Uint8Array> {
  const [dh, recipient] = await Promise.all([
    curve.sharedSecret(secret, enc),
    curve.publicOf(secret),
  ]);
  return kemSecret(dh, enc, recipient);
}

async function pairOf(
  curve: Curve,
  secret: Uint8Array,
): Promise<{ privateKey: PrivateKey; publicKey: PublicKey }> {
  return { privateKey: asPrivate(secret), publicKey: asPublic(await curve.publicOf(secret)) };
}

async function aead(
  how: 'encrypt' | 'decrypt',
  key: Uint8Array,
  nonce: Uint8Array,
  aad: Uint8Array | undefined,
  data: Uint8Array,
): Promise<Uint8Array> {
  const handle = await crypto.subtle.importKey('raw', own(key), 'AES-GCM', false, [how]);
  const parameters = { name: 'AES-GCM', iv: own(nonce), additionalData: own(aad ?? nothing) };
  return new Uint8Array(await crypto.subtle[how](parameters, handle, own(data)));
}

export function makeHpke(curve: Curve): Hpke {
  return {
    keyLength: key_bytes,
    nonceLength: nonce_bytes,
    encryptAead: (key, nonce, aad, plaintext) => aead('encrypt', key, nonce, aad, plaintext),
    decryptAead: (key, nonce, aad, ciphertext) => aead('decrypt', key, nonce, aad, ciphertext),
    async seal(recipient, plaintext, info, aad) {
      const [enc, shared] = await encapsulate(curve, rawOf(recipient));
      const { key, nonce } = schedule(shared, info);
      return { enc, ct: await aead('encrypt', key, nonce, aad, plaintext) };
    },
    async open(secret, enc, ciphertext, info, aad) {
      const { key, nonce } = schedule(await decapsulate(curve, rawOf(secret), enc), info);
      return aead('decrypt', key, nonce, aad, ciphertext);
    },
    async exportSecret(recipient, context, length, info) {
      const [enc, shared] = await encapsulate(curve, rawOf(recipient));
      const { exporter } = schedule(shared, info);
      return { enc, secret: labeledExpand(suite_id, exporter, 'sec', context, length) };
    },
    async importSecret(secret, context, enc, length, info) {
      const { exporter } = schedule(await decapsulate(curve, rawOf(secret), enc), info);
      return labeledExpand(suite_id, exporter, 'sec', context, length);
    },
    importPrivateKey: async (raw) => Promise.resolve(asPrivate(checkLength(raw))),
    importPublicKey: async (raw) => Promise.resolve(asPublic(checkLength(raw))),
    exportPublicKey: async (key) => Promise.resolve(rawOf(key).slice()),
    exportPrivateKey: async (key) => Promise.resolve(rawOf(key).slice()),
    deriveKeyPair(ikm) {
      const prk = labeledExtract(kem_id, nothing, 'dkp_prk', ikm);
      return pairOf(curve, labeledExpand(kem_id, prk, 'sk', nothing, 32));
    },
    generateKeyPair: () => pairOf(curve, crypto.getRandomValues(new Uint8Array(32))),
  };
}
