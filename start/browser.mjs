/** The browsers of the tests: found, or brought by the system's package manager where it may. */
import { existsSync } from 'node:fs';
import { run } from './command.mjs';
import { StartError, step } from './step.mjs';

/** The places that test/find-browser.ts looks at. */
const chromium_places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
const firefox_places = [
  '/usr/bin/firefox-esr',
  '/usr/bin/firefox',
  '/Applications/Firefox.app/Contents/MacOS/firefox',
];
const needed = ['chromium', 'pulseaudio', 'fonts-dejavu-core'];
/** Ubuntu has no package of this name. */
const welcome = ['firefox-esr'];

const advice =
  process.platform === 'darwin'
    ? 'The browser tests need Google Chrome or Chromium in /Applications: install one and run npm test again.'
    : `The browser tests need Chromium: as root, apt-get install ${[...needed, ...welcome].join(' ')} (on Ubuntu, whose chromium is a snap: Google Chrome's own package), then run npm test again.`;

/**
 * Installs Chromium and Firefox, and what the tests use beside them, when they are missing.
 * @throws StartError saying how to get Chromium, where we may not install it
 */
export async function findBrowser() {
  if (isThere(chromium_places) && isThere(firefox_places)) return;
  const may = process.geteuid?.() === 0 && existsSync('/usr/bin/apt-get');
  if (may) await step({ doing: 'installing browsers', done: 'browsers installed' }, install);
  else if (!isThere(chromium_places)) throw new StartError(advice);
}

/** @param {(note: string) => void} note */
async function install(note) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const command = ['install', '-y', '--no-install-recommends'];
  let said = '';
  for (const args of [['update'], [...command, ...needed], [...command, ...welcome]]) {
    note(`apt-get ${args[0]}`);
    said += (await run('apt-get', args, { env })).output;
  }
  if (!isThere(chromium_places)) throw new StartError(advice, said);
}

/** @param {readonly string[]} places */
function isThere(places) {
  return places.some((place) => existsSync(place));
}
