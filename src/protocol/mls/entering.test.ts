/** What the server, or a member with changed code, could offer to who enters. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createCommit } from 'ts-mls';
import type { GroupInfo, Proposal, Welcome } from 'ts-mls';
import { signGroupInfo } from 'ts-mls/groupInfo.js';
import { appointIn, basePolicy, knockAt, makeLeaf, openMeeting } from '#test/mls/meeting.ts';
import { random, refuses } from '#test/mls/meeting.ts';
import type { Meeting } from '#test/mls/meeting.ts';
import { rootFingerprint } from '../link/fingerprint.ts';
import { openRoot } from '../link/root.ts';
import { utf8 } from '../encryption/bytes.ts';
import type { Bytes } from '../encryption/bytes.ts';
import { openInfo, sealInfo } from '../encryption/info.ts';
import { identityOf } from '../encryption/kdf.ts';
import { encodePolicy, policy_extension } from '../encryption/policy.ts';
import type { Policy } from '../encryption/policy.ts';
import type { RefusalCode } from '../encryption/refusal.ts';
import { commit } from './commit.ts';
import { create } from './create.ts';
import { linkPsks, memberList, sealGroupInfo } from './group.ts';
import type { Group } from './group.ts';
import { created_ms, join } from './join.ts';
import type { Leaf } from './leaf.ts';
import { decodeInfo, decodeTree, encodeInfo, encodeMessage, encodeTree } from './wire.ts';

function firstOf<Item>(list: readonly Item[]): Item {
  const [first] = list;
  assert.ok(first !== undefined);
  return first;
}

/** A Welcome for `leaf` made with these proposals by `ts-mls` alone, and the info beside it. */
async function welcomeBy(
  group: Group,
  leaf: Leaf,
  more: Proposal[],
  ratchetTreeExtension = false,
): Promise<{ welcome: Bytes; info: Bytes }> {
  const made = await createCommit(
    { state: { ...group.state }, cipherSuite: group.suite, pskIndex: await linkPsks(group) },
    {
      extraProposals: [
        { proposalType: 'add', add: { keyPackage: leaf.packed.publicPackage } },
        ...more,
      ],
      ratchetTreeExtension,
    },
  );
  assert.ok(made.welcome);
  const next = { ...group, epoch: group.epoch + 1n, state: made.newState };
  return { welcome: wrap(made.welcome), info: await sealGroupInfo(next) };
}

const wrap = (welcome: Welcome): Bytes =>
  encodeMessage({ version: 'mls10', wireformat: 'mls_welcome', welcome });

function psk(name: string): Proposal {
  const preSharedKeyId = {
    psktype: 'external',
    pskId: utf8(name),
    pskNonce: random(32),
  } as const;
  return { proposalType: 'psk', psk: { preSharedKeyId } };
}

/** A pending Add of a newcomer, and the entrance it is given. */
async function openDoor(meeting: Meeting, by: string) {
  const leaf = await makeLeaf();
  const group = meeting.of(by);
  const pending = await commit(group, { add: [await knockAt(group, leaf, meeting.link())] });
  const { welcome } = firstOf(pending.welcomes);
  const epoch = group.epoch + 1n;
  return { leaf, pending, welcome, entrance: { ...meeting.entrance(pending.info), epoch } };
}

