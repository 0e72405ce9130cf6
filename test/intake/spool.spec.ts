import { expect, onTestFinished, test } from 'vitest';
import { breakOffWhenHung } from '../../src/database/hung-connections.js';
import { inTransaction } from '../../src/database/transaction.js';
import { hasten } from '../support/hasten.js';
import { type Service, type ServiceOptions, startService } from '../support/service.js';
import {
  allTaken,
  type Event,
  events,
  healthOf,
  openWay,
  postAll,
  spoolFolder,
  untilDrained,
} from '../support/spooling.js';
import { onCitus } from '../support/citus.js';
import { dumpTables } from '../support/tables.js';

async function start(options: ServiceOptions): Promise<Service> {
  const service = await startService(options);
  onTestFinished(() => service.stop());
  return service;
}

async function startSpooling(settings: ServiceOptions['settings'] = {}, clock?: ServiceOptions['clock']) {
  const { proxy } = await openWay();
  const spoolDir = spoolFolder();
  const service = await start({ databaseUrl: proxy.url, settings: { spoolDir, ...settings }, ...(clock && { clock }) });
  return { proxy, service, spoolDir };
}

async function logged(service: Service): Promise<Map<string, { received: number; deliveries: number }>> {
  const columns = 'id, (extract(epoch from received_at) * 1000)::float8 as received, deliveries';
  const { rows } = await service.database.queries.query<{ id: string; received: number; deliveries: number }>(
    `select ${columns} from webhook_event`,
  );
  return new Map(rows.map(({ id, ...rest }) => [id, rest]));
}

test('what arrives while the database is away is in the tables when it is back, as if it had never been away', async () => {
  const clock = { time: 1_795_000_000_000, now: () => clock.time };
  const { proxy, service } = await startSpooling({}, clock);
  const steady = await start({ clock });
  const all = events(300, clock.time);

  expect(new Set(await postAll(service, all.slice(0, 100)))).toEqual(allTaken);
  await proxy.cut();
  expect(new Set(await postAll(service, all.slice(100, 200)))).toEqual(allTaken);
  expect(await healthOf(service.url)).toEqual({ status: 200, intake: 'spooling', blocked: 0, entries: 100 });
  await postAll(steady, all.slice(0, 200));
  const spooledAt = clock.time;
  clock.time += 60_000;
  await proxy.open();
  expect(new Set(await postAll(service, all.slice(200)))).toEqual(allTaken);
  await untilDrained(service.url);
  await postAll(steady, all.slice(200));

  expect(await dumpTables(service.database)).toEqual(await dumpTables(steady.database));
  const log = await logged(service);
  expect([...log.keys()].sort()).toEqual(all.map(({ id }) => id).sort());
  expect(all.slice(100, 200).map(({ id }) => log.get(id)?.received)).toEqual(
    Array.from({ length: 100 }, () => spooledAt),
  );
});

test('connections that hang are noticed, and nobody waits for them twice', async () => {
  hasten(4);
  const { proxy, service } = await startSpooling();
  const all = events(60);
  expect(new Set(await postAll(service, all.slice(0, 20)))).toEqual(allTaken);
  proxy.stall();
  const began = performance.now();
  expect(new Set(await postAll(service, all.slice(20, 40)))).toEqual(allTaken);
  const noticed = performance.now();
  expect(noticed - began).toBeLessThan(15_000);
  expect(new Set(await postAll(service, all.slice(40)))).toEqual(allTaken);
  expect(performance.now() - noticed).toBeLessThan(3_000);
  await proxy.cut();
  await proxy.open();
  await untilDrained(service.url);
  expect((await logged(service)).size).toBe(60);
});

test('a statement that Postgres works on is not taken for one that hangs', async () => {
  hasten(4);
  const { service } = await startSpooling();
  // Seven seconds, as its watch has it.
  const sleep = { name: 'sleep', text: 'select pg_sleep(7 / 4.0)', values: [] };
  await expect(inTransaction(service.database.intake, (run) => run(sleep).then(() => []))).resolves.toBeUndefined();
});

