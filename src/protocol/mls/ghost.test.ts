/**
 * No ghost (encryption design, section 9.5): what a member with changed code could commit, and what
 * keys a newcomer could bring. Everybody refuses all of it.
 */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { generateKeyPackageWithKey } from 'ts-mls';
import type { KeyPackage } from 'ts-mls';
import { makeKeyPackageRef, signKeyPackage } from 'ts-mls/keyPackage.js';
import { add, allRefuse, bring, forge, openLobby, psk, remove } from '#test/mls/forge.ts';
import type { Forgery } from '#test/mls/forge.ts';
import { basePolicy, knockAt, makeLeaf, openMeeting } from '#test/mls/meeting.ts';
import { random, refuses } from '#test/mls/meeting.ts';
import { admit } from '../encryption/admit.ts';
import { utf8 } from '../encryption/bytes.ts';
import type { Consents } from '../encryption/consents.ts';
import { identityOf } from '../encryption/kdf.ts';
import type { RefusalCode } from '../encryption/refusal.ts';
import { commit } from './commit.ts';
import { encodeKeyPackage } from './wire.ts';

async function packageOf(): Promise<KeyPackage> {
  return (await makeLeaf()).packed.publicPackage;
}

suite('shapes', () => {
  test('only the commits of the table', async () => {
    const meeting = await openMeeting('ada');
    await meeting.add('ada', ['bob', 'cyd']);
    const ada = meeting.of('ada');
    const newcomer = add(await packageOf());
    const bobs = meeting.of('bob').leaf;
    const policy = basePolicy(meeting.place);
    const table: readonly (readonly [Forgery, ...RefusalCode[]])[] = [
      [{ proposals: [newcomer] }, 'commit.psk'],
      [{ proposals: [newcomer, psk(1), psk(1)] }, 'commit.psk'],
      [{ proposals: [newcomer, psk(1, 16)] }, 'commit.psk'],
      [{ proposals: [psk(1)] }, 'commit.psk'],
      [{ proposals: [remove(bobs), psk(1)] }, 'commit.psk'],
      [{ proposals: [newcomer, psk(1), bring(policy)] }, 'commit.shape'],
      [{ proposals: [{ proposalType: 77, proposalData: random(9) }] }, 'commit.shape'],
      [{ proposals: [], data: utf8('{}') }, 'json.shape'],
      [{ proposals: [], data: utf8(' ') }, 'json.text'],
      [{ proposals: [], public: true }, 'mls.kind'],
      [
        {
          proposals: [
            {
              proposalType: 'group_context_extensions',
              groupContextExtensions: { extensions: [] },
            },
          ],
        },
        'commit.extension',
      ],
      [
        {
          proposals: [
            {
              proposalType: 'reinit',
              reinit: {
                groupId: random(16),
                version: 'mls10',
                cipherSuite: ada.suite.name,
                extensions: [],
              },
            },
          ],
        },
        'commit.shape',
      ],
    ];
    for (const [forgery, ...codes] of table) {
      await allRefuse(meeting, 'ada', await forge(ada, forgery), ...codes);
    }
  });

  test('one Add more than a commit may have', async () => {
    const meeting = await openMeeting('ada');
    await meeting.add('ada', ['bob']);
    const many = await Promise.all(Array.from({ length: 65 }, packageOf));
    const message = await forge(meeting.of('ada'), { proposals: [...many.map(add), psk(1)] });
    await allRefuse(meeting, 'ada', message, 'commit.count');
  });

  test('leaves that are not as ours are', async () => {
    const meeting = await openMeeting('ada');
    await meeting.add('ada', ['bob']);
    const ada = meeting.of('ada');
    const odd = await Promise.all([oddPackage(1), oddPackage(2), oddPackage(3)]);
    for (const keyPackage of odd) {
      const message = await forge(ada, { proposals: [add(keyPackage), psk(1)] });
      await allRefuse(meeting, 'ada', message, 'commit.add');
    }
  });
});

/** A well-signed KeyPackage with another capability (1), with an extension (2), for too long (3). */
async function oddPackage(oddity: 1 | 2 | 3): Promise<KeyPackage> {
  const { key, suite: own, packed } = await makeLeaf();
  const { capabilities, lifetime } = packed.publicPackage.leafNode;
  const { publicPackage } = await generateKeyPackageWithKey(
    { credentialType: 'basic', identity: key.public_key },
    oddity === 1
      ? { ...capabilities, extensions: [...capabilities.extensions, 0xf0c2] }
      : capabilities,
    oddity === 3 ? { ...lifetime, notAfter: lifetime.notAfter + 1n } : lifetime,
    oddity === 2 ? [{ extensionType: 0xf0c1, extensionData: random(3) }] : [],
    { signKey: new Uint8Array(32), publicKey: key.public_key },
    own,
  );
  return publicPackage;
}

