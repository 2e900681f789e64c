/** Four people: everybody sees and hears everybody. Two share each camera, to spare processes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { button, meetTogether } from './journey.ts';
import { names } from './names.ts';
import { openStand } from './stand.ts';

const { browsers, house } = openStand();

test('four see and hear each other, and the one who leaves is missed by all', async () => {
  await browsers.run(house.origin, async (visit) => {
    const ada = await visit({ name: 'Ada', person: 0 });
    const ben = await visit({ name: 'Ben', person: 1 });
    const cleo = await visit({ name: 'Cleo', person: 0, lang: 'fr' });
    const dan = await visit({ name: 'Dan', person: 1, size: 'phone' });
    const all = [ada, ben, cleo, dan] as const;
    await meetTogether(house.origin, all);
    const person = { Ada: 0, Ben: 1, Cleo: 0, Dan: 1 };
    await Promise.all(
      all.flatMap((here) =>
        all
          .filter((there) => there !== here)
          .map(async (there) => {
            const seen = await here.see(there.name, { timeout_ms: 40_000 });
            assert.equal(seen.person, person[there.name as keyof typeof person]);
          }),
      ),
    );
    // Each hears both tones: the other camera's from two people, one's own from its other tab.
    await Promise.all(all.flatMap((here) => [here.hear(0), here.hear(1)]));
    await button(cleo, names.fr.leave).click();
    await Promise.all(
      [ada, ben, dan].map((here) => here.tile('Cleo').waitFor({ state: 'detached' })),
    );
    await Promise.all([ada.see('Dan'), ben.see('Ada'), dan.see('Ben')]);
  });
});
