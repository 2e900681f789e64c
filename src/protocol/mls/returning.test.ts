/** What could be offered to who comes back, and taken from who is there (section 3.8, 9.5). */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createCommit, joinGroupExternal } from 'ts-mls';
import type { CiphersuiteImpl, ClientConfig, Proposal } from 'ts-mls';
import {
  appointIn,
  basePolicy,
  makeLeaf,
  openMeeting,
  random,
  refuses,
} from '#test/mls/meeting.ts';
import type { Meeting } from '#test/mls/meeting.ts';
import { toBase64url } from '../link/base64url.ts';
import { utf8 } from '../encryption/bytes.ts';
import type { Bytes } from '../encryption/bytes.ts';
import { openInfo } from '../encryption/info.ts';
import { settle } from './commit.ts';
import { client_config, memberList, sealGroupInfo } from './group.ts';
import type { Group } from './group.ts';
import { resync } from './join.ts';
import type { Leaf } from './leaf.ts';
import { OutOfSync, receive } from './receive.ts';
import type { Expectation } from './receive.ts';
import { hide } from './tree.ts';
import { decodeInfo, decodeTree, encodeMessage } from './wire.ts';

/** `joinGroupExternal` of `ts-mls` alone, into a leaf that `takes` says is one's own. */
async function externalBy(
  meeting: Meeting,
  leaf: Leaf,
  takes: ((key: Uint8Array) => boolean) | null,
): Promise<Bytes> {
  const { link, group, epoch, info } = meeting.entrance();
  const place = { room: link.room, group, epoch, version: link.version };
  const opened = await openInfo(info, link.secret, place);
  const config: ClientConfig = {
    ...client_config,
    keyPackageEqualityConfig: {
      ...client_config.keyPackageEqualityConfig,
      compareKeyPackageToLeafNode: (_, node) => takes?.(node.signaturePublicKey) ?? false,
    },
  };
  const { publicMessage } = await joinGroupExternal(
    decodeInfo(opened.group_info),
    leaf.packed.publicPackage,
    leaf.packed.privatePackage,
    takes !== null,
    leaf.suite,
    hide(decodeTree(opened.tree)),
    config,
  );
  return encodeMessage({ version: 'mls10', wireformat: 'mls_public_message', publicMessage });
}

