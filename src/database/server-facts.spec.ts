import { expect, test } from 'vitest';
import { requireFacts } from './server-facts.js';

const facts = {
  version: '15.4 (Debian 15.4-1.pgdg120+1)',
  encoding: 'UTF8',
  schema: 'public',
  searchPath: 'public',
  isOwn: true,
};

test.each(['15.4 (Debian 15.4-1.pgdg120+1)', '15beta1', '18.1', '100.0'])('takes PostgreSQL %s', (version) => {
  expect(() => requireFacts({ ...facts, version })).not.toThrow();
});

test.each(['14.20 (Debian 14.20-1)', '9.6.24', '14rc1', ''])('refuses PostgreSQL %j', (version) => {
  expect(() => requireFacts({ ...facts, version })).toThrow(
    `The database is PostgreSQL ${version}. Set DATABASE_URL to a PostgreSQL server, 15 or newer.`,
  );
});

test.each(['SQL_ASCII', 'LATIN1', 'EUC_JP'])('refuses a database in %s', (encoding) => {
  expect(() => requireFacts({ ...facts, encoding })).toThrow(
    `The database is encoded in ${encoding}, which cannot hold every name. Create it with ENCODING UTF8.`,
  );
});

test('refuses a search_path without a schema', () => {
  expect(() => requireFacts({ ...facts, schema: null, searchPath: 'ledger' })).toThrow(
    'None of the schemas of the search_path (ledger) is in this database. Create one, or correct the search_path.',
  );
});
