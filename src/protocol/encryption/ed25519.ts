/**
 * Ed25519 (RFC 8032) by WebCrypto, or by noble where the browser has none. Both verify by the
 * cofactorless equation and refuse points of small order, as Secure Curves in WebCrypto asks: two
 * members must not judge one signature differently.
 */
import { labelled } from '../link/fingerprint.ts';
import { concat } from './bytes.ts';
import type { Bytes } from './bytes.ts';

type CryptoKeys = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

/** A key that signs `label ‖ 0x00 ‖ message`; the root key of a link is one too. */
export interface Signer {
  /** 32 bytes. */
  readonly public_key: Bytes;
  /** 64 bytes. */
  sign(label: string, message: Bytes): Promise<Bytes>;
}

/** What a browser keeps of a leaf key: handles that cannot be exported, or a seed for noble. */
export type StoredKey =
  | { readonly kind: 'web'; readonly private_key: CryptoKeys; readonly public_key: Bytes }
  | { readonly kind: 'soft'; readonly seed: Bytes };

/** The signature key of a leaf. MLS puts labels of its own before what it signs. */
export interface LeafKey extends Signer {
  readonly stored: StoredKey;
  /** For MLS only: no label is put before `message`. */
  signBare(message: Bytes): Promise<Bytes>;
}

let native: Promise<boolean> | undefined;

/** Whether WebCrypto has Ed25519 here. Asked once. */
export function hasEd25519(): Promise<boolean> {
  native ??= crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']).then(
    () => true,
    () => false,
  );
  return native;
}

/** A new leaf key: one per meeting and tab, and not exportable where WebCrypto can. */
export async function generateLeafKey(): Promise<LeafKey> {
  if (!(await hasEd25519())) {
    return openLeafKey({ kind: 'soft', seed: crypto.getRandomValues(new Uint8Array(32)) });
  }
  const pair = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']);
  if (!('privateKey' in pair)) throw new Error('WebCrypto made no pair of keys.');
  const public_key = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  return openLeafKey({ kind: 'web', private_key: pair.privateKey, public_key });
}

/** The leaf key that was stored. */
export async function openLeafKey(stored: StoredKey): Promise<LeafKey> {
  const [public_key, signBare] =
    stored.kind === 'web'
      ? ([
          stored.public_key,
          async (message: Bytes) =>
            new Uint8Array(await crypto.subtle.sign('Ed25519', stored.private_key, message)),
        ] as const)
      : await openSoft(stored.seed);
  return {
    public_key,
    stored,
    signBare,
    sign: (label, message) => signBare(labelled(label, message)),
  };
}

async function openSoft(seed: Bytes): Promise<readonly [Bytes, (m: Bytes) => Promise<Bytes>]> {
  const { ed25519 } = await import('@noble/curves/ed25519.js');
  return [
    new Uint8Array(ed25519.getPublicKey(seed)),
    async (message) => Promise.resolve(new Uint8Array(ed25519.sign(message, seed))),
  ];
}

/** Whether `signature` is `public_key`'s over `label ‖ 0x00 ‖ message`. */
export function verify(
  public_key: Bytes,
  label: string,
  message: Bytes,
  signature: Bytes,
): Promise<boolean> {
  return verifyBare(public_key, labelled(label, message), signature);
}

/** For MLS, and for `verify`: whether `signature` is `public_key`'s over `message`. */
export async function verifyBare(
  public_key: Bytes,
  message: Bytes,
  signature: Bytes,
): Promise<boolean> {
  if (public_key.length !== 32 || signature.length !== 64) return false;
  return (await hasEd25519())
    ? verifyWeb(public_key, message, signature)
    : verifySoft(public_key, message, signature);
}

async function verifyWeb(public_key: Bytes, message: Bytes, signature: Bytes): Promise<boolean> {
  try {
    const key = await crypto.subtle.importKey('raw', public_key, 'Ed25519', false, ['verify']);
    return await crypto.subtle.verify('Ed25519', key, signature, message);
  } catch {
    return false;
  }
}

/** `[S]B = R + [k]A` without the cofactor: noble's own `verify` multiplies by it. */
export async function verifySoft(
  public_key: Bytes,
  message: Bytes,
  signature: Bytes,
): Promise<boolean> {
  const [{ ed25519 }, { sha512 }] = await Promise.all([
    import('@noble/curves/ed25519.js'),
    import('@noble/hashes/sha2.js'),
  ]);
  const { Point } = ed25519;
  try {
    const key = Point.fromBytes(public_key);
    const commitment = Point.fromBytes(signature.subarray(0, 32));
    if (key.isSmallOrder() || commitment.isSmallOrder()) return false;
    const s = littleEndian(signature.subarray(32));
    if (s >= Point.Fn.ORDER) return false;
    const hash = sha512(concat(signature.subarray(0, 32), public_key, message));
    const k = Point.Fn.create(littleEndian(hash));
    const left = s === 0n ? Point.ZERO : Point.BASE.multiplyUnsafe(s);
    return left.equals(commitment.add(key.multiplyUnsafe(k)));
  } catch {
    return false;
  }
}

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}
