/** A removed member as an attacker (encryption design, section 9.4). */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { mlsExporter } from 'ts-mls';
import type { ClientState } from 'ts-mls';
import { decryptWithLabel } from 'ts-mls/crypto/hpke.js';
import { encode } from 'ts-mls/codec/tlsEncoder.js';
import { groupContextEncoder } from 'ts-mls/groupContext.js';
import { initializeEpoch } from 'ts-mls/keySchedule.js';
import { updatePskSecret } from 'ts-mls/presharedkey.js';
import { appointIn, basePolicy, openMeeting, refuses } from '#test/mls/meeting.ts';
import type { Meeting } from '#test/mls/meeting.ts';
import { toBase64url } from '../link/base64url.ts';
import { openBeat, signBeat } from '../encryption/beat.ts';
import { utf8 } from '../encryption/bytes.ts';
import { derivePsk } from '../encryption/kdf.ts';
import { beatPlace, leaveGroup } from './group.ts';
import type { Group } from './group.ts';
import type { Pending } from './commit.ts';
import { openPrivate } from './opened.ts';
import { receive } from './receive.ts';
import { sendApp } from './app.ts';
import { decodeMessage } from './wire.ts';

const zeros = new Uint8Array(32);

/**
 * The exporter as an attacker derives it who knows the state before, everything public of the state
 * after, and guesses the commit secret.
 */
async function deriveNext(
  before: Group,
  after: ClientState,
  commit_secret: Uint8Array,
  psk_secret: Uint8Array,
): Promise<string> {
  const { suite: cs, state } = before;
  const { initSecret } = state.keySchedule;
  const { keySchedule } = await initializeEpoch(
    initSecret.slice(),
    commit_secret.slice(),
    after.groupContext,
    psk_secret,
    cs.kdf,
  );
  return toBase64url(
    await mlsExporter(keySchedule.exporterSecret, 'test', new Uint8Array(), 32, cs),
  );
}

/** Every PSK secret that the commit can have used, the link's secret being known. */
async function pskSecrets(before: Group, pending: Pending): Promise<Uint8Array[]> {
  const { privateMessage } = decodeMessage(pending.message, ['mls_private_message']);
  const { content } = await openPrivate(before, privateMessage);
  assert.ok(content.contentType === 'commit');
  const found: Uint8Array[] = [zeros];
  for (const entry of content.commit.proposals) {
    if (entry.proposalOrRefType !== 'proposal' || entry.proposal.proposalType !== 'psk') continue;
    const secret = before.links.get(before.policy.link) ?? new Uint8Array(32);
    const psk = await derivePsk(secret, before.room);
    const { preSharedKeyId } = entry.proposal.psk;
    found.push(await updatePskSecret(new Uint8Array(32), preSharedKeyId, psk, 0, 1, before.suite));
  }
  return found;
}

/** Each sealed path secret of the commit, tried with each private key of the attacker. */
async function openedSecrets(before: Group, after: ClientState, pending: Pending): Promise<number> {
  const { privateMessage } = decodeMessage(pending.message, ['mls_private_message']);
  const { content } = await openPrivate(before, privateMessage);
  assert.ok(content.contentType === 'commit');
  const { hpke } = before.suite;
  // The context is that of the next epoch, with the transcript of this one.
  const { confirmedTranscriptHash } = before.state.groupContext;
  const context = encode(groupContextEncoder)({ ...after.groupContext, confirmedTranscriptHash });
  let opened = 0;
  for (const node of content.commit.path?.nodes ?? []) {
    for (const { kemOutput, ciphertext } of node.encryptedPathSecret) {
      for (const secret of Object.values(before.state.privatePath.privateKeys)) {
        const key = await hpke.importPrivateKey(secret);
        await decryptWithLabel(key, 'UpdatePathNode', context, kemOutput, ciphertext, hpke).then(
          () => (opened += 1),
          () => null,
        );
      }
    }
  }
  return opened;
}

