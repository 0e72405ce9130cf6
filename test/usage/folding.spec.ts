import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { Folding } from '../../src/meter/folding.service.js';
import { played, postAll } from '../support/load.js';
import { startService, type Service } from '../support/service.js';
import { dumpTables } from '../support/tables.js';

let service: Service;
beforeAll(async () => {
  service = await startService();
  // Its own would fold in between.
  await service.ledger.get(Folding).beforeApplicationShutdown();
  await postAll(service, played(200));
});
afterAll(() => service.stop());

async function unfolded(): Promise<number> {
  const { rows } = await service.database.queries.query<{ count: number }>('select count(*)::int from usage_delta');
  return rows[0]!.count;
}

it('folds usage every second, on several replicas at once, without a change of what it adds up to', async () => {
  const { usage_cell: before } = await dumpTables(service.database);
  expect(before!.length).toBeGreaterThan(20);
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const replicas = [1, 2, 3].map(() => new Folding(service.database));
  for (const folding of replicas) folding.onApplicationBootstrap();
  vi.advanceTimersByTime(60_000);
  await Promise.all(replicas.map((folding) => folding.beforeApplicationShutdown()));
  vi.useRealTimers();
  expect(await unfolded()).toBe(0);
  expect((await dumpTables(service.database))['usage_cell']).toEqual(before);
});

it('leaves what it cannot fold to the next time', async () => {
  const { intake } = service.database;
  await postAll(service, played(20));
  await intake.query('alter table usage_cell rename to usage_cell_gone');
  const folding = new Folding(service.database);
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  folding.onApplicationBootstrap();
  vi.advanceTimersByTime(6_000);
  await folding.beforeApplicationShutdown();
  vi.useRealTimers();
  expect(await unfolded()).toBeGreaterThan(0);
  await intake.query('alter table usage_cell_gone rename to usage_cell');
});
