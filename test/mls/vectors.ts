/**
 * Published vectors and a recorded meeting, run through the code of the product. It needs nothing of
 * Node's, so that it says the same of a browser's bundle.
 */
import type { MLSMessage, PrivateMessage, PublicMessage } from 'ts-mls';
import { encode } from 'ts-mls/codec/tlsEncoder.js';
import { commitEncoder } from 'ts-mls/commit.js';
import { refhash } from 'ts-mls/crypto/hash.js';
import { decryptWithLabel } from 'ts-mls/crypto/hpke.js';
import { deriveSecret, deriveTreeSecret, expandWithLabel } from 'ts-mls/crypto/kdf.js';
import { signWithLabel, verifyWithLabel } from 'ts-mls/crypto/signature.js';
import { unprotectPrivateMessage } from 'ts-mls/messageProtection.js';
import { unprotectPublicMessage } from 'ts-mls/messageProtectionPublic.js';
import { proposalEncoder } from 'ts-mls/proposal.js';
import { createSecretTree } from 'ts-mls/secretTree.js';
import { toBase64url } from '#src/protocol/link/base64url.ts';
import type { Bytes } from '#src/protocol/encryption/bytes.ts';
import { openLeafKey } from '#src/protocol/encryption/ed25519.ts';
import { bytesOf } from '#src/protocol/encryption/json.ts';
import { openGreeting } from '#src/protocol/encryption/knock.ts';
import { client_config, linkSecret, mediaKey, verifyCode } from '#src/protocol/mls/group.ts';
import type { Group } from '#src/protocol/mls/group.ts';
import { join } from '#src/protocol/mls/join.ts';
import type { Leaf } from '#src/protocol/mls/leaf.ts';
import { receive } from '#src/protocol/mls/receive.ts';
import session from '#src/protocol/mls/session.json' with { type: 'json' };
import { openSuite, suite_name } from '#src/protocol/mls/suite.ts';
import type { Suite, SuiteKind } from '#src/protocol/mls/suite.ts';
import vectors from '#src/protocol/mls/vectors.json' with { type: 'json' };
import { decodeMessage } from '#src/protocol/mls/wire.ts';

/** What was compared, and what was not as it should be. */
export interface Outcome {
  readonly checked: number;
  readonly wrong: readonly string[];
}

class Checks implements Outcome {
  checked = 0;
  readonly wrong: string[] = [];

  same(what: string, got: unknown, wanted: unknown): void {
    this.checked += 1;
    const [one, other] = [JSON.stringify(got), JSON.stringify(wanted)];
    if (one !== other) this.wrong.push(`${what}: ${one} instead of ${other}`);
  }
}

const bytes = (hex: string): Bytes =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const hex = (given: Uint8Array): string =>
  Array.from(given, (byte) => byte.toString(16).padStart(2, '0')).join('');

async function suiteOf(kind: SuiteKind, seed: Bytes): Promise<Suite> {
  return openSuite(await openLeafKey({ kind: 'soft', seed }), kind);
}

/** RFC 9420's crypto basics and message protection, and a key pair of RFC 9180 A.1.1. */
export async function checkVectors(kind: SuiteKind, given = vectors): Promise<Outcome> {
  const checks = new Checks();
  const seed = bytes(given.crypto_basics.sign_with_label.priv);
  const cs = await suiteOf(kind, seed);
  await checkBasics(checks, cs, given.crypto_basics);
  await checkProtection(checks, cs, given.message_protection);
  const { ikm, priv, pub } = given.hpke_key_pair;
  const { privateKey, publicKey } = await cs.hpke.deriveKeyPair(bytes(ikm));
  checks.same('private key', hex(await cs.hpke.exportPrivateKey(privateKey)), priv);
  checks.same('public key', hex(await cs.hpke.exportPublicKey(publicKey)), pub);
  return { checked: checks.checked, wrong: checks.wrong };
}

