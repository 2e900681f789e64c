/** The member's idea of the delivery service is the service's own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventData, Input, Output } from '../../../app/contract.ts';
import type { keys } from '../../../keys/contract.ts';
import { Refusal } from '../../../protocol/encryption/refusal.ts';
import { bytesFrom, epochFrom } from './delivery.ts';
import type { Calls, Entry, WaitingKnock } from './delivery.ts';

type Theirs = typeof keys.calls;
type Ours = Calls;
type Name = Exclude<keyof Theirs, 'deny' | 'reset'>;

/** Compiles only while each input of ours is one of theirs, and each answer of theirs one of ours. */
type Fits = {
  [Call in Name]: Input<Ours[Call]> extends Input<Theirs[Call]>
    ? Output<Theirs[Call]> extends Output<Ours[Call]>
      ? true
      : false
    : false;
};
type Told = {
  entry: EventData<typeof keys.events.appended> extends Entry ? true : false;
  knocked: EventData<typeof keys.events.knocked>['knocks'][number] extends WaitingKnock
    ? true
    : false;
};

test('every call and event is the one of the contract', () => {
  const fits: Record<keyof Fits, true> & Fits = {
    hello: true,
    prove: true,
    create: true,
    knock: true,
    welcome: true,
    commit: true,
    resync: true,
    app: true,
    ready: true,
    refuse: true,
    log: true,
    info: true,
    watch: true,
    token: true,
  };
  const told: Record<keyof Told, true> & Told = { entry: true, knocked: true };
  assert.equal(Object.keys(fits).length + Object.keys(told).length, 16);
});

test('what the service hands out is read only if it is what it should be', () => {
  assert.deepEqual([...bytesFrom('AQID', 3)], [1, 2, 3]);
  assert.equal(epochFrom(7), 7n);
  for (const text of [null, 7, 'AQIDBA', 'A', 'AQ=='])
    assert.throws(() => bytesFrom(text, 3), Refusal);
  for (const value of [-1, 1.5, '7', null, 2 ** 60]) assert.throws(() => epochFrom(value), Refusal);
});
