import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import type { Plugin } from 'vite';
import { leanClient } from './start/lean.ts';
import { noticed } from './start/notices.ts';
import { silentClient } from './start/silent.ts';

/**
 * How the web client's modules are compiled; start/build-web.ts says which, and puts the pages
 * together. Every browser that can join has what is left untranslated here (web design, floor).
 */
const browsers = ['chrome123', 'firefox120', 'safari17.5'];

const begins =
  /preload-helper|src[\\/](web[\\/](lang|early|hydrate|store)|web[\\/]design[\\/](icon|mark|masthead)|app[\\/]client|meet[\\/]web[\\/](api|devices|guard[\\/]support)|protocol[\\/]link[\\/](base64url|door|fingerprint|link))\.tsx?$/;

const held = /src[\\/](meet[\\/]web[\\/]root-key|protocol[\\/]link[\\/]root)\.ts$/;

/**
 * Vite's loader of later chunks, in a quarter of its size: the styles and scripts that a chunk
 * needs are fetched along with it. The join page pays for every byte of it.
 */
const preload = `
const started = {};
const start = (file) => {
  const link = document.createElement('link');
  const is_style = file.endsWith('.css');
  link.rel = is_style ? 'stylesheet' : 'modulepreload';
  link.href = '/' + file;
  document.head.append(link);
  return is_style && new Promise((resolve, reject) => {
    link.onload = resolve;
    link.onerror = reject;
  });
};
export const __vitePreload = async (load, files = []) => {
  await Promise.all(files.map((file) => (started[file] ??= start(file))));
  return load();
};`;

const smallPreload: Plugin = {
  name: 'small-preload',
  transform: {
    filter: { id: /vite\/preload-helper/ },
    handler: () => ({ code: preload, map: null, moduleSideEffects: false }),
  },
};

export default defineConfig({
  publicDir: false,
  plugins: [react(), smallPreload, leanClient, silentClient, noticed],
  // As modules they load what a browser lacks only where it lacks it.
  worker: { format: 'es', plugins: () => [noticed] },
  css: {
    transformer: 'lightningcss',
    lightningcss: { cssModules: { pattern: '[hash]_[local]' } },
  },
  build: {
    target: browsers,
    cssTarget: browsers,
    modulePreload: {
      polyfill: false,
      // What a page begins with is there already when it loads a later part; what only says why
      // something failed is in no hurry.
      resolveDependencies: (_file, files) =>
        files.filter(
          (file) => !/\/(react|page|meet|rolldown-runtime|refusal|device-fault)-/.test(file),
        ),
    },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1000,
    rolldownOptions: {
      // Said to developers of plugins, at random lengths of a build.
      checks: { pluginTimings: false },
      output: {
        entryFileNames: 'assets/[name]-[hash:6].js',
        chunkFileNames: 'assets/[name]-[hash:6].js',
        assetFileNames: 'assets/[name]-[hash:6][extname]',
        codeSplitting: {
          groups: [
            // One react for every page: it is fetched once, and changes only with its version.
            {
              name: 'react',
              test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/,
            },
            // What every page begins with, in one file: many small ones weigh more.
            { name: 'page', test: begins },
            // Of whoever makes a meeting or goes into one; not of the page before that.
            { name: 'root', test: held },
          ],
        },
      },
    },
  },
});
