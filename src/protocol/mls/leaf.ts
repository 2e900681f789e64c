/** A new leaf: its key, and the KeyPackage that asks for a seat. */
import { generateKeyPackageWithKey } from 'ts-mls';
import type { KeyPackage, PrivateKeyPackage } from 'ts-mls';
import { makeKeyPackageRef } from 'ts-mls/keyPackage.js';
import { own, wipe } from '../encryption/bytes.ts';
import type { Bytes } from '../encryption/bytes.ts';
import type { LeafKey } from '../encryption/ed25519.ts';
import { openSuite } from './suite.ts';
import type { Suite, SuiteKind } from './suite.ts';
import { capabilities, lifetime_s } from './tree.ts';
import { encodeKeyPackage } from './wire.ts';

/** To be used for one join, and forgotten after it. */
export interface Leaf {
  readonly key: LeafKey;
  /** MLS message with a KeyPackage. */
  readonly key_package: Bytes;
  /** KeyPackageRef: 32 bytes. */
  readonly reference: Bytes;
  /** For this folder only. */
  readonly packed: {
    readonly publicPackage: KeyPackage;
    readonly privatePackage: PrivateKeyPackage;
  };
  readonly suite: Suite;
}

/**
 * @param now_ms milliseconds since 1970; the KeyPackage is good from an hour before to a day after.
 * @param kind how to compute X25519; found out when not given.
 */
export async function newLeaf(key: LeafKey, now_ms: number, kind?: SuiteKind): Promise<Leaf> {
  const suite = await openSuite(key, kind);
  const now_s = BigInt(Math.floor(now_ms / 1000));
  const packed = await generateKeyPackageWithKey(
    { credentialType: 'basic', identity: key.public_key },
    copyCapabilities(),
    { notBefore: now_s - lifetime_s.before, notAfter: now_s + lifetime_s.after },
    [],
    // The suite signs with the leaf's key; `ts-mls` gets no private key.
    { signKey: new Uint8Array(32), publicKey: key.public_key },
    suite,
  );
  return {
    key,
    key_package: encodeKeyPackage(packed.publicPackage),
    reference: own(await makeKeyPackageRef(packed.publicPackage, suite.hash)),
    packed,
    suite,
  };
}

function copyCapabilities(): KeyPackage['leafNode']['capabilities'] {
  return {
    versions: [...capabilities.versions],
    ciphersuites: [...capabilities.ciphersuites],
    extensions: [...capabilities.extensions],
    proposals: [...capabilities.proposals],
    credentials: [...capabilities.credentials],
  };
}

/** Overwrites the key that opened the Welcome; the leaf's own private key lives on in the group. */
export function forgetLeaf(leaf: Leaf): void {
  wipe(leaf.packed.privatePackage.initPrivateKey);
}
