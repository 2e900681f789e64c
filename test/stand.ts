/** A server and browsers for the tests of one file, from its first test to its last. */
import { after, before } from 'node:test';
import { openBrowsers } from './browser.ts';
import type { Browsers } from './browser.ts';
import { startHouse } from './house.ts';
import type { TestHouse } from './house.ts';

export interface Stand {
  readonly browsers: Browsers;
  /** Running once the first test has begun. */
  readonly house: Omit<TestHouse, 'stop'>;
}

/** @param environment settings of the server besides those of every test. */
export function openStand(environment: Readonly<Record<string, string>> = {}): Stand {
  const browsers = openBrowsers();
  let started: TestHouse | undefined;
  const running = (): TestHouse => {
    if (!started) throw new Error('the server is not running yet');
    return started;
  };
  before(async () => {
    started = await startHouse(environment);
  });
  after(async () => {
    await browsers.close();
    await started?.stop();
  });
  return {
    browsers,
    house: {
      get house() {
        return running().house;
      },
      get origin() {
        return running().origin;
      },
      get data_dir() {
        return running().data_dir;
      },
      get log_lines() {
        return running().log_lines;
      },
    },
  };
}
