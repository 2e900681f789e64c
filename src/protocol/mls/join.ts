/** Entering a group: by a Welcome, or back into one's own seat. */
import { joinGroupExternal } from 'ts-mls';
import type { ClientState, GroupInfo, RatchetTree } from 'ts-mls';
import { joinGroupWithExtensions } from 'ts-mls/clientState.js';
import { encode } from 'ts-mls/codec/tlsEncoder.js';
import { groupContextEncoder } from 'ts-mls/groupContext.js';
import { verifyGroupInfoSignature } from 'ts-mls/groupInfo.js';
import { toBase64url } from '../link/base64url.ts';
import type { Link } from '../link/link.ts';
import { equal, own } from '../encryption/bytes.ts';
import type { Bytes } from '../encryption/bytes.ts';
import { openInfo } from '../encryption/info.ts';
import { pskName } from '../encryption/kdf.ts';
import { encodePolicy, isBanned } from '../encryption/policy.ts';
import { must } from '../encryption/refusal.ts';
import { checkPrivateKeys } from './adopt.ts';
import type { Pending } from './commit.ts';
import { checkPlace } from './create.ts';
import { client_config, linkPsks, policyOf, sealGroupInfo, viewState } from './group.ts';
import type { Group } from './group.ts';
import { forgetLeaf } from './leaf.ts';
import type { Leaf } from './leaf.ts';
import type { Expectation } from './receive.ts';
import { suite_name } from './suite.ts';
import type { Suite } from './suite.ts';
import { checkTree, checkUnmerged, hide, leafAt, leavesOf, show } from './tree.ts';
import {
  decodeInfo,
  decodeMessage,
  decodeTree,
  encodeLeaf,
  encodeMessage,
  guarded,
} from './wire.ts';

const day_ms = 86_400_000;
/** How far from now the beginning of a meeting may lie. */
export const created_ms = { before: 7 * day_ms, after: 600_000 } as const;

/** What one was given to enter with; the server's word is checked against the link. */
export interface Entrance {
  readonly link: Link;
  /** The link says that a host is there from the start. */
  readonly hosted: boolean;
  /** 16 bytes and number, as the server names them. */
  readonly group: Bytes;
  readonly epoch: bigint;
  readonly info: Bytes;
  /** Milliseconds since 1970. */
  readonly now_ms: number;
}

interface OpenedInfo {
  readonly group_info: GroupInfo;
  readonly tree: RatchetTree;
}

/** Opens and checks all that can be checked of a group from outside. Throws `info.*`, `join.*`. */
async function openEntrance(suite: Suite, entrance: Entrance): Promise<OpenedInfo> {
  const { link, group, epoch, info, now_ms } = entrance;
  const { room, version, secret } = link;
  const opened = await openInfo(info, secret, { room, group, epoch, version });
  const group_info = decodeInfo(opened.group_info);
  const tree = decodeTree(opened.tree);
  const { groupContext, extensions, signer } = group_info;
  const [external, ...others] = extensions;
  must(
    external?.extensionType === 'external_pub' && others.length === 0,
    'join.info',
    'a GroupInfo with more or less than external_pub',
  );
  must(
    equal(groupContext.groupId, group) && groupContext.epoch === epoch,
    'join.info',
    'a GroupInfo of another group or epoch',
  );
  checkTree(tree, 'join.info');
  checkUnmerged(tree, 'join.info');
  const key = leafAt(tree, signer)?.signaturePublicKey;
  must(key !== undefined, 'join.info', 'a GroupInfo of no leaf');
  const signed = await verifyGroupInfoSignature(group_info, key, suite.signature);
  must(signed, 'join.info', 'a GroupInfo that its leaf did not sign');
  const policy = policyOf({ groupContext });
  must(policy.link === version, 'info.link', 'a group under another version of the link');
  await checkPlace(policy, link, group);
  must(!entrance.hosted || policy.hosts.length > 0, 'join.hosts', 'a group without its host');
  const age_ms = now_ms - policy.created;
  must(
    age_ms <= created_ms.before && age_ms >= -created_ms.after,
    'join.created',
    'a meeting of another time',
  );
  for (const [, leaf] of leavesOf(tree)) {
    const banned = await isBanned(policy, toBase64url(leaf.signaturePublicKey));
    must(!banned, 'commit.banned', 'a group with a banned leaf');
  }
  return { group_info, tree };
}

/**
 * The group a Welcome leads into. Throws `join.*`, `info.*`, `mls.*`, `policy.*`. The leaf's init
 * key is overwritten on success.
 */
