/** Cipher suite 1 by WebCrypto and by noble, against vectors of RFC 9420 and RFC 9180. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { defaultCryptoProvider, getCiphersuiteFromName } from 'ts-mls';
import type { MLSMessage, PrivateMessage, PublicMessage } from 'ts-mls';
import { encode } from 'ts-mls/codec/tlsEncoder.js';
import { commitEncoder } from 'ts-mls/commit.js';
import { refhash } from 'ts-mls/crypto/hash.js';
import { decryptWithLabel, encryptWithLabel } from 'ts-mls/crypto/hpke.js';
import { deriveSecret, deriveTreeSecret, expandWithLabel } from 'ts-mls/crypto/kdf.js';
import { signWithLabel, verifyWithLabel } from 'ts-mls/crypto/signature.js';
import { unprotectPrivateMessage } from 'ts-mls/messageProtection.js';
import { unprotectPublicMessage } from 'ts-mls/messageProtectionPublic.js';
import { proposalEncoder } from 'ts-mls/proposal.js';
import { createSecretTree } from 'ts-mls/secretTree.js';
import { openMeeting, random } from '#test/mls/meeting.ts';
import { openLeafKey } from '../encryption/ed25519.ts';
import type { Bytes } from '../encryption/bytes.ts';
import { exporter_labels, linkContext, mediaContext } from '../encryption/kdf.ts';
import { client_config, exportKey } from './group.ts';
import { openSuite, suite_name } from './suite.ts';
import type { Suite, SuiteKind } from './suite.ts';
import vectors from './vectors.json' with { type: 'json' };
import { decodeMessage } from './wire.ts';

const bytes = (hex: string): Bytes => new Uint8Array(Buffer.from(hex, 'hex'));
const hex = (given: Uint8Array): string => Buffer.from(given).toString('hex');
const kinds: readonly SuiteKind[] = ['web', 'soft'];

async function suiteOf(kind: SuiteKind, seed: Bytes = random(32)): Promise<Suite> {
  return openSuite(await openLeafKey({ kind: 'soft', seed }), kind);
}

async function checkBasics(cs: Suite): Promise<void> {
  const basics = vectors.crypto_basics;
  const { derive_secret: secret, derive_tree_secret: tree, expand_with_label: wide } = basics;
  assert.equal(hex(await deriveSecret(bytes(secret.secret), secret.label, cs.kdf)), secret.out);
  const { generation, length } = tree;
  const from = bytes(tree.secret);
  const derived = await deriveTreeSecret(from, tree.label, generation, length, cs.kdf);
  assert.equal(hex(derived), tree.out);
  const context = bytes(wide.context);
  const expanded = await expandWithLabel(
    bytes(wide.secret),
    wide.label,
    context,
    wide.length,
    cs.kdf,
  );
  assert.equal(hex(expanded), wide.out);
  const { ref_hash: ref, sign_with_label: signed, encrypt_with_label: sealed } = basics;
  assert.equal(hex(await refhash(ref.label, bytes(ref.value), cs.hash)), ref.out);
  const content = bytes(signed.content);
  const made = await signWithLabel(new Uint8Array(), signed.label, content, cs.signature);
  assert.equal(hex(made), signed.signature);
  assert.ok(await verifyWithLabel(bytes(signed.pub), signed.label, content, made, cs.signature));
  const key = await cs.hpke.importPrivateKey(bytes(sealed.priv));
  const info = bytes(sealed.context);
  const opened = await decryptWithLabel(
    key,
    sealed.label,
    info,
    bytes(sealed.kem_output),
    bytes(sealed.ciphertext),
    cs.hpke,
  );
  assert.equal(hex(opened), sealed.plaintext);
  assert.equal(hex(await cs.publicOf(bytes(sealed.priv))), sealed.pub);
}

async function checkProtection(cs: Suite): Promise<void> {
  const given = vectors.message_protection;
  const context = {
    version: 'mls10',
    cipherSuite: suite_name,
    groupId: bytes(given.group_id),
    epoch: BigInt(given.epoch),
    treeHash: bytes(given.tree_hash),
    confirmedTranscriptHash: bytes(given.confirmed_transcript_hash),
    extensions: [],
  } as const;
  const groupContext = { ...context, extensions: [] };
  const key = bytes(given.signature_pub);
  const openPrivate = async (message: PrivateMessage) => {
    const tree = await createSecretTree(2, bytes(given.encryption_secret), cs.kdf);
    const { keyRetentionConfig } = client_config;
    const secret = bytes(given.sender_data_secret);
    const { content } = await unprotectPrivateMessage(
      secret,
      message,
      tree,
      [],
      groupContext,
      keyRetentionConfig,
      cs,
      key,
    );
    return content.content;
  };
  const openPublic = async (message: PublicMessage) => {
    const membership = bytes(given.membership_key);
    const opened = await unprotectPublicMessage(membership, groupContext, [], message, cs, key);
    return opened.content;
  };
  const open = async (message: MLSMessage) =>
    message.wireformat === 'mls_private_message'
      ? openPrivate(message.privateMessage)
      : openPublic(decodePublic(message));
  for (const text of [given.proposal_priv, given.proposal_pub]) {
    const content = await open(decode(text));
    assert.ok(content.contentType === 'proposal');
    assert.equal(hex(encode(proposalEncoder)(content.proposal)), given.proposal);
  }
  for (const text of [given.commit_priv, given.commit_pub]) {
    const content = await open(decode(text));
    assert.ok(content.contentType === 'commit');
    assert.equal(hex(encode(commitEncoder)(content.commit)), given.commit);
  }
  const content = await open(decode(given.application_priv));
  assert.ok(content.contentType === 'application');
  assert.equal(hex(content.applicationData), given.application);
}

const decode = (text: string): MLSMessage =>
  decodeMessage(bytes(text), ['mls_private_message', 'mls_public_message']);

function decodePublic(message: MLSMessage): PublicMessage {
  assert.ok(message.wireformat === 'mls_public_message');
  return message.publicMessage;
}

suite('cipher suite 1', () => {
  test('vectors of RFC 9420: basics and message protection', async () => {
    for (const kind of kinds) {
      await checkBasics(await suiteOf(kind, bytes(vectors.crypto_basics.sign_with_label.priv)));
      await checkProtection(await suiteOf(kind));
    }
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

  test('key pair of RFC 9180 appendix A.1.1', async () => {
    const { ikm, priv, pub } = vectors.hpke_key_pair;
    for (const kind of kinds) {
      const { hpke } = await suiteOf(kind);
      const { privateKey, publicKey } = await hpke.deriveKeyPair(bytes(ikm));
      assert.equal(hex(await hpke.exportPrivateKey(privateKey)), priv);
      assert.equal(hex(await hpke.exportPublicKey(publicKey)), pub);
    }
  });

  test('what one kind seals or derives, the other opens and agrees on', async () => {
    const [web, soft] = await Promise.all(kinds.map((kind) => suiteOf(kind)));
    assert.ok(web && soft);
    const context = random(40);
    for (const [from, to] of [
      [web, soft],
      [soft, web],
    ] as const) {
      const pair = await to.hpke.generateKeyPair();
      const secret = await to.hpke.exportPrivateKey(pair.privateKey);
      const public_key = await to.hpke.exportPublicKey(pair.publicKey);
      assert.deepEqual(await from.publicOf(secret), public_key);
      const recipient = await from.hpke.importPublicKey(public_key);
      const { enc, ct } = await encryptWithLabel(recipient, 'x', context, context, from.hpke);
      const opened = await decryptWithLabel(pair.privateKey, 'x', context, enc, ct, to.hpke);
      assert.deepEqual(opened, new Uint8Array(context));
      const made = await from.hpke.exportSecret(recipient, context, 32, context);
      const got = await to.hpke.importSecret(pair.privateKey, context, made.enc, 32, context);
      assert.deepEqual(got, made.secret);
      await assert.rejects(
        Promise.resolve(to.hpke.open(pair.privateKey, enc, random(48), context)),
      );
      await assert.rejects(from.hpke.importPublicKey(random(31)));
      await assert.rejects(from.hpke.importPrivateKey(random(33)));
      // A point of small order gives a secret that everybody knows.
      const small = await from.hpke.importPublicKey(new Uint8Array(32));
      await assert.rejects(from.hpke.seal(small, context, context));
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