/** Nothing the removed member holds leads into the epoch that removed it. */
async function expectShutOut(meeting: Meeting, gone: Group, pending: Pending): Promise<void> {
  const after = meeting.some();
  const right = await meeting.agree();
  for (const psk_secret of await pskSecrets(gone, pending)) {
    assert.notEqual(await deriveNext(gone, after.state, zeros, psk_secret), right);
  }
  assert.equal(await openedSecrets(gone, after.state, pending), 0);
  const told = await receive(gone, pending.message);
  assert.equal(told.kind, 'removed');
}

suite('a removed member', () => {
  test('the attack finds what there is to find', async () => {
    const meeting = await openMeeting('ada');
    await meeting.add('ada', ['bob', 'cyd']);
    // A commit of Adds alone has no path: who is a member derives the next epoch by the old one.
    const before = meeting.of('bob');
    const added = await meeting.add('ada', ['dan']);
    const right = await meeting.agree();
    const guesses = await Promise.all(
      (await pskSecrets(before, added)).map((psk_secret) =>
        deriveNext(before, meeting.some().state, zeros, psk_secret),
      ),
    );
    assert.ok(guesses.includes(right));
    // And of a commit with a path a member opens exactly one secret.
    const still = meeting.of('bob');
    const empty = await meeting.commit('ada', {});
    assert.equal(await openedSecrets(still, meeting.some().state, empty), 1);
  });

  test('cannot derive the next key, whatever the commit does beside', async () => {
    const meeting = await openMeeting('ada');
    const names = ['bob', 'cyd', 'dan', 'eve', 'fay', 'gus'];
    await meeting.add('ada', names);
    const { place } = meeting;
    const hosts = [await appointIn(place, place.root, meeting.of('ada').key)];
    await meeting.commit('ada', { policy: { ...basePolicy(place), hosts } });
    for (const name of ['bob', 'dan', 'fay']) await meeting.commit(name, {});

    // Alone, as one of two, with an Add, with a policy, with a new link, as who committed last.
    const alone = meeting.of('gus');
    await expectShutOut(meeting, alone, await meeting.remove('bob', ['gus']));
    const [bob, cyd] = [meeting.of('bob'), meeting.of('cyd')];
    const both = await meeting.remove('dan', ['bob', 'cyd']);
    await expectShutOut(meeting, bob, both);
    await expectShutOut(meeting, cyd, both);
    const eve = meeting.of('eve');
    const remove = [eve.leaf];
    const replaced = await meeting.add('dan', ['hal'], { remove });
    await expectShutOut(meeting, eve, replaced);
    await meeting.commit('fay', {});
    const fay = meeting.of('fay');
    const policy = { ...meeting.of('ada').policy, link: 2 };
    const relinked = await meeting.remove('ada', ['fay'], { policy });
    await expectShutOut(meeting, fay, relinked);
    assert.ok(!fay.links.has(2));
    const secrets = Array.from(meeting.members.values(), (group) => group.links.get(2)?.join());
    assert.equal(new Set(secrets).size, 1);
    const last = meeting.of('hal');
    await meeting.commit('hal', {});
    assert.notEqual(last.epoch, meeting.of('hal').epoch);
    const hal = meeting.of('hal');
    const leaves = [await leaveGroup(hal)];
    const left = await meeting.remove('dan', ['hal'], { consents: { admits: [], leaves } });
    await expectShutOut(meeting, hal, left);
  });

  test('its messages and beats of the old epoch count no more', async () => {
    const meeting = await openMeeting('ada');
    await meeting.add('ada', ['bob', 'cyd']);
    const bob = meeting.of('bob');
    const { message, group } = await sendApp(bob, utf8('late'));
    meeting.members.set('bob', group);
    const beat = await signBeat(bob.key, beatPlace(bob), { count: 0, sent_ms: 1 });
    await openBeat(beat, bob.key.public_key, beatPlace(meeting.of('ada')));
    await meeting.remove('ada', ['bob']);
    await refuses(() => receive(meeting.of('ada'), message), 'mls.epoch');
    await refuses(
      () => openBeat(beat, bob.key.public_key, beatPlace(meeting.of('ada'))),
      'beat.proof',
    );
  });
});
