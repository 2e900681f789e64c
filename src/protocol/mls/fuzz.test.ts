/**
 * Whatever bytes come: a typed refusal, soon, and nothing has changed (encryption design, section
 * 9.8). Bytes from outside and bytes that only a member could make.
 */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import * as fc from 'fast-check';
import type { Commit, Proposal } from 'ts-mls';
import { add, allRefuse, bring, forgeRaw, psk, remove } from '#test/mls/forge.ts';
import { knockAt, makeLeaf, openMeeting, random, refuses } from '#test/mls/meeting.ts';
import type { Meeting } from '#test/mls/meeting.ts';
import { openBeat } from '../encryption/beat.ts';
import { concat, u32, utf8 } from '../encryption/bytes.ts';
import type { Bytes } from '../encryption/bytes.ts';
import { decodeConsents } from '../encryption/consents.ts';
import { openInfo, sealInfo } from '../encryption/info.ts';
import { decodePolicy, encodePolicy } from '../encryption/policy.ts';
import { Refusal } from '../encryption/refusal.ts';
import type { RefusalCode } from '../encryption/refusal.ts';
import { openDirect, sealDirect, sendApp } from './app.ts';
import { commit } from './commit.ts';
import { beatPlace } from './group.ts';
import type { Group } from './group.ts';
import { join, resync } from './join.ts';
import { checkKnock, knock } from './knock.ts';
import { openPrivate } from './opened.ts';
import { receive } from './receive.ts';
import { decodeInfo, decodeMessage, decodeTree, message_bytes_max } from './wire.ts';

/** Milliseconds of computing, not of waiting: other work on the machine does not count. */
const cost_ms_max = 250;

async function refused(act: () => unknown): Promise<void> {
  const start = process.cpuUsage();
  try {
    await act();
  } catch (error) {
    assert.ok(error instanceof Refusal, error instanceof Error ? (error.stack ?? '') : '');
    const { user, system } = process.cpuUsage(start);
    const cost_ms = (user + system) / 1000;
    assert.ok(cost_ms < cost_ms_max, `${error.code} took ${cost_ms.toFixed(0)} ms`);
    return;
  }
  assert.fail('accepted');
}

type Damage = readonly [kind: 'flip' | 'cut' | 'grow' | 'splice', at: number, value: number];

const anyDamage: fc.Arbitrary<Damage> = fc.tuple(
  fc.constantFrom('flip', 'cut', 'grow', 'splice'),
  fc.nat(100_000),
  fc.integer({ min: 1, max: 255 }),
);

function damage(bytes: Bytes, [kind, at, value]: Damage): Bytes {
  const place = at % bytes.length;
  if (kind === 'cut') return bytes.slice(0, place);
  if (kind === 'grow') return concat(bytes, new Uint8Array(1 + (at % 40)).fill(value));
  const changed = bytes.slice();
  if (kind === 'flip') changed[place] = (changed[place] ?? 0) ^ value;
  else changed.set(bytes.subarray(0, Math.min(value, bytes.length - place)), place);
  return changed.join() === bytes.join() ? bytes.slice(1) : changed;
}

function samples(count: number): Damage[] {
  return fc.sample(anyDamage, { numRuns: count, seed: 20 });
}

const noise = fc.sample(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => new Uint8Array(bytes)),
  { numRuns: 100, seed: 21 },
);

async function someMessages(meeting: Meeting): Promise<Bytes[]> {
  const ada = meeting.of('ada');
  const leaf = await makeLeaf();
  const added = await commit(ada, { add: [await knockAt(ada, leaf, meeting.link())] });
  const empty = await commit(ada, {});
  const back = await resync(await makeLeaf(ada.key), meeting.entrance(), { epoch: 0n });
  const { message } = await sendApp({ ...ada, state: { ...ada.state } }, utf8('hello'));
  return [added.message, empty.message, back.message, message];
}

