/** One person in one browser context: what they do, see and hear, and what their page asks for. */
import assert from 'node:assert/strict';
import type { Browser, BrowserContext, Frame, Locator, Page } from 'playwright-core';
import type { Heard, Seen } from './media/in-page.ts';
import { toneOf } from './media/pattern.ts';
import { readersScript } from './media/readers.ts';
import { until } from './until.ts';

export interface Visit {
  /** The name typed into the join page, and the name in failures. */
  readonly name?: string;
  readonly lang?: 'en' | 'fr';
  readonly size?: 'phone' | 'laptop' | 'desk';
  readonly scheme?: 'light' | 'dark';
  /** Whether camera and microphone are granted before the page loads; asked otherwise. */
  readonly granted?: boolean;
  /** The UDP port that all media goes through; see line.ts. */
  readonly relay_port?: number;
}

export interface Request {
  readonly url: string;
  readonly referrer: string | undefined;
}

export interface Visitor {
  readonly name: string;
  readonly lang: 'en' | 'fr';
  readonly page: Page;
  readonly context: BrowserContext;
  /** Every request and WebSocket of every page of the context. */
  readonly requests: readonly Request[];
  /** Console errors, page errors and requests to other origins so far. */
  readonly problems: readonly string[];
  /** Lets problems that match pass: for tests that provoke them, such as a killed server. */
  expectProblems(pattern: RegExp): void;
  assertQuiet(): void;
  /** The tile of the participant of that name. */
  tile(name: string): Locator;
  /** Waits until `name`'s moving picture was seen here, and says whose camera it was. */
  see(name: string, options?: { frames?: number; timeout_ms?: number }): Promise<Seen>;
  /** The same for any `video` element. */
  watch(video: Locator, options?: { frames?: number; timeout_ms?: number }): Promise<Seen>;
  /** Waits until the tone of that camera's person was heard here. */
  hear(person: number, timeout_ms?: number): Promise<Heard>;
  /** Waits until three syllables' time of audio, 1.2 s, has passed without that tone. */
  hearNothingOf(person: number, timeout_ms?: number): Promise<Heard>;
  /** Answers *Allow* to the browser's question for camera, microphone and `more`. */
  grant(more?: readonly string[]): Promise<void>;
  /** Answers *Block* to it. */
  deny(names: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

const sizes = {
  phone: { width: 390, height: 844 },
  laptop: { width: 1280, height: 800 },
  desk: { width: 1920, height: 1080 },
};
const patience_ms = 20_000;

/** Opens a context of its own on `origin`, with one empty page. */
export async function openVisitor(
  browser: Browser,
  origin: string,
  visit: Visit,
): Promise<Visitor> {
  const { lang = 'en', size = 'laptop', scheme = 'light', granted = true, name = 'Ada' } = visit;
  const context = await browser.newContext({
    locale: lang === 'fr' ? 'fr-FR' : 'en-US',
    viewport: sizes[size],
    colorScheme: scheme,
    hasTouch: size === 'phone',
    isMobile: size === 'phone',
    ignoreHTTPSErrors: true,
  });
  const relay =
    visit.relay_port === undefined ? '' : `readers.useRelay(${String(visit.relay_port)});`;
  await context.addInitScript({ content: `${await readersScript()}\n${relay}` });
  const grant = async (more: readonly string[] = []): Promise<void> => {
    await context.grantPermissions(['camera', 'microphone', ...more], { origin });
  };
  if (granted) await grant();
  const { requests, problems } = recordTraffic(context, origin);
  const page = await context.newPage();
  page.setDefaultTimeout(patience_ms);
  const expected: RegExp[] = [];
  const unexpected = (): string[] =>
    problems.filter((problem) => !expected.some((pattern) => pattern.test(problem)));
  return {
    name,
    lang,
    page,
    context,
    requests,
    problems,
    expectProblems: (pattern) => void expected.push(pattern),
    assertQuiet: () => {
      assert.deepEqual(unexpected(), [], `${name}'s page was not quiet`);
    },
    watch: watchVideo,
    ...sensesOf(page),
    grant,
    deny: (denied) => denyPermissions(page, denied),
    close: () => context.close(),
  };
}

type Senses = Pick<Visitor, 'tile' | 'see' | 'hear' | 'hearNothingOf'>;

/** What is seen and heard in a page, or in a frame of one. */
export function sensesOf(page: Page | Frame): Senses {
  const tile: Visitor['tile'] = (who) => page.getByRole('group', { name: startsWith(who) });
  const listen =
    (audible: boolean, rounds: number): Visitor['hear'] =>
    (person, timeout_ms = patience_ms) =>
      page.evaluate(([tone, wanted, count, ms]) => window.readers.listen(tone, wanted, count, ms), [
        toneOf(person),
        audible,
        rounds,
        timeout_ms,
      ] as const);
  return {
    tile,
    see: (who, options) => watchVideo(tile(who).locator('video'), options),
    hear: listen(true, 5),
    hearNothingOf: listen(false, 24),
  };
}

/** The same person in another page of the same browser, as after a crash. */
export async function reopen(visitor: Visitor): Promise<Visitor> {
  const page = await visitor.context.newPage();
  page.setDefaultTimeout(patience_ms);
  return { ...visitor, page, ...sensesOf(page) };
}

async function denyPermissions(page: Page, denied: readonly string[]): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const { targetInfo } = await session.send('Target.getTargetInfo');
  const { browserContextId } = targetInfo;
  for (const name of denied)
    await session.send('Browser.setPermission', {
      permission: { name },
      setting: 'denied',
      ...(browserContextId === undefined ? {} : { browserContextId }),
    });
  await session.detach();
}

function startsWith(name: string): RegExp {
  return new RegExp(`^${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`);
}

/** Tries again with a fresh element when the page replaces the one that was watched. */
function watchVideo(
  video: Locator,
  { frames = 10, timeout_ms = patience_ms }: { frames?: number; timeout_ms?: number } = {},
): Promise<Seen> {
  return until(`moving picture in ${String(video)}`, timeout_ms, () =>
    video.evaluate(
      (element, [count, ms]) => {
        if (!(element instanceof HTMLVideoElement)) throw new TypeError('not a video');
        return window.readers.see(element, count, ms);
      },
      [frames, Math.min(timeout_ms, 10_000)] as const,
      { timeout: timeout_ms },
    ),
  );
}

function recordTraffic(
  context: BrowserContext,
  origin: string,
): { requests: Request[]; problems: string[] } {
  const requests: Request[] = [];
  const problems: string[] = [];
  const note = (url: string, referrer: string | undefined): void => {
    requests.push({ url, referrer });
    const own = [origin, origin.replace(/^http/, 'ws')].some(
      (prefix) => url === prefix || url.startsWith(`${prefix}/`),
    );
    if (!own && !/^(?:data|blob|about):/.test(url))
      problems.push(`request to another origin: ${url}`);
  };
  context.on('request', (request) => {
    note(request.url(), request.headers()['referer']);
  });
  context.on('weberror', (error) => {
    const { stack, message } = error.error();
    problems.push(`page error: ${stack === undefined || stack === '' ? message : stack}`);
  });
  context.on('console', (message) => {
    const { url } = message.location();
    if (message.type() === 'error')
      problems.push(`console error: ${message.text()} (${url.replace(/#.*/, '')})`);
  });
  context.on('page', (page) => {
    page.on('websocket', (socket) => {
      note(socket.url(), undefined);
    });
    page.on('crash', () => problems.push('the page crashed'));
  });
  return { requests, problems };
}
