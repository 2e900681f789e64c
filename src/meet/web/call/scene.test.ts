import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assignRoles } from './scene.ts';
import type { Cast } from './scene.ts';
import type { Person, Share } from './model.ts';

function person(identity: string, you = false): Person {
  const quiet = { picture: null, camera_on: false, muted: true, speaking: false, bars: null };
  return { identity, name: identity, you, ...quiet, hand_at: null, away: false };
}

const share: Share = { id: '1', identity: 'a', name: 'a', you: false, picture: null };
const base: Cast = {
  mode: 'grid',
  pinned: null,
  spotlight: null,
  people: [person('me', true), person('a'), person('b'), person('c')],
  shares: [],
  order: ['a', 'b', 'c'],
  speaker: null,
  self_shown: true,
  first_page: 3,
};

test('a grid has nobody large, and oneself last on the first page', () => {
  assert.deepEqual(assignRoles(base), {
    large: [],
    screens: false,
    others: ['p:a', 'p:b', 'p:c', 'p:me'],
  });
  assert.deepEqual(assignRoles({ ...base, first_page: 1 }).others, ['p:a', 'p:me', 'p:b', 'p:c']);
});

test('one’s own picture can be hidden, but not from an empty room', () => {
  assert.deepEqual(assignRoles({ ...base, self_shown: false }).others, ['p:a', 'p:b', 'p:c']);
  const alone = { ...base, people: [person('me', true)], order: [], self_shown: false };
  assert.deepEqual(assignRoles(alone).others, ['p:me']);
});

test('the speaker stands large, and until somebody speaks the first', () => {
  assert.deepEqual(assignRoles({ ...base, mode: 'speaker' }).large, ['p:a']);
  assert.deepEqual(assignRoles({ ...base, mode: 'speaker', speaker: 'c' }).large, ['p:c']);
  assert.deepEqual(assignRoles({ ...base, mode: 'speaker', speaker: 'gone' }).large, ['p:a']);
});

test('screens come before the speaker, all of them', () => {
  const shares = [share, { ...share, id: '2' }];
  const roles = assignRoles({ ...base, mode: 'speaker', speaker: 'c', shares });
  assert.deepEqual(roles.large, ['s:1', 's:2']);
  assert.equal(roles.screens, true);
});

test('whom a host puts before all stands large, behind screens and one’s own pin', () => {
  const lit = { ...base, spotlight: 'b' };
  assert.deepEqual(assignRoles(lit).large, ['p:b']);
  assert.deepEqual(assignRoles({ ...lit, mode: 'speaker', speaker: 'c' }).large, ['p:b']);
  assert.deepEqual(assignRoles({ ...lit, spotlight: 'me' }).large, ['p:me']);
  assert.deepEqual(assignRoles({ ...lit, shares: [share] }).large, ['s:1']);
  assert.deepEqual(assignRoles({ ...lit, pinned: 'p:c' }).large, ['p:c']);
  assert.deepEqual(assignRoles({ ...lit, spotlight: 'gone' }).large, []);
});

test('a pin comes before everything, and a pin on nobody is none', () => {
  const roles = assignRoles({ ...base, pinned: 'p:b', shares: [share] });
  assert.deepEqual(roles.large, ['p:b']);
  assert.deepEqual(roles.others, ['s:1', 'p:a', 'p:c', 'p:me']);
  assert.deepEqual(assignRoles({ ...base, pinned: 'p:gone' }).large, []);
});
