import { describe, expect, onTestFinished, test } from 'vitest';
import { verify } from '../../src/rebuild/verify.js';
import { createEmptyDatabase } from '../support/database.js';
import { on } from '../../harness/citus.js';
import { onCitus, ownCluster } from '../support/citus.js';
import { played, postAll, startPosting } from '../support/load.js';
import { runService } from '../support/process.js';
import { type Service, startService } from '../support/service.js';
import { postSigned } from '../support/sign.js';
import { spoolFolder, untilDrained } from '../support/spooling.js';
import { dumpTables } from '../support/tables.js';

async function start(databaseUrl: string): Promise<Service> {
  const service = await startService({ databaseUrl, settings: { spoolDir: spoolFolder() } });
  onTestFinished(() => service.stop());
  return service;
}

const ids = '{ webhookEvents(first: 200) { edges { cursor node { id } } } }';

async function statusOf({ url }: Service): Promise<string> {
  const { status } = (await (await fetch(`${url}/health`)).json()) as { status: string };
  return status;
}

describe.runIf(onCitus)('workers that are lost', () => {
  test('are told, and nothing that came meanwhile is lost', { timeout: 300_000 }, async () => {
    const cluster = await ownCluster();
    const { url } = cluster;
    const service = await start(url);
    const bodies = played(600);
    await postAll(service, bodies.slice(0, 200));
    expect(await statusOf(service)).toBe('ok');

    const arrivals = startPosting(service, bodies.slice(200));
    await cluster.kill(1);
    await arrivals.all;
    expect(await statusOf(service)).toBe('degraded');
    const { data, errors } = await service.query(ids);
    expect(data).toBeNull();
    expect(errors![0]!.extensions.code).toBe('UNAVAILABLE');
    const rooms = await service.query<{ rooms: { nodes: unknown[] } }>('{ rooms { nodes { sid } } }');
    expect(rooms.errors).toBeUndefined();
    expect(rooms.data.rooms.nodes.length).toBeGreaterThan(0);

    cluster.start();
    await untilDrained(service.url);
    await expect.poll(() => statusOf(service), { timeout: 10_000 }).toBe('ok');
    await expect
      .poll(() => on(url, 'select distinct (pg_prepared_xact()).gid from log_node'), { timeout: 20_000 })
      .toEqual([]);
    expect(await on(url, 'select count(*)::int as count from webhook_event')).toEqual([{ count: 600 }]);
    expect((await verify(url)).differing).toBe(0);
    const database = await createEmptyDatabase();
    onTestFinished(() => database.drop());
    const plain = await start(database.url);
    await postAll(plain, bodies);
    expect(await dumpTables(service.database)).toEqual(await dumpTables(plain.database));
  });

  test('may be services: what a killed one had acknowledged is there', { timeout: 300_000 }, async () => {
    const { url } = await ownCluster();
    const bodies = played(400).map((body) => JSON.parse(body) as { id: string });
    const taken: string[] = [];
    for (let round = 0; round < 3; round++) {
      const service = runService({ DATABASE_URL: url });
      const at = await service.ready;
      const left = bodies.slice(round * 100, round * 100 + 100).values();
      const post = async (): Promise<void> => {
        for (const body of left) if ((await postSigned(at, body).catch(() => 0)) === 200) taken.push(body.id);
      };
      const posting = Promise.all(Array.from({ length: 8 }, post));
      const enough = taken.length + 40;
      await expect.poll(() => taken.length, { interval: 5, timeout: 20_000 }).toBeGreaterThan(enough);
      service.child.kill('SIGKILL');
      await posting;
    }
    const rows = await on<{ id: string }>(url, 'select id from webhook_event');
    expect(rows.map(({ id }) => id)).toEqual(expect.arrayContaining(taken));
    expect((await verify(url)).differing).toBe(0);
  });
});
