/** Known answers, computed by another implementation (Python's cryptography). */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { fromBase64url, toBase64url } from '../link/base64url.ts';
import { openRoot } from '../link/root.ts';
import { checkAdmit, admit } from './admit.ts';
import { appoint, checkAppointments } from './appointment.ts';
import { openBeat, signBeat } from './beat.ts';
import type { Bytes } from './bytes.ts';
import { readCodec } from './clear.ts';
import { checkProof, proveKey } from './connection.ts';
import { decodeConsents, encodeConsents } from './consents.ts';
import { openLeafKey } from './ed25519.ts';
import { keyIndex, openFrame, readTrailer, sealFrame } from './frame.ts';
import { infoVersion, openInfo } from './info.ts';
import * as kdf from './kdf.ts';
import { authenticateKnock, checkKnockMac, openGreeting } from './knock.ts';
import { checkLeave, leave } from './leave.ts';
import { checkPolicy, decodePolicy, encodePolicy } from './policy.ts';
import { openProfile, signProfile } from './profile.ts';
import { sealWith, unseal } from './seal.ts';
import vectors from './vectors.json' with { type: 'json' };
import { formatCode, hostCode } from './verification.ts';

function bytes(text: string): Bytes {
  const decoded = fromBase64url(text);
  assert.ok(decoded, `not base64url: ${text}`);
  return decoded;
}

const { room, created } = vectors.appointments;
const group = bytes(vectors.appointments.group);
const secret = bytes(vectors.keys.secret);
const leaf_key = await openLeafKey({ kind: 'soft', seed: bytes(vectors.leaf.seed) });
const host_key = await openLeafKey({ kind: 'soft', seed: bytes(vectors.appointments.host_seed) });

