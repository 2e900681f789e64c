/**
 * Who may commit what (encryption design, section 4). Every member judges by the commit and the
 * state before it alone, before any of it is applied: no clock, no message beside it.
 */
import type { Commit, KeyPackage, LeafNode, Proposal } from 'ts-mls';
import { toBase64url } from '../link/base64url.ts';
import { checkAdmit } from '../encryption/admit.ts';
import { equal, own, sha256 } from '../encryption/bytes.ts';
import { adds_max } from '../encryption/consents.ts';
import type { Consents } from '../encryption/consents.ts';
import { pskName } from '../encryption/kdf.ts';
import { checkLeave } from '../encryption/leave.ts';
import { checkPolicy, decodePolicy, isBanned, isHost } from '../encryption/policy.ts';
import { policy_extension, roleOf, rootEntries } from '../encryption/policy.ts';
import type { Policy } from '../encryption/policy.ts';
import { Refusal, must } from '../encryption/refusal.ts';
import type { Group } from './group.ts';
import { checkKeyPackage, leafAt } from './tree.ts';
import { leaves_max } from './wire.ts';

/** A commit as it was read, before anything of it is believed. */
export interface Proposed {
  /** The member that made it; null where a leaf comes back by an external commit. */
  readonly sender: number | null;
  readonly adds: readonly KeyPackage[];
  readonly removes: readonly number[];
  /** The policy it brings, if it does. */
  readonly policy: Policy | null;
  /** The committer's new leaf, if it has a path. */
  readonly path_leaf: LeafNode | null;
}

interface Sorted {
  readonly adds: KeyPackage[];
  readonly removes: number[];
  readonly psks: { readonly name: Uint8Array; readonly nonce: Uint8Array }[];
  readonly policies: Policy[];
  inits: number;
}

/**
 * The parts of a commit, if it has one of the shapes of the table. Throws `commit.shape`,
 * `commit.count`, `commit.psk`, `commit.path`, `commit.add`, `json.*`, `policy.*`.
 *
 * @param sender the leaf that sent it, or null where it is external.
 */
export function readProposals(group: Group, commit: Commit, sender: number | null): Proposed {
  must(
    commit.proposals.length <= adds_max + leaves_max + 2,
    'commit.count',
    'more proposals than a commit may have',
  );
  const sorted: Sorted = { adds: [], removes: [], psks: [], policies: [], inits: 0 };
  for (const entry of commit.proposals) {
    must(entry.proposalOrRefType === 'proposal', 'commit.shape', 'a proposal by reference');
    sortProposal(sorted, entry.proposal);
  }
  const { adds, removes, psks, policies, inits } = sorted;
  must(new Set(removes).size === removes.length, 'commit.shape', 'a leaf removed twice');
  must(policies.length <= 1, 'commit.shape', 'two policies');
  must(policies.length === 0 || adds.length === 0, 'commit.shape', 'a policy beside an Add');
  must(inits === (sender === null ? 1 : 0), 'commit.shape', 'not an external commit, or not whole');
  if (sender === null) {
    const alone = adds.length + policies.length + psks.length === 0 && removes.length === 1;
    must(alone, 'commit.shape', 'an external commit that is not a return to one leaf');
  }
  must(
    psks.length === (adds.length > 0 ? 1 : 0),
    'commit.psk',
    'not one PSK with Adds, or one without',
  );
  for (const { name, nonce } of psks) {
    const right = equal(name, pskName(group.policy.link)) && nonce.length === 32;
    must(right, 'commit.psk', 'another PSK than that of the link');
  }
  const path_leaf = commit.path?.leafNode ?? null;
  const empty = commit.proposals.length === 0;
  const wanted = empty || removes.length > 0;
  must((path_leaf !== null) === wanted, 'commit.path', 'a path missing, or one too many');
  return { sender, adds, removes, policy: policies[0] ?? null, path_leaf };
}

function sortProposal(sorted: Sorted, proposal: Proposal): void {
  switch (proposal.proposalType) {
    case 'add': {
      must(sorted.adds.length < adds_max, 'commit.count', 'more Adds than a commit may have');
      checkKeyPackage(proposal.add.keyPackage, 'commit.add');
      sorted.adds.push(proposal.add.keyPackage);
      return;
    }
    case 'remove':
      sorted.removes.push(proposal.remove.removed);
      return;
    case 'psk': {
      const id = proposal.psk.preSharedKeyId;
      must(id.psktype === 'external', 'commit.psk', 'a PSK that is not of a link');
      sorted.psks.push({ name: id.pskId, nonce: id.pskNonce });
      return;
    }
    case 'group_context_extensions': {
      const [extension, ...others] = proposal.groupContextExtensions.extensions;
      must(
        extension?.extensionType === policy_extension && others.length === 0,
        'commit.extension',
        'another extension than the policy',
      );
      sorted.policies.push(decodePolicy(extension.extensionData));
      return;
    }
    case 'external_init':
      sorted.inits += 1;
      return;
    default:
      throw new Refusal('commit.shape', 'a proposal that is not made here');
  }
}

/**
 * Whether the sender may do what it proposes. Authority comes from its leaf. Throws `commit.*`,
 * `policy.*`, `admit.*`, `leave.*`.
 */
