/**
 * The last look at a state before it counts (encryption design, section 4): `ts-mls` shows neither
 * the path's leaf nor the finished tree to whoever judges proposals.
 */
import type { ClientState } from 'ts-mls';
import { equal } from '../encryption/bytes.ts';
import { encodePolicy, isBanned } from '../encryption/policy.ts';
import { must } from '../encryption/refusal.ts';
import { toBase64url } from '../link/base64url.ts';
import type { Group, Standing } from './group.ts';
import { policyOf, viewState } from './group.ts';
import { sameHolder } from './judge.ts';
import type { Proposed } from './judge.ts';
import type { Suite } from './suite.ts';
import { checkTree, leafAt, leavesOf } from './tree.ts';
import { encodeLeaf } from './wire.ts';

/**
 * The next group, if the state is what the proposals lead to and nothing else. Throws `commit.*`.
 *
 */
export async function adopt(group: Group, proposed: Proposed, state: ClientState): Promise<Group> {
  const { groupContext, ratchetTree } = state;
  must(state.groupActiveState.kind === 'active', 'commit.shape', 'the group is over');
  must(
    groupContext.epoch === group.epoch + 1n &&
      equal(groupContext.groupId, group.id) &&
      groupContext.version === 'mls10' &&
      groupContext.cipherSuite === group.suite.name,
    'commit.tree',
    'the next state is of another group',
  );
  checkTree(ratchetTree, 'commit.tree');
  checkLeaves(group, proposed, state);
  const policy = policyOf(state);
  const expected = encodePolicy(proposed.policy ?? group.policy);
  must(equal(encodePolicy(policy), expected), 'commit.extension', 'a policy nobody proposed');
  if (proposed.policy) {
    for (const [, leaf] of leavesOf(ratchetTree)) {
      const banned = await isBanned(policy, toBase64url(leaf.signaturePublicKey));
      must(!banned, 'commit.banned', 'a policy that bans who is there');
    }
  }
  return viewState(standingOf(group), state);
}

export function standingOf({ room, key, links, suite }: Group): Standing {
  return { room, key, links, suite };
}

/** All other leaves byte for byte as before, and in the free places the Adds, each once. */
function checkLeaves(group: Group, proposed: Proposed, state: ClientState): void {
  const before = group.state.ratchetTree;
  const after = state.ratchetTree;
  const { sender, removes, path_leaf } = proposed;
  const arrived = new Set(proposed.adds.map(({ leafNode }) => toBase64url(encodeLeaf(leafNode))));
  if (sender === null && path_leaf) arrived.add(toBase64url(encodeLeaf(path_leaf)));
  const expected = arrived.size;
  let found = 0;
  const width = Math.max(before.length, after.length);
  for (let leaf = 0; 2 * leaf < width; leaf += 1) {
    const old = removes.includes(leaf) ? undefined : leafAt(before, leaf);
    const young = leafAt(after, leaf);
    if (old === young) continue;
    must(young !== undefined, 'commit.tree', 'a leaf is gone that nobody removed');
    if (old === undefined) {
      must(arrived.delete(toBase64url(encodeLeaf(young))), 'commit.tree', 'a leaf nobody added');
      found += 1;
    } else if (leaf === sender && path_leaf) {
      must(sameHolder(old, young), 'commit.leaf', 'a leaf that changes hands');
      must(equal(encodeLeaf(young), encodeLeaf(path_leaf)), 'commit.leaf', "not the path's leaf");
    } else {
      must(equal(encodeLeaf(old), encodeLeaf(young)), 'commit.tree', 'a leaf that nobody touched');
    }
  }
  must(found === expected, 'commit.tree', 'an Add that did not arrive');
}

/**
 * Every private key held fits the tree's public key (RFC 9420 section 7.5 asks so of a path).
 * `ts-mls` does not look: a committer could hand out keys that fail only later, at another's commit.
 */
export async function checkPrivateKeys(
  suite: Suite,
  state: ClientState,
  known: ReadonlySet<Uint8Array> = new Set(),
): Promise<void> {
  for (const [index, secret] of Object.entries(state.privatePath.privateKeys)) {
    const node = state.ratchetTree[Number(index)];
    if (!node || known.has(secret)) continue;
    const key = node.nodeType === 'leaf' ? node.leaf.hpkePublicKey : node.parent.hpkePublicKey;
    must(
      equal(await suite.publicOf(secret), key),
      'commit.path',
      'a path whose secrets do not fit',
    );
  }
}
