/** Asking for a seat, and looking at who asks (encryption design, section 3.3). */
import type { KeyPackage } from 'ts-mls';
import { makeKeyPackageRef, verifyKeyPackage } from 'ts-mls/keyPackage.js';
import { verifyLeafNodeSignatureKeyPackage } from 'ts-mls/leafNode.js';
import { toBase64url } from '../link/base64url.ts';
import type { Link } from '../link/link.ts';
import { checkAdmit } from '../encryption/admit.ts';
import type { Admit } from '../encryption/admit.ts';
import { equal, own, sha256 } from '../encryption/bytes.ts';
import type { Bytes } from '../encryption/bytes.ts';
import { authenticateKnock, checkKnockMac, openGreeting } from '../encryption/knock.ts';
import { sealGreeting, sealed_name_bytes_max } from '../encryption/knock.ts';
import type { Greeting } from '../encryption/knock.ts';
import { identityOf } from '../encryption/kdf.ts';
import { isBanned } from '../encryption/policy.ts';
import { must } from '../encryption/refusal.ts';
import { linkSecret, live } from './group.ts';
import type { Group } from './group.ts';
import type { Leaf } from './leaf.ts';
import { checkKeyPackage } from './tree.ts';
import { decodeMessage, guarded } from './wire.ts';

/** What goes to the server, and on to the members. */
export interface Knock {
  /** Version of the link it was made with. */
  readonly link: number;
  /** MLS message with a KeyPackage. */
  readonly key_package: Bytes;
  readonly sealed_name: Bytes;
  readonly mac: Bytes;
  /** A host's consent, where the knocker was given one. */
  readonly admit: Admit | null;
}

/** A knock that was found good: what `commit` adds. */
export interface Knocker extends Greeting {
  /** Signature key, base64url. */
  readonly key: string;
  /** What the host sees of it: its name at the media engine. */
  readonly identity: string;
  /** KeyPackageRef. */
  readonly reference: Bytes;
  /** An Admit that counts now. */
  readonly admit: Admit | null;
  /** For this folder only. */
  readonly package: KeyPackage;
}

export async function knock(
  leaf: Leaf,
  link: Link,
  greeting: Greeting,
  admit: Admit | null = null,
): Promise<Knock> {
  const { room, secret, version } = link;
  const { reference, key_package } = leaf;
  const sealed_name = await sealGreeting(greeting, reference, secret, room);
  const mac = await authenticateKnock(reference, sealed_name, secret, room);
  return { link: version, key_package, sealed_name, mac, admit };
}

/**
 * Whether a knock may be added to the group as it is now: by somebody with the link, whose keys are
 * new to the tree and whose KeyPackage is in its time. Whether the gate lets it in is judged with
 * the commit. Throws `knock.*`, `mls.*`, `admit.*`.
 *
 * @param now_ms milliseconds since 1970. `ts-mls` compares with this machine's clock once more when
 * it commits.
 */
export async function checkKnock(group: Group, given: Knock, now_ms: number): Promise<Knocker> {
  const { policy, room } = live(group);
  must(given.link === policy.link, 'knock.link', 'a knock with another version of the link');
  must(given.sealed_name.length <= sealed_name_bytes_max, 'knock.size', 'a name too large');
  const { keyPackage } = decodeMessage(given.key_package, ['mls_key_package']);
  const reference = own(await makeKeyPackageRef(keyPackage, group.suite.hash));
  const secret = linkSecret(group);
  await checkKnockMac(given.mac, reference, given.sealed_name, secret, room);
  const greeting = await openGreeting(given.sealed_name, reference, secret, room);
  await checkPackage(group, keyPackage, now_ms);
  const key = own(keyPackage.leafNode.signaturePublicKey);
  must(!(await isBanned(policy, toBase64url(key))), 'knock.banned', 'a banned key');
  if (given.admit) await checkOwnAdmit(group, given.admit, key);
  return {
    ...greeting,
    key: toBase64url(key),
    identity: await identityOf(key),
    reference,
    admit: given.admit,
    package: keyPackage,
  };
}

async function checkPackage(group: Group, keyPackage: KeyPackage, now_ms: number): Promise<void> {
  checkKeyPackage(keyPackage, 'knock.package');
  const { leafNode, initKey } = keyPackage;
  const now_s = BigInt(Math.floor(now_ms / 1000));
  const { notBefore, notAfter } = leafNode.lifetime;
  must(notBefore <= now_s && now_s <= notAfter, 'knock.lifetime', 'a KeyPackage of another time');
  for (const node of group.state.ratchetTree) {
    if (!node) continue;
    const taken = node.nodeType === 'leaf' ? node.leaf.hpkePublicKey : node.parent.hpkePublicKey;
    // `ts-mls` adds a copied key, and after that no commit with a path succeeds any more.
    const copied = equal(taken, leafNode.hpkePublicKey) || equal(taken, initKey);
    must(!copied, 'knock.copied', 'an HPKE key that is in the tree');
    if (node.nodeType === 'parent') continue;
    const seated = equal(node.leaf.signaturePublicKey, leafNode.signaturePublicKey);
    must(!seated, 'knock.copied', 'a signature key that has a seat');
  }
  const { signature } = group.suite;
  const [whole, leaf] = await guarded('knock.package', 'signatures that cannot be checked', () =>
    Promise.all([
      verifyKeyPackage(keyPackage, signature),
      verifyLeafNodeSignatureKeyPackage(leafNode, signature),
    ]),
  );
  must(whole && leaf, 'knock.package', 'a KeyPackage with a wrong signature');
}

async function checkOwnAdmit(group: Group, admit: Admit, key: Bytes): Promise<void> {
  const own_hash = toBase64url(await sha256(key));
  must(admit.keyHash === own_hash, 'admit.unrelated', 'an admit of another key');
  await checkAdmit(admit, group.policy, group.id, group.epoch);
}