export async function join(leaf: Leaf, welcome: Bytes, entrance: Entrance): Promise<Group> {
  const { group_info, tree } = await openEntrance(leaf.suite, entrance);
  const message = decodeMessage(welcome, ['mls_welcome']);
  const { secrets, cipherSuite } = message.welcome;
  must(cipherSuite === suite_name, 'join.leaf', 'a Welcome of another cipher suite');
  const ours =
    secrets.length === 1 && secrets.every((part) => equal(part.newMember, leaf.reference));
  must(ours, 'join.leaf', 'a Welcome for another');
  const { link } = entrance;
  const links = new Map([[link.version, link.secret]]);
  const psks = await linkPsks({ room: link.room, links });
  const { publicPackage, privatePackage } = leaf.packed;
  // Whoever has no link cannot make a Welcome with its PSK; `ts-mls` takes one without.
  const wanted = toBase64url(pskName(link.version));
  const refusePsk = (): void =>
    must(
      psks.asked.join() === wanted,
      'join.psk',
      'a Welcome that did not use the PSK of the link',
    );
  const [hidden, extensions] = await guarded('mls.crypto', 'a Welcome that does not open', () =>
    joinGroupWithExtensions(
      message.welcome,
      publicPackage,
      privatePackage,
      psks,
      leaf.suite,
      hide(tree),
      undefined,
      client_config,
    ).catch((cause: unknown) => {
      if (psks.asked.length > 0) refusePsk();
      throw cause;
    }),
  );
  refusePsk();
  must(extensions.length === 0, 'join.info', 'a Welcome with a tree of its own');
  const encodeContext = encode(groupContextEncoder);
  must(
    equal(encodeContext(hidden.groupContext), encodeContext(group_info.groupContext)),
    'join.info',
    'a Welcome and an info that do not belong together',
  );
  const state = { ...hidden, ratchetTree: show(hidden.ratchetTree) };
  const seat = leafAt(state.ratchetTree, state.privatePath.leafIndex);
  const seated = seat && equal(encodeLeaf(seat), encodeLeaf(publicPackage.leafNode));
  must(seated === true, 'join.leaf', 'a group without our leaf');
  await checkPrivateKeys(leaf.suite, state);
  const { key, suite } = leaf;
  const group = await viewState({ room: link.room, key, suite, links }, state);
  forgetLeaf(leaf);
  return group;
}

/** What one remembers of a group whose state was lost, or cannot follow. */
export interface Memory {
  /** The highest epoch one was in: a server that offers an older one is refused. */
  readonly epoch: bigint;
  /** Of `OutOfSync`: only past this commit, and only if it led where it had to. */
  readonly expected?: Expectation;
}

/**
 * A commit that takes one's own seat again, with new keys and the same signature key. Throws
 * `resync.*` and what `join` throws.
 *
 * @param leaf a new leaf of the key whose leaf is in the tree.
 */
export async function resync(leaf: Leaf, entrance: Entrance, memory: Memory): Promise<Pending> {
  must(entrance.epoch >= memory.epoch, 'resync.old', 'an info older than what was seen');
  const { group_info, tree } = await openEntrance(leaf.suite, entrance);
  if (memory.expected) checkExpected(memory.expected, group_info, tree);
  const former = findSeat(tree, leaf.key.public_key);
  // `ts-mls` would look for it without end.
  must(former !== undefined, 'resync.seat', 'no leaf of this key is in the group');
  const { publicPackage, privatePackage } = leaf.packed;
  const hidden = hide(tree);
  const { publicMessage, newState } = await guarded('mls.crypto', 'cannot come back here', () =>
    isLone(tree)
      ? takeLone(leaf, group_info, hidden)
      : joinGroupExternal(
          group_info,
          publicPackage,
          privatePackage,
          true,
          leaf.suite,
          hidden,
          client_config,
        ),
  );
  const state: ClientState = { ...newState, ratchetTree: show(newState.ratchetTree) };
  checkTree(state.ratchetTree, 'commit.tree');
  await checkPrivateKeys(leaf.suite, state);
  const { link } = entrance;
  const { key, suite } = leaf;
  const standing = { room: link.room, key, suite, links: new Map([[link.version, link.secret]]) };
  const next = await viewState(standing, state);
  forgetLeaf(leaf);
  const message = { version: 'mls10', wireformat: 'mls_public_message', publicMessage } as const;
  return {
    base: null,
    message: encodeMessage(message),
    info: await sealGroupInfo(next),
    welcomes: [],
    next,
  };
}

/** Whether a single leaf is all there is. */
function isLone(tree: RatchetTree): boolean {
  return tree.length === 1;
}

/** Rare enough to come by a script of its own. */
async function takeLone(leaf: Leaf, info: GroupInfo, tree: RatchetTree) {
  const { takeLoneSeat } = await import('./lone.ts');
  return takeLoneSeat(leaf, info, tree, client_config);
}

function findSeat(tree: RatchetTree, key: Bytes): number | undefined {
  for (const [leaf, { signaturePublicKey }] of leavesOf(tree)) {
    if (equal(signaturePublicKey, key)) return leaf;
  }
  return undefined;
}

/** The very leaves and policy that the commit's proposals lead to; the committer's HPKE key apart. */
function checkExpected(expected: Expectation, group_info: GroupInfo, tree: RatchetTree): void {
  const { groupContext } = group_info;
  must(
    equal(expected.group, own(groupContext.groupId)) && expected.epoch === groupContext.epoch,
    'resync.unexpected',
    'not the epoch that follows',
  );
  const policy = encodePolicy(policyOf({ groupContext }));
  must(equal(policy, expected.policy), 'resync.unexpected', 'another policy than was proposed');
  const added = new Set(expected.added);
  let committers = 0;
  let kept = 0;
  for (const [leaf, node] of leavesOf(tree)) {
    const text = toBase64url(encodeLeaf(node));
    if (toBase64url(node.signaturePublicKey) === expected.committer.key) committers += 1;
    else if (expected.leaves.get(leaf) === text) kept += 1;
    else must(added.delete(text), 'resync.unexpected', 'a leaf that nobody proposed');
  }
  const all = committers === 1 && kept === expected.leaves.size && added.size === 0;
  must(all, 'resync.unexpected', 'a leaf is missing');
}
