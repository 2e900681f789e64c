import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import * as fc from 'fast-check';
import { fromBase64url, toBase64url } from './base64url.ts';
import type { Bytes } from './base64url.ts';
import { deriveDoor, hashDoor } from './door.ts';
import { rootFingerprint } from './fingerprint.ts';
import { formatHostLink, formatLink, parseFragment } from './link.ts';
import type { Link } from './link.ts';
import { parseLink } from './pasted.ts';
import { openRoot, verifyRoot } from './root.ts';
/** Computed by another implementation (Python's cryptography). */
import vectors from './vectors.json' with { type: 'json' };

const host = 'meet.example.org';
const [first] = vectors;
assert.ok(first);

function bytes(text: string): Bytes {
  const decoded = fromBase64url(text);
  assert.ok(decoded, `not base64url: ${text}`);
  return decoded;
}

function exactly(length: number): fc.Arbitrary<Bytes> {
  return fc
    .uint8Array({ minLength: length, maxLength: length })
    .map((random) => new Uint8Array(random));
}

const anyRoom = fc
  .array(fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz23456789'.split('')), {
    minLength: 26,
    maxLength: 26,
  })
  .map((letters) => letters.join(''));
const anyLink: fc.Arbitrary<Link> = fc.record(
  {
    room: anyRoom,
    version: fc.integer({ min: 1, max: 1_000_000 }),
    secret: exactly(32),
    fingerprint: exactly(16),
  },
  { noNullPrototype: true },
);

