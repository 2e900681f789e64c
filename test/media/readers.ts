import { fileURLToPath } from 'node:url';
import { build } from 'vite';

declare global {
  interface Window {
    /** What a test sees and hears inside a page. */
    readonly readers: typeof import('./in-page.ts');
  }
}

let bundled: Promise<string> | undefined;

/** The script that puts `window.readers` into a page, to be run before the page's own. */
export function readersScript(): Promise<string> {
  bundled ??= bundle();
  return bundled;
}

async function bundle(): Promise<string> {
  const entry = fileURLToPath(new URL('./in-page.ts', import.meta.url));
  const result = await build({
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    build: {
      write: false,
      minify: false,
      target: 'es2023',
      lib: { entry, formats: ['iife'], name: 'readers' },
    },
  });
  const output = Array.isArray(result) ? result[0] : result;
  if (!output || !('output' in output)) throw new Error('Vite built no readers');
  const [chunk] = output.output;
  // A preload script may run in a function of its own, where `var` would stay.
  return `${chunk.code}\n;globalThis.readers = readers;`;
}
