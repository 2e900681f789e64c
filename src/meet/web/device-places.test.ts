import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placeOf, places_max, recall, remember } from './device-places.ts';
import type { DevicePlaces } from './device-places.ts';

test('a place is the devices that are there, in any order, without what is everywhere', () => {
  assert.equal(placeOf(['b', 'default', 'a', '', 'communications', 'a']), placeOf(['a', 'b']));
  assert.notEqual(placeOf(['a']), placeOf(['a', 'b']));
});

test('each place has its own choice, and the latest change of each device stands', () => {
  let places: DevicePlaces = [];
  places = remember(places, 'home', { camera_id: 'lid' });
  places = remember(places, 'work', { camera_id: 'desk' });
  places = remember(places, 'home', { microphone_id: 'headset' });
  places = remember(places, 'work', { camera_id: 'lid' });
  assert.deepEqual(recall(places, 'home'), { camera_id: 'lid', microphone_id: 'headset' });
  assert.deepEqual(recall(places, 'work'), { camera_id: 'lid' });
  assert.equal(recall(places, 'train'), null);
});

test('the place where nothing was chosen for longest is forgotten', () => {
  let places = remember([], 'first', { camera_id: 'a' });
  places = remember(places, 'second', { camera_id: 'b' });
  for (let count = 0; count < places_max - 2; count += 1) {
    places = remember(places, `place ${count}`, {});
  }
  places = remember(places, 'first', { speaker_id: 'c' });
  places = remember(places, 'one more', {});
  assert.equal(places.length, places_max);
  assert.deepEqual(recall(places, 'first'), { camera_id: 'a', speaker_id: 'c' });
  assert.equal(recall(places, 'second'), null);
});
