import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { toBase64url } from '../link/base64url.ts';
import { openRoot } from '../link/root.ts';
import { appoint, checkAppointments, checkChain } from './appointment.ts';
import type { Appointment } from './appointment.ts';
import { utf8 } from './bytes.ts';
import { generateLeafKey } from './ed25519.ts';
import type { LeafKey } from './ed25519.ts';
import { identityOf } from './kdf.ts';
import {
  chainOf as shownChain,
  checkPolicy,
  decodePolicy,
  encodePolicy,
  modeOf,
  newPolicy,
  roleOf,
  rootEntries,
  withMode,
} from './policy.ts';
import type { Policy } from './policy.ts';
import type { RefusalCode } from './refusal.ts';
import { Refusal } from './refusal.ts';

const random = (length: number): Uint8Array<ArrayBuffer> =>
  crypto.getRandomValues(new Uint8Array(length));
const occurrence = { room: 'k3m9q7t2w4x6y8a5b3c2d9e7f4', group: random(16), created: 1788e9 };
const root = await openRoot(random(32));
const root_text = toBase64url(root.public_key);
const keys: readonly LeafKey[] = await Promise.all(Array.from({ length: 12 }, generateLeafKey));

function leafKey(at: number): LeafKey {
  const key = keys[at];
  assert.ok(key);
  return key;
}
const nameOf = (at: number): string => toBase64url(leafKey(at).public_key);
const base = newPolicy(root_text, 1, occurrence.created);

/** The root appoints the first key, each key the next. */
async function chainOf(length: number): Promise<Appointment[]> {
  return Promise.all(
    Array.from({ length }, (_, at) =>
      appoint(at === 0 ? root : leafKey(at - 1), leafKey(at).public_key, occurrence),
    ),
  );
}

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

suite('policy', () => {
  test('every malformed policy is refused', async () => {
    const [entry] = await chainOf(1);
    assert.ok(entry);
    const many = <Item>(count: number, item: (at: number) => Item): Item[] =>
      Array.from({ length: count }, (_, at) => item(at));
    const table: readonly (readonly [object, RefusalCode])[] = [
      [{ ...base, v: 2 }, 'json.value'],
      [{ ...base, extra: 1 }, 'json.shape'],
      [Object.fromEntries(Object.entries(base).toReversed()), 'json.shape'],
      [{ ...base, root: root_text.slice(1) }, 'json.value'],
      [{ ...base, root: `${root_text}A` }, 'json.value'],
      [{ ...base, gate: 'ajar' }, 'json.value'],
      [{ ...base, gate: 'lobby' }, 'policy.gate'],
      [{ ...base, hosts: many(17, () => entry) }, 'json.shape'],
      [{ ...base, hosts: [{ ...entry, more: 1 }] }, 'json.shape'],
      [{ ...base, hosts: [{ ...entry, proof: 'AA' }] }, 'json.value'],
      [{ ...base, hosts: {} }, 'json.shape'],
      [{ ...base, link: 0 }, 'json.value'],
      [{ ...base, link: 1_000_001 }, 'json.value'],
      [{ ...base, link: '1' }, 'json.value'],
      [{ ...base, guests: ['cam', 'mic'] }, 'json.value'],
      [{ ...base, guests: ['mic', 'mic'] }, 'json.value'],
      [{ ...base, guests: ['admin'] }, 'json.value'],
      [{ ...base, flags: { recorder: [] } }, 'json.shape'],
      [{ ...base, flags: { recorder: [root_text, root_text], phoneBridge: [] } }, 'policy.twice'],
      [{ ...base, banned: ['x'] }, 'json.value'],
      [{ ...base, banned: many(2, () => 'a'.repeat(22)) }, 'policy.twice'],
      [{ ...base, banned: many(97, () => 'a'.repeat(22)) }, 'json.shape'],
      [{ ...base, created: -1 }, 'json.value'],
      [{ ...base, created: 0.5 }, 'json.number'],
      [{ ...base, mode: 'meeting' }, 'json.canonical'],
      [{ ...base, mode: 'party' }, 'json.value'],
      [{ ...base, mode: 'class', stage: [] }, 'json.shape'],
      [{ ...base, mode: 'event' }, 'json.shape'],
      [{ ...base, stage: [] }, 'json.shape'],
      [{ ...base, mode: 'event', stage: ['x'] }, 'json.value'],
      [{ ...base, mode: 'event', stage: many(2, () => 'a'.repeat(22)) }, 'policy.twice'],
      [{ ...base, mode: 'event', stage: many(65, () => 'a'.repeat(22)) }, 'json.shape'],
    ];
    for (const [value, code] of table) {
      await refuses(() => decodePolicy(utf8(JSON.stringify(value))), code);
      await refuses(() => encodePolicy(value as Policy), code);
    }
    await refuses(() => decodePolicy(utf8(' '.repeat(9000))), 'json.size');
  });

  test('a full policy fits, and what is encoded is decoded again', async () => {
    const hosts = await Promise.all(
      Array.from({ length: 12 }, (_, at) => appoint(root, leafKey(at).public_key, occurrence)),
    );
    const banned = Array.from({ length: 96 }, () => toBase64url(random(32)).slice(0, 22));
    const policy: Policy = { ...base, gate: 'locked', hosts, banned, guests: ['mic', 'react'] };
    assert.deepEqual(decodePolicy(encodePolicy(policy)), policy);
    await checkPolicy(policy, occurrence);
    const flags = { recorder: Array.from({ length: 16 }, () => toBase64url(random(32))) };
    const large = { ...policy, flags: { ...flags, phoneBridge: flags.recorder } };
    await refuses(
      () => encodePolicy({ ...large, hosts: [...hosts, ...hosts.slice(4)] }),
      'json.shape',
    );
  });

  test('of each mode there is one spelling, and the way back is the same policy', () => {
    const event: Policy = { ...base, mode: 'event', stage: ['a'.repeat(22)] };
    const all: Policy[] = [base, { ...base, mode: 'class' }, event];
    for (const policy of all) {
      assert.deepEqual(decodePolicy(encodePolicy(policy)), policy);
      assert.deepEqual(withMode(policy, 'meeting'), base);
      assert.deepEqual(withMode(policy, 'event'), { ...base, mode: 'event', stage: [] });
      assert.equal(modeOf(withMode(policy, 'class')), 'class');
    }
    assert.deepEqual(all.map(modeOf), ['meeting', 'class', 'event']);
  });

  test('who is host, and of which kind', async () => {
    const hosts = await chainOf(2);
    const policy = { ...base, hosts };
    assert.equal(roleOf(policy, nameOf(0)), 'root host');
    assert.equal(roleOf(policy, nameOf(1)), 'co-host');
    assert.equal(roleOf(policy, nameOf(2)), 'guest');
    assert.equal(roleOf({ ...base, past: hosts }, nameOf(0)), 'guest');
    assert.equal(rootEntries(policy), rootEntries({ ...policy, hosts: hosts.slice(0, 1) }));
    assert.notEqual(rootEntries(policy), rootEntries({ ...base, past: hosts }));
  });

  test('no host is banned', async () => {
    const hosts = await chainOf(1);
    const banned = [await identityOf(leafKey(0).public_key)];
    await refuses(() => checkPolicy({ ...base, hosts, banned }, occurrence), 'policy.banned');
  });
});