suite('entering', () => {
  test('only by a Welcome that used the PSK of the link', async () => {
    const meeting = await openMeeting('ada');
    const ada = meeting.of('ada');
    const entrance = { ...meeting.entrance(), epoch: 1n };
    // Ada's changed code knows other PSKs; the newcomer does not, and does not want them.
    const knowing = { ...ada, links: new Map([...ada.links, [2, random(32)]]) };
    for (const more of [[], [psk('link:2')], [psk('link:1'), psk('link:2')]]) {
      const leaf = await makeLeaf();
      const { welcome, info } = await welcomeBy(knowing, leaf, more);
      await refuses(() => join(leaf, welcome, { ...entrance, info }), 'join.psk');
    }
    // Without the link, the right name with another secret opens nothing.
    const leaf = await makeLeaf();
    const guessing = { ...ada, links: new Map([[1, random(32)]]) };
    const { welcome } = await welcomeBy(guessing, leaf, [psk('link:1')]);
    const { info } = await welcomeBy(ada, leaf, [psk('link:1')]);
    await refuses(() => join(leaf, welcome, { ...entrance, info }), 'mls.crypto');
    const sealed_otherwise = await sealGroupInfo(guessing);
    await refuses(() => join(leaf, welcome, { ...entrance, info: sealed_otherwise }), 'seal.open');
  });

  test("the tree is the info's, not one inside the Welcome", async () => {
    const meeting = await openMeeting('ada');
    const leaf = await makeLeaf();
    const made = await welcomeBy(meeting.of('ada'), leaf, [psk('link:1')], true);
    const entrance = { ...meeting.entrance(made.info), epoch: 1n };
    await refuses(() => join(leaf, made.welcome, entrance), 'join.info');
  });

  test('Welcome and info are for this leaf, group and epoch, and belong together', async () => {
    const meeting = await openMeeting('ada');
    const { leaf, welcome, entrance } = await openDoor(meeting, 'ada');
    const other = await openDoor(meeting, 'ada');
    await refuses(() => join(leaf, other.welcome, entrance), 'join.leaf');
    await refuses(
      () => join(leaf, welcome, { ...entrance, info: other.entrance.info }),
      'join.info',
      'mls.crypto',
    );
    await refuses(() => join(leaf, welcome, { ...entrance, epoch: 2n }), 'seal.open');
    await refuses(() => join(leaf, welcome, { ...entrance, group: random(16) }), 'seal.open');
    await refuses(
      () => join(leaf, welcome, { ...entrance, info: meeting.entrance().info }),
      'seal.open',
    );
    const stolen = await makeLeaf();
    await refuses(
      () => join({ ...stolen, reference: leaf.reference }, welcome, entrance),
      'mls.crypto',
    );
    const joined = await join(leaf, welcome, entrance);
    assert.equal(memberList(joined).length, 2);
    // Once: the key that opened the Welcome is gone.
    await refuses(() => join(leaf, welcome, entrance), 'mls.crypto');
  });

  test("the root is the link's, the policy is whole, the meeting is of now", async () => {
    const meeting = await openMeeting('ada');
    const { leaf, welcome, entrance } = await openDoor(meeting, 'ada');
    const { link, now_ms } = entrance;
    const false_root = await openRoot(random(32));
    const fingerprint = await rootFingerprint(false_root.public_key);
    await refuses(
      () => join(leaf, welcome, { ...entrance, link: { ...link, fingerprint } }),
      'join.root',
    );
    await refuses(() => join(leaf, welcome, { ...entrance, hosted: true }), 'join.hosts');
    const { created } = meeting.place;
    for (const at of [created + created_ms.before + 1, created - created_ms.after - 1]) {
      await refuses(() => join(leaf, welcome, { ...entrance, now_ms: at }), 'join.created');
    }
    await refuses(
      () => join(leaf, welcome, { ...entrance, link: { ...link, version: 2 } }),
      'info.link',
    );
    assert.equal(now_ms - created < 60_000, true);
    await join(leaf, welcome, { ...entrance, now_ms: created + created_ms.before });
  });

  test("a look-alike group around a host's real KeyPackage never has the host's appointment", async () => {
    // The server has the link, and a KeyPackage of Ada's own. It makes a group of its own.
    const meeting = await openMeeting('ada');
    const { place } = meeting;
    const real = await appointIn(place, place.root, meeting.of('ada').key);
    await meeting.commit('ada', { policy: { ...basePolicy(place), hosts: [real] } });
    const server = await makeLeaf();
    const id = random(16);
    const policy: Policy = { ...basePolicy(place), hosts: [real] };
    await refuses(() => create(server, place.link, id, policy), 'policy.proof');
    // Its changed code does not ask itself; the newcomer does.
    const posing = await create(server, place.link, id, basePolicy(place));
    const extensions = [{ extensionType: policy_extension, extensionData: encodePolicy(policy) }];
    const groupContext = { ...posing.state.groupContext, extensions };
    const forged = { ...posing, policy, state: { ...posing.state, groupContext } };
    const leaf = await makeLeaf();
    const { welcome, info } = await welcomeBy(forged, leaf, [psk('link:1')]);
    const entrance = { ...meeting.entrance(info), group: id, epoch: 1n, hosted: true };
    await refuses(() => join(leaf, welcome, entrance), 'policy.proof');
  });

  test('a Welcome and an info of two commits that lead to the same tree', async () => {
    const meeting = await openMeeting('ada');
    const leaf = await makeLeaf();
    const add = [await knockAt(meeting.of('ada'), leaf, meeting.link())];
    const [one, other] = [
      await commit(meeting.of('ada'), { add }),
      await commit(meeting.of('ada'), { add }),
    ];
    const entrance = { ...meeting.entrance(other.info), epoch: 1n };
    await refuses(() => join(leaf, firstOf(one.welcomes).welcome, entrance), 'join.info');
  });

  test('a well-signed info that is not as ours are', async () => {
    const meeting = await openMeeting('ada');
    await meeting.add('ada', ['bob']);
    const bob = meeting.of('bob');
    const leaf = await makeLeaf();
    const { welcome } = firstOf(
      (await commit(bob, { add: [await knockAt(bob, leaf, meeting.link())] })).welcomes,
    );
    const { link, ...entrance } = meeting.entrance();
    const place = { room: link.room, group: bob.id, epoch: bob.epoch, version: 1 };
    const { group_info, tree } = await openInfo(entrance.info, link.secret, place);
    const info = decodeInfo(group_info);
    const { groupContext } = info;
    const [external] = info.extensions;
    assert.ok(external);
    const ratchet_tree = { extensionType: 'ratchet_tree', extensionData: tree } as const;
    const contextOf = (policy: Policy): GroupInfo['groupContext'] => {
      const extensionData = encodePolicy(policy);
      const extensions = [{ extensionType: policy_extension, extensionData }];
      return { ...groupContext, extensions };
    };
    const banned = [await identityOf(bob.key.public_key)];
    const table: readonly (readonly [Partial<GroupInfo>, RefusalCode])[] = [
      [{ extensions: [] }, 'join.info'],
      [{ extensions: [external, ratchet_tree] }, 'join.info'],
      [{ groupContext: { ...groupContext, epoch: 9n } }, 'join.info'],
      [{ groupContext: { ...groupContext, groupId: random(16) } }, 'join.info'],
      [{ groupContext: { ...groupContext, extensions: [] } }, 'commit.extension'],
      [{ groupContext: contextOf({ ...bob.policy, link: 2 }) }, 'info.link'],
      [{ groupContext: contextOf({ ...bob.policy, banned }) }, 'commit.banned'],
    ];
    for (const [change, code] of table) {
      const changed = { ...info, ...change, signer: bob.leaf };
      const signed = await signGroupInfo(changed, new Uint8Array(), bob.suite.signature);
      const plain = { group_info: encodeInfo(signed), tree };
      const sealed = await sealInfo(plain, link.secret, place);
      await refuses(() => join(leaf, welcome, { ...entrance, link, info: sealed }), code);
    }
  });

  test('an info with a tree or a GroupInfo that was tampered with', async () => {
    const meeting = await openMeeting('ada');
    await meeting.add('ada', ['bob', 'cyd']);
    // Parents come with paths.
    await meeting.commit('ada', {});
    const { leaf, welcome, entrance } = await openDoor(meeting, 'bob');
    const { link, group, epoch } = entrance;
    const place = { room: link.room, group, epoch, version: 1 };
    const { group_info, tree } = await openInfo(entrance.info, link.secret, place);
    const nodes = decodeTree(tree);
    const info = decodeInfo(group_info);
    const reseal = async (given: { group_info?: Bytes; tree?: Bytes }): Promise<Bytes> =>
      sealInfo({ group_info, tree, ...given }, link.secret, place);
    const stranger = await makeLeaf();
    const swapped = nodes.map((node, at) =>
      at === 0
        ? ({ nodeType: 'leaf', leaf: stranger.packed.publicPackage.leafNode } as const)
        : node,
    );
    const doubled = nodes.map((node, at) => (at === 2 ? nodes[0] : node));
    const unmerged = nodes.map((node) =>
      node?.nodeType === 'parent'
        ? { ...node, parent: { ...node.parent, unmergedLeaves: [400] } }
        : node,
    );
    const extension = { extensionType: 0xf0c2, extensionData: random(3) };
    const bad = [
      { tree: encodeTree(swapped) },
      { tree: encodeTree(doubled) },
      { tree: encodeTree(unmerged) },
      { tree: new Uint8Array() },
      { tree: random(200) },
      { group_info: random(200) },
      { group_info: encodeInfo({ ...info, extensions: [] }) },
      { group_info: encodeInfo({ ...info, extensions: [...info.extensions, extension] }) },
      { group_info: encodeInfo({ ...info, signer: 77 }) },
      { group_info: encodeInfo({ ...info, signer: 0 }) },
      { group_info: encodeInfo({ ...info, confirmationTag: random(32) }) },
      { group_info: encodeInfo({ ...info, groupContext: { ...info.groupContext, epoch: 9n } }) },
    ];
    for (const given of bad) {
      const tampered = { ...entrance, info: await reseal(given) };
      await refuses(
        () => join(leaf, welcome, tampered),
        'mls.malformed',
        'mls.crypto',
        'join.info',
      );
    }
    await join(leaf, welcome, { ...entrance, info: await reseal({}) });
  });
});