export async function judgeProposals(
  group: Group,
  proposed: Proposed,
  consents: Consents,
): Promise<void> {
  for (const leaf of proposed.removes) {
    const there = leafAt(group.state.ratchetTree, leaf) !== undefined;
    must(there && leaf !== proposed.sender, 'commit.remove', 'a Remove of no other leaf');
  }
  if (proposed.sender === null) {
    judgeReturn(group, proposed);
    return;
  }
  const key = keyAt(group, proposed.sender);
  judgePathLeaf(group, proposed.sender, proposed.path_leaf);
  if (proposed.policy) await judgePolicy(group, proposed.policy, key);
  await judgeAdds(group, proposed, consents, key);
  await judgeRemoves(group, proposed, consents, key);
}

function keyAt(group: Group, leaf: number): string {
  const node = leafAt(group.state.ratchetTree, leaf);
  must(node !== undefined, 'mls.sender', 'no such leaf');
  return toBase64url(node.signaturePublicKey);
}

/** In its path a committer may change its HPKE key and nothing else; `ts-mls` lets it change all. */
function judgePathLeaf(group: Group, leaf: number, after: LeafNode | null): void {
  if (!after) return;
  const before = leafAt(group.state.ratchetTree, leaf);
  must(
    before !== undefined && sameHolder(before, after),
    'commit.leaf',
    'a leaf that changes hands',
  );
}

/** A leaf that comes back takes its own seat: `ts-mls` would let it take anybody's. */
function judgeReturn(group: Group, { removes, path_leaf }: Proposed): void {
  const before = leafAt(group.state.ratchetTree, removes[0] ?? -1);
  must(before !== undefined && path_leaf !== null, 'commit.seat', 'a return to no leaf');
  must(sameHolder(before, path_leaf), 'commit.seat', "a return to another's leaf");
}

/** Same key, credential, capabilities and extensions; `checkLeaf` fixes all but the key. */
export function sameHolder(before: LeafNode, after: LeafNode): boolean {
  const { credential } = after;
  return (
    equal(before.signaturePublicKey, after.signaturePublicKey) &&
    credential.credentialType === 'basic' &&
    equal(credential.identity, after.signaturePublicKey) &&
    JSON.stringify(before.capabilities) === JSON.stringify(after.capabilities) &&
    after.extensions.length === 0 &&
    after.leafNodeSource === 'commit'
  );
}

async function judgePolicy(group: Group, next: Policy, key: string): Promise<void> {
  const { policy } = group;
  const claims = next.hosts.some((host) => host.key === key && host.by === policy.root);
  must(isHost(policy, key) || claims, 'commit.policy', 'a policy of who is no host');
  must(
    next.root === policy.root && next.created === policy.created,
    'commit.policy',
    'a policy of another meeting',
  );
  const step = next.link - policy.link;
  must(step === 0 || step === 1, 'commit.policy', 'a link version that leaps');
  const may_touch_root = claims || roleOf(policy, key) === 'root host';
  must(
    may_touch_root || rootEntries(next) === rootEntries(policy),
    'commit.policy',
    'a co-host that changes what root hosts are',
  );
  await checkPolicy(next, { room: group.room, group: group.id });
}

async function judgeAdds(
  group: Group,
  { adds }: Proposed,
  consents: Consents,
  key: string,
): Promise<void> {
  const { policy, id, epoch } = group;
  const hashes = new Set<string>();
  for (const { leafNode } of adds) {
    const added = own(leafNode.signaturePublicKey);
    hashes.add(toBase64url(await sha256(added)));
    must(!(await isBanned(policy, toBase64url(added))), 'commit.banned', 'an Add of a banned key');
  }
  must(hashes.size === adds.length, 'commit.add', 'one key added twice');
  const admitted = new Set(consents.admits.map(({ keyHash }) => keyHash));
  must(admitted.size === consents.admits.length, 'admit.unrelated', 'two admits of one key');
  for (const entry of consents.admits) {
    must(hashes.has(entry.keyHash), 'admit.unrelated', 'an admit of a key that is not added');
    await checkAdmit(entry, policy, id, epoch);
  }
  const free = policy.gate === 'open' || isHost(policy, key);
  must(free || admitted.size === hashes.size, 'commit.add', 'an Add that no host admitted');
}

async function judgeRemoves(
  group: Group,
  { removes }: Proposed,
  consents: Consents,
  key: string,
): Promise<void> {
  const leaving = new Set<string>();
  for (const entry of consents.leaves) {
    const leaf = removes.find((removed) => keyAt(group, removed) === entry.key);
    must(leaf !== undefined, 'leave.unrelated', 'a leave of who is not removed');
    must(!leaving.has(entry.key), 'leave.unrelated', 'two leaves of one leaf');
    const hpke_key = leafAt(group.state.ratchetTree, leaf)?.hpkePublicKey ?? new Uint8Array();
    await checkLeave(entry, group.id, own(hpke_key));
    leaving.add(entry.key);
  }
  const by = roleOf(group.policy, key);
  for (const removed of removes.map((leaf) => keyAt(group, leaf))) {
    const target = roleOf(group.policy, removed);
    const may = target === 'guest' || (target === 'co-host' ? by !== 'guest' : by === 'root host');
    must(may || leaving.has(removed), 'commit.remove', 'a Remove of a host by who may not');
  }
}