suite('adding', () => {
  test("in a lobby: by a host, or with a host's admit for each", async () => {
    const meeting = await openLobby();
    const { root } = meeting.place;
    const cyd = meeting.of('cyd');
    const [first, second] = await Promise.all([makeLeaf(), makeLeaf()]);
    const { id, epoch } = cyd;
    const proposals = [add(first.packed.publicPackage), add(second.packed.publicPackage), psk(1)];
    const [ada, bob] = [meeting.of('ada').key, meeting.of('bob').key];
    const keys = [first.key.public_key, second.key.public_key] as const;
    const good = [await admit(bob, keys[0], id, epoch), await admit(root, keys[1], id, epoch)];
    const table: readonly (readonly [Consents['admits'], RefusalCode])[] = [
      [[], 'commit.add'],
      [good.slice(0, 1), 'commit.add'],
      [[...good, await admit(ada, random(32), id, epoch)], 'admit.unrelated'],
      [[...good, await admit(ada, keys[0], id, epoch)], 'admit.unrelated'],
      [[...good.slice(0, 1), await admit(cyd.key, keys[1], id, epoch)], 'admit.by'],
      [[...good.slice(0, 1), await admit(ada, keys[1], random(16), epoch)], 'admit.proof'],
      [[...good.slice(0, 1), await admit(ada, keys[1], id, epoch + 1n)], 'admit.until'],
      [
        [...good.slice(0, 1), { ...(await admit(ada, keys[1], id, epoch)), until: 7 }],
        'admit.proof',
      ],
    ];
    for (const [admits, code] of table) {
      const message = await forge(cyd, { proposals, consents: { admits, leaves: [] } });
      await allRefuse(meeting, 'cyd', message, code);
    }
    await refuses(
      async () => commit(cyd, { add: [await knockAt(cyd, first, meeting.link())] }),
      'commit.add',
    );

    const knockers = await Promise.all(
      [first, second].map((leaf) => knockAt(cyd, leaf, meeting.link())),
    );
    const joining = new Map([
      ['eve', first],
      ['fay', second],
    ]);
    const consents = { admits: good, leaves: [] };
    await meeting.commit('cyd', { add: knockers, consents }, joining);
    await meeting.add('bob', ['gus']);
    await meeting.agree();
    assert.equal(meeting.members.size, 7);
  });

  test('a copied HPKE key, a key that has a seat, one key twice', async () => {
    const meeting = await openMeeting('ada');
    await meeting.add('ada', ['bob', 'cyd']);
    const ada = meeting.of('ada');
    const thief = await makeLeaf();
    const victim = ada.state.ratchetTree[2 * meeting.of('bob').leaf];
    assert.ok(victim?.nodeType === 'leaf');
    // The thief signs a leaf of its own around Bob's public HPKE key.
    const hpke = {
      ...thief.suite.hpke,
      exportPublicKey: async () => Promise.resolve(victim.leaf.hpkePublicKey),
    };
    const { capabilities, lifetime } = thief.packed.publicPackage.leafNode;
    const { publicPackage } = await generateKeyPackageWithKey(
      { credentialType: 'basic', identity: thief.key.public_key },
      capabilities,
      lifetime,
      [],
      { signKey: new Uint8Array(32), publicKey: thief.key.public_key },
      { ...thief.suite, hpke },
    );
    const copied = { ...publicPackage, initKey: random(32) };
    const resigned = await signKeyPackage(copied, new Uint8Array(32), thief.suite.signature);
    const message = await forge(ada, { proposals: [add(resigned), psk(1)] });
    await allRefuse(meeting, 'ada', message, 'commit.tree');

    const knocking = {
      ...thief,
      key_package: encodeKeyPackage(resigned),
      reference: new Uint8Array(await makeKeyPackageRef(resigned, thief.suite.hash)),
    };
    await refuses(() => knockAt(ada, knocking, meeting.link()), 'knock.copied');

    const seated = await makeLeaf(meeting.of('bob').key);
    await refuses(() => knockAt(ada, seated, meeting.link()), 'knock.copied');
    const twice = await makeLeaf();
    const again = await makeLeaf(twice.key);
    const knockers = await Promise.all(
      [twice, again].map((each) => knockAt(ada, each, meeting.link())),
    );
    await refuses(() => commit(ada, { add: knockers }), 'commit.tree');
  });

  test('nobody who is banned', async () => {
    const meeting = await openLobby();
    const leaf = await makeLeaf();
    const banned = [await identityOf(leaf.key.public_key)];
    await meeting.commit('ada', { policy: { ...meeting.of('ada').policy, banned } });
    await refuses(() => knockAt(meeting.of('bob'), leaf, meeting.link()), 'knock.banned');
    const message = await forge(meeting.of('ada'), {
      proposals: [add(leaf.packed.publicPackage), psk(1)],
    });
    await allRefuse(meeting, 'ada', message, 'commit.banned');
  });
});
