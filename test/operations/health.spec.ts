import { afterEach, beforeEach, expect, test } from 'vitest';
import { inWorkspace } from '../../src/rebuild/workspace.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { hasten } from '../support/hasten.js';
import { Proxy } from '../support/proxy.js';
import { type Service, startService } from '../support/service.js';

let database: TestDatabase;
let proxy: Proxy;
let service: Service;
beforeEach(async () => {
  database = await createDatabase();
  proxy = await new Proxy(new URL(database.url)).open();
  service = await startService({ databaseUrl: proxy.url });
});
afterEach(async () => {
  await service.stop();
  await proxy.cut();
  await database.drop();
});

async function health(): Promise<unknown[]> {
  const response = await fetch(`${service.url}/health`);
  return [response.status, await response.json()];
}

const spool = { entries: 0, bytes: 0, setAside: 0 };
const well = [
  200,
  { status: 'ok', intake: 'committing', blocked: 0, queries: 'ok', spool, clock: 'ok', rebuild: null, reconcile: null },
];
const away = [
  503,
  {
    status: 'unavailable',
    intake: 'refusing',
    blocked: 0,
    queries: 'unavailable',
    spool,
    clock: 'ok',
    rebuild: null,
    reconcile: null,
  },
];
const event = (id: string) => JSON.stringify({ event: 'room_started', id, room: { sid: 'RM_1', name: 'one' } });

test('health and webhook follow the database away and back', async () => {
  expect(await health()).toEqual(well);
  expect((await service.post(event('EV_before'))).status).toBe(200);

  await proxy.cut();
  expect(await health()).toEqual(away);
  const refused = await service.post(event('EV_during'));
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
  expect(await refused.json()).toEqual({ code: 'UNAVAILABLE', message: expect.any(String) });

  await proxy.open();
  expect((await service.post(event('EV_during'))).status).toBe(200);
  expect(await health()).toEqual(well);
  const { rows } = await service.database.queries.query('select id from webhook_event order by id');
  expect(rows).toEqual([{ id: 'EV_before' }, { id: 'EV_during' }]);
});

test('a lone caller that asks again and again has few trials made', async () => {
  // Numbers that a trial takes from the log's sequence are not given back.
  const taken = async (): Promise<number> => {
    const { rows } = await service.database.intake.query<{ last: string }>(
      'select last_value as last from webhook_event_seq_seq',
    );
    return Number(rows[0]!.last);
  };
  const began = performance.now();
  expect(await health()).toEqual(well);
  const before = await taken();
  for (let call = 0; call < 40; call++) expect(await health()).toEqual(well);
  const seconds = Math.ceil((performance.now() - began) / 1_000);
  expect(await taken()).toBeLessThanOrEqual(before + 4 * seconds);
});

test('a connection that the server ends is opened again, and the answer stays true', async () => {
  expect(await health()).toEqual(well);
  const { rowCount } = await service.database.intake.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like '%as "startedAt"%' and pid <> pg_backend_pid()`,
  );
  expect(rowCount).toBe(1);
  expect(await health()).toEqual(well);
});

test('a database that hangs is unhealthy, for all who ask at once', async () => {
  expect(await health()).toEqual(well);
  hasten(4);
  proxy.stall();
  const answers = await Promise.all(Array.from({ length: 20 }, health));
  expect(answers).toEqual(Array.from({ length: 20 }, () => away));
  await proxy.cut();
  await proxy.open();
});

test('a rebuild that is under way is told', async () => {
  await inWorkspace(database.url, 'verify', async () => expect(await health()).toEqual(well));
  await inWorkspace(database.url, 'rebuild', async () => {
    const rebuild = { startedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z$/) };
    expect(await health()).toEqual([200, { ...(well[1] as object), rebuild }]);
  });
  expect(await health()).toEqual(well);
});