suite('bytes from outside', () => {
  test('messages: noise, and every damage to true ones', async () => {
    const meeting = await openMeeting('ada');
    await meeting.add('ada', ['bob', 'cyd']);
    const bob = meeting.of('bob');
    for (const bytes of noise) await refused(() => receive(bob, bytes));
    for (const message of await someMessages(meeting)) {
      for (const one of samples(60)) await refused(() => receive(bob, damage(message, one)));
      // After all that, the true one still counts.
      const told = await receive(bob, message);
      assert.notEqual(told.kind, 'removed');
    }
  });

  test('Welcome, info and knock', async () => {
    const meeting = await openMeeting('ada');
    await meeting.add('ada', ['bob']);
    const [ada, link] = [meeting.of('ada'), meeting.link()];
    const leaf = await makeLeaf();
    const given = await knock(leaf, link, { name: 'Cyd', note: '' });
    const pending = await commit(ada, { add: [await checkKnock(ada, given, Date.now())] });
    const [part] = pending.welcomes;
    assert.ok(part);
    const entrance = { ...meeting.entrance(pending.info), epoch: ada.epoch + 1n };
    for (const bytes of noise.slice(0, 20)) {
      await refused(() => join(leaf, bytes, entrance));
      await refused(() => join(leaf, part.welcome, { ...entrance, info: bytes }));
      await refused(() => checkKnock(ada, { ...given, key_package: bytes }, Date.now()));
      await refused(() => checkKnock(ada, { ...given, sealed_name: bytes }, Date.now()));
    }
    const place = { room: link.room, group: ada.id, epoch: entrance.epoch, version: 1 };
    const info = await openInfo(pending.info, link.secret, place);
    for (const one of samples(40)) {
      await refused(() => join(leaf, damage(part.welcome, one), entrance));
      const key_package = damage(given.key_package, one);
      await refused(() => checkKnock(ada, { ...given, key_package }, Date.now()));
      // The server has no link; who has can seal what it wants.
      const tree = await sealInfo({ ...info, tree: damage(info.tree, one) }, link.secret, place);
      await refused(() => join(leaf, part.welcome, { ...entrance, info: tree }));
      const group_info = damage(info.group_info, one);
      const other = await sealInfo({ ...info, group_info }, link.secret, place);
      await refused(() => join(leaf, part.welcome, { ...entrance, info: other }));
    }
    await join(leaf, part.welcome, entrance);
  });

  test('policy, consents, beats, direct messages', async () => {
    const meeting = await openMeeting('ada');
    await meeting.add('ada', ['bob']);
    const bob = meeting.of('bob');
    const policy = encodePolicy(bob.policy);
    const direct = await sealDirect(meeting.of('ada'), bob.leaf, utf8('hello'));
    for (const bytes of [...noise, ...samples(200).map((one) => damage(policy, one))]) {
      try {
        // Damage may give another policy, which is then spelled in its only way.
        assert.deepEqual(encodePolicy(decodePolicy(bytes)), bytes);
      } catch (error) {
        assert.ok(error instanceof Refusal, String(error));
      }
      if (bytes.length > 0) await refused(() => decodeConsents(bytes));
    }
    for (const bytes of noise.slice(0, 30)) {
      await refused(() => openBeat(bytes, bob.key.public_key, beatPlace(bob)));
      await refused(() => openDirect(bob, bytes));
    }
    for (const one of samples(30)) await refused(() => openDirect(bob, damage(direct, one)));
  });
});

suite('as large as it may be', () => {
  /** A message of a kind, filled up to its limit with `piece` inside a vector of `head`. */
  function filled(kind: keyof typeof message_bytes_max, head: Bytes, piece: Bytes): Bytes {
    const room = message_bytes_max[kind] - head.length - 60;
    const count = Math.floor(room / piece.length);
    const body = new Uint8Array(count * piece.length);
    for (let at = 0; at < count; at += 1) body.set(piece, at * piece.length);
    const length = u32(0x8000_0000 + body.length);
    return concat(head, length, body);
  }

  test('thousands of small parts, before anything is authenticated', async () => {
    const meeting = await openMeeting('ada');
    await meeting.add('ada', ['bob']);
    const bob = meeting.of('bob');
    const head = concat(
      Uint8Array.of(0, 1, 0, 1, 16),
      bob.id,
      Uint8Array.of(...new Uint8Array(7), Number(bob.epoch), 4, 0, 3),
    );
    // Proposals of an external commit: Removes inline, references, the smallest of each.
    const inline = filled('mls_public_message', head, Uint8Array.of(1, 0, 3, 0, 0, 0, 1));
    const references = filled('mls_public_message', head, Uint8Array.of(2, 0));
    const tail = concat(Uint8Array.of(0), Uint8Array.of(64, 64), random(64), Uint8Array.of(0));
    for (const message of [inline, references]) {
      await refused(() => receive(bob, message));
      await refused(() => receive(bob, concat(message, tail.slice(0, 40))));
    }
    const secrets = filled('mls_welcome', Uint8Array.of(0, 1, 0, 3, 0, 1), new Uint8Array(3));
    await refused(() => decodeMessage(secrets, ['mls_welcome']));
    for (const kind of ['mls_private_message', 'mls_key_package'] as const) {
      const large = new Uint8Array(message_bytes_max[kind] + 1);
      large.set([0, 1, 0, kind === 'mls_private_message' ? 2 : 5]);
      await refuses(() => decodeMessage(large, [kind]), 'mls.size');
    }
  });

  test('trees of blanks, trees of parents, a GroupInfo of extensions', async () => {
    const blanks = concat(u32(0x8000_0000 + 500_000), new Uint8Array(500_000));
    await refused(() => decodeTree(blanks));
    const parent = Uint8Array.of(1, 2, 0, 0, 0);
    const parents = new Uint8Array(90_000 * parent.length);
    for (let at = 0; at < parents.length; at += parent.length) parents.set(parent, at);
    await refused(() => decodeTree(concat(u32(0x8000_0000 + parents.length), parents)));
    const context = concat(
      Uint8Array.of(0, 1, 0, 1, 16),
      random(16),
      new Uint8Array(8),
      Uint8Array.of(0, 0),
    );
    const extensions = new Uint8Array(30_000);
    await refused(() =>
      decodeInfo(concat(context, u32(0x8000_0000 + extensions.length), extensions)),
    );
  });

  test('names, policies and consents', async () => {
    await refuses(() => decodePolicy(new Uint8Array(8193)), 'json.size');
    await refused(() => decodePolicy(utf8(`[${'['.repeat(8190)}`)));
    await refused(() => decodePolicy(utf8(`{"a":${'[1,'.repeat(2000)}`)));
    await refused(() => decodeConsents(utf8(`{"admits":[${'0,'.repeat(16_000)}0],"leaves":[]}`)));
  });
});

