/** Arrows go one way (style.md): a stage of the flow knows the next, never the one before. */
const only = (name, from, to) => ({
  name,
  severity: 'error',
  from: { path: `^src/${from}/`, pathNot: [String.raw`\.(spec|main)\.ts$`] },
  to: { path: '^src/', pathNot: [`^src/(${[from, ...to].join('|')})/`, ...everyone] },
});
const everyone = [String.raw`^src/(clock|recent|refusal|settings|logger)\.ts$`];
const token = String.raw`^src/livekit/token(\.module)?\.ts$`;

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'not-to-test',
      severity: 'error',
      from: { path: '^src', pathNot: String.raw`\.spec\.ts$` },
      to: { path: '^test' },
    },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'livekit-is-plain',
      comment: 'livekit/ is what LiveKit says, in plain TypeScript; the token verifier alone is a Nest class.',
      severity: 'error',
      from: { path: '^src/livekit/', pathNot: [token] },
      to: { path: ['node_modules/@nestjs/', 'node_modules/@prisma/', 'node_modules/pg/', '^src/generated/'] },
    },
    only('livekit-knows-no-stage', 'livekit', []),
    only('database-is-last', 'database', ['generated']),
    only('meter-then-database', 'meter', ['database']),
    only('projection-then-database', 'projection', ['meter', 'livekit', 'database', 'generated']),
    only('intake-then-projection', 'intake', ['projection', 'meter', 'livekit', 'database', 'generated']),
    only('webhook-then-intake', 'webhook', ['intake', 'livekit']),
    only('graphql-then-database', 'graphql', ['usage', 'access', 'livekit', 'database', 'generated']),
    only('usage-reads-as-graphql-does', 'usage', ['meter', 'graphql', 'access', 'livekit', 'database']),
    only('export-reads-as-graphql-does', 'export', ['graphql', 'usage', 'access', 'database']),
    only('access-knows-tokens', 'access', ['livekit', 'graphql']),
    {
      name: 'src-knows-only-itself',
      comment: 'A spec beside src needs nothing but src: what needs more is in test/.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench|harness)/' },
    },
    {
      name: 'test-and-bench-apart',
      comment: 'What both need is in harness/.',
      severity: 'error',
      from: { path: '^(test|bench)/' },
      to: { path: '^(test|bench)/', pathNot: '^$1/' },
    },
    {
      name: 'harness-knows-no-user',
      severity: 'error',
      from: { path: '^harness/' },
      to: { path: '^(test|bench)/' },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '^src/generated'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
