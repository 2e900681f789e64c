import { fileURLToPath } from 'node:url';
import { build } from 'vite';

declare global {
  interface Window {
    /** What a test sees and hears inside a page. */
    readonly readers: typeof import('./in-page.ts');
    /** The same, drawn and hummed by the page itself. */
    readonly drawn: typeof import('./drawn-camera.ts');
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

function script(name: string, path: string): Promise<string> {
  const before = bundled.get(name) ?? bundle(name, fileURLToPath(new URL(path, import.meta.url)));
  bundled.set(name, before);
  return before;
}

async function bundle(name: string, entry: string): Promise<string> {
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
  // A preload script may run in a function of its own, where `var` would stay.
  return `${chunk.code}\n;globalThis.${name} = ${name};`;
}
