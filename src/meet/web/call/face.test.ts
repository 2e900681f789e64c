import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cleanName, hueOf, initialsOf } from './face.ts';

test('initials of one and of several words, in any script', () => {
  assert.equal(initialsOf('Ada'), 'A');
  assert.equal(initialsOf('zoé maria laurent'), 'ZL');
  assert.equal(initialsOf('(Karim) B.'), 'KB');
  assert.equal(initialsOf('王小明'), '王');
  assert.equal(initialsOf('😀 …'), '?');
  assert.equal(initialsOf(''), '?');
});

test('a hue belongs to an identity, and similar identities differ', () => {
  const hues = Array.from({ length: 12 }, (_, at) => hueOf(`person-${at}`));
  assert.deepEqual(
    hues,
    Array.from({ length: 12 }, (_, at) => hueOf(`person-${at}`)),
  );
  assert.ok(hues.every((hue) => hue >= 0 && hue < 360));
  assert.ok(new Set(hues.map((hue) => Math.floor(hue / 30))).size >= 5);
});

test('a name cannot turn the text around it, and is bounded', () => {
  assert.equal(cleanName('Ada\u202egnp.exe\u0007'), 'Adagnp.exe');
  assert.equal(cleanName('\u2067\u2069 \u200b'), '');
  assert.equal(cleanName('می\u200cخواهم'), 'می\u200cخواهم');
  assert.equal(Array.from(cleanName('😀'.repeat(200))).length, 120);
});
