import { describe, expect, onTestFinished, test } from 'vitest';
import { prepare } from '../../src/database/prepare.js';
import { createEmptyDatabase } from '../support/database.js';
import { on, workersOf } from '../../harness/citus.js';
import { onCitus, ownCluster } from '../support/citus.js';
import { played, postAll } from '../support/load.js';
import { runProgram } from '../support/process.js';
import { startService } from '../support/service.js';
import { dumpTables } from '../support/tables.js';

async function distribute(url: string, ...args: string[]): Promise<string> {
  const { code, output, errors } = await runProgram('cli/distribute', { DATABASE_URL: url }, args).ended;
  return `${code}: ${output}${errors}`;
}

async function logOf(url: string): Promise<string[]> {
  const rows = await on<{ row: string }>(url, 'select row_to_json(e)::text as row from webhook_event e order by seq');
  return rows.map(({ row }) => row);
}

describe.runIf(onCitus)('npm run distribute', () => {
  test('says what is missing', async () => {
    const { url, drop } = await createEmptyDatabase();
    onTestFinished(drop);
    expect(await distribute(url)).toContain('This database has no tables of Roomledger.');
    await prepare(url);
    expect(await distribute(url)).toContain('1: Citus is not in this database.');
    await on(url, 'create extension citus');
    expect(await distribute(url)).toContain('1: Citus has no workers.');
    expect(await distribute(url, '--shards', '0')).toContain('1: --shards must be a whole number from 1 to 128.');
  });

  test('spreads the log, and nothing else changes', { timeout: 300_000 }, async () => {
    const { url } = await ownCluster({ distributed: false });
    const service = await startService({ databaseUrl: url });
    const bodies = played(400);
    await postAll(service, bodies);
    expect(await distribute(url)).toContain('1: Stop every service and command first: roomledger is connected');
    const tables = await dumpTables(service.database);
    await service.stop();
    const log = await logOf(url);

    const what =
      /the log, 400 events \(\d+\.\d MiB\) in 7 partitions, over 2 workers \(127.0.0.1:\d+, 127.0.0.1:\d+\), in 4 shards/;
    expect(await distribute(url, '--dry-run')).toMatch(what);
    expect(await on(url, 'select * from pg_dist_partition')).toEqual([]);
    expect(await distribute(url)).toMatch(/^0: /);
    expect(await logOf(url)).toEqual(log);
    expect(await distribute(url)).toBe('1: The log of this database is distributed already.\n');
    expect(await distribute((await workersOf(url))[0]!)).toContain('1: DATABASE_URL leads to a worker of Citus.');
    const left = `select sum(pg_relation_size(inhrelid))::int as bytes from pg_inherits where inhparent = 'webhook_event'::regclass`;
    expect(await on(url, left)).toEqual([{ bytes: 0 }]);

    const again = await startService({ databaseUrl: url });
    onTestFinished(() => again.stop());
    expect(await dumpTables(again.database)).toEqual(tables);
    await postAll(again, bodies);
    expect(await logOf(url)).toHaveLength(400);
    expect(await dumpTables(again.database)).toEqual(tables);
  });
});
