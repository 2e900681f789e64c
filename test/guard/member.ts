/** A page of one member behind the guard, and one of a keyless listener, for tests of the guard. */
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { bundle, bundleScript, readersScript } from '../media/readers.ts';
import type { TestHouse } from '../house.ts';
import { mintSeat } from '../seat.ts';

declare global {
  interface Window {
    readonly member: typeof import('./page.ts');
    readonly tapped: typeof import('./tap.ts');
  }
}

export const page_path = '/guarded';

/** 22 characters, as the ids of leaves have. */
export function newIdentity(): string {
  return randomBytes(17).toString('base64url').slice(0, 22);
}

export async function guardedHtml(): Promise<string> {
  const worker = await bundle(
    'sealing',
    fileURLToPath(new URL('../../src/meet/web/guard/worker.ts', import.meta.url)),
  );
  const page = await script('member', './page.ts');
  return htmlOf(`globalThis.worker_script = ${JSON.stringify(worker)};\n${page}`);
}

function script(name: string, path: string): Promise<string> {
  return bundleScript(name, fileURLToPath(new URL(path, import.meta.url)));
}

function htmlOf(text: string): string {
  return `<!doctype html><script>${text.replaceAll('</script', '<\\/script')}</script>`;
}

export interface MemberPage {
  readonly identity: string;
  readonly page: Page;
  readonly context: BrowserContext;
}

async function openPage(
  browser: Browser,
  origin: string,
  html: string,
  before = '',
): Promise<Page> {
  const context = await browser.newContext();
  await context.grantPermissions(['camera', 'microphone'], { origin });
  await context.addInitScript({ content: `${await readersScript()}\n${before}` });
  const page = await context.newPage();
  await page.route(origin + page_path, (route) =>
    route.fulfill({ contentType: 'text/html', body: html }),
  );
  await page.goto(origin + page_path);
  return page;
}

/** As Chromium was before it had script transforms: createEncodedStreams is all there is. */
export const without_scripts = 'delete globalThis.RTCRtpScriptTransform;';

/** A member whose guard stands and who is not connected yet; `before` runs before all else. */
export async function openMember(
  browser: Browser,
  origin: string,
  before = '',
): Promise<MemberPage> {
  const identity = newIdentity();
  const page = await openPage(browser, origin, await guardedHtml(), before);
  await page.evaluate((own) => window.member.start(own), identity);
  return { identity, page, context: page.context() };
}

/** Somebody the server let in without a key. */
export async function openTap(browser: Browser, origin: string): Promise<MemberPage> {
  const page = await openPage(browser, origin, htmlOf(await script('tapped', './tap.ts')));
  return { identity: newIdentity(), page, context: page.context() };
}

/** What the media engine lets an identity in with. */
export async function admit(
  { house, origin }: Pick<TestHouse, 'house' | 'origin'>,
  room: string,
  identity: string,
): Promise<[string, string]> {
  const token = await mintSeat(house, room, identity);
  return [`${origin}/lk`.replace(/^http/, 'ws'), token];
}
