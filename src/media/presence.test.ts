import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import fc from 'fast-check';
import { Presence } from './presence.ts';
import type { MediaEvent } from './presence.ts';

let told: string[] = [];
let now_ms = 0;
let presence: Presence;

function tell(event: MediaEvent): void {
  told.push('identity' in event ? `${event.identity} ${event.kind}` : event.kind);
}

function person(identity: string, sid = `${identity}1`) {
  return { identity, sid, joined_ms: 0 };
}

beforeEach(() => {
  told = [];
  now_ms = 100;
  presence = new Presence(tell, () => now_ms);
});

test('who comes and goes is told in order', () => {
  presence.join('r', 'ada', 'ada1');
  presence.join('r', 'bob', 'bob1');
  presence.leave('r', 'ada', 'ada1');
  presence.finish('r');
  assert.deepEqual(told, ['ada joined', 'bob joined', 'ada left', 'bob left', 'finished']);
  assert.deepEqual(presence.rooms(), []);
});

test('a report told twice changes nothing', () => {
  for (let time = 0; time < 2; time += 1) presence.join('r', 'ada', 'ada1');
  for (let time = 0; time < 2; time += 1) presence.leave('r', 'ada', 'ada1');
  assert.deepEqual(told, ['ada joined', 'ada left']);
});

test('the end of an old connection does not end the new one', () => {
  presence.join('r', 'ada', 'ada1');
  presence.join('r', 'ada', 'ada2');
  presence.leave('r', 'ada', 'ada1');
  assert.deepEqual(told, ['ada joined', 'ada joined']);
  assert.equal(presence.countPeople(), 1);
});

test('reports of unknown rooms and people are ignored', () => {
  presence.leave('r', 'ada', 'ada1');
  presence.finish('r');
  presence.reconcile('r', [person('ada')], 200);
  assert.deepEqual(told, []);
});

describe('lists put right what reports missed', () => {
  test('who is not listed has left, who is listed has come', () => {
    presence.join('r', 'ada', 'ada1');
    presence.join('r', 'bob', 'bob1');
    told = [];
    presence.reconcile('r', [person('bob'), person('eve')], 200);
    assert.deepEqual(told, ['ada left', 'eve joined']);
  });

  test('an older list does not undo a newer report', () => {
    presence.join('r', 'ada', 'ada1');
    const asked_ms = 150;
    now_ms = 160;
    presence.join('r', 'bob', 'bob1');
    presence.leave('r', 'ada', 'ada1');
    told = [];
    presence.reconcile('r', [person('ada')], asked_ms);
    assert.deepEqual(told, []);
  });

  test('an expected room is looked into, and forgotten when nobody is there', () => {
    presence.expect('r');
    presence.expect('s');
    presence.reconcile('r', [person('ada')], 200);
    presence.reconcile('s', [], 200);
    assert.deepEqual(told, ['ada joined']);
    assert.deepEqual(presence.rooms(), ['r']);
  });

  test('after any reports, a fresh list is the truth', () => {
    const name = fc.constantFrom('a', 'b', 'c');
    const sid = fc.constantFrom('1', '2');
    const step = fc.tuple(fc.constantFrom('join', 'leave'), name, sid);
    fc.assert(
      fc.property(fc.array(step), fc.uniqueArray(name), (steps, listed) => {
        const here = new Set<string>();
        const each = new Presence((event) => {
          if (event.kind === 'joined') here.add(event.identity);
          if (event.kind === 'left') here.delete(event.identity);
        });
        each.expect('r');
        for (const [act, identity, connection] of steps) {
          if (act === 'join') each.join('r', identity, connection);
          else each.leave('r', identity, connection);
        }
        each.reconcile(
          'r',
          listed.map((identity) => person(identity, '3')),
          Infinity,
        );
        assert.deepEqual([...here].toSorted(), listed.toSorted());
        assert.equal(each.countPeople(), listed.length);
      }),
    );
  });
});
