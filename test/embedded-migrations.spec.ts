import pg from 'pg';
import { expect, test } from 'vitest';
import { createDatabase } from './support/database.js';

test('clones a migrated database', async () => {
  const database = await createDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  expect((await client.query('SELECT epoch FROM log_epoch')).rows).toEqual([{ epoch: 1 }]);
  await client.end();
  await database.drop();
});
