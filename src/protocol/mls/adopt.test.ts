/** The last look at a state, given states that `ts-mls` would have to be wrong to make. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { ClientState, LeafNode, RatchetTree } from 'ts-mls';
import {
  appointIn,
  basePolicy,
  knockAt,
  makeLeaf,
  openMeeting,
  random,
} from '#test/mls/meeting.ts';
import { refuses } from '#test/mls/meeting.ts';
import { encodePolicy, policy_extension } from '../encryption/policy.ts';
import type { RefusalCode } from '../encryption/refusal.ts';
import { adopt } from './adopt.ts';
import { commit } from './commit.ts';
import type { Intent } from './commit.ts';
import type { Group } from './group.ts';
import { readProposals } from './judge.ts';
import type { Proposed } from './judge.ts';
import { openPrivate } from './opened.ts';
import { leafAt } from './tree.ts';
import { decodeMessage } from './wire.ts';

/** What a commit proposes, and the state it leads to. */
async function propose(group: Group, intent: Intent): Promise<readonly [Proposed, ClientState]> {
  const { message, next } = await commit(group, intent);
  const { privateMessage } = decodeMessage(message, ['mls_private_message']);
  const { content } = await openPrivate(group, privateMessage);
  assert.ok(content.contentType === 'commit');
  return [readProposals(group, content.commit, group.leaf), next.state];
}

function withLeaf(tree: RatchetTree, at: number, leaf: LeafNode | undefined): RatchetTree {
  return tree.map((node, index) => {
    if (index !== 2 * at) return node;
    return leaf && ({ nodeType: 'leaf', leaf } as const);
  });
}

suite('adopting a state', () => {
  test('only if it is what the proposals lead to', async () => {
    const meeting = await openMeeting('ada');
    await meeting.add('ada', ['bob', 'cyd', 'dan']);
    const ada = meeting.of('ada');
    const newcomer = await makeLeaf();
    const add = [await knockAt(ada, newcomer, meeting.link())];
    const [proposed, state] = await propose(ada, { add, remove: [3] });
    assert.equal((await adopt(ada, proposed, state)).epoch, ada.epoch + 1n);

    const { ratchetTree: tree, groupContext } = state;
    const [own, bob] = [leafAt(tree, 0), leafAt(tree, 1)];
    const stranger = (await makeLeaf()).packed.publicPackage.leafNode;
    assert.ok(own && bob && leafAt(tree, 3) && !leafAt(tree, 4));
    const policy = encodePolicy({ ...ada.policy, guests: [] });
    const extensions = [{ extensionType: policy_extension, extensionData: policy }];
    const fresh = { ...own, hpkePublicKey: random(32) };
    const { signaturePublicKey, credential } = stranger;
    const in_tree = (at: number, leaf: LeafNode | undefined): Partial<ClientState> => ({
      ratchetTree: withLeaf(tree, at, leaf),
    });
    const context = (given: Partial<typeof groupContext>): Partial<ClientState> => ({
      groupContext: { ...groupContext, ...given },
    });
    const table: readonly (readonly [string, Partial<ClientState>, RefusalCode])[] = [
      ['an epoch too far', context({ epoch: ada.epoch + 2n }), 'commit.tree'],
      ['another group', context({ groupId: random(16) }), 'commit.tree'],
      ['another policy', context({ extensions }), 'commit.extension'],
      ['no policy', context({ extensions: [] }), 'commit.extension'],
      ['a group that is over', { groupActiveState: { kind: 'removedFromGroup' } }, 'commit.shape'],
      ['a leaf gone', in_tree(1, undefined), 'commit.tree'],
      ['a leaf changed', in_tree(1, { ...bob, hpkePublicKey: random(32) }), 'commit.tree'],
      ['a leaf exchanged', in_tree(1, stranger), 'commit.tree'],
      ['an Add that is not there', in_tree(3, undefined), 'commit.tree'],
      ['an Add of somebody else', in_tree(3, stranger), 'commit.tree'],
      [
        'one more',
        { ratchetTree: [...tree, undefined, { nodeType: 'leaf', leaf: stranger }] },
        'commit.tree',
      ],
      ["not the path's leaf", in_tree(0, fresh), 'commit.leaf'],
      ['in other hands', in_tree(0, { ...own, signaturePublicKey, credential }), 'commit.leaf'],
      ['a key twice', in_tree(1, { ...bob, hpkePublicKey: own.hpkePublicKey }), 'commit.tree'],
    ];
    for (const [, change, code] of table) {
      await refuses(() => adopt(ada, proposed, { ...state, ...change }), code);
    }
  });

  test('with the policy that was proposed, or the old one', async () => {
    const meeting = await openMeeting('ada');
    await meeting.add('ada', ['bob']);
    const { place } = meeting;
    const ada = meeting.of('ada');
    const hosts = [await appointIn(place, place.root, ada.key)];
    const [proposed, state] = await propose(ada, { policy: { ...basePolicy(place), hosts } });
    const { policy } = proposed;
    assert.ok(policy);
    await adopt(ada, proposed, state);
    await refuses(() => adopt(ada, { ...proposed, policy: null }, state), 'commit.extension');
  });
});
