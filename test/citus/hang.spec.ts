import { describe, expect, onTestFinished, test } from 'vitest';
import { on } from '../../harness/citus.js';
import { verify } from '../../src/rebuild/verify.js';
import { onCitus, ownCluster } from '../support/citus.js';
import { createEmptyDatabase } from '../support/database.js';
import { played, postAll } from '../support/load.js';
import { type Service, startService } from '../support/service.js';
import { spoolFolder, untilDrained } from '../support/spooling.js';
import { dumpTables } from '../support/tables.js';

const FROZEN_MS = 30_000;
/** As on a plain server. */
const NOTICED_MS = 15_000;

async function start(databaseUrl: string): Promise<Service> {
  const service = await startService({ databaseUrl, settings: { spoolDir: spoolFolder() } });
  onTestFinished(() => service.stop());
  return service;
}

async function statusOf({ url }: Service): Promise<string> {
  const { status } = (await (await fetch(`${url}/health`)).json()) as { status: string };
  return status;
}

describe.runIf(onCitus)('a worker that hangs', () => {
  test('holds up nobody for long, and loses nothing', { timeout: 300_000 }, async () => {
    const cluster = await ownCluster();
    const service = await start(cluster.url);
    const bodies = played(600);
    await postAll(service, bodies.slice(0, 200));
    const events = async (): Promise<void> => {
      const { errors } = await service.query('{ webhookEvents(first: 200) { nodes { id } } }');
      expect(errors?.[0]?.extensions.code).toBe('UNAVAILABLE');
    };
    const rooms = async (): Promise<void> => {
      const { errors, data } = await service.query<{ rooms: { nodes: unknown[] } }>('{ rooms { nodes { sid } } }');
      expect(errors).toBeUndefined();
      expect(data.rooms.nodes.length).toBeGreaterThan(0);
    };

    const longest = { webhooks: 0, later: 0, events: 0, rooms: 0 };
    const time = async (what: keyof typeof longest, work: () => Promise<unknown>): Promise<void> => {
      const began = performance.now();
      await work();
      longest[what] = Math.max(longest[what], Math.round(performance.now() - began));
    };
    cluster.freeze(1);
    const frozen = performance.now();
    const ask = (): Promise<unknown> => Promise.all([time('events', events), time('rooms', rooms)]);
    await Promise.all([time('webhooks', () => postAll(service, bodies.slice(200, 400))), ask()]);
    await time('later', () => postAll(service, bodies.slice(400, 420)));
    await postAll(service, bodies.slice(420));
    expect(await statusOf(service)).toBe('degraded');
    while (performance.now() - frozen < FROZEN_MS) await ask();
    const connected = `select count(*)::int as count from pg_stat_activity where application_name ^@ 'roomledger'`;
    const [{ count }] = (await on<{ count: number }>(cluster.url, connected)) as [{ count: number }];
    console.log(`A worker hung: the longest waits in ms were ${JSON.stringify(longest)}, with ${count} connections.`);
    for (const what of ['webhooks', 'events'] as const) expect(longest[what]).toBeLessThan(NOTICED_MS);
    for (const what of ['later', 'rooms'] as const) expect(longest[what]).toBeLessThan(3_000);
    // What hangs does not pile up.
    expect(count).toBeLessThan(30);

    cluster.thaw(1);
    await untilDrained(service.url);
    await expect.poll(() => statusOf(service), { timeout: 10_000 }).toBe('ok');
    await expect
      .poll(() => on(cluster.url, 'select distinct (pg_prepared_xact()).gid from log_node'), { timeout: 20_000 })
      .toEqual([]);
    expect(await on(cluster.url, 'select count(*)::int as count from webhook_event')).toEqual([{ count: 600 }]);
    expect((await verify(cluster.url)).differing).toBe(0);
    const database = await createEmptyDatabase();
    onTestFinished(() => database.drop());
    const plain = await start(database.url);
    await postAll(plain, bodies);
    expect(await dumpTables(service.database)).toEqual(await dumpTables(plain.database));
  });
});