suite('appointments', () => {
  test('lead to the root in at most 8 steps, also through those who stepped down', async () => {
    const chain = await chainOf(9);
    await checkAppointments(root_text, chain.slice(0, 8), [], occurrence);
    await checkAppointments(root_text, chain.slice(7, 8), chain.slice(0, 7), occurrence);
    await refuses(() => checkAppointments(root_text, chain, [], occurrence), 'policy.chain');
    // Whoever was dropped for cause takes along what it signed.
    const dropped = chain.filter((_, at) => at !== 1);
    await refuses(() => checkAppointments(root_text, dropped, [], occurrence), 'policy.chain');
  });

  test('circles, second entries and the root itself', async () => {
    const circle = await Promise.all([
      appoint(leafKey(0), leafKey(1).public_key, occurrence),
      appoint(leafKey(1), leafKey(0).public_key, occurrence),
    ]);
    await refuses(() => checkAppointments(root_text, circle, [], occurrence), 'policy.chain');
    const [first] = await chainOf(1);
    assert.ok(first);
    await refuses(() => checkAppointments(root_text, [first], [first], occurrence), 'policy.twice');
    const self = await appoint(root, root.public_key, occurrence);
    await refuses(() => checkAppointments(root_text, [self], [], occurrence), 'policy.twice');
  });

  test('void in every other occurrence, and for whom it does not name', async () => {
    const chain = await chainOf(2);
    const others = [
      { ...occurrence, group: random(16) },
      { ...occurrence, created: occurrence.created + 1 },
      { ...occurrence, room: 'zzzzzzzzzzzzzzzzzzzzzzzzzz' },
    ];
    for (const other of others) {
      await refuses(() => checkAppointments(root_text, chain, [], other), 'policy.proof');
    }
    const [first, second] = chain;
    assert.ok(first && second);
    const taken = { ...second, key: nameOf(5) };
    await refuses(
      () => checkAppointments(root_text, [first, taken], [], occurrence),
      'policy.proof',
    );
    const raised = { ...second, by: root_text };
    await refuses(
      () => checkAppointments(root_text, [first, raised], [], occurrence),
      'policy.proof',
    );
  });

  test('a chain shown to the server begins with the key that shows it', async () => {
    const made = await chainOf(3);
    const policy = { ...base, hosts: made.slice(2), past: made.slice(0, 2) };
    const chain = shownChain(policy, nameOf(2));
    assert.deepEqual(chain, made.toReversed());
    assert.deepEqual(shownChain(policy, nameOf(1)), []);
    await checkChain(root_text, nameOf(2), chain, occurrence);
    await refuses(() => checkChain(root_text, nameOf(1), chain, occurrence), 'policy.chain');
    await refuses(() => checkChain(root_text, nameOf(2), [], occurrence), 'policy.chain');
    await refuses(
      () => checkChain(root_text, nameOf(2), chain.slice(0, 2), occurrence),
      'policy.chain',
    );
  });
});