async function checkBasics(
  checks: Checks,
  cs: Suite,
  basics: typeof vectors.crypto_basics,
): Promise<void> {
  const { derive_secret: secret, derive_tree_secret: tree, expand_with_label: wide } = basics;
  const derived = await deriveSecret(bytes(secret.secret), secret.label, cs.kdf);
  checks.same('DeriveSecret', hex(derived), secret.out);
  const { generation, length } = tree;
  const of_tree = await deriveTreeSecret(
    bytes(tree.secret),
    tree.label,
    generation,
    length,
    cs.kdf,
  );
  checks.same('DeriveTreeSecret', hex(of_tree), tree.out);
  const context = bytes(wide.context);
  const expanded = await expandWithLabel(
    bytes(wide.secret),
    wide.label,
    context,
    wide.length,
    cs.kdf,
  );
  checks.same('ExpandWithLabel', hex(expanded), wide.out);
  const { ref_hash: ref, sign_with_label: signed, encrypt_with_label: sealed } = basics;
  checks.same('RefHash', hex(await refhash(ref.label, bytes(ref.value), cs.hash)), ref.out);
  const content = bytes(signed.content);
  const made = await signWithLabel(new Uint8Array(), signed.label, content, cs.signature);
  checks.same('SignWithLabel', hex(made), signed.signature);
  const holds = await verifyWithLabel(bytes(signed.pub), signed.label, content, made, cs.signature);
  checks.same('VerifyWithLabel', holds, true);
  const opened = await decryptWithLabel(
    await cs.hpke.importPrivateKey(bytes(sealed.priv)),
    sealed.label,
    bytes(sealed.context),
    bytes(sealed.kem_output),
    bytes(sealed.ciphertext),
    cs.hpke,
  );
  checks.same('DecryptWithLabel', hex(opened), sealed.plaintext);
  checks.same('public half', hex(await cs.publicOf(bytes(sealed.priv))), sealed.pub);
}

async function checkProtection(
  checks: Checks,
  cs: Suite,
  given: typeof vectors.message_protection,
): Promise<void> {
  const open = opener(cs, given);
  for (const text of [given.proposal_priv, given.proposal_pub]) {
    const content = await open(text);
    const proposal = content.contentType === 'proposal' ? content.proposal : null;
    checks.same('proposal', proposal && hex(encode(proposalEncoder)(proposal)), given.proposal);
  }
  for (const text of [given.commit_priv, given.commit_pub]) {
    const content = await open(text);
    const commit = content.contentType === 'commit' ? content.commit : null;
    checks.same('commit', commit && hex(encode(commitEncoder)(commit)), given.commit);
  }
  const content = await open(given.application_priv);
  const data = content.contentType === 'application' ? hex(content.applicationData) : null;
  checks.same('application message', data, given.application);
}

function opener(cs: Suite, given: typeof vectors.message_protection) {
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
    return (await unprotectPublicMessage(membership, groupContext, [], message, cs, key)).content;
  };
  return async (text: string) => {
    const kinds = ['mls_private_message', 'mls_public_message'] as const;
    const message: MLSMessage = decodeMessage(bytes(text), [...kinds]);
    if (message.wireformat === 'mls_private_message') return openPrivate(message.privateMessage);
    if (message.wireformat === 'mls_public_message') return openPublic(message.publicMessage);
    throw new Error('a message of another kind');
  };
}

interface Derived {
  readonly epoch: number;
  readonly verify_code: string;
  readonly media_key_of_leaf_0: string;
  readonly link_version: number;
  readonly link_secret: string;
}

/** Joins the recorded meeting and follows it: what another implementation must come to as well. */
export async function followSession(kind: SuiteKind): Promise<Outcome> {
  const checks = new Checks();
  const { link, group: id, info, welcome, now_ms, knock, newcomer, after } = session.join;
  const secret = bytesOf(link.secret);
  const fingerprint = bytesOf(link.fingerprint);
  const reference = bytesOf(newcomer.reference);
  const greeting = await openGreeting(bytesOf(knock.sealed_name), reference, secret, link.room);
  checks.same('greeting', greeting, { name: 'Dan', note: 'Third floor' });
  let group = await join(await recordedLeaf(kind), bytesOf(welcome), {
    link: { room: link.room, version: link.version, secret, fingerprint },
    hosted: true,
    group: bytesOf(id),
    epoch: BigInt(after.epoch),
    info: bytesOf(info),
    now_ms,
  });
  checks.same('after the Welcome', await derive(group), after);
  for (const [at, step] of session.steps.entries()) {
    const received = await receive(group, bytesOf(step.message));
    if (received.kind === 'removed') throw new Error('removed from the recorded meeting');
    group = received.group;
    if (received.kind === 'app') {
      checks.same(`message ${String(at)}`, new TextDecoder().decode(received.body), step.body);
    }
    if (step.after) checks.same(`after ${String(at)}`, await derive(group), step.after);
  }
  return { checked: checks.checked, wrong: checks.wrong };
}

async function recordedLeaf(kind: SuiteKind): Promise<Leaf> {
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

async function derive(group: Group): Promise<Derived> {
  return {
    epoch: Number(group.epoch),
    verify_code: await verifyCode(group),
    media_key_of_leaf_0: toBase64url(await mediaKey(group, 0)),
    link_version: group.policy.link,
    link_secret: toBase64url(linkSecret(group)),
  };
}
