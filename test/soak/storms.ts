/** Storms over real members at a real delivery service, for as long as wanted. */
import { closeBrowsers } from '#test/group/browser.ts';
import { startDelivery } from '#test/group/delivery.ts';
import { storm_pace, weather } from '#test/group/storm.ts';

/**
 * Stops at the first storm after which a promise did not hold, and says its seed.
 * @returns how many there were
 */
export async function playStorms(seconds: number, first_seed: number): Promise<number> {
  const delivery = await startDelivery(storm_pace);
  const end_ms = Date.now() + seconds * 1000;
  let seed = first_seed;
  try {
    for (; Date.now() < end_ms; seed += 1) {
      await weather(delivery, { seed, steps: 150, people_max: 9 });
      closeBrowsers();
    }
    return seed - first_seed;
  } finally {
    closeBrowsers();
    await delivery.stop();
  }
}
