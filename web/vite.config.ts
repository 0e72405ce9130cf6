import { defineConfig } from 'vite';

/** Relative addresses, so that the page works behind a path prefix too. */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  publicDir: false,
  logLevel: 'warn',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    emptyOutDir: true,
    // The IDE's, which only its view loads.
    chunkSizeWarningLimit: 1_000,
  },
});
