import { availableParallelism } from 'node:os';
import swc from 'unplugin-swc';
import { defineConfig } from 'vitest/config';

/** What can go on for as long as one lets it; the suite takes a sample of each. */
const long = [
  'test/projection/law.spec.ts',
  'test/projection/world.spec.ts',
  'test/usage/reference.spec.ts',
  'test/operations/crash.spec.ts',
  'test/operations/replicas.spec.ts',
  'test/reconcile/{size,upkeep}.spec.ts',
  'test/rebuild/rebuild-crash.spec.ts',
  'test/intake/spool-process.spec.ts',
  'test/intake/spool-load.spec.ts',
];

/** What another version of Postgres can change. */
const server = [
  'test/database/**/*.spec.ts',
  'test/graphql/{counts,filters,instants,nested,pages,recent,sql,text-filters}.spec.ts',
  'test/projection/law.spec.ts',
  'test/rebuild/{catalog,rebuild}.spec.ts',
  'test/usage/{top,usage}.spec.ts',
  'test/export/{sessions,usage}.spec.ts',
];

/** What reads or writes the log, or runs beside it. */
const citus = [
  'test/citus/*.spec.ts',
  'test/erasure/{erase,files}.spec.ts',
  'test/export/*.spec.ts',
  'test/graphql/{corrections,counts,event,filters,nested,node,pages,text-filters}.spec.ts',
  'test/intake/spool.spec.ts',
  'test/log/*.spec.ts',
  'test/operations/{health,replicas,server}.spec.ts',
  'test/projection/*.spec.ts',
  'test/rebuild/*.spec.ts',
  'test/stream/*.spec.ts',
  'test/upkeep/*.spec.ts',
  'test/usage/*.spec.ts',
  'test/webhook/{log,webhook}.spec.ts',
];

const runs: Readonly<Record<string, { include: string[]; env?: Record<string, string> }>> = {
  long: { include: long, env: { PROOFS: 'whole' } },
  // What is drawn by chance is drawn anew.
  server: { include: server, env: { SEED: '20261125' } },
  // On databases whose log is distributed, if CITUS_URL names a coordinator.
  citus: { include: process.env['CITUS_URL'] ? citus : ['test/citus/*.spec.ts'], env: { ON_CITUS: 'yes' } },
};

export default defineConfig(({ mode }) => ({
  plugins: [
    swc.vite({
      jsc: {
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true },
        target: 'es2022',
      },
    }),
  ],
  // Node loads graphql's CommonJS for Nest and graphql-jit; a second copy would not know its types.
  resolve: { alias: [{ find: /^graphql$/, replacement: import.meta.resolve('graphql').replace('file://', '') }] },
  test: {
    include: ['{src,web,test}/**/*.spec.ts'],
    ...runs[mode],
    // What tests the embedded server itself has no use for another.
    exclude: process.env['DATABASE_URL'] ? ['test/database/embedded.spec.ts', 'test/operations/crash.spec.ts'] : [],
    globalSetup: ['test/support/global-setup.ts'],
    reporters: ['default', './test/support/tally.ts'],
    testTimeout: 60_000,
    // A second, the default, is too short for a busy machine.
    expect: { poll: { timeout: 20_000 } },
    hookTimeout: 120_000,
    // One more than a small machine has cores: many tests wait for locks and timeouts.
    maxWorkers: Math.max(3, availableParallelism()),
    // Files that one worker runs share what they import: to load it again took an eighth of the time.
    isolate: false,
    // As in test/support/process.ts.
    execArgv: ['--liftoff-only'],
  },
}));