void suite('meeting link', () => {
  void test('fixed vectors: door, root key, fingerprint, signature, link', async () => {
    for (const vector of vectors) {
      const door = await deriveDoor(bytes(vector.secret), vector.room);
      assert.equal(toBase64url(door), vector.door);
      assert.equal(toBase64url(await hashDoor(door)), vector.door_hash);

      const root = await openRoot(bytes(vector.seed));
      assert.equal(toBase64url(root.public_key), vector.root);
      const fingerprint = await rootFingerprint(root.public_key);
      assert.equal(toBase64url(fingerprint), vector.fingerprint);

      const { label, message, signature } = vector.sign;
      assert.equal(toBase64url(await root.sign(label, bytes(message))), signature);
      assert.ok(await verifyRoot(root.public_key, label, bytes(message), bytes(signature)));
      const other = 'conclave/other/v1';
      assert.ok(!(await verifyRoot(root.public_key, other, bytes(message), bytes(signature))));

      const { room, version } = vector;
      const link = { room, version, secret: bytes(vector.secret), fingerprint };
      assert.equal(formatLink(link), vector.link);
      assert.deepEqual(parseLink(vector.link, host), { link, fault: null });
    }
  });

  void test('base64url gives back the bytes and takes one spelling only', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (random) => {
        const text = toBase64url(random);
        assert.match(text, /^[\w-]*$/);
        assert.deepEqual(fromBase64url(text), new Uint8Array(random));
      }),
    );
    for (const text of ['A', 'AB', 'AA==', 'A+', 'A/', 'é', 'AAA\n', ' AA']) {
      assert.equal(fromBase64url(text), null, JSON.stringify(text));
    }
  });

  void test('what is formatted is parsed again, whatever stands around it', () => {
    const before = [
      '',
      ' ',
      '\n\t',
      'Join here: ',
      'Lien :',
      '<',
      '« ',
      '(',
      'at https://other.org/x, ',
    ];
    const after = [
      '',
      ' ',
      '\n',
      '.',
      '...',
      ', at noon',
      '>',
      ' »',
      ')',
      '!',
      '?',
      ' https://other.org',
    ];
    const start = ['', `https://${host}`, `http://${host}`, host, `HTTPS://${host.toUpperCase()}`];
    fc.assert(
      fc.property(
        anyLink,
        fc.constantFrom(...before),
        fc.constantFrom(...start),
        fc.constantFrom(...after),
        (link, head, origin, tail) => {
          const text = `${head}${origin}${formatLink(link)}${tail}`;
          assert.deepEqual(parseLink(text, host), { link, fault: null }, text);
        },
      ),
    );
  });

  void test('a fragment that lost or gained anything is malformed, and never another secret', () => {
    fc.assert(
      fc.property(anyLink, fc.nat(), (link, at) => {
        const [, fragment = ''] = formatLink(link).split('#');
        const cut = fragment.slice(0, 1 + (at % (fragment.length - 1)));
        assert.equal(parseFragment(link.room, cut).fault, 'malformed', cut);
        assert.equal(parseFragment(link.room, `${fragment}A`).fault, 'malformed');
      }),
    );
  });

  void test('never throws, and finds no link in any other text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        assert.notEqual(parseLink(text, host).fault, null);
      }),
    );
  });

  void test('each fault', () => {
    const [, fragment = ''] = first.link.split('#');
    const table: readonly (readonly [string, string])[] = [
      ['', 'none'],
      ['hello', 'none'],
      ['https://meet.example.org/', 'none'],
      ['https://meet.example.org/m/short#1.a.b', 'none'],
      [`https://meet.example.org/m/${first.room}x#${fragment}`, 'none'],
      [`https://meet.example.org/m/${first.room}`, 'absent'],
      [`https://meet.example.org/m/${first.room}#`, 'absent'],
      [`Come to ${host}/m/${first.room}, please`, 'absent'],
      [`/m/${first.room}#0.${fragment.slice(2)}`, 'malformed'],
      [`/m/${first.room}#01.${fragment.slice(2)}`, 'malformed'],
      [`/m/${first.room}#1000001.${fragment.slice(2)}`, 'malformed'],
      [`/m/${first.room}#${fragment}.x`, 'malformed'],
      [`/m/${first.room}#${fragment}.l.l`, 'malformed'],
      [`/m/${first.room}#${fragment}.h`, 'malformed'],
      [`/m/${first.room}#${fragment}.hAAAA`, 'malformed'],
      [`https://evil.example${first.link}`, 'foreign'],
      [`https://meet.example.org:8443${first.link}`, 'foreign'],
      [`https://meet.example.org.evil.example${first.link}`, 'foreign'],
      [`https://meet.example.org@evil.example${first.link}`, 'foreign'],
    ];
    for (const [text, fault] of table) assert.equal(parseLink(text, host).fault, fault, text);
  });

  void test('a promise of a host and the seed of a host link come back', () => {
    fc.assert(
      fc.property(anyLink, exactly(32), fc.boolean(), (plain, seed, promised) => {
        const link: Link = promised ? { ...plain, hosted: true } : plain;
        assert.deepEqual(parseLink(formatLink(link), host), { link, fault: null });
        const text = `https://${host}${formatHostLink(link, seed)}`;
        assert.deepEqual(parseLink(text, host), { link, seed, fault: null });
        // Whoever cuts the seed off has the link of a guest, and never another key.
        const [, fragment = ''] = text.split('#');
        assert.equal(parseFragment(link.room, fragment.slice(0, -1)).fault, 'malformed');
      }),
    );
  });

  void test('accents in the host, an escaped #, a port', () => {
    assert.equal(
      parseLink(`https://réunion.example${first.link}`, 'xn--runion-bva.example').fault,
      null,
    );
    assert.equal(parseLink(`https://${host}${first.link.replace('#', '%23')}`, host).fault, null);
    assert.equal(parseLink(`http://localhost:8080${first.link}`, 'localhost:8080').fault, null);
    assert.equal(parseLink(`http://[::1]:8080${first.link}`, '[::1]:8080').fault, null);
  });

  void test('a long text costs no more than a short one', () => {
    const text = `${'a'.repeat(200_000)}/m/${'a-'.repeat(200_000)}`;
    assert.equal(parseLink(text, host).fault, 'none');
  });
});
