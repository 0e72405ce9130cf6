import swc from 'unplugin-swc';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [
    swc.vite({
      jsc: {
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true },
        target: 'es2022',
      },
    }),
  ],
  // Node loads graphql's CommonJS for Mercurius; a second copy would not know its types.
  resolve: { alias: [{ find: /^graphql$/, replacement: import.meta.resolve('graphql').replace('file://', '') }] },
  test: {
    include: ['src/**/*.spec.ts', 'test/**/*.spec.ts'],
    // What tests the embedded server itself has run before the suite runs again on a server of its own.
    exclude: process.env['DATABASE_URL'] ? ['test/database/embedded*.spec.ts', 'test/operations/crash.spec.ts'] : [],
    globalSetup: ['test/support/global-setup.ts'],
    reporters: ['default', './test/support/tally.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    // Files that one worker runs share what they import: to load it again took an eighth of the time.
    isolate: false,
  },
});
