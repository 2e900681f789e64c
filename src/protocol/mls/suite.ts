/** MLS cipher suite 1 (MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519) as this browser can do it. */
import type { CiphersuiteImpl, Extension, Hash, Hpke, Kdf } from 'ts-mls';
import { encode } from 'ts-mls/codec/tlsEncoder.js';
import { decodeVarLenData, varLenDataEncoder } from 'ts-mls/codec/variableLength.js';
import { decodeGroupContext, groupContextEncoder } from 'ts-mls/groupContext.js';
import { expand, extract } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concat, equal, own, utf8 } from '../encryption/bytes.ts';
import { verifyBare } from '../encryption/ed25519.ts';
import type { LeafKey } from '../encryption/ed25519.ts';
import { makeHpke } from './hpke.ts';
import type { Curve } from './hpke.ts';

export const suite_name = 'MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519';

/** What `ts-mls` computes with, and the one thing it lacks. */
export interface Suite extends CiphersuiteImpl {
  /** The HPKE public key of a raw private key. */
  publicOf(private_key: Uint8Array): Promise<Uint8Array>;
}

/** `web`: X25519 by WebCrypto; `soft`: by noble. */
export type SuiteKind = 'web' | 'soft';

/** PKCS #8 of an X25519 key up to its 32 bytes (RFC 8410 section 7). */
// prettier-ignore
const pkcs8_head = Uint8Array.of(
  0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x6e, 0x04, 0x22, 0x04, 0x20,
);
const base_point = Uint8Array.of(9, ...new Uint8Array(31));

const made = new Map<SuiteKind, Promise<Omit<Suite, 'signature'>>>();
let native: Promise<SuiteKind> | undefined;

/** Asked once. */
function findKind(): Promise<SuiteKind> {
  native ??= crypto.subtle.generateKey('X25519', false, ['deriveBits']).then(
    () => 'web',
    () => 'soft',
  );
  return native;
}

/**
 * The suite that signs with a leaf's key. `ts-mls` hands its `sign` the private key it was given;
 * that is left aside here, so that the key can be a handle nobody can export.
 */
export async function openSuite(key: LeafKey, kind?: SuiteKind): Promise<Suite> {
  const base = await baseSuite(kind ?? (await findKind()));
  return {
    ...base,
    signature: {
      sign: async (_, message) => key.signBare(own(message)),
      verify: (public_key, message, signature) =>
        verifyBare(own(public_key), own(message), own(signature)),
      keygen: () => Promise.reject(new Error('Leaf keys are made by generateLeafKey.')),
    },
  };
}

function baseSuite(kind: SuiteKind): Promise<Omit<Suite, 'signature'>> {
  const known = made.get(kind);
  if (known) return known;
  const suite = makeSuite(kind);
  made.set(kind, suite);
  return suite;
}

async function makeSuite(kind: SuiteKind): Promise<Omit<Suite, 'signature'>> {
  const curve = kind === 'web' ? web_curve : (await import('./soft-curve.ts')).soft_curve;
  return {
    name: suite_name,
    hash,
    kdf,
    rng: { randomBytes: (size) => crypto.getRandomValues(new Uint8Array(size)) },
    hpke: makeHpke(curve),
    publicOf: (secret) => curve.publicOf(secret),
  };
}

/**
 * HKDF and hashes by noble: an epoch derives some thousand small secrets, and the way to WebCrypto
 * and back costs four to nine times what the hash does.
 */
const kdf: Kdf = {
  size: 32,
  extract: async (salt, ikm) => Promise.resolve(extract(sha256, ikm, salt)),
  expand: async (secret, info, length) => Promise.resolve(expand(sha256, secret, info, length)),
};
const hash: Hash = {
  digest: async (data) => Promise.resolve(sha256(data)),
  mac: async (key, data) => Promise.resolve(hmac(sha256, key, data)),
  verifyMac: async (key, mac, data) => Promise.resolve(equal(mac, hmac(sha256, key, data))),
};

/** X25519 by WebCrypto (Secure Curves), which refuses a shared secret of zeros itself. */
const web_curve: Curve = {
  publicOf: (secret) => webSharedSecret(secret, base_point),
  sharedSecret: webSharedSecret,
};

async function webSharedSecret(secret: Uint8Array, other: Uint8Array): Promise<Uint8Array> {
  const { subtle } = crypto;
  const [key, public_key] = await Promise.all([
    subtle.importKey('pkcs8', concat(pkcs8_head, secret), 'X25519', false, ['deriveBits']),
    subtle.importKey('raw', own(other), 'X25519', false, []),
  ]);
  return new Uint8Array(await subtle.deriveBits({ name: 'X25519', public: public_key }, key, 256));
}

/**
 * The suite to make a commit with that changes the GroupContext extensions and has a path. `ts-mls`
 * 1.6.4 seals the path under the old extensions (its issue 742), receivers open it under the new
 * ones, as RFC 9420 section 12.4.1 says; so they are put into the context before it is sealed.
 */
export function suiteFor(suite: Suite, extensions: Extension[]): Suite {
  const label = utf8('MLS 1.0 UpdatePathNode');
  const seal: Hpke['seal'] = (recipient, plaintext, info, aad) => {
    const [given, length] = decodeVarLenData(info, 0) ?? [info, 0];
    if (given.join() !== label.join()) return suite.hpke.seal(recipient, plaintext, info, aad);
    const context = decodeGroupContext(decodeVarLenData(info, length)?.[0] ?? info, 0)?.[0];
    if (!context) throw new Error('ts-mls sealed a path without a GroupContext.');
    const changed = encode(groupContextEncoder)({ ...context, extensions });
    const wrap = encode(varLenDataEncoder);
    return suite.hpke.seal(recipient, plaintext, concat(wrap(label), wrap(changed)), aad);
  };
  return { ...suite, hpke: { ...suite.hpke, seal } };
}
