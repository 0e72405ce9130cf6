import { expect, it, onTestFinished } from 'vitest';
import { play } from '../../src/cli/simulate/play.js';
import { Database } from '../../src/database/database.js';
import { commitBatches } from '../support/commits.js';
import { createDatabase } from '../support/database.js';
import { runProgram } from '../support/process.js';
import { dumpTables } from '../support/tables.js';

const events = 6_000;

function* batches(): Generator<{ body: Buffer; receivedAt: number }[]> {
  const to = Date.now() - 60_000;
  let batch = [];
  for (const { body } of play({ seed: 9, rooms: 40, count: events, from: to - 3_600_000, to })) {
    batch.push({ body: Buffer.from(JSON.stringify(body)), receivedAt: Number(body['createdAt']) * 1000 + 300 });
    if (batch.length < 1_000) continue;
    yield batch;
    batch = [];
  }
}

async function rowsRead(database: Database): Promise<number> {
  const { rows } = await database.queries.query<{ read: string }>(
    `select sum(coalesce(idx_tup_fetch, 0) + seq_tup_read) as read from pg_stat_user_tables
      where relname in ('room', 'participant', 'track', 'ingress_session')`,
  );
  return Number(rows[0]!.read);
}

it(
  'is projected in threads to the same rows, also where it was logged under other keys',
  { timeout: 180_000 },
  async () => {
    const home = await createDatabase();
    const database = new Database(home.url, 10_000);
    onTestFinished(() => database.onApplicationShutdown().then(() => home.drop()));
    await commitBatches(database, 'default', { batches: [...batches()] });
    const live = await dumpTables(database);
    const older = `where seq % 100 = 0 and participant_sid is not null`;
    const { rowCount } = await database.intake.query(
      `update webhook_event set room_name = 'as an older version read it' ${older}`,
    );
    expect(rowCount).toBeGreaterThan(20);

    const run = (name: string) => runProgram(name, { DATABASE_URL: home.url }).ended;
    const rebuilt = await run('cli/rebuild');
    expect(rebuilt).toMatchObject({ code: 0, output: expect.stringContaining(`Projected ${events} events again`) });
    expect(await dumpTables(database)).toEqual(live);
    // By key: without the indexes that merging needs, each page would read whole tables.
    expect(await rowsRead(database)).toBeLessThan(5 * events);
    expect(await run('cli/verify')).toMatchObject({ code: 0, output: expect.stringContaining('No differences.') });
  },
);
