/** The two cures for `ts-mls` 1.6.4, each first without the cure, and what takes the place of `hide`. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createCommit, joinGroup } from 'ts-mls';
import type { Node, RatchetTree } from 'ts-mls';
import {
  appointIn,
  basePolicy,
  knockAt,
  makeLeaf,
  openMeeting,
  refuses,
} from '#test/mls/meeting.ts';
import { random } from '#test/mls/meeting.ts';
import type { Meeting } from '#test/mls/meeting.ts';
import { encodePolicy, policy_extension } from '../encryption/policy.ts';
import { commit } from './commit.ts';
import { client_config, linkPsks } from './group.ts';
import { join } from './join.ts';
import { OutOfSync, receive } from './receive.ts';
import { checkTree, checkUnmerged, hide, show } from './tree.ts';
import { decodeMessage, encodeMessage, encodeTree } from './wire.ts';

/** Eight members each committed, two left, one came: the tree has unmerged leaves in odd places. */
async function openGnarled(): Promise<Meeting> {
  const meeting = await openMeeting('p0');
  const names = ['p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p7'];
  await meeting.add('p0', names);
  for (const name of ['p0', ...names]) await meeting.commit(name, {});
  await meeting.remove('p0', ['p2', 'p5']);
  await meeting.add('p0', ['q1']);
  return meeting;
}

function withUnmerged(tree: RatchetTree, change: (leaves: number[]) => number[]): RatchetTree {
  return tree.map((node) =>
    node?.nodeType === 'parent'
      ? {
          ...node,
          parent: { ...node.parent, unmergedLeaves: change(node.parent.unmergedLeaves) },
        }
      : node,
  );
}

suite('hide', () => {
  test('a lawful join that ts-mls refuses without it', async () => {
    const meeting = await openGnarled();
    const ada = meeting.of('p0');
    const leaf = await makeLeaf();
    const pending = await commit(ada, { add: [await knockAt(ada, leaf, meeting.link())] });
    const [part] = pending.welcomes;
    assert.ok(part);
    const { welcome } = decodeMessage(part.welcome, ['mls_welcome']);
    const { publicPackage, privatePackage } = leaf.packed;
    const attempt = async (tree: RatchetTree) =>
      joinGroup(
        welcome,
        publicPackage,
        privatePackage,
        await linkPsks(ada),
        leaf.suite,
        tree,
        undefined,
        client_config,
      );
    const tree = pending.next.state.ratchetTree;
    await assert.rejects(attempt(tree), /unmerged_leaves/);
    const state = await attempt(hide(tree));
    assert.deepEqual(encodeTree(show(state.ratchetTree)), encodeTree(tree));
    const entrance = { ...meeting.entrance(pending.info), epoch: ada.epoch + 1n };
    await join(leaf, part.welcome, entrance);
  });

  test('its lists are whole for everything but their iterator', () => {
    const parent = {
      hpkePublicKey: random(32),
      parentHash: random(32),
      unmergedLeaves: [1, 5],
    };
    const [node] = hide([{ nodeType: 'parent', parent }]);
    assert.ok(node?.nodeType === 'parent');
    const { unmergedLeaves } = node.parent;
    assert.equal([...unmergedLeaves].length, 0);
    assert.deepEqual(
      unmergedLeaves.map((leaf) => leaf * 2),
      [2, 10],
    );
    assert.equal(
      unmergedLeaves.find((leaf) => leaf === 5),
      5,
    );
    const [shown] = show([node]);
    assert.ok(shown?.nodeType === 'parent');
    assert.deepEqual(shown.parent.unmergedLeaves, [1, 5]);
  });

  test('what it hides from ts-mls is checked here', async () => {
    const meeting = await openGnarled();
    const tree = meeting.of('p0').state.ratchetTree;
    checkUnmerged(tree, 'join.info');
    checkTree(tree, 'join.info');
    const lists = tree.flatMap((node) =>
      node?.nodeType === 'parent' ? [node.parent.unmergedLeaves] : [],
    );
    assert.ok(lists.some((list) => list.length > 0));
    const changes: readonly ((leaves: number[]) => number[])[] = [
      (leaves) => [...leaves, ...leaves.slice(0, 1)],
      (leaves) => [...leaves, 300],
      // A leaf of the other half, and one that is blank.
      (leaves) => (leaves.length > 0 ? leaves : [0, 7]),
      () => [5],
    ];
    for (const change of changes) {
      await refuses(() => checkUnmerged(withUnmerged(tree, change), 'join.info'), 'join.info');
    }
    // Listed above but not below.
    let taken = false;
    const torn = withUnmerged(tree, (leaves) => {
      if (taken || leaves.length === 0) return leaves;
      taken = true;
      return [];
    });
    await refuses(() => checkUnmerged(torn, 'join.info'), 'join.info');
  });
});

suite('unmerged leaves', () => {
  test('of a small tree: below their parent, there, and listed in between', async () => {
    const { leafNode } = (await makeLeaf()).packed.publicPackage;
    const leaf: Node = { nodeType: 'leaf', leaf: leafNode };
    const parent = (...unmergedLeaves: number[]): Node => ({
      nodeType: 'parent',
      parent: { hpkePublicKey: random(32), parentHash: random(32), unmergedLeaves },
    });
    // Leaves 0 to 3 at 0, 2, 4, 6; their parents at 1 and 5; the root at 3.
    const tree = (left?: Node, root?: Node, right?: Node): RatchetTree => [
      leaf,
      left,
      leaf,
      root,
      leaf,
      right,
      leaf,
    ];
    for (const lawful of [
      tree(parent(), parent(), parent()),
      tree(parent(1), parent(1), parent()),
      tree(undefined, parent(1, 2)),
      tree(parent(0), undefined, parent(3)),
    ]) {
      checkUnmerged(lawful, 'join.info');
    }
    for (const wrong of [
      tree(parent(3)),
      tree(undefined, undefined, parent(0)),
      tree(parent(), parent(1), parent()),
      tree(undefined, parent(1, 1)),
      tree(undefined, parent(9)),
      tree(undefined, parent(2)).with(4, undefined),
    ]) {
      await refuses(() => checkUnmerged(wrong, 'join.info'), 'join.info');
    }
  });
});

suite('suiteFor', () => {
  test('a policy with a Remove that nobody can open without it', async () => {
    const meeting = await openMeeting('ada');
    await meeting.add('ada', ['bob', 'cyd']);
    const { place } = meeting;
    const hosts = [await appointIn(place, place.root, meeting.of('ada').key)];
    const policy = { ...basePolicy(place), hosts, link: 2 };
    const ada = meeting.of('ada');
    const removed = meeting.of('cyd').leaf;
    const extensions = [{ extensionType: policy_extension, extensionData: encodePolicy(policy) }];
    const made = await createCommit(
      { state: { ...ada.state }, cipherSuite: ada.suite },
      {
        extraProposals: [
          { proposalType: 'remove', remove: { removed } },
          { proposalType: 'group_context_extensions', groupContextExtensions: { extensions } },
        ],
      },
    );
    const told = receive(meeting.of('bob'), encodeMessage(made.commit));
    await assert.rejects(told, (error) => error instanceof OutOfSync);
    await meeting.remove('ada', ['cyd'], { policy });
    await meeting.agree();
    const [first, second] = [meeting.of('ada').links.get(2), meeting.of('bob').links.get(2)];
    assert.ok(first && second);
    assert.deepEqual(first, second);
    // Who enters later has the new link, and needs it.
    await meeting.add('bob', ['dan']);
    await meeting.agree();
    assert.equal(meeting.of('dan').links.has(1), false);
  });
});
