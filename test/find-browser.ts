import { existsSync } from 'node:fs';

const chromium_paths = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

const firefox_paths = [
  '/usr/bin/firefox-esr',
  '/usr/bin/firefox',
  '/Applications/Firefox.app/Contents/MacOS/firefox',
];

/** The path of a Chromium on this machine, where packages put it; undefined when there is none. */
export function findChromium(): string | undefined {
  return chromium_paths.find((path) => existsSync(path));
}

/** The same for Firefox. */
export function findFirefox(): string | undefined {
  return firefox_paths.find((path) => existsSync(path));
}
