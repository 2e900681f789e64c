import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isMentioned, readCalled, suggest } from './mentions.ts';

test('a name is called by its whole self, whatever the case', () => {
  assert.ok(isMentioned('Shall we, @zoé laurent?', 'Zoé Laurent'));
  assert.ok(isMentioned('@Ben', 'Ben'));
  assert.ok(isMentioned('@Benedict and @ben.', 'Ben'));
  assert.ok(!isMentioned('@Benedict', 'Ben'));
  assert.ok(!isMentioned('Ben, look', 'Ben'));
});

test('what is being typed of a name is found before the caret', () => {
  assert.deepEqual(readCalled('Hi @Zo', 6), { at: 3, typed: 'Zo' });
  assert.deepEqual(readCalled('@', 1), { at: 0, typed: '' });
  assert.equal(readCalled('a@b.example', 11), null);
  assert.equal(readCalled('Hi @Zo there', 2), null);
});

test('names are suggested by the beginning of any of their words', () => {
  const names = ['Zoé Laurent', 'Karim B.', 'Laura'];
  assert.deepEqual(suggest(names, 'la', 5), ['Zoé Laurent', 'Laura']);
  assert.deepEqual(suggest(names, '', 2), ['Zoé Laurent', 'Karim B.']);
  assert.deepEqual(suggest(names, 'x', 5), []);
});
