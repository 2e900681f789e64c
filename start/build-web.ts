/**
 * Builds the web client into dist/web: `node start/build-web.ts [--watch]`, under Node 24.
 *
 * Vite compiles the pages' scripts and styles; every page is then rendered once per language, its
 * style and early script are put inline, and each text is compressed ahead of time. What the
 * server needs to know, the hashes of the inline parts above all, stands in manifest.json.
 */
import { createHash } from 'node:crypto';
import { watch } from 'node:fs';
import { cp, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { build, mergeConfig } from 'vite';
import type { InlineConfig, Rolldown } from 'vite';
import config from '../vite.config.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = join(root, 'dist/web');
/** Built here first: a server never sees half a build, and two builds at once do not mix. */
const next = join(root, `dist/web-${process.pid}`);
const work = join(root, `dist/prerender-${process.pid}`);

const langs = ['en', 'fr'] as const;
type Lang = (typeof langs)[number];

interface PageSource {
  readonly entry: string;
  readonly early: string | null;
  /** Whether search engines may list the page. */
  readonly listed: boolean;
  /** Whether the early script says when the page's scripts are loaded. */
  readonly late: boolean;
}

const pages = {
  home: {
    entry: 'src/web/pages/open-home.tsx',
    early: 'src/web/pages/early-home.ts',
    listed: true,
    late: false,
  },
  meet: {
    entry: 'src/web/pages/open-meet.tsx',
    early: 'src/meet/web/early-meet.ts',
    listed: false,
    late: true,
  },
  trial: {
    entry: 'src/web/pages/open-trial.tsx',
    early: 'src/web/pages/early-home.ts',
    listed: false,
    late: false,
  },
  missing: { entry: 'src/web/pages/open-missing.ts', early: null, listed: false, late: false },
} satisfies Record<string, PageSource>;
type PageName = keyof typeof pages;
const page_names = Object.keys(pages) as PageName[];

/** What the server reads of one page in one language. Hashes are CSP sources. */
interface PageEntry {
  readonly file: string;
  readonly scripts: readonly string[];
  readonly styles: readonly string[];
  readonly preload: readonly string[];
}

/** What the browser loads for a page. */
interface Loaded {
  readonly script: string | null;
  /** The scripts that `script` imports, to be fetched along with it. */
  readonly imports: readonly string[];
  readonly style: string;
}

type Prerender = (name: PageName, lang: Lang) => { title: string; body: string; noscript: string };
type Bundle = ReadonlyMap<string, Rolldown.OutputChunk | Rolldown.OutputAsset>;

async function compile(options: InlineConfig): Promise<Bundle> {
  const base: InlineConfig = { root, configFile: false, logLevel: 'warn' };
  const result = await build(mergeConfig(mergeConfig(config, base), options));
  if (!('output' in result) && !Array.isArray(result)) throw new Error('Vite gave no output.');
  const outputs = Array.isArray(result) ? result : [result];
  return new Map(outputs.flatMap(({ output }) => output).map((file) => [file.fileName, file]));
}

/**
 * React's production files by their names: their index files only choose between them and those
 * of development. In browsers alone: Node's rendering must share the one React of its packages.
 */
const production = [
  ['react', 'react/cjs/react.production.js'],
  ['react/jsx-runtime', 'react/cjs/react-jsx-runtime.production.js'],
  ['react-dom', 'react-dom/cjs/react-dom.production.js'],
  ['react-dom/client', 'react-dom/cjs/react-dom-client.production.js'],
  ['scheduler', 'scheduler/cjs/scheduler.production.js'],
].map(([name, file]) => ({
  find: new RegExp(`^${name}$`),
  replacement: join(root, 'node_modules', file ?? ''),
}));

/** Scripts and styles of every page, in the folder `next`. */
async function compilePages(): Promise<Record<PageName, Loaded>> {
  const input = Object.fromEntries(page_names.map((name) => [name, join(root, pages[name].entry)]));
  const bundle = await compile({
    resolve: { alias: production },
    build: { outDir: next, emptyOutDir: true, rolldownOptions: { input } },
  });
  const loaded = {} as Record<PageName, Loaded>;
  for (const name of page_names) loaded[name] = findLoaded(bundle, name);
  for (const file of bundle.values()) {
    // A page of style alone has an empty script; the style is inline.
    if (file.type === 'chunk' && isEmpty(file)) await rm(join(next, file.fileName));
  }
  return loaded;
}

/** What is left of a script that only imported styles. */
function isEmpty({ code }: Rolldown.OutputChunk): boolean {
  return code.replaceAll(/\/\*.*?\*\//g, '').trim() === '';
}

function findLoaded(bundle: Bundle, name: PageName): Loaded {
  const entry = [...bundle.values()].find(
    (file) => file.type === 'chunk' && file.isEntry && file.name === name,
  );
  if (entry?.type !== 'chunk') throw new Error(`Vite built no entry "${name}".`);
  const scripts: string[] = [];
  const styles = new Set<string>();
  const visit = (file: string): void => {
    const chunk = bundle.get(file);
    if (chunk?.type !== 'chunk' || scripts.includes(file)) return;
    scripts.push(file);
    for (const imported of chunk.imports) visit(imported);
    for (const style of chunk.viteMetadata?.importedCss ?? []) styles.add(style);
  };
  visit(entry.fileName);
  const css = [...styles].map((file) => {
    const asset = bundle.get(file);
    return asset?.type === 'asset' ? String(asset.source) : '';
  });
  return {
    script: isEmpty(entry) ? null : `/${entry.fileName}`,
    imports: scripts.slice(1).map((file) => `/${file}`),
    style: css.join('').trim(),
  };
}

/** The function that renders a page, compiled for Node. */
async function compilePrerender(): Promise<Prerender> {
  await compile({
    build: {
      ssr: join(root, 'src/web/pages/prerender.tsx'),
      outDir: work,
      emptyOutDir: true,
      rolldownOptions: { output: { entryFileNames: 'prerender.js', codeSplitting: {} } },
    },
  });
  // Modules are kept by address, so each build in a watch needs one of its own.
  const url = pathToFileURL(join(work, 'prerender.js'));
  url.search = String(Date.now());
  const module = (await import(url.href)) as { prerender: Prerender };
  return module.prerender;
}

/** An early script as one classic script, small enough to stand in the page. */
async function compileEarly(file: string | null): Promise<string> {
  if (file === null) return '';
  const bundle = await compile({
    build: {
      write: false,
      rolldownOptions: {
        input: join(root, file),
        output: { format: 'iife', codeSplitting: false },
      },
    },
  });
  const [script] = bundle.values();
  if (script?.type !== 'chunk') throw new Error(`${file} compiled to no script.`);
  return script.code.trim();
}

function hash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

interface Parts extends Loaded {
  readonly lang: Lang;
  readonly listed: boolean;
  readonly late: boolean;
  readonly early: string;
  readonly title: string;
  readonly body: string;
  readonly noscript: string;
  /** Scripts of the page that comes next, fetched when this one has nothing else to do. */
  readonly prefetch: readonly string[];
}

function composeHtml(parts: Parts): string {
  const { lang, listed, late, early, title, body, noscript, script, style, prefetch } = parts;
  const inline = [early, style].join('');
  if (/<\/(script|style)/i.test(inline)) throw new Error('An inline part would end its element.');
  // The policy forbids both, so the page would look or work otherwise than it was rendered.
  if (/<[^>]+\s(style|on\w+)=/i.test(body))
    throw new Error(`${title}: an inline style or handler.`);
  return [
    '<!doctype html>',
    `<html lang="${lang}">`,
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content">',
    `<title>${title}</title>`,
    '<meta name="color-scheme" content="light dark">',
    '<meta name="theme-color" media="(prefers-color-scheme: light)" content="#f6f4ef">',
    '<meta name="theme-color" media="(prefers-color-scheme: dark)" content="#12161a">',
    listed ? '' : '<meta name="robots" content="noindex">',
    late ? `<template id="scripts">${scriptTags(parts)}</template>` : '',
    early === '' ? '' : `<script>${early}</script>`,
    `<style>${style}</style>`,
    late ? '' : scriptTags(parts),
    '<link rel="icon" href="/favicon.svg" type="image/svg+xml">',
    '<link rel="apple-touch-icon" href="/apple-touch-icon.png">',
    '<link rel="manifest" href="/manifest.webmanifest">',
    ...prefetch.map((file) => `<link rel="prefetch" href="${file}" as="script">`),
    '</head>',
    '<body>',
    script === null ? '' : `<noscript><p class="notice">${noscript}</p></noscript>`,
    body,
    '</body>',
    '</html>',
  ]
    .filter((line) => line !== '')
    .join('\n');
}

function scriptTags({ script, imports }: Loaded): string {
  return [
    ...imports.map((file) => `<link rel="modulepreload" href="${file}">`),
    script === null ? '' : `<script type="module" src="${script}"></script>`,
  ].join('\n');
}

async function writePages(
  loaded: Record<PageName, Loaded>,
): Promise<Record<string, Record<string, PageEntry>>> {
  const prerender = await compilePrerender();
  await mkdir(join(next, 'pages'), { recursive: true });
  const entries: Record<string, Record<string, PageEntry>> = {};
  for (const name of page_names) {
    const { early: early_file, listed, late } = pages[name];
    const early = await compileEarly(early_file);
    const prefetch = name === 'home' ? [loaded.meet.script ?? ''] : [];
    entries[name] = {};
    for (const lang of langs) {
      const file = `pages/${name}.${lang}.html`;
      const rendered = prerender(name, lang);
      const parts = { ...loaded[name], ...rendered, lang, listed, late, early, prefetch };
      await writeFile(join(next, file), composeHtml(parts));
      const { script, imports, style } = loaded[name];
      entries[name][lang] = {
        file,
        scripts: early === '' ? [] : [hash(early)],
        styles: [hash(style)],
        preload: script === null ? [] : [...imports, script],
      };
    }
  }
  return entries;
}

const texts = new Set(['.html', '.js', '.css', '.svg', '.json', '.webmanifest', '.txt', '.wasm']);
const toBrotli = promisify(brotliCompress);
const toGzip = promisify<Buffer, { level: number }, Buffer>(gzip);

/** Writes `.br` and `.gz` beside every text, and gives the gzip size of each, in bytes. */
async function compress(quick: boolean): Promise<Map<string, number>> {
  const names = await readdir(next, { recursive: true });
  const sizes = new Map<string, number>();
  const compressOne = async (name: string): Promise<void> => {
    const plain = await readFile(join(next, name));
    const params = {
      [constants.BROTLI_PARAM_QUALITY]: quick ? 4 : constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: plain.length,
    };
    const [br, gz] = await Promise.all([toBrotli(plain, { params }), toGzip(plain, { level: 9 })]);
    await Promise.all([
      writeFile(join(next, `${name}.br`), br),
      writeFile(join(next, `${name}.gz`), gz),
    ]);
    sizes.set(`/${name.replaceAll('\\', '/')}`, gz.length);
  };
  await Promise.all(names.filter((name) => texts.has(extname(name))).map(compressOne));
  return sizes;
}

/** 12 hex digits over every file of the build and its name. */
async function nameBuild(): Promise<string> {
  const names = (await readdir(next, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
  const digest = createHash('sha256');
  for (const name of names) {
    const content = await readFile(name);
    digest.update(`${name.slice(next.length)}\0${content.length}\0`).update(content);
  }
  return digest.digest('hex').slice(0, 12);
}

function report(
  entries: Record<string, Record<string, PageEntry>>,
  sizes: ReadonlyMap<string, number>,
  build_ms: number,
): void {
  const kB = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`.padStart(9);
  const lines = Object.entries(entries).map(([name, { en }]) => {
    const scripts = (en?.preload ?? []).map((file) => sizes.get(file) ?? 0);
    const total = scripts.reduce((sum, size) => sum + size, 0);
    const html = sizes.get(`/${en?.file ?? ''}`) ?? 0;
    return `  ${name.padEnd(8)} page ${kB(html)}   scripts ${kB(total)}`;
  });
  const own = new Set(Object.values(entries).flatMap(({ en }) => en?.preload ?? []));
  const later = [...sizes]
    .filter(([file]) => /\.(js|css|wasm)$/.test(file) && !own.has(file))
    .map(([file, size]) => `  ${kB(size)}  ${file}`);
  const text = [
    `Web client built in ${(build_ms / 1000).toFixed(1)} s (gzip):`,
    ...lines,
    later.length > 0 ? 'Loaded later:' : '',
    ...later,
  ];
  process.stdout.write(`${text.filter(Boolean).join('\n')}\n`);
}

async function buildNext(quick: boolean): Promise<void> {
  const start = performance.now();
  const loaded = await compilePages();
  await cp(join(root, 'src/web/files'), join(next, 'files'), { recursive: true });
  const pages_built = await writePages(loaded);
  const name = await nameBuild();
  const sizes = await compress(quick);
  const manifest = { build: name, pages: pages_built };
  await writeFile(join(next, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  await rm(out, { recursive: true, force: true });
  await rename(next, out);
  report(pages_built, sizes, performance.now() - start);
}

/** One whole build. `quick` compresses less, for a developer who waits for it. */
export async function buildWeb({ quick }: { readonly quick: boolean }): Promise<void> {
  try {
    await buildNext(quick);
  } finally {
    await rm(next, { recursive: true, force: true });
    await rm(work, { recursive: true, force: true });
  }
}

/** Builds again whenever a source of the client changes, one build at a time. */
async function buildOnChange(): Promise<void> {
  let changed = Promise.withResolvers<void>();
  const heed = (file: string | null): void => {
    if (file === null || /(^|[\\/])(web|protocol)[\\/]|app[\\/]client\.ts$/.test(file)) {
      changed.resolve();
    }
  };
  watch(join(root, 'src'), { recursive: true }, (_kind, file) => heed(file));
  for (;;) {
    changed = Promise.withResolvers();
    try {
      await buildWeb({ quick: true });
    } catch (error) {
      process.stderr.write(`${String(error)}\n`);
    }
    await changed.promise;
    // Editors write in several steps; what they write meanwhile belongs to the same build.
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

if (import.meta.main) {
  if (process.argv.includes('--watch')) await buildOnChange();
  else await buildWeb({ quick: false });
}
