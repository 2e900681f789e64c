import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { toBase64url } from '../link/base64url.ts';
import { openRoot } from '../link/root.ts';
import { admit, checkAdmit } from './admit.ts';
import { appoint } from './appointment.ts';
import { concat, u32, u64, utf8 } from './bytes.ts';
import type { Bytes } from './bytes.ts';
import { adds_max, consents_bytes_max, decodeConsents, encodeConsents } from './consents.ts';
import { generateLeafKey } from './ed25519.ts';
import { info_bytes_max, infoVersion, openInfo, sealInfo } from './info.ts';
import { deriveInfoKey } from './kdf.ts';
import { authenticateKnock, checkKnockMac, openGreeting, sealGreeting } from './knock.ts';
import { checkLeave, leave } from './leave.ts';
import { newPolicy } from './policy.ts';
import { newerProfile, openProfile, signProfile } from './profile.ts';
import type { RefusalCode } from './refusal.ts';
import { Refusal } from './refusal.ts';
import { seal, unseal } from './seal.ts';

const random = (length: number): Bytes => crypto.getRandomValues(new Uint8Array(length));
const group = random(16);
const room = 'k3m9q7t2w4x6y8a5b3c2d9e7f4';
const created = 1788e9;
const root = await openRoot(random(32));
const [host, guest, stranger] = await Promise.all([
  generateLeafKey(),
  generateLeafKey(),
  generateLeafKey(),
]);
const policy = {
  ...newPolicy(toBase64url(root.public_key), 1, created),
  hosts: [await appoint(root, host.public_key, { room, group, created })],
};

async function refuses(act: () => unknown, code: RefusalCode): Promise<void> {
  await assert.rejects(
    async () => act(),
    (error) => {
      assert.ok(error instanceof Refusal, String(error));
      assert.equal(error.code, code);
      return true;
    },
  );
}

suite('admits', () => {
  test('by a listed host or the root, for 1,000 epochs', async () => {
    for (const signer of [host, root]) {
      const entry = await admit(signer, guest.public_key, group, 5n);
      assert.equal(entry.until, 1005);
      for (const epoch of [5n, 6n, 1005n]) await checkAdmit(entry, policy, group, epoch);
      for (const epoch of [4n, 1006n]) {
        await refuses(() => checkAdmit(entry, policy, group, epoch), 'admit.until');
      }
      const longer = { ...entry, until: 1004 };
      await refuses(() => checkAdmit(longer, policy, group, 5n), 'admit.proof');
      await refuses(() => checkAdmit(entry, policy, random(16), 5n), 'admit.proof');
      const other = { ...entry, keyHash: toBase64url(random(32)) };
      await refuses(() => checkAdmit(other, policy, group, 5n), 'admit.proof');
    }
  });

  test('by nobody else, not even by who was a host', async () => {
    const entry = await admit(stranger, guest.public_key, group, 5n);
    await refuses(() => checkAdmit(entry, policy, group, 5n), 'admit.by');
    const posing = { ...entry, by: toBase64url(host.public_key) };
    await refuses(() => checkAdmit(posing, policy, group, 5n), 'admit.proof');
    const before = await admit(host, guest.public_key, group, 5n);
    const without = { ...policy, hosts: [], past: policy.hosts };
    await refuses(() => checkAdmit(before, without, group, 5n), 'admit.by');
  });
});

suite('what a commit carries', () => {
  test('a full commit fits, and there is one spelling of nothing', async () => {
    const entry = await admit(host, guest.public_key, group, 5n);
    const left = await leave(guest, group, random(32));
    const full = {
      admits: Array.from({ length: adds_max }, () => entry),
      leaves: Array.from({ length: adds_max }, () => left),
    };
    const bytes = encodeConsents(full);
    assert.ok(bytes.length < consents_bytes_max);
    assert.deepEqual(decodeConsents(bytes), full);
    assert.equal(encodeConsents({ admits: [], leaves: [] }).length, 0);
    await refuses(() => decodeConsents(utf8('{"admits":[],"leaves":[]}')), 'json.canonical');
    await refuses(() => decodeConsents(utf8('{"leaves":[],"admits":[]}')), 'json.shape');
    const more = JSON.stringify({ admits: [...full.admits, entry], leaves: [] });
    await refuses(() => decodeConsents(utf8(more)), 'json.shape');
    await refuses(() => decodeConsents(new Uint8Array(consents_bytes_max + 1)), 'json.size');
  });

  test('a leave counts for one leaf in one group', async () => {
    const leaf_key = random(32);
    const left = await leave(guest, group, leaf_key);
    await checkLeave(left, group, leaf_key);
    await refuses(() => checkLeave(left, group, random(32)), 'leave.proof');
    await refuses(() => checkLeave(left, random(16), leaf_key), 'leave.proof');
    const other = { ...left, key: toBase64url(stranger.public_key) };
    await refuses(() => checkLeave(other, group, leaf_key), 'leave.proof');
  });
});