test('a connection is broken off when Postgres works for too long', async () => {
  hasten(4);
  const { service } = await startSpooling();
  const client = await service.database.intake.connect();
  const endWatch = breakOffWhenHung(service.database.intake, client, 1_000);
  await expect(client.query('select pg_sleep(60)')).rejects.toThrow('terminated');
  endWatch();
  client.release(true);
});

test('connections cut in mid-commit lose nothing that was acknowledged', async () => {
  const { proxy, service } = await startSpooling();
  const steady = await start({});
  const all = events(600);
  const statuses: number[] = [];
  for (let at = 0; at < all.length; at += 60) {
    const posting = Promise.all(all.slice(at, at + 60).map((event) => postAll(service, [event])));
    await new Promise(setImmediate);
    await proxy.cut();
    await proxy.open();
    statuses.push(...(await posting).flat());
  }
  expect(new Set(statuses)).toEqual(allTaken);
  await untilDrained(service.url);
  await postAll(steady, all);
  expect(await dumpTables(service.database)).toEqual(await dumpTables(steady.database));
});

test('a full spool refuses, and takes events again when there is room', async () => {
  const { proxy, service } = await startSpooling({ spoolMaxBytes: 20_000 });
  await proxy.cut();
  const acknowledged: string[] = [];
  const waiting = events(200).values();
  let refused: { event: Event; response: Response } | null = null;
  for (const event of waiting) {
    const response = await service.post(JSON.stringify(event));
    if (response.status === 200) acknowledged.push(event.id);
    else {
      refused = { event, response };
      break;
    }
  }
  expect([refused?.response.status, refused?.response.headers.get('retry-after')]).toEqual([503, '5']);
  expect(await refused?.response.json()).toMatchObject({ code: 'UNAVAILABLE' });
  const entries = acknowledged.length;
  expect(await healthOf(service.url)).toEqual({ status: 503, intake: 'refusing', blocked: 0, entries });

  await proxy.open();
  await untilDrained(service.url);
  expect([...(await logged(service)).keys()].sort()).toEqual(acknowledged.sort());
  await proxy.cut();
  expect(await postAll(service, [refused!.event])).toEqual([200]);
  await proxy.open();
  await untilDrained(service.url);
  expect((await logged(service)).size).toBe(entries + 1);
});

test.skipIf(onCitus)('an event that the database will not have holds up no other, and stays', async () => {
  hasten(8);
  const { proxy, service, spoolDir } = await startSpooling();
  const all = events(120);
  const [log, row] = [all[7]!, all[50]!];
  const { intake } = service.database;
  await intake.query(`create function refuse() returns trigger language plpgsql as
    $$ begin raise exception 'not this one'; end $$`);
  await intake.query(`create trigger refuse before insert on webhook_event for each row
    when (new.id = '${log.id}') execute function refuse()`);
  await proxy.cut();
  expect(new Set(await postAll(service, all))).toEqual(allTaken);
  await proxy.open();
  await expect
    .poll(() => healthOf(service.url), { timeout: 20_000 })
    .toMatchObject({ intake: 'committing', entries: 1 });
  const kept = await logged(service);
  expect([kept.size, kept.has(log.id), kept.has(row.id)]).toEqual([119, false, true]);

  await intake.query('drop trigger refuse on webhook_event');
  await service.app.close();
  const next = await start({ databaseUrl: proxy.url, settings: { spoolDir } });
  await untilDrained(next.url);
  expect((await logged(next)).size).toBe(120);
});

test('a spool that another process has is refused in a sentence', async () => {
  const { proxy, spoolDir } = await startSpooling();
  const second = startService({ databaseUrl: proxy.url, settings: { spoolDir } });
  await expect(second).rejects.toThrow(
    `The spool in ${spoolDir} is in use by another process. Give each one a SPOOL_DIR of its own.`,
  );
});
