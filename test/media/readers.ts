import { fileURLToPath } from 'node:url';
import { build } from 'vite';

declare global {
  interface Window {
    /** What a test sees and hears inside a page. */
    readonly readers: typeof import('./in-page.ts');
    /** The same, drawn and hummed by the page itself. */
    readonly drawn: typeof import('./drawn-camera.ts');
    /** A media server that lies. */
    readonly lies: typeof import('./in-page-lies.ts');
  }
}

const bundled = new Map<string, Promise<string>>();

/** The script that puts `window.readers` into a page, to be run before the page's own. */
export function readersScript(): Promise<string> {
  return script('readers', './in-page.ts');
}

/** The script that puts `window.drawn` into a page. */
export function drawnScript(): Promise<string> {
  return script('drawn', './drawn-camera.ts');
}

/** The script that puts `window.lies` into a page, to be run before the page's own. */
export function liesScript(): Promise<string> {
  return script('lies', './in-page-lies.ts');
}

function script(name: string, path: string): Promise<string> {
  return bundleScript(name, fileURLToPath(new URL(path, import.meta.url)));
}

/** The script that puts the exports of the module `entry` into `globalThis[name]`. */
export function bundleScript(name: string, entry: string): Promise<string> {
  const before = bundled.get(name) ?? expose(name, entry);
  bundled.set(name, before);
  return before;
}

async function expose(name: string, entry: string): Promise<string> {
  const code = await bundle(name, entry);
  // A preload script may run in a function of its own, where `var` would stay.
  return `${code}\n;globalThis.${name} = ${name};`;
}

/** The module `entry` and all it imports, as one classic script. */
export async function bundle(name: string, entry: string): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    build: {
      write: false,
      minify: false,
      target: 'es2023',
      lib: { entry, formats: ['iife'], name },
    },
  });
  const output = Array.isArray(result) ? result[0] : result;
  if (!output || !('output' in output)) throw new Error(`Vite built no ${name}`);
  const [chunk] = output.output;
  return chunk.code;
}
