import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LineCount } from '../guard/messages.ts';
import type { GroupView, Leaf } from './group.ts';
import { countSince, judgeLock } from './lock.ts';

function leaf(identity: string, confirmed = true): [string, Leaf] {
  return [identity, { identity, name: identity, role: 'guest', confirmed }];
}

function view(change: Partial<GroupView> = {}): GroupView {
  return {
    phase: 'in',
    end: null,
    own: 'ada',
    epoch: '3',
    code: '',
    mode: 'meeting',
    stage: [],
    guests: [],
    codecs: [],
    gate: 'open',
    pulse: 'well',
    waiting: [],
    leaves: new Map([leaf('ada', false), leaf('ben')]),
    ...change,
  };
}

function line(change: Partial<LineCount> = {}): LineCount {
  return { id: 1, direction: 'receive', seen: 100, passed: 100, dropped: {}, ...change };
}

const calm = { breach: false, strangers: false, view: view(), lines: [line()] };

test('green only where everything is well', () => {
  assert.deepEqual(judgeLock(calm), { state: 'green', reason: 'sealed' });
  const unconfirmed = view({ leaves: new Map([leaf('ada'), leaf('ben', false)]) });
  const table = [
    [{ breach: true }, 'red', 'breach'],
    [{ view: view({ pulse: 'alone' }) }, 'red', 'alone'],
    [{ view: view({ phase: 'waiting' }) }, 'amber', 'joining'],
    [{ view: view({ phase: 'out-of-sync' }) }, 'amber', 'joining'],
    [{ lines: [line({ passed: 0, dropped: { refused: 11 } })] }, 'red', 'refused'],
    [{ lines: [line({ direction: 'send', dropped: { codec: 1 } })] }, 'amber', 'unsent'],
    [{ lines: [line({ direction: 'send', dropped: { failed: 1 } })] }, 'amber', 'unsent'],
    [{ strangers: true }, 'amber', 'stranger'],
    [{ view: view({ pulse: 'missing' }) }, 'amber', 'missing'],
    [{ view: view({ pulse: 'no-host' }) }, 'amber', 'no-host'],
    [{ view: unconfirmed }, 'amber', 'unconfirmed'],
  ] as const;
  for (const [change, state, reason] of table) {
    assert.deepEqual(judgeLock({ ...calm, ...change }), { state, reason }, reason);
  }
});

test('the worse of two is said', () => {
  const both = { ...calm, strangers: true, view: view({ pulse: 'alone' }) };
  assert.equal(judgeLock(both).reason, 'alone');
  assert.equal(judgeLock({ ...both, breach: true }).reason, 'breach');
});

test('a few late frames are no attack, nor is what was before the last look', () => {
  const late = line({ passed: 0, dropped: { refused: 10 } });
  assert.equal(judgeLock({ ...calm, lines: [late] }).state, 'green');
  const mixed = line({ passed: 90, dropped: { refused: 11 } });
  assert.equal(judgeLock({ ...calm, lines: [mixed] }).reason, 'refused');
  const before = [line({ passed: 0, dropped: { refused: 50 } })];
  const now = [line({ seen: 150, passed: 50, dropped: { refused: 50 } })];
  assert.deepEqual(countSince(before, now), [
    line({ seen: 50, passed: 50, dropped: { refused: 0 } }),
  ]);
});
