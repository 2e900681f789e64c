import assert from 'node:assert/strict';
import { test } from 'node:test';
import { empty_floor, giveFloor } from './speaker.ts';

const present = new Set(['a', 'b', 'c']);

/** Who has the floor after each 100 ms of `script`: the letters heard, '.' for silence. */
function play(script: string): string {
  let floor = empty_floor;
  let now = 0;
  return Array.from(script, (heard) => {
    floor = giveFloor(floor, heard === '.' ? [] : [heard], present, now);
    now += 100;
    return floor.speaker ?? '.';
  }).join('');
}

test('a word into silence takes the floor, a click does not', () => {
  assert.equal(play('a.......'), '........');
  assert.equal(play('aaaa'), '...a');
});

test('a pause for breath does not lose it', () => {
  assert.equal(play('aaaaaaa.....aaa').at(-1), 'a');
  assert.equal(play('aaaa...................').at(-1), 'a');
});

test('a cough in a pause does not take it, a sentence does', () => {
  const speech = 'aaaaaa' + '.'.repeat(15);
  assert.equal(play(`${speech}bbb....`).at(-1), 'a');
  assert.equal(play(`${speech}${'b'.repeat(11)}`).at(-1), 'b');
});

test('who is spoken over keeps it for a while', () => {
  let floor = empty_floor;
  for (let now = 0; now <= 4000; now += 100) {
    floor = giveFloor(floor, now < 1000 ? ['a'] : ['b', 'a'], present, now);
  }
  assert.equal(floor.speaker, 'a');
  floor = giveFloor(floor, ['b', 'a'], present, 4600);
  assert.equal(floor.speaker, 'b');
});

test('who leaves gives it up, and the next takes it at once', () => {
  let floor = { ...empty_floor, speaker: 'a', heard_at: 1000 };
  const rest = new Set(['b', 'c']);
  floor = giveFloor(floor, ['c'], rest, 1100) as typeof floor;
  floor = giveFloor(floor, ['c'], rest, 1400) as typeof floor;
  assert.equal(floor.speaker, 'c');
});

test('the loudest of several is the rival', () => {
  let floor = giveFloor(empty_floor, ['c', 'b'], present, 0);
  floor = giveFloor(floor, ['c', 'b'], present, 300);
  assert.equal(floor.speaker, 'c');
});
