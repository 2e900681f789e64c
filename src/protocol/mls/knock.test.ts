import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { makeKeyPackageRef } from 'ts-mls/keyPackage.js';
import {
  appointIn,
  basePolicy,
  makeLeaf,
  openMeeting,
  random,
  refuses,
} from '#test/mls/meeting.ts';
import { admit } from '../encryption/admit.ts';
import { sealed_name_bytes_max } from '../encryption/knock.ts';
import type { RefusalCode } from '../encryption/refusal.ts';
import { checkKnock, knock } from './knock.ts';
import type { Knock } from './knock.ts';
import { newLeaf } from './leaf.ts';
import { lifetime_s } from './tree.ts';
import { decodeMessage, encodeKeyPackage } from './wire.ts';

const greeting = { name: 'Dan', note: 'From the third floor' };

suite('knocking', () => {
  test('a knock says who is there, and is whole', async () => {
    const meeting = await openMeeting('ada');
    const [ada, link] = [meeting.of('ada'), meeting.link()];
    const leaf = await makeLeaf();
    const given = await knock(leaf, link, greeting);
    const knocker = await checkKnock(ada, given, Date.now());
    assert.deepEqual([knocker.name, knocker.note], [greeting.name, greeting.note]);
    assert.deepEqual(knocker.reference, leaf.reference);

    const other = await knock(await makeLeaf(), link, greeting);
    const renamed = { ...given, sealed_name: other.sealed_name };
    const table: readonly (readonly [Knock, RefusalCode])[] = [
      [{ ...given, link: 2 }, 'knock.link'],
      [{ ...given, mac: random(32) }, 'knock.mac'],
      [{ ...given, mac: other.mac }, 'knock.mac'],
      [{ ...given, key_package: other.key_package }, 'knock.mac'],
      [renamed, 'knock.mac'],
      [{ ...given, sealed_name: random(sealed_name_bytes_max + 1) }, 'knock.size'],
      [await knock(leaf, { ...link, secret: random(32) }, greeting), 'knock.mac'],
    ];
    for (const [bad, code] of table) await refuses(() => checkKnock(ada, bad, Date.now()), code);
    await refuses(() => knock(leaf, link, { name: 'a'.repeat(3000), note: '' }), 'json.size');
  });

  test('in its time only', async () => {
    const meeting = await openMeeting('ada');
    const now_ms = Date.now();
    const leaf = await newLeaf((await makeLeaf()).key, now_ms);
    const given = await knock(leaf, meeting.link(), greeting);
    const [before_ms, after_ms] = [
      Number(lifetime_s.before) * 1000,
      Number(lifetime_s.after) * 1000,
    ];
    const check = (at: number) => checkKnock(meeting.of('ada'), given, at);
    await check(now_ms - before_ms + 1000);
    await check(now_ms + after_ms - 1000);
    await refuses(() => check(now_ms - before_ms - 1000), 'knock.lifetime');
    await refuses(() => check(now_ms + after_ms + 1000), 'knock.lifetime');
  });

  test('signed by its own key, and with an admit of that key', async () => {
    const meeting = await openMeeting('ada');
    const { place } = meeting;
    const hosts = [await appointIn(place, place.root, meeting.of('ada').key)];
    await meeting.commit('ada', { policy: { ...basePolicy(place), hosts, gate: 'lobby' } });
    const [ada, link] = [meeting.of('ada'), meeting.link()];
    const leaf = await makeLeaf();
    const { keyPackage } = decodeMessage(leaf.key_package, ['mls_key_package']);
    const { leafNode } = keyPackage;
    for (const bad of [
      { ...keyPackage, signature: random(64) },
      { ...keyPackage, leafNode: { ...leafNode, signature: random(64) } },
    ]) {
      const reference = new Uint8Array(await makeKeyPackageRef(bad, leaf.suite.hash));
      const forged = { ...leaf, reference, key_package: encodeKeyPackage(bad) };
      const given = await knock(forged, link, greeting);
      await refuses(() => checkKnock(ada, given, Date.now()), 'knock.package');
    }
    const { id, epoch } = ada;
    const good = await admit(ada.key, leaf.key.public_key, id, epoch);
    const foreign = await admit(ada.key, random(32), id, epoch);
    const forged = await admit(leaf.key, leaf.key.public_key, id, epoch);
    const table = [
      [foreign, 'admit.unrelated'],
      [forged, 'admit.by'],
    ] as const;
    for (const [consent, code] of table) {
      const given = await knock(leaf, link, greeting, consent);
      await refuses(() => checkKnock(ada, given, Date.now()), code);
    }
    const knocker = await checkKnock(ada, await knock(leaf, link, greeting, good), Date.now());
    assert.deepEqual(knocker.admit, good);
  });
});
