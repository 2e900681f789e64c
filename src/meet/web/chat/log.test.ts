import assert from 'node:assert/strict';
import { test } from 'node:test';
import { add, edit, kept_max, react, search } from './log.ts';
import type { Message } from './model.ts';

const message = (identity: string, id: string, text: string): Message => ({
  id,
  identity,
  name: identity,
  you: false,
  at: 0,
  text,
  edited: false,
  waiting: false,
  re: null,
  to: null,
  reactions: [],
});
const two = [message('ada', '1', 'Bonjour à tous'), message('ben', '1', 'Good morning')];
const texts = (log: readonly Message[]): string[] => log.map(({ text }) => text);

test('a message said again is there once, and the oldest go', () => {
  assert.equal(add(two, message('ada', '1', 'again')), two);
  let log: readonly Message[] = [];
  for (let at = 0; at < kept_max + 3; at += 1) log = add(log, message('ada', `${at}`, `${at}`));
  assert.equal(log.length, kept_max);
  assert.equal(log[0]?.text, '3');
});

test('an author changes their own message; the same id of another is another message', () => {
  const log = edit(two, { by: 'ben', id: '1' }, 'Good evening');
  assert.deepEqual(texts(log), ['Bonjour à tous', 'Good evening']);
  assert.deepEqual(
    log.map(({ edited }) => edited),
    [false, true],
  );
  assert.deepEqual(texts(edit(two, { by: 'cy', id: '1' }, 'forged')), texts(two));
});

test('what was taken back stays so, without signs', () => {
  const marked = react(two, { by: 'ada', id: '1' }, 'ben', 'agree', true);
  const gone = edit(marked, { by: 'ada', id: '1' }, '');
  assert.deepEqual([gone[0]?.text, gone[0]?.reactions], ['', []]);
  assert.equal(edit(gone, { by: 'ada', id: '1' }, 'back')[0]?.text, '');
  assert.deepEqual(react(gone, { by: 'ada', id: '1' }, 'cy', 'cheer', true)[0]?.reactions, []);
});

test('each person answers once with each sign, and can take it away', () => {
  const ref = { by: 'ada', id: '1' };
  let log = react(two, ref, 'ben', 'agree', true);
  log = react(log, ref, 'ben', 'agree', true);
  log = react(log, ref, 'cy', 'cheer', true);
  log = react(log, ref, 'cy', 'agree', true);
  assert.deepEqual(log[0]?.reactions, [
    { sign: 'agree', by: ['ben', 'cy'] },
    { sign: 'cheer', by: ['cy'] },
  ]);
  log = react(log, ref, 'ben', 'agree', false);
  log = react(log, ref, 'cy', 'agree', false);
  assert.deepEqual(log[0]?.reactions, [{ sign: 'cheer', by: ['cy'] }]);
  assert.equal(log[1], two[1]);
});

test('a search finds every word, in text and names, without accents', () => {
  assert.deepEqual(texts(search(two, 'tous BON')), ['Bonjour à tous']);
  assert.deepEqual(texts(search(two, 'a tous')), ['Bonjour à tous']);
  assert.deepEqual(texts(search(two, 'ben morn')), ['Good morning']);
  assert.deepEqual(search(two, 'nothing of it'), []);
  assert.equal(search(two, '  '), two);
});