suite('what only a member could make', () => {
  async function pathOf(group: Group): Promise<NonNullable<Commit['path']>> {
    const { message } = await commit(group, {});
    const { privateMessage } = decodeMessage(message, ['mls_private_message']);
    const { content } = await openPrivate(group, privateMessage);
    assert.ok(content.contentType === 'commit' && content.commit.path);
    return content.commit.path;
  }

  type Forged = readonly [Commit, RefusalCode];
  const inline = (...proposals: Proposal[]): Commit['proposals'] =>
    proposals.map((proposal) => ({ proposalOrRefType: 'proposal', proposal }));

  async function oddProposals(ada: Group): Promise<Forged[]> {
    const path = await pathOf(ada);
    const newcomer = add((await makeLeaf()).packed.publicPackage);
    const update = {
      proposalType: 'update',
      update: { leafNode: { ...path.leafNode, leafNodeSource: 'update' } },
    } as const;
    const resumption: Proposal = {
      proposalType: 'psk',
      psk: {
        preSharedKeyId: {
          psktype: 'resumption',
          usage: 'application',
          pskGroupId: ada.id,
          pskEpoch: 0n,
          pskNonce: random(32),
        },
      },
    };
    const init: Proposal = {
      proposalType: 'external_init',
      externalInit: { kemOutput: random(32) },
    };
    const reference = { proposalOrRefType: 'reference', reference: random(32) } as const;
    const crowd = Array.from({ length: 4000 }, () => remove(1));
    return [
      [{ proposals: [reference], path }, 'commit.shape'],
      [{ proposals: inline(update), path }, 'commit.shape'],
      [{ proposals: inline(init), path }, 'commit.shape'],
      [
        { proposals: inline(bring(ada.policy), bring(ada.policy)), path: undefined },
        'commit.shape',
      ],
      [{ proposals: inline(newcomer, resumption), path: undefined }, 'commit.psk'],
      [{ proposals: inline(newcomer, psk(1)), path }, 'commit.path'],
      [{ proposals: [], path: undefined }, 'commit.path'],
      [{ proposals: inline(remove(1)), path: undefined }, 'commit.path'],
      [{ proposals: inline(remove(1), remove(1)), path }, 'commit.shape'],
      [{ proposals: inline(remove(9)), path }, 'commit.remove'],
      [{ proposals: inline(remove(2 ** 31)), path }, 'commit.remove'],
      [{ proposals: inline(remove(ada.leaf)), path }, 'commit.remove'],
      [{ proposals: inline(...crowd), path }, 'commit.count'],
    ];
  }

  async function oddPaths(ada: Group): Promise<Forged[]> {
    const path = await pathOf(ada);
    const { publicPackage } = (await makeLeaf()).packed;
    return [
      [{ proposals: [], path: { ...path, nodes: [] } }, 'commit.tree'],
      [{ proposals: [], path: { ...path, nodes: [...path.nodes, ...path.nodes] } }, 'commit.tree'],
      [
        {
          proposals: [],
          path: {
            ...path,
            nodes: path.nodes.map((node) => ({ ...node, encryptedPathSecret: [] })),
          },
        },
        'mls.out',
      ],
      [
        {
          proposals: [],
          path: { ...path, leafNode: { ...path.leafNode, hpkePublicKey: random(32) } },
        },
        'commit.tree',
      ],
      [
        {
          proposals: inline(add({ ...publicPackage, signature: random(64) }), psk(1)),
          path: undefined,
        },
        'commit.tree',
      ],
      [
        {
          proposals: [],
          path: { ...path, leafNode: { ...path.leafNode, signaturePublicKey: random(32) } },
        },
        'commit.leaf',
      ],
      // In order for all, but with a confirmation tag that nobody comes to.
      [{ proposals: [], path }, 'mls.out'],
    ];
  }

  test('well-signed commits of shapes that nobody makes', async () => {
    const meeting = await openMeeting('ada');
    await meeting.add('ada', ['bob', 'cyd']);
    const ada = meeting.of('ada');
    const table = [...(await oddProposals(ada)), ...(await oddPaths(ada))];
    for (const [forged, code] of table) {
      const message = await forgeRaw(ada, forged);
      for (const name of ['bob', 'cyd']) {
        await refused(() => receive(meeting.of(name), message));
      }
      await allRefuse(meeting, 'ada', message, code);
    }
    await meeting.commit('ada', {});
    await meeting.agree();
  });
});