suite('known answers', () => {
  test('keys of a link', async () => {
    const { keys } = vectors;
    assert.equal(toBase64url(await kdf.derivePsk(secret, room)), keys.psk);
    assert.equal(toBase64url(await kdf.deriveKnockKey(secret, room)), keys.knock);
    assert.equal(toBase64url(await kdf.deriveInfoKey(secret, room)), keys.info);
    assert.equal(toBase64url(kdf.pskName(17)), keys.psk_name_17);
  });

  test('a leaf: key, identity, rank, context of its media key', async () => {
    const { leaf } = vectors;
    assert.equal(toBase64url(leaf_key.public_key), leaf.key);
    assert.equal(await kdf.identityOf(leaf_key.public_key), leaf.identity);
    assert.equal(toBase64url(await kdf.mediaContext(5, leaf_key.public_key)), leaf.media_context_5);
    const authenticator = bytes(leaf.epoch_authenticator);
    assert.equal(toBase64url(await kdf.rankValue(authenticator, 5)), leaf.rank_5);
  });

  test('codes', async () => {
    for (const { value, code } of vectors.codes) assert.equal(formatCode(bytes(value)), code);
    assert.equal(await hostCode(bytes(vectors.host_code.root)), vectors.host_code.code);
  });

  test('sealing', async () => {
    const { label, ...texts } = vectors.seal;
    const [key, nonce, context] = [texts.key, texts.nonce, texts.context].map(bytes);
    assert.ok(key && nonce && context);
    const sealed = await sealWith(nonce, key, label, context, bytes(texts.message));
    assert.equal(toBase64url(sealed), texts.sealed);
    assert.deepEqual(await unseal(key, label, context, sealed), bytes(texts.message));
  });

  test('appointments and policy', async () => {
    const { root, root_seed, hosts } = vectors.appointments;
    const occurrence = { room, group, created };
    const root_key = await openRoot(bytes(root_seed));
    const first = await appoint(root_key, host_key.public_key, occurrence);
    const second = await appoint(host_key, leaf_key.public_key, occurrence);
    assert.deepEqual([first, second], hosts);
    await checkAppointments(root, hosts, [], occurrence);

    const policy = decodePolicy(bytes(vectors.policy.bytes));
    assert.deepEqual(policy, vectors.policy.value);
    assert.equal(toBase64url(encodePolicy(policy)), vectors.policy.bytes);
    await checkPolicy(policy, { room, group });
  });

  test('admit, leave, and both in a commit', async () => {
    const policy = decodePolicy(bytes(vectors.policy.bytes));
    const epoch = BigInt(vectors.admit.epoch);
    const made = await admit(host_key, leaf_key.public_key, group, epoch);
    assert.deepEqual(made, vectors.admit.entry);
    await checkAdmit(made, policy, group, epoch);

    const hpke_key = bytes(vectors.leave.leaf_key);
    const left = await leave(leaf_key, group, hpke_key);
    assert.deepEqual(left, vectors.leave.entry);
    await checkLeave(left, group, hpke_key);

    const encoded = encodeConsents({ admits: [made], leaves: [left] });
    assert.equal(toBase64url(encoded), vectors.consents.bytes);
    assert.deepEqual(decodeConsents(encoded), { admits: [made], leaves: [left] });
  });

  test('beat, profile, proof of a connection', async () => {
    const { count, sent_ms, body } = vectors.beat;
    const place = {
      group,
      epoch: BigInt(vectors.beat.epoch),
      confirmed_transcript_hash: bytes(vectors.beat.confirmed_transcript_hash),
    };
    assert.equal(toBase64url(await signBeat(leaf_key, place, { count, sent_ms })), body);
    const opened = await openBeat(bytes(body), leaf_key.public_key, place);
    assert.deepEqual(opened, { count, sent_ms });

    const { rev, name, json, proof } = vectors.profile;
    assert.deepEqual(vectors.profile.codecs, ['vp9']);
    const codecs = ['vp9'] as const;
    const signed = await signProfile(leaf_key, group, { rev, name, codecs });
    assert.deepEqual(signed, { json: bytes(json), proof: bytes(proof) });
    assert.deepEqual(await openProfile(signed, group), {
      key: vectors.leaf.key,
      rev,
      name,
      codecs,
    });

    const nonce = bytes(vectors.connection.nonce);
    const shown = await proveKey(leaf_key, nonce, room);
    assert.equal(toBase64url(shown), vectors.connection.proof);
    assert.ok(await checkProof(leaf_key.public_key, nonce, room, shown));
    assert.ok(!(await checkProof(leaf_key.public_key, nonce, `${room}a`, shown)));
  });

  test('info and knock', async () => {
    const { epoch, version } = vectors.info;
    const sealed = bytes(vectors.info.sealed);
    const place = { room, group, epoch: BigInt(epoch), version };
    assert.equal(infoVersion(sealed), version);
    assert.deepEqual(await openInfo(sealed, secret, place), {
      group_info: bytes(vectors.info.group_info),
      tree: bytes(vectors.info.tree),
    });

    const { name, note } = vectors.knock;
    const reference = bytes(vectors.knock.reference);
    const sealed_name = bytes(vectors.knock.sealed_name);
    assert.deepEqual(await openGreeting(sealed_name, reference, secret, room), { name, note });
    const mac = await authenticateKnock(reference, sealed_name, secret, room);
    assert.equal(toBase64url(mac), vectors.knock.mac);
    await checkKnockMac(mac, reference, sealed_name, secret, room);
  });

  test('frames', async () => {
    const media = bytes(vectors.frames.media);
    for (const vector of vectors.frames.list) {
      const { source, stream, leaf, counter } = vector;
      const bits = await kdf.deriveFrameBits(media, source, stream);
      assert.equal(toBase64url(bits), vector.bits);
      const codec = readCodec(vector.codec);
      const place = { leaf, source, stream, key_index: keyIndex(BigInt(vector.epoch)) };
      const key = await kdf.deriveFrameKey(media, source, stream);
      const frame = await sealFrame(key, place, counter, codec, bytes(vector.payload));
      assert.equal(toBase64url(frame), vector.frame);
      const trailer = readTrailer(frame);
      assert.equal(trailer.counter, counter);
      assert.deepEqual(await openFrame(key, place, trailer, codec, frame), bytes(vector.payload));
    }
  });
});
