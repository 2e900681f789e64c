/**
 * The built web client, held in memory: prerendered pages by language, hashed assets, and the
 * files of the root. Paths are looked up in a map, never joined to a folder, so no request can
 * name a file outside it.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { OperatorError } from './error.ts';

export type Encoding = 'br' | 'gzip' | 'identity';

/** One file in every encoding it was built in. */
export interface Asset {
  readonly type: string;
  readonly etag: string;
  readonly immutable: boolean;
  readonly bodies: ReadonlyMap<Encoding, Buffer>;
}

export interface Page extends Asset {
  readonly csp: string;
}

export interface Pages {
  /** 12 hex digits: which build of the client this is. */
  readonly build: string;
  page(name: string, lang: string): Page | undefined;
  asset(path: string): Asset | undefined;
}

interface PageEntry {
  readonly file: string;
  readonly scripts: readonly string[];
  readonly styles: readonly string[];
}

interface Manifest {
  readonly build: string;
  readonly pages: Readonly<Record<string, Readonly<Record<string, PageEntry>>>>;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
};

/** The page of a meeting may stand in a frame of another one: as a breakout room of it. */
const framed = ['meet'];

/** Nothing but our own origin; inline script and style only by the hashes of the build. */
function policy(name: string, entry: PageEntry): string {
  const frames = framed.includes(name) ? "'self'" : "'none'";
  const quote = (hashes: readonly string[]): string => hashes.map((hash) => ` '${hash}'`).join('');
  return [
    "default-src 'none'",
    `script-src 'self'${quote(entry.scripts)}`,
    `style-src 'self'${quote(entry.styles)}`,
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "connect-src 'self'",
    "font-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    `frame-src ${frames}`,
    `frame-ancestors ${frames}`,
  ].join('; ');
}

async function load(folder: string, name: string, immutable: boolean): Promise<Asset> {
  const plain = await readFile(join(folder, name));
  const bodies = new Map<Encoding, Buffer>([['identity', plain]]);
  for (const [encoding, suffix] of [
    ['br', '.br'],
    ['gzip', '.gz'],
  ] as const) {
    const body = await readFile(join(folder, name + suffix)).catch(() => undefined);
    if (body !== undefined) bodies.set(encoding, body);
  }
  const etag = `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`;
  return { type: types[extname(name)] ?? 'application/octet-stream', etag, immutable, bodies };
}

/**
 * Reads `dist/web` as start/build-web.ts writes it.
 * @throws OperatorError when there is no build.
 */
export async function loadPages(folder: string): Promise<Pages> {
  let manifest: Manifest;
  try {
    manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as Manifest;
  } catch (cause) {
    throw new OperatorError('The web client is not built. Start with: npm start', { cause });
  }
  const pages = new Map<string, Page>();
  for (const [name, by_lang] of Object.entries(manifest.pages)) {
    for (const [lang, entry] of Object.entries(by_lang)) {
      const asset = await load(folder, entry.file, false);
      pages.set(`${name}.${lang}`, { ...asset, csp: policy(name, entry) });
    }
  }
  const assets = new Map<string, Asset>();
  for (const [subfolder, prefix, immutable] of [
    ['assets', '/assets/', true],
    ['files', '/', false],
  ] as const) {
    for (const name of await readdir(join(folder, subfolder)).catch(() => [])) {
      if (/\.(br|gz|map)$/.test(name)) continue;
      assets.set(prefix + name, await load(join(folder, subfolder), name, immutable));
    }
  }
  return {
    build: manifest.build,
    page: (name, lang) => pages.get(`${name}.${lang}`) ?? pages.get(`${name}.en`),
    asset: (path) => assets.get(path),
  };
}

/** The best encoding both sides know; the client's q values only switch encodings off. */
export function chooseEncoding(accept: string, asset: Asset): Encoding {
  const offered = accept
    .toLowerCase()
    .split(',')
    .map((part) => part.trim().split(';'));
  const takes = (name: string): boolean =>
    offered.some(([coding, q]) => coding?.trim() === name && !/^\s*q=0(\.0*)?\s*$/.test(q ?? ''));
  if (asset.bodies.has('br') && takes('br')) return 'br';
  if (asset.bodies.has('gzip') && takes('gzip')) return 'gzip';
  return 'identity';
}

/** The page's language: the cookie of the switch, else the first of Accept-Language we have. */
export function chooseLang(cookie: string, accept: string): 'en' | 'fr' {
  const chosen = /(?:^|;\s*)lang=(en|fr)(?:;|$)/.exec(cookie)?.[1];
  if (chosen === 'en' || chosen === 'fr') return chosen;
  const ranked = accept
    .split(',')
    .map((part, index) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';');
      const q = parameters.map((text) => /^\s*q=([\d.]+)/.exec(text)?.[1]).find(Boolean);
      return { lang: tag.slice(0, 2), q: q === undefined ? 1 : Number(q), index };
    })
    .filter(({ q }) => q > 0)
    .toSorted((a, b) => b.q - a.q || a.index - b.index);
  for (const { lang } of ranked) if (lang === 'en' || lang === 'fr') return lang;
  return 'en';
}
