/** What a ratchet tree of ours looks like, and the cure for what `ts-mls` refuses of it. */
import type { KeyPackage, LeafNode, Node, ParentNode, RatchetTree } from 'ts-mls';
import { toBase64url } from '../link/base64url.ts';
import { equal } from '../encryption/bytes.ts';
import { policy_extension } from '../encryption/policy.ts';
import { must } from '../encryption/refusal.ts';
import type { RefusalCode } from '../encryption/refusal.ts';
import { suite_name } from './suite.ts';
import { leaves_max } from './wire.ts';

/** What every leaf says it can do: exactly this. */
export const capabilities = {
  versions: ['mls10'],
  ciphersuites: [suite_name],
  extensions: [policy_extension],
  proposals: [],
  credentials: ['basic'],
} as const;
const capabilities_text = JSON.stringify(capabilities);

/** Seconds before and after a KeyPackage was made in which it may be used. */
export const lifetime_s = { before: 3600n, after: 86_400n } as const;

export function leafAt(tree: RatchetTree, leaf: number): LeafNode | undefined {
  const node = tree[2 * leaf];
  return node?.nodeType === 'leaf' ? node.leaf : undefined;
}

/** The leaves that are there, with their numbers, in order. */
export function* leavesOf(tree: RatchetTree): Generator<readonly [number, LeafNode]> {
  for (let index = 0; index < tree.length; index += 2) {
    const leaf = leafAt(tree, index / 2);
    if (leaf) yield [index / 2, leaf];
  }
}

/** A leaf as ours are: nothing in it but keys and the one extension it knows. */
export function checkLeaf(leaf: LeafNode, code: RefusalCode): void {
  const { credential, signaturePublicKey, hpkePublicKey } = leaf;
  must(
    JSON.stringify(leaf.capabilities) === capabilities_text &&
      leaf.extensions.length === 0 &&
      leaf.leafNodeSource !== 'update' &&
      signaturePublicKey.length === 32 &&
      hpkePublicKey.length === 32 &&
      leaf.signature.length === 64,
    code,
    'a leaf with other capabilities than all have',
  );
  const identity = credential.credentialType === 'basic' ? credential.identity : undefined;
  must(
    identity !== undefined && equal(identity, signaturePublicKey),
    code,
    'a leaf whose credential is not its key',
  );
}

/** A KeyPackage as ours are. Its lifetime is measured, not compared with a clock. */
export function checkKeyPackage(keyPackage: KeyPackage, code: RefusalCode): void {
  const { version, cipherSuite, initKey, leafNode, extensions, signature } = keyPackage;
  must(
    version === 'mls10' &&
      cipherSuite === suite_name &&
      initKey.length === 32 &&
      extensions.length === 0 &&
      signature.length === 64 &&
      !equal(initKey, leafNode.hpkePublicKey),
    code,
    'a KeyPackage of another kind',
  );
  checkLeaf(leafNode, code);
  const { lifetime } = leafNode;
  const length = lifetime.notAfter - lifetime.notBefore;
  must(length === lifetime_s.before + lifetime_s.after, code, 'a KeyPackage for another while');
}

/** No more leaves than may be, all of ours, every signature and HPKE key once (parents too). */
export function checkTree(tree: RatchetTree, code: RefusalCode): void {
  const keys = new Set<string>();
  let count = 0;
  let expected = 0;
  for (const node of tree) {
    if (!node) continue;
    const found = node.nodeType === 'leaf' ? node.leaf.hpkePublicKey : node.parent.hpkePublicKey;
    must(found.length === 32, code, 'a key of another length');
    keys.add(toBase64url(found));
    expected += 1;
    if (node.nodeType === 'parent') continue;
    count += 1;
    // Of another kind than HPKE keys: the same bytes may be both.
    keys.add(`signature ${toBase64url(node.leaf.signaturePublicKey)}`);
    expected += 1;
    checkLeaf(node.leaf, code);
  }
  must(count > 0 && count <= leaves_max, code, 'more leaves than a meeting may have');
  must(keys.size === expected, code, 'a key that stands twice in the tree');
}

/**
 * RFC 9420 section 12.4.3.1: an unmerged leaf is a leaf below its parent, and each parent in
 * between lists it too. Asked here because `hide` takes the question from `ts-mls`.
 */
export function checkUnmerged(tree: RatchetTree, code: RefusalCode): void {
  for (const [index, node] of tree.entries()) {
    if (node?.nodeType !== 'parent') continue;
    const { unmergedLeaves } = node.parent;
    must(new Set(unmergedLeaves).size === unmergedLeaves.length, code, 'a leaf unmerged twice');
    for (const leaf of unmergedLeaves) checkUnmergedLeaf(tree, index, leaf, code);
  }
}

function checkUnmergedLeaf(
  tree: RatchetTree,
  parent: number,
  leaf: number,
  code: RefusalCode,
): void {
  must(leafAt(tree, leaf) !== undefined, code, 'an unmerged leaf that is blank');
  let at = 2 * leaf;
  for (let level = 0; at !== parent; level += 1) {
    must(level < 10, code, 'an unmerged leaf of another branch');
    // Appendix C: the parent of a node is found by setting and clearing two of its bits.
    at = (at | (1 << level)) & ~(1 << (level + 1));
    const between = tree[at];
    if (at === parent || between?.nodeType !== 'parent') continue;
    must(between.parent.unmergedLeaves.includes(leaf), code, 'a leaf unmerged above, not below');
  }
}

function withUnmerged(node: Node, change: (leaves: number[]) => number[]): Node {
  if (node.nodeType === 'leaf') return node;
  const parent: ParentNode = {
    ...node.parent,
    unmergedLeaves: change(node.parent.unmergedLeaves),
  };
  return { nodeType: 'parent', parent };
}

/**
 * The tree for `joinGroup` and `joinGroupExternal` of `ts-mls` 1.6.4. They refuse lawful trees: they
 * want all unmerged leaves of a path to be equal. That loop is the only one that uses the lists'
 * iterator and matters, so the copies given here yield nothing to it, and everything to the rest.
 * After the join, `show` makes plain lists again.
 */
export function hide(tree: RatchetTree): RatchetTree {
  return tree.map((node) =>
    node === undefined
      ? undefined
      : withUnmerged(node, (leaves) => {
          const hidden = Array.from(leaves);
          const iterator = { value: () => [].values(), enumerable: false };
          return Object.defineProperty(hidden, Symbol.iterator, iterator);
        }),
  );
}

export function show(tree: RatchetTree): RatchetTree {
  return tree.map((node) =>
    node === undefined ? undefined : withUnmerged(node, (leaves) => leaves.slice()),
  );
}
