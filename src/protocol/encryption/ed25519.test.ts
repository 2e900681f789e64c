import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concat, utf8 } from './bytes.ts';
import type { Bytes } from './bytes.ts';
import { generateLeafKey, openLeafKey, verify, verifyBare, verifySoft } from './ed25519.ts';

const { Point } = ed25519;
const message = utf8('message');
const random = (): Bytes => crypto.getRandomValues(new Uint8Array(32));

function number(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** A signature by `[a]B + torsion`, with `R = [r]B + torsion_r`: what noble's own verify accepts. */
function signWithTorsion(torsion: string, torsion_r: string): { key: Bytes; signature: Bytes } {
  const order = Point.Fn.ORDER;
  const [a, r] = [number(random()) % order, number(random()) % order];
  const key = new Uint8Array(Point.BASE.multiply(a).add(Point.fromHex(torsion)).toBytes());
  const commitment = Point.BASE.multiply(r).add(Point.fromHex(torsion_r)).toBytes();
  const k = number(sha512(concat(commitment, key, message))) % order;
  let s = (r + k * a) % order;
  const tail = new Uint8Array(32);
  for (const at of tail.keys()) {
    tail[at] = Number(s & 0xffn);
    s >>= 8n;
  }
  return { key, signature: concat(commitment, tail) };
}

/** Of order 8. */
const torsion = 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a';
const neutral = `01${'00'.repeat(31)}`;

suite('Ed25519', () => {
  test('WebCrypto and noble make the same signatures and accept the same', async () => {
    const seed = random();
    const soft = await openLeafKey({ kind: 'soft', seed });
    const web = await generateLeafKey();
    assert.equal(web.stored.kind, 'web');
    for (const key of [soft, web]) {
      const signature = await key.sign('conclave/test/v1', message);
      assert.ok(await verify(key.public_key, 'conclave/test/v1', message, signature));
      assert.ok(!(await verify(key.public_key, 'conclave/test/v2', message, signature)));
      const bare = await key.signBare(message);
      for (const check of [verifyBare, verifySoft]) {
        assert.ok(await check(key.public_key, message, bare));
        assert.ok(!(await check(key.public_key, utf8('messagf'), bare)));
        for (const at of [0, 31, 32, 63]) {
          const bad = bare.slice();
          bad[at] = (bad[at] ?? 0) ^ 1;
          assert.ok(!(await check(key.public_key, message, bad)));
        }
        // S + order: a second spelling of the same signature.
        const tail = number(bare.subarray(32)) + Point.Fn.ORDER;
        const high = Uint8Array.from({ length: 32 }, (_, at) =>
          Number((tail >> BigInt(8 * at)) & 0xffn),
        );
        assert.ok(!(await check(key.public_key, message, concat(bare.subarray(0, 32), high))));
      }
    }
  });

  test('a stored key signs as before, and a stored web key cannot be taken out', async () => {
    const key = await generateLeafKey();
    const again = await openLeafKey(structuredClone(key.stored));
    const signature = await again.sign('conclave/test/v1', message);
    assert.ok(await verify(key.public_key, 'conclave/test/v1', message, signature));
    assert.equal(key.stored.kind, 'web');
    const { stored } = key;
    if (stored.kind === 'web') {
      await assert.rejects(crypto.subtle.exportKey('pkcs8', stored.private_key));
    }
  });

  test('what only the cofactor would save is refused by both', async () => {
    let differed = 0;
    for (const [key_torsion, commitment_torsion] of [
      [torsion, neutral],
      [neutral, torsion],
      [torsion, torsion],
    ] as const) {
      for (let round = 0; round < 8; round += 1) {
        const { key, signature } = signWithTorsion(key_torsion, commitment_torsion);
        assert.ok(ed25519.verify(signature, message, key));
        const soft = await verifySoft(key, message, signature);
        assert.equal(soft, await verifyBare(key, message, signature));
        if (!soft) differed += 1;
      }
    }
    assert.ok(differed > 0);
  });

  test('keys of small order sign for nobody', async () => {
    const signature = concat(Point.BASE.toBytes(), Uint8Array.of(1, ...new Uint8Array(31)));
    for (const hex of [neutral, torsion, '00'.repeat(32)]) {
      const key = Uint8Array.from(Buffer.from(hex, 'hex'));
      assert.ok(!(await verifySoft(key, message, signature)), hex);
    }
    for (const key of [new Uint8Array(31), new Uint8Array(33), new Uint8Array(32).fill(0xff)]) {
      assert.ok(!(await verifyBare(key, message, new Uint8Array(64))));
      assert.ok(!(await verifySoft(key, message, new Uint8Array(64))));
    }
  });
});
