/** What the worker that seals frames is told. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PulseState } from '../../../protocol/encryption/pulse.ts';
import type { FromKeeper } from '../guard/messages.ts';
import { Keeper } from './keeper.ts';
import type { MemberEvent } from './member.ts';
import type { Phase } from './view.ts';

function startKeeper() {
  const told: FromKeeper[] = [];
  let spent = 0;
  const keeper = new Keeper(
    (message) => told.push(structuredClone(message)),
    () => (spent += 1),
  );
  const take = (): FromKeeper[] => told.splice(0);
  return { keeper, take, spent: () => spent };
}

function keys(epoch: bigint, first = false): Extract<MemberEvent, { kind: 'keys' }> {
  const leaves = [{ leaf: 0, identity: 'ada', media: new Uint8Array(32).fill(7) }];
  return { kind: 'keys', epoch, own: 'ada', first, removed: false, leaves };
}

function view(phase: Phase, pulse: PulseState = 'well'): MemberEvent {
  const none = {
    fault: null,
    epoch: null,
    leaf: null,
    code: null,
    mode: 'meeting' as const,
    guests: [],
    stage: [],
    codecs: [],
    gate: null,
    people: [],
    waiting: [],
  };
  return { kind: 'view', view: { phase, pulse, id: 'ada', ...none } };
}

const send = (epoch: bigint, held = false): FromKeeper => ({ t: 'send', epoch, held });

test('keys are handed on, and not kept; sending goes over when it is told', () => {
  const { keeper, take } = startKeeper();
  const first = keys(4n, true);
  keeper.hear(first);
  const [enter, sent] = take();
  assert.ok(enter?.t === 'enter');
  assert.deepEqual(enter.leaves[0]?.media, new Uint8Array(32).fill(7));
  assert.deepEqual(first.leaves[0]?.media, new Uint8Array(32));
  assert.deepEqual(sent, send(4n));
  keeper.hear(keys(5n));
  assert.deepEqual(
    take().map(({ t }) => t),
    ['enter'],
  );
  keeper.hear({ kind: 'switch', epoch: 5n });
  assert.deepEqual(take(), [send(5n)]);
  keeper.hear({ kind: 'dropped', epoch: 5n });
  assert.deepEqual(take(), [{ t: 'drop', epoch: 5n }, send(4n)]);
});

test('frames are held while nobody confirms, and while one cannot follow', () => {
  const { keeper, take } = startKeeper();
  keeper.hear(keys(4n, true));
  take();
  for (const wrong of [view('in', 'alone'), view('out-of-sync')]) {
    keeper.hear(wrong);
    assert.deepEqual(take(), [send(4n, true)]);
    keeper.hear({ kind: 'switch', epoch: 4n });
    assert.deepEqual(take(), [send(4n, true)]);
    keeper.hear(view('in', 'missing'));
    assert.deepEqual(take(), [send(4n)]);
  }
});

test('out of the group all keys go, and another stay begins anew', () => {
  const { keeper, take } = startKeeper();
  keeper.hear(keys(4n, true));
  keeper.answer({ t: 'number', call: 1, epoch: 4n, source: 1 });
  take();
  keeper.hear(view('connecting'));
  assert.deepEqual(take(), [{ t: 'end' }]);
  keeper.hear(view('waiting'));
  assert.deepEqual(take(), []);
  keeper.hear(keys(0n, true));
  assert.deepEqual(
    take().map(({ t }) => t),
    ['enter', 'send'],
  );
  keeper.answer({ t: 'number', call: 2, epoch: 0n, source: 1 });
  assert.deepEqual(take(), [{ t: 'stream', call: 2, stream: 0 }]);
});

test('where no number is left the epoch is to end', () => {
  const { keeper, take, spent } = startKeeper();
  keeper.hear(keys(4n, true));
  const ask = (epoch: bigint): void => keeper.answer({ t: 'number', call: 1, epoch, source: 1 });
  for (let run = 0; run < 256; run += 1) ask(4n);
  take();
  assert.equal(spent(), 0);
  ask(4n);
  assert.deepEqual(take(), [{ t: 'stream', call: 1, stream: null }]);
  assert.equal(spent(), 1);
  // One of an epoch that is over changes nothing.
  ask(6n);
  ask(4n);
  assert.equal(spent(), 1);
});

test('a run of an encryptor gets no number that was given, and none of an epoch that is over', () => {
  const { keeper, take } = startKeeper();
  keeper.hear(keys(4n, true));
  take();
  const ask = (epoch: bigint): number | null => {
    keeper.answer({ t: 'number', call: 1, epoch, source: 1 });
    const [answer] = take();
    assert.ok(answer?.t === 'stream');
    return answer.stream;
  };
  assert.deepEqual([ask(4n), ask(4n), ask(6n), ask(4n)], [0, 1, 0, null]);
});
