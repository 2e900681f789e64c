/** A recorded meeting, followed again: what another implementation must come to as well. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { toBase64url } from '../link/base64url.ts';
import { bytesOf } from '../encryption/json.ts';
import { openLeafKey } from '../encryption/ed25519.ts';
import { openGreeting } from '../encryption/knock.ts';
import { linkSecret, mediaKey, verifyCode } from './group.ts';
import type { Group } from './group.ts';
import { join } from './join.ts';
import type { Leaf } from './leaf.ts';
import { receive } from './receive.ts';
import session from './session.json' with { type: 'json' };
import { openSuite } from './suite.ts';
import type { SuiteKind } from './suite.ts';
import { decodeMessage } from './wire.ts';

interface Derived {
  readonly epoch: number;
  readonly verify_code: string;
  readonly media_key_of_leaf_0: string;
  readonly link_version: number;
  readonly link_secret: string;
}

async function leafOf(kind: SuiteKind): Promise<Leaf> {
  const { newcomer } = session.join;
  const key = await openLeafKey({ kind: 'soft', seed: bytesOf(newcomer.signature_seed) });
  const key_package = bytesOf(newcomer.key_package);
  const { keyPackage } = decodeMessage(key_package, ['mls_key_package']);
  return {
    key,
    key_package,
    reference: bytesOf(newcomer.reference),
    packed: {
      publicPackage: keyPackage,
      privatePackage: {
        initPrivateKey: bytesOf(newcomer.init_private),
        hpkePrivateKey: bytesOf(newcomer.leaf_private),
        signaturePrivateKey: new Uint8Array(32),
      },
    },
    suite: await openSuite(key, kind),
  };
}

async function expectDerived(group: Group, expected: Derived): Promise<void> {
  assert.deepEqual(
    {
      epoch: Number(group.epoch),
      verify_code: await verifyCode(group),
      media_key_of_leaf_0: toBase64url(await mediaKey(group, 0)),
      link_version: group.policy.link,
      link_secret: toBase64url(linkSecret(group)),
    },
    expected,
  );
}

suite('a recorded meeting', () => {
  test('joined and followed by both kinds of suite', async () => {
    const { link, group: id, info, welcome, now_ms, knock, newcomer, after } = session.join;
    const secret = bytesOf(link.secret);
    const fingerprint = bytesOf(link.fingerprint);
    const greeting = await openGreeting(
      bytesOf(knock.sealed_name),
      bytesOf(newcomer.reference),
      secret,
      link.room,
    );
    assert.deepEqual(greeting, { name: 'Dan', note: 'Third floor' });
    for (const kind of ['web', 'soft'] as const) {
      let group = await join(await leafOf(kind), bytesOf(welcome), {
        link: { room: link.room, version: link.version, secret, fingerprint },
        hosted: true,
        group: bytesOf(id),
        epoch: BigInt(after.epoch),
        info: bytesOf(info),
        now_ms,
      });
      await expectDerived(group, after);
      for (const step of session.steps) {
        const received = await receive(group, bytesOf(step.message));
        assert.notEqual(received.kind, 'removed');
        if (received.kind === 'removed') break;
        group = received.group;
        if (received.kind === 'app') {
          assert.equal(new TextDecoder().decode(received.body), step.body);
        }
        if (step.after) await expectDerived(group, step.after);
      }
    }
  });
});