suite('profiles', () => {
  test('signed by their own key, for one group; the highest rev counts', async () => {
    const signed = await signProfile(guest, group, { rev: 1, name: 'Ada', codecs: ['vp9'] });
    const profile = await openProfile(signed, group);
    assert.equal(profile.name, 'Ada');
    assert.deepEqual(profile.codecs, ['vp9']);
    await refuses(() => openProfile(signed, random(16)), 'profile.proof');
    const forged = await signProfile(stranger, group, { rev: 9, name: 'Ada', codecs: [] });
    await refuses(() => openProfile({ ...signed, proof: forged.proof }, group), 'profile.proof');
    const later = { ...profile, rev: 2, name: 'Ada L.' };
    assert.equal(newerProfile(profile, later), later);
    assert.equal(newerProfile(later, profile), later);
    assert.equal(newerProfile(undefined, profile), profile);
    assert.equal(newerProfile(profile, { ...profile, name: 'Eve' }), profile);
    const sign = (said: object) => (): Promise<unknown> =>
      signProfile(guest, group, { rev: 1, name: 'Ada', codecs: [], ...said });
    await refuses(sign({ name: ' ' }), 'profile.name');
    for (const bad of [{ name: 'a'.repeat(121) }, { rev: -1 }, { codecs: ['av1'] }])
      await refuses(sign(bad), 'json.value');
    await refuses(sign({ codecs: ['vp9', 'vp9'] }), 'json.shape');
  });
});

suite('what is sealed under the link', () => {
  test('an info opens in its own place only', async () => {
    const secret = random(32);
    const info = { group_info: random(300), tree: random(900) };
    const place = { room, group, epoch: 7n, version: 2 };
    const sealed = await sealInfo(info, secret, place);
    assert.equal(infoVersion(sealed), 2);
    assert.deepEqual(await openInfo(sealed, secret, place), info);
    await refuses(() => openInfo(sealed, random(32), place), 'seal.open');
    await refuses(() => openInfo(sealed, secret, { ...place, epoch: 8n }), 'seal.open');
    await refuses(() => openInfo(sealed, secret, { ...place, group: random(16) }), 'seal.open');
    await refuses(() => openInfo(sealed, secret, { ...place, version: 3 }), 'info.link');
    const relabelled = sealed.slice();
    relabelled[3] = 3;
    await refuses(() => openInfo(relabelled, secret, { ...place, version: 3 }), 'seal.open');
    await refuses(() => openInfo(sealed.slice(0, 30), secret, place), 'info.short');
    const large = concat(u32(2), new Uint8Array(info_bytes_max));
    await refuses(() => openInfo(large, secret, place), 'info.shape');
    // Well sealed by somebody with the link, with a length beyond its end.
    const key = await deriveInfoKey(secret, room);
    const context = concat(group, u64(7), u32(2));
    const lying = await seal(key, 'conclave/info/v1', context, concat(u32(9), random(8)));
    await refuses(() => openInfo(concat(u32(2), lying), secret, place), 'info.shape');
    await refuses(() => unseal(key, 'x', context, random(27)), 'seal.short');
  });

  test('a knock needs the link, and its name belongs to its KeyPackage', async () => {
    const [secret, reference] = [random(32), random(32)];
    const greeting = { name: 'Ada', note: '' };
    const sealed = await sealGreeting(greeting, reference, secret, room);
    assert.deepEqual(await openGreeting(sealed, reference, secret, room), greeting);
    await refuses(() => openGreeting(sealed, random(32), secret, room), 'knock.name');
    await refuses(() => openGreeting(random(5000), reference, secret, room), 'knock.name');
    const mac = await authenticateKnock(reference, sealed, secret, room);
    await checkKnockMac(mac, reference, sealed, secret, room);
    const attempts: readonly (readonly [Bytes, Bytes, Bytes, Bytes, string])[] = [
      [random(32), reference, sealed, secret, room],
      [mac.slice(0, 31), reference, sealed, secret, room],
      [mac, random(32), sealed, secret, room],
      [mac, reference, random(40), secret, room],
      [mac, reference, sealed, random(32), room],
      [mac, reference, sealed, secret, `${room}x`],
    ];
    for (const attempt of attempts) await refuses(() => checkKnockMac(...attempt), 'knock.mac');
  });
});
