import { expect, onTestFinished, test } from 'vitest';
import { Folding } from '../../src/meter/folding.service.js';
import { foldUsage } from '../../src/meter/fold.js';
import { hasten } from '../support/hasten.js';
import { played, postAll } from '../support/load.js';
import type { Proxy } from '../support/proxy.js';
import { type Service, startService } from '../support/service.js';
import { openWay } from '../support/spooling.js';

async function start(): Promise<{ proxy: Proxy; service: Service }> {
  hasten(4);
  const { proxy } = await openWay();
  const service = await startService({ databaseUrl: proxy.url });
  onTestFinished(() => service.stop());
  await postAll(service, played(50));
  return { proxy, service };
}

test('questions on connections that hang are told so, and those after them are answered', async () => {
  const { proxy, service } = await start();
  const ask = () => service.query('{ rooms(first: 1) { nodes { sid } } }');
  const many = () => Promise.all(Array.from({ length: 20 }, ask));
  await many();
  proxy.silence();
  const codes = (await many()).flatMap(({ errors }) => errors?.map(({ extensions }) => extensions.code) ?? []);
  expect(new Set(codes)).toEqual(new Set(['UNAVAILABLE']));
  expect(await ask()).toMatchObject({ data: { rooms: { nodes: [{}] } } });
});

test('a fold whose connection hangs fails, and the next one folds', async () => {
  const { proxy, service } = await start();
  const { intake } = service.database;
  // Its own would fold in between.
  await service.ledger.get(Folding).beforeApplicationShutdown();
  await foldUsage(intake);
  proxy.silence();
  await expect(foldUsage(intake)).rejects.toThrow('hung');
  await expect.poll(() => foldUsage(intake).then(() => 'folded', String), { timeout: 30_000 }).toBe('folded');
});
