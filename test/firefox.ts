/** Firefox over WebDriver BiDi, with an audio server of its own: without one it plays no sound. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch } from 'puppeteer-core';
import type { Browser, Page } from 'puppeteer-core';
import { drawnScript, readersScript } from './media/readers.ts';
import { until } from './until.ts';

export interface Firefox {
  /** A page whose camera and microphone are drawn and hummed as `person`'s. */
  open(person: number): Promise<Page>;
  close(): Promise<void>;
}

const preferences = {
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
  'media.peerconnection.ice.loopback': true,
  'media.peerconnection.ice.obfuscate_host_addresses': false,
  'media.autoplay.default': 0,
  'media.autoplay.blocking_policy': 0,
  // Nobody but this machine is asked for anything.
  'app.update.disabledForTesting': true,
  'browser.safebrowsing.downloads.remote.enabled': false,
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'captivedetect.canonicalURL': '',
  'datareporting.policy.dataSubmissionEnabled': false,
  'extensions.update.enabled': false,
  'media.gmp-manager.updateEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'network.dns.disablePrefetch': true,
  'services.settings.server': 'data:,',
  'toolkit.telemetry.server': '',
};

/** Starts Firefox at `path`. Its audio goes to a null sink that ends with it. */
export async function startFirefox(path: string): Promise<Firefox> {
  const folder = mkdtempSync(join(tmpdir(), 'conclave-firefox-'));
  const audio = await startAudio(folder);
  const stop = async (browser?: Browser): Promise<void> => {
    await browser?.close();
    if (audio && audio.exitCode === null) {
      const ended = once(audio, 'exit');
      audio.kill();
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const browser = await launch({
      browser: 'firefox',
      executablePath: path,
      headless: true,
      extraPrefsFirefox: preferences,
      env: {
        ...process.env,
        HOME: folder,
        ...(audio ? { PULSE_SERVER: `unix:${folder}/native` } : {}),
      },
    });
    return { open: (person) => openPage(browser, person), close: () => stop(browser) };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

async function openPage(browser: Browser, person: number): Promise<Page> {
  const page = await browser.newPage();
  await page.evaluateOnNewDocument(await readersScript());
  await page.evaluateOnNewDocument(
    `${await drawnScript()}\n;drawn.replaceDevices(${String(person)});`,
  );
  return page;
}

/** A PulseAudio with nothing but a null sink, in the foreground; undefined where there is none. */
async function startAudio(folder: string): Promise<ChildProcess | undefined> {
  if (!existsSync('/usr/bin/pulseaudio')) return undefined;
  const socket = join(folder, 'native');
  const child = spawn(
    '/usr/bin/pulseaudio',
    [
      '-n',
      '--daemonize=no',
      '--exit-idle-time=-1',
      '--use-pid-file=no',
      '--log-level=error',
      '-L',
      `module-native-protocol-unix socket=${socket} auth-anonymous=1`,
      '-L',
      'module-null-sink',
    ],
    {
      stdio: 'ignore',
      env: { ...process.env, HOME: folder, XDG_RUNTIME_DIR: folder, PULSE_RUNTIME_PATH: folder },
    },
  );
  await until('pulseaudio listens', 5000, () => existsSync(socket));
  return child;
}
