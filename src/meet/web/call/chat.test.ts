import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readMessage } from './chat.ts';
import { message_max } from './model.ts';

const pack = (data: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(data));

test('reads what a page of ours sends', () => {
  const message = { id: 'a1', text: 'Bonjour\nà tous' };
  assert.deepEqual(readMessage(pack(message)), message);
});

test('takes nothing but the id and the text from a packet', () => {
  const forged = { id: 'a1', text: 'hello', name: 'Ada', identity: 'x', at: 5 };
  assert.deepEqual(readMessage(pack(forged)), { id: 'a1', text: 'hello' });
});

const refused: readonly [string, Uint8Array][] = [
  ['no JSON', new TextEncoder().encode('hello')],
  ['no UTF-8', new Uint8Array([0x22, 0xff, 0x22])],
  ['null', pack(null)],
  ['a list', pack(['a', 'b'])],
  ['no id', pack({ text: 'a' })],
  ['an empty id', pack({ id: '', text: 'a' })],
  ['a long id', pack({ id: 'a'.repeat(65), text: 'a' })],
  ['a text of another type', pack({ id: 'a', text: { toString: 'a' } })],
  ['an empty text', pack({ id: 'a', text: ' \n ' })],
  ['a long text', pack({ id: 'a', text: 'a'.repeat(message_max + 1) })],
  ['a large packet', pack({ id: 'a', text: 'a', more: 'a'.repeat(20_000) })],
];
for (const [what, payload] of refused) {
  test(`refuses ${what}`, () => assert.equal(readMessage(payload), null));
}

test('a text of the greatest length passes, in any script', () => {
  for (const letter of ['a', 'é', 'あ']) {
    assert.ok(readMessage(pack({ id: 'a', text: letter.repeat(message_max) })), letter);
  }
});
