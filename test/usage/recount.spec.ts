import { afterAll, beforeAll, expect, it } from 'vitest';
import { foldUsage } from '../../src/meter/fold.js';
import { usageCells } from '../../src/rebuild/compare.js';
import { rebuild } from '../../src/rebuild/rebuild.js';
import { played, postAll } from '../support/load.js';
import { recountSql } from '../../harness/recount-usage.js';
import { type Service, startService } from '../support/service.js';

let service: Service;
beforeAll(async () => {
  service = await startService();
  await postAll(service, played(1000));
});
afterAll(() => service.stop());

/** Cells, in the order of their keys, from nothing but the sessions. */
async function recounted(): Promise<unknown[]> {
  return (await service.database.queries.query(`select * from (${recountSql('public')}) cell ${order}`)).rows;
}

async function kept(): Promise<unknown[]> {
  return (await service.database.queries.query(`select * from ${usageCells.from('public')} cell ${order}`)).rows;
}

const order = 'order by project, meter, span, at, type, source';

it('keeps what a count of the sessions gives, not folded yet, folded and rebuilt', async () => {
  const sums = await recounted();
  expect(sums.length).toBeGreaterThan(50);
  expect(await kept()).toEqual(sums);
  await foldUsage(service.database.intake);
  expect(await kept()).toEqual(sums);
  await rebuild(service.database.url);
  expect(await kept()).toEqual(sums);
});
