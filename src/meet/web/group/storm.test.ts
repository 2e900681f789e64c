/** Real members at a real delivery service, over a bad network. `npm run soak` has longer storms. */
import { after, afterEach, before, test } from 'node:test';
import { closeBrowsers } from '#test/group/browser.ts';
import { startDelivery, type Delivery } from '#test/group/delivery.ts';
import { storm_pace, weather } from '#test/group/storm.ts';

let delivery: Delivery;

before(async () => {
  delivery = await startDelivery(storm_pace);
});
afterEach(() => closeBrowsers());
after(() => delivery.stop());

for (const seed of [1, 2, 3]) {
  test(`after storm ${seed} all who are there are of one mind`, async (t) => {
    t.diagnostic(JSON.stringify(await weather(delivery, { seed, steps: 60, people_max: 7 })));
  });
}
