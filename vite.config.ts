import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/**
 * How the web client's modules are compiled; start/build-web.ts says which, and puts the pages
 * together. Every browser that can join has what is left untranslated here (web design, floor).
 */
const browsers = ['chrome123', 'firefox120', 'safari17.5'];

export default defineConfig({
  publicDir: false,
  plugins: [react()],
  css: {
    transformer: 'lightningcss',
    lightningcss: { cssModules: { pattern: '[hash]_[local]' } },
  },
  build: {
    target: browsers,
    cssTarget: browsers,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1000,
    rolldownOptions: {
      output: {
        entryFileNames: 'assets/[name]-[hash].js',
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
        codeSplitting: {
          // One react for every page: it is fetched once, and changes only with its version.
          groups: [{ name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/ }],
        },
      },
    },
  },
});
