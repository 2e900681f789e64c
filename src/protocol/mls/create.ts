import { createGroup } from 'ts-mls';
import { equal } from '../encryption/bytes.ts';
import type { Bytes } from '../encryption/bytes.ts';
import { bytesOf } from '../encryption/json.ts';
import { checkPolicy, encodePolicy, policy_extension } from '../encryption/policy.ts';
import type { Policy } from '../encryption/policy.ts';
import { must } from '../encryption/refusal.ts';
import { rootFingerprint } from '../link/fingerprint.ts';
import type { Link } from '../link/link.ts';
import { client_config, viewState } from './group.ts';
import type { Group } from './group.ts';
import type { Leaf } from './leaf.ts';

/** A name for a new group: one per occurrence of a meeting. */
export function newGroupId(): Bytes {
  return crypto.getRandomValues(new Uint8Array(16));
}

/**
 * A group of one. Throws `json.*`, `policy.*`, `join.root`, `info.link`.
 *
 * @param id of `newGroupId`: appointments in the policy name it.
 */
export async function create(leaf: Leaf, link: Link, id: Bytes, policy: Policy): Promise<Group> {
  const extensionData = encodePolicy(policy);
  await checkPlace(policy, link, id);
  must(policy.link === link.version, 'info.link', 'a policy for another version of the link');
  const { publicPackage, privatePackage } = leaf.packed;
  const extensions = [{ extensionType: policy_extension, extensionData }];
  const state = await createGroup(
    id,
    publicPackage,
    privatePackage,
    extensions,
    leaf.suite,
    client_config,
  );
  const { key, suite } = leaf;
  const links = new Map([[link.version, link.secret]]);
  return viewState({ room: link.room, key, suite, links }, state);
}

/** The policy is this meeting's: its root is the link's, its proofs hold here. */
export async function checkPlace(policy: Policy, link: Link, id: Bytes): Promise<void> {
  const fingerprint = await rootFingerprint(bytesOf(policy.root));
  must(equal(fingerprint, link.fingerprint), 'join.root', "a root that is not the link's");
  await checkPolicy(policy, { room: link.room, group: id });
}
