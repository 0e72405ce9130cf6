/**
 * Every folder of src, and the folders it may import from. README's picture shows the same arrows, and
 * test/operations/arrows.spec.ts that each of them is used.
 */
const arrows = {
  text: [],
  settings: [],
  http: ['settings'],
  livekit: ['text'],
  'database/driver': [],
  'database/locks': [],
  'database/embedded': ['database/locks', 'settings'],
  database: ['database/driver', 'database/embedded', 'database/locks', 'generated', 'settings'],
  'log/archive': ['settings'],
  log: ['log/archive', 'database', 'database/locks', 'settings'],
  meter: ['database', 'database/locks', 'text'],
  projection: ['meter', 'livekit', 'database', 'database/driver', 'generated', 'text'],
  erased: ['projection', 'livekit', 'database', 'settings', 'text'],
  'intake/batching': [],
  'intake/spool': ['intake/batching', 'livekit', 'http', 'settings'],
  intake: [
    'intake/batching',
    'intake/spool',
    'erased',
    'projection',
    'livekit',
    'database',
    'database/driver',
    'http',
    'settings',
  ],
  access: ['http', 'settings'],
  webhook: ['ledgers', 'access', 'livekit', 'http', 'settings'],
  read: ['access', 'livekit', 'database', 'database/driver', 'http', 'settings', 'text'],
  'read/nouns': ['read', 'http', 'text'],
  usage: ['read', 'read/nouns', 'meter', 'database', 'http'],
  stream: ['log', 'read', 'read/nouns', 'intake', 'access', 'database', 'http'],
  'graphql/cost': ['read', 'http'],
  'graphql/documents': ['http'],
  graphql: [
    'graphql/cost',
    'graphql/documents',
    'usage',
    'stream',
    'ledgers',
    'read',
    'read/nouns',
    'access',
    'database',
    'http',
    'settings',
  ],
  live: [
    'graphql',
    'graphql/cost',
    'graphql/documents',
    'stream',
    'ledgers',
    'read',
    'access',
    'database',
    'http',
    'settings',
  ],
  page: ['http'],
  export: ['log', 'ledgers', 'graphql', 'usage', 'read', 'read/nouns', 'access', 'http', 'settings'],
  analytics: ['export', 'ledgers', 'graphql', 'graphql/cost', 'access', 'http', 'settings'],
  rebuild: ['log', 'intake', 'projection', 'meter', 'livekit', 'database', 'database/locks', 'text'],
  erasing: ['erased', 'rebuild', 'log', 'log/archive', 'projection', 'livekit', 'database', 'database/locks'],
  upkeep: ['intake', 'erased', 'projection', 'livekit', 'database', 'text'],
  reconcile: ['upkeep', 'erased', 'projection', 'livekit', 'database', 'settings'],
  ledgers: [
    'reconcile',
    'rebuild',
    'stream',
    'read',
    'log',
    'intake',
    'meter',
    'database',
    'database/locks',
    'http',
    'settings',
  ],
  monitoring: ['ledgers', 'webhook', 'access'],
  cli: [
    'erasing',
    'erased',
    'reconcile',
    'upkeep',
    'rebuild',
    'log',
    'log/archive',
    'access',
    'database',
    'database/embedded',
    'settings',
  ],
  'cli/simulate': ['cli', 'access', 'settings'],
  'cli/demo': [
    'cli',
    'cli/simulate',
    'webhook',
    'upkeep',
    'erased',
    'intake',
    'livekit',
    'database',
    'database/embedded',
    'settings',
  ],
};

const view = ['address', 'api', 'generated', 'parts', 'words'];

/** The same of the page. Views know nothing of each other. */
const webArrows = {
  address: [],
  session: [],
  words: ['address', 'generated'],
  api: ['address', 'session', 'generated'],
  parts: ['address', 'api', 'session', 'words', 'generated'],
  live: view,
  room: view,
  rooms: view,
  people: view,
  usage: view,
  events: view,
  ide: ['address', 'api', 'parts', 'session'],
};

/** The folder's own files, without those of the folders in it. */
const inside = (folder) => `^src/${folder}/[^/]+$`;
const target = (folder) => (folder === 'generated' ? '^src/generated/' : inside(folder));
const arrowRules = Object.entries(arrows).map(([folder, imported]) => ({
  name: `arrows-of-${folder.replace('/', '-')}`,
  severity: 'error',
  from: { path: inside(folder), pathNot: String.raw`\.spec\.ts$` },
  to: { path: '^src/', pathNot: [folder, ...imported].map(target) },
}));

const webRules = Object.entries(webArrows).map(([folder, imported]) => ({
  name: `arrows-of-web-${folder}`,
  severity: 'error',
  from: { path: `^web/${folder}/`, pathNot: String.raw`\.spec\.ts$` },
  to: { path: '^(web|src)/', pathNot: [folder, ...imported].map((one) => `^web/${one}/`) },
}));

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    // A clean clone has no dist.
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '/dist/' } },
    {
      name: 'wire-format-is-plain-typescript',
      severity: 'error',
      from: { path: '^src/(livekit|text)/' },
      to: { path: ['node_modules/@nestjs/', 'node_modules/@prisma/', 'node_modules/pg/'] },
    },
    ...arrowRules,
    ...webRules,
    {
      name: 'every-folder-of-the-page-has-arrows',
      severity: 'error',
      from: {
        path: '^web/[^/]+/',
        pathNot: [...Object.keys(webArrows), 'generated', 'look'].map((one) => `^web/${one}/`),
      },
      to: {},
    },
    {
      name: 'every-folder-has-arrows',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: [...Object.keys(arrows).map(inside), '^src/generated/'] },
      to: {},
    },
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
    doNotFollow: { path: ['node_modules', '^src/generated', '^web/generated'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json', '.d.ts', '.css'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};

// For test/operations/arrows.spec.ts; dependency-cruiser itself does not look at it.
Object.defineProperties(module.exports, { arrows: { value: arrows }, webArrows: { value: webArrows } });
