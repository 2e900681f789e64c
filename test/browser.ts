/**
 * Chromium with known cameras and microphones, and people in it. One browser process for each
 * person's camera, contexts in it for further tabs; a test runs inside `Browsers.run`, which
 * fails it on anything that a page should not have said or asked for.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { findChromium } from './find-browser.ts';
import { mediaFiles } from './media/files.ts';
import { openVisitor } from './visitor.ts';
import type { Visit, Visitor } from './visitor.ts';

export interface BrowserOptions {
  /** Whose camera and microphone the browser has; undefined: it has neither. */
  readonly person: number | undefined;
  readonly flags?: readonly string[];
}

/** The browsers of one test file. */
export interface Browsers {
  /**
   * Runs `play` with a function that opens people's pages on `origin`. Afterwards every page
   * must have been silent and have spoken to `origin` only; a failure saves what each page showed.
   */
  run(
    origin: string,
    play: (visit: (options?: Visit & Partial<BrowserOptions>) => Promise<Visitor>) => Promise<void>,
  ): Promise<void>;
  close(): Promise<void>;
}

const flags_always = [
  '--autoplay-policy=no-user-gesture-required',
  '--allow-loopback-in-peer-connection',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-domain-reliability',
  '--disable-features=MediaRouter,OptimizationHints,Translate',
  '--no-pings',
  // Nothing but this machine can be reached, so that a test needs no network and asks nobody.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

/** Starts one Chromium. @throws Error that says how to install one where there is none. */
export async function startChromium({ person, flags = [] }: BrowserOptions): Promise<Browser> {
  const executable = findChromium();
  if (!executable) throw new Error('no Chromium found: install the package "chromium"');
  const media: string[] = [];
  if (person !== undefined) {
    const { camera, microphone } = await mediaFiles(person);
    media.push(
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-video-capture=${camera}`,
      `--use-file-for-fake-audio-capture=${microphone}`,
    );
  }
  return chromium.launch({
    executablePath: executable,
    // A muted browser also shares silence when it shares a tab.
    ignoreDefaultArgs: ['--mute-audio'],
    args: [...flags_always, ...media, ...flags],
    chromiumSandbox: process.getuid?.() !== 0,
  });
}

/** Makes an empty set of browsers; each is started when somebody first needs it. */
export function openBrowsers(): Browsers {
  const started = new Map<string, Promise<Browser>>();
  const browserFor = (options: BrowserOptions): Promise<Browser> => {
    const name = JSON.stringify([options.person ?? 'nobody', options.flags ?? []]);
    const browser = started.get(name) ?? startChromium(options);
    started.set(name, browser);
    return browser;
  };
  return {
    async run(origin, play) {
      const visitors: Visitor[] = [];
      try {
        await play(async (options = {}) => {
          const person = 'person' in options ? options.person : 0;
          const flags = options.flags ?? [];
          const browser = await browserFor({ person, flags });
          const visitor = await openVisitor(browser, origin, options);
          visitors.push(visitor);
          return visitor;
        });
        for (const visitor of visitors) visitor.assertQuiet();
      } catch (cause) {
        const folder = await saveScenes(visitors);
        const said = visitors.flatMap(({ problems }) => problems);
        throw new Error(`${messageOf(cause)}\nscenes: ${folder}\n${said.join('\n')}`, { cause });
      } finally {
        await Promise.all(visitors.map((visitor) => visitor.close()));
      }
    },
    async close() {
      await Promise.all([...started.values()].map(async (browser) => (await browser).close()));
      started.clear();
    },
  };
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** Saves a picture and the accessibility tree of every page, for whoever reads the failure. */
async function saveScenes(visitors: readonly Visitor[]): Promise<string> {
  const folder = join(tmpdir(), 'conclave-test-failures', String(Date.now()));
  mkdirSync(folder, { recursive: true });
  const saving = visitors.map(async ({ page, name }, index) => {
    const path = join(folder, `${String(index)}-${name}`);
    await page.screenshot({ path: `${path}.png`, timeout: 5000 });
    const tree = await page.locator('body').ariaSnapshot({ timeout: 5000 });
    writeFileSync(`${path}.yaml`, `# ${page.url().replace(/#.*/, '')}\n${tree}\n`);
    const connections = await page.evaluate(() => window.readers.describeConnections());
    writeFileSync(`${path}.json`, JSON.stringify(connections, null, 1));
  });
  await Promise.allSettled(saving);
  return folder;
}
