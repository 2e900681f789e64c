/** Cipher suite 1 by WebCrypto and by noble, against vectors of RFC 9420 and RFC 9180. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { defaultCryptoProvider, getCiphersuiteFromName } from 'ts-mls';
import type { Hpke } from 'ts-mls';
import { decryptWithLabel, encryptWithLabel } from 'ts-mls/crypto/hpke.js';
import { openMeeting, random } from '#test/mls/meeting.ts';
import { checkVectors } from '#test/mls/vectors.ts';
import { openLeafKey } from '../encryption/ed25519.ts';
import type { Bytes } from '../encryption/bytes.ts';
import { exporter_labels, linkContext, mediaContext } from '../encryption/kdf.ts';
import { exportKey } from './group.ts';
import { openSuite, suite_name } from './suite.ts';
import type { Suite, SuiteKind } from './suite.ts';
import vectors from './vectors.json' with { type: 'json' };

const bytes = (hex: string): Bytes => new Uint8Array(Buffer.from(hex, 'hex'));
const hex = (given: Uint8Array): string => Buffer.from(given).toString('hex');
const kinds: readonly SuiteKind[] = ['web', 'soft'];

/** A pair of `to`'s is taken by `from`, and what it seals or exports for it comes out again. */
async function agreeOnHpke(from: Hpke, to: Hpke): Promise<void> {
  const context = random(40);
  const pair = await to.generateKeyPair();
  const recipient = await from.importPublicKey(await to.exportPublicKey(pair.publicKey));
  const { enc, ct } = await encryptWithLabel(recipient, 'x', context, context, from);
  const opened = await decryptWithLabel(pair.privateKey, 'x', context, enc, ct, to);
  assert.deepEqual(opened, new Uint8Array(context));
  const made = await from.exportSecret(recipient, context, 32, context);
  const got = await to.importSecret(pair.privateKey, context, made.enc, 32, context);
  assert.deepEqual(got, made.secret);
  // The same key from the same seed, and the same public half.
  const seed = random(32);
  const [one, other] = [await from.deriveKeyPair(seed), await to.deriveKeyPair(seed)];
  assert.deepEqual(
    await from.exportPublicKey(one.publicKey),
    await to.exportPublicKey(other.publicKey),
  );
  const sealed = await from.encryptAead(random(16).fill(7), context.slice(0, 12), context, seed);
  const plain = await to.decryptAead(random(16).fill(7), context.slice(0, 12), context, sealed);
  assert.deepEqual(plain, new Uint8Array(seed));
}

async function suiteOf(kind: SuiteKind, seed: Bytes = random(32)): Promise<Suite> {
  return openSuite(await openLeafKey({ kind: 'soft', seed }), kind);
}

suite('cipher suite 1', () => {
  test('vectors of RFC 9420 and 9180: basics, message protection, a key pair', async () => {
    for (const kind of kinds) {
      const { checked, wrong } = await checkVectors(kind);
      assert.deepEqual(wrong, []);
      assert.ok(checked > 12, `${checked} checks`);
    }
  });

  test('a vector that was changed is noticed', async () => {
    const { hpke_key_pair: pair } = vectors;
    const changed = { ...vectors, hpke_key_pair: { ...pair, pub: pair.priv } };
    const { wrong } = await checkVectors('web', changed);
    assert.equal(wrong.length, 1);
  });

  test('what the exporter gives under our labels, computed by Python', async () => {
    const given = vectors.exporter;
    const group = (await openMeeting('ada')).of('ada');
    const keySchedule = {
      ...group.state.keySchedule,
      exporterSecret: bytes(given.exporter_secret),
    };
    const known = { ...group, state: { ...group.state, keySchedule } };
    const context = await mediaContext(given.leaf, bytes(given.signature_key));
    assert.equal(hex(await exportKey(known, exporter_labels.media, context)), given.media);
    const nothing = new Uint8Array();
    assert.equal(hex(await exportKey(known, exporter_labels.verify, nothing)), given.verify);
    assert.equal(hex(await exportKey(known, exporter_labels.link, linkContext(2))), given.link_2);
  });

  test('what one seals or derives, the other opens and agrees on; ts-mls’s own too', async () => {
    const own = await Promise.all(kinds.map((kind) => suiteOf(kind)));
    const theirs = await defaultCryptoProvider.getCiphersuiteImpl(
      getCiphersuiteFromName(suite_name),
    );
    const all: readonly Hpke[] = [...own, theirs].map(({ hpke }) => hpke);
    for (const [from, to] of all.flatMap((one) => all.map((other) => [one, other] as const))) {
      await agreeOnHpke(from, to);
    }
    const secret = random(32);
    const [web, soft] = await Promise.all(own.map((kind) => kind.publicOf(secret)));
    assert.deepEqual(web, soft);
  });

  test('what is no key, or not sealed so, is refused', async () => {
    for (const { hpke } of await Promise.all(kinds.map((kind) => suiteOf(kind)))) {
      const { privateKey, publicKey } = await hpke.generateKeyPair();
      const context = random(40);
      const { enc, ct } = await hpke.seal(publicKey, context, context);
      assert.deepEqual(await hpke.open(privateKey, enc, ct, context), new Uint8Array(context));
      await assert.rejects(hpke.open(privateKey, enc, random(48), context));
      await assert.rejects(hpke.open(privateKey, enc, ct, random(40)));
      await assert.rejects(hpke.open(privateKey, random(31), ct, context));
      await assert.rejects(hpke.importPublicKey(random(31)));
      await assert.rejects(hpke.importPrivateKey(random(33)));
      // A point of small order gives a secret that everybody knows.
      const small = await hpke.importPublicKey(new Uint8Array(32));
      await assert.rejects(hpke.seal(small, context, context));
      await assert.rejects(hpke.open(privateKey, new Uint8Array(32), ct, context));
    }
  });

  test('HKDF and HMAC are those of WebCrypto', async () => {
    const theirs = await defaultCryptoProvider.getCiphersuiteImpl(
      getCiphersuiteFromName(suite_name),
    );
    const ours = await suiteOf('web');
    for (const length of [0, 1, 32, 64, 65, 200]) {
      const [key, data] = [random(32), random(length)];
      assert.deepEqual(await ours.kdf.extract(key, data), await theirs.kdf.extract(key, data));
      assert.deepEqual(
        await ours.kdf.expand(key, data, 44),
        await theirs.kdf.expand(key, data, 44),
      );
      assert.deepEqual(await ours.hash.digest(data), await theirs.hash.digest(data));
      const mac = await ours.hash.mac(key, data);
      assert.deepEqual(mac, await theirs.hash.mac(key, data));
      assert.ok(await ours.hash.verifyMac(key, mac, data));
      assert.ok(
        !(await ours.hash.verifyMac(
          key,
          mac.map((byte) => byte ^ 1),
          data,
        )),
      );
    }
  });

  test('without the curves in WebCrypto, noble is found by itself', async () => {
    const script = fileURLToPath(new URL('../../../test/mls/without-curves.ts', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [script]);
    assert.equal(stdout, 'false soft soft\n');
  });

  test('members of both kinds meet', async () => {
    const meeting = await openMeeting('ada', { kind: 'soft' });
    await meeting.add('ada', ['bob', 'cyd', 'dan'], {}, ['web', 'soft', 'web']);
    for (const name of ['bob', 'cyd', 'ada', 'dan']) await meeting.commit(name, {});
    await meeting.remove('cyd', ['ada']);
    await meeting.comeBack('bob');
    await meeting.agree();
  });
});
