import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bringForward, exchange, keepPlaces } from './places.ts';

test('who stays keeps the place, who comes sits at the end', () => {
  assert.deepEqual(keepPlaces(['a', 'b', 'c'], ['c', 'd', 'a']), ['a', 'c', 'd']);
  assert.deepEqual(keepPlaces([], ['b', 'a']), ['b', 'a']);
});

test('two change places by hand, and nobody else', () => {
  const order = ['a', 'b', 'c', 'd'];
  assert.deepEqual(exchange(order, 'a', 'c'), ['c', 'b', 'a', 'd']);
  assert.deepEqual(exchange(order, 'b', 'b'), order);
  assert.deepEqual(exchange(order, 'a', 'x'), order);
});

test('a speaker of a later page changes places with who was silent longest, and nobody else', () => {
  const heard = new Map([
    ['a', 50],
    ['b', 10],
    ['c', 90],
  ]);
  const order = ['a', 'b', 'c', 'd', 'e'];
  assert.deepEqual(bringForward(order, 'e', 3, heard, new Set()), ['a', 'e', 'c', 'd', 'b']);
  assert.deepEqual(bringForward(order, 'e', 3, heard, new Set(['b'])), ['e', 'b', 'c', 'd', 'a']);
});

test('who was never heard gives way first, the last of them', () => {
  const order = ['a', 'b', 'c', 'd'];
  assert.deepEqual(bringForward(order, 'd', 3, new Map([['a', 5]]), new Set()), [
    'a',
    'b',
    'd',
    'c',
  ]);
});

test('a speaker of the first page, or with no place to give, moves nobody', () => {
  const order = ['a', 'b', 'c'];
  assert.deepEqual(bringForward(order, 'b', 2, new Map(), new Set()), order);
  assert.deepEqual(bringForward(order, 'c', 2, new Map(), new Set(['a', 'b'])), order);
  assert.deepEqual(bringForward(order, 'x', 2, new Map(), new Set()), order);
});