suite('coming back', () => {
  test("a stranger does not come in, and nobody comes back to another's seat", async () => {
    const meeting = await openMeeting('ada');
    await meeting.add('ada', ['bob', 'cyd']);
    const stranger = await makeLeaf();
    const victim = toBase64url(meeting.of('bob').key.public_key);
    const attempts = [
      [await externalBy(meeting, stranger, null), 'commit.shape'],
      [await externalBy(meeting, stranger, (key) => toBase64url(key) === victim), 'commit.seat'],
      [
        await externalBy(
          meeting,
          await makeLeaf(meeting.of('cyd').key),
          (key) => toBase64url(key) === victim,
        ),
        'commit.seat',
      ],
    ] as const;
    for (const [message, code] of attempts) {
      for (const name of ['ada', 'bob']) {
        await refuses(() => receive(meeting.of(name), message), code, 'commit.seat');
      }
    }
    await refuses(() => resync(stranger, meeting.entrance(), { epoch: 0n }), 'resync.seat');
  });

  test('to the same seat in any gate; the state that was lost is over', async () => {
    const meeting = await openMeeting('ada');
    await meeting.add('ada', ['bob', 'cyd']);
    const { place } = meeting;
    const hosts = [await appointIn(place, place.root, meeting.of('ada').key)];
    await meeting.commit('ada', { policy: { ...basePolicy(place), hosts, gate: 'locked' } });
    const lost = meeting.of('bob');
    const pending = await meeting.comeBack('bob');
    await meeting.agree();
    assert.equal(meeting.of('bob').policy.gate, 'locked');
    const told = await receive(lost, pending.message);
    assert.equal(told.kind, 'removed');
    const again = await receive(meeting.of('cyd'), pending.message).catch(
      (error: unknown) => error,
    );
    assert.ok(again instanceof Error);
    await meeting.commit('bob', {});
    await meeting.agree();
  });

  test('alone to one’s own seat, and the group goes on from there', async () => {
    const meeting = await openMeeting('ada');
    const before = meeting.of('ada').epoch;
    await meeting.comeBack('ada');
    assert.equal(meeting.of('ada').epoch, before + 1n);
    await meeting.add('ada', ['bob', 'cyd']);
    await meeting.agree();
    await meeting.remove('ada', ['bob', 'cyd']);
    await meeting.comeBack('ada');
    await meeting.add('ada', ['dan']);
    await meeting.agree();
    // Who was there before opens nothing of what came after.
    const stranger = await makeLeaf();
    await refuses(() => resync(stranger, meeting.entrance(), { epoch: 0n }), 'resync.seat');
  });

  test('never by an info older than what one has seen', async () => {
    const meeting = await openMeeting('ada');
    await meeting.add('ada', ['bob']);
    const old = meeting.entrance();
    await meeting.remove('ada', ['bob']);
    await meeting.add('ada', ['cyd']);
    // A removed member and the server hand out the info of an epoch in which Bob still was.
    const leaf = await makeLeaf(meeting.of('cyd').key);
    const memory = { epoch: meeting.of('cyd').epoch };
    await refuses(() => resync(leaf, old, memory), 'resync.old');
    // And what is made from an old info, no member takes.
    const back = await resync(await makeLeaf(meeting.of('ada').key), old, { epoch: 0n });
    await refuses(() => receive(meeting.of('cyd'), back.message), 'mls.epoch');
  });

  test('two at once: one wins, the other comes back from the newer info', async () => {
    const meeting = await openMeeting('ada');
    await meeting.add('ada', ['bob', 'cyd']);
    const loser = await resync(await makeLeaf(meeting.of('cyd').key), meeting.entrance(), {
      epoch: 0n,
    });
    await meeting.comeBack('bob');
    assert.equal(settle(loser, false), null);
    await meeting.comeBack('cyd');
    await meeting.agree();
    assert.equal(memberList(meeting.of('ada')).length, 3);
  });
});

/** A suite that seals garbage in place of the path secrets. */
function spoiling(given: CiphersuiteImpl): CiphersuiteImpl {
  return {
    ...given,
    hpke: {
      ...given.hpke,
      seal: async (recipient, plaintext, info, aad) =>
        given.hpke.seal(recipient, random(plaintext.length), info, aad),
    },
  };
}

