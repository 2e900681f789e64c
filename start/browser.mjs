/** The browsers of the tests: found, or brought by the system's package manager where it may. */
import { existsSync } from 'node:fs';
import { run } from './command.mjs';
import { StartError, step } from './step.mjs';

/** The places that test/find-browser.ts looks at. */
const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
const needed = ['chromium', 'pulseaudio', 'fonts-dejavu-core'];
/** Ubuntu has no package of this name. */
const welcome = ['firefox-esr'];

const advice =
  process.platform === 'darwin'
    ? 'The browser tests need Google Chrome or Chromium in /Applications: install one and run npm test again.'
    : `The browser tests need Chromium: as root, apt-get install ${[...needed, ...welcome].join(' ')} (on Ubuntu, whose chromium is a snap: Google Chrome's own package), then run npm test again.`;

/**
 * Installs Chromium and what the tests use beside it when it is missing.
 * @throws StartError saying how, where we may not
 */
export async function findBrowser() {
  if (places.some((place) => existsSync(place))) return;
  if (process.geteuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) throw new StartError(advice);
  let said = '';
  await step({ doing: 'installing Chromium', done: 'Chromium installed' }, async (note) => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const install = ['install', '-y', '--no-install-recommends'];
    for (const args of [['update'], [...install, ...needed], [...install, ...welcome]]) {
      note(`apt-get ${args[0]}`);
      said += (await run('apt-get', args, { env })).output;
    }
    if (!places.some((place) => existsSync(place))) throw new StartError(advice, said);
  });
}