suite('out of sync', () => {
  async function spoiled(meeting: Meeting, by: string, extraProposals: Proposal[]) {
    const group = meeting.of(by);
    const made = await createCommit(
      { state: { ...group.state }, cipherSuite: spoiling(group.suite) },
      { extraProposals },
    );
    const next = { ...group, epoch: group.epoch + 1n, state: made.newState };
    return { message: encodeMessage(made.commit), info: await sealGroupInfo(next) };
  }

  async function expectationOf(group: Group, message: Bytes): Promise<Expectation> {
    const error = await receive(group, message).catch((cause: unknown) => cause);
    assert.ok(error instanceof OutOfSync, String(error));
    return error.expected;
  }

  test('past a commit that cannot be followed only into what it had to lead to', async () => {
    const meeting = await openMeeting('ada');
    await meeting.add('ada', ['bob', 'cyd', 'dan']);
    const cyd = meeting.of('cyd');
    const removed = meeting.of('dan').leaf;
    const remove: Proposal = { proposalType: 'remove', remove: { removed } };
    const right = await spoiled(meeting, 'bob', [remove]);
    const expected = await expectationOf(cyd, right.message);
    const epoch = cyd.epoch + 1n;
    const memory = { epoch: cyd.epoch, expected };
    const leaf = await makeLeaf(cyd.key);

    // The committer offers an info in which somebody stands that nobody proposed.
    const guest = await makeLeaf();
    const wrong = await spoiled(meeting, 'bob', [
      remove,
      { proposalType: 'add', add: { keyPackage: guest.packed.publicPackage } },
    ]);
    const kept = await spoiled(meeting, 'bob', []);
    const fewer = await spoiled(meeting, 'bob', [
      remove,
      { proposalType: 'remove', remove: { removed: meeting.of('ada').leaf } },
    ]);
    for (const info of [wrong.info, kept.info, fewer.info]) {
      const entrance = { ...meeting.entrance(info), epoch };
      await refuses(() => resync(leaf, entrance, memory), 'resync.unexpected');
    }
    await refuses(() => resync(leaf, meeting.entrance(), memory), 'resync.unexpected');
    const back = await resync(leaf, { ...meeting.entrance(right.info), epoch }, memory);
    assert.deepEqual(
      memberList(back.next).map(({ leaf: seat }) => seat),
      [0, 1, 2],
    );
  });

  test('a path with a public key that does not fit its secret', async () => {
    // Everybody could follow it, and would fail at the next commit of somebody else.
    const meeting = await openMeeting('ada');
    await meeting.add('ada', ['bob', 'cyd', 'dan']);
    const { state, suite: own } = meeting.of('ada');
    let exported = 0;
    const hpke: CiphersuiteImpl['hpke'] = {
      ...own.hpke,
      exportPublicKey: async (key) => {
        exported += 1;
        return exported === 1 ? random(32) : own.hpke.exportPublicKey(key);
      },
    };
    const cipherSuite = { ...own, hpke };
    const made = await createCommit({ state: { ...state }, cipherSuite }, {});
    await expectationOf(meeting.of('bob'), encodeMessage(made.commit));
  });

  test('an unlawful commit is refused as such, whether it can be followed or not', async () => {
    const meeting = await openMeeting('ada');
    await meeting.add('ada', ['bob', 'cyd']);
    const { place } = meeting;
    const hosts = [await appointIn(place, place.root, meeting.of('ada').key)];
    await meeting.commit('ada', { policy: { ...basePolicy(place), hosts, gate: 'lobby' } });
    const { message } = await spoiled(meeting, 'bob', [
      { proposalType: 'remove', remove: { removed: meeting.of('ada').leaf } },
    ]);
    await refuses(() => receive(meeting.of('cyd'), message), 'commit.remove');
  });
});

suite('a leaf in other hands', () => {
  test('a committer that swaps its signature key in its path', async () => {
    const meeting = await openMeeting('ada');
    await meeting.add('ada', ['bob', 'cyd']);
    const bob = meeting.of('bob');
    const stranger = await makeLeaf();
    const node = bob.state.ratchetTree[2 * bob.leaf];
    assert.ok(node?.nodeType === 'leaf');
    const { public_key } = stranger.key;
    const leaf = {
      ...node.leaf,
      signaturePublicKey: public_key,
      credential: { credentialType: 'basic', identity: public_key } as const,
    };
    const ratchetTree = bob.state.ratchetTree.map((other, at) =>
      at === 2 * bob.leaf ? ({ nodeType: 'leaf', leaf } as const) : other,
    );
    // The leaf is signed by the stranger, the commit by Bob.
    const label = utf8('MLS 1.0 LeafNodeTBS');
    const cipherSuite: CiphersuiteImpl = {
      ...bob.suite,
      signature: {
        ...bob.suite.signature,
        sign: (key, message) =>
          message.subarray(1, 1 + label.length).join() === label.join()
            ? stranger.suite.signature.sign(key, message)
            : bob.suite.signature.sign(key, message),
      },
    };
    const made = await createCommit({ state: { ...bob.state, ratchetTree }, cipherSuite }, {});
    const message = encodeMessage(made.commit);
    for (const name of ['ada', 'cyd']) {
      await refuses(() => receive(meeting.of(name), message), 'commit.leaf');
    }
  });
});
